// Mirror: how long it takes until leader and follower are equal again after messages were lost, doubled or overtaken, under random operations of all kinds.
import { openBrowser } from '../test/browser.ts';
import type {} from '../test/ui/mirror/follower-entry.ts';
import type {} from '../test/ui/mirror/leader-entry.ts';
import { FAULT_KINDS, type FaultKind, runFaults } from '../test/ui/mirror/random-faults.ts';
import { percentile, type Row } from './report.ts';

/** Pages that are begun with, one after the other, and rounds of each kind on each. */
const SEEDS = 5;
const ROUNDS = 12;
/** What the issue promises, ms. */
const PROMISED = 1_000;

export async function run(): Promise<Row[]> {
  const browser = await openBrowser();
  const times = new Map<FaultKind, number[]>(FAULT_KINDS.map((kind) => [kind, []]));
  try {
    for (let seed = 1; seed <= SEEDS; seed++) {
      const rounds = ROUNDS * FAULT_KINDS.length;
      const { rounds: done, wrong } = await runFaults(browser, { seed, rounds, kinds: FAULT_KINDS });
      if (wrong !== undefined) throw new Error(wrong);
      for (const { kind, time } of done) if (time !== undefined) times.get(kind)!.push(time);
    }
  } finally {
    await browser.close();
  }
  return FAULT_KINDS.flatMap((kind) => {
    const of = times.get(kind)!;
    const row = (name: string, value: number): Row => ({
      figure: `Mirror equal again after a message was disturbed (${kind.name}), ${name} of ${of.length}`,
      unit: 'ms',
      value,
      peers: {},
      target: `≤ ${PROMISED} ms`,
      met: value <= PROMISED,
    });
    return [row('p95', percentile(of, 0.95)), row('worst', Math.max(...of))];
  });
}
