// nginx as a peer of bench/proxy.ts, where Debian's package is installed: one location pipes, one replaces the site's hosts in text.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';

export interface Nginx {
  port: number;
  pid: number;
  stop(): Promise<void>;
}

/** Paths under which the two ways of proxying are found. */
export const NGINX_WAYS = { 'nginx proxy_pass': '/pass', 'nginx sub_filter': '/sub' } as const;

function findNginx(): string | undefined {
  const folders = [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin', '/usr/local/sbin'];
  return folders.map((folder) => join(folder, 'nginx')).find((file) => existsSync(file));
}

/** @returns undefined where nginx is not installed, or does not start */
export async function startNginx(
  upstream: number,
  replaced: [real: string, session: string][],
): Promise<Nginx | undefined> {
  const program = findNginx();
  if (program === undefined) return undefined;
  const folder = await mkdtemp(join(tmpdir(), 'bench-nginx-'));
  const port = await freePort();
  const file = join(folder, 'nginx.conf');
  await writeFile(file, configOf(folder, port, upstream, replaced));
  const child: ChildProcess = spawn(program, ['-p', folder, '-c', file, '-e', join(folder, 'error.log')], {
    stdio: 'ignore',
  });
  const stop = async () => {
    if (child.exitCode === null && child.signalCode === null) {
      const gone = once(child, 'exit');
      child.kill();
      await gone;
    }
    await rm(folder, { recursive: true, force: true });
  };
  const failed = Promise.race([once(child, 'exit'), once(child, 'error')]).then(() => true);
  while (!(await answers(port))) {
    const over = await Promise.race([failed, new Promise<false>((done) => setTimeout(done, 20, false))]);
    if (over) {
      await rm(folder, { recursive: true, force: true });
      return undefined;
    }
  }
  return { port, pid: child.pid!, stop };
}

/** One process, so that its CPU time is all of it; no logs, nothing buffered on disk. */
function configOf(folder: string, port: number, upstream: number, replaced: [string, string][]): string {
  const filters = replaced.map(([real, session]) => `sub_filter '${real}' '${session}';`).join('\n        ');
  const temps = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
    .map((name) => `${name}_temp_path ${join(folder, name)};`)
    .join(' ');
  return `daemon off; master_process off; pid ${join(folder, 'pid')}; error_log ${join(folder, 'error.log')} crit;
events { worker_connections 256; }
http {
  access_log off; ${temps}
  proxy_max_temp_file_size 0; keepalive_requests 1000000;
  upstream site { server 127.0.0.1:${upstream}; keepalive 16; keepalive_requests 1000000; }
  server {
    listen 127.0.0.1:${port};
    proxy_http_version 1.1; proxy_set_header Connection "";
    location /pass/ { proxy_pass http://site/; }
    location /sub/ {
        proxy_pass http://site/;
        sub_filter_once off; sub_filter_types text/css text/javascript application/json;
        ${filters}
    }
  }
}
`;
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address() as AddressInfo;
  await new Promise((done) => server.close(done));
  return port;
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}

/** CPU time of a process so far, µs (Linux: `/proc/PID/schedstat`, which counts its only thread). */
export function cpuOfProcess(pid: number): number {
  return Number(readFileSync(`/proc/${pid}/schedstat`, 'utf8').split(' ')[0]) / 1_000;
}

/** Resident memory of a process, bytes. */
export function memoryOfProcess(pid: number): number {
  const kB = /^VmRSS:\s*(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return Number(kB ?? 0) * 1_024;
}
