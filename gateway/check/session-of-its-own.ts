// The gateway's own pipeline with one session that nobody else is in: what the check sees is what a customer's browser would get.
import { createServer, type IncomingMessage, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Addresses, parseSessionHost, shellOrigin } from '../../protocol/address.ts';
import type { Reason } from '../../protocol/reasons.ts';
import type { Log } from '../log.ts';
import { passName } from '../proxy/cookies.ts';
import { answerClientError, SERVER_OPTIONS } from '../proxy/gate.ts';
import { createProxy, type ProxyDeps } from '../proxy/proxy.ts';
import type { ProxySession } from '../proxy/proxy-session.ts';
import { Jar } from '../session/jar.ts';
import { newSecret, newSid } from '../session/secrets.ts';
import { addressTable } from '../sites/addresses.ts';
import type { Config, Site } from '../sites/config.ts';
import { placesOf } from '../sites/places.ts';

const MAX_BYTES = 8 * 1024 * 1024;

/** What came back, as the browser would get it, and what the upstream had said. */
export interface Fetched {
  status: number;
  /** Reason code, when the answer is the gateway's own. */
  refused: string | undefined;
  type: string;
  text: string;
  /** Headers of the upstream; undefined when it was not asked. */
  upstream: IncomingMessage['headers'] | undefined;
  location: string | undefined;
}

export interface OwnSession {
  readonly addresses: Addresses;
  /**
   * Asks for a real URL of a listed host.
   * @param page real URL that asks; undefined as if a person had typed it
   */
  fetch(url: string, dest: 'iframe' | 'script' | 'style', page?: string): Promise<Fetched>;
  close(): Promise<void>;
}

export interface OwnSessionOptions {
  site: Site;
  config: Pick<Config, 'upstreamHeader'>;
  authorities?: ProxyDeps['authorities'];
  log: Log;
  signal: AbortSignal;
}

export async function openOwnSession(options: OwnSessionOptions): Promise<OwnSession> {
  const { site, config, authorities, log, signal } = options;
  const server = createServer({ ...SERVER_OPTIONS });
  await new Promise<void>((done, fail) => {
    server.once('error', fail);
    server.listen(0, '127.0.0.1', done);
  });
  const { port } = server.address() as AddressInfo;
  const places = placesOf({}, port);
  const sid = newSid();
  const pass = newSecret();
  const addresses = new Addresses(addressTable(site, sid, places));
  const session: ProxySession = {
    sid,
    site,
    addresses,
    jar: new Jar(),
    ended: false,
    resources: { wants: () => false, keep: () => undefined, keptOf: () => undefined },
    passIs: (value) => value === pass,
    takeCarry: () => undefined,
  };
  const heads = new Map<string, IncomingMessage['headers']>();
  const proxy = createProxy({
    registry: { config },
    places,
    findSession: (asked) => (asked === sid ? session : undefined),
    log,
    assets: { injectScript: { body: Buffer.alloc(0), hash: 'check' } },
    sentence: (reason: Reason) => reason,
    ...(authorities ? { authorities } : {}),
    observe: (url, response) => void heads.set(url, response.headers),
  });
  server.on('request', (req, res) => {
    const role = parseSessionHost(req.headers.host ?? '', places.base);
    if (role?.role === 'page') proxy.request(req, res, role);
    else res.writeHead(421).end();
  });
  server.on('clientError', answerClientError);

  return {
    addresses,
    async fetch(url, dest, page) {
      const to = new URL(addresses.toSession(url, 'https') ?? 'about:blank');
      const from = page === undefined ? undefined : addresses.toSession(page, 'https');
      const answer = await ask(port, to, signal, {
        host: to.host,
        accept: dest === 'iframe' ? 'text/html,*/*;q=0.8' : '*/*',
        'accept-language': 'en',
        'user-agent': 'Mozilla/5.0 (compatible; tandem-check)',
        'sec-fetch-dest': dest,
        'sec-fetch-mode': dest === 'iframe' ? 'navigate' : 'no-cors',
        'sec-fetch-site': from === undefined ? 'same-site' : 'same-origin',
        referer: from ?? `${shellOrigin(addresses.table)}/`,
        cookie: `${passName(sid)}=${pass}`,
      });
      const key = heads.has(url) ? url : url.split('#', 1)[0]!;
      const upstream = heads.get(key);
      heads.delete(key);
      const own = /<body data-reason="([a-z-]+)">/.exec(answer.text.slice(0, 4_096));
      const location = answer.headers.location;
      return {
        status: answer.status,
        refused: own?.[1],
        type: answer.headers['content-type'] ?? '',
        text: answer.text,
        upstream,
        location: location === undefined ? undefined : (addresses.toUpstream(location) ?? location),
      };
    },
    async close() {
      proxy.close();
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
    },
  };
}

function ask(
  port: number,
  to: URL,
  signal: AbortSignal,
  headers: Record<string, string>,
): Promise<{ status: number; headers: IncomingMessage['headers']; text: string }> {
  return new Promise((resolve, reject) => {
    // No coding: the gateway unpacks what it rewrites only, and styles and scripts are read here too.
    const req = request(
      {
        host: '127.0.0.1',
        port,
        path: to.pathname + to.search,
        headers: { ...headers, 'accept-encoding': 'identity' },
        signal,
      },
      (res) => {
        const parts: Buffer[] = [];
        let bytes = 0;
        const done = () =>
          resolve({
            status: res.statusCode ?? 0,
            headers: res.headers,
            text: Buffer.concat(parts).toString('utf8'),
          });
        res.on('data', (part: Buffer) => {
          bytes += part.length;
          parts.push(part);
          if (bytes <= MAX_BYTES) return;
          done();
          res.destroy();
        });
        res.on('error', done);
        res.on('end', done);
      },
    );
    req.on('error', reject);
    req.end();
  });
}
