// Attack: a page writes cookies for the whole base: twins of our own, and so many that every address fails.
import { afterAll, beforeAll, expect, test } from 'vitest';
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
let host: string;

beforeAll(async () => {
  ({ upstream, gateway } = await startShop((_req, res) => {
    res.writeHead(200, {
      'content-type': 'text/plain',
      'set-cookie': [
        't=1; Domain=cobrowse.localhost',
        'u=1; Domain=localhost',
        `__Secure-cbp-${SID}=evil; Secure; Path=/`,
      ],
    });
    res.end('ok');
  }));
  host = gateway.hostOf('http://www.shop.example');
});
afterAll(() => gateway.stop());

const ask = (cookie: string) =>
  send(gateway.port, {
    path: '/',
    headers: { host, cookie, 'sec-fetch-site': 'same-origin', 'sec-fetch-dest': 'empty' },
  });
const pass = `__Secure-cbp-${SID}=${PASS}`;

test('a twin of the pass makes both void and takes both away', async () => {
  for (const cookie of [
    `${pass}; __Secure-cbp-${SID}=x`,
    `__Secure-cbp-${SID}=x; ${pass}`,
    `${pass}; ${pass}`,
  ]) {
    const answer = await ask(cookie);
    expect(answer.status).toBe(400);
    expect(answer.headers['set-cookie']?.join()).toMatch(/Max-Age=0.*Domain=cobrowse\.localhost/);
  }
  expect(upstream.requests).toHaveLength(0);
  expect((await ask(pass)).status).toBe(200);
});

test('names that only look like the pass are nothing', async () => {
  for (const cookie of [
    `__secure-cbp-${SID}=${PASS}`,
    `x__Secure-cbp-${SID}=${PASS}`,
    `a="; ${pass.replace('=', ' =')}"`,
  ]) {
    expect((await ask(cookie)).status).toBe(410);
  }
});

test('an upstream cannot set a cookie for the base, and none of ours', async () => {
  const answer = await ask(pass);
  expect(answer.headers['set-cookie']).toBeUndefined();
  expect(gateway.session.jar.scriptCookies('http://www.shop.example/')).not.toMatch(/\b[tu]=/);
  expect((await ask(pass)).status).toBe(200);
});

test('a cookie bomb is answered so that it heals', async () => {
  const bomb = Array.from({ length: 30 }, (_, index) => `b${index}=${'x'.repeat(3_900)}`).join('; ');
  const answer = await raw(
    gateway.port,
    `GET / HTTP/1.1\r\nHost: ${host}\r\nCookie: ${bomb}; ${pass}\r\n\r\n`,
  );
  expect(answer).toMatch(/^HTTP\/1\.1 431 /);
  expect(answer.toLowerCase()).toContain('clear-site-data: "cookies"');
  const lines = Array.from({ length: 120 }, (_, index) => `X-${index}: 1`).join('\r\n');
  const many = await raw(
    gateway.port,
    `GET / HTTP/1.1\r\nHost: ${host}\r\nCookie: ${pass}\r\n${lines}\r\n\r\n`,
  );
  expect(many).toMatch(/^HTTP\/1\.1 431 /);
  expect(many.toLowerCase()).toContain('clear-site-data: "cookies"');
});

test('up to the limit a large header passes', async () => {
  const fits = Array.from({ length: 7 }, (_, index) => `b${index}=${'x'.repeat(3_900)}`).join('; ');
  expect((await ask(`${fits}; ${pass}`)).status).toBe(200);
});
