// Mirror: memory over an hour of 50 changes a second: leader's page, gateway and follower, beside rrweb's replayer.
// Runs only when named (`npm run bench -- mirror-soak`); MINUTES=5 makes it shorter.
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { CDPSession, Frame, Page } from 'playwright-core';
import { startStage } from '../test/e2e/harness.ts';
import { startRelay } from './mirror/relay.ts';
import { openRrwebPair, openSession } from './mirror/ways.ts';
import type { Row } from './report.ts';

/** Not part of a run of all figures. */
export const long = true;

const PER_SECOND = 50;
/** Caches and compiled code have settled by then. */
const WARM_MINUTES = 3;

export async function run(): Promise<Row[]> {
  const minutes = Number(process.env.MINUTES ?? 60);
  if (!(minutes > WARM_MINUTES)) throw new RangeError(`MINUTES must be above ${WARM_MINUTES}.`);
  const stage = await startStage();
  const relay = await startRelay();
  try {
    const { shell, leader, view } = await openSession(stage);
    const peer = await openRrwebPair(stage, relay);

    const heaps: Record<string, () => Promise<number>> = {
      leader: await heapOf(leader),
      follower: await heapOf(view),
      'rrweb leader': await heapOf(peer.leader),
      'rrweb follower': await heapOf(peer.follower),
      gateway: ownHeap(),
    };
    const samples: Record<string, number[]> = Object.fromEntries(
      Object.keys(heaps).map((name) => [name, []]),
    );
    for (const frame of [leader, peer.leader.mainFrame()]) await churn(frame);
    const began = performance.now();
    for (let minute = 1; minute <= minutes; minute++) {
      // A session that nobody uses ends after half an hour.
      await shell.page.mouse.move(300 + (minute % 60), 300);
      await new Promise((resolve) =>
        setTimeout(resolve, Math.max(0, began + minute * 60_000 - performance.now())),
      );
      for (const [name, heap] of Object.entries(heaps)) samples[name]!.push(await heap());
      const line = Object.entries(samples).map(
        ([name, list]) => `${name} ${(list.at(-1)! / 1e6).toFixed(1)}`,
      );
      console.log(`minute ${minute}: ${line.join(', ')} MB`);
    }
    // The mirror is still live, and equal where it counts.
    const last = await leader.locator('#churn > :last-child').textContent();
    await stage.agent.mirror.locator('#churn > :last-child', { hasText: last ?? '' }).waitFor();

    const growth = (name: string): number =>
      (samples[name]!.at(-1)! / samples[name]![WARM_MINUTES - 1]! - 1) * 100;
    const row = (name: string, who: string): Row => ({
      figure: `${who} after ${minutes} min of ${PER_SECOND} changes a second, growth since minute ${WARM_MINUTES}`,
      unit: '%',
      value: growth(name),
      peers: `rrweb ${name}` in samples ? { rrweb: growth(`rrweb ${name}`) } : {},
      target: '≤ 10 %',
      met: growth(name) <= 10,
    });
    return [
      row('follower', 'Follower’s heap'),
      row('leader', 'Leader’s heap'),
      row('gateway', 'Gateway’s heap'),
    ];
  } finally {
    await relay.stop();
    await stage.stop();
  }
}

/** Bytes in use by that document's process after a collection. */
async function heapOf(target: Page | Frame): Promise<() => Promise<number>> {
  const page = 'mainFrame' in target ? target : target.page();
  const session: CDPSession = await page.context().newCDPSession(target);
  await session.send('Performance.enable');
  return async () => {
    await session.send('HeapProfiler.collectGarbage');
    const { metrics } = await session.send('Performance.getMetrics');
    return metrics.find(({ name }) => name === 'JSHeapUsedSize')!.value;
  };
}

function ownHeap(): () => Promise<number> {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  return async () => {
    collect();
    const { heapUsed, arrayBuffers } = process.memoryUsage();
    return heapUsed + arrayBuffers;
  };
}

/** Rows come and go, texts and classes change: {@link PER_SECOND} in all, on a list that keeps its length. */
async function churn(leader: Frame): Promise<void> {
  await leader.evaluate((perSecond) => {
    const list = document.createElement('ul');
    list.id = 'churn';
    for (let i = 0; i < 200; i++)
      list.append(Object.assign(document.createElement('li'), { textContent: `row ${i}` }));
    document.body.append(list);
    let count = 0;
    setInterval(() => {
      for (let i = 0; i < perSecond / 10; i++) {
        count++;
        const at = list.children[(count * 7919) % list.children.length]!;
        if (count % 3 === 0) at.textContent = `text ${count}`;
        else if (count % 3 === 1) at.className = `c${count % 11}`;
        else {
          at.remove();
          list.append(Object.assign(document.createElement('li'), { textContent: `row ${count}` }));
        }
      }
    }, 100);
  }, PER_SECOND);
}
