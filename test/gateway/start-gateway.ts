// Starts a whole gateway with a shop behind it, and people who talk to it by bare HTTP and WebSocket clients.
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, request as httpRequest, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { WebSocket } from 'ws';
import { type Gateway, startGateway } from '../../gateway/gateway.ts';
import type { Assets, BuiltScript } from '../../gateway/http/assets.ts';
import { createLog, type Log } from '../../gateway/log.ts';
import type { ConversationBegun, Joined, SessionBegun } from '../../protocol/http-api.ts';
import { encodeFact, type PageFact } from '../../protocol/page-facts.ts';
import { CHEAP_HASH } from './sites/config-text.ts';

export const SHOP = 'http://www.shop.example';
export const OTHER_PAGE = `${SHOP}/other?x=1`;

const configText = (upstream: number) => `system:
  cobrowsing: true
listen: 127.0.0.1:0
data: ./data
agents:
  - { name: anna, title: Anna Berg, password: "${CHEAP_HASH}", cobrowsing: true }
  - { name: carl, title: Carl Dahl, password: "${CHEAP_HASH}", cobrowsing: true }
  - { name: ben, title: Ben Okafor, password: "${CHEAP_HASH}", cobrowsing: false }
  - { name: admin, title: Admin, password: "${CHEAP_HASH}", roles: [admin], cobrowsing: false }
contacts:
  - { id: sales, title: Sales, agents: [anna, ben] }
domains:
  - { title: Shop, hosts: [www.shop.example], protocols: [http], connect: "127.0.0.1:${upstream}" }
  - { title: Static, hosts: [static.shop.example], protocols: [http], connect: "127.0.0.1:${upstream}" }
sites:
  - id: shop
    title: The shop
    domains: [Shop]
    resources: [Static]
    start: http://www.shop.example/
    contacts: [sales]
    options:
      mask: ['.secret']
      readonly: ['.fixed']
      features: [geolocation]
`;

const script = (path: string): BuiltScript => ({
  path,
  body: Buffer.from('/* built */'),
  hash: 'x',
  packed: { br: Buffer.alloc(0), gzip: Buffer.alloc(0) },
});
/** Pages without a build of ui/: what they hold does not matter here. */
export const ASSETS: Assets = {
  page: (name) => `<!doctype html><title>${name}</title>`,
  middleware: () => (_req, _res, next) => next(),
  injectScript: script('/.tandem/page.js'),
  panelScript: script('/panel.js'),
};

export interface Answer {
  status: number;
  headers: IncomingMessage['headers'];
  text: string;
}

export interface Call {
  method?: string;
  headers?: Record<string, string | string[]>;
  body?: unknown;
}

/** A WebSocket with what it received, and waiting for what is to come. */
export class TestSocket {
  readonly socket: WebSocket;
  readonly events: { type: string; [field: string]: unknown }[] = [];
  readonly bytes: Buffer[] = [];
  readonly closed: Promise<number>;
  #wake: (() => void)[] = [];

  constructor(socket: WebSocket) {
    this.socket = socket;
    socket.on('message', (data: Buffer, isBinary: boolean) => {
      if (isBinary) this.bytes.push(data);
      else this.events.push(JSON.parse(data.toString()));
      this.#tell();
    });
    socket.on('error', () => {});
    this.closed = new Promise((resolve) => socket.on('close', (code) => resolve(code)));
    socket.on('close', () => this.#tell());
  }

  #tell(): void {
    const wake = this.#wake;
    this.#wake = [];
    for (const one of wake) one();
  }

  send(message: object): void {
    this.socket.send(JSON.stringify(message));
  }

  /** @param page whether the shell saw it come from the page frame */
  fact(frame: number, fact: PageFact, page = true): void {
    this.socket.send(encodeFact({ frame, page }, Buffer.from(JSON.stringify(fact))));
  }

