// A DokuWiki of one's own: the Debian package's files with temporary data, served by PHP's built-in server.
import { type ChildProcess, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { DOKUWIKI } from '../../scripts/need-apps.ts';
import { findFreePort } from '../free-port.ts';

export interface Wiki {
  host: string;
  port: number;
  origin: string;
  /** As the application calls itself. */
  version: string;
  /** Name and password of its one editor. */
  editor: { name: string; password: string };
  /** Puts markup into the head of every page. */
  setHead(markup: string): Promise<void>;
  /** All text that it keeps on disk: pages, their history, index, caches. */
  stored(): Promise<string>;
  stop(): Promise<void>;
}

const EDITOR = { name: 'wanda', password: 'willow-bark' };

/** @throws Error when PHP does not answer within 20 s */
export async function startDokuWiki(): Promise<Wiki> {
  const folder = await mkdtemp(join(tmpdir(), 'tandem-wiki-'));
  const root = join(folder, 'wiki');
  await cp(DOKUWIKI, root, { recursive: true });
  const data = join(folder, 'data');
  for (const part of 'attic cache index locks log media media_attic media_meta meta pages tmp'.split(' ')) {
    await mkdir(join(data, part), { recursive: true });
  }
  const conf = join(root, 'conf');
  const preload = join(root, 'inc', 'preload.php');
  const inherited = (await readFile(preload, 'utf8')).replace(/^<\?php/, '');
  await writeFile(
    preload,
    `<?php\ndefine('DOKU_MAIN_CONF', '${conf}/');\ndefine('DOKU_CONF', '${conf}/');\n${inherited}`,
  );
  const settings = {
    title: 'Orchard Wiki',
    savedir: data,
    useacl: 1,
    superuser: EDITOR.name,
    authtype: 'authplain',
    updatecheck: 0,
    basedir: '/',
  };
  const lines = Object.entries(settings).map(([key, value]) => `$conf['${key}'] = '${value}';`);
  await writeFile(join(conf, 'local.php'), `<?php\n${lines.join('\n')}\n`);
  await writeFile(join(conf, 'acl.auth.php'), '* @ALL 1\n* @user 8\n');
  const hash = createHash('md5').update(EDITOR.password).digest('hex');
  await writeFile(
    join(conf, 'users.auth.php'),
    `${EDITOR.name}:${hash}:Wanda Weaver:wanda@example.com:user,admin\n`,
  );
  await writeFile(join(data, 'pages', 'start.txt'), '====== Orchard ======\n\nApples, pears and a quince.\n');
  const port = await findFreePort();
  const php = spawn('php', ['-S', `127.0.0.1:${port}`, '-t', root], {
    env: { ...process.env, PHP_CLI_SERVER_WORKERS: '4' },
    stdio: 'ignore',
    detached: true,
  });
  const host = 'wiki.orchard.localhost';
  const stop = async (): Promise<void> => {
    // Its workers are a process group of their own.
    if (php.pid !== undefined && php.exitCode === null) process.kill(-php.pid, 'SIGTERM');
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  };
  try {
    await untilAnswering(port, php);
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    host,
    port,
    origin: `http://${host}:${port}`,
    version: (await readFile(join(root, 'VERSION'), 'utf8')).trim(),
    editor: EDITOR,
    // The template's own include file.
    setHead: (markup) => writeFile(join(root, 'lib', 'tpl', 'dokuwiki', 'meta.html'), markup),
    stored: () => readAll(data),
    stop,
  };
}

async function untilAnswering(port: number, php: ChildProcess): Promise<void> {
  const end = Date.now() + 20_000;
  while (Date.now() < end && php.exitCode === null) {
    const answer = await fetch(`http://127.0.0.1:${port}/doku.php`).catch(() => undefined);
    if (answer?.ok) return;
    await delay(100);
  }
  throw new Error('PHP did not serve DokuWiki within 20 s.');
}

async function readAll(folder: string): Promise<string> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const texts = entries
    .filter((entry) => entry.isFile())
    .map((entry) => readFile(join(entry.parentPath, entry.name), 'latin1'));
  return (await Promise.all(texts)).join('\n');
}
