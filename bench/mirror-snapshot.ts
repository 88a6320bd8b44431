// Mirror: what a whole page costs the leader's browser, the wire, the gateway and a joiner, at 66,000 and 200,000 nodes, beside rrweb's recorder.
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { brotliCompressSync, constants } from 'node:zlib';
import type { Browser, Page } from 'playwright-core';
import { createLog } from '../gateway/log.ts';
import { Resources } from '../gateway/mirror/resources.ts';
import { SessionMirror } from '../gateway/mirror/session-mirror.ts';
import { Addresses } from '../protocol/address.ts';
import { pageFact } from '../protocol/page-facts.ts';
import { decodeJson } from '../protocol/schema.ts';
import { openBrowser } from '../test/browser.ts';
import { bundleModule } from '../test/bundle.ts';
import type {} from '../test/ui/mirror/follower-entry.ts';
import type {} from '../test/ui/mirror/leader-entry.ts';
import { openPair } from '../test/ui/mirror/pair.ts';
import type {} from './mirror/recorder-page.ts';
import { tablePage } from './mirror/table.ts';
import type { Row } from './report.ts';

const ROWS = 6_000;
/** The largest that a session takes is 250,000 nodes. */
const MANY_ROWS = 18_200;
const PAGE = tablePage(ROWS);

declare global {
  interface Window {
    /** How long each of the recorder's tasks took, ms. */
    turns: number[];
  }
}

const packed = (json: string): number =>
  brotliCompressSync(json, { params: { [constants.BROTLI_PARAM_QUALITY]: 4 } }).length;

export async function run(): Promise<Row[]> {
  const browser = await openBrowser();
  try {
    const pair = await openPair(browser, { pages: { '/': PAGE } });
    await pair.settle();
    const { nodes } = pair.mirror;

    const facts = (await pair.leader.evaluate(() => window.leader.said())).split(/(?<=\})(?=\{"type")/);
    const snapshot = JSON.stringify(pair.mirror.snapshot());

    pair.takeSent();
    const before = (await pair.leader.evaluate(() => window.leader.said())).length;
    await pair.leader.evaluate((count) => {
      const body = document.querySelector('tbody')!;
      const rows = [...body.rows].slice(0, count);
      for (const row of rows.sort((a, b) => ((b.rowIndex * 7919) % count) - ((a.rowIndex * 7919) % count)))
        body.insertBefore(row, body.rows[count] ?? null);
    }, 1_000);
    await pair.settle();
    const sortBytes = (await pair.leader.evaluate(() => window.leader.said())).length - before;

    const joins: number[] = [];
    for (let i = 0; i < 3; i++) {
      const began = performance.now();
      await pair.follower.reload();
      await pair.follower.waitForFunction(
        (count) => (window.follower?.mirror.document()?.querySelectorAll('tr').length ?? 0) >= count,
        ROWS,
      );
      joins.push(performance.now() - began);
    }
    const peer = await measureRrweb(pair.leader);
    await pair.close();
    const ours = await measureLeader(browser, ROWS);
    const many = await measureLeader(browser, MANY_ROWS);
    const perNode = bytesPerNode(facts);

    const row = (
      figure: string,
      unit: string,
      value: number,
      target: number | undefined,
      peers: Row['peers'] = {},
      count = nodes,
    ): Row => ({
      figure: `${figure} (${count} nodes)`,
      unit,
      value,
      peers,
      target: target === undefined ? '–' : `≤ ${target} ${unit}`,
      met: target === undefined || value <= target,
    });
    return [
      row('Longest task of the leader’s page by a snapshot', 'ms', ours.longest, 50, {
        rrweb: median(peer.times),
      }),
      row('All tasks of the leader’s page by a snapshot', 'ms', ours.total, 250, {
        rrweb: median(peer.times),
      }),
      row('Longest task of the leader’s page by a snapshot', 'ms', many.longest, 50, {}, many.nodes),
      row('Heap of the leader’s page, growth by recording', 'MB', many.heap, 20, {}, many.nodes),
      row('Snapshot for a joiner, brotli 4', 'kB', packed(snapshot) / 1000, 160, {
        rrweb: peer.bytes / 1000,
      }),
      row('Sorting 1,000 rows, sent by the leader', 'kB', sortBytes / 1000, 30),
      row('A joiner sees the page', 'ms', median(joins), 800),
      row('The gateway’s tree, per node', 'bytes', perNode, 250),
    ];
  } finally {
    await browser.close();
  }
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1] ?? Number.NaN;
}

interface LeaderCost {
  nodes: number;
  /** The longest task of a snapshot, and all of them, ms. */
  longest: number;
  total: number;
  /** MB in use after a collection that were not before. */
  heap: number;
}

