// A proxied request end to end, against recording upstreams.

import type { IncomingMessage, ServerResponse } from 'node:http';
import { request } from 'node:http';
import { brotliCompressSync, brotliDecompressSync, gunzipSync, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import {
  type Answered,
  domain,
  PASS,
  SID,
  site,
  startProxy,
  startUpstream,
  type TestGateway,
  type Upstream,
} from './upstream.ts';

type Handler = (req: IncomingMessage, res: ServerResponse, body: Buffer) => void;

const WWW = 'http://www.shop.example';
const PAY = 'http://pay.shop.example';
const CDN = 'http://cdn.example';
let upstream: Upstream;
let gateway: TestGateway;
let handle: Handler = (_req, res) => res.end();
let www: string;
let pay: string;

beforeAll(async () => {
  upstream = await startUpstream((req, res, body) => handle(req, res, body));
  const connect = { host: '127.0.0.1', port: upstream.port };
  gateway = await startProxy(
    site([domain('www.shop.example', { connect }), domain('pay.shop.example', { connect })], {
      resources: [domain('cdn.example', { connect })],
    }),
    { registry: { config: { upstreamHeader: { name: 'X-Gateway', value: 'known' } } } },
  );
  www = `http://${gateway.hostOf(WWW)}`;
  pay = `http://${gateway.hostOf(PAY)}`;
});
afterAll(async () => {
  await gateway.stop();
  await upstream.close();
});
beforeEach(() => {
  upstream.requests.length = 0;
});

function reply(headers: Record<string, string | string[]>, body: string | Buffer = '', status = 200): void {
  handle = (_req, res) => {
    res.writeHead(status, headers);
    res.end(body);
  };
}

const html = (body: string) =>
  `<!doctype html><html><head><title>T</title></head><body>${body}</body></html>`;
const seen = () => upstream.requests.at(-1)!;

describe('documents', () => {
  test('are served under the session address with our script first in the head', async () => {
    reply({ 'content-type': 'text/html; charset=utf-8' }, html(`<a href="${WWW}/next">n</a>`));
    const answer = await gateway.ask(`${WWW}/page`, { dest: 'iframe' });
    expect(answer.status).toBe(200);
    expect(answer.text).toMatch(/^<!doctype html><html><head><script src="\/\.tandem\/page\.js\?v=/);
    expect(answer.text).toContain(`href="${www}/next"`);
    expect(answer.headers['cache-control']).toBe('no-store');
    expect(answer.headers['origin-agent-cluster']).toBe('?1');
    expect(seen().headers.host).toBe('www.shop.example');
  });

  test('tell the script what it must know', async () => {
    reply({ 'content-type': 'text/html', 'set-cookie': ['a=1; Path=/', 'h=2; HttpOnly'] }, html(''));
    const answer = await gateway.ask(`${WWW}/page`, {
      dest: 'iframe',
      headers: { referer: `${pay}/from?x=1` },
    });
    const config = JSON.parse(
      /data-tandem="([^"]*)"/.exec(answer.text)![1]!.replaceAll('&quot;', '"').replaceAll('&amp;', '&'),
    );
    expect(config).toMatchObject({
      origin: WWW,
      shell: `http://${SID}.${gateway.places.base}`,
      referrer: `${PAY}/from?x=1`,
    });
    expect(config.cookie).toContain('a=1');
    expect(config.cookie).not.toContain('h=2');
    expect(config.addresses).toEqual(gateway.session.addresses.table);
  });

  test('fetched by scripts are mapped but get no script of ours', async () => {
    reply({ 'content-type': 'text/html' }, `<a href="${PAY}/x">x</a>`);
    const answer = await gateway.ask(`${WWW}/fragment`);
    expect(answer.text).toBe(`<a href="${pay}/x">x</a>`);
  });

  test('opened outside of the window lead to it', async () => {
    const answer = await gateway.ask(`${WWW}/page`, { dest: 'document' });
    expect(answer.status).toBe(303);
    expect(answer.headers.location).toBe(`http://${SID}.${gateway.places.base}/`);
    expect(upstream.requests).toHaveLength(0);
  });

  test('on a resource host are refused', async () => {
    reply({ 'content-type': 'text/html' }, html(''));
    const answer = await gateway.ask(`${CDN}/page`, { dest: 'iframe' });
    expect(answer.status).toBe(403);
    expect(answer.text).toContain('resource-only');
    expect(upstream.requests).toHaveLength(0);
  });

  test('have the policy of the site mapped and ours beside it', async () => {
    reply(
      {
        'content-type': 'text/html',
        'content-security-policy': `default-src 'self'; img-src cdn.example https:; script-src 'nonce-abc'; frame-ancestors 'none'; report-uri /r`,
        'x-frame-options': 'DENY',
        'strict-transport-security': 'max-age=1',
      },
      html(''),
    );
    const answer = await gateway.ask(`${WWW}/page`, { dest: 'iframe' });
    const [site, own] = String(answer.headers['content-security-policy']).split(', ') as [string, string];
    const nonce = /nonce="([^"]+)"/.exec(answer.text)![1];
    expect(site).toContain(`script-src 'nonce-abc' 'nonce-${nonce}'`);
    expect(site).toContain(`img-src http://${gateway.hostOf(CDN)}`);
    expect(site).not.toContain('frame-ancestors');
    expect(site).toMatch(/; report-uri \/r$/);
    expect(own).toContain(`frame-ancestors http://${SID}.${gateway.places.base} ${www}`);
    expect(own).not.toContain('*');
    expect(answer.headers['x-frame-options']).toBeUndefined();
    expect(answer.headers['strict-transport-security']).toBeUndefined();
    expect(answer.headers['content-security-policy-report-only']).toBeUndefined();
  });

  test('policies that are only tried out go along where the site hears of them', async () => {
    reply(
      {
        'content-type': 'text/html',
        'content-security-policy-report-only': `img-src ${CDN}; report-uri ${WWW}/csp, script-src 'none', img-src x; report-uri https://reports.example/`,
      },
      html(''),
    );
    const answer = await gateway.ask(`${WWW}/page`, { dest: 'iframe' });
    expect(answer.headers['content-security-policy-report-only']).toBe(
      `img-src http://${gateway.hostOf(CDN)} ${CDN}; report-uri ${www}/csp`,
    );
  });
});

