// A stand-in for the gateway: serves the built pages under the real policies, and lets a test play the other end of their sockets.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import express from 'express';
import { type WebSocket, WebSocketServer } from 'ws';
import { type Assets, loadAssets, type PageName } from '../../gateway/http/assets.ts';
import { consoleHeaders } from '../../gateway/http/console-gate.ts';
import { documentPolicy, openingPolicy, panelPolicy, shellPolicy } from '../../gateway/http/policy.ts';
import type { Domain, Site } from '../../gateway/sites/config.ts';
import type { Places } from '../../gateway/sites/places.ts';
import { type AddressTable, encodeSlug } from '../../protocol/address.ts';

export const SID = 'abcdefghijklmnop';

/** A connection of a page of ours, seen from the gateway. */
export interface FakeSocket {
  /** JSON messages that came so far and were not asked for yet. */
  send(message: object): void;
  sendBinary(bytes: Uint8Array): void;
  /** The next message of a type, also one that came before; others are skipped. */
  next<T = Record<string, unknown>>(type: string): Promise<T>;
  /** Binary messages so far. */
  readonly binary: Buffer[];
  close(code: number): void;
}

/** What a call of the API answers. */
export type Answer = { status?: number; body?: unknown };
type Handler = (body: unknown, request: IncomingMessage) => Answer;

export interface FakeGateway {
  readonly places: Places;
  readonly port: number;
  readonly siteOrigin: string;
  readonly shellOrigin: string;
  readonly viewOrigin: string;
  /** Session address of the shared page. */
  readonly pageOrigin: string;
  /** Answers `METHOD path` (without query) of any host; a later one replaces an earlier one. */
  on(call: string, handler: Handler): void;
  /** HTML of the site's page, of the shared page and of the view. */
  html: { site: string; page: string; view: string };
  /** The next connection to a path, e.g. `/socket`. */
  nextSocket(path: string): Promise<FakeSocket>;
  stop(): Promise<void>;
}

/** The document that the tests show; its bytes and type. */
export interface FakeDocument {
  type: string;
  bytes: Buffer;
}

export async function startFakeGateway(documents: Record<string, FakeDocument> = {}): Promise<FakeGateway> {
  const assets = loadAssets(join(import.meta.dirname, '../../dist'));
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const places: Places = {
    scheme: 'http',
    consoleHost: `console.localhost:${port}`,
    panelHost: `panel.console.localhost:${port}`,
    base: `cobrowse.localhost:${port}`,
    consoleOrigin: `http://console.localhost:${port}`,
    panelOrigin: `http://panel.console.localhost:${port}`,
  };
  const siteOrigin = `http://site.localhost:${port}`;
  const upstream = { scheme: 'http', host: 'www.shop.example', port: 80 } as const;
  const slug = encodeSlug(upstream) ?? '';
  const table: AddressTable = {
    sid: SID,
    scheme: 'http',
    base: places.base,
    hosts: [['http://www.shop.example', slug, 'domain']],
    wild: [],
  };
  const handlers = new Map<string, Handler>();
  const html = { site: '', page: '', view: '' };
  const sockets = new Map<string, { ready: FakeSocket[]; waiting: ((socket: FakeSocket) => void)[] }>();
  const lineOf = (path: string) => {
    const line = sockets.get(path) ?? { ready: [], waiting: [] };
    sockets.set(path, line);
    return line;
  };

  const app = express();
  app.use((req, res, next) => {
    res.setHeader('Origin-Agent-Cluster', '?1');
    const handler = handlers.get(`${req.method} ${req.path}`);
    if (!handler) {
      next();
      return;
    }
    express.raw({ type: () => true, limit: '50mb' })(req, res, () => {
      const raw: unknown = req.body;
      const text = Buffer.isBuffer(raw) ? raw.toString() : '';
      const json = req.headers['content-type'] === 'application/json' ? JSON.parse(text) : raw;
      const { status = 200, body } = handler(json, req);
      res.status(status);
      if (body === undefined) res.end();
      else res.json(body);
    });
  });
  const page = (name: PageName, policy: () => string) => (_req: express.Request, res: express.Response) => {
    res.setHeader('Content-Security-Policy', policy());
    res.type('html').send(assets.page(name));
  };

  const domain: Domain = {
    title: 'Site',
    hosts: ['site.localhost'],
    protocols: ['http'],
    port,
    includeSubdomains: false,
    allowPrivate: [],
  };
  const site = { domains: [domain] } as unknown as Site;
  const doors: Record<string, express.Express> = {
    [`site.localhost:${port}`]: siteDoor(html),
    [places.consoleHost]: consoleDoor(assets, places),
    [places.panelHost]: express()
      .get(
        '/',
        page('panel', () => panelPolicy(places, [site])),
      )
      .get('/opening', page('opening', openingPolicy))
      .use(assets.middleware('panel'), assets.middleware('opening')),
    [`${SID}.${places.base}`]: express()
      .use((_req, res, next) => {
        res.setHeader('Cross-Origin-Opener-Policy', 'same-origin');
        next();
      })
      .get(
        ['/', '/join'],
        page('shell', () => shellPolicy(table)),
      )
      .use(assets.middleware('shell')),
    [`${slug}--${SID}.${places.base}`]: pageDoor(html),
    [`view--${SID}.${places.base}`]: express()
      .get('/', (_req, res) => void res.type('html').send(html.view))
      .get(
        '/d/:id',
        page('document', () => documentPolicy(places, table)),
      )
      .get('/d/:id/bytes', (req, res) => {
        const found = documents[req.params.id];
        res.setHeader('Access-Control-Allow-Origin', '*');
        if (found) res.type(found.type).send(found.bytes);
        else res.status(404).end();
      })
      .use(assets.middleware('document')),
  };
  app.use((req, res, next) => {
    const door = doors[req.headers.host ?? ''];
    if (door) door(req, res, next);
    else res.status(421).end();
  });
  server.on('request', app);

  const upgrades = new WebSocketServer({ noServer: true });
  server.on('upgrade', (req, socket, head) => {
    upgrades.handleUpgrade(req, socket, head, (ws) => {
      const fake = fakeSocket(ws);
      const line = lineOf(new URL(req.url ?? '/', 'http://x').pathname);
      // What a page that is gone had opened is nothing for the next test.
      ws.on('close', () => {
        line.ready = line.ready.filter((ready) => ready !== fake);
      });
      const waiting = line.waiting.shift();
      if (waiting) waiting(fake);
      else line.ready.push(fake);
    });
  });

  return {
    places,
    port,
    siteOrigin,
    shellOrigin: `http://${SID}.${places.base}`,
    viewOrigin: `http://view--${SID}.${places.base}`,
    pageOrigin: `http://${slug}--${SID}.${places.base}`,
    html,
    on: (call, handler) => void handlers.set(call, handler),
    nextSocket(path) {
      const line = lineOf(path);
      const ready = line.ready.shift();
      return ready ? Promise.resolve(ready) : new Promise((resolve) => line.waiting.push(resolve));
    },
    stop: () => stopServer(server, upgrades),
  };
}

