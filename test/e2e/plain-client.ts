// A client without a browser: HTTP and WebSockets to the gateway with any Host, Origin and cookie.
import { type IncomingHttpHeaders, request } from 'node:http';
import { WebSocket } from 'ws';
import type { Handover } from '../../protocol/handover.ts';
import type { Servers } from './servers.ts';
import { PASSWORD } from './servers.ts';

export interface Answer {
  status: number;
  headers: IncomingHttpHeaders;
  text: string;
  /** Empty when it was no JSON. */
  json: Record<string, unknown>;
}

export interface CallOptions {
  method?: string;
  headers?: Record<string, string>;
  /** A string goes as it is, anything else as JSON. */
  body?: unknown;
}

/** Calls 127.0.0.1 with that Host: names below localhost are resolved by browsers only. */
export function call(port: number, host: string, path: string, options: CallOptions = {}): Promise<Answer> {
  const { method = 'GET', headers = {}, body } = options;
  const payload = body === undefined ? undefined : typeof body === 'string' ? body : JSON.stringify(body);
  return new Promise((resolve, reject) => {
    const req = request(
      {
        host: '127.0.0.1',
        port,
        path,
        method,
        agent: false,
        headers: {
          host,
          ...(payload === undefined ? {} : { 'content-type': 'application/json' }),
          ...headers,
        },
      },
      (res) => {
        const chunks: Buffer[] = [];
        res.on('data', (chunk: Buffer) => chunks.push(chunk));
        res.on('error', reject);
        res.on('end', () => {
          const text = Buffer.concat(chunks).toString('utf8');
          const isJson = res.headers['content-type']?.includes('json') ?? false;
          resolve({
            status: res.statusCode ?? 0,
            headers: res.headers,
            text,
            json: isJson ? (JSON.parse(text) as Record<string, unknown>) : {},
          });
        });
      },
    );
    req.on('error', reject);
    req.end(payload);
  });
}

/** `name=value` of every Set-Cookie, ready for a Cookie header. */
export function cookiesOf(answer: Answer): string {
  return (answer.headers['set-cookie'] ?? []).map((line) => line.split(';')[0]).join('; ');
}

/** A WebSocket that remembers what it got. */
export interface Talk {
  socket: WebSocket;
  /** The next text message of that type, also one that came before. @throws Error after 5 s */
  next(type: string): Promise<Record<string, unknown>>;
  send(message: unknown): void;
  /** Close code; 1006 without a close frame, HTTP status when it was refused before the upgrade. */
  closed: Promise<number>;
}

export function openTalk(
  port: number,
  host: string,
  path: string,
  headers: Record<string, string> = {},
): Talk {
  const socket = new WebSocket(`ws://127.0.0.1:${port}${path}`, {
    headers: { host, ...headers },
    perMessageDeflate: false,
  });
  const got: Record<string, unknown>[] = [];
  const listeners = new Set<() => void>();
  socket.on('message', (data, isBinary) => {
    if (isBinary) return;
    got.push(JSON.parse(String(data)));
    for (const listener of listeners) listener();
  });
  const opened = new Promise<void>((resolve) => socket.once('open', () => resolve()));
  const closed = new Promise<number>((resolve) => {
    socket.on('unexpected-response', (_req, res) => {
      resolve(res.statusCode ?? 0);
      res.destroy();
    });
    socket.on('close', resolve);
    socket.on('error', () => {});
  });
  return {
    socket,
    closed,
    send(message) {
      void opened.then(() => socket.send(typeof message === 'string' ? message : JSON.stringify(message)));
    },
    next(type) {
      return new Promise((resolve, reject) => {
        const timer = setTimeout(() => reject(new Error(`No ${type} within 5 s.`)), 5_000);
        const look = (): void => {
          const at = got.findIndex((message) => message.type === type);
          if (at < 0) return;
          clearTimeout(timer);
          listeners.delete(look);
          resolve(got.splice(at, 1)[0]!);
        };
        listeners.add(look);
        look();
      });
    },
  };
}

