// Recording upstream servers, and a gateway that is only its proxy: real servers on port 0.
import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  request,
  type Server,
  type ServerResponse,
} from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import type { Duplex } from 'node:stream';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { createLog } from '../../../gateway/log.ts';
import { answerClientError, SERVER_OPTIONS } from '../../../gateway/proxy/gate.ts';
import {
  createProxy,
  type ProxyDeps,
  type ProxyDoor,
  type ProxySession,
} from '../../../gateway/proxy/proxy.ts';
import { Jar } from '../../../gateway/session/jar.ts';
import { addressTable } from '../../../gateway/sites/addresses.ts';
import type { Domain, Site } from '../../../gateway/sites/config.ts';
import type { Places } from '../../../gateway/sites/places.ts';
import { Addresses, parseOrigin, parseSessionHost } from '../../../protocol/address.ts';

export interface Recorded {
  method: string;
  url: string;
  httpVersion: string;
  headers: IncomingMessage['headers'];
  rawHeaders: string[];
  body: Buffer;
}

export interface Upstream {
  port: number;
  requests: Recorded[];
  /** TCP connections that were opened to it. */
  connections(): number;
  server: Server;
  close(): Promise<void>;
}

/** Starts an upstream that records every request before `handler` answers it. */
export async function startUpstream(
  handler: (req: IncomingMessage, res: ServerResponse, body: Buffer) => void,
): Promise<Upstream> {
  const requests: Recorded[] = [];
  let connections = 0;
  const listener: RequestListener = (req, res) => {
    const parts: Buffer[] = [];
    req.on('data', (part: Buffer) => parts.push(part));
    req.on('end', () => {
      const body = Buffer.concat(parts);
      const { method = '', url = '', httpVersion, headers, rawHeaders } = req;
      requests.push({ method, url, httpVersion, headers, rawHeaders, body });
      handler(req, res, body);
    });
  };
  const server = createServer(listener);
  server.on('connection', () => connections++);
  const port = await listen(server);
  return { port, requests, connections: () => connections, server, close: () => closeServer(server) };
}

export async function listen(server: Server, host = '127.0.0.1'): Promise<number> {
  await new Promise<void>((done) => server.listen(0, host, done));
  return (server.address() as AddressInfo).port;
}

export function closeServer(server: Server): Promise<void> {
  return new Promise((done) => {
    server.close(() => done());
    server.closeAllConnections();
  });
}

export const SID = 'abcdefghijklmnop';
export const PASS = 'the-pass-of-this-session';

/** A domain entry; `connect` points to a local upstream. */
export function domain(host: string, entry: Partial<Domain> = {}): Domain {
  return {
    title: host,
    hosts: [host],
    protocols: ['http'],
    includeSubdomains: false,
    allowPrivate: [],
    ...entry,
  };
}

export function site(domains: Domain[], more: Partial<Site> = {}): Site {
  return {
    id: 'shop',
    title: 'Shop',
    cobrowsing: true,
    domains,
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
    ...more,
  };
}

export interface TestSession extends ProxySession {
  ended: boolean;
  kept: Map<string, { type: string; body: Buffer }>;
}

export function openSession(sessionSite: Site, places: Places, sid = SID, pass = PASS): TestSession {
  const kept = new Map<string, { type: string; body: Buffer }>();
  return {
    sid,
    site: sessionSite,
    addresses: new Addresses(addressTable(sessionSite, sid, places)),
    jar: new Jar(),
    ended: false,
    kept,
    resources: {
      wants: (_url, type) => /^(?:image|font|text\/css)/.test(type),
      keep(url, type, body) {
        kept.set(url, { type, body: Buffer.isBuffer(body) ? body : Buffer.concat(body) });
        return kept.get(url);
      },
      keptOf: (url) => kept.get(url),
    },
    passIs: (value) => value === pass,
    carries: () => false,
    takeCarry: () => undefined,
  };
}

export interface Answered {
  status: number;
  headers: IncomingMessage['headers'];
  rawHeaders: string[];
  body: Buffer;
  text: string;
}

export interface AskOptions {
  method?: string;
  headers?: Record<string, string | string[]>;
  body?: string | Buffer;
  /** Without the pass. */
  anonymous?: boolean;
  /** Sec-Fetch-Dest; `iframe` is a document. */
  dest?: string;
  sid?: string;
}

export interface TestGateway {
  port: number;
  places: Places;
  proxy: ProxyDoor;
  sessions: Map<string, TestSession>;
  session: TestSession;
  /** Host header of a real origin's session address. */
  hostOf(origin: string): string;
  /** Asks for a real URL at its session address, as a page of the same origin would. */
  ask(url: string, options?: AskOptions): Promise<Answered>;
  stop(): Promise<void>;
}

const SCRIPT = Buffer.from('/* page script */');

/**
 * A proxy on a bare server, with one session of the given site.
 * @param others answers what is no session address
 */
