// Attack: headers that a client adds, or an upstream's values, change what the other side believes.

import { connect, createServer, type Server } from 'node:net';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import {
  type AskOptions,
  domain,
  listen,
  site,
  startProxy,
  startUpstream,
  type TestGateway,
  type Upstream,
} from '../gateway/proxy/upstream.ts';

const WWW = 'http://www.shop.example';
let upstream: Upstream;
let rawUpstream: Server;
let answerWith = '';
let gateway: TestGateway;

beforeAll(async () => {
  upstream = await startUpstream((_req, res) => res.end('ok'));
  rawUpstream = createServer((socket) => {
    socket.on('error', () => {});
    socket.once('data', () => socket.end(answerWith, 'latin1'));
  });
  const at = async (port: number) => ({ connect: { host: '127.0.0.1', port } });
  gateway = await startProxy(
    site([
      domain('www.shop.example', await at(upstream.port)),
      domain('raw.example', await at(await listen(rawUpstream as never))),
    ]),
  );
});
afterAll(async () => {
  await gateway.stop();
  await upstream.close();
  rawUpstream.close();
});
beforeEach(() => {
  upstream.requests.length = 0;
});

const SPOOFED = {
  'x-forwarded-for': '10.0.0.1',
  'x-forwarded-host': 'evil.example',
  'x-forwarded-proto': 'https',
  'x-forwarded-user': 'admin',
  'x-forwarded-preferred-username': 'admin',
  x_forwarded_for: '10.0.0.1',
  x_forwarded_user: 'admin',
  X_Forwarded_Email: 'a@evil.example',
  forwarded: 'for=10.0.0.1;host=evil.example',
  via: '1.1 evil',
  'x-real-ip': '10.0.0.1',
  'true-client-ip': '10.0.0.1',
  'cf-connecting-ip': '10.0.0.1',
  'x-original-url': '/admin',
  'x-envoy-external-address': '10.0.0.1',
  'x-tandem-cookie': 'a=1',
  'proxy-authorization': 'Basic eA==',
  te: 'trailers',
  'keep-alive': 'timeout=1',
};

test('what a client says of itself and of other proxies never arrives', async () => {
  await gateway.ask(`${WWW}/x`, { headers: SPOOFED });
  const seen = JSON.stringify(upstream.requests[0]?.headers);
  for (const [name, value] of Object.entries(SPOOFED)) {
    if (name !== 'via') expect(upstream.requests[0]?.headers, name).not.toHaveProperty(name.toLowerCase());
    expect(seen, name).not.toContain(`"${value}"`);
  }
});

test.each<[string, AskOptions['headers']]>([
  ['cookie', { connection: 'cookie' }],
  ['authorization', { connection: 'keep-alive, Authorization', authorization: 'Basic eA==' }],
])('Connection: %s takes nothing away that we put in, and passes nothing on', async (name, headers) => {
  gateway.session.jar.take(['login=1; Path=/'], `${WWW}/`);
  await gateway
    .ask(`${WWW}/x`, { headers: { ...headers, ...(name === 'cookie' ? { cookie: 'x=1' } : {}) } })
    .catch(() => {});
  await gateway.ask(`${WWW}/x`, headers ? { headers } : {});
  const last = upstream.requests.at(-1)?.headers;
  if (name === 'cookie') expect(last?.cookie).toBe('login=1');
  else expect(last?.authorization).toBeUndefined();
});

test('prototype names are headers like others', async () => {
  await gateway.ask(`${WWW}/x`, { headers: { constructor: 'x', tostring: 'y' } });
  expect(upstream.requests[0]?.headers.constructor).toBe('x');
  expect(({} as Record<string, unknown>).x).toBeUndefined();
});

test.each([
  [
    'a line break in Location',
    'HTTP/1.1 302 Found\r\nLocation: /a\r\nSet-Cookie: evil=1; Domain=cobrowse.localhost\r\nContent-Length: 0\r\n\r\n',
  ],
  [
    'an encoded line break in Location',
    'HTTP/1.1 302 Found\r\nLocation: /a%0d%0aSet-Cookie:%20evil=1\r\nContent-Length: 0\r\n\r\n',
  ],
  [
    'a bare carriage return',
    'HTTP/1.1 302 Found\r\nLocation: /a\rSet-Cookie: evil=1\r\nContent-Length: 0\r\n\r\n',
  ],
  ['control characters in a value', 'HTTP/1.1 200 OK\r\nX-A: a\x01b\r\nContent-Length: 0\r\n\r\n'],
  ['a forged cookie line', 'HTTP/1.1 200 OK\r\nX-Tandem-Cookie: stolen\r\nContent-Length: 0\r\n\r\n'],
])('an upstream with %s sets nothing in the browser', async (_name, text) => {
  answerWith = text;
  const answer = await gateway.ask('http://raw.example/', { dest: 'iframe' });
  expect(answer.headers['set-cookie']).toBeUndefined();
  expect(answer.headers['x-tandem-cookie']).toBeUndefined();
  expect(Object.keys(answer.headers)).not.toContain('evil');
});

test('10,000 response headers are not passed on', async () => {
  answerWith = `HTTP/1.1 200 OK\r\n${Array.from({ length: 10_000 }, (_, index) => `X-${index}: ${'v'.repeat(20)}\r\n`).join('')}Content-Length: 0\r\n\r\n`;
  const answer = await gateway.ask('http://raw.example/', { dest: 'iframe' });
  expect(answer.status).toBe(502);
});

test('the socket stays usable after all of it', () =>
  new Promise<void>((done, fail) => {
    const socket = connect(gateway.port, '127.0.0.1', () => {
      socket.destroy();
      done();
    });
    socket.on('error', fail);
  }));
