// http-proxy-middleware as transport: one instance for all upstreams, each request with its own target, agent and body.
import type { ClientRequest, IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex, Readable } from 'node:stream';
import { createProxyMiddleware } from 'http-proxy-middleware';
import { Refused } from '../errors.ts';
import type { Target } from './agents.ts';
import { explainFailure } from './upstream-failures.ts';

/** A request as the upstream shall get it. */
export interface Outgoing {
  /** Origin-form. */
  path: string;
  headers: Record<string, string | string[]>;
  /** How long the upstream may take to begin its answer, from the end of the request on. */
  firstByteMs: number;
  /** In place of the browser's body, when that was changed. */
  body?: Readable;
  /** Told of the `Link` header of each 103 (Early Hints, RFC 8297). */
  hinted?: (link: string) => void;
}

interface Exchange {
  target: Target;
  outgoing: Outgoing;
  request?: ClientRequest;
  /** Runs from the end of the request to the first byte of the answer. */
  timer?: NodeJS.Timeout;
  retried: boolean;
  answered(response: IncomingMessage): void;
  failed(error: Error): void;
  /** Of an upgrade: the upstream's side of it. */
  joined?(upstream: Duplex): void;
}

/** What belongs to a request hangs on it. */
const EXCHANGE = Symbol('exchange');
type Sent = IncomingMessage & { [EXCHANGE]?: Exchange };

const IDEMPOTENT = new Set(['GET', 'HEAD', 'OPTIONS']);

export type Transport = ReturnType<typeof createTransport>;

/**
 * Sends requests by http-proxy-middleware, mounted on nothing: `selfHandleResponse` leaves the answer to the caller. Its default
 * plugins (logging, error pages) are left out; path filter and URL parsing never see the browser's path, which may be one
 * that `new URL` refuses.
 */
export function createTransport() {
  const get = (req: Sent): Exchange => {
    const exchange = req[EXCHANGE];
    if (!exchange) throw new Error('a request that was not sent by send()');
    return exchange;
  };

  /** Sockets of upgrades, from the upstream's answer until the transport tells that it has joined the two. */
  const upgraded = new WeakMap<Duplex, Exchange>();

  const middleware = createProxyMiddleware({
    pathFilter: () => true,
    router: (req, _res, options) => {
      const { target, outgoing } = get(req);
      options.agent = target.agent;
      if (outgoing.body) options.buffer = outgoing.body;
      return { protocol: target.protocol, hostname: target.hostname, port: target.port };
    },
    pathRewrite: (_path, req) => get(req).outgoing.path,
    selfHandleResponse: true,
    ejectPlugins: true,
    plugins: [
      (server) => {
        server.on('proxyReq', (request, req) => watch(request, get(req)));
        server.on('proxyReqWs', (request, req) => {
          const exchange = get(req);
          watch(request, exchange);
          // Before the transport's own listeners, which send these headers to the browser.
          request.prependOnceListener('upgrade', (response: IncomingMessage, socket: Duplex) => {
            upgraded.set(socket, exchange);
            answer(exchange, response);
          });
          request.prependOnceListener('response', (response: IncomingMessage) => answer(exchange, response));
        });
        server.on('open', (socket: Duplex) => upgraded.get(socket)?.joined?.(socket));
        server.on('proxyRes', (response, req) => answer(get(req), response));
        server.on('error', (error, req, res) => {
          if (!req) return;
          const exchange = get(req);
          clearTimeout(exchange.timer);
          if (res && 'headersSent' in res && mayRetry(exchange, error, req, res)) {
            exchange.retried = true;
            req.url = '/';
            void middleware(req, res);
          } else exchange.failed(error);
        });
        server.on('econnreset', (error, req) => {
          const exchange = get(req);
          clearTimeout(exchange.timer);
          exchange.failed(error);
        });
      },
    ],
  });

  function begin(
    req: IncomingMessage,
    target: Target,
    outgoing: Outgoing,
    exchange: Pick<Exchange, 'answered' | 'failed' | 'joined'>,
  ) {
    (req as Sent)[EXCHANGE] = { target, outgoing, retried: false, ...exchange };
    req.headers = outgoing.headers as IncomingMessage['headers'];
    req.url = '/';
  }

  return {
    /**
     * Sends a request and yields the upstream's response, of which nothing has been read.
     * @throws {Refused} upstream-unreachable, upstream-timeout, upstream-broken, upstream-refused-address
     */
    send(
      req: IncomingMessage,
      res: ServerResponse,
      target: Target,
      outgoing: Outgoing,
    ): Promise<IncomingMessage> {
      return new Promise((resolve, reject) => {
        begin(req, target, outgoing, {
          answered: resolve,
          failed: (error) => reject(explainFailure(error, hostOf(outgoing, target))),
        });
        outgoing.body?.once('error', (error) => {
          reject(error);
          (req as Sent)[EXCHANGE]?.request?.destroy();
        });
        void middleware(req, res);
      });
    },

    /**
     * Sends an upgrade; both sockets are joined by the transport.
     * @param then.answered sees the upstream's answer first and may change its headers
     * @param then.joined gets the upstream's socket before any byte has gone through the pipes between the two
     * @param then.failed gets a Refused as {@link send}; at once, since the transport ends the socket right after
     */
    upgrade(
      req: IncomingMessage,
      socket: Duplex,
      head: Buffer,
      target: Target,
      outgoing: Outgoing,
      then: {
        answered: (response: IncomingMessage) => void;
        joined: (upstream: Duplex) => void;
        failed: (error: Error) => void;
      },
    ): void {
      begin(req, target, outgoing, {
        answered: then.answered,
        joined: then.joined,
        failed: (error) => then.failed(explainFailure(error, hostOf(outgoing, target))),
      });
      middleware.upgrade(req, socket as Socket, head);
    },
  };
}

/** An upload may take its time; the upstream's begins when it has all of it. */
function watch(request: ClientRequest, exchange: Exchange): void {
  exchange.request = request;
  const { firstByteMs, hinted } = exchange.outgoing;
  if (hinted)
    request.on('information', ({ statusCode, headers }) => {
      const { link } = headers;
      if (statusCode === 103 && link !== undefined) hinted(String(link));
    });
  request.once('finish', () => {
    exchange.timer = setTimeout(() => request.destroy(new Refused('upstream-timeout')), firstByteMs).unref();
  });
  request.once('close', () => clearTimeout(exchange.timer));
}

function answer(exchange: Exchange, response: IncomingMessage): void {
  clearTimeout(exchange.timer);
  exchange.answered(response);
}

/**
 * A kept connection that the upstream closed in the very moment: only where sending twice does no harm, and only when nothing
 * came back. Everything else is never repeated (security.md 2.8).
 */
function mayRetry(exchange: Exchange, error: Error, req: IncomingMessage, res: ServerResponse): boolean {
  const { code } = error as NodeJS.ErrnoException;
  return (
    !exchange.retried &&
    !res.headersSent &&
    !res.destroyed &&
    exchange.request?.reusedSocket === true &&
    (code === 'ECONNRESET' || code === 'EPIPE') &&
    IDEMPOTENT.has(req.method ?? '') &&
    exchange.outgoing.body === undefined &&
    req.headers['content-length'] === undefined &&
    req.headers['transfer-encoding'] === undefined
  );
}

/** The name by which people know the host; `connect` may lead elsewhere. */
function hostOf({ headers }: Outgoing, target: Target): string {
  return typeof headers.host === 'string' ? headers.host : target.hostname;
}
