// The embedded store: the contract, what survives a restart, and what lies on the disk.
import { randomUUID } from 'node:crypto';
import { chmod, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openEmbedded } from '../../../gateway/store/embedded.ts';
import { testStoreContract } from './contract.ts';

let root: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'tandem-store-'));
});
afterAll(() => rm(root, { recursive: true, force: true }));
const newFolder = () => join(root, randomUUID());

describe('the contract', () => {
  testStoreContract((now) => openEmbedded(newFolder(), { now }));
});

/** Every byte of every file below a folder. */
async function bytesIn(folder: string): Promise<string> {
  const files = await readdir(folder, { recursive: true, withFileTypes: true });
  const contents = await Promise.all(
    files.filter((file) => file.isFile()).map((file) => readFile(join(file.parentPath, file.name), 'latin1')),
  );
  return contents.join('\n');
}

test('values, sealed ones too, survive a restart', async () => {
  const folder = newFolder();
  const first = await openEmbedded(folder);
  const version = await first.put('session', 's', { url: '/' }, { seal: 's' });
  await first.put('conversation', 'c', 'chat');
  await first.close();
  const second = await openEmbedded(folder);
  expect(await second.get('session', 's')).toEqual({ value: { url: '/' }, version });
  expect((await second.get('conversation', 'c'))?.value).toBe('chat');
  expect(await second.put('session', 's', 1, { seal: 's', expect: version! })).toBeGreaterThan(version!);
  await second.close();
});

test('sealed values are never on the disk in the clear, and their key not either', async () => {
  const folder = newFolder();
  const store = await openEmbedded(folder);
  const secret = `PLANTED-${randomUUID()}`;
  for (let i = 0; i < 200; i++) await store.put('jar:s', `cookie${i}`, { secret, i }, { seal: 's' });
  expect(await bytesIn(folder)).not.toContain(secret);
  await store.put('conversation', 'c', { note: `CLEAR-${secret}` });
  expect(await bytesIn(folder)).toContain(`CLEAR-${secret}`);
  await store.close();
});

test('after a seal is destroyed its ciphertext is gone from file and journal, and its key from the disk', async () => {
  const folder = newFolder();
  const store = await openEmbedded(folder);
  for (let i = 0; i < 100; i++)
    await store.put('jar:doomed-seal', `key-${i}-doomed`, 'x'.repeat(3_000), { seal: 'doomed-seal' });
  await store.put('session', 'kept', 1, { seal: 'kept' });
  const keys = await readdir(join(folder, 'seals'));
  expect(keys).toHaveLength(2);
  const keyBytes = await Promise.all(keys.map((name) => readFile(join(folder, 'seals', name), 'latin1')));
  expect(await bytesIn(folder)).toContain('key-57-doomed');

  await store.destroySeal('doomed-seal');
  const left = await bytesIn(folder);
  expect(left).not.toContain('doomed');
  expect(await readdir(join(folder, 'seals'))).toHaveLength(1);
  expect(keyBytes.filter((bytes) => left.includes(bytes))).toHaveLength(1);
  expect((await store.get('session', 'kept'))?.value).toBe(1);
  await store.close();
  expect(await bytesIn(folder)).not.toContain('doomed');
});

test('a destroyed seal stays destroyed when the database of before comes back from a backup', async () => {
  const folder = newFolder();
  const first = await openEmbedded(folder);
  await first.put('session', 's', 'secret', { seal: 's' });
  await first.close();
  const backup = await readFile(join(folder, 'tandem.sqlite'));
  const second = await openEmbedded(folder);
  await second.destroySeal('s');
  await second.close();
  await writeFile(join(folder, 'tandem.sqlite'), backup);
  const third = await openEmbedded(folder);
  expect(await third.get('session', 's')).toBeUndefined();
  expect(await third.list('session')).toEqual([]);
  await third.close();
});

test('keys without values and values past their time are swept at the next start', async () => {
  const folder = newFolder();
  const first = await openEmbedded(folder, { now: () => 1_000 });
  await first.put('session', 's', 'secret', { seal: 's', expires: 2_000 });
  await first.close();
  const second = await openEmbedded(folder, { now: () => 3_000 });
  expect(await readdir(join(folder, 'seals'))).toEqual([]);
  await second.close();
});

test('data folder and master key are for the owner only', async () => {
  const folder = newFolder();
  await (await openEmbedded(folder)).close();
  expect((await stat(folder)).mode & 0o077).toBe(0);
  await chmod(join(folder, 'master.key'), 0o644);
  await (await openEmbedded(folder)).close();
  expect((await stat(join(folder, 'master.key'))).mode & 0o777).toBe(0o600);
});

test('a second process is refused with a sentence', async () => {
  const folder = newFolder();
  const store = await openEmbedded(folder);
  await store.put('a', 'b', 1);
  await expect(openEmbedded(folder)).rejects.toThrow(/Another process uses the data folder/);
  await store.close();
});
