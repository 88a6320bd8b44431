// Installs Debian packages when that is possible and allowed here.
import { spawnSync } from 'node:child_process';

/** Why packages cannot be installed here, as half a sentence; undefined when they can. */
export function whyNotInstallable(): string | undefined {
  if (process.platform !== 'linux') return `this is not a Linux machine (${process.platform})`;
  if (spawnSync('apt-get', ['--version'], { stdio: 'ignore' }).status !== 0)
    return 'there is no apt-get here';
  if (process.getuid?.() !== 0) return 'apt-get needs root';
  return undefined;
}

/** Runs `apt-get update` and installs; output goes to this terminal. True when apt-get succeeded. */
export function installPackages(packages: string[]): boolean {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const apt = (args: string[]): boolean => spawnSync('apt-get', args, { stdio: 'inherit', env }).status === 0;
  // A stale mirror list is no reason to give up: the packages may be known already.
  apt(['update', '-qq']);
  return apt(['install', '-y', '-qq', '--no-install-recommends', ...packages]);
}
