// After thousands of random operations of all kinds, leader and followers are equal; a failure names its seed.
// By the environment: FUZZ_SEEDS (how many), FUZZ_SEED (the first), FUZZ_OPERATIONS (per seed), FUZZ_EACH (between two comparisons),
// FUZZ_SINGLY (from this operation on compares each), FUZZ_ONLY (names of operations, with commas): `npm run fuzz` does 100 × 10,000.
import { expect, it } from 'vitest';
import { useBrowser } from '../../use-browser.ts';
import { runRandom } from './random-run.ts';

const SEEDS = Number(process.env.FUZZ_SEEDS ?? 4);
const FIRST = Number(process.env.FUZZ_SEED ?? 1);
const OPERATIONS = Number(process.env.FUZZ_OPERATIONS ?? 400);
const EACH = Number(process.env.FUZZ_EACH ?? 25);
const SINGLY = process.env.FUZZ_SINGLY === undefined ? undefined : Number(process.env.FUZZ_SINGLY);
const ONLY = process.env.FUZZ_ONLY?.split(',') ?? [];

const browser = useBrowser();

// Several at once: each waits for pictures most of the time.
it.concurrent.each(Array.from({ length: SEEDS }, (_, i) => FIRST + i))(
  'stays equal, seed %i',
  async (seed) => {
    const wrong = await runRandom(browser(), {
      seed,
      operations: OPERATIONS,
      each: EACH,
      singly: SINGLY,
      only: ONLY,
    });
    if (wrong !== undefined) expect.unreachable(wrong);
  },
  60_000 + OPERATIONS * 200,
);
