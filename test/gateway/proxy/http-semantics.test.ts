// The quieter parts of HTTP through a session address: hints, trailers, HEAD, OPTIONS, ranges, Expect.
import { once } from 'node:events';
import { type IncomingMessage, request, type ServerResponse } from 'node:http';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import {
  domain,
  PASS,
  raw,
  SID,
  site,
  startProxy,
  startUpstream,
  type TestGateway,
  type Upstream,
} from './upstream.ts';

const WWW = 'http://www.shop.example';
const CDN = 'http://cdn.example';
let upstream: Upstream;
let gateway: TestGateway;
let handle: (req: IncomingMessage, res: ServerResponse, body: Buffer) => void;
let www: string;

beforeAll(async () => {
  upstream = await startUpstream((req, res, body) => handle(req, res, body));
  const connect = { host: '127.0.0.1', port: upstream.port };
  gateway = await startProxy(
    site([domain('www.shop.example', { connect })], { resources: [domain('cdn.example', { connect })] }),
  );
  www = `http://${gateway.hostOf(WWW)}`;
});
afterAll(async () => {
  await gateway.stop();
  await upstream.close();
});
beforeEach(() => {
  upstream.requests.length = 0;
});

function asPage(
  path: string,
  dest: string,
  more: { method?: string; headers?: Record<string, string> } = {},
) {
  return request({
    host: '127.0.0.1',
    port: gateway.port,
    path,
    method: more.method ?? 'GET',
    agent: false,
    headers: {
      host: www.slice(7),
      referer: `${www}/`,
      'sec-fetch-site': 'same-origin',
      'sec-fetch-dest': dest,
      cookie: `__Secure-cbp-${SID}=${PASS}`,
      ...more.headers,
    },
  });
}

describe('103 Early Hints', () => {
  function hint(link: string[]): void {
    handle = (_req, res) => {
      res.writeEarlyHints({ link });
      setTimeout(() => res.writeHead(200, { 'content-type': 'text/html' }).end('<p>page'), 20);
    };
  }

  test('reach the browser before the page does, with session addresses and nothing off the list', async () => {
    hint([
      `<${CDN}/a.css>; rel=preload; as=style`,
      '</b.js>; rel=preload; as=script',
      '<https://evil.example/x>; rel=preload; as=image',
      `<${CDN}>; rel=preconnect`,
    ]);
    const asking = asPage('/', 'iframe');
    const order: string[] = [];
    let link: string | undefined;
    asking.on('information', ({ statusCode, headers }) => {
      order.push(String(statusCode));
      link = headers.link as unknown as string;
    });
    asking.end();
    const [response] = (await once(asking, 'response')) as [IncomingMessage];
    order.push(String(response.statusCode));
    response.resume();
    expect(order).toEqual(['103', '200']);
    expect(link).toBe(
      `<http://${gateway.hostOf(CDN)}/a.css>; rel=preload; as=style, </b.js>; rel=preload; as=script`,
    );
  });

  test('are left out where nobody heeds them, and where nothing of them is left', async () => {
    for (const [dest, link] of [
      ['empty', '</b.js>; rel=preload; as=script'],
      ['iframe', '<https://evil.example/x>; rel=preload; as=image'],
    ] as const) {
      hint([link]);
      const asking = asPage('/', dest);
      let hints = 0;
      asking.on('information', () => hints++);
      asking.end();
      const [response] = (await once(asking, 'response')) as [IncomingMessage];
      response.resume();
      expect([response.statusCode, hints]).toEqual([200, 0]);
    }
  });
});

test('trailers of an untouched body arrive behind it, without what must not stand there', async () => {
  handle = (_req, res) => {
    res.writeHead(200, { 'content-type': 'image/png', trailer: 'x-checksum, set-cookie' });
    res.write('pixels');
    res.addTrailers({ 'x-checksum': 'abc', 'set-cookie': 'evil=1', location: 'https://evil.example/' });
    res.end();
  };
  const asking = asPage('/i.png', 'image').end();
  const [response] = (await once(asking, 'response')) as [IncomingMessage];
  expect(response.headers.trailer).toBe('x-checksum, set-cookie');
  response.resume();
  await once(response, 'end');
  expect(response.trailers).toEqual({ 'x-checksum': 'abc' });
});

test('trailers of a request go no further', async () => {
  handle = (_req, res, body) => res.end(body);
  const answer = await raw(
    gateway.port,
    `POST /t HTTP/1.1\r\nHost: ${www.slice(7)}\r\nOrigin: ${www}\r\nCookie: __Secure-cbp-${SID}=${PASS}\r\nTransfer-Encoding: chunked\r\nTrailer: Host\r\n\r\n2\r\nhi\r\n0\r\nHost: evil.example\r\nX-Forwarded-For: 1.2.3.4\r\n\r\n`,
  );
  expect(answer).toMatch(/^HTTP\/1\.1 200 /);
  expect(upstream.requests[0]!.headers.host).toBe('www.shop.example');
  expect(upstream.requests[0]!.rawHeaders.join()).not.toContain('1.2.3.4');
});

