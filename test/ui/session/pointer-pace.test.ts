// How often the others are told where a person's pointer is.
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { SessionRequest } from '../../../protocol/session-messages.ts';
import { type PointerDoes, startPointerPace } from '../../../ui/session/pointer-pace.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const at = (x: number): PointerDoes => ({ kind: 'moved', frame: 0, node: 1, x, y: 0 });

function start() {
  const told: (string | number)[] = [];
  const pace = startPointerPace((request: SessionRequest) =>
    told.push('x' in request ? request.x : request.type),
  );
  return { told, pace };
}

it('tells where a pointer stopped, however quickly it came there', () => {
  const { told, pace } = start();
  for (const x of [1, 2, 3]) pace.take(at(x));
  expect(told).toEqual([1]);
  vi.runAllTimers();
  expect(told).toEqual([1, 3]);
});

it('tells of a pointer that never rests, and no more often than the gateway takes', () => {
  const { told, pace } = start();
  for (let ms = 0; ms < 1_000; ms += 8) {
    pace.take(at(ms));
    vi.advanceTimersByTime(8);
  }
  expect(told.length).toBeGreaterThan(25);
  expect(told.length).toBeLessThanOrEqual(41);
});

it('shows no pointer that has left, and no place of before a click', () => {
  const { told, pace } = start();
  pace.take(at(1));
  pace.take(at(2));
  pace.take({ ...at(3), kind: 'clicked' });
  pace.take(at(4));
  pace.take({ ...at(0), kind: 'left' });
  vi.runAllTimers();
  expect(told).toEqual([1, 3, 'pointer.left']);
});
