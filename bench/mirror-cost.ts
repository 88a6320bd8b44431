// Mirror: what recording costs the leader's page, per 1,000 changes of a kind on a page of 65,000 nodes, beside rrweb and an observer that only listens.
import { fileURLToPath } from 'node:url';
import type { Browser, CDPSession, Page } from 'playwright-core';
import { openBrowser } from '../test/browser.ts';
import { bundleModule } from '../test/bundle.ts';
import type {} from './mirror/recorder-page.ts';
import { recordWithRrweb } from './mirror/rrweb.ts';
import { tablePage } from './mirror/table.ts';
import { percentile, type Row } from './report.ts';

const ROUNDS = 5;
const ROWS = 5_000;
const CHANGES = 1_000;

/** Kinds of change; `limit`: ms above the page’s own cost. */
const KINDS = {
  'texts, one task': { limit: 6 },
  'texts, a microtask each': { limit: 6 },
  'classes, one task': { limit: 6 },
  'style.left, one task': { limit: 6 },
  'rows added (13 nodes each), one task': { limit: 15 },
  'rows removed, one task': { limit: 15 },
  'rows sorted, one task': { limit: 15 },
  'innerHTML of cells, a microtask each': { limit: 15 },
} as const;
type Kind = keyof typeof KINDS;

declare global {
  interface Window {
    /** Records that an observer was given which does nothing with them. */
    heard: number | undefined;
    /** What a change is about to work on. */
    prepared: {
      rows: HTMLTableRowElement[];
      cells: HTMLElement[];
      /** Rows that are to come in. */
      added: HTMLTableRowElement[];
    };
  }
}

export async function run(): Promise<Row[]> {
  const browser = await openBrowser();
  try {
    const alone = await openTable(browser);
    const listening = await openTable(browser);
    await listening.evaluate(() => {
      new MutationObserver((records) => {
        window.heard = (window.heard ?? 0) + records.length;
      }).observe(document, { childList: true, characterData: true, attributes: true, subtree: true });
    });
    const ours = await openTable(browser);
    await ours.addScriptTag({
      content: await bundleModule(
        fileURLToPath(new URL('mirror/recorder-page.ts', import.meta.url)),
        'bench',
      ),
    });
    const peer = await openTable(browser);
    await peer.evaluate(() => {
      window.said = 0;
      window.rrwebSend = (json) => {
        window.said += json.length;
      };
    });
    await recordWithRrweb(peer);
    const rows: Row[] = [];
    for (const kind of Object.keys(KINDS) as Kind[]) {
      const samples = {
        alone: [] as Cost[],
        listening: [] as Cost[],
        ours: [] as Cost[],
        peer: [] as Cost[],
      };
      // In turn, so that what else the machine does falls on all alike.
      for (let round = 0; round < ROUNDS; round++) {
        samples.alone.push(await change(alone, kind, round));
        samples.listening.push(await change(listening, kind, round));
        samples.ours.push(await change(ours, kind, round));
        samples.peer.push(await change(peer, kind, round));
      }
      const cost = (list: Cost[]): number =>
        percentile(
          list.slice(1).map(({ ms }) => ms),
          0.5,
        );
      const own = cost(samples.alone);
      const value = cost(samples.ours) - own;
      const { limit } = KINDS[kind];
      rows.push(
        {
          figure: `Leader’s main thread per 1,000 ${kind}: beyond the page’s own`,
          unit: 'ms',
          value,
          peers: {
            rrweb: cost(samples.peer) - own,
            'an observer that only listens': cost(samples.listening) - own,
            'page’s own': own,
          },
          target: `≤ ${limit} ms`,
          met: value <= limit,
        },
        {
          figure: `Bytes of JSON for 1,000 ${kind}`,
          unit: 'kB',
          value: samples.ours.at(-1)!.bytes / 1_000,
          peers: { rrweb: samples.peer.at(-1)!.bytes / 1_000 },
          target: kind.startsWith('rows sorted') ? '≤ 30 kB' : '–',
          met: !kind.startsWith('rows sorted') || samples.ours.at(-1)!.bytes <= 30_000,
        },
      );
    }
    return rows;
  } finally {
    await browser.close();
  }
}

