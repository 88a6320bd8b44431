// Attack: a request that names two hosts, or one in a form that two parsers read differently.
import { createServer } from 'node:http';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { asRefused } from '../../gateway/errors.ts';
import { refuseMalformed } from '../../gateway/proxy/gate.ts';
import {
  closeServer,
  listen,
  PASS,
  raw,
  SID,
  startShop,
  type TestGateway,
  type Upstream,
} from '../gateway/proxy/upstream.ts';

let upstream: Upstream;
let gateway: TestGateway;
let host: string;

beforeAll(async () => {
  ({ upstream, gateway } = await startShop());
  host = gateway.hostOf('http://www.shop.example');
});
afterAll(() => gateway.stop());

test.each<[string, (host: string) => string]>([
  ['two hosts', (h) => `GET / HTTP/1.1\r\nHost: ${h}\r\nHost: evil.example`],
  ['two hosts, ours last', (h) => `GET / HTTP/1.1\r\nHost: evil.example\r\nHost: ${h}`],
  ['the same host twice', (h) => `GET / HTTP/1.1\r\nHost: ${h}\r\nHost: ${h}`],
  ['a list', (h) => `GET / HTTP/1.1\r\nHost: ${h}, evil.example`],
  ['user info', (h) => `GET / HTTP/1.1\r\nHost: evil@${h}`],
  ['a path', (h) => `GET / HTTP/1.1\r\nHost: ${h}/x`],
  ['a query', (h) => `GET / HTTP/1.1\r\nHost: ${h}?x`],
  ['a fragment', (h) => `GET / HTTP/1.1\r\nHost: ${h}#x`],
  ['a space', (h) => `GET / HTTP/1.1\r\nHost: ${h} evil.example`],
  ['a backslash', (h) => `GET / HTTP/1.1\r\nHost: ${h}\\evil.example`],
  ['none', () => 'GET / HTTP/1.1'],
  ['none on HTTP/1.0', () => 'GET / HTTP/1.0'],
  ['an empty one', () => 'GET / HTTP/1.1\r\nHost:'],
  ['another in the target', (h) => `GET http://evil.example/ HTTP/1.1\r\nHost: ${h}`],
  ['ours in the target', (h) => `GET http://${h}/ HTTP/1.1\r\nHost: evil.example`],
  ['a trailing dot', (h) => `GET / HTTP/1.1\r\nHost: ${h.replace(':', '.:')}`],
  ['another port', (h) => `GET / HTTP/1.1\r\nHost: ${h.replace(/:\d+/, ':1')}`],
  ['no port', (h) => `GET / HTTP/1.1\r\nHost: ${h.replace(/:\d+/, '')}`],
  ['an address', () => 'GET / HTTP/1.1\r\nHost: 127.0.0.1'],
  ['a host above ours', (h) => `GET / HTTP/1.1\r\nHost: ${h}.evil.example`],
])('%s is refused', async (_name, head) => {
  const text = `${head(host)}\r\nCookie: __Secure-cbp-${SID}=${PASS}\r\n\r\n`;
  expect(await raw(gateway.port, text)).toMatch(/^HTTP\/1\.1 4(?:00|21) /);
  expect(upstream.requests).toHaveLength(0);
});

test('upper case is the same host', async () => {
  const text = `GET / HTTP/1.1\r\nHost: ${host.toUpperCase()}\r\nCookie: __Secure-cbp-${SID}=${PASS}\r\nSec-Fetch-Site: same-origin\r\n\r\n`;
  expect(await raw(gateway.port, text)).toMatch(/^HTTP\/1\.1 200 /);
});

test('the gate alone refuses what the parser lets through, whatever door comes after', async () => {
  const server = createServer((req, res) => {
    try {
      refuseMalformed(req);
      res.end('passed');
    } catch (error) {
      res.writeHead(asRefused(error).status).end();
    }
  });
  const port = await listen(server);
  for (const head of [
    'OPTIONS * HTTP/1.1\r\nHost: a',
    'TRACE / HTTP/1.1\r\nHost: a',
    'GET / HTTP/2.0\r\nHost: a',
    'GET / HTTP/1.1\r\nHost: a\r\nHost: b',
    'POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked',
  ])
    expect(await raw(port, `${head}\r\n\r\n`), head).toMatch(/^HTTP\/1\.1 400/);
  expect(await raw(port, 'GET / HTTP/1.1\r\nHost: a:80\r\n\r\n')).toContain('passed');
  await closeServer(server);
});
