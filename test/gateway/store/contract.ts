// What every store must do: run by the test file of each implementation.
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Store } from '../../../gateway/store/store.ts';

/** @param open makes an empty store with a clock that the test moves */
export function testStoreContract(open: (now: () => number) => Promise<Store>): void {
  let store: Store;
  let now: number;

  beforeEach(async () => {
    now = 1_800_000_000_000;
    store = await open(() => now);
  });
  afterEach(() => store.close());

  test('yields what was put, with a version that every write changes', async () => {
    const first = await store.put('login', 'a', { name: 'anna', roles: ['admin'] });
    expect(await store.get('login', 'a')).toEqual({
      value: { name: 'anna', roles: ['admin'] },
      version: first,
    });
    const second = await store.put('login', 'a', 'other');
    expect(second).not.toBe(first);
    expect((await store.get('login', 'a'))?.value).toBe('other');
  });

  test('keeps namespaces apart', async () => {
    await store.put('login', 'a', 1);
    await store.put('ticket', 'a', 2);
    await store.delete('login', 'a');
    expect(await store.get('login', 'a')).toBeUndefined();
    expect((await store.get('ticket', 'a'))?.value).toBe(2);
  });

  test('lists the live entries of a namespace by key', async () => {
    await store.put('jar:s', 'b', 2);
    await store.put('jar:s', 'a', 1, { seal: 's' });
    await store.put('jar:s', 'gone', 3, { expires: now + 1 });
    await store.put('jar:t', 'c', 4);
    now += 1;
    expect((await store.list('jar:s')).map(({ key, value }) => [key, value])).toEqual([
      ['a', 1],
      ['b', 2],
    ]);
  });

  test('forgets a value at its expiry', async () => {
    await store.put('ticket', 'a', 1, { expires: now + 1_000 });
    now += 999;
    expect((await store.get('ticket', 'a'))?.value).toBe(1);
    now += 1;
    expect(await store.get('ticket', 'a')).toBeUndefined();
    expect(await store.take('ticket', 'a')).toBeUndefined();
    expect(await store.list('ticket')).toEqual([]);
  });

  test('a write without expiry lifts an older one', async () => {
    await store.put('ticket', 'a', 1, { expires: now + 1 });
    await store.put('ticket', 'a', 2);
    now += 10;
    expect((await store.get('ticket', 'a'))?.value).toBe(2);
  });

  test('compares and sets', async () => {
    const first = await store.put('session', 's', 'one', { expect: 0 });
    expect(first).toBeDefined();
    expect(await store.put('session', 's', 'two', { expect: 0 })).toBeUndefined();
    expect(await store.put('session', 's', 'two', { expect: first! })).toBeDefined();
    expect(await store.put('session', 's', 'three', { expect: first! })).toBeUndefined();
    expect((await store.get('session', 's'))?.value).toBe('two');
  });

  test('an expired or deleted value counts as absent for compare and set, and its version never comes back', async () => {
    const first = await store.put('session', 's', 'one', { expires: now + 1 });
    now += 1;
    const second = await store.put('session', 's', 'two', { expect: 0 });
    expect(second).toBeDefined();
    await store.delete('session', 's');
    await store.put('session', 's', 'three');
    for (const stale of [first!, second!])
      expect(await store.put('session', 's', 'lost', { expect: stale })).toBeUndefined();
  });

  test('takes once', async () => {
    await store.put('ticket', 'a', { sid: 's' }, { seal: 's' });
    const both = await Promise.all([store.take('ticket', 'a'), store.take('ticket', 'a')]);
    expect(both.filter((value) => value !== undefined)).toEqual([{ sid: 's' }]);
  });

  test('destroys all values of a seal, and only those', async () => {
    await store.put('session', 's', 'secret', { seal: 's' });
    await store.put('jar:s', 'cookie', 'secret', { seal: 's' });
    await store.put('session', 't', 'other', { seal: 't' });
    await store.put('conversation', 'c', 'chat');
    await store.destroySeal('s');
    expect(await store.get('session', 's')).toBeUndefined();
    expect(await store.list('jar:s')).toEqual([]);
    expect((await store.get('session', 't'))?.value).toBe('other');
    expect((await store.get('conversation', 'c'))?.value).toBe('chat');
    await store.destroySeal('s');
    await store.destroySeal('never there');
  });

  test('a late write does not bring a destroyed seal back', async () => {
    await store.put('jar:s', 'a', 1, { seal: 's' });
    await store.destroySeal('s');
    expect(await store.put('jar:s', 'a', 2, { seal: 's' })).toBeUndefined();
    expect(await store.get('jar:s', 'a')).toBeUndefined();
  });

  test('keeps any JSON value and any key as they are', async () => {
    const value = { text: 'ä\u0000\u2028 "\'', deep: [[null, true, -1.5]], long: 'x'.repeat(300_000) };
    const key = "it's; DROP TABLE entries; -- \u{1f600}";
    await store.put('jar:s', key, value, { seal: 's' });
    expect((await store.get('jar:s', key))?.value).toEqual(value);
    await store.put('odd', '__proto__', { polluted: true });
    expect((await store.get('odd', '__proto__'))?.value).toEqual({ polluted: true });
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
  });
}
