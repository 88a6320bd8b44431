// Scripts and style sheets in which nothing is to be changed pass as they came, known by their digest; changed ones never do.
import type { IncomingMessage, ServerResponse } from 'node:http';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { Resources } from '../../../gateway/mirror/resources.ts';
import { Addresses } from '../../../protocol/address.ts';
import { domain, site, startProxy, startUpstream, type TestGateway, type Upstream } from './upstream.ts';

const WWW = 'http://www.shop.example';
const OTHER = 'http://other.example';
let upstream: Upstream;
let gateway: TestGateway;
let body: Buffer;
let more: Record<string, string>;
let handle: (req: IncomingMessage, res: ServerResponse) => void;

beforeAll(async () => {
  upstream = await startUpstream((req, res) => handle(req, res));
  const connect = { host: '127.0.0.1', port: upstream.port };
  gateway = await startProxy(site([domain('www.shop.example', { connect })]));
});
afterAll(async () => {
  await gateway.stop();
  await upstream.close();
});
beforeEach(() => {
  more = {};
  handle = (req, res) =>
    res
      .writeHead(200, { 'content-type': req.url!.endsWith('.css') ? 'text/css' : 'text/javascript', ...more })
      .end(body);
});

const get = (path: string, dest = path.endsWith('.css') ? 'style' : 'script') =>
  gateway.ask(WWW + path, { dest, headers: { 'accept-encoding': 'gzip' } });
/** As the strongest coder packs it: what the gateway packs itself is told apart from it. */
const packed = (text: string) => gzipSync(text, { level: 9 });
const long = (what: string) => `${'/* all the same, all the same */\n'.repeat(3_000)}${what}`;

test.each([
  ['script', '/a.js', long('run()')],
  ['style sheet', '/a.css', long('a { b: url(/c.png) }')],
])(
  'a packed %s in which nothing was found comes in the upstream’s own bytes the next time',
  async (_kind, path, text) => {
    body = packed(text);
    more = { 'content-encoding': 'gzip' };
    const [first, second] = [await get(path), await get(path)];
    expect(first.body.equals(body)).toBe(false);
    expect(second.body.equals(body)).toBe(true);
    expect([second.headers['content-encoding'], second.headers['content-length']]).toEqual([
      'gzip',
      String(body.length),
    ]);
  },
);

test.each([
  ['script', '/b.js', (host: string) => long(`fetch('${host}/api')`), `fetch('${WWW}/api')`],
  ['style sheet', '/b.css', (host: string) => long(`a{b:url(${host}/c.png)}`), `a{b:url(${WWW}/c.png)}`],
])('a %s that holds an address is changed each time', async (_kind, path, changed, what) => {
  body = Buffer.from(long(what));
  const address = `http://${gateway.hostOf(WWW)}`;
  for (let time = 0; time < 3; time++) expect((await get(path)).text === changed(address)).toBe(true);
});

test.each([
  ['as long as before', 'rum()'],
  ['shorter', 'r()'],
  ['longer than before', `${'/* more */'.repeat(20_000)}run()`],
])('new bytes at the same address are looked through, %s', async (_length, now) => {
  const path = `/c${now.length}.js`;
  const api = `fetch("${WWW}/api");`;
  body = Buffer.from(`${' '.repeat(api.length)}run()`);
  await get(path);
  const { headers } = await get(path);
  body = Buffer.from(api + now);
  more = { etag: String(headers.etag) };
  expect((await get(path)).text).toBe(`fetch("http://${gateway.hostOf(WWW)}/api");${now}`);
});

test('what held nothing and then an address is changed from then on', async () => {
  const address = `http://${gateway.hostOf(WWW)}`;
  body = Buffer.from('old()');
  for (let time = 0; time < 2; time++) expect((await get('/g.js')).text).toBe('old()');
  body = Buffer.from(`fetch("${WWW}/new")`);
  for (let time = 0; time < 2; time++) expect((await get('/g.js')).text).toBe(`fetch("${address}/new")`);
  body = Buffer.from('old()');
  expect((await get('/g.js')).text).toBe('old()');
});

test('another list of hosts looks through the same bytes anew', async () => {
  body = Buffer.from(`load("${OTHER}/x.js")`);
  await get('/d.js');
  expect((await get('/d.js')).text).toBe(body.toString());
  const { session } = gateway;
  const { addresses } = session;
  const table = {
    ...addresses.table,
    hosts: [...addresses.table.hosts, [OTHER, 'h---other-example', 'domain'] as const],
  };
  Object.assign(session, {
    addresses: new Addresses({ ...table, hosts: table.hosts.map(([...host]) => host) }),
  });
  const changed = await get('/d.js');
  Object.assign(session, { addresses });
  expect(changed.text).toContain('h---other-example--');
});

test('what breaks off is not learned, and what breaks off the next time reaches no one as a whole', async () => {
  body = Buffer.from('first();second();');
  let breaks = true;
  handle = (_req, res) => {
    res.writeHead(200, { 'content-type': 'text/javascript', 'content-length': body.length });
    if (!breaks) return res.end(body);
    return res.write(body.subarray(0, 8), () => res.destroy());
  };
  await get('/e.js').catch(() => undefined);
  breaks = false;
  for (let time = 0; time < 2; time++) expect((await get('/e.js')).text).toBe('first();second();');
  breaks = true;
  const broken = await get('/e.js').catch(() => undefined);
  expect(broken?.text ?? '').not.toContain('first();');
  expect(broken?.status ?? 502).toBe(502);
});

test('a follower gets an unchanged style sheet without a question to the upstream', async () => {
  const { resources } = gateway.session;
  try {
    body = packed(long('a{b:c}'));
    more = { 'content-encoding': 'gzip' };
    await get('/f.css');
    Object.assign(gateway.session, { resources: new Resources({ addresses: gateway.session.addresses }) });
    await get('/f.css');
    upstream.requests.length = 0;
    const got = await gateway.proxy.fetchFor(gateway.session, `${WWW}/f.css`);
    expect(got.body.toString()).toBe(long('a{b:c}'));
    expect(upstream.requests).toEqual([]);
  } finally {
    Object.assign(gateway.session, { resources });
  }
});
