// What is told to the leak meter: reports of our own policy in both formats, redirects, refused requests and the way out.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { readReports } from '../../../gateway/proxy/reports.ts';
import type { BlockedThing } from '../../../gateway/sites/blocked-hosts.ts';
import {
  closeServer,
  domain,
  raw,
  site,
  startProxy,
  startUpstream,
  type TestGateway,
  type Upstream,
} from './upstream.ts';

const WWW = 'http://www.shop.example';
const CDN = 'http://cdn.shop.example';
let upstream: Upstream;
let gateway: TestGateway;
let www: string;
let noted: BlockedThing[];
let location: string;

beforeAll(async () => {
  upstream = await startUpstream((req, res) => {
    if (req.url === '/away') res.writeHead(302, { location }).end();
    else {
      res.writeHead(200, {
        'content-type': 'text/html',
        'content-security-policy': "default-src 'self' https:; report-uri /csp?from=page",
      });
      res.end(
        '<!doctype html><iframe src="https://frame.example/x?y=1"></iframe><iframe src="/inner"></iframe>',
      );
    }
  });
  const connect = { host: '127.0.0.1', port: upstream.port };
  gateway = await startProxy(
    site([domain('www.shop.example', { connect })], {
      resources: [domain('cdn.shop.example', { connect })],
    }),
    { blocked: (_session, thing) => noted.push(thing) },
  );
  www = `http://${gateway.hostOf(WWW)}`;
});
afterAll(async () => {
  await gateway.stop();
  await closeServer(upstream.server);
});
beforeEach(() => {
  noted = [];
  // Counted at most twenty times a second.
  gateway.proxy.drop(gateway.session.sid);
});