  /** Waits until something holds of what has come; @throws after a while, with what had come. */
  async until<T>(find: () => T | undefined, what = 'something'): Promise<T> {
    const deadline = Date.now() + 15_000;
    for (;;) {
      const found = find();
      if (found !== undefined) return found;
      const left = deadline - Date.now();
      if (left <= 0) throw new Error(`${what} did not come; there were ${JSON.stringify(this.events)}`);
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, left);
        this.#wake.push(() => {
          clearTimeout(timer);
          resolve();
        });
      });
    }
  }

  /** The first event of this type (and content) from now or before, taken out of the list. */
  // biome-ignore lint/suspicious/noExplicitAny: tests look at whatever came
  async next(type: string, holds: (event: any) => boolean = () => true): Promise<any> {
    const event = await this.until(() => this.events.find((one) => one.type === type && holds(one)), type);
    this.events.splice(this.events.indexOf(event), 1);
    return event;
  }

  /** Everything sent before has been handled. */
  async settled(): Promise<void> {
    const at = Math.random();
    this.send({ type: 'ping', at });
    await this.next('pong', (event) => event.at === at);
  }
}

export interface Customer {
  cid: string;
  token: string;
  panel: TestSocket;
}

export interface OpenedSession {
  sid: string;
  customer: Customer;
  /** Cookie header of the customer's browser on the shell host. */
  cookie: string;
  pass: string;
  joined: Joined;
  leader: TestSocket;
}

export interface TestGateway {
  gateway: Gateway;
  /** Requests that reached the shop. */
  upstream: { method: string; url: string; headers: IncomingMessage['headers'] }[];
  /** Everything that was logged. */
  logged: string[];
  configFile: string;
  editConfig(from: string, to: string): Promise<void>;
  hosts: {
    console: string;
    panel: string;
    shell(sid: string): string;
    view(sid: string): string;
    page(sid: string, slug?: string): string;
  };
  call(host: string, path: string, call?: Call): Promise<Answer>;
  /** @returns the socket, or the status with which the upgrade was refused */
  dial(host: string, path: string, headers?: Record<string, string>): Promise<TestSocket | number>;
  socket(host: string, path: string, headers?: Record<string, string>): Promise<TestSocket>;
  /** @returns the login cookie */
  signIn(name: string): Promise<string>;
  console(cookie: string): Promise<TestSocket>;
  begin(name?: string): Promise<Customer>;
  /** A conversation that Anna has accepted. */
  beginWithAnna(): Promise<Customer & { anna: string; desk: TestSocket }>;
  start(customer: Customer, url?: string): Promise<Answer>;
  /** Redeems the ticket in a session's first address, as the shell does. */
  arrive(url: string): Promise<Omit<OpenedSession, 'customer' | 'leader'>>;
  lead(opened: Pick<OpenedSession, 'sid' | 'cookie' | 'joined'>): Promise<TestSocket>;
  /** Everything up to the leader's welcome. */
  open(): Promise<OpenedSession & { anna: string; desk: TestSocket }>;
  /** An agent joins by the session URL. */
  follow(login: string, sid: string): Promise<TestSocket>;
  restart(): Promise<void>;
  stop(): Promise<void>;
}

