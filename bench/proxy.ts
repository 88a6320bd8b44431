// A proxied page, script and image beside a bare pipe and other proxies: CPU per request, first byte, throughput, memory.
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import http from 'node:http';
import { join } from 'node:path';
import { cpuOfProcess, memoryOfProcess, NGINX_WAYS, type Nginx, startNginx } from './proxy-nginx.ts';
import { type Kind, PASS, SID } from './proxy-server.ts';
import { percentile, type Row } from './report.ts';

const ROUNDS = 8;
const AT_ONCE = 8;
/** Of each path: the compilers of the engine must be done. */
const WARM_UP_FACTOR = 4;
const MB = 1e6;

/** One of those that are measured. */
interface Proxy {
  name: string;
  port: number;
  pathOf(path: string): string;
  /** CPU time so far, µs, and resident memory, bytes. */
  usage(): Promise<{ cpu: number; memory: number }>;
  /** What of its memory is in use when garbage is collected, bytes. */
  kept?(): Promise<number>;
}

interface Started {
  child: ChildProcess;
  port: number;
  missing: boolean;
}

async function start(kind: Kind, upstream = 0): Promise<Started> {
  const child = fork(join(import.meta.dirname, 'proxy-server.ts'), [kind, String(upstream)]);
  const [{ port, missing }] = (await once(child, 'message')) as [{ port: number; missing: boolean }];
  return { child, port, missing };
}

function ofNode(name: Kind, { child, port }: Started, pathOf = (path: string) => path): Proxy {
  return {
    name,
    port,
    pathOf,
    async usage() {
      const answer = once(child, 'message') as Promise<[{ cpu: NodeJS.CpuUsage; memory: number }]>;
      child.send('usage');
      const [{ cpu, memory }] = await answer;
      return { cpu: cpu.user + cpu.system, memory };
    },
    async kept() {
      const answer = once(child, 'message') as Promise<[{ kept: number }]>;
      child.send('kept');
      return (await answer)[0].kept;
    },
  };
}

function ofNginx({ port, pid }: Nginx): Proxy[] {
  return Object.entries(NGINX_WAYS).map(([name, prefix]) => ({
    name,
    port,
    pathOf: (path) => prefix + path,
    usage: async () => ({ cpu: cpuOfProcess(pid), memory: memoryOfProcess(pid) }),
  }));
}

const agent = new http.Agent({ keepAlive: true, maxSockets: AT_ONCE });

