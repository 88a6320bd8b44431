// Starts the demo: one HTTP server, told apart by the Host header.
import { createServer, type RequestListener, type Server } from 'node:http';
import { createServer as createSecureServer, type Server as SecureServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { Exchange } from './exchange.ts';
import { HOSTS } from './layout.ts';
import { startLive } from './live.ts';
import { answerOfflist, answerPay, answerStatic } from './other-hosts.ts';
import { answerHandover, answerShop } from './shop-host.ts';
import { type Order, Till } from './till.ts';

/** One request that arrived, for tests that count. */
export interface SeenRequest {
  method: string;
  host: string;
  /** Path and query. */
  path: string;
  headers: NodeJS.Dict<string | string[]>;
}

export interface Demo {
  port: number;
  server: Server | SecureServer;
  /** Origins with the real port. */
  origins: Record<keyof typeof HOSTS, string>;
  /** Everything that was ordered, oldest first: a form that was posted once is here once. */
  orders(): readonly Order[];
  /** The last 2,000 requests, oldest first. */
  requests(): readonly SeenRequest[];
  /** Puts the contact panel of that console on every page from now on. */
  usePanel(consoleOrigin: string): void;
  stop(): Promise<void>;
}

const KEPT_REQUESTS = 2_000;

/**
 * @param options.port 0 for any free one
 * @throws the server's own error (code EADDRINUSE) when the port is taken
 */
export async function startDemo(options: {
  port: number;
  consoleOrigin?: string;
  /** PEM, for all hosts: everything is https then. */
  tls?: { cert: string; key: string };
}): Promise<Demo> {
  const till = new Till();
  let consoleOrigin = options.consoleOrigin;
  const seen: SeenRequest[] = [];
  const listener: RequestListener = (req, res) => {
    seen.push({
      method: req.method ?? '',
      host: req.headers.host ?? '',
      path: req.url ?? '',
      headers: req.headers,
    });
    if (seen.length > KEPT_REQUESTS) seen.shift();
    answer(req, res).catch(() => {
      if (!res.headersSent) res.writeHead(400, { 'Content-Type': 'text/plain' });
      res.end('This request made no sense.');
    });
  };
  const server = options.tls ? createSecureServer(options.tls, listener) : createServer(listener);
  const live = startLive(server, till);
  const answer = async (...[req, res]: ConstructorParameters<typeof Exchange>): Promise<void> => {
    const exchange = new Exchange(req, res);
    switch (exchange.url.hostname) {
      case HOSTS.shop:
        if (exchange.url.pathname === '/live/offers') return live.answerOffers(exchange);
        if (await answerHandover(exchange)) return;
        return await answerShop(exchange, { till, consoleOrigin: () => consoleOrigin });
      case HOSTS.static:
        return await answerStatic(exchange);
      case HOSTS.pay:
        return await answerPay(exchange);
      case HOSTS.offlist:
        return answerOfflist(exchange);
      default:
        res.writeHead(421, { 'Content-Type': 'text/plain' });
        res.end('No shop lives here.');
    }
  };
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port, '127.0.0.1', () => {
      server.off('error', reject);
      resolve();
    });
  });
  const { port } = server.address() as AddressInfo;
  const originOf = (host: string): string => `${options.tls ? 'https' : 'http'}://${host}:${port}`;
  return {
    port,
    server,
    origins: {
      shop: originOf(HOSTS.shop),
      static: originOf(HOSTS.static),
      pay: originOf(HOSTS.pay),
      offlist: originOf(HOSTS.offlist),
    },
    orders: () => till.orders,
    requests: () => seen,
    usePanel(origin) {
      consoleOrigin = origin;
    },
    async stop() {
      live.stop();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
