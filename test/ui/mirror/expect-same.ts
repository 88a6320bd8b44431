// What a test of the mirror asserts after each step: leader and follower are equal, and nothing had to be asked for again.
import { expect } from 'vitest';
import { firstDifference } from './first-difference.ts';
import type { Pair } from './pair.ts';

export async function expectSame(pair: Pair): Promise<void> {
  expect([...pair.errors, ...pair.resends]).toEqual([]);
  const { leader, follower } = await pair.both();
  expect(firstDifference(leader, follower)).toBeUndefined();
}
