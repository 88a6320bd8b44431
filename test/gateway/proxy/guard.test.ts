// Who gets what from a session address: pass, origin, anonymous CORS, dead sessions, own paths.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import {
  type AskOptions,
  domain,
  openSession,
  PASS,
  SID,
  send,
  site,
  startProxy,
  startUpstream,
  type TestGateway,
  type Upstream,
} from './upstream.ts';

const WWW = 'http://www.shop.example';
const PAY = 'http://pay.shop.example';
const OTHER_SID = 'ponmlkjihgfedcba';
let upstream: Upstream;
let gateway: TestGateway;
let www: string;
let pay: string;
let base: string;

beforeAll(async () => {
  upstream = await startUpstream((req, res) => {
    res.writeHead(200, {
      'content-type': 'text/plain',
      'access-control-allow-origin': req.headers.origin ?? '*',
      'access-control-allow-headers': 'x-own',
    });
    res.end('secret');
  });
  const connect = { host: '127.0.0.1', port: upstream.port };
  gateway = await startProxy(
    site([domain('www.shop.example', { connect }), domain('pay.shop.example', { connect })]),
    {
      limits: { anonymousPerSecond: 5 },
    },
  );
  const other = openSession(gateway.session.site, gateway.places, OTHER_SID, 'other-pass');
  gateway.sessions.set(OTHER_SID, other);
  www = `http://${gateway.hostOf(WWW)}`;
  pay = `http://${gateway.hostOf(PAY)}`;
  base = gateway.places.base;
  gateway.session.jar.take(['login=1; Path=/', 'strict=1; Path=/; SameSite=Strict'], WWW);
});
afterAll(async () => {
  await gateway.stop();
  await upstream.close();
});
beforeEach(() => {
  upstream.requests.length = 0;
});

/** A request with exactly these headers, beside Host. */
function bare(headers: Record<string, string>, path = '/x', host = www.slice(7), method = 'GET') {
  return send(gateway.port, { path, method, headers: { host, ...headers } });
}
const pass = `__Secure-cbp-${SID}=${PASS}`;

describe('without the pass', () => {
  test('a live session looks like none', async () => {
    const foreign = await bare({ 'sec-fetch-dest': 'iframe' });
    const unknown = await bare(
      { 'sec-fetch-dest': 'iframe' },
      '/x',
      `www-shop-example--${'z'.repeat(16)}.${base}`,
    );
    const image = await bare({ 'sec-fetch-dest': 'image', cookie: `__Secure-cbp-${SID}=wrong` });
    expect([foreign.status, foreign.text]).toEqual([410, unknown.text]);
    expect(unknown.status).toBe(410);
    expect([image.status, image.text]).toEqual([410, unknown.text]);
    const strip = (raw: string[]) => raw.filter((_, index) => raw[index - (index % 2)] !== 'Date').join('\n');
    expect(strip(foreign.rawHeaders)).toBe(strip(unknown.rawHeaders));
    expect(upstream.requests).toHaveLength(0);
  });

  test('what a page of the session asks for anonymously is served without the jar', async () => {
    const font = await bare({ origin: pay, 'sec-fetch-dest': 'font', 'sec-fetch-site': 'same-site' });
    expect(font.status).toBe(200);
    expect(upstream.requests[0]?.headers.cookie).toBeUndefined();
    expect(font.headers['access-control-allow-origin']).toBe(pay);
    const sandboxed = await bare({ origin: 'null', referer: `${pay}/frame`, 'sec-fetch-dest': 'empty' });
    expect(sandboxed.status).toBe(200);
    expect(upstream.requests[1]?.headers).not.toHaveProperty('cookie');
  });

  test('a preflight is answered by the upstream, with mapped origins', async () => {
    const answer = await send(gateway.port, {
      path: '/api',
      method: 'OPTIONS',
      headers: { host: www.slice(7), origin: pay, 'access-control-request-method': 'PUT' },
    });
    expect(answer.status).toBe(200);
    expect(answer.headers['access-control-allow-origin']).toBe(pay);
    expect(upstream.requests[0]?.headers.origin).toBe(PAY);
  });

  test.each<[string, () => Record<string, string>]>([
    ['a document', () => ({ origin: pay, 'sec-fetch-dest': 'iframe' })],
    ['another session', () => ({ origin: pay.replace(SID, OTHER_SID) })],
    ['the session window', () => ({ origin: `http://${SID}.${base}` })],
    ['the view', () => ({ origin: `http://view--${SID}.${base}` })],
    ['null without a referrer', () => ({ origin: 'null' })],
    ['only a referrer', () => ({ referer: `${pay}/` })],
    ['an address off the list', () => ({ origin: `http://evil-example--${SID}.${base}` })],
  ])('%s gets nothing', async (_name, headers) => {
    expect((await bare(headers())).status).toBe(410);
    expect(upstream.requests).toHaveLength(0);
  });

  test('it is limited in rate', async () => {
    const statuses: number[] = [];
    for (let index = 0; index < 20; index++) statuses.push((await bare({ origin: pay })).status);
    expect(statuses).toContain(200);
    expect(statuses).toContain(429);
  });
});

