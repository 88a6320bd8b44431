// Upstreams that are down, stall, break off or send too much: each with its own answer, and the next request works.
import { randomBytes } from 'node:crypto';
import { createServer, type Server } from 'node:net';
import { createGzip, type Gzip, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  domain,
  listen,
  PASS,
  SID,
  send,
  site,
  startProxy,
  startUpstream,
  type TestGateway,
  type Upstream,
} from './upstream.ts';

let gateway: TestGateway;
let upstream: Upstream;
let silent: Server;
/** Sends the rest of the page that is too large. */
let more = () => {};

beforeAll(async () => {
  upstream = await startUpstream((req, res) => {
    switch (req.url) {
      case '/stall':
        return;
      case '/held':
        setTimeout(() => res.writeHead(200, { 'content-type': 'application/json' }).end('"news"'), 600);
        return;
      case '/idle':
        res.writeHead(200, { 'content-type': 'image/png', 'content-length': '10' });
        res.write('half');
        return;
      case '/events':
        res.writeHead(200, { 'content-type': 'text/event-stream' });
        res.write('data: 1\n\n');
        setTimeout(() => res.end('data: 2\n\n'), 700);
        return;
      case '/reset':
        req.socket.destroy();
        return;
      case '/stacked':
        res.writeHead(200, { 'content-type': 'text/html', 'content-encoding': 'gzip, br' }).end('x');
        return;
      case '/not-gzip':
        res.writeHead(200, { 'content-type': 'text/html', 'content-encoding': 'gzip' }).end('plain');
        return;
      case '/large':
        res.writeHead(200, { 'content-type': 'text/css' }).end('a'.repeat(300_000));
        return;
      case '/announced':
        res.writeHead(200, { 'content-type': 'text/html', 'content-length': '200001' });
        res.end('<p>'.padEnd(200_001, 'a'));
        return;
      case '/streamed': {
        const isPacked = req.headers['accept-encoding'] === 'gzip';
        res.writeHead(200, {
          'content-type': 'text/html; charset=utf-8',
          ...(isPacked ? { 'content-encoding': 'gzip' } : {}),
        });
        const out = isPacked ? createGzip() : res;
        if (isPacked) out.pipe(res);
        out.write(`<p>first ${randomBytes(99_000).toString('hex')}`);
        if (out !== res) (out as Gzip).flush();
        more = () => out.end(randomBytes(2_000).toString('hex'));
        return;
      }
      case '/once':
        res.writeHead(200, { 'content-type': 'text/plain', connection: 'keep-alive' }).end('ok');
        // Closes the kept connection without a word.
        setImmediate(() => req.socket.destroy());
        return;
      default:
        res.writeHead(200, { 'content-type': 'text/html' }).end('<p>fine');
    }
  });
  silent = createServer(() => {});
  const silentPort = await listen(silent as never);
  const closed = await startUpstream(() => {});
  await closed.close();
  const at = (port: number) => ({ connect: { host: '127.0.0.1', port } });
  gateway = await startProxy(
    site([
      domain('www.shop.example', at(upstream.port)),
      domain('down.example', at(closed.port)),
      domain('tls.example', { ...at(silentPort), protocols: ['https'] }),
      domain('nowhere.invalid'),
    ]),
    { limits: { connectMs: 300, firstByteMs: 300, heldMs: 2_000, idleMs: 300, rewriteBytes: 200_000 } },
  );
});
afterAll(async () => {
  await gateway.stop();
  await upstream.close();
  silent.close();
});

const ask = (url: string, dest = 'iframe') => gateway.ask(url, { dest });

