// Attack: a listed name resolves to an internal address: at once, at times (rebinding), or among others.
import { createServer, type Server } from 'node:http';
import type { LookupFunction } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { closeServer, domain, listen, PASS, SID, site, startProxy } from '../gateway/proxy/upstream.ts';

let canary: Server;
let port: number;
let hits = 0;

beforeAll(async () => {
  canary = createServer((_req, res) => res.end('internal'));
  canary.on('connection', () => hits++);
  port = await listen(canary);
});
afterAll(() => closeServer(canary));

/** A resolver that answers what the test says, in both forms in which Node asks. */
function resolver(answer: () => string[]): LookupFunction {
  return (_hostname, options, callback) => {
    const list = answer().map((address) => ({ address, family: address.includes(':') ? 6 : 4 }));
    if (options.all) callback(null, list);
    else callback(null, list[0]!.address, list[0]!.family);
  };
}

const start = (answer: () => string[]) =>
  startProxy(site([domain('www.shop.example', { port })]), {
    lookup: resolver(answer),
    limits: { connectMs: 200 },
  });

test.each([
  [['127.0.0.1']],
  [['::1']],
  [['::ffff:127.0.0.1']],
  [['10.0.0.1', '127.0.0.1', '169.254.169.254']],
])('a name that resolves to %j is refused', async (addresses) => {
  const gateway = await start(() => addresses);
  const answer = await gateway.ask(`http://www.shop.example:${port}/`, { dest: 'iframe' });
  expect([answer.status, hits]).toEqual([403, 0]);
  expect(answer.text).toContain('upstream-refused-address');
  await gateway.stop();
});

test('of a mixed set only public addresses are tried', async () => {
  // TEST-NET would be refused as well; this one is public and leads nowhere here.
  const gateway = await start(() => ['127.0.0.1', '240.0.0.1']);
  expect((await gateway.ask(`http://www.shop.example:${port}/`)).status).toBe(403);
  expect(hits).toBe(0);
  await gateway.stop();
});

test('a name that changes its address between the check and the connection gets nowhere', async () => {
  let turn = 0;
  const gateway = await start(() => (turn++ % 2 === 0 ? ['127.0.0.1'] : ['0.0.0.0']));
  const answers = await Promise.all(
    Array.from({ length: 200 }, () => gateway.ask(`http://www.shop.example:${port}/`)),
  );
  expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([403]));
  expect(hits).toBe(0);
  await gateway.stop();
});

test('WebSockets and fetches for followers pass the same check', async () => {
  const gateway = await start(() => ['127.0.0.1']);
  const host = gateway.hostOf(`http://www.shop.example:${port}`);
  const socket = new WebSocket(`ws://127.0.0.1:${gateway.port}/`, {
    headers: { host, origin: `http://${host}`, cookie: `__Secure-cbp-${SID}=${PASS}` },
  });
  const status = await new Promise((done) => {
    socket.on('unexpected-response', (_req, res) => done(res.statusCode));
    socket.on('error', done);
    socket.on('open', () => done('open'));
  });
  expect(status).toBe(403);
  await expect(
    gateway.proxy.fetchFor(gateway.session, `http://www.shop.example:${port}/`),
  ).rejects.toMatchObject({ reason: 'upstream-refused-address' });
  expect(hits).toBe(0);
  await gateway.stop();
});
