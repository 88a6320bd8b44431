// Passwords and logins: what signs in, how long it lasts, what ends it, how guessing is slowed.
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { hashPassword, LOGIN_COOKIE, Logins, verifyPassword } from '../../../gateway/sites/accounts.ts';
import type { Agent } from '../../../gateway/sites/config.ts';
import { openEmbedded } from '../../../gateway/store/embedded.ts';
import type { Store } from '../../../gateway/store/store.ts';
import { CHEAP_HASH } from './config-text.ts';

const MINUTE = 60_000;
let folder: string;
let store: Store;
let now: number;
let agents: Map<string, Agent>;
let logins: Logins;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tandem-logins-'));
  now = 1_800_000_000_000;
  store = await openEmbedded(folder, { now: () => now });
  agents = new Map([
    ['anna', { name: 'anna', title: 'Anna', password: CHEAP_HASH, roles: ['agent'], cobrowsing: true }],
  ]);
  logins = new Logins(store, { findAgent: (name) => agents.get(name) }, { now: () => now });
});
afterEach(async () => {
  await store.close();
  await rm(folder, { recursive: true, force: true });
});

test('a hash verifies its own password only, in whatever composition it is typed', async () => {
  const hash = await hashPassword('gr\u00fcn');
  expect(hash).toMatch(/^scrypt\$32768\$8\$3\$[\w-]{22}\$[\w-]{43}$/);
  expect(await verifyPassword('gru\u0308n', hash)).toBe(true);
  expect(await verifyPassword('grun', hash)).toBe(false);
  expect(await hashPassword('gr\u00fcn')).not.toBe(hash);
});

test.each([
  '',
  'plain',
  'md5$1$1$1$aaaa$bbbb',
  'scrypt$1024$8$1$AAAA$',
  'scrypt$1000$8$1$AAAAAAAAAAAAAAAAAAAAAA$BwBHqWJt4HPU69itAIhHaTmDHZeHBwZSu-47ip-08VQ',
  'scrypt$99999999$99$99$AAAAAAAAAAAAAAAAAAAAAA$BwBHqWJt4HPU69itAIhHaTmDHZeHBwZSu-47ip-08VQ',
])('%j is the hash of nothing', async (hash) => {
  expect(await verifyPassword('tandem', hash)).toBe(false);
});

test('signs in, is found by the cookie, signs out', async () => {
  const { token, agent } = await logins.signIn('anna', 'tandem');
  expect(agent.name).toBe('anna');
  const cookie = `a=b; ${LOGIN_COOKIE}=${token}; c=d`;
  expect((await logins.findByCookie(cookie))?.name).toBe('anna');
  expect((await logins.requireAgent({ headers: { cookie } })).name).toBe('anna');
  await logins.signOut(token);
  expect(await logins.find(token)).toBeUndefined();
  await expect(logins.requireAgent({ headers: { cookie } })).rejects.toMatchObject({ reason: 'signed-out' });
  await expect(logins.requireAgent({ headers: {} })).rejects.toMatchObject({
    reason: 'signed-out',
    status: 401,
  });
});

test('wrong password and unknown name get the same answer', async () => {
  for (const [name, password] of [
    ['anna', 'wrong'],
    ['eve', 'tandem'],
    ['__proto__', 'tandem'],
    ['', ''],
  ] as const)
    await expect(logins.signIn(name, password, name)).rejects.toMatchObject({ reason: 'sign-in-failed' });
});

test('two cookies of our name: none is used', async () => {
  const { token } = await logins.signIn('anna', 'tandem');
  const cookie = `${LOGIN_COOKIE}=planted; ${LOGIN_COOKIE}=${token}`;
  await expect(logins.findByCookie(cookie)).rejects.toMatchObject({ reason: 'malformed', status: 400 });
});

test('a login ends after half an hour without use, and after twelve hours in any case', async () => {
  const { token } = await logins.signIn('anna', 'tandem');
  now += 29 * MINUTE;
  expect(await logins.find(token)).toBeDefined();
  now += 29 * MINUTE;
  expect(await logins.find(token)).toBeDefined();
  now += 30 * MINUTE;
  expect(await logins.find(token)).toBeUndefined();

  const long = (await logins.signIn('anna', 'tandem')).token;
  for (let minutes = 20; minutes < 12 * 60; minutes += 20) {
    now += 20 * MINUTE;
    expect(await logins.find(long), `${minutes}`).toBeDefined();
  }
  now += 20 * MINUTE;
  expect(await logins.find(long)).toBeUndefined();
});

test('removing the agent or changing his password ends his logins', async () => {
  const { token } = await logins.signIn('anna', 'tandem');
  const anna = agents.get('anna')!;
  agents.set('anna', { ...anna, cobrowsing: false });
  expect((await logins.find(token))?.cobrowsing).toBe(false);
  agents.set('anna', { ...anna, password: CHEAP_HASH.replace('$A', '$B') });
  expect(await logins.find(token)).toBeUndefined();
  agents.set('anna', anna);
  const second = (await logins.signIn('anna', 'tandem')).token;
  agents.delete('anna');
  expect(await logins.find(second)).toBeUndefined();
});

test('the disk holds no token', async () => {
  const { token } = await logins.signIn('anna', 'tandem');
  for (const name of await readdir(folder, { recursive: true, withFileTypes: true }))
    if (name.isFile()) expect((await readFile(join(name.parentPath, name.name))).includes(token)).toBe(false);
});

test('ten failures from one address stop it for five minutes, even with the right password; others go on', async () => {
  for (let i = 0; i < 10; i++)
    await expect(logins.signIn('anna', `guess${i}`, '192.0.2.1')).rejects.toMatchObject({
      reason: 'sign-in-failed',
    });
  await expect(logins.signIn('anna', 'tandem', '192.0.2.1')).rejects.toMatchObject({
    reason: 'too-fast',
    status: 429,
  });
  await expect(logins.signIn('anna', 'tandem', '192.0.2.2')).resolves.toBeDefined();
  now += 5 * MINUTE + 1;
  await expect(logins.signIn('anna', 'tandem', '192.0.2.1')).resolves.toBeDefined();
});

test('one name is guessed from many addresses only so often', async () => {
  const strict = new Logins(
    store,
    { findAgent: (name) => agents.get(name) },
    { now: () => now, limits: { failuresOfName: 5 } },
  );
  for (let i = 0; i < 5; i++)
    await expect(strict.signIn('anna', 'wrong', `192.0.2.${i}`)).rejects.toMatchObject({
      reason: 'sign-in-failed',
    });
  await expect(strict.signIn('anna', 'tandem', '192.0.2.9')).rejects.toMatchObject({ reason: 'too-fast' });
});

test('signing in often and rightly is no failure', async () => {
  for (let i = 0; i < 30; i++) await logins.signIn('anna', 'tandem', '192.0.2.1');
});

test('many tries at once do not pile up', async () => {
  const results = await Promise.allSettled(
    Array.from({ length: 30 }, (_, i) => logins.signIn('nobody', 'x', `192.0.2.${i}`)),
  );
  const reasons = results.map((result) => (result.status === 'rejected' ? result.reason.reason : 'in'));
  expect(reasons.filter((reason) => reason === 'too-fast').length).toBeGreaterThanOrEqual(22);
});
