// After thousands of random operations of all kinds, leader and follower are equal; a failure names its seed.
// By the environment: FUZZ_SEEDS (how many), FUZZ_SEED (the first), FUZZ_OPERATIONS (per seed), FUZZ_EACH (between two comparisons),
// FUZZ_ONLY (names of operations, with commas): `npm run fuzz` does 100 × 10,000.
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openBrowser } from '../../browser.ts';
import { firstDifference } from './first-difference.ts';
import { openPair, type Pair } from './pair.ts';

const SEEDS = Number(process.env.FUZZ_SEEDS ?? 4);
const FIRST = Number(process.env.FUZZ_SEED ?? 1);
const OPERATIONS = Number(process.env.FUZZ_OPERATIONS ?? 400);
const EACH = Number(process.env.FUZZ_EACH ?? 20);
const ONLY = process.env.FUZZ_ONLY?.split(',') ?? [];

/** A scroll is told a frame later, and a frame's document when it has come: what is still different after that long is different. */
const PATIENCE_MS = 6_000;

const PAGES = {
  '/': `<!doctype html><head><style id="sheet">.a{color:red}</style><style>.scroll{height:60px;width:200px;overflow:auto;white-space:pre}</style></head>
    <body><div><p>one</p></div><ul><li>two</li></ul><form id=f1><input name=r type=radio><select><option>1</select></form></body>`,
  '/frame':
    '<!doctype html><head><style>.scroll{height:60px;width:200px;overflow:auto;white-space:pre}</style></head><body><div>framed</div><p>text</p></body>',
  '/quirks': '<head><style>.a{top:0}</style></head><body><section>quirks</section></body>',
};

let browser: Browser;
beforeAll(async () => {
  browser = await openBrowser();
});
afterAll(() => browser?.close());

/** What was asked for again; not for frames that were moved with their documents, which no mirror can do. */
const resends = (pair: Pair): string[] => pair.resends.filter((why) => why !== 'tampered');

/** Undefined when both show the same, at once or soon. */
async function difference(pair: Pair): Promise<string | undefined> {
  const until = performance.now() + PATIENCE_MS;
  for (;;) {
    await pair.settle();
    const { leader, follower } = await pair.both();
    const found = firstDifference(leader, follower);
    if (found === undefined || performance.now() > until) return found;
  }
}

it.each(Array.from({ length: SEEDS }, (_, i) => FIRST + i))(
  'stays equal, seed %i',
  async (seed) => {
    const pair = await openPair(browser, { pages: PAGES });
    await pair.settle();
    for (let round = 0; round * EACH < OPERATIONS; round++) {
      const done = await pair.leader.evaluate((options) => window.leader.operate(options), {
        seed: seed * 100_000 + round,
        count: EACH,
        only: ONLY,
      });
      const found = await difference(pair);
      const trouble = [found, ...pair.errors, ...resends(pair)].filter((entry) => entry !== undefined);
      if (trouble.length > 0)
        expect.unreachable(`seed ${seed}, round ${round}: ${trouble.join('\n')}\nafter ${done.join(' ')}`);
    }
    // The digests of all three agree: nobody asked for anything again.
    await expect
      .poll(
        () =>
          pair
            .takeSent()
            .some(({ message }) => message.type === 'mirror.changed' && message.digest !== undefined),
        { timeout: 5_000 },
      )
      .toBe(true);
    await pair.settle();
    expect(resends(pair)).toEqual([]);
    await pair.close();
  },
  60_000 + OPERATIONS * 200,
);