export async function startTestGateway(): Promise<TestGateway> {
  const upstream: TestGateway['upstream'] = [];
  const shop = createServer((req, res) => {
    upstream.push({ method: req.method ?? '', url: req.url ?? '', headers: req.headers });
    if (req.url === '/endless') {
      res.writeHead(200, { 'content-type': 'text/plain' });
      res.write('begun');
      return;
    }
    res.writeHead(200, { 'content-type': 'text/html', 'set-cookie': 'sess=1; Path=/; HttpOnly' });
    res.end(`<!doctype html><title>Shop</title><h1>${req.url}</h1>`);
  });
  const shopPort = await listen(shop);
  const folder = await mkdtemp(join(tmpdir(), 'tandem-gateway-'));
  const configFile = join(folder, 'tandem.yaml');
  await writeFile(configFile, configText(shopPort));
  const logged: string[] = [];
  const log = createRecordingLog(logged);
  let gateway = await startGateway({ configFile, assets: ASSETS, log });
  const { port } = gateway;
  const base = `cobrowse.localhost:${port}`;

  const test: TestGateway = {
    get gateway() {
      return gateway;
    },
    upstream,
    logged,
    configFile,
    async editConfig(from, to) {
      const text = await readFile(configFile, 'utf8');
      if (!text.includes(from)) throw new Error(`not in the config: ${from}`);
      await writeFile(configFile, text.replace(from, to));
    },
    hosts: {
      console: `console.localhost:${port}`,
      panel: `panel.console.localhost:${port}`,
      shell: (sid) => `${sid}.${base}`,
      view: (sid) => `view--${sid}.${base}`,
      page: (sid, slug = 'h---www-shop-example') => `${slug}--${sid}.${base}`,
    },
    call: (host, path, options = {}) => call(port, host, path, options),
    dial: (host, path, headers = {}) => dial(port, host, path, headers),
    async socket(host, path, headers = {}) {
      const socket = await dial(port, host, path, { Origin: `http://${host}`, ...headers });
      if (typeof socket === 'number') throw new Error(`the upgrade was refused with ${socket}`);
      return socket;
    },
    async signIn(name) {
      const { console } = test.hosts;
      const answer = await test.call(console, '/console/api/login', {
        method: 'POST',
        headers: { Origin: `http://${console}` },
        body: { name, password: 'tandem' },
      });
      if (answer.status !== 200) throw new Error(`sign-in: ${answer.status} ${answer.text}`);
      return cookiesOf(answer);
    },
    console: (cookie) => test.socket(test.hosts.console, '/console/socket', { Cookie: cookie }),
    async begin(name = 'Cleo') {
      const { panel } = test.hosts;
      const answer = await test.call(panel, '/panel/api/conversation', {
        method: 'POST',
        headers: { Origin: `http://${panel}` },
        body: { site: 'shop', contact: 'sales', name, page: `${SHOP}/cart?item=7` },
      });
      if (answer.status !== 201) throw new Error(`begin: ${answer.status} ${answer.text}`);
      const { token, conversation } = JSON.parse(answer.text) as ConversationBegun;
      const socket = await test.socket(panel, '/panel/socket');
      socket.send({ type: 'conversation.hello', token });
      await socket.next('conversation.state');
      return { cid: conversation.cid, token, panel: socket };
    },
    async beginWithAnna() {
      const anna = await test.signIn('anna');
      const desk = await test.console(anna);
      await desk.next('console.state');
      const customer = await test.begin();
      desk.send({ type: 'conversation.accept', cid: customer.cid });
      await customer.panel.next('conversation.changed', ({ conversation }) => conversation.cobrowsing.may);
      return { ...customer, anna, desk };
    },
    start({ token }, url = `${SHOP}/cart?item=7`) {
      const { panel } = test.hosts;
      return test.call(panel, '/panel/api/session', {
        method: 'POST',
        headers: { Origin: `http://${panel}`, Authorization: `Bearer ${token}` },
        body: { url, cookie: 'basket=7', local: [['k', 'v']], session: [], fields: [], scroll: [0, 0] },
      });
    },
    async arrive(url) {
      const { host, hash } = new URL(url);
      const answer = await test.call(host, '/join', {
        method: 'POST',
        headers: { Origin: `http://${host}` },
        body: { ticket: hash.slice('#t='.length) },
      });
      if (answer.status !== 200) throw new Error(`join: ${answer.status} ${answer.text}`);
      const cookie = cookiesOf(answer);
      const pass = cookie.split('; ').find((one) => one.startsWith('__Secure-cbp-')) ?? '';
      return { sid: host.slice(0, 16), cookie, pass, joined: JSON.parse(answer.text) as Joined };
    },
    async lead({ sid, cookie, joined }) {
      const leader = await test.socket(test.hosts.shell(sid), '/socket', { Cookie: cookie });
      leader.send({ type: 'session.hello', nonce: joined.nonce });
      return leader;
    },
    async open() {
      const { anna, desk, ...customer } = await test.beginWithAnna();
      const answer = await test.start(customer);
      if (answer.status !== 201) throw new Error(`start: ${answer.status} ${answer.text}`);
      const arrived = await test.arrive((JSON.parse(answer.text) as SessionBegun).url);
      const leader = await test.lead(arrived);
      await leader.until(() => leader.events.find(({ type }) => type === 'session.welcome'), 'welcome');
      return { ...arrived, customer, leader, anna, desk };
    },
    async follow(login, sid) {
      const { console } = test.hosts;
      const answer = await test.call(console, `/console/api/session/${sid}`, {
        method: 'POST',
        headers: { Origin: `http://${console}`, Cookie: login },
        body: {},
      });
      if (answer.status !== 200) throw new Error(`agent's join: ${answer.status} ${answer.text}`);
      const socket = await test.socket(console, `/session/${sid}/socket`, { Cookie: login });
      socket.send({ type: 'session.hello', nonce: (JSON.parse(answer.text) as { nonce: string }).nonce });
      return socket;
    },
    async restart() {
      await gateway.stop();
      gateway = await startGateway({ configFile, assets: ASSETS, log, port });
    },
    async stop() {
      await gateway.stop();
      shop.closeAllConnections();
      await new Promise((done) => shop.close(done));
      await rm(folder, { recursive: true, force: true });
    },
  };
  return test;
}

