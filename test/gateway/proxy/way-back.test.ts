// The way back: whatever a page builds from its own address, in any part of a request, the upstream gets as the real one.
import { brotliCompressSync, brotliDecompressSync, gunzipSync, gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { toRealText } from '../../../gateway/rewrite/reverse.ts';
import { rewriteJson } from '../../../gateway/rewrite/script.ts';
import {
  domain,
  PASS,
  type Recorded,
  SID,
  site,
  startProxy,
  startUpstream,
  type TestGateway,
  type Upstream,
} from './upstream.ts';

const WWW = 'http://www.shop.example';
const PAY = 'http://pay.shop.example:8090';
const CDN = 'http://cdn.example';
let upstream: Upstream;
let gateway: TestGateway;
let www: string;
let pay: string;
let shell: string;

beforeAll(async () => {
  upstream = await startUpstream((_req, res) => res.writeHead(200, { 'content-type': 'image/png' }).end());
  const connect = { host: '127.0.0.1', port: upstream.port };
  gateway = await startProxy(
    site([domain('www.shop.example', { connect }), domain('pay.shop.example', { connect, port: 8090 })], {
      resources: [domain('cdn.example', { connect })],
    }),
  );
  www = `http://${gateway.hostOf(WWW)}`;
  pay = `http://${gateway.hostOf(PAY)}`;
  shell = `http://${SID}.${gateway.places.base}`;
});
afterAll(async () => {
  await gateway.stop();
  await upstream.close();
});
beforeEach(() => {
  upstream.requests.length = 0;
});

const seen = () => upstream.requests.at(-1)!;

/** Everything that was sent, as text. */
function everything({ method, url, rawHeaders, body }: Recorded): string {
  return [method, url, ...rawHeaders, body.toString('latin1')].join('\n').toLowerCase();
}

const once = encodeURIComponent;
const twice = (text: string) => encodeURIComponent(encodeURIComponent(text));
const json = (text: string) => text.replaceAll('/', '\\/');
const unicode = (text: string) => text.replaceAll('/', '\\u002F');
const html = (text: string) => text.replaceAll('/', '&#x2F;');
const FORMS = [(text: string) => text, once, twice, (text: string) => once(twice(text)), json, unicode, html];

describe('an upstream gets real addresses', () => {
  test('in the path, the query, and every header of a request', async () => {
    await gateway.ask(`${WWW}/go/${www}/x?next=${once(`${pay}/a?b=${once(www)}`)}&h=${www.slice(7)}`, {
      method: 'MOVE',
      headers: {
        origin: www,
        referer: `${www}/from?u=${once(pay)}`,
        destination: `${pay}/moved`,
        'content-location': `${www}/here`,
        'x-page': `${www}/custom`,
        'x-host': www.slice(7),
        'x-window': shell,
        link: `<${www}/x>; rel=next`,
        'if-match': `"${www}"`,
        authorization: `Digest uri="${www}/x"`,
      },
    });
    expect(seen().url).toBe(`/go/${WWW}/x?next=${once(`${PAY}/a?b=${once(WWW)}`)}&h=www.shop.example`);
    expect(seen().headers).toMatchObject({
      origin: WWW,
      referer: `${WWW}/from?u=${once(PAY)}`,
      destination: `${PAY}/moved`,
      'content-location': `${WWW}/here`,
      'x-page': `${WWW}/custom`,
      'x-host': 'www.shop.example',
      'x-window': WWW,
      link: `<${WWW}/x>; rel=next`,
      'if-match': `"${WWW}"`,
      authorization: `Digest uri="${WWW}/x"`,
    });
    expect(everything(seen())).not.toContain(SID);
  });

  test('in cookies that a script wrote', async () => {
    const write = `last=${once(`${www}/a`)}; Domain=${www.slice(7).replace(/:\d+$/, '')}; tandem-id=way-1`;
    await gateway.ask(`${WWW}/x`, {
      headers: {
        cookie: `__Secure-cbp-${SID}=${PASS}; __tandem_jar=${once(JSON.stringify([write]))}`,
      },
    });
    expect(seen().headers.cookie).toBe(`last=${once(`${WWW}/a`)}`);
  });

  test.each([
    ['application/x-www-form-urlencoded'],
    ['application/json; charset=utf-8'],
    ['application/vnd.api+json'],
    ['application/x-amz-json-1.1'],
    ['application/x-ndjson'],
    ['application/reports+json'],
    ['application/soap+xml'],
    ['application/javascript'],
    ['application/graphql'],
    ['text/html'],
    ['text/plain'],
  ])('in a body of %s, in every form', async (type) => {
    const body = FORMS.map((form) => form(`${www}/é?p=${pay}`)).join(' ');
    await gateway.ask(`${WWW}/post`, {
      method: 'POST',
      body,
      headers: { 'content-type': type, origin: www },
    });
    expect(seen().body.toString()).toBe(FORMS.map((form) => form(`${WWW}/é?p=${PAY}`)).join(' '));
  });

  test.each([
    ['gzip', gzipSync, gunzipSync],
    ['br', brotliCompressSync, brotliDecompressSync],
  ] as const)('in a body that the page packed by %s', async (coding, pack, unpack) => {
    await gateway.ask(`${WWW}/post`, {
      method: 'POST',
      body: pack(`{"u":"${www}/a"}`),
      headers: { 'content-type': 'application/json', 'content-encoding': coding, origin: www },
    });
    expect(seen().headers['content-encoding']).toBe(coding);
    expect(unpack(seen().body).toString()).toBe(`{"u":"${WWW}/a"}`);
  });

  test('in a form: names, texts and data, not in files', async () => {
    const form = (text: string) =>
      [
        `--b\r\nContent-Disposition: form-data; name="u[${text}]"\r\n\r\n${text}/a\r\n`,
        `--b\r\nContent-Disposition: form-data; name="d"; filename="blob"\r\nContent-Type: application/json\r\n\r\n{"u":"${text}"}\r\n`,
        `--b--\r\n`,
      ].join('');
    const files = `--b\r\nContent-Disposition: form-data; name="f"; filename="a.txt"\r\nContent-Type: text/plain\r\n\r\n${www}\r\n--b\r\nContent-Disposition: form-data; name="g"; filename="blob"\r\nContent-Type: image/png\r\n\r\n${www}\r\n`;
    const send = (body: string) =>
      gateway.ask(`${WWW}/post`, {
        method: 'POST',
        body,
        headers: { 'content-type': 'multipart/form-data; boundary=b', origin: www },
      });
    await send(form(www));
    expect(seen().body.toString()).toBe(form(WWW));
    await send(files + form(www));
    expect(seen().body.toString()).toBe(files + form(WWW));
  });

  test('in the parts of a batch', async () => {
    const batch = (text: string) =>
      `--b\r\nContent-Type: application/http\r\n\r\nGET ${text}/a HTTP/1.1\r\n\r\n--b\r\nContent-Type: application/pdf\r\n\r\n%PDF\r\n--b--\r\n`;
    await gateway.ask(`${WWW}/batch`, {
      method: 'POST',
      body: batch(www),
      headers: { 'content-type': 'multipart/mixed; boundary=b', origin: www },
    });
    expect(seen().body.toString()).toBe(batch(WWW));
  });

  test('when a follower’s resource is fetched again', async () => {
    await gateway.proxy.fetchFor(gateway.session, `${CDN}/resize?from=${once(www)}`);
    expect(seen().url).toBe(`/resize?from=${once(WWW)}`);
  });
});

test('out of reach: what is packed in base64 or bytes goes as it is', async () => {
  const hidden = Buffer.from(www).toString('base64');
  await gateway.ask(`${WWW}/post`, {
    method: 'POST',
    body: `{"u":"${hidden}"}`,
    headers: { 'content-type': 'application/json', origin: www },
  });
  expect(seen().body.toString()).toBe(`{"u":"${hidden}"}`);
});

describe('properties', () => {
  const origin = () => fc.constantFrom(WWW, PAY, CDN);
  const path = fc.webPath({ size: 'small' });
  const url = fc.tuple(origin(), path).map(([from, rest]) => from + rest);
  const form = fc.constantFrom(...FORMS);

  test('a real address that came in goes back as it was, in every form', () => {
    const { addresses } = gateway.session;
    fc.assert(
      fc.property(fc.array(fc.tuple(url, form), { maxLength: 6 }), (list) => {
        const text = JSON.stringify(list.map(([real, write]) => write(real)));
        const inside = rewriteJson(text, { addresses, scheme: 'http' });
        expect(toRealText(inside, addresses)).toBe(text);
      }),
      { numRuns: 500 },
    );
  });

  test('no session address is in anything that is sent', async () => {
    const address = fc.oneof(
      fc.tuple(fc.constantFrom(www, pay, shell, www.toUpperCase(), www.replace('h---', 'made-up-')), path),
      fc.tuple(
        fc.constantFrom(www, pay, shell).map((text) => text.slice(7)),
        fc.constant(''),
      ),
      fc.tuple(
        fc.constantFrom(www, pay, shell).map((text) => text.slice(7).replace(/:\d+$/, '')),
        fc.constant(''),
      ),
    );
    const written = fc
      .tuple(
        fc.string({ unit: 'grapheme-ascii', maxLength: 12 }),
        address,
        form,
        fc.string({ unit: 'grapheme-ascii', maxLength: 12 }),
      )
      .map(([before, [host, rest], write, after]) => before + write(host + rest) + after);
    const type = fc.constantFrom(
      'text/plain',
      'application/json',
      'application/x-www-form-urlencoded',
      'multipart',
    );
    await fc.assert(
      fc.asyncProperty(
        written,
        written,
        written,
        written,
        type,
        async (query, header, cookie, body, kind) => {
          const isForm = kind === 'multipart';
          const writes = [`c=${cookie.replaceAll(';', '')}; Path=/; tandem-id=p-${upstream.requests.length}`];
          await gateway.ask(`${WWW}/p?q=${query.replace(/[^!-~]|#/g, '_')}`, {
            method: 'POST',
            body: isForm
              ? `--b\r\nContent-Disposition: form-data; name="n"\r\n\r\n${body}\r\n--b--\r\n`
              : body,
            headers: {
              origin: www,
              'content-type': isForm ? 'multipart/form-data; boundary=b' : kind,
              'x-custom': header.replace(/[^\x20-~]/g, '_'),
              cookie: `__Secure-cbp-${SID}=${PASS}; __tandem_jar=${once(JSON.stringify(writes))}`,
            },
          });
          expect(everything(seen())).not.toContain(SID);
          expect(everything(seen())).toContain('shop.example');
        },
      ),
      { numRuns: 150 },
    );
  });
});
