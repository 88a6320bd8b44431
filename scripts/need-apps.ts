// Makes sure that the real applications of the end-to-end tests are here: DokuWiki from the package "dokuwiki", run by PHP's own server.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { cp, mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { installPackages, whyNotInstallable } from './install-packages.ts';

const FOLDER = join(import.meta.dirname, '..', 'test-output', 'apps');
/** Unpacked and put together; tests copy it. */
export const DOKUWIKI = join(FOLDER, 'dokuwiki');
const PACKAGE = 'dokuwiki';

/** Undefined when DokuWiki and PHP are ready, else one sentence that says what is missing. Installs them where it may. */
export async function needApps(): Promise<string | undefined> {
  if (existsSync(join(DOKUWIKI, 'VERSION')) && hasPhp()) return undefined;
  const obstacle = whyNotInstallable();
  if (obstacle) {
    return `DokuWiki and PHP are needed (packages ${PACKAGE}, php-cli, php-xml) and cannot be installed from here: ${obstacle}.`;
  }
  if (!installPackages(['php-cli', 'php-xml', 'php-mbstring'])) {
    return 'Installing php-cli, php-xml and php-mbstring failed; see the lines of apt-get above.';
  }
  await rm(FOLDER, { recursive: true, force: true });
  await mkdir(FOLDER, { recursive: true });
  // What the package leans on, but neither a web server nor debconf: its files are enough.
  const listed = run('apt-cache', ['depends', PACKAGE]).split('\n');
  const needed = listed.flatMap((line) => /^\s*\|?Depends: ((?:lib)?(?:php|js)-\S+)$/.exec(line)?.[1] ?? []);
  if (!installPackages(needed))
    return `Installing ${needed.join(', ')} failed; see the lines of apt-get above.`;
  run('apt-get', ['download', '-qq', PACKAGE]);
  const file = (await readdir(FOLDER)).find((name) => name.endsWith('.deb'));
  if (!file) return `The package ${PACKAGE} could not be downloaded.`;
  const unpacked = join(FOLDER, 'unpacked');
  run('dpkg-deb', ['-x', file, unpacked]);
  await assemble(unpacked);
  await rm(unpacked, { recursive: true });
  return undefined;
}

/** Puts the package's folders where DokuWiki itself has them: Debian spreads them over /etc, /usr and /var. */
async function assemble(unpacked: string): Promise<void> {
  const take = async (from: string, to: string): Promise<void> => {
    await rm(join(DOKUWIKI, to), { recursive: true, force: true });
    await cp(join(unpacked, from), join(DOKUWIKI, to), {
      recursive: true,
      verbatimSymlinks: true,
      filter: (path) => !/(?:\.htaccess|\.auth\.php)$/.test(path),
    });
  };
  await take('usr/share/dokuwiki', '.');
  await take('var/lib/dokuwiki/lib/plugins', 'lib/plugins');
  await take('var/lib/dokuwiki/lib/tpl', 'lib/tpl');
  await take('etc/dokuwiki', 'conf');
}

function hasPhp(): boolean {
  return spawnSync('php', ['-m'], { encoding: 'utf8' }).stdout?.includes('xml') ?? false;
}

function run(command: string, args: string[]): string {
  return spawnSync(command, args, { cwd: FOLDER, encoding: 'utf8' }).stdout;
}

if (import.meta.main) {
  const sentence = await needApps();
  if (sentence) {
    console.error(sentence);
    process.exit(1);
  }
}
