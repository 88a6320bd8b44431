// The gateway's process is killed, not stopped: what was said to be done before is there after the next start.
import { type ChildProcess, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { CHEAP_HASH } from '../gateway/sites/config-text.ts';
import { call } from './plain-client.ts';
import { until } from './until.ts';

vi.setConfig({ testTimeout: 60_000 });

const KEY = 'key-of-the-telephone-system';
const ROOT = join(import.meta.dirname, '../..');

let folder: string;
let port: number;
let child: ChildProcess | undefined;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tandem-crash-'));
  port = await freePort();
  await writeFile(
    join(folder, 'tandem.yaml'),
    `system: { cobrowsing: true }
listen: 127.0.0.1:${port}
data: ./data
agents: [{ name: anna, title: Anna Berg, password: "${CHEAP_HASH}", cobrowsing: true }]
domains: [{ title: Shop, hosts: [www.shop.example], protocols: [https] }]
sites: [{ id: shop, title: The shop, domains: [Shop], start: "https://www.shop.example/" }]
apiKeys: [{ name: telephony, sha256: ${createHash('sha256').update(KEY).digest('hex')}, sites: [shop] }]
`,
  );
});
afterEach(async () => {
  await kill();
  await rm(folder, { recursive: true, force: true });
});

async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((done) => probe.listen(0, '127.0.0.1', done));
  const { port: free } = probe.address() as { port: number };
  await new Promise((done) => probe.close(done));
  return free;
}

async function start(): Promise<void> {
  child = spawn(process.execPath, ['gateway/main.ts', '--config', join(folder, 'tandem.yaml')], {
    cwd: ROOT,
    stdio: 'ignore',
  });
  await until(
    () =>
      call(port, consoleHost(), '/healthz').then(
        ({ status }) => (status === 200 ? true : undefined),
        () => undefined,
      ),
    'the gateway',
    30_000,
  );
}

async function kill(): Promise<void> {
  const killed = child;
  child = undefined;
  if (!killed) return;
  const gone = new Promise((done) => killed.once('exit', done));
  killed.kill('SIGKILL');
  await gone;
}

const consoleHost = () => `console.localhost:${port}`;
const panelHost = () => `panel.console.localhost:${port}`;

function post(host: string, path: string, body: unknown, headers: Record<string, string> = {}) {
  return call(port, host, path, { method: 'POST', body, headers: { origin: `http://${host}`, ...headers } });
}

it('a session that was begun, its ticket, its cookies and its conversation survive a kill of the process', async () => {
  await start();
  const announced = await call(port, consoleHost(), '/api/v1/conversations', {
    method: 'POST',
    headers: { authorization: `Bearer ${KEY}` },
    body: { site: 'shop', agent: 'anna', customer: 'Ada' },
  });
  expect(announced.status).toBe(201);
  const bearer = { authorization: `Bearer ${String(announced.json.customerToken)}` };
  const handover = {
    url: 'https://www.shop.example/cart?item=7',
    cookie: 'basket=7',
    local: [],
    session: [],
    fields: [],
    scroll: [0, 0],
  };
  const begun = await post(panelHost(), '/panel/api/session', handover, bearer);
  expect(begun.status).toBe(201);
  await kill();

  await start();
  const { host, hash } = new URL(String(begun.json.url));
  const joined = await post(host, '/join', { ticket: hash.slice('#t='.length) });
  expect(joined.status).toBe(200);
  expect(joined.json).toMatchObject({ kind: 'customer', state: { url: handover.url } });
  const cookies = [joined.headers['set-cookie'] ?? []].flat().map((line) => line.split(';', 1)[0]!);
  // Cookies are issued in the moment of the answer, and written a moment later.
  await new Promise((done) => setTimeout(done, 500));
  await kill();

  await start();
  const entered = await post(host, '/enter', {}, { cookie: cookies.join('; ') });
  expect(entered.status).toBe(200);
  expect(entered.json.nonce).toBe(joined.json.nonce);
  // The pass is still good: none was issued anew.
  expect(entered.headers['set-cookie']).toBeUndefined();
  expect((await post(panelHost(), '/panel/api/session', handover, bearer)).json.reason).toBe(
    'already-running',
  );
});