describe('HEAD', () => {
  test('of a page says what GET would say, without a length or body of other bytes', async () => {
    handle = (_req, res) =>
      res.writeHead(200, { 'content-type': 'text/css', 'content-length': '10', etag: '"e"' }).end();
    const answer = await gateway.ask(`${WWW}/a.css`, { method: 'HEAD' });
    expect([answer.status, answer.body.length]).toEqual([200, 0]);
    expect(answer.headers.etag).toBe('"e~t2"');
    expect(answer.headers['content-length']).toBeUndefined();
  });

  test('of an image keeps the length, and the connection serves the next request', async () => {
    handle = (_req, res) => res.writeHead(200, { 'content-type': 'image/png', 'content-length': '10' }).end();
    const answer = await gateway.ask(`${WWW}/a.png`, { method: 'HEAD' });
    expect(answer.headers['content-length']).toBe('10');
    expect((await gateway.ask(`${WWW}/a.png`, { method: 'HEAD' })).status).toBe(200);
  });
});

describe('OPTIONS', () => {
  test('passes with its body and headers', async () => {
    handle = (_req, res, body) =>
      res.writeHead(200, { allow: 'GET, PROPFIND', dav: '1,2', 'content-type': 'image/png' }).end(body);
    const answer = await gateway.ask(`${WWW}/dav`, { method: 'OPTIONS', headers: { origin: www } });
    expect(answer.headers).toMatchObject({ allow: 'GET, PROPFIND', dav: '1,2' });
    expect(upstream.requests[0]!.method).toBe('OPTIONS');
  });

  test('as a preflight goes to the upstream with the real origin and without cookies, and its answer is mapped', async () => {
    gateway.session.jar.take(['login=1; Path=/'], `${CDN}/`);
    handle = (_req, res) =>
      res
        .writeHead(204, {
          'access-control-allow-origin': WWW,
          'access-control-allow-methods': 'PUT',
          'access-control-allow-headers': 'x-token',
        })
        .end();
    const answer = await gateway.ask(`${CDN}/api`, {
      method: 'OPTIONS',
      anonymous: true,
      headers: {
        origin: www,
        referer: `${www}/`,
        'sec-fetch-site': 'same-site',
        'access-control-request-method': 'PUT',
        'access-control-request-headers': 'x-token',
      },
    });
    expect(answer.status).toBe(204);
    expect(answer.headers['access-control-allow-origin']).toBe(www);
    expect(upstream.requests[0]!.headers).toMatchObject({
      origin: WWW,
      'access-control-request-method': 'PUT',
    });
    expect(upstream.requests[0]!.headers.cookie).toBeUndefined();
  });
});

describe('Expect', () => {
  test('100-continue is answered here, and the upstream gets the body', async () => {
    handle = (_req, res, body) => res.end(body);
    const asking = asPage('/put', 'empty', {
      method: 'PUT',
      headers: { expect: '100-continue', 'content-type': 'application/octet-stream', origin: www },
    });
    asking.flushHeaders();
    await once(asking, 'continue');
    asking.end('late body');
    const [response] = (await once(asking, 'response')) as [IncomingMessage];
    response.resume();
    expect(response.statusCode).toBe(200);
    expect(upstream.requests[0]!.body.toString()).toBe('late body');
    expect(upstream.requests[0]!.headers.expect).toBeUndefined();
  });

  test('of anything else is answered 417', async () => {
    const asking = asPage('/put', 'empty', { headers: { expect: 'miracles' } }).end();
    const [response] = (await once(asking, 'response')) as [IncomingMessage];
    response.resume();
    expect(response.statusCode).toBe(417);
    expect(upstream.requests).toHaveLength(0);
  });
});

test('a range of an untouched body passes both ways, and one of a rewritten body is not asked for by documents', async () => {
  handle = (req, res) =>
    req.headers.range === undefined
      ? res.writeHead(200, { 'content-type': 'text/html' }).end('<p>all')
      : res.writeHead(206, { 'content-type': 'video/mp4', 'content-range': 'bytes 2-3/9' }).end('cd');
  const part = await gateway.ask(`${WWW}/v.mp4`, { dest: 'video', headers: { range: 'bytes=2-3' } });
  expect([part.status, part.text, part.headers['content-range']]).toEqual([206, 'cd', 'bytes 2-3/9']);
  const page = await gateway.ask(`${WWW}/p`, { dest: 'iframe', headers: { range: 'bytes=2-3' } });
  expect(page.status).toBe(200);
});
