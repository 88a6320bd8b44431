// The leader's facts: taken one by one, credited, and read more slowly when they cost the gateway too much.
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Leader } from '../../../gateway/realtime/leader.ts';
import { encodeFact } from '../../../protocol/page-facts.ts';
import { Malformed } from '../../../protocol/schema.ts';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['performance', 'setTimeout', 'clearTimeout'] });
});
afterEach(() => {
  vi.useRealTimers();
});

/** @param cost what taking a fact costs the gateway, ms */
function lead(cost: number) {
  const said: unknown[] = [];
  const mirror = {
    behind: false,
    url: 'https://shop.example/',
    title: 'Shop',
    clear: () => {},
    take: () => {
      clock.now += cost;
    },
  };
  const clock = { now: performance.now() };
  vi.spyOn(performance, 'now').mockImplementation(() => clock.now);
  let paused = false;
  const connection = {
    send: (event: unknown) => said.push(event),
    pause: () => {
      paused = true;
    },
    resume: () => {
      paused = false;
    },
  };
  const session = { showing: () => {}, lastUse: 0 };
  const leader = new Leader({ session, mirror, connection });
  const json = new TextEncoder().encode(JSON.stringify({ type: 'frame.changed', seq: 1, ops: [] }));
  return {
    leader,
    mirror,
    said,
    take: () => leader.take(Buffer.from(encodeFact({ frame: 1, page: true }, json))),
    isPaused: () => paused,
    wait(ms: number) {
      clock.now += ms;
      vi.advanceTimersByTime(ms);
    },
  };
}

test('a leader who costs little is never held back, and gets his credit soon', () => {
  const { take, isPaused, mirror, said, wait } = lead(1);
  for (let i = 0; i < 200; i++) {
    take();
    wait(5);
    expect(isPaused()).toBe(false);
  }
  expect(mirror.behind).toBe(false);
  expect(said.at(-1)).toMatchObject({ type: 'page.credit' });
});

test('a leader who takes the gateway’s time for long is read more slowly, and everybody may know that the picture is behind', () => {
  const { take, isPaused, mirror, wait } = lead(400);
  take();
  take();
  // a large page at once is nobody's fault
  expect(isPaused()).toBe(false);
  take();
  take();
  expect(isPaused()).toBe(true);
  expect(mirror.behind).toBe(true);
  wait(5_000);
  expect(isPaused()).toBe(false);
  expect(mirror.behind).toBe(false);
});

test('who is held back for a moment only is not called behind', () => {
  const { take, isPaused, mirror, wait } = lead(320);
  for (let i = 0; i < 4; i++) take();
  expect(isPaused()).toBe(true);
  expect(mirror.behind).toBe(false);
  wait(200);
  expect(isPaused()).toBe(false);
});

test('a leader who goes leaves nobody behind', () => {
  const { leader, take, mirror } = lead(2_000);
  take();
  expect(mirror.behind).toBe(true);
  leader.stop();
  expect(mirror.behind).toBe(false);
});

test('what is no fact, and what is no text, is refused', () => {
  const { leader } = lead(1);
  expect(() => leader.take(Buffer.of(1, 2))).toThrow(Malformed);
  expect(() => leader.take(Buffer.from(encodeFact({ frame: 1, page: true }, Buffer.of(0xff, 0xfe))))).toThrow(
    Malformed,
  );
});