export async function startProxy(
  sessionSite: Site,
  deps: Partial<ProxyDeps> = {},
  others: RequestListener = (_req, res) => res.writeHead(421).end(),
): Promise<TestGateway> {
  const sessions = new Map<string, TestSession>();
  const server = createServer({ ...SERVER_OPTIONS });
  const port = await listen(server);
  const places: Places = {
    scheme: 'http',
    consoleHost: `console.localhost:${port}`,
    panelHost: `panel.console.localhost:${port}`,
    base: `cobrowse.localhost:${port}`,
    consoleOrigin: `http://console.localhost:${port}`,
    panelOrigin: `http://panel.console.localhost:${port}`,
  };
  const proxy = createProxy({
    registry: { config: {} },
    places,
    findSession: (sid) => sessions.get(sid),
    log: createLog('silent'),
    assets: {
      injectScript: {
        body: SCRIPT,
        hash: 'aGFzaA==',
        packed: { br: brotliCompressSync(SCRIPT), gzip: gzipSync(SCRIPT) },
      },
    },
    sentence: (reason, params = {}) => `sentence of ${reason} ${Object.values(params).join(' ')}`.trim(),
    ...deps,
  });
  const roleOf = (req: IncomingMessage) => {
    const role = parseSessionHost((req.headers.host ?? '').toLowerCase(), places.base);
    return role?.role === 'page' ? role : undefined;
  };
  server.on('request', (req, res) => {
    const role = roleOf(req);
    if (role) proxy.request(req, res, role);
    else others(req, res);
  });
  server.on('upgrade', (req: IncomingMessage, socket: Duplex, head: Buffer) => {
    const role = roleOf(req);
    if (role) proxy.upgrade(req, socket, head, role);
    else socket.end('HTTP/1.1 421 Misdirected Request\r\n\r\n');
  });
  server.on('clientError', answerClientError);
  const session = openSession(sessionSite, places);
  sessions.set(SID, session);
  const hostOf = (origin: string) => {
    const address = session.addresses.sessionOrigin(parseOrigin(origin)!);
    if (address === undefined) throw new Error(`${origin} is not listed`);
    return address.slice('http://'.length);
  };
  return {
    port,
    places,
    proxy,
    sessions,
    session,
    hostOf,
    async ask(url, options = {}) {
      const { origin, pathname, search } = new URL(url);
      const host = hostOf(origin);
      const headers: Record<string, string | string[]> = {
        host,
        'sec-fetch-site': 'same-origin',
        'sec-fetch-dest': options.dest ?? 'empty',
        'sec-fetch-mode': options.dest === 'iframe' ? 'navigate' : 'cors',
        referer: `http://${host}/`,
        ...(options.anonymous ? {} : { cookie: `__Secure-cbp-${SID}=${PASS}` }),
        ...options.headers,
      };
      return send(port, {
        path: url.slice(url.indexOf(origin) === 0 ? origin.length : 0) || pathname + search,
        headers,
        ...pick(options),
      });
    },
    async stop() {
      proxy.close();
      await closeServer(server);
    },
  };
}

/** The usual setting: an upstream that is `www.shop.example`, behind a proxy; `gateway.stop()` ends both. */
export async function startShop(
  handler: (req: IncomingMessage, res: ServerResponse, body: Buffer) => void = (_req, res) => res.end('ok'),
  deps: Partial<ProxyDeps> = {},
): Promise<{ upstream: Upstream; gateway: TestGateway }> {
  const upstream = await startUpstream(handler);
  const connect = { host: '127.0.0.1', port: upstream.port };
  const gateway = await startProxy(site([domain('www.shop.example', { connect })]), deps);
  const { stop } = gateway;
  gateway.stop = async () => {
    await stop();
    await upstream.close();
  };
  return { upstream, gateway };
}

function pick({ method, body }: AskOptions): { method?: string; body?: string | Buffer } {
  return { ...(method === undefined ? {} : { method }), ...(body === undefined ? {} : { body }) };
}

/** One request to 127.0.0.1, and the whole answer. */
export function send(
  port: number,
  options: {
    path: string;
    method?: string;
    headers?: Record<string, string | string[]>;
    body?: string | Buffer;
  },
): Promise<Answered> {
  return new Promise((resolve, reject) => {
    const req = request(
      {
        host: '127.0.0.1',
        port,
        path: options.path,
        method: options.method ?? 'GET',
        headers: options.headers ?? {},
        agent: false,
      },
      (res) => {
        const parts: Buffer[] = [];
        res.on('data', (part: Buffer) => parts.push(part));
        res.on('error', reject);
        res.on('end', () => {
          const body = Buffer.concat(parts);
          resolve({
            status: res.statusCode ?? 0,
            headers: res.headers,
            rawHeaders: res.rawHeaders,
            body,
            text: body.toString('utf8'),
          });
        });
      },
    );
    req.on('error', reject);
    req.end(options.body);
  });
}

/** Sends bytes as they are; yields all that comes back until the connection ends, or nothing comes for a while. */
export function raw(port: number, text: string, quietMs = 150): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    let got = '';
    socket.setEncoding('latin1');
    socket.on('data', (part: string) => {
      got += part;
      socket.setTimeout(quietMs);
    });
    socket.setTimeout(2_000);
    socket.on('timeout', () => socket.destroy());
    socket.on('error', () => {});
    socket.on('close', () => resolve(got));
    socket.write(text, 'latin1');
  });
}
