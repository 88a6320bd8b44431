// Installs the npm packages of one application below `test/suite/apps/`, each with a lock of its own.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

const APPS = join(import.meta.dirname, '../apps');

/** Folder of an application's packages. */
export function packagesOf(name: string): string {
  return join(APPS, name, 'node_modules');
}

/** @returns undefined when they are there, else one sentence */
export async function needNpm(name: string): Promise<string | undefined> {
  const folder = join(APPS, name);
  const lock = await readFile(join(folder, 'package-lock.json'), 'utf8');
  const stamp = join(folder, 'node_modules/.suite-lock');
  const digest = createHash('sha256').update(lock).digest('hex');
  if ((await readFile(stamp, 'utf8').catch(() => '')) === digest) return undefined;
  // Not `ci`: that refuses a lock when optional parts for other machines cannot be had.
  const args = ['install', '--no-save', '--ignore-scripts', '--no-audit', '--no-fund', '--prefer-offline'];
  const { status, stderr } = spawnSync('npm', args, { cwd: folder, encoding: 'utf8' });
  if (status !== 0) return `npm install failed for ${name}: ${stderr?.slice(0, 500)}`;
  await writeFile(stamp, digest);
  return undefined;
}