describe('with the pass', () => {
  test.each<[string, () => Record<string, string>]>([
    ['a page of another session', () => ({ origin: www.replace(SID, OTHER_SID) })],
    ['a referrer of another session', () => ({ referer: `${www.replace(SID, OTHER_SID)}/` })],
    ['the view of the session', () => ({ referer: `http://view--${SID}.${base}/` })],
    ['a foreign site', () => ({ origin: 'https://evil.example' })],
    ['an opaque origin', () => ({ origin: 'null', 'sec-fetch-site': 'same-site' })],
    ['the console', () => ({ origin: gateway.places.consoleOrigin })],
    ['the base itself', () => ({ referer: `http://${base}/` })],
  ])('%s is refused', async (_name, headers) => {
    expect((await bare({ cookie: pass, 'sec-fetch-dest': 'empty', ...headers() })).status).toBe(403);
    expect(upstream.requests).toHaveLength(0);
  });

  test('a write that hides where it comes from is refused, a read gets no session cookies', async () => {
    const hidden = { cookie: pass, 'sec-fetch-site': 'same-site', 'sec-fetch-dest': 'image' };
    expect((await bare(hidden, '/x', www.slice(7), 'POST')).status).toBe(403);
    expect(upstream.requests).toHaveLength(0);
    expect((await bare(hidden)).status).toBe(200);
    expect(upstream.requests[0]?.headers.cookie).toBeUndefined();
    expect(upstream.requests[0]?.headers['sec-fetch-site']).toBe('cross-site');
  });

  test('SameSite follows the real sites', async () => {
    const jarOf = async (headers: Record<string, string>) => {
      await bare({ cookie: pass, ...headers });
      return upstream.requests.at(-1)?.headers.cookie;
    };
    expect(await jarOf({ referer: `${pay}/`, 'sec-fetch-dest': 'image' })).toBe('login=1; strict=1');
    expect(
      await jarOf({
        referer: `http://${SID}.${base}/`,
        'sec-fetch-dest': 'iframe',
        'sec-fetch-site': 'same-site',
      }),
    ).toBe('login=1; strict=1');
    expect(await jarOf({ 'sec-fetch-dest': 'iframe', 'sec-fetch-site': 'same-site' })).toBe('login=1');
    expect(await jarOf({ 'sec-fetch-dest': 'image', 'sec-fetch-site': 'same-origin' })).toBe(
      'login=1; strict=1',
    );
  });

  test('twice, neither counts and both are taken away', async () => {
    const answer = await bare({ cookie: `${pass}; __Secure-cbp-${SID}=tossed`, 'sec-fetch-dest': 'iframe' });
    expect(answer.status).toBe(400);
    const expired = answer.headers['set-cookie'] ?? [];
    expect(expired).toHaveLength(2);
    for (const line of expired) expect(line).toMatch(/Max-Age=0/);
    expect(expired[0]).toContain('Domain=cobrowse.localhost');
    expect(upstream.requests).toHaveLength(0);
  });

  test('a service worker’s script is not there', async () => {
    const options: AskOptions = { dest: 'serviceworker', headers: { 'service-worker': 'script' } };
    expect((await gateway.ask(`${WWW}/sw.js`, options)).status).toBe(404);
    expect((await gateway.ask(`${WWW}/sw.js`, { headers: { 'service-worker': 'script' } })).status).toBe(404);
    expect(upstream.requests).toHaveLength(0);
  });

  test('a request that has been here before is a loop', async () => {
    await gateway.ask(`${WWW}/x`);
    const via = String(upstream.requests[0]?.headers.via);
    expect((await gateway.ask(`${WWW}/x`, { headers: { via } })).status).toBe(508);
    expect(upstream.requests).toHaveLength(1);
  });

  test('an address that is not listed says so', async () => {
    const answer = await bare(
      { cookie: pass, 'sec-fetch-dest': 'iframe' },
      '/',
      `evil-example--${SID}.${base}`,
    );
    expect(answer.status).toBe(403);
    expect(answer.text).toContain('host-not-listed');
  });

  test('refusals are pages where a page was asked for, JSON elsewhere', async () => {
    const page = await bare({ cookie: pass, origin: 'https://evil.example', 'sec-fetch-dest': 'iframe' });
    expect(page.headers['content-type']).toMatch(/^text\/html/);
    expect(page.headers['content-security-policy']).toContain("default-src 'none'");
    const data = await bare({ cookie: pass, origin: 'https://evil.example', 'sec-fetch-dest': 'empty' });
    expect(JSON.parse(data.text)).toMatchObject({ reason: 'wrong-origin' });
    for (const answer of [page, data]) expect(answer.headers['origin-agent-cluster']).toBe('?1');
  });
});