describe('the upstream', () => {
  test('sees the request of the real site', async () => {
    reply({ 'content-type': 'text/plain' }, 'ok');
    await gateway.ask(`${PAY}/api?back=${encodeURIComponent(`${www}/done`)}`, {
      headers: {
        origin: www,
        referer: `${www}/cart?u=${encodeURIComponent(pay)}`,
        'sec-fetch-site': 'same-site',
        'x-from': `${www}/here`,
        'accept-encoding': 'gzip, deflate, br, zstd, compress',
        'x-forwarded-for': '1.2.3.4',
        forwarded: 'for=1.2.3.4',
        x_forwarded_host: 'evil',
        connection: 'keep-alive, x-secret',
        'x-secret': 'hop',
        te: 'trailers',
      },
    });
    const { headers, url } = seen();
    expect(url).toBe(`/api?back=${encodeURIComponent(`${WWW}/done`)}`);
    expect(headers).toMatchObject({
      host: 'pay.shop.example',
      origin: WWW,
      referer: `${WWW}/cart?u=${encodeURIComponent(PAY)}`,
      'sec-fetch-site': 'same-site',
      'x-from': `${WWW}/here`,
      'accept-encoding': 'gzip, deflate, br, zstd',
      'x-gateway': 'known',
    });
    for (const name of ['x-forwarded-for', 'forwarded', 'x_forwarded_host', 'x-secret', 'te', 'cookie']) {
      expect(headers[name], name).toBeUndefined();
    }
    expect(headers.via).toMatch(/^1\.1 tandem-/);
  });

  test('never sees a cookie of ours, and gets those of the jar', async () => {
    gateway.session.jar.take(['login=yes; HttpOnly; Path=/'], `${WWW}/`);
    reply({ 'content-type': 'text/plain' }, 'ok');
    await gateway.ask(`${WWW}/`, {
      headers: { cookie: `__Secure-cbp-${SID}=${PASS}; other=1; __tandem_jar=%5B%5D` },
    });
    expect(seen().headers.cookie).toContain('login=yes');
    expect(seen().headers.cookie).not.toMatch(/cbp|other|tandem/);
  });

  test('gets what a script wrote to document.cookie with the very next request, once', async () => {
    reply({ 'content-type': 'text/plain' }, 'ok');
    const write = (text: string) => `__tandem_jar=${encodeURIComponent(JSON.stringify([text]))}`;
    const ask = (cookie: string) =>
      gateway.ask(`${WWW}/p`, { headers: { cookie: `__Secure-cbp-${SID}=${PASS}; ${cookie}` } });
    const answer = await ask(write(`token=t1; Path=/; tandem-id=abc-1`));
    expect(seen().headers.cookie).toContain('token=t1');
    expect(decodeURIComponent(String(answer.headers['x-tandem-cookie']))).toContain('token=t1');
    gateway.session.jar.take(['token=t2; Path=/'], `${WWW}/`);
    await ask(write(`token=t1; Path=/; tandem-id=abc-1`));
    expect(seen().headers.cookie).toContain('token=t2');
    expect(seen().headers.cookie).not.toContain('tandem');
  });

  test('a page hears of the cookies that are seen at its own path, not at that of its request', async () => {
    reply(
      { 'content-type': 'text/plain', 'set-cookie': ['api=1; Path=/api', 'cart=1; Path=/checkout'] },
      'ok',
    );
    const answer = await gateway.ask(`${WWW}/api/items`, { headers: { referer: `${www}/checkout` } });
    const told = decodeURIComponent(String(answer.headers['x-tandem-cookie']));
    expect(told).toContain('cart=1');
    expect(told).not.toContain('api=1');
  });

  test.each([
    [
      'application/x-www-form-urlencoded',
      () => `next=${encodeURIComponent(`${www}/a`)}&b=1`,
      () => `next=${encodeURIComponent(`${WWW}/a`)}&b=1`,
    ],
    [
      'application/json',
      () => JSON.stringify({ u: `${pay}/x`, h: pay.slice(7) }),
      () => JSON.stringify({ u: `${PAY}/x`, h: 'pay.shop.example' }),
    ],
    ['text/plain;charset=UTF-8', () => `see ${www}/é`, () => `see ${WWW}/é`],
    ['application/octet-stream', () => `raw ${www}`, () => `raw ${www}`],
  ])('gets real addresses in a body of %s', async (type, sent, expected) => {
    reply({ 'content-type': 'text/plain' }, 'ok');
    await gateway.ask(`${WWW}/post`, {
      method: 'POST',
      body: sent(),
      headers: { 'content-type': type, origin: www },
    });
    expect(seen().body.toString()).toBe(expected());
    expect(seen().headers['content-length']).toBe(String(Buffer.byteLength(expected())));
  });

  test('gets real addresses in large bodies, which are streamed', async () => {
    reply({ 'content-type': 'text/plain' }, 'ok');
    const body = `${'x'.repeat(70_000)}${www}/a${'y'.repeat(200_000)}${pay}`;
    await gateway.ask(`${WWW}/post`, {
      method: 'POST',
      body,
      headers: { 'content-type': 'text/plain', origin: www },
    });
    expect(seen().body.toString()).toBe(body.replace(www, WWW).replace(pay, PAY));
  });

  test('gets text parts of a form mapped and files untouched', async () => {
    reply({ 'content-type': 'text/plain' }, 'ok');
    const form = (text: string) =>
      `--b\r\nContent-Disposition: form-data; name="u"\r\n\r\n${text}/a\r\n--b\r\nContent-Disposition: form-data; name="f"; filename="a.txt"\r\nContent-Type: text/plain\r\n\r\nkeep ${www}\r\n--b--\r\n`;
    await gateway.ask(`${WWW}/post`, {
      method: 'POST',
      body: form(www),
      headers: { 'content-type': 'multipart/form-data; boundary=b', origin: www },
    });
    expect(seen().body.toString()).toBe(form(WWW));
  });

  test('is not asked for more than 25 MiB', async () => {
    const answer = await gateway
      .ask(`${WWW}/post`, {
        method: 'POST',
        headers: { 'content-length': String(26 * 1024 * 1024), origin: www },
      })
      .catch(() => undefined);
    expect(answer?.status ?? 413).toBe(413);
    expect(upstream.requests).toHaveLength(0);
  });
});

