// Installs the npm packages of one application below `test/suite/apps/`, each with a lock of its own.
import { spawnSync } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';

const APPS = join(import.meta.dirname, '../apps');

/** Folder of an application's packages. */
export function packagesOf(name: string): string {
  return join(APPS, name, 'node_modules');
}

/** @returns undefined when they are there, else one sentence */
export async function needNpm(name: string): Promise<string | undefined> {
  const folder = join(APPS, name);
  const installed = join(folder, 'node_modules/.package-lock.json');
  const lock = join(folder, 'package-lock.json');
  if (existsSync(installed) && statSync(installed).mtimeMs >= statSync(lock).mtimeMs) return undefined;
  const args = ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--prefer-offline'];
  const { status, stderr } = spawnSync('npm', args, { cwd: folder, encoding: 'utf8' });
  return status === 0 ? undefined : `npm ci failed for ${name}: ${stderr?.slice(-300)}`;
}