function createRecordingLog(lines: string[]): Log {
  const log = createLog('debug');
  // pino writes to a stream that it was made with; the lines are taken one step before.
  const symbols = Object.getOwnPropertySymbols(log);
  const stream = symbols.find((symbol) => String(symbol) === 'Symbol(pino.stream)');
  if (stream) Reflect.set(log, stream, { write: (line: string) => lines.push(line) });
  return log;
}

function listen(server: Server): Promise<number> {
  return new Promise((resolve) =>
    server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port)),
  );
}

/** The Cookie header that a browser would send after this answer. */
export function cookiesOf({ headers }: Answer): string {
  return (headers['set-cookie'] ?? []).map((line) => line.split(';')[0]).join('; ');
}

function call(
  port: number,
  host: string,
  path: string,
  { method = 'GET', headers = {}, body }: Call,
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const bytes = body === undefined || Buffer.isBuffer(body) ? body : JSON.stringify(body);
    const req = httpRequest(
      {
        host: '127.0.0.1',
        port,
        path,
        method,
        headers: {
          Host: host,
          ...(body !== undefined && !Buffer.isBuffer(body) ? { 'Content-Type': 'application/json' } : {}),
          ...headers,
        },
        agent: false,
      },
      (res) => {
        const chunks: Buffer[] = [];
        res.on('data', (chunk: Buffer) => chunks.push(chunk));
        res.on('error', reject);
        res.on('end', () =>
          resolve({
            status: res.statusCode ?? 0,
            headers: res.headers,
            text: Buffer.concat(chunks).toString(),
          }),
        );
      },
    );
    req.on('error', reject);
    req.end(bytes as string | Buffer | undefined);
  });
}

function dial(
  port: number,
  host: string,
  path: string,
  headers: Record<string, string>,
): Promise<TestSocket | number> {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(`ws://127.0.0.1:${port}${path}`, { headers: { Host: host, ...headers } });
    const test = new TestSocket(socket);
    socket.once('open', () => resolve(test));
    socket.once('unexpected-response', (req, res) => {
      resolve(res.statusCode ?? 0);
      res.resume();
      req.destroy();
    });
    socket.once('error', reject);
  });
}
