// Attack: an upstream redirects to an internal server or off the list, by every header and element that can.
import { createServer, type Server } from 'node:http';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { closeServer, listen, startShop, type TestGateway } from '../gateway/proxy/upstream.ts';

let canary: Server;
let canaryPort: number;
let hits = 0;
let gateway: TestGateway;
let headers: Record<string, string> = {};
let status = 302;

beforeAll(async () => {
  canary = createServer((_req, res) => res.end('internal'));
  canary.on('connection', () => hits++);
  canaryPort = await listen(canary);
  ({ gateway } = await startShop((_req, res) => {
    res.writeHead(status, headers);
    res.end('<p>body');
  }));
});
afterAll(async () => {
  await gateway.stop();
  await closeServer(canary);
});

/** The shapes of public open-redirect lists, for one target. */
function redirects(target: string): string[] {
  const bare = target.replace(/^https?:\/\//, '');
  return [
    target,
    target.toUpperCase(),
    `//${bare}`,
    `///${bare}`,
    `////${bare}`,
    `/\\${bare}`,
    `\\\\${bare}`,
    `\\/${bare}`,
    `/\t/${bare}`,
    `\t//${bare}`,
    `http:${bare}`,
    `http:/${bare}`,
    `http:\\\\${bare}`,
    `http:///${bare}`,
    `http:\\/${bare}`,
    `hTtP://${bare}`,
    `http://www.shop.example@${bare}`,
    `http://www.shop.example:80@${bare}`,
    `//www.shop.example@${bare}`,
    `http://www.shop.example%40${bare}`,
    `http://www.shop.example%2f@${bare}`,
    `//${bare}/%2f..`,
    `//${bare}#@www.shop.example/`,
    `//${bare}?www.shop.example`,
    `/%09/${bare}`,
    `.${bare}`,
    `https://www.shop.example.${bare}`,
    `http://${bare};@www.shop.example`,
    `javascript:location='${target}'`,
    `data:text/html,<script>location='${target}'</script>`,
  ];
}

describe('a redirect', () => {
  test('is never followed by the gateway, and never leads the browser off the list', async () => {
    const own = `http://${gateway.hostOf('http://www.shop.example')}`;
    for (const target of [
      `http://127.0.0.1:${canaryPort}/`,
      `http://localhost:${canaryPort}/`,
      `http://[::1]:${canaryPort}/`,
      'https://evil.example/x',
      'http://169.254.169.254/latest/',
      `http://${gateway.places.consoleHost}/admin`,
    ]) {
      for (const location of redirects(target)) {
        for (const code of location === target ? [301, 302, 303, 307, 308] : [302]) {
          status = code;
          headers = { location };
          const answer = await gateway.ask('http://www.shop.example/dir/go', { dest: 'iframe' });
          if (answer.headers.location === undefined) {
            expect(answer.text).toContain('address-outside');
            continue;
          }
          const led = new URL(answer.headers.location, `${own}/dir/go`);
          expect(led.origin, location).toBe(own);
        }
      }
    }
    expect(hits).toBe(0);
  });

  test.each(['script', 'image', 'empty', 'style', 'font'])(
    'of a %s off the list is refused',
    async (dest) => {
      status = 302;
      headers = { location: `http://127.0.0.1:${canaryPort}/` };
      const answer = await gateway.ask('http://www.shop.example/go', { dest });
      expect(answer.status).toBe(403);
      expect(answer.headers.location).toBeUndefined();
      expect(hits).toBe(0);
    },
  );
});

test('Refresh, Link, Content-Location and meta refresh lead nowhere else either', async () => {
  status = 200;
  headers = {
    'content-type': 'text/html',
    refresh: `0; url=http://127.0.0.1:${canaryPort}/`,
    link: `<http://127.0.0.1:${canaryPort}/a.css>; rel=stylesheet, <//127.0.0.1:${canaryPort}/>; rel="preconnect"`,
  };
  const answer = await gateway.ask('http://www.shop.example/page', { dest: 'iframe' });
  expect(String(answer.headers.refresh)).toMatch(/^0; url=\/\.tandem\/outside\?url=/);
  expect(answer.headers.link).toBeUndefined();
  expect(String(answer.headers['content-security-policy'])).not.toContain('127.0.0.1');
  await expect(
    gateway.proxy.fetchFor(gateway.session, 'http://www.shop.example/page'),
  ).resolves.toMatchObject({ status: 200 });
  status = 302;
  headers = { location: `http://127.0.0.1:${canaryPort}/` };
  await expect(gateway.proxy.fetchFor(gateway.session, 'http://www.shop.example/page')).rejects.toMatchObject(
    { reason: 'address-outside' },
  );
  expect(hits).toBe(0);
});
