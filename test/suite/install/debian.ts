// Has Debian packages: installed where they are programs and libraries, only unpacked where they are applications with servers of their own.
import { spawnSync } from 'node:child_process';
import { existsSync, symlinkSync } from 'node:fs';
import { mkdir, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { installPackages, whyNotInstallable } from '../../../scripts/install-packages.ts';

const FOLDER = join(import.meta.dirname, '../../../test-output/suite-packages');

/** Where the files of an unpacked package are. */
export function unpackedOf(name: string): string {
  return join(FOLDER, name);
}

export interface Debian {
  /** Packages that are installed. */
  install?: readonly string[];
  /** Packages that are unpacked only; of what they lean on, libraries for PHP and JavaScript are installed. */
  unpack?: readonly string[];
}

/** @returns undefined when all is there, else one sentence */
export async function needDebian({ install = [], unpack = [] }: Debian): Promise<string | undefined> {
  const folders = unpack.filter((name) => !existsSync(unpackedOf(name)));
  const libraries = folders.flatMap(librariesOf);
  const absent = [...new Set([...install, ...libraries])].filter((name) => !isInstalled(name));
  if (absent.length === 0 && folders.length === 0) return undefined;
  const obstacle = whyNotInstallable();
  if (obstacle) return `${[...absent, ...folders].join(', ')} cannot be installed from here: ${obstacle}.`;
  if (absent.length > 0 && !installPackages([...absent]))
    return `Installing ${absent.join(', ')} failed; see the lines of apt-get above.`;
  for (const name of folders) {
    const at = join(FOLDER, `${name}.new`);
    await rm(at, { recursive: true, force: true });
    await mkdir(at, { recursive: true });
    spawnSync('apt-get', ['download', '-qq', name], { cwd: at });
    const file = (await readdir(at)).find((entry) => entry.endsWith('.deb'));
    if (!file) return `The package ${name} could not be downloaded.`;
    const { status } = spawnSync('dpkg-deb', ['-x', file, 'files'], { cwd: at });
    if (status !== 0) return `The package ${name} could not be unpacked.`;
    await rename(join(at, 'files'), unpackedOf(name));
    await rm(at, { recursive: true });
  }
  return undefined;
}

function isInstalled(name: string): boolean {
  const { stdout } = spawnSync('dpkg-query', ['-s', name], { encoding: 'utf8' });
  return stdout.includes('Status: install ok installed');
}

/** Libraries that a package names: an interpreter and a web server of its own are not among them. */
function librariesOf(name: string): string[] {
  const { stdout } = spawnSync('apt-cache', ['depends', name], { encoding: 'utf8' });
  return stdout.split('\n').flatMap((line) => /^ {2}Depends: ((?:libjs|php)-\S+)$/.exec(line)?.[1] ?? []);
}

/**
 * A copy of an unpacked folder, with everything in it that the package only points at.
 * @param path below the package, such as `usr/share/wordpress`
 */
export function copyUnpacked(name: string, path: string, to: string): void {
  const share = join(unpackedOf(name), 'usr/share');
  // What it points at beside itself is where those packages are installed.
  for (const beside of ['javascript', 'php', 'fonts', 'nodejs']) {
    if (!existsSync(join(share, beside))) symlinkSync(join('/usr/share', beside), join(share, beside));
  }
  // Pointers that lead nowhere are the package's own affair.
  spawnSync('cp', ['-rL', join(unpackedOf(name), path), to]);
}
