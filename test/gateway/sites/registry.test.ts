// The registry: edits of the file apply within a second, broken ones do not, switches are written with comments kept.
import { mkdir, mkdtemp, readdir, readFile, rename, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createLog } from '../../../gateway/log.ts';
import { ConfigError } from '../../../gateway/sites/config.ts';
import { Registry } from '../../../gateway/sites/registry.ts';
import { GOOD_CONFIG, spoil } from './config-text.ts';

let folder: string;
let file: string;
let registry: Registry;
const openAt = async (path: string) => {
  registry = await Registry.open(path, createLog('silent'));
  return registry;
};

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tandem-registry-'));
  file = join(folder, 'tandem.yaml');
  await writeFile(file, GOOD_CONFIG);
});
afterEach(async () => {
  registry?.close();
  await rm(folder, { recursive: true, force: true });
});

// An edit applies within a second on a machine that does nothing else; a busy one may take longer.
const soon = (check: () => void) => vi.waitFor(check, { timeout: 5_000, interval: 20 });

test('finds sites, agents, and the site of a page', async () => {
  await openAt(file);
  expect(registry.findSite('shop')?.title).toBe('Shop');
  expect(registry.findSite('other')).toBeUndefined();
  expect(registry.findAgent('anna')?.cobrowsing).toBe(true);
  expect(registry.findSiteOfPage('https://www.shop.example/a')?.id).toBe('shop');
  expect(registry.findSiteOfPage('https://www.other.example/a')).toBeUndefined();
});

test('a file that is missing or bad does not open', async () => {
  await expect(Registry.open(join(folder, 'none.yaml'), createLog('silent'))).rejects.toThrow(ConfigError);
  await writeFile(file, spoil('agents: [anna, ben]', 'agents: [anna, eve]'));
  await expect(Registry.open(file, createLog('silent'))).rejects.toMatchObject({
    problems: [{ file, line: 24, message: '"contacts[0].agents[1]" names no agent: "eve".' }],
  });
});

test('an edit in place applies within a second and is told once', async () => {
  await openAt(file);
  const told = vi.fn();
  registry.onChange(told);
  await writeFile(file, spoil('title: Anna Berg', 'title: Anna B.'));
  await soon(() => expect(registry.findAgent('anna')?.title).toBe('Anna B.'));
  expect(told).toHaveBeenCalledTimes(1);
});

test('an editor that replaces the file by rename is followed too, again and again', async () => {
  await openAt(file);
  for (const title of ['One', 'Two', 'Three']) {
    const draft = join(folder, 'draft');
    await writeFile(draft, spoil('title: Anna Berg', `title: ${title}`));
    await rename(draft, file);
    await soon(() => expect(registry.findAgent('anna')?.title).toBe(title));
  }
});

test('a folder swapped behind a link is followed (mounted config maps)', async () => {
  for (const version of ['a', 'b']) await mkdir(join(folder, version));
  await writeFile(join(folder, 'a', 'tandem.yaml'), GOOD_CONFIG);
  await writeFile(join(folder, 'b', 'tandem.yaml'), spoil('title: Anna Berg', 'title: Swapped'));
  await symlink('a', join(folder, 'now'));
  await openAt(join(folder, 'now', 'tandem.yaml'));
  await symlink('b', join(folder, 'next'));
  await rename(join(folder, 'next'), join(folder, 'now'));
  await soon(() => expect(registry.findAgent('anna')?.title).toBe('Swapped'));
});

test('a broken edit leaves the old state running and is shown with its line, until it is put right', async () => {
  await openAt(file);
  const told = vi.fn();
  registry.onChange(told);
  const before = registry.config;
  await writeFile(file, spoil('cobrowsing: true # R1', 'cobrowsing: maybe'));
  await soon(() => expect(registry.problems).toHaveLength(1));
  expect(registry.problems[0]).toEqual({
    file,
    line: 3,
    message: '"system.cobrowsing" must be true or false.',
  });
  expect(registry.config).toBe(before);
  await writeFile(file, GOOD_CONFIG);
  await soon(() => expect(registry.problems).toEqual([]));
  expect(told).toHaveBeenCalledTimes(2);
});

