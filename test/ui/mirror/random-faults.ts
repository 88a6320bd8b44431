// Random operations while messages are lost, doubled and overtaken, repeatable by seed; and how long it takes until all is equal again.
import type { Browser } from 'playwright-core';
import { firstDifference } from './first-difference.ts';
import { type Disturbed, type Fault, openPair, type Pair, type Way } from './pair.ts';
import { RANDOM_PAGES } from './random-run.ts';

/** What one round does to messages; by chance one of these for each. */
export interface FaultKind {
  name: string;
  faults: readonly (readonly [way: Way, how: Fault])[];
}

const HOPS = ['leader', 'follower'] as const;
const FAULTS = ['drop', 'double', 'swap'] as const;
const WORDS = { drop: 'lost', double: 'doubled', swap: 'overtaken' };

/** Each fault on each way by itself, and several at once: on both ways, one after the other, and of what asks for a repair. */
export const FAULT_KINDS: readonly FaultKind[] = [
  ...HOPS.flatMap((way) =>
    FAULTS.map((how): FaultKind => ({ name: `${WORDS[how]}, ${toEnd(way)}`, faults: [[way, how]] })),
  ),
  {
    name: 'several at once',
    faults: HOPS.flatMap((way) => FAULTS.map((how) => [way, how] as const)),
  },
  {
    name: 'two lost one after the other',
    faults: HOPS.flatMap(
      (way) =>
        [
          [way, 'drop'],
          [way, 'drop'],
        ] as const,
    ),
  },
  {
    name: 'lost with the question for it',
    faults: [
      ['leader', 'drop'],
      ['to-leader', 'drop'],
      ['follower', 'drop'],
      ['from-follower', 'drop'],
    ],
  },
];

function toEnd(way: (typeof HOPS)[number]): string {
  return way === 'leader' ? 'leader → gateway' : 'gateway → follower';
}

export interface FaultRun {
  seed: number;
  rounds: number;
  kinds: readonly FaultKind[];
  /** Names of operations to choose from; all when it is empty. */
  only?: readonly string[];
  /** Called when a round in which something was disturbed is over. @returns what is wrong with it besides */
  judge?(round: Round): string | undefined;
}

/** What came of one round. */
export interface Round {
  kind: FaultKind;
  faults: Disturbed[];
  /** Who asked for what differs, and for all of it. */
  repairs: readonly string[];
  resends: readonly string[];
  /** From where the last message that suffered something would have arrived until both were equal, ms; undefined when there was none. */
  time: number | undefined;
}

/** What is still different after that long is different. */
const PATIENCE_MS = 12_000;
/** The next message comes with the next digest, ms. */
const COMES_WITHIN = 1_500;

/** @returns what came of each round, and in words what was wrong with the last one */
export async function runFaults(
  browser: Browser,
  run: FaultRun,
): Promise<{ rounds: Round[]; wrong?: string }> {
  const pair = await openPair(browser, { pages: RANDOM_PAGES, forgetful: true });
  const rounds: Round[] = [];
  try {
    await pair.leader.bringToFront();
    await pair.settle();
    let from = 0;
    for (let number = 0; number < run.rounds; number++) {
      const random = chance(run.seed * 7_919 + number);
      const kind = run.kinds[number % run.kinds.length]!;
      const begun = {
        faults: pair.disturbances.length,
        repairs: pair.repairs.length,
        resends: pair.resends.length,
      };
      for (const [way, how] of kind.faults) {
        let skipped = random(3);
        pair.disturbAlso(way, how, () => skipped-- <= 0);
      }
      const count = 1 + random(8);
      const done = await pair.leader.evaluate((options) => window.leader.operate(options), {
        seed: run.seed,
        from,
        count,
        only: run.only ?? [],
      });
      from += count;
      const until = performance.now() + COMES_WITHIN;
      while (pair.disturbances.length === begun.faults && performance.now() < until) await pause();
      const different = await equal(pair);
      const at = performance.now();
      pair.calm();
      const faults = pair.disturbances.slice(begun.faults);
      const round: Round = {
        kind,
        faults,
        repairs: pair.repairs.slice(begun.repairs),
        resends: pair.resends.slice(begun.resends),
        time: faults.length > 0 ? Math.max(0, at - faults.at(-1)!.at) : undefined,
      };
      rounds.push(round);
      const trouble = [
        different,
        ...pair.errors,
        ...pair.strayRequests,
        faults.length > 0 && run.judge?.(round),
      ].filter((entry) => entry);
      if (trouble.length === 0) continue;
      const suffered = faults.map(({ way, how, type }) => `${way} ${how} ${type}`).join(', ');
      return {
        rounds,
        wrong: `seed ${run.seed}, round ${number} (${kind.name}: ${suffered}; ${round.repairs} ${round.resends}): ${trouble.join('\n')}\nafter ${done.join(' ')}`,
      };
    }
    return { rounds };
  } finally {
    await pair.close();
  }
}

const pause = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 4));

/** Waits until both show the same. @returns the first difference when they do not in time */
async function equal(pair: Pair): Promise<string | undefined> {
  const until = performance.now() + PATIENCE_MS;
  for (;;) {
    const [leader, follower] = await pair.hashes();
    if (leader === follower) return undefined;
    if (performance.now() < until) continue;
    const both = await pair.both();
    const found = firstDifference(both.leader, both.follower);
    if (found !== undefined) return found;
  }
}

/** Numbers below a bound, the same ones for the same seed. */
function chance(seed: number): (below: number) => number {
  let state = Math.imul(seed + 1, 0x9e3779b1) >>> 0;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}
