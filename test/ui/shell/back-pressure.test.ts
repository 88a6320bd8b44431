// A page that changes faster than the gateway takes: the shell holds its recorder, and the last values come when there is room again.
import { fileURLToPath } from 'node:url';
import type { Browser, Frame } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { CREDIT_BYTES } from '../../../protocol/limits.ts';
import { type PageFact, splitFact } from '../../../protocol/page-facts.ts';
import { openBrowser, openContext } from '../../browser.ts';
import { bundleModule } from '../../bundle.ts';
import { type FakeGateway, type FakeSocket, startFakeGateway } from '../fake-gateway.ts';
import { ADA, sessionState, sitePage, talk } from '../states.ts';

const LINES = 20;
const ROUNDS = 400;
const LINE = 800;

let browser: Browser;
let gateway: FakeGateway;
beforeAll(async () => {
  [browser, gateway] = await Promise.all([openBrowser(), startFakeGateway()]);
  const recorder = await bundleModule(
    fileURLToPath(new URL('../../../inject/record/index.ts', import.meta.url)),
    'record',
  );
  const lines = Array.from({ length: LINES }, (_, i) => `<p id=line${i}>line</p>`).join('');
  // The recorder and its port as inject/document.ts joins them, and a page that never rests.
  gateway.html.page = sitePage(
    'Busy',
    `${lines}<script>${recorder.replaceAll('</script', '<\\/script')}
const { port1, port2 } = new MessageChannel();
window.said = 0;
window.told = [];
const recorder = record.startRecorder({ window, masks: { mask: [], hide: [], readonly: [] }, top: true, nonce: '', send: (fact) => {
  const json = new TextEncoder().encode(JSON.stringify(fact));
  said += json.length;
  port1.postMessage({ type: 'fact', json });
} });
port1.onmessage = ({ data }) => {
  told.push(data.type);
  ({ hold: () => recorder.hold(), flow: () => recorder.flow(), resend: () => recorder.resend() })[data.type]?.();
};
window.top.postMessage({ tandem: 'page', nonce: '' }, '*', [port2]);
window.work = async (rounds, lines, length) => {
  for (let round = 1; round <= rounds; round++) {
    for (let i = 0; i < lines; i++) document.getElementById('line' + i).firstChild.data = (round + ' ' + i + ' ').padEnd(length, '.');
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
};
</script>`,
  );
});
afterAll(async () => {
  await browser?.close();
  await gateway?.stop();
});

const bytesOf = (socket: FakeSocket): number => socket.binary.reduce((sum, { length }) => sum + length, 0);
const factsOf = (socket: FakeSocket): PageFact[] =>
  socket.binary.map((bytes) => JSON.parse(Buffer.from(splitFact(bytes)!.json).toString()) as PageFact);

it('holds the recorder without credit, and sends last values with it', async () => {
  const { context } = await openContext(browser);
  const page = await context.newPage();
  gateway.on('POST /join', () => ({
    body: {
      kind: 'customer',
      nonce: 'n1',
      state: sessionState(gateway, {}),
      start: `${gateway.pageOrigin}/busy`,
    },
  }));
  await page.goto(`${gateway.shellOrigin}/join#t=ticket-1`);
  const socket = await gateway.nextSocket('/socket');
  await socket.next('session.hello');
  socket.send({
    type: 'session.welcome',
    pid: ADA.pid,
    kind: 'customer',
    state: sessionState(gateway, {}),
    chat: talk(),
    resume: 'r1',
  });
  await page.frameLocator('iframe').getByRole('heading', { name: 'Busy' }).waitFor();
  const shared = page.frames().find((frame) => frame.url().startsWith(gateway.pageOrigin)) as Frame;
  await expect.poll(() => factsOf(socket).some((fact) => fact.type === 'frame.snapshot')).toBe(true);

  await shared.evaluate(`work(${ROUNDS}, ${LINES}, ${LINE})`);
  const changed = ROUNDS * LINES * LINE;
  expect(changed).toBeGreaterThan(4 * CREDIT_BYTES);
  await expect.poll(() => shared.evaluate('told.includes("hold")')).toBe(true);
  // No more is under way than the credit, and in the page nothing piles up: it says no more than a little beyond it.
  expect(bytesOf(socket)).toBeLessThan(CREDIT_BYTES + 64 * 1024);
  const said = (await shared.evaluate('said')) as number;
  expect(said).toBeLessThan(2 * CREDIT_BYTES);
  expect(await shared.evaluate('told.includes("flow")')).toBe(false);

  socket.send({ type: 'page.credit', bytes: bytesOf(socket) });
  await expect.poll(() => shared.evaluate('told.includes("flow")')).toBe(true);
  const last = (): unknown => {
    const texts = new Map<number, string>();
    for (const fact of factsOf(socket))
      if (fact.type === 'frame.changed')
        for (const op of fact.ops) if (op[0] === 'text') texts.set(op[1], op[2].trim().split('.')[0]!);
    return [...texts.values()].map((text) => text.trim()).sort();
  };
  await expect.poll(last).toEqual(Array.from({ length: LINES }, (_, i) => `${ROUNDS} ${i}`).sort());
  // Nothing was lost on the way: one snapshot, and the facts in their order.
  expect(await shared.evaluate('told.includes("resend")')).toBe(false);
  expect(factsOf(socket).filter(({ type }) => type === 'frame.opened')).toHaveLength(1);
  const numbers = factsOf(socket).map((fact) => (fact as { seq?: number }).seq);
  expect(numbers).toEqual(numbers.map((_, i) => i + 1));
  await context.close();
});