describe('an upstream', () => {
  test.each([
    ['that is down', 'http://down.example/', 502, 'upstream-unreachable'],
    ['with no address', 'http://nowhere.invalid/', 502, 'upstream-unreachable'],
    ['that never finishes its handshake', 'https://tls.example/', 504, 'upstream-timeout'],
    ['that says nothing', 'http://www.shop.example/stall', 504, 'upstream-timeout'],
    ['that hangs up', 'http://www.shop.example/reset', 502, 'upstream-broken'],
    ['with two codings on top of each other', 'http://www.shop.example/stacked', 502, 'upstream-broken'],
    ['with another coding than it says', 'http://www.shop.example/not-gzip', 502, 'upstream-broken'],
    ['with a page that says it is too large', 'http://www.shop.example/announced', 502, 'upstream-too-large'],
  ])('%s', async (_name, url, status, reason) => {
    const answer = await ask(url);
    expect([answer.status, /data-reason="([^"]+)"/.exec(answer.text)?.[1]]).toEqual([status, reason]);
    // The page is mirrored, so that the agent reads the same; nothing but our script may run in it.
    const nonce = /script-src 'nonce-([^']+)'/.exec(String(answer.headers['content-security-policy']))?.[1];
    expect(nonce).toBeTruthy();
    expect(answer.text).toContain(`nonce="${nonce}" data-tandem="`);
    expect((await ask('http://www.shop.example/')).text).toContain('<p>fine');
  });

  test('that holds what a script asks for until there is something to say: the answer comes, as directly', async () => {
    expect((await ask('http://www.shop.example/held', 'empty')).text).toBe('"news"');
    expect((await ask('http://www.shop.example/held')).status).toBe(504);
  });

  test('that takes long, as its site says: nobody is sent away before', async () => {
    const { options } = gateway.session.site;
    options.answerSeconds = 2;
    const { text } = await ask('http://www.shop.example/held', 'script');
    delete options.answerSeconds;
    expect(text).toBe('"news"');
    expect((await ask('http://www.shop.example/held', 'script')).status).toBe(504);
  });

  test('with a sheet that is too large', async () => {
    const answer = await ask('http://www.shop.example/large', 'style');
    expect([answer.status, JSON.parse(answer.text).reason]).toEqual([502, 'upstream-too-large']);
  });

  test.each([
    ['as it comes', undefined],
    ['packed', 'gzip'],
  ])(
    'with a page that turns out too large when the first of it is shown, %s: the connection breaks, so that nobody takes it for the whole',
    async (_name, coding) => {
      const { request } = await import('node:http');
      const got = await new Promise<{ status: number | undefined; bytes: number; whole: boolean }>((done) => {
        const req = request({
          host: '127.0.0.1',
          port: gateway.port,
          path: '/streamed',
          agent: false,
          headers: {
            host: gateway.hostOf('http://www.shop.example'),
            cookie: `__Secure-cbp-${SID}=${PASS}`,
            'sec-fetch-site': 'same-origin',
            'sec-fetch-dest': 'iframe',
            ...(coding ? { 'accept-encoding': coding } : {}),
          },
        });
        req.on('response', (res) => {
          let bytes = 0;
          res.once('data', () => more());
          res.on('data', (part: Buffer) => {
            bytes += part.length;
          });
          res.on('error', () => {});
          res.on('close', () => done({ status: res.statusCode, bytes, whole: res.complete }));
        });
        req.end();
      });
      expect(got).toMatchObject({ status: 200, whole: false });
      expect(got.bytes).toBeGreaterThan(0);
      expect((await ask('http://www.shop.example/')).text).toContain('<p>fine');
    },
  );

  test('that stops in the middle is cut, an event stream may be silent', async () => {
    await expect(ask('http://www.shop.example/idle', 'image')).rejects.toThrow();
    expect((await ask('http://www.shop.example/events', 'empty')).text).toBe('data: 1\n\ndata: 2\n\n');
  });
});

describe('nothing is sent twice', () => {
  test('a GET on a kept connection that has just been closed is repeated, a POST never', async () => {
    for (let round = 0; round < 5; round++) {
      expect((await ask('http://www.shop.example/once', 'empty')).status).toBe(200);
      expect((await ask('http://www.shop.example/', 'iframe')).status).toBe(200);
    }
    upstream.requests.length = 0;
    const posts = await Promise.all(
      Array.from({ length: 5 }, () =>
        gateway.ask('http://www.shop.example/reset', {
          method: 'POST',
          body: 'a=1',
          headers: { 'content-type': 'text/plain' },
        }),
      ),
    );
    expect(posts.map(({ status }) => status)).toEqual([502, 502, 502, 502, 502]);
    expect(upstream.requests).toHaveLength(5);
  });
});

test('a browser that goes away takes the request upstream with it', async () => {
  const controller = new AbortController();
  const host = gateway.hostOf('http://www.shop.example');
  const before = upstream.requests.length;
  const gone = new Promise<void>((done) =>
    upstream.server.once('request', (req) => req.socket.once('close', () => done())),
  );
  const { request } = await import('node:http');
  const req = request({
    host: '127.0.0.1',
    port: gateway.port,
    path: '/stall',
    agent: false,
    signal: controller.signal,
    headers: { host, cookie: `__Secure-cbp-${SID}=${PASS}`, 'sec-fetch-site': 'same-origin' },
  });
  req.on('error', () => {});
  req.end();
  await expect.poll(() => upstream.requests.length).toBe(before + 1);
  controller.abort();
  await gone;
});

test('compressed pages stream too, and stay whole', async () => {
  const page = `<p>${'x'.repeat(100_000)}</p>`;
  const local = await startUpstream((_req, res) => {
    res.writeHead(200, { 'content-type': 'text/html', 'content-encoding': 'gzip' });
    res.end(gzipSync(page));
  });
  const own = await startProxy(
    site([domain('www.shop.example', { connect: { host: '127.0.0.1', port: local.port } })]),
  );
  const answer = await own.ask('http://www.shop.example/', {
    dest: 'empty',
    headers: { 'accept-encoding': 'gzip' },
  });
  const { gunzipSync } = await import('node:zlib');
  expect(gunzipSync(answer.body).toString()).toBe(page);
  await own.stop();
  await local.close();
});

test('a path that no URL parser takes is passed as it is', async () => {
  const answer = await send(gateway.port, {
    path: '//',
    headers: {
      host: gateway.hostOf('http://www.shop.example'),
      cookie: `__Secure-cbp-${SID}=${PASS}`,
      'sec-fetch-site': 'same-origin',
      'sec-fetch-dest': 'iframe',
    },
  });
  expect(answer.status).toBe(200);
  expect(upstream.requests.at(-1)?.url).toBe('//');
});
