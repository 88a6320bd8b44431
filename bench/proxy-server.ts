// Child process of bench/proxy.ts: an upstream, a bare pipe, http-proxy-middleware, node-unblocker or Tandem; tells CPU time and memory.
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { gzipSync } from 'node:zlib';
import { createProxyMiddleware } from 'http-proxy-middleware';
import { createLog } from '../gateway/log.ts';
import { Resources } from '../gateway/mirror/resources.ts';
import { createProxy, type ProxySession } from '../gateway/proxy/proxy.ts';
import { Jar } from '../gateway/session/jar.ts';
import { addressTable } from '../gateway/sites/addresses.ts';
import type { Domain, Site } from '../gateway/sites/config.ts';
import { Addresses, parseSessionHost } from '../protocol/address.ts';
import { linkPage, samplePage, sampleScript } from './sample-page.ts';

/** What the parent may ask for. */
export type Kind = 'upstream' | 'pipe' | 'http-proxy-middleware' | 'unblocker' | 'tandem';

export const SID = 'abcdefghijklmnop';
export const PASS = 'pass';

if (import.meta.main) {
  const [kind, port] = process.argv.slice(2) as [Kind, string?];
  const server = http.createServer({ keepAliveTimeout: 60_000 });
  server.listen(0, '127.0.0.1', async () => {
    const own = (server.address() as AddressInfo).port;
    const listener = await listenerOf(kind, Number(port), own).catch(() => undefined);
    if (listener) server.on('request', listener);
    process.send?.({ port: own, missing: !listener });
  });
  process.on('message', (text) => {
    if (text === 'usage') process.send?.({ cpu: process.cpuUsage(), memory: process.memoryUsage.rss() });
    else if (text === 'kept') process.send?.({ kept: memoryKept() });
    else process.exit();
  });
}

/** Bytes that are still in use when everything else is thrown away, buffers outside of the heap among them. */
function memoryKept(): number {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  collect();
  collect();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

/** @throws Error when the package of a peer is not installed */
async function listenerOf(kind: Kind, upstream: number, own: number): Promise<http.RequestListener> {
  switch (kind) {
    case 'upstream':
      return upstreamListener();
    case 'pipe':
      return pipeListener(upstream);
    case 'http-proxy-middleware': {
      const agent = new http.Agent({ keepAlive: true });
      const middleware = createProxyMiddleware({ target: `http://127.0.0.1:${upstream}`, agent });
      return (req, res) => void middleware(req, res);
    }
    case 'unblocker':
      return await unblockerListener();
    case 'tandem':
      return tandemListener(upstream, own);
  }
}

function upstreamListener(): http.RequestListener {
  const bodies = new Map<string, { type: string; body: Buffer; coding?: 'gzip' }>();
  for (const size of [13_000, 220_000]) {
    bodies.set(`/${size}.png`, { type: 'image/png', body: Buffer.alloc(size, 7) });
    bodies.set(`/${size}.html`, { type: 'text/html; charset=utf-8', body: Buffer.from(samplePage(size)) });
    bodies.set(`/${size}.js`, { type: 'text/javascript', body: Buffer.from(sampleScript(size)) });
  }
  bodies.set('/library.js', {
    type: 'text/javascript',
    body: gzipSync(sampleScript(220_000, '"use strict";')),
    coding: 'gzip',
  });
  bodies.set('/links.html', { type: 'text/html; charset=utf-8', body: Buffer.from(linkPage(1_500)) });
  return (req, res) => {
    const found = bodies.get(req.url ?? '');
    if (!found) {
      res.writeHead(404).end();
      return;
    }
    res.writeHead(200, {
      'content-type': found.type,
      'content-length': found.body.length,
      etag: '"e"',
      ...(found.coding ? { 'content-encoding': found.coding } : {}),
    });
    res.end(found.body);
  };
}

/** The least that a proxy in Node can do. */
function pipeListener(port: number): http.RequestListener {
  const agent = new http.Agent({ keepAlive: true });
  return (req, res) => {
    const to = http.request(
      { host: '127.0.0.1', port, agent, method: req.method, path: req.url, headers: req.headers },
      (from) => {
        res.writeHead(from.statusCode ?? 502, from.headers);
        from.pipe(res);
      },
    );
    req.pipe(to);
  };
}

/** Its pages lie under `/proxy/URL`. */
async function unblockerListener(): Promise<http.RequestListener> {
  type Middleware = (req: http.IncomingMessage, res: http.ServerResponse, next: () => void) => void;
  // Not among the types of the project: it is only measured where it is installed.
  const name: string = 'unblocker';
  const { default: Unblocker } = (await import(name)) as {
    default: new (options: { prefix: string }) => Middleware;
  };
  const middleware = new Unblocker({ prefix: '/proxy/' });
  return (req, res) => middleware(req, res, () => res.writeHead(404).end());
}

function tandemListener(upstream: number, own: number): http.RequestListener {
  const domain = (host: string): Domain => ({
    title: host,
    hosts: [host],
    protocols: ['https', 'http'],
    includeSubdomains: false,
    allowPrivate: [],
    connect: { host: '127.0.0.1', port: upstream },
  });
  const site: Site = {
    id: 'shop',
    title: 'Shop',
    cobrowsing: true,
    domains: [domain('www.shop.example'), domain('static.shop.example')],
    resources: [],
    start: 'http://www.shop.example/',
    contacts: [],
    options: {
      mask: [],
      hide: [],
      readonly: [],
      agentMay: { askControl: true, navigate: false, invite: false },
      unanswered: 25,
      features: [],
      keepLiterals: [],
    },
  };
  const places = {
    scheme: 'http' as const,
    consoleHost: `console.localhost:${own}`,
    panelHost: `panel.console.localhost:${own}`,
    base: `cobrowse.localhost:${own}`,
    consoleOrigin: `http://console.localhost:${own}`,
    panelOrigin: `http://panel.console.localhost:${own}`,
  };
  const jar = new Jar();
  jar.take(['login=abc; HttpOnly; Path=/', 'basket=def; Path=/'], 'http://www.shop.example/');
  const addresses = new Addresses(addressTable(site, SID, places));
  const session: ProxySession = {
    sid: SID,
    site,
    addresses,
    jar,
    ended: false,
    resources: new Resources({ addresses }),
    passIs: (value) => value === PASS,
    takeCarry: () => undefined,
  };
  const proxy = createProxy({
    registry: { config: {} },
    places,
    findSession: (sid) => (sid === SID ? session : undefined),
    log: createLog('silent'),
    assets: { injectScript: { body: Buffer.from('/**/'), hash: 'aGFzaA==' } },
    sentence: (reason) => reason,
  });
  return (req, res) => {
    const role = parseSessionHost((req.headers.host ?? '').toLowerCase(), places.base);
    if (role?.role === 'page') proxy.request(req, res, role);
    else res.writeHead(421).end();
  };
}
