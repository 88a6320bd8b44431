// A message between customer, gateway and agent is lost: what it changed is said again, people hear of it only if it lasts, and it is counted.
import { afterAll, afterEach, beforeAll, expect, it, vi } from 'vitest';
import type { SessionWindow } from './customer.ts';
import { type Stage, startStage } from './harness.ts';
import { call } from './plain-client.ts';
import { API_KEY } from './servers.ts';
import { word } from './words.ts';

vi.setConfig({ testTimeout: 90_000 });

let stage: Stage;
let shell: SessionWindow;

/**
 * In our own windows, the next binary message on its way out or in is lost; with `mending` also everything by which that would be made
 * good: answers, snapshots and whatever is packed. With `pulses` the questions by which windows measure their delay are not heard, as if
 * all that comes were slow.
 */
const LOSES = `(() => {
  window.lose = 'none';
  const mends = (data) => new Uint8Array(data)[0] === 1 || /mirror.(repaired|snapshot)/.test(new TextDecoder().decode(data));
  let lost = false;
  const isLost = (data) => {
    if (window.lose === 'pulses') return typeof data === 'string' && data.includes('"ping"');
    if (typeof data === 'string') return false;
    if (window.lose === 'none') return (lost = false);
    if (lost) return window.lose === 'mending' && mends(data);
    return (lost = true);
  };
  const wrap = (owner, name, isPage) => {
    const native = owner.prototype[name];
    owner.prototype[name] = function (data, ...rest) {
      if (isPage(data) && isLost(data)) return;
      return native.call(this, data, ...rest);
    };
  };
  wrap(WebSocket, 'send', () => true);
  wrap(MessagePort, 'postMessage', (data) => data instanceof ArrayBuffer);
})()`;

const lose = (
  window: SessionWindow | Stage['agent'],
  what: 'none' | 'next' | 'mending' | 'pulses',
): Promise<void> =>
  window.page.evaluate((wanted) => {
    (globalThis as unknown as { lose: string }).lose = wanted;
  }, what);

beforeAll(async () => {
  stage = await startStage();
  await stage.customer.context.addInitScript(LOSES);
  await stage.agent.context.addInitScript(LOSES);
  shell = await stage.startTogether('/product/lark-cup');
}, 90_000);
afterAll(() => stage?.stop());
afterEach(async ({ task }) => {
  if (task.result?.state === 'fail') await stage.captureAll(task.name);
});

async function counted(name: string): Promise<number> {
  const { port } = stage.gateway;
  const { host } = new URL(stage.gateway.places.consoleOrigin);
  const headers = { authorization: `Bearer ${API_KEY}` };
  const { text } = await call(port, host, '/api/v1/metrics', { headers });
  const line = text.split('\n').find((one) => one.startsWith(`${name} `));
  return Number(line?.slice(name.length + 1) ?? 0);
}

async function write(text: string): Promise<void> {
  await shell.shared.locator('h1').evaluate((heading, words) => {
    heading.textContent = words;
  }, text);
}

const heading = () => stage.agent.mirror.locator('h1').first().innerText();

it('on the customer’s side', async () => {
  const before = await counted('tandem_mirror_mended_total{hop="leader",how="repair"}');
  await lose(shell, 'none');
  await lose(shell, 'next');
  await write('Lost at the customer');
  await expect.poll(heading, { timeout: 10_000, interval: 20 }).toBe('Lost at the customer');
  expect(await counted('tandem_mirror_mended_total{hop="leader",how="repair"}')).toBe(before + 1);
  expect(await counted('tandem_mirror_mended_total{hop="leader",how="whole"}')).toBe(0);
});

it('on the agent’s side', async () => {
  const before = await counted('tandem_mirror_mended_total{hop="follower",how="repair"}');
  await lose(stage.agent, 'none');
  await lose(stage.agent, 'next');
  await write('Lost at the agent');
  await expect.poll(heading, { timeout: 10_000, interval: 20 }).toBe('Lost at the agent');
  expect(await counted('tandem_mirror_mended_total{hop="follower",how="repair"}')).toBe(before + 1);
  expect(await counted('tandem_mirror_mended_total{hop="follower",how="whole"}')).toBe(0);
  expect(await counted('tandem_mirrors{hop="follower",state="live"}')).toBe(1);
  expect(stage.errors).toEqual([]);
});

it('is said to both where it lasts, and taken back when it is over', async () => {
  const { agent } = stage;
  await lose(agent, 'none');
  await write('Something else');
  await expect.poll(heading, { timeout: 10_000 }).toBe('Something else');
  await lose(agent, 'mending');
  await write('Lost for long');
  await agent.shared.getByText(word('state.catchingUp'), { exact: true }).waitFor();
  await shell.page.getByText(word('state.catchingUp'), { exact: true }).waitFor();
  await agent.screenshot('catching-up-agent');
  await shell.screenshot('catching-up-customer');
  expect(await counted('tandem_mirrors{hop="follower",state="catching-up"}')).toBe(1);
  await lose(agent, 'none');
  await expect.poll(heading, { timeout: 10_000 }).toBe('Lost for long');
  await agent.shared.getByText(word('state.live'), { exact: true }).waitFor();
  await shell.page.getByText(word('state.catchingUp'), { exact: true }).waitFor({ state: 'detached' });
  expect(stage.errors).toEqual([]);
});

it('is said to both where all that the agent gets is late', async () => {
  const { agent } = stage;
  await lose(agent, 'pulses');
  const own = agent.shared.getByText(word('state.catchingUp'), { exact: true });
  const customers = shell.page.getByText(word('state.catchingUp'), { exact: true });
  let times = 0;
  await expect
    .poll(
      async () => {
        // A link on which nothing comes at all would be taken for a broken one.
        await write(`Late ${++times}`);
        return (await own.isVisible()) && (await customers.isVisible());
      },
      { timeout: 30_000, interval: 300 },
    )
    .toBe(true);
  await lose(agent, 'none');
  await agent.shared.getByText(word('state.live'), { exact: true }).waitFor();
  await customers.waitFor({ state: 'detached' });
  expect(stage.errors).toEqual([]);
});

it('is counted for those with a key only', async () => {
  const { port } = stage.gateway;
  const { host } = new URL(stage.gateway.places.consoleOrigin);
  const wrong: Record<string, string>[] = [{}, { authorization: 'Bearer wrong-wrong-wrong-wrong' }];
  for (const headers of wrong)
    expect((await call(port, host, '/api/v1/metrics', { headers })).status).toBe(401);
});