/** Signs in at the console; the Cookie header of that login. */
export async function signIn({ gateway }: Servers, name: string): Promise<string> {
  const { port, places } = gateway;
  const answer = await call(port, places.consoleHost, '/console/api/login', {
    method: 'POST',
    headers: { origin: places.consoleOrigin },
    body: { name, password: PASSWORD },
  });
  if (answer.status !== 200) throw new Error(`Sign-in of ${name}: ${answer.status} ${answer.text}`);
  return cookiesOf(answer);
}

/** A conversation of a customer with `agent` in which Start is offered, and the sockets of both. */
export interface Meeting {
  cid: string;
  token: string;
  login: string;
  panel: Talk;
  console: Talk;
}

export async function meet(servers: Servers, agent = 'anna'): Promise<Meeting> {
  const { port, places } = servers.gateway;
  const login = await signIn(servers, agent);
  const consoleTalk = openTalk(port, places.consoleHost, '/console/socket', {
    origin: places.consoleOrigin,
    cookie: login,
  });
  await consoleTalk.next('console.state');
  const begun = await call(port, places.panelHost, '/panel/api/conversation', {
    method: 'POST',
    headers: { origin: places.panelOrigin },
    body: { site: 'demo', contact: agent, name: 'Ada', page: `${servers.demo.origins.shop}/` },
  });
  if (begun.status !== 201) throw new Error(`Conversation: ${begun.status} ${begun.text}`);
  const { token, conversation } = begun.json as unknown as { token: string; conversation: { cid: string } };
  const panel = openTalk(port, places.panelHost, '/panel/socket', { origin: places.panelOrigin });
  panel.send({ type: 'conversation.hello', token });
  await panel.next('conversation.state');
  consoleTalk.send({ type: 'conversation.accept', cid: conversation.cid });
  await panel.next('conversation.changed');
  return { cid: conversation.cid, token, login, panel, console: consoleTalk };
}

/** What Start answers. */
export function startSession(
  { demo, gateway }: Servers,
  token: string,
  change: Partial<Handover> = {},
): Promise<Answer> {
  const handover: Handover = {
    url: `${demo.origins.shop}/`,
    cookie: '',
    local: [],
    session: [],
    fields: [],
    scroll: [0, 0],
    ...change,
  };
  return call(gateway.port, gateway.places.panelHost, '/panel/api/session', {
    method: 'POST',
    headers: { origin: gateway.places.panelOrigin, authorization: `Bearer ${token}` },
    body: handover,
  });
}

/** The customer in his session window: sid, cookies (participant and pass) and the socket, greeted. */
export interface Inside {
  sid: string;
  shellHost: string;
  shellOrigin: string;
  cookie: string;
  /** Session address of the start page. */
  start: URL;
  talk: Talk;
}

export async function enterSession(servers: Servers, token: string): Promise<Inside> {
  const { port } = servers.gateway;
  const begun = await startSession(servers, token);
  if (begun.status !== 201) throw new Error(`Start: ${begun.status} ${begun.text}`);
  const url = new URL(begun.json.url as string);
  const ticket = new URLSearchParams(url.hash.slice(1)).get('t');
  const joined = await call(port, url.host, '/join', {
    method: 'POST',
    headers: { origin: url.origin },
    body: { ticket },
  });
  if (joined.status !== 200) throw new Error(`Join: ${joined.status} ${joined.text}`);
  const { nonce, start } = joined.json as unknown as { nonce: string; start: string };
  const cookie = cookiesOf(joined);
  const talk = openTalk(port, url.host, '/socket', { origin: url.origin, cookie });
  talk.send({ type: 'session.hello', nonce });
  await talk.next('session.welcome');
  return {
    sid: url.hostname.split('.')[0]!,
    shellHost: url.host,
    shellOrigin: url.origin,
    cookie,
    start: new URL(start),
    talk,
  };
}