describe('responses', () => {
  test.each([
    ['/rel?u=x', '/rel?u=x'],
    ['next#f', 'next#f'],
    [`${PAY}/x?back=${WWW}/y`, () => `${pay}/x?back=${WWW}/y`],
    ['//pay.shop.example/x', () => `${pay.replace('http:', '')}/x`],
    ['http:\\\\pay.shop.example/x', () => `${pay}/x`],
  ])('a redirect to %s stays inside', async (location, expected) => {
    reply({ location }, '', 302);
    const answer = await gateway.ask(`${WWW}/go`, { dest: 'iframe' });
    expect(answer.status).toBe(302);
    expect(answer.headers.location).toBe(typeof expected === 'string' ? expected : expected());
  });

  test('a redirect off the list shows our page', async () => {
    reply({ location: 'https://evil.example/?secret=1' }, '', 302);
    const answer = await gateway.ask(`${WWW}/go`, { dest: 'iframe' });
    expect(answer.status).toBe(200);
    expect(answer.headers.location).toBeUndefined();
    expect(answer.text).toContain('data-reason="address-outside"');
    expect(answer.text).toContain('evil.example');
    expect(answer.text).not.toContain('secret');
  });

  test('headers that speak of real addresses are mapped, those that would break out are dropped', async () => {
    reply({
      'content-type': 'text/plain',
      link: `<${CDN}/a.css>; rel=preload; as=style, <https://evil.example/>; rel=prefetch, <${CDN}>; rel=preconnect, </b>; rel=next`,
      refresh: `3; url=${PAY}/r`,
      'alt-svc': 'h3=":443"',
      nel: '{}',
      'report-to': '{}',
      'reporting-endpoints': 'a="/r"',
      'speculation-rules': '"/r"',
      'service-worker-allowed': '/',
      'clear-site-data': '"cookies", "storage"',
      'access-control-allow-origin': PAY,
      'access-control-allow-credentials': 'true',
      'set-cookie': 'fresh=1; Path=/',
    });
    const answer = await gateway.ask(`${WWW}/x`, { headers: { origin: pay } });
    const { headers } = answer;
    expect(headers.link).toBe(`<http://${gateway.hostOf(CDN)}/a.css>; rel=preload; as=style, </b>; rel=next`);
    expect(headers.refresh).toBe(`3; url=${pay}/r`);
    expect(headers['access-control-allow-origin']).toBe(pay);
    expect(headers['access-control-expose-headers']).toBe('x-tandem-cookie');
    expect(headers['clear-site-data']).toBe('"storage"');
    expect(decodeURIComponent(String(headers['x-tandem-cookie']))).toBe('fresh=1');
    for (const name of [
      'alt-svc',
      'nel',
      'report-to',
      'reporting-endpoints',
      'speculation-rules',
      'service-worker-allowed',
      'set-cookie',
    ]) {
      expect(headers[name], name).toBeUndefined();
    }
  });

  test('untouched bodies are byte for byte the upstream’s, with range, coding and validators', async () => {
    const body = gzipSync(Buffer.from('image'.repeat(100)));
    reply(
      {
        'content-type': 'image/png',
        'content-encoding': 'gzip',
        etag: '"e"',
        'content-length': String(body.length),
        'content-range': 'bytes 0-1/2',
      },
      body,
      206,
    );
    const answer = await gateway.ask(`${WWW}/i.png`, { dest: 'image', headers: { range: 'bytes=0-1' } });
    expect(answer.body.equals(body)).toBe(true);
    expect(answer.headers).toMatchObject({
      'content-encoding': 'gzip',
      etag: '"e"',
      'content-range': 'bytes 0-1/2',
    });
    expect(seen().headers.range).toBe('bytes=0-1');
  });

  test.each([
    ['text/css', 'style', () => `a{b:url(${CDN}/x)}`, () => `a{b:url(http://${gateway.hostOf(CDN)}/x)}`],
    [
      'text/javascript',
      'script',
      () => `if(top!==self)x("${PAY}/a")`,
      () => `if(__tandem_top!==self)x("${pay}/a")`,
    ],
    [
      'application/json',
      'empty',
      () => `{"u":"${PAY}/a","h":"pay.shop.example"}`,
      () => `{"u":"${pay}/a","h":"pay.shop.example"}`,
    ],
  ])('%s is rewritten in every coding', async (type, dest, sent, expected) => {
    for (const [coding, encode] of [
      ['', (x: Buffer) => x],
      ['gzip', gzipSync],
      ['br', brotliCompressSync],
    ] as const) {
      reply(
        { 'content-type': type, etag: '"e"', ...(coding ? { 'content-encoding': coding } : {}) },
        encode(Buffer.from(sent())),
      );
      const answer = await gateway.ask(`${WWW}/f`, { dest });
      expect(answer.headers['content-encoding'] ?? '').toBe(coding);
      expect(decodeBody(answer)).toBe(expected());
      expect(answer.headers.etag).toBe('"e~t2"');
    }
  });

  test('a validator of ours goes back as the upstream’s own', async () => {
    reply({ etag: '"e"' }, '', 304);
    const answer = await gateway.ask(`${WWW}/f.js`, {
      dest: 'script',
      headers: { 'if-none-match': '"e~t2"' },
    });
    expect(seen().headers['if-none-match']).toBe('"e"');
    expect(answer.status).toBe(304);
    expect(answer.headers.etag).toBe('"e~t2"');
  });

  test('images and style sheets are kept for followers, decoded', async () => {
    reply({ 'content-type': 'image/png' }, 'png-bytes');
    await gateway.ask(`${CDN}/a.png`, { dest: 'image' });
    reply({ 'content-type': 'text/css', 'content-encoding': 'gzip' }, gzipSync(`a{b:url(${WWW}/x)}`));
    await gateway.ask(`${CDN}/a.css`, { dest: 'style' });
    expect(gateway.session.kept.get(`${CDN}/a.png`)?.body.toString()).toBe('png-bytes');
    expect(gateway.session.kept.get(`${CDN}/a.css`)?.body.toString()).toBe(`a{b:url(${WWW}/x)}`);
  });

  test('a script whose digest the page named is checked over the upstream’s bytes', async () => {
    reply({ 'content-type': 'text/html' }, html(`<script src="/lib.js" integrity="sha256-AAAA"></script>`));
    const page = await gateway.ask(`${WWW}/page`, { dest: 'iframe' });
    expect(page.text).not.toContain('integrity');
    reply({ 'content-type': 'text/javascript' }, 'tampered()');
    const script = await gateway.ask(`${WWW}/lib.js`, { dest: 'script' });
    expect(script.status).toBe(502);
  });

  test('HEAD and OPTIONS pass', async () => {
    reply({ 'content-type': 'text/html', 'content-length': '10' });
    expect((await gateway.ask(`${WWW}/h`, { method: 'HEAD' })).status).toBe(200);
    reply({ allow: 'GET' }, '', 204);
    expect((await gateway.ask(`${WWW}/o`, { method: 'OPTIONS' })).headers.allow).toBe('GET');
  });

  test('utf-16 goes out as utf-8, other encodings keep their bytes', async () => {
    reply({ 'content-type': 'text/html; charset=utf-16le' }, Buffer.from(html('é'), 'utf16le'));
    const wide = await gateway.ask(`${WWW}/w`, { dest: 'iframe' });
    expect(wide.headers['content-type']).toBe('text/html; charset=utf-8');
    expect(wide.text).toContain('<body>é</body>');
    reply(
      { 'content-type': 'text/html' },
      Buffer.from(html('<meta charset=windows-1251>\xcf\xf0'), 'latin1'),
    );
    const cyrillic = await gateway.ask(`${WWW}/c`, { dest: 'iframe' });
    expect(cyrillic.headers['content-type']).toBe('text/html; charset=windows-1251');
    expect(cyrillic.body.includes(Buffer.from('\xcf\xf0', 'latin1'))).toBe(true);
  });
});

