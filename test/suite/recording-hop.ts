// A hop in front of the applications: one port for all hosts, and a record of everything that clients said.
import { createServer, type IncomingMessage, request } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { readMessages } from '../client-messages.ts';

export interface Hop {
  port: number;
  origin(host: string): string;
  /** Sends requests for these hosts on to these ports. */
  lead(ports: Record<string, number>): void;
  /** Everything said since the last call: heads and bodies of requests, messages of WebSockets. */
  take(): Said[];
  stop(): Promise<void>;
}

export interface Said {
  /** `POST http://host/path` */
  what: string;
  /** As latin1. */
  text: string;
}

/** Where the hop itself answers, with a page from which a session can be started. */
export const OPENING = '/suite-opening';
const DOMAIN = 'suite.localhost';

/** @param head markup for the head of the opening page */
export async function startHop(head: () => string): Promise<Hop> {
  let said: Said[] = [];
  const ports = new Map<string, number>();
  const portOf = ({ headers }: IncomingMessage): number | undefined =>
    ports.get(headers.host?.split('.')[0] ?? '');
  const record = (req: IncomingMessage, body: Buffer, kind = ''): void => {
    const { method = '', url = '', headers, rawHeaders } = req;
    const head = kind === '' ? [method, url, ...rawHeaders].join('\n') : '';
    const what = `${kind}${method} http://${headers.host}${url}`;
    said.push({ what, text: `${head}\n${body.toString('latin1')}`.toLowerCase() });
  };

  const server = createServer((req, res) => {
    if (req.url?.startsWith(OPENING)) {
      const page = `<!doctype html><title>Suite</title>${head()}<h1>Here we begin</h1>`;
      res.writeHead(200, { 'content-type': 'text/html', 'cache-control': 'no-store' }).end(page);
      return;
    }
    const port = portOf(req);
    if (port === undefined) return void res.writeHead(421).end();
    const body: Buffer[] = [];
    req.on('data', (part: Buffer) => body.push(part));
    req.on('end', () => record(req, Buffer.concat(body)));
    const { method, url, rawHeaders } = req;
    const onward = request({ host: '127.0.0.1', port, method, path: url, headers: rawHeaders }, (from) => {
      res.writeHead(from.statusCode ?? 502, from.statusMessage, from.rawHeaders);
      from.pipe(res);
      from.on('error', () => res.destroy());
    });
    onward.on('error', () => (res.headersSent ? res.destroy() : res.writeHead(502).end('no application')));
    res.on('close', () => onward.destroy());
    req.pipe(onward);
  });

  server.on('upgrade', (req, socket, first: Buffer) => {
    const port = portOf(req);
    if (port === undefined) return void socket.destroy();
    record(req, Buffer.alloc(0));
    const lines = [`${req.method} ${req.url} HTTP/1.1`];
    for (let at = 0; at < req.rawHeaders.length; at += 2) {
      // Packed messages could not be read here.
      if (/^sec-websocket-extensions$/i.test(req.rawHeaders[at]!)) continue;
      lines.push(`${req.rawHeaders[at]}: ${req.rawHeaders[at + 1]}`);
    }
    const onward = connect(port, '127.0.0.1');
    onward.write(`${lines.join('\r\n')}\r\n\r\n`);
    onward.write(first);
    const read = readMessages((message) => record(req, message, 'message to '));
    read(first);
    socket.on('data', read);
    socket.pipe(onward).pipe(socket);
    for (const [one, other] of [
      [socket, onward],
      [onward, socket],
    ] as const) {
      one.on('error', () => other.destroy());
      one.on('close', () => other.destroy());
    }
  });
  server.keepAliveTimeout = 60_000;
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    port,
    origin: (host) => `http://${host}.${DOMAIN}:${port}`,
    lead(given) {
      for (const [host, target] of Object.entries(given)) ports.set(host, target);
    },
    take() {
      const taken = said;
      said = [];
      return taken;
    },
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