function ask({ port, pathOf }: Proxy, path: string): Promise<{ firstMs: number; bytes: number }> {
  const begun = performance.now();
  const dest = path.endsWith('.html') ? 'iframe' : path.endsWith('.js') ? 'script' : 'image';
  return new Promise((resolve, reject) => {
    const request = http.request(
      {
        host: '127.0.0.1',
        port,
        path: pathOf(path),
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

async function load(proxy: Proxy, path: string, count: number): Promise<void> {
  let left = count;
  const worker = async () => {
    while (left-- > 0) await ask(proxy, path);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
}

interface Measured {
  /** µs of CPU per request. */
  cpu: number;
  /** Requests per second of the clock, client and upstream on the same machine. */
  perSecond: number;
}

/** The best of the rounds of each, in turn: what else the machine does can only take away. */
async function measure(proxies: Proxy[], path: string, count: number): Promise<Map<string, Measured>> {
  const best = new Map<string, Measured>();
  for (const proxy of proxies) await load(proxy, path, count * WARM_UP_FACTOR);
  for (let round = 0; round < ROUNDS; round++) {
    for (const proxy of proxies) {
      const before = await proxy.usage();
      const begun = performance.now();
      await load(proxy, path, count);
      const seconds = (performance.now() - begun) / 1_000;
      const cpu = ((await proxy.usage()).cpu - before.cpu) / count;
      const known = best.get(proxy.name) ?? { cpu: Number.POSITIVE_INFINITY, perSecond: 0 };
      best.set(proxy.name, {
        cpu: Math.min(known.cpu, cpu),
        perSecond: Math.max(known.perSecond, count / seconds),
      });
    }
  }
  return best;
}

async function firstByte(proxy: Proxy, path: string): Promise<number> {
  const samples: number[] = [];
  for (let index = 0; index < 100; index++) samples.push((await ask(proxy, path)).firstMs);
  return percentile(samples.slice(20), 0.5);
}

/** Value of ours, floor of the bare pipe, and the others. */
function split(values: ReadonlyMap<string, number>): Pick<Row, 'value' | 'peers'> & { floor: number } {
  const peers = Object.fromEntries([...values].filter(([name]) => name !== 'tandem' && name !== 'pipe'));
  return { value: values.get('tandem')!, floor: values.get('pipe')!, peers };
}

export async function run(): Promise<Row[]> {
  const upstream = await start('upstream');
  const started = new Map<Kind, Started>();
  for (const kind of ['pipe', 'http-proxy-middleware', 'unblocker', 'tandem'] as const)
    started.set(kind, await start(kind, upstream.port));
  const address = (host: string, port: number) => `http://h---${host}--${SID}.cobrowse.localhost:${port}`;
  const nginx = await startNginx(upstream.port, [
    ['https://static.shop.example', address('static-shop-example', upstream.port)],
    ['https://www.shop.example', address('www-shop-example', upstream.port)],
  ]);
  const proxies = [...started].flatMap(([kind, server]) =>
    server.missing
      ? []
      : [
          ofNode(
            kind,
            server,
            kind === 'unblocker' ? (path) => `/proxy/http://127.0.0.1:${upstream.port}${path}` : undefined,
          ),
        ],
  );
  if (started.get('unblocker')?.missing) console.log('unblocker: not there (npm package unblocker)');
  if (nginx) proxies.push(...ofNginx(nginx));
  else console.log('nginx: not there (Debian package nginx-light)');
  try {
    const rows: Row[] = [];
    const speeds: Row[] = [];
    for (const [what, path, count, target] of [
      ['image of 13 kB, untouched', '/13000.png', 1_000, 2],
      ['image of 220 kB, untouched', '/220000.png', 300, 1.5],
      ['page of 13 kB, rewritten', '/13000.html', 500, 8],
      ['page of 220 kB, rewritten', '/220000.html', 100, 8],
      ['script of 220 kB, rewritten', '/220000.js', 100, 8],
      ['packed script of 220 kB in which nothing is found', '/library.js', 300, 8],
    ] as const) {
      const found = await measure(proxies, path, count);
      const cpu = split(new Map([...found].map(([name, { cpu: each }]) => [name, each])));
      rows.push({
        figure: `CPU per request, ${what}`,
        unit: 'µs',
        ...cpu,
        target: `≤ ${target} × floor`,
        met: cpu.value <= target * cpu.floor,
      });
      speeds.push({
        figure: `Throughput, ${what}, ${AT_ONCE} at once`,
        unit: 'requests/s',
        ...split(new Map([...found].map(([name, { perSecond }]) => [name, perSecond]))),
        target: '–',
        met: true,
      });
    }
    const first = new Map<string, number>();
    for (const proxy of proxies) first.set(proxy.name, await firstByte(proxy, '/links.html'));
    const memory = new Map<string, number>();
    for (const proxy of proxies) memory.set(proxy.name, (await proxy.usage()).memory / MB);
    const kept = new Map<string, number>();
    for (const proxy of proxies) if (proxy.kept) kept.set(proxy.name, (await proxy.kept()) / MB);
    const byte = split(first);
    return [
      ...rows,
      {
        figure: 'Time to first byte, page with 1,500 absolute links',
        unit: 'ms',
        ...byte,
        target: '≤ floor + 2 ms',
        met: byte.value <= byte.floor + 2,
      },
      ...speeds,
      {
        figure: 'Memory of the process after all of that',
        unit: 'MB',
        ...split(memory),
        target: '–',
        met: true,
      },
      {
        figure: 'Memory in use after a collection',
        unit: 'MB',
        ...split(kept),
        target: '–',
        met: true,
      },
    ];
  } finally {
    agent.destroy();
    await nginx?.stop();
    for (const { child } of [...started.values(), upstream]) child.kill();
  }
}
