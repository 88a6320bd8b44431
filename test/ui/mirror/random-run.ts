// One seed of random operations: done on the leader's page, and compared with what its followers show.
import type { Browser } from 'playwright-core';
import { firstDifference } from './first-difference.ts';
import { openPair, type Pair } from './pair.ts';

export interface RandomRun {
  seed: number;
  operations: number;
  /** Operations between two comparisons. */
  each: number;
  /** From this one on each operation is compared: to find the one that a difference comes from. */
  singly?: number | undefined;
  /** Names of operations to choose from; all when it is empty. */
  only: readonly string[];
}

/** A scroll is told a frame later, and a frame's document when it has come: what is still different after that long is different. */
const PATIENCE_MS = 6_000;
/** So many comparisons before the end another follower comes, who must see the same then. */
const LATE_BY = 2;

export const RANDOM_PAGES = {
  '/': `<!doctype html><head><style id="sheet">.a{color:red}</style><style>.scroll{height:60px;width:200px;overflow:auto;white-space:pre}</style></head>
    <body><div><p>one</p></div><ul><li>two</li></ul><form id=f1><input name=r type=radio><select><option>1</select></form></body>`,
  '/frame':
    '<!doctype html><head><style>.scroll{height:60px;width:200px;overflow:auto;white-space:pre}</style></head><body><div>framed</div><p>text</p></body>',
  '/quirks': '<head><style>.a{top:0}</style></head><body><section>quirks</section></body>',
};

/** @returns what was wrong, in words; undefined when nothing was */
export async function runRandom(browser: Browser, run: RandomRun): Promise<string | undefined> {
  const pair = await openPair(browser, { pages: RANDOM_PAGES, forgetful: true });
  let from = 0;
  try {
    await pair.settle();
    const late = run.operations - LATE_BY * run.each;
    let joined = false;
    while (from < run.operations) {
      if (!joined && from >= late) {
        joined = true;
        await pair.join();
      }
      const count = from >= (run.singly ?? Number.POSITIVE_INFINITY) ? 1 : run.each;
      const done = await pair.leader.evaluate((options) => window.leader.operate(options), {
        seed: run.seed,
        from,
        count,
        only: run.only,
      });
      const trouble = [await difference(pair), ...troubleOf(pair)].filter((entry) => entry !== undefined);
      if (trouble.length > 0)
        return `seed ${run.seed}, operations ${from} to ${from + count}: ${trouble.join('\n')}\nafter ${done.join(' ')}`;
      from += count;
    }
    // The digest that comes once it is quiet says the same: nobody asks for anything again.
    await pair.quiet();
    const trouble = troubleOf(pair);
    return trouble.length > 0 ? `seed ${run.seed}, at the end: ${trouble.join('\n')}` : undefined;
  } catch (error) {
    return `seed ${run.seed}, from operation ${from}: ${error}`;
  } finally {
    await pair.close();
  }
}

/** Errors, and what was asked for again; not for frames that were moved with their documents, which no mirror can do. */
function troubleOf(pair: Pair): string[] {
  return [
    ...pair.errors,
    ...pair.resends.filter((why) => why !== 'tampered' && why !== 'start').map((why) => `resent: ${why}`),
    ...pair.repairs.map((who) => `repaired: ${who}`),
    ...pair.strayRequests.map((url) => `requested: ${url}`),
  ];
}

/** Undefined when all show the same, at once or soon. */
async function difference(pair: Pair): Promise<string | undefined> {
  const until = performance.now() + PATIENCE_MS;
  for (;;) {
    await pair.settle();
    const [leader, ...followers] = await pair.hashes();
    const at = followers.findIndex((hash) => hash !== leader);
    if (at < 0) return undefined;
    if (performance.now() < until) continue;
    const { leader: one, follower: other } = await pair.both(at);
    const found = firstDifference(one, other);
    if (found !== undefined) return `${at > 0 ? 'who came late: ' : ''}${found}`;
  }
}
