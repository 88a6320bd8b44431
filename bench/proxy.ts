// A proxied page, script and image: CPU per request beside a bare pipe and a bare http-proxy-middleware; time to the first byte.
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import http from 'node:http';
import { join } from 'node:path';
import { type Kind, PASS, SID } from './proxy-server.ts';
import { percentile, type Row } from './report.ts';

const ROUNDS = 8;
const AT_ONCE = 8;
/** Of each path: the compilers of the engine must be done. */
const WARM_UP_FACTOR = 4;

interface Server {
  kind: Kind;
  child: ChildProcess;
  port: number;
}

async function start(kind: Kind, upstream = 0): Promise<Server> {
  const child = fork(join(import.meta.dirname, 'proxy-server.ts'), [kind, String(upstream)]);
  const [{ port }] = (await once(child, 'message')) as [{ port: number }];
  return { kind, child, port };
}

/** CPU time of the process so far, µs. */
async function cpuOf({ child }: Server): Promise<number> {
  const answer = once(child, 'message') as Promise<[{ cpu: NodeJS.CpuUsage }]>;
  child.send('cpu');
  const [{ cpu }] = await answer;
  return cpu.user + cpu.system;
}

const agent = new http.Agent({ keepAlive: true, maxSockets: AT_ONCE });

function ask({ port }: Server, path: string): Promise<{ firstMs: number; bytes: number }> {
  const begun = performance.now();
  const dest = path.endsWith('.html') ? 'iframe' : path.endsWith('.js') ? 'script' : 'image';
  return new Promise((resolve, reject) => {
    const request = http.request(
      {
        host: '127.0.0.1',
        port,
        path,
        agent,
        headers: {
          host: `h---www-shop-example--${SID}.cobrowse.localhost:${port}`,
          cookie: `__Secure-cbp-${SID}=${PASS}`,
          referer: `http://h---www-shop-example--${SID}.cobrowse.localhost:${port}/`,
          'sec-fetch-site': 'same-origin',
          'sec-fetch-dest': dest,
          'sec-fetch-mode': dest === 'iframe' ? 'navigate' : 'no-cors',
          accept: '*/*',
          'accept-language': 'en',
          'user-agent': 'bench',
        },
      },
      (response) => {
        let firstMs = 0;
        let bytes = 0;
        response.on('data', (chunk: Buffer) => {
          if (bytes === 0) firstMs = performance.now() - begun;
          bytes += chunk.length;
        });
        response.on('end', () => {
          if (response.statusCode === 200) resolve({ firstMs, bytes });
          else reject(new Error(`${path} answered ${response.statusCode}`));
        });
      },
    );
    request.on('error', reject);
    request.end();
  });
}

async function load(server: Server, path: string, count: number): Promise<void> {
  let left = count;
  const worker = async () => {
    while (left-- > 0) await ask(server, path);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
}

/** µs of CPU per request, the least of the rounds of each: what else the machine does can only add. */
async function cpuPerRequest(servers: Server[], path: string, count: number): Promise<Map<Kind, number>> {
  const best = new Map<Kind, number>();
  for (const server of servers) await load(server, path, count * WARM_UP_FACTOR);
  for (let round = 0; round < ROUNDS; round++) {
    for (const server of servers) {
      const before = await cpuOf(server);
      await load(server, path, count);
      const each = ((await cpuOf(server)) - before) / count;
      best.set(server.kind, Math.min(best.get(server.kind) ?? Number.POSITIVE_INFINITY, each));
    }
  }
  return best;
}

async function firstByte(server: Server, path: string): Promise<number> {
  const samples: number[] = [];
  for (let index = 0; index < 100; index++) samples.push((await ask(server, path)).firstMs);
  return percentile(samples.slice(20), 0.5);
}

export async function run(): Promise<Row[]> {
  const upstream = await start('upstream');
  const servers = await Promise.all(
    (['pipe', 'http-proxy-middleware', 'tandem'] as const).map((kind) => start(kind, upstream.port)),
  );
  try {
    const rows: Row[] = [];
    for (const [what, path, count, target] of [
      ['image of 13 kB, untouched', '/13000.png', 1_000, 2],
      ['image of 220 kB, untouched', '/220000.png', 300, 1.5],
      ['page of 13 kB, rewritten', '/13000.html', 500, 8],
      ['page of 220 kB, rewritten', '/220000.html', 100, 8],
      ['script of 220 kB, rewritten', '/220000.js', 100, 8],
    ] as const) {
      const cpu = await cpuPerRequest(servers, path, count);
      const floor = cpu.get('pipe')!;
      const value = cpu.get('tandem')!;
      rows.push({
        figure: `CPU per request, ${what}`,
        unit: 'µs',
        value,
        floor,
        peers: { 'http-proxy-middleware, rewriting nothing': cpu.get('http-proxy-middleware')! },
        target: `≤ ${target} × floor`,
        met: value <= target * floor,
      });
    }
    const [pipe, , tandem] = servers as [Server, Server, Server];
    const floor = await firstByte(pipe, '/links.html');
    const value = await firstByte(tandem, '/links.html');
    rows.push({
      figure: 'Time to first byte, page with 1,500 absolute links',
      unit: 'ms',
      value,
      floor,
      peers: {},
      target: '≤ floor + 2 ms',
      met: value <= floor + 2,
    });
    return rows;
  } finally {
    agent.destroy();
    for (const { child } of [...servers, upstream]) child.kill();
  }
}