function siteDoor(html: FakeGateway['html']): express.Express {
  return express().use((_req: IncomingMessage, res: ServerResponse & { send?: unknown }) => {
    res.setHeader('Content-Type', 'text/html; charset=utf-8');
    res.end(html.site);
  });
}

function pageDoor(html: FakeGateway['html']): express.Express {
  return express()
    .get('/.tandem/clear', (_req, res) => {
      res.setHeader('Clear-Site-Data', '"storage"');
      res.type('html').send('');
    })
    .use((_req: IncomingMessage, res: ServerResponse) => {
      res.setHeader('Content-Type', 'text/html; charset=utf-8');
      res.end(html.page);
    });
}

function consoleDoor(assets: Assets, places: Places): express.Express {
  return express()
    .get('/panel.js', (_req, res) => void res.type('text/javascript').send(assets.panelScript.body))
    .use(consoleHeaders(places))
    .get(['/', '/admin', '/session/:sid'], (_req, res) => void res.type('html').send(assets.page('console')))
    .use(assets.middleware('console'));
}

function fakeSocket(ws: WebSocket): FakeSocket {
  let came: { type: string }[] = [];
  const binary: Buffer[] = [];
  const waiting: { type: string; take: (message: never) => void }[] = [];
  ws.on('message', (data: Buffer, isBinary) => {
    if (isBinary) {
      binary.push(data);
      return;
    }
    const message = JSON.parse(data.toString()) as { type: string; at?: number };
    if (message.type === 'ping') {
      ws.send(JSON.stringify({ type: 'pong', at: message.at }));
      return;
    }
    const index = waiting.findIndex(({ type }) => type === message.type);
    if (index >= 0) waiting.splice(index, 1)[0]!.take(message as never);
    else came.push(message);
  });
  return {
    binary,
    send: (message) => ws.send(JSON.stringify(message)),
    sendBinary: (bytes) => ws.send(bytes),
    close: (code) => ws.close(code),
    next: (type) =>
      new Promise((resolve) => {
        const index = came.findIndex((message) => message.type === type);
        if (index >= 0) {
          const found = came[index];
          came = came.slice(index + 1);
          resolve(found as never);
        } else waiting.push({ type, take: resolve });
      }),
  };
}

async function stopServer(server: Server, upgrades: WebSocketServer): Promise<void> {
  for (const client of upgrades.clients) client.terminate();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
}
