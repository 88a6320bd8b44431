// Inputs that cannot be judged yet wait for the leader, in order; the others do not wait.
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { InputOrder } from '../../../gateway/realtime/input-order.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

/** Takes inputs by name: `tab` moves the focus, `key` is judged by whether the focus is on a secret field. */
function start() {
  const order = new InputOrder();
  const log: string[] = [];
  const state = { secret: false };
  const key = (name: string): Promise<void> | undefined =>
    order.take((last) => {
      if (state.secret && !last) return false;
      if (state.secret) throw new Error(`refused ${name}`);
      log.push(name);
      return true;
    });
  const tab = (seq: number): Promise<void> | undefined =>
    order.take(() => {
      order.passed(seq);
      log.push(`tab ${seq}`);
      return true;
    });
  return { order, log, state, key, tab };
}

it('refuses at once what nothing under way can make right', () => {
  const { state, key } = start();
  state.secret = true;
  expect(() => key('a')).toThrow('refused a');
});

it('passes on at once what nothing speaks against', () => {
  const { log, key, tab } = start();
  expect(tab(1)).toBeUndefined();
  expect(key('a')).toBeUndefined();
  expect(log).toEqual(['tab 1', 'a']);
});

it('waits for the leader before it refuses, and lets nothing overtake', async () => {
  const { order, log, state, key, tab } = start();
  state.secret = true;
  tab(1);
  const waiting = [key('a'), tab(2), key('b')];
  expect(log).toEqual(['tab 1']);
  order.done(0);
  expect(log).toEqual(['tab 1']);
  state.secret = false;
  order.done(1);
  expect(log).toEqual(['tab 1', 'a', 'tab 2', 'b']);
  await Promise.all(waiting);
});

it('refuses when the leader has done all and the field is protected still', async () => {
  const { order, log, state, key, tab } = start();
  state.secret = true;
  tab(1);
  const refused = expect(key('a')).rejects.toThrow('refused a');
  order.done(1);
  await refused;
  expect(() => key('b')).toThrow('refused b');
  expect(log).toEqual(['tab 1']);
});

it('judges by what is known when the leader does not answer', async () => {
  const { log, state, key, tab } = start();
  state.secret = true;
  tab(1);
  const refused = expect(key('a')).rejects.toThrow('refused a');
  const after = tab(2);
  vi.advanceTimersByTime(2_100);
  await refused;
  await after;
  expect(log).toEqual(['tab 1', 'tab 2']);
});

it('does not let wait without end', () => {
  const { order, state, key, tab } = start();
  state.secret = true;
  tab(1);
  let waiting = 0;
  while (!order.isFull && waiting < 1_000) {
    key('a')?.catch(() => {});
    waiting++;
  }
  expect(waiting).toBe(120);
});
