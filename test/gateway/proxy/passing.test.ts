// A resource that the leader loads is not asked for again on behalf of followers.
import type { IncomingMessage, ServerResponse } from 'node:http';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { Resources } from '../../../gateway/mirror/resources.ts';
import { domain, site, startProxy, startUpstream, type TestGateway, type Upstream } from './upstream.ts';

const WWW = 'http://www.shop.example';
const CDN = 'http://cdn.example';
let upstream: Upstream;
let gateway: TestGateway;
let handle: (req: IncomingMessage, res: ServerResponse) => void;

beforeAll(async () => {
  upstream = await startUpstream((req, res) => handle(req, res));
  const connect = { host: '127.0.0.1', port: upstream.port };
  gateway = await startProxy(
    site([domain('www.shop.example', { connect })], { resources: [domain('cdn.example', { connect })] }),
  );
  Object.assign(gateway.session, { resources: new Resources({ addresses: gateway.session.addresses }) });
});
afterAll(async () => {
  await gateway.stop();
  await upstream.close();
});
beforeEach(() => {
  upstream.requests.length = 0;
});

const follower = (url: string) => gateway.proxy.fetchFor(gateway.session, url);
const asked = () => upstream.requests.map(({ url }) => url);

test.each([
  ['a picture', '/a.png', 'image/png', 'image', {}, 'pixels'],
  ['a packed drawing', '/a.svg', 'image/svg+xml', 'image', { 'content-encoding': 'gzip' }, '<svg/>'],
  ['a font', '/a.woff2', 'font/woff2', 'font', {}, 'glyphs'],
  ['a style sheet', '/a.css', 'text/css', 'style', {}, `a{b:url(${WWW}/x)}`],
])(
  '%s is asked for once, and the follower gets the upstream’s bytes',
  async (_n, path, type, dest, more, body) => {
    handle = (_req, res) =>
      res
        .writeHead(200, { 'content-type': type, ...more })
        .end('content-encoding' in more ? gzipSync(body) : body);
    await gateway.ask(CDN + path, { dest, headers: { 'accept-encoding': 'gzip' } });
    const got = await follower(CDN + path);
    expect([got.type, got.body.toString()]).toEqual([type, body]);
    expect(asked()).toEqual([path]);
  },
);

test('a follower waits for what the leader is just getting', async () => {
  let finish = () => {};
  handle = (_req, res) => {
    res.writeHead(200, { 'content-type': 'image/png' });
    res.write('first ');
    finish = () => res.end('last');
  };
  const leader = gateway.ask(`${CDN}/slow.png`, { dest: 'image' });
  await expect.poll(asked).toEqual(['/slow.png']);
  await new Promise((done) => setTimeout(done, 20));
  const got = follower(`${CDN}/slow.png`);
  finish();
  expect((await got).body.toString()).toBe('first last');
  await leader;
  expect(asked()).toEqual(['/slow.png']);
});

test('where the leader was sent on, the follower is too', async () => {
  handle = (req, res) =>
    req.url === '/old.png'
      ? res.writeHead(302, { location: '/new.png' }).end()
      : res.writeHead(200, { 'content-type': 'image/png' }).end('new');
  await gateway.ask(`${CDN}/old.png`, { dest: 'image' });
  await gateway.ask(`${CDN}/new.png`, { dest: 'image' });
  expect((await follower(`${CDN}/old.png`)).body.toString()).toBe('new');
  expect(asked()).toEqual(['/old.png', '/new.png']);
});

test('an address that a page made of its own is the same for both', async () => {
  handle = (_req, res) => res.writeHead(200, { 'content-type': 'image/png' }).end('made');
  const page = encodeURIComponent(`http://${gateway.hostOf(WWW)}/`);
  await gateway.ask(`${CDN}/made.png?for=${page}`, { dest: 'image' });
  expect((await follower(`${CDN}/made.png?for=${page}`)).body.toString()).toBe('made');
  expect(asked()).toEqual([`/made.png?for=${encodeURIComponent(`${WWW}/`)}`]);
});

test('several followers share one request, and a failure is not kept', async () => {
  handle = (_req, res) => res.writeHead(500).end();
  const [one, two] = await Promise.all([follower(`${CDN}/shared.png`), follower(`${CDN}/shared.png`)]);
  expect([one?.status, two?.status]).toEqual([500, 500]);
  expect(asked()).toEqual(['/shared.png']);
  handle = (_req, res) => res.writeHead(200, { 'content-type': 'image/png' }).end('now');
  expect((await follower(`${CDN}/shared.png`)).body.toString()).toBe('now');
});

test('what breaks off on its way to the leader is fetched for the follower', async () => {
  let first = true;
  handle = (_req, res) => {
    res.writeHead(200, { 'content-type': 'image/png', 'content-length': '8' });
    if (first) {
      first = false;
      res.write('half');
      setTimeout(() => res.destroy(), 30);
    } else res.end('complete');
  };
  const leader = gateway.ask(`${CDN}/broken.png`, { dest: 'image' }).catch(() => undefined);
  await expect.poll(asked).toHaveLength(1);
  expect((await follower(`${CDN}/broken.png`)).body.toString()).toBe('complete');
  await leader;
});