function report(body: unknown, type = 'application/csp-report', headers: Record<string, string> = {}) {
  return gateway.ask(`${WWW}/.tandem/report`, {
    method: 'POST',
    dest: 'report',
    headers: { 'content-type': type, origin: www, ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
}
const old = (blocked: string, directive: string, page = `${www}/basket?secret=1`) => ({
  'csp-report': {
    'document-uri': page,
    referrer: '',
    'blocked-uri': blocked,
    'effective-directive': directive,
    'original-policy': "default-src 'none'",
    disposition: 'enforce',
  },
});

describe('reports of our own policy', () => {
  test('are asked for on every document, at its own address', async () => {
    const { headers } = await gateway.ask(`${WWW}/`, { dest: 'iframe' });
    const [theirs, ours] = String(headers['content-security-policy']).split(', ') as [string, string];
    expect(ours).toMatch(/; report-uri \/\.tandem\/report$/);
    // Theirs go on to the site.
    expect(theirs).toMatch(/; report-uri \/csp\?from=page$/);
  });

  test('of the old format', async () => {
    expect((await report(old('https://cdn.example/a.js?b', 'script-src-elem'))).status).toBe(204);
    expect(noted).toEqual([
      { url: 'https://cdn.example/a.js?b', kind: 'script', page: `${WWW}/basket?secret=1` },
    ]);
  });

  test('of the new format, several at once; what is no violation is none', async () => {
    const one = (blockedURL: string, effectiveDirective: string) => ({
      type: 'csp-violation',
      age: 1,
      url: `${www}/`,
      body: { documentURL: `${www}/`, blockedURL, effectiveDirective, disposition: 'enforce' },
    });
    const answer = await report(
      [
        one('https://img.example/', 'img-src'),
        { type: 'deprecation', body: {} },
        one('inline', 'script-src'),
        one('https://evil.example/', 'frame-ancestors'),
        one('wss://live.example/', 'connect-src'),
      ],
      'application/reports+json',
    );
    expect(answer.status).toBe(204);
    expect(noted.map(({ url, kind }) => [url, kind])).toEqual([
      ['https://img.example/', 'image'],
      ['inline', 'script'],
      ['wss://live.example/', 'fetch'],
    ]);
  });

  test('of a part of a page are told as such', async () => {
    await gateway.ask(`${WWW}/`, { dest: 'iframe' });
    await report(old('https://cdn.example/', 'img-src', `${www}/inner`));
    expect(noted).toContainEqual(expect.objectContaining({ page: `${WWW}/inner`, inFrame: true }));
  });

  test('those of the site’s own policy reach the site, with real addresses', async () => {
    const body = JSON.stringify(old('https://evil.example/', 'img-src'));
    const answer = await gateway.ask(`${WWW}/csp?from=page`, {
      method: 'POST',
      dest: 'report',
      headers: { 'content-type': 'application/csp-report', origin: www },
      body,
    });
    expect(answer.status).toBe(200);
    const got = upstream.requests.at(-1)!;
    expect(got.url).toBe('/csp?from=page');
    expect(got.headers['sec-fetch-dest']).toBe('report');
    expect(JSON.parse(got.body.toString())['csp-report']['document-uri']).toBe(`${WWW}/basket?secret=1`);
    expect(noted).toEqual([]);
  });

  test('reach no upstream', async () => {
    const before = upstream.requests.length;
    await report(old('https://cdn.example/', 'img-src'));
    expect(upstream.requests).toHaveLength(before);
  });
});

test.each([
  ['not JSON', '{'],
  ['a number', '1'],
  ['a list of nothing', '[null, 1, [], "x"]'],
  ['no fields', '{"csp-report": {}}'],
  [
    'fields of other types',
    '{"csp-report": {"blocked-uri": {}, "effective-directive": 1, "document-uri": []}}',
  ],
  [
    'a prototype',
    '{"__proto__": {"csp-report": {"blocked-uri": "https://x.example/", "effective-directive": "img-src", "document-uri": ""}}}',
  ],
  ['too long', JSON.stringify(old(`https://x.example/${'a'.repeat(9_000)}`, 'img-src'))],
])('%s is no report', (_name, body) => {
  expect(readReports(body)).toEqual([]);
});

test('no more reports than fifty are read of one body', () => {
  const one = {
    type: 'csp-violation',
    body: { documentURL: '', blockedURL: 'https://a.example', effectiveDirective: 'img-src' },
  };
  expect(readReports(JSON.stringify(Array(1_000).fill(one)))).toHaveLength(50);
});

describe('what the gateway itself refuses', () => {
  test('a redirect off the list', async () => {
    location = 'https://evil.example/a?b#c';
    await gateway.ask(`${WWW}/away`, { dest: 'image', headers: { referer: `${www}/page` } });
    await gateway.ask(`${WWW}/away`, {
      dest: 'iframe',
      headers: { referer: `http://${gateway.session.sid}.${gateway.places.base}/` },
    });
    expect(noted).toEqual([
      { url: location, kind: 'image', page: `${WWW}/page` },
      { url: location, kind: 'navigation', page: `${WWW}/away` },
    ]);
  });

  test('the way out: a navigation, or a frame that the page has', async () => {
    const out = (url: string) =>
      gateway.ask(`${WWW}/.tandem/outside?url=${encodeURIComponent(url)}`, {
        dest: 'iframe',
        headers: { referer: `${www}/page` },
      });
    await out('https://elsewhere.example/x');
    await gateway.ask(`${WWW}/`, { dest: 'iframe' });
    await out('https://frame.example/x?y=1');
    expect(noted.map(({ url, kind }) => [url, kind])).toEqual([
      ['https://elsewhere.example/x', 'navigation'],
      ['https://frame.example/x?y=1', 'frame'],
    ]);
  });

  test('a document of a resource host, and a host that is not listed', async () => {
    await gateway.ask(`${CDN}/`, { dest: 'iframe', headers: { referer: `${www}/page` } });
    const host = `other-example--${gateway.session.sid}.${gateway.places.base}`;
    await gateway.ask(`${WWW}/a.png`, { dest: 'image', headers: { host, referer: `${www}/page` } });
    expect(noted).toEqual([
      { url: CDN, kind: 'navigation', page: `${WWW}/page` },
      { url: 'https://other.example', kind: 'image', page: `${WWW}/page` },
    ]);
  });

  test('a WebSocket', async () => {
    const host = `other-example--${gateway.session.sid}.${gateway.places.base}`;
    const answer = await raw(
      gateway.port,
      `GET / HTTP/1.1\r\nHost: ${host}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nOrigin: ${www}\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nCookie: __Secure-cbp-${gateway.session.sid}=the-pass-of-this-session\r\n\r\n`,
    );
    expect(answer).toContain(' 403 ');
    expect(noted).toEqual([{ url: 'https://other.example', kind: 'fetch', page: '' }]);
  });
});