/** A page of so many rows with our recorder alone; medians of five snapshots. */
async function measureLeader(browser: Browser, rows: number): Promise<LeaderCost> {
  const page = await (await browser.newContext()).newPage();
  // Without layout: a table of that size takes the browser seconds, and would be counted as ours.
  await page.setContent(tablePage(rows, 'none'));
  await page.evaluate(() => {
    window.turns = [];
    const { set, ...rest } = Object.getOwnPropertyDescriptor(MessagePort.prototype, 'onmessage')!;
    Object.defineProperty(MessagePort.prototype, 'onmessage', {
      ...rest,
      set(this: MessagePort, hear: (event: MessageEvent) => void) {
        set!.call(this, (event: MessageEvent) => {
          const began = performance.now();
          hear(event);
          window.turns.push(performance.now() - began);
        });
      },
    });
  });
  const script = await bundleModule(
    fileURLToPath(new URL('mirror/recorder-page.ts', import.meta.url)),
    'bench',
  );
  const before = await heapOf(page);
  await page.addScriptTag({ content: script });
  await untilSaid(page);
  const heap = (await heapOf(page)) - before;
  const times: number[][] = [];
  for (let i = 0; i < 5; i++) {
    await page.evaluate(() => {
      window.turns = [];
      const began = performance.now();
      window.recorder.resend();
      window.turns.push(performance.now() - began);
    });
    await untilSaid(page);
    times.push(await page.evaluate(() => window.turns));
  }
  const nodes = await page.evaluate(() =>
    window.recorder.idOf(document.querySelector('tr:last-child td:last-child')!.firstChild!),
  );
  await page.context().close();
  return {
    nodes,
    longest: median(times.map((turns) => Math.max(...turns))),
    total: median(times.map((turns) => turns.reduce((sum, ms) => sum + ms, 0))),
    heap,
  };
}

/** Waits until nothing was said for a while. */
async function untilSaid(page: Page): Promise<void> {
  await page.evaluate(async () => {
    for (let before = -1; before !== window.said; ) {
      before = window.said;
      await new Promise((done) => setTimeout(done, 900));
    }
  });
}

/** MB in use after a collection. */
async function heapOf(page: Page): Promise<number> {
  const session = await page.context().newCDPSession(page);
  for (let i = 0; i < 3; i++) await session.send('HeapProfiler.collectGarbage');
  const { usedSize } = await session.send('Runtime.getHeapUsage');
  await session.detach();
  return usedSize / 1e6;
}

/** The same page's full snapshot by rrweb, stringified, as every joiner would cost there. */
async function measureRrweb(page: Page): Promise<{ times: number[]; bytes: number }> {
  const require = createRequire(import.meta.url);
  await page.addScriptTag({ path: join(dirname(require.resolve('@rrweb/record')), 'record.umd.min.cjs') });
  const { times, json } = await page.evaluate(() => {
    type Record = { (options: { emit(event: unknown): void }): void; takeFullSnapshot(): void };
    const { record } = (globalThis as unknown as { rrwebRecord: { record: Record } }).rrwebRecord;
    let last = '';
    record({
      emit: (event) => {
        last = JSON.stringify(event);
      },
    });
    const took: number[] = [];
    for (let i = 0; i < 3; i++) {
      const began = performance.now();
      record.takeFullSnapshot();
      took.push(performance.now() - began);
    }
    return { times: took, json: last };
  });
  return { times, bytes: packed(json) };
}

/** Memory of the same facts taken into fresh trees, counted after a collection. */
function bytesPerNode(facts: readonly string[]): number {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  const used = (): number => {
    collect();
    const { heapUsed, arrayBuffers } = process.memoryUsage();
    return heapUsed + arrayBuffers;
  };
  const addresses = new Addresses({
    sid: 'abcdefghijklmnop',
    scheme: 'http',
    base: 'x.localhost',
    hosts: [],
    wild: [],
  });
  const last = facts.findLastIndex((fact) => fact.startsWith('{"type":"frame.opened"'));
  const trees: SessionMirror[] = [];
  const before = used();
  for (let i = 0; i < 4; i++) {
    const mirror = new SessionMirror({
      addresses,
      masks: { mask: [], hide: [], readonly: [] },
      resources: new Resources({ addresses }),
      log: createLog('silent'),
    });
    for (const fact of facts.slice(last)) mirror.take(1, decodeJson(pageFact, fact), true);
    trees.push(mirror);
  }
  const after = used();
  const nodes = trees.reduce((sum, { nodes: count }) => sum + count, 0);
  for (const mirror of trees) mirror.clear();
  return (after - before) / nodes;
}