describe('streaming', () => {
  test('the first bytes of a page are out while the upstream still makes the rest', async () => {
    let finish: () => void = () => {};
    handle = (_req, res) => {
      res.writeHead(200, { 'content-type': 'text/html; charset=utf-8' });
      res.write(`<!doctype html><html><head></head><body>${'<p>first</p>'.repeat(10)}`);
      finish = () => res.end('<p>last</p>');
    };
    const got = await firstChunk(`${WWW}/slow`, 'iframe', { 'accept-encoding': 'gzip' });
    expect(got.first).toContain('<p>first</p>');
    finish();
    expect(await got.rest).toContain('<p>last</p>');
  });

  test('event streams are passed on at once', async () => {
    let push: (text: string) => void = () => {};
    handle = (_req, res) => {
      res.writeHead(200, { 'content-type': 'text/event-stream' });
      res.write('data: 1\n\n');
      push = (text) => res.end(text);
    };
    const got = await firstChunk(`${WWW}/events`, 'empty', {});
    expect(got.first).toBe('data: 1\n\n');
    push('data: 2\n\n');
    expect(await got.rest).toBe('data: 2\n\n');
  });

  test('a body that breaks off is not passed for the whole', async () => {
    handle = (_req, res) => {
      res.writeHead(200, { 'content-type': 'image/png', 'content-length': '1000' });
      res.write('half');
      setImmediate(() => res.destroy());
    };
    await expect(gateway.ask(`${WWW}/broken`, { dest: 'image' })).rejects.toThrow();
    handle = (_req, res) => {
      res.writeHead(200, { 'content-type': 'text/css', 'content-length': '1000' });
      res.write('half');
      setImmediate(() => res.destroy());
    };
    expect((await gateway.ask(`${WWW}/broken.css`, { dest: 'style' })).status).toBe(502);
  });
});