async function openTable(browser: Browser): Promise<Page> {
  const page = await (await browser.newContext()).newPage();
  await page.setContent(tablePage(ROWS, 'none'));
  return page;
}

interface Cost {
  ms: number;
  bytes: number;
}

/** So long after a change everything has been said that it causes, digests included, ms. */
const SETTLED = 1_000;

/** Makes the changes, and counts what they cost the page's main thread in CPU time, whatever else the machine does: with all that a recorder puts off. */
async function change(page: Page, kind: Kind, round: number): Promise<Cost> {
  await page.bringToFront();
  const given = [kind, CHANGES, round, SETTLED] as const;
  await page.evaluate(async ([what, count, , settled]) => {
    const table = document.querySelector('tbody')!;
    const rows = [...table.rows].slice(0, count);
    const fresh = (): HTMLTableRowElement[] =>
      rows.map((row) => {
        const copy = row.cloneNode(true) as HTMLTableRowElement;
        copy.className = 'fresh';
        return copy;
      });
    if (what.startsWith('rows removed')) table.append(...fresh());
    window.prepared = {
      rows,
      cells: [...table.querySelectorAll<HTMLElement>('b')].slice(0, count),
      added: what.startsWith('rows added') ? fresh() : [],
    };
    // Nothing of before is on its way.
    await new Promise((resolve) => setTimeout(resolve, settled));
  }, given);
  const began = await threadTime(page);
  const bytes = await page.evaluate(async ([what, count, seed, settled]) => {
    const table = document.querySelector('tbody')!;
    const { rows, cells, added } = window.prepared;
    const before = window.said ?? 0;
    const each = async (work: (cell: HTMLElement, i: number) => void): Promise<void> => {
      for (const [i, cell] of cells.entries()) {
        work(cell, i);
        await Promise.resolve();
      }
    };
    switch (what) {
      case 'texts, one task':
        for (const [i, cell] of cells.entries()) cell.firstChild!.nodeValue = `text ${seed} ${i}`;
        break;
      case 'texts, a microtask each':
        await each((cell, i) => {
          cell.firstChild!.nodeValue = `word ${seed} ${i}`;
        });
        break;
      case 'classes, one task':
        for (const [i, cell] of cells.entries()) cell.className = `c${seed} d${i % 9}`;
        break;
      case 'style.left, one task':
        for (const [i, cell] of cells.entries()) cell.style.left = `${seed + i}px`;
        break;
      case 'rows added (13 nodes each), one task':
        for (const [i, row] of added.entries()) table.insertBefore(row, rows[i]!);
        break;
      case 'rows removed, one task':
        for (const row of table.querySelectorAll('.fresh')) row.remove();
        break;
      case 'rows sorted, one task': {
        const next = table.rows[count] ?? null;
        const order = rows.map((row, i) => [(i * 7919 + seed) % count, row] as const);
        for (const [, row] of order.sort(([a], [b]) => a - b)) table.insertBefore(row, next);
        break;
      }
      default:
        await each((cell, i) => {
          cell.innerHTML = `cell <u>${i}</u> of ${seed}`;
        });
    }
    await new Promise((resolve) => setTimeout(resolve, settled));
    return (window.said ?? 0) - before;
  }, given);
  const ms = (await threadTime(page)) - began;
  await page.evaluate(() => {
    for (const row of document.querySelectorAll('.fresh')) row.remove();
  });
  return { ms, bytes };
}

const sessions = new WeakMap<Page, Promise<CDPSession>>();

/** What the page's main thread has worked so far, ms of CPU time. */
async function threadTime(page: Page): Promise<number> {
  let opened = sessions.get(page);
  if (!opened) {
    opened = page.context().newCDPSession(page);
    sessions.set(page, opened);
    await (await opened).send('Performance.enable', { timeDomain: 'threadTicks' });
  }
  const { metrics } = await (await opened).send('Performance.getMetrics');
  return metrics.find(({ name }) => name === 'ThreadTime')!.value * 1_000;
}
