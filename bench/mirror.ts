// Mirror: from a change of the leader's DOM to the follower's DOM, beside a bare WebSocket relay and the best known recorder.
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { dirname, join } from 'node:path';
import type { Frame, Page } from 'playwright-core';
import { WebSocketServer } from 'ws';
import { startStage } from '../test/e2e/harness.ts';
import { until } from '../test/e2e/until.ts';
import { percentile, type Row } from './report.ts';

const CHANGES = 200;
/** Between two changes: each is delivered before the next. */
const EVERY_MS = 40;
/** targets.md: p95 of the leader's change on the follower's screen. */
const TARGET_MS = 50;

/** Times of one run, by the number of the change; ms on the clock that all processes of one browser share. */
interface Marks {
  made: number[];
  seen: number[];
}

declare global {
  interface Window {
    marks: number[];
    relay: WebSocket;
  }
}

export async function run(): Promise<Row[]> {
  const stage = await startStage();
  const relay = await startRelay();
  try {
    const shell = await stage.startTogether('/product/tidewater-mug');
    const leader = await until(
      () => shell.page.frames().find((frame) => frame.url().includes('www-demoshop-localhost--')),
      'shared page',
    );
    const view = await until(
      () => stage.agent.page.frames().find((frame) => /\/\/view--[^/]+\/$/.test(frame.url())),
      'view frame',
    );
    await watchHeading(view, 'inner');
    const ours = await changeHeading(leader, view);

    const bare = await openPair(stage, relay.port);
    await bare.leader.evaluate(() => {
      document.body.innerHTML = '<h1>change</h1>';
      new MutationObserver(() => window.relay.send(document.querySelector('h1')?.textContent ?? '')).observe(
        document.body,
        { subtree: true, childList: true, characterData: true },
      );
    });
    await bare.follower.evaluate(() => {
      document.body.innerHTML = '<h1></h1>';
      window.relay.onmessage = ({ data }) => {
        document.querySelector('h1')!.textContent = String(data);
      };
    });
    await watchHeading(bare.follower.mainFrame(), 'own');
    const floor = await changeHeading(bare.leader.mainFrame(), bare.follower.mainFrame());

    const peer = await measureRrweb(stage, relay.port, stage.demo.origins.shop);
    const value = percentile(ours, 0.95);
    const row = (figure: string, share: number, target: string, met: boolean): Row => ({
      figure,
      unit: 'ms',
      value: percentile(ours, share),
      floor: percentile(floor, share),
      peers: { rrweb: percentile(peer, share) },
      target,
      met,
    });
    return [
      row('Leader’s DOM change → follower’s DOM, median', 0.5, '–', true),
      row('Leader’s DOM change → follower’s DOM, p95', 0.95, `≤ ${TARGET_MS} ms`, value <= TARGET_MS),
    ];
  } finally {
    await relay.stop();
    await stage.stop();
  }
}

/** Follower's side: notes when the heading shows a number. `inner`: in the script-less frame inside. */
async function watchHeading(follower: Frame, where: 'inner' | 'own' | 'replay'): Promise<void> {
  await follower.evaluate((place) => {
    window.marks = [];
    const frame = document.querySelector('iframe');
    const watched = place === 'own' ? document : frame?.contentDocument;
    if (!watched) throw new Error('There is nothing to watch.');
    const look = (): void => {
      const number = /^change (\d+)$/.exec(watched.querySelector('h1')?.textContent ?? '')?.[1];
      if (number !== undefined) window.marks[Number(number)] ??= performance.timeOrigin + performance.now();
    };
    new MutationObserver(look).observe(watched, { subtree: true, childList: true, characterData: true });
  }, where);
}