describe('fetchFor', () => {
  test('gets a resource with the jar, follows redirects on the list, and no others', async () => {
    gateway.session.jar.take(['img=1; Path=/'], `${WWW}/`);
    handle = (req, res) => {
      if (req.url === '/a') res.writeHead(302, { location: `${CDN}/b` }).end();
      else if (req.url === '/out') res.writeHead(302, { location: 'https://evil.example/' }).end();
      else
        res
          .writeHead(200, { 'content-type': 'image/png', 'content-encoding': 'gzip' })
          .end(gzipSync('pixels'));
    };
    const fetched = await gateway.proxy.fetchFor(gateway.session, `${WWW}/a`);
    expect(fetched).toMatchObject({ status: 200, type: 'image/png' });
    expect(fetched.body.toString()).toBe('pixels');
    expect(upstream.requests[0]?.headers.cookie).toContain('img=1');
    await expect(gateway.proxy.fetchFor(gateway.session, `${WWW}/out`)).rejects.toMatchObject({
      reason: 'address-outside',
    });
  });
});

function decodeBody({ headers, body }: Answered): string {
  if (headers['content-encoding'] === 'gzip') return gunzipSync(body).toString();
  if (headers['content-encoding'] === 'br') return brotliDecompressSync(body).toString();
  return body.toString();
}

function firstChunk(
  url: string,
  dest: string,
  headers: Record<string, string>,
): Promise<{ first: string; rest: Promise<string> }> {
  const { host, pathname } = new URL(url);
  return new Promise((resolve, reject) => {
    const req = request(
      {
        host: '127.0.0.1',
        port: gateway.port,
        path: pathname,
        agent: false,
        headers: {
          host: gateway.hostOf(`http://${host}`),
          'sec-fetch-site': 'same-origin',
          'sec-fetch-dest': dest,
          cookie: `__Secure-cbp-${SID}=${PASS}`,
          ...headers,
        },
      },
      (res) => {
        let rest = '';
        res.setEncoding('utf8');
        res.once('data', (first: string) => {
          res.on('data', (part: string) => {
            rest += part;
          });
          resolve({ first, rest: new Promise((done) => res.on('end', () => done(rest))) });
        });
      },
    );
    req.on('error', reject);
    req.end();
  });
}