describe('own paths', () => {
  test('the script is served, for ever', async () => {
    const answer = await gateway.ask(`${WWW}/.tandem/page.js?v=1`, { dest: 'script' });
    expect(answer.text).toBe('/* page script */');
    expect(answer.headers['cache-control']).toContain('immutable');
    expect((await bare({}, '/.tandem/page.js')).status).toBe(410);
  });

  test.each(['br', 'gzip'])('the script is packed by %s for browsers that take it', async (coding) => {
    const url = `${WWW}/.tandem/page.js?v=1`;
    const packed = await gateway.ask(url, { dest: 'script', headers: { 'accept-encoding': coding } });
    expect(packed.headers['content-encoding']).toBe(coding);
    expect(packed.headers.vary).toBe('accept-encoding');
    expect(packed.text).not.toContain('page script');
    const plain = await gateway.ask(url, { dest: 'script', headers: { 'accept-encoding': 'identity' } });
    expect(plain.headers['content-encoding']).toBeUndefined();
    expect(plain.text).toBe('/* page script */');
  });

  test('the way out names the host, and only to those of the session', async () => {
    const answer = await gateway.ask(
      `${WWW}/.tandem/outside?url=${encodeURIComponent('https://evil.example/<script>')}`,
      { dest: 'iframe' },
    );
    expect(answer.status).toBe(200);
    expect(answer.text).toContain('evil.example');
    expect(answer.text).not.toContain('<script>');
    expect((await bare({}, '/.tandem/outside?url=x')).status).toBe(410);
  });

  test('emptying is for the session window while the session lives, and for everybody after', async () => {
    const shell = { referer: `http://${SID}.${base}/` };
    expect((await bare(shell, '/.tandem/clear')).headers['clear-site-data']).toBe('"storage", "cache"');
    expect((await bare({ cookie: pass }, '/.tandem/clear')).headers['clear-site-data']).toBeUndefined();
    gateway.session.ended = true;
    const dead = await bare({}, '/.tandem/clear');
    gateway.session.ended = false;
    expect([dead.status, dead.headers['clear-site-data']]).toEqual([410, '"storage", "cache"']);
  });

  test('an upstream’s own paths below ours are never reached', async () => {
    expect((await gateway.ask(`${WWW}/.tandem/else`)).status).toBe(410);
    expect(upstream.requests).toHaveLength(0);
  });
});