/** Leader's side: changes the heading again and again. The delays, ms. */
async function changeHeading(leader: Frame, follower: Frame): Promise<number[]> {
  const made = await leader.evaluate(
    async ([changes, every]) => {
      const times: number[] = [];
      const heading = document.querySelector('h1');
      if (!heading) throw new Error('There is no heading.');
      for (let number = 0; number < changes; number += 1) {
        times[number] = performance.timeOrigin + performance.now();
        heading.textContent = `change ${number}`;
        await new Promise((resolve) => setTimeout(resolve, every));
      }
      return times;
    },
    [CHANGES, EVERY_MS] as const,
  );
  const marks: Marks = { made, seen: await follower.evaluate(() => window.marks) };
  const delays = marks.made.flatMap((time, number) => {
    const seen = marks.seen[number];
    return typeof seen === 'number' ? [seen - time] : [];
  });
  // The first ones warm up both sides; a later one that never showed was overtaken, which the target does not forgive.
  if (delays.length < CHANGES * 0.9)
    throw new Error(`Only ${delays.length} of ${CHANGES} changes arrived one by one.`);
  return delays.slice(10);
}

/** Two pages in the two people's browsers, each with a socket to the relay. A page that lies on loopback may open one. */
async function openPair(
  stage: Awaited<ReturnType<typeof startStage>>,
  port: number,
  address = `${stage.demo.origins.offlist}/`,
): Promise<{ leader: Page; follower: Page }> {
  const connect = async (page: Page, url: string): Promise<Page> => {
    await page.goto(url);
    await page.evaluate(
      (to) =>
        new Promise<void>((resolve, reject) => {
          window.relay = new WebSocket(to);
          window.relay.onopen = () => resolve();
          window.relay.onerror = () => reject(new Error('The relay was not reached.'));
        }),
      `ws://127.0.0.1:${port}/`,
    );
    return page;
  };
  return {
    leader: await connect(await stage.customer.context.newPage(), address),
    follower: await connect(await stage.agent.context.newPage(), `${stage.demo.origins.offlist}/`),
  };
}

/** The same page with rrweb's recorder and live replayer, sent as JSON over the bare relay. */
async function measureRrweb(
  stage: Awaited<ReturnType<typeof startStage>>,
  port: number,
  shop: string,
): Promise<number[]> {
  const require = createRequire(import.meta.url);
  const bundle = (name: string): string =>
    join(dirname(require.resolve(`@rrweb/${name}`)), `${name}.umd.min.cjs`);
  const pair = await openPair(stage, port, `${shop}/product/tidewater-mug`);
  await pair.follower.addScriptTag({ path: bundle('replay') });
  await pair.follower.evaluate(() => {
    const { rrwebReplay } = globalThis as unknown as {
      rrwebReplay: {
        Replayer: new (
          events: unknown[],
          options: object,
        ) => { startLive(base?: number): void; addEvent(event: unknown): void };
      };
    };
    const replayer = new rrwebReplay.Replayer([], { liveMode: true, root: document.body, mouseTail: false });
    // No jitter buffer: an event is due as soon as it is there.
    replayer.startLive();
    window.relay.onmessage = ({ data }) => replayer.addEvent(JSON.parse(String(data)));
  });
  await pair.leader.addScriptTag({ path: bundle('record') });
  await pair.leader.evaluate(() => {
    const { rrwebRecord } = globalThis as unknown as {
      rrwebRecord: { record(options: { emit(event: unknown): void }): void };
    };
    rrwebRecord.record({ emit: (event) => window.relay.send(JSON.stringify(event)) });
  });
  const inner = pair.follower.frameLocator('iframe');
  await inner.getByRole('heading', { name: 'Tidewater Mug' }).waitFor();
  await watchHeading(pair.follower.mainFrame(), 'replay');
  return await changeHeading(pair.leader.mainFrame(), pair.follower.mainFrame());
}

/** A WebSocket server that passes every message on to all others. */
async function startRelay(): Promise<{ port: number; stop(): Promise<void> }> {
  const server = createServer();
  const sockets = new WebSocketServer({ server, perMessageDeflate: false });
  sockets.on('connection', (socket) => {
    socket.on('message', (data, isBinary) => {
      for (const other of sockets.clients) if (other !== socket) other.send(data, { binary: isBinary });
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    async stop() {
      for (const socket of sockets.clients) socket.terminate();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
