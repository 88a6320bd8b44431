// After hundreds of random operations, leader and follower are equal; a failure names its seed.
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openBrowser } from '../../browser.ts';
import { firstDifference } from './first-difference.ts';
import { openPair } from './pair.ts';
import { randomOperations } from './random-operations.ts';

/** `TANDEM_SEEDS=100 TANDEM_ROUNDS=500` for the long run. */
const SEEDS = Number(process.env.TANDEM_SEEDS ?? 4);
const FIRST = Number(process.env.TANDEM_SEED ?? 1);
const ROUNDS = Number(process.env.TANDEM_ROUNDS ?? 12);
const PER_ROUND = 20;

let browser: Browser;
beforeAll(async () => {
  browser = await openBrowser();
});
afterAll(() => browser?.close());

it.each(Array.from({ length: SEEDS }, (_, i) => FIRST + i))(
  'stays equal, seed %i',
  async (seed) => {
    const pair = await openPair(browser, {
      pages: {
        '/': '<!doctype html><head><style id="sheet">.a{color:red}</style></head><body><div><p>one</p></div><ul><li>two</li></ul></body>',
      },
    });
    await pair.settle();
    const log: string[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      log.push(
        ...(await pair.leader.evaluate(randomOperations, { seed: seed * 1000 + round, count: PER_ROUND })),
      );
      await pair.settle();
      expect([...pair.errors, ...pair.resends]).toEqual([]);
      const { leader, follower } = await pair.both();
      const difference = firstDifference(leader, follower);
      expect(
        difference === undefined
          ? undefined
          : `round ${round}: ${difference}; ${log.slice(-PER_ROUND).join(' ')}`,
      ).toBeUndefined();
      expect([...pair.errors, ...pair.resends]).toEqual([]);
    }
    expect(pair.mirror.epoch).toBe(1);
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
    expect(pair.resends).toEqual([]);
    await pair.close();
  },
  120_000 + ROUNDS * 1_000,
);