test('a file that goes away and comes back is a problem only in between', async () => {
  await openAt(file);
  await rm(file);
  await soon(() => expect(registry.problems[0]?.message).toMatch(/cannot be read/));
  expect(registry.findAgent('anna')).toBeDefined();
  await writeFile(file, GOOD_CONFIG);
  await soon(() => expect(registry.problems).toEqual([]));
});

test('switches change one word of the file and nothing else, and are told once', async () => {
  await openAt(file);
  const told = vi.fn();
  registry.onChange(told);
  await registry.setCobrowsing(false);
  expect(registry.config.cobrowsing).toBe(false);
  expect(await readFile(file, 'utf8')).toBe(spoil('cobrowsing: true # R1', 'cobrowsing: false # R1'));
  await registry.setCobrowsing(true);
  await registry.setAgentCobrowsing('anna', false);
  expect(registry.findAgent('anna')?.cobrowsing).toBe(false);
  expect(await readFile(file, 'utf8')).toBe(spoil('cobrowsing: true # R2', 'cobrowsing: false # R2'));
  expect(told).toHaveBeenCalledTimes(3);
  expect(await readdir(folder)).toEqual(['tandem.yaml']);
  // The watcher takes these writes for its own: the next one it tells of is somebody else's.
  await writeFile(file, spoil('title: Anna Berg', 'title: Anna B.'));
  await soon(() => expect(registry.findAgent('anna')?.title).toBe('Anna B.'));
  expect(told).toHaveBeenCalledTimes(4);
});

test('a switch that the file does not have yet is added, comments kept', async () => {
  await openAt(file);
  await registry.setAgentCobrowsing('ben', true);
  const text = await readFile(file, 'utf8');
  for (const comment of ['# the whole system', '# R1', '# the first one', '# R2'])
    expect(text).toContain(comment);
  registry.close();
  expect((await openAt(file)).findAgent('ben')?.cobrowsing).toBe(true);
});

test('a file without a system block gets one', async () => {
  await writeFile(file, '# nothing yet\nlisten: 127.0.0.1:0\n');
  await openAt(file);
  await registry.setCobrowsing(true);
  expect(await readFile(file, 'utf8')).toBe(
    '# nothing yet\nlisten: 127.0.0.1:0\nsystem:\n  cobrowsing: true\n',
  );
});

test('switches set at the same time all arrive', async () => {
  await openAt(file);
  await Promise.all([
    registry.setCobrowsing(false),
    registry.setAgentCobrowsing('ben', true),
    registry.setAgentCobrowsing('anna', false),
    registry.setAgentCobrowsing('admin', true),
  ]);
  registry.close();
  const { config } = await openAt(file);
  expect(config.cobrowsing).toBe(false);
  expect(config.agents.map(({ cobrowsing }) => cobrowsing)).toEqual([false, true, true]);
});

test("a switch keeps an admin's edit of the same moment", async () => {
  await openAt(file);
  await writeFile(file, spoil('title: Anna Berg', 'title: Just edited'));
  await registry.setCobrowsing(false);
  expect(registry.findAgent('anna')?.title).toBe('Just edited');
  expect(await readFile(file, 'utf8')).toContain('Just edited');
});

test('a switch is refused while the file is broken, and the file stays as it is', async () => {
  await openAt(file);
  const broken = spoil('system:', 'sistem:');
  await writeFile(file, broken);
  await expect(registry.setCobrowsing(false)).rejects.toThrow(ConfigError);
  expect(await readFile(file, 'utf8')).toBe(broken);
  await expect(registry.setAgentCobrowsing('nobody', true)).rejects.toThrow();
});

test('a link to the file stays a link, and its mode stays', async () => {
  const link = join(folder, 'link.yaml');
  await symlink('tandem.yaml', link);
  await openAt(link);
  const { mode } = await stat(file);
  await registry.setCobrowsing(false);
  expect(await readFile(file, 'utf8')).toContain('cobrowsing: false # R1');
  expect((await stat(file)).mode).toBe(mode);
});

test('a listener that fails does not keep the others from hearing', async () => {
  await openAt(file);
  const told = vi.fn();
  registry.onChange(() => {
    throw new Error('listener');
  });
  const stop = registry.onChange(told);
  await registry.setCobrowsing(false);
  stop();
  await registry.setCobrowsing(true);
  expect(told).toHaveBeenCalledTimes(1);
});
