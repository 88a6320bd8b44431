// Attack: the gateway is used as a proxy without a session, after its end, or by proxy requests proper.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import {
  PASS,
  raw,
  SID,
  send,
  startShop,
  type TestGateway,
  type Upstream,
} from '../gateway/proxy/upstream.ts';

let upstream: Upstream;
let gateway: TestGateway;

beforeAll(async () => {
  ({ upstream, gateway } = await startShop());
});
afterAll(() => gateway.stop());
beforeEach(() => {
  upstream.requests.length = 0;
});

describe('a session that has ended', () => {
  test('answers 410 to everything that worked before', async () => {
    const asks = [
      ['/', { method: 'GET' }],
      [
        '/api',
        { method: 'POST', body: 'a=1', headers: { 'content-type': 'application/x-www-form-urlencoded' } },
      ],
      ['/x', { method: 'HEAD' }],
      ['/x', { method: 'OPTIONS' }],
    ] as const;
    for (const [path, options] of asks)
      expect((await gateway.ask(`http://www.shop.example${path}`, options)).status).toBe(200);
    const before = upstream.requests.length;
    gateway.session.ended = true;
    const bodies = new Set<string>();
    for (const [path, options] of asks) {
      const answer = await gateway.ask(`http://www.shop.example${path}`, options);
      expect(answer.status).toBe(410);
      if (options.method !== 'HEAD') bodies.add(answer.text);
    }
    gateway.sessions.delete(SID);
    for (const [path, options] of asks) {
      const answer = await gateway.ask(`http://www.shop.example${path}`, options);
      expect(answer.status).toBe(410);
      if (options.method !== 'HEAD') bodies.add(answer.text);
    }
    expect(bodies.size).toBe(1);
    expect(upstream.requests).toHaveLength(before);
    gateway.session.ended = false;
    gateway.sessions.set(SID, gateway.session);
  });
});

describe('proxy requests proper', () => {
  const host = () => gateway.hostOf('http://www.shop.example');
  const cookie = `Cookie: __Secure-cbp-${SID}=${PASS}`;

  test('absolute-form, CONNECT, TRACE and * are refused', async () => {
    const port = upstream.port;
    for (const line of [
      `GET http://127.0.0.1:${port}/ HTTP/1.1`,
      `GET http://www.shop.example/ HTTP/1.1`,
      `GET https://evil.example/ HTTP/1.1`,
      `OPTIONS * HTTP/1.1`,
      `TRACE / HTTP/1.1`,
    ]) {
      expect(
        (await raw(gateway.port, `${line}\r\nHost: ${host()}\r\n${cookie}\r\n\r\n`)).split('\r\n', 1)[0],
        line,
      ).toMatch(/^HTTP\/1\.1 400/);
    }
    expect(
      await raw(gateway.port, `CONNECT 127.0.0.1:${port} HTTP/1.1\r\nHost: ${host()}\r\n\r\n`),
    ).not.toMatch(/ 200 /);
    expect(upstream.requests).toHaveLength(0);
  });

  test('a path that looks like an address is only a path', async () => {
    await send(gateway.port, {
      path: `//127.0.0.1:${upstream.port}/x`,
      headers: { host: host(), cookie: `__Secure-cbp-${SID}=${PASS}`, 'sec-fetch-site': 'same-origin' },
    });
    expect(upstream.requests.map(({ url, headers }) => [url, headers.host])).toEqual([
      [`//127.0.0.1:${upstream.port}/x`, 'www.shop.example'],
    ]);
  });
});

test('without a session no address exists', async () => {
  for (const slug of [
    'www-shop-example',
    'h---www-shop-example',
    'evil-example',
    'h8090---127-0-0-1',
    'x---00',
  ]) {
    const answer = await send(gateway.port, {
      path: '/',
      headers: {
        host: `${slug}--${'q'.repeat(16)}.${gateway.places.base}`,
        cookie: `__Secure-cbp-${SID}=${PASS}`,
      },
    });
    expect(answer.status).toBe(410);
  }
  expect(upstream.requests).toHaveLength(0);
});
