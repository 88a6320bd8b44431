// A leader's page, a SessionMirror in this process and a follower's page, joined by sockets: what the mirror tests start.
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { build } from 'vite';
import { type WebSocket, WebSocketServer } from 'ws';
import { createView } from '../../../gateway/http/view.ts';
import { createLog } from '../../../gateway/log.ts';
import { encodeMirror } from '../../../gateway/mirror/encode.ts';
import { Resources } from '../../../gateway/mirror/resources.ts';
import { SessionMirror } from '../../../gateway/mirror/session-mirror.ts';
import { Addresses } from '../../../protocol/address.ts';
import type { MirrorMessage } from '../../../protocol/mirror-messages.ts';
import { type PageFact, pageFact } from '../../../protocol/page-facts.ts';
import { decodeJson } from '../../../protocol/schema.ts';
import type { Question } from '../../../ui/mirror/repair.ts';

const SID = 'abcdefghijklmnop';
export const INNER_CSP =
  "default-src 'none'; img-src 'self' data:; font-src 'self' data:; media-src 'self' data:; style-src 'self' 'unsafe-inline'; form-action 'none'; base-uri 'none'; frame-src 'none'; object-src 'none'";

/** One file of a page, as a classic script. */
async function bundle(entry: string): Promise<string> {
  const result = await build({
    configFile: false,
    logLevel: 'error',
    build: {
      write: false,
      minify: false,
      target: 'es2022',
      lib: {
        entry: fileURLToPath(new URL(entry, import.meta.url)),
        formats: ['iife'],
        name: 'entry',
        fileName: 'entry',
      },
    },
  });
  const [output] = Array.isArray(result) ? result : [result];
  if (!output || !('output' in output)) throw new Error('no bundle');
  return output.output[0].code;
}
let bundles: Promise<[leader: string, follower: string]> | undefined;

/** The way from the leader to the gateway, or from there to the follower. */
export type Hop = 'leader' | 'follower';
/** Also the ways back, on which the gateway and the follower ask for what is missing. */
export type Way = Hop | 'to-leader' | 'from-follower';
export type Fault = 'drop' | 'double' | 'swap';

/** What goes back: a repair or a snapshot is asked for. */
export interface Asked {
  type: 'repair' | 'resend';
}
/** What can be disturbed. */
export type Said = MirrorMessage | PageFact | Asked;

/** Something that was disturbed. */
export interface Disturbed {
  way: Way;
  how: Fault;
  type: Said['type'];
  /** When it came to where it was disturbed; ms of this process's clock. */
  at: number;
}

/** Passes messages on, some of them wrongly where that is asked for. */
function disturber(way: Way, done: Disturbed[]) {
  let wanted: { how: Fault; matches: (message: Said) => boolean }[] = [];
  let late: (() => void) | undefined;
  return {
    disturb(how: Fault, matches: (message: Said) => boolean, besides: boolean) {
      wanted = [...(besides ? wanted : []), { how, matches }];
    },
    pass(message: Said, deliver: () => void) {
      const next = wanted.find(({ matches }) => matches(message));
      const fault = next?.how;
      if (next) {
        wanted = wanted.filter((one) => one !== next);
        done.push({ way, how: next.how, type: message.type, at: performance.now() });
      }
      if (fault === 'swap') {
        late?.();
        late = deliver;
        return;
      }
      if (fault !== 'drop') deliver();
      if (fault === 'double') deliver();
      late?.();
      late = undefined;
    },
    calm() {
      wanted = [];
    },
  };
}

export interface Pair {
  leader: Page;
  follower: Page;
  mirror: SessionMirror;
  resources: Resources;
  /** Everything that went to the follower, as bytes on the wire, since the last call. */
  takeSent(): { message: MirrorMessage; bytes: Uint8Array }[];
  /** Every fact that came from the leader, with its length in bytes, since the last call. */
  takeSaid(): { fact: PageFact; length: number }[];
  /** All text that followers got, from the beginning. */
  wire(): string;
  /** Waits until all followers show what the leader has now. */
  settle(): Promise<void>;
  /** What both show, to be compared. @param which of the followers; the first unless given */
  both(which?: number): Promise<{ leader: unknown; follower: unknown }>;
  /** Changes something once more, and waits until its digest was said and followers have compared it. */
  quiet(): Promise<void>;
  /** Hashes of what the leader and each follower show: equal when that is. */
  hashes(): Promise<string[]>;
  /** Drops the next message to the follower. */
  dropNext(): void;
  /** Does that to the next message on one of the ways that `matches`; swapped with the one after it. */
  disturb(way: Way, how: Fault, matches?: (message: Said) => boolean): void;
  /** The same, without taking back what was asked for before: one message suffers it once. */
  disturbAlso(way: Way, how: Fault, matches: (message: Said) => boolean): void;
  /** Nothing is disturbed any more. */
  calm(): void;
  /** Tells the follower something that the gateway never said. */
  lie(message: MirrorMessage): void;
  /** How often something was disturbed so far. */
  disturbed(): number;
  /** What was disturbed, in the order in which it was. */
  disturbances: readonly Disturbed[];
  /** Opens another follower, who has nothing of the page yet. */
  join(): Promise<Page>;
  /** Why a follower or the gateway asked for all again. */
  resends: string[];
  /** Who asked for what differs; also when the same is asked again. */
  repairs: Hop[];
  /** How many questions that were: what is asked again has the same number. */
  questions(): number;
  errors: string[];
  /** Requests by the follower's page that are not of the view host. */
  strayRequests: string[];
  close(): Promise<void>;
}

/**
 * Opens both pages.
 * @param pages HTML by path; `/` is the first
 */
export async function openPair(
  browser: Browser,
  options: {
    pages: Record<string, string>;
    /** Everything else by path: pictures, fonts, scripts, more pages. Followers get it as resources of the gateway. */
    files?: (path: string) => { type: string; body: Buffer } | undefined;
    /** Path that the leader begins at. */
    start?: string;
    viewport?: { width: number; height: number };
    masks?: { mask: string[]; hide: string[]; readonly: string[] };
    follow?: boolean;
    /** The leader's clock runs so fast that the recorder gives the page its turn after a few dozen nodes. */
    shortTurns?: boolean;
    /** Nothing of what was said is kept: a long run would fill the memory. */
    forgetful?: boolean;
  },
): Promise<Pair> {
  bundles ??= Promise.all([bundle('leader-entry.ts'), bundle('follower-entry.ts')]);
  const [leaderScript, followerScript] = await bundles;
  const masks = options.masks ?? { mask: [], hide: [], readonly: [] };
  const tag = `<script src="/leader.js" data-config='${JSON.stringify({ masks, forgetful: options.forgetful })}'></script>`;
  const server: Server = createServer((req, res) => {
    const path = (req.url ?? '/').split('?')[0]!;
    const isView = req.headers.host?.startsWith('view--') ?? false;
    const send = (type: string, body: string, headers: Record<string, string> = {}): void => {
      res
        .writeHead(200, { 'content-type': `${type}; charset=utf-8`, 'cache-control': 'no-store', ...headers })
        .end(body);
    };
    if (isView && path === '/')
      return send(
        'text/html',
        '<!doctype html><style>body{margin:0;height:100vh}</style><body><script src="/follower.js"></script>',
      );
    if (isView && path === '/inner')
      return send(
        'text/html',
        req.url?.endsWith('quirks') ? '<html></html>' : '<!doctype html><html></html>',
        { 'content-security-policy': INNER_CSP },
      );
    if (path === '/follower.js') return send('text/javascript', followerScript);
    if (path === '/leader.js') return send('text/javascript', leaderScript);
    // Resources by the gateway's own door, as followers get them.
    if (isView && path.startsWith('/r/')) return void viewApp(req, res);
    if (isView && path === '/s') return send('application/json', JSON.stringify(mirror.snapshot()));
    const file = isView ? undefined : options.files?.(path);
    const page = isView
      ? undefined
      : (options.pages[path] ?? (file?.type === 'text/html' ? file.body.toString() : undefined));
    if (file && page === undefined) {
      // Browsers seek in media only where they may ask for a part.
      const from = Number(/^bytes=(\d+)-/.exec(req.headers.range ?? '')?.[1] ?? Number.NaN);
      const { length } = file.body;
      const headers = { 'content-type': file.type, 'cache-control': 'no-store', 'accept-ranges': 'bytes' };
      if (Number.isNaN(from)) return void res.writeHead(200, headers).end(file.body);
      return void res
        .writeHead(206, { ...headers, 'content-range': `bytes ${from}-${length - 1}/${length}` })
        .end(file.body.subarray(from));
    }
    if (page === undefined) return void res.writeHead(404).end();
    if (path.endsWith('.css')) return send('text/css', page);
    return send(
      'text/html',
      page.replace(/<head>|^(?:<!doctype[^>]*>)?/i, (start) => start + tag),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const addresses = new Addresses({
    sid: SID,
    scheme: 'http',
    base: `cobrowse.localhost:${port}`,
    hosts: [['https://www.shop.example', 'www-shop-example', 'domain']],
    wild: [],
  });
  const resources = new Resources({ addresses });
  const mirror = new SessionMirror({ addresses, masks, resources, log: createLog('silent') });
  const viewApp = createView({
    places: {
      scheme: 'http',
      base: `cobrowse.localhost:${port}`,
      consoleOrigin: 'http://console.localhost',
    } as never,
    findSession: () => ({ session: { addresses }, live: { resources, takeSnapshot: () => undefined } }),
    fetchFor: async (_session, url) => {
      const path = new URL(url).pathname;
      const page = options.pages[path];
      const file = options.files?.(path);
      if (file) return { status: 200, ...file };
      if (page === undefined) return { status: 404, type: 'text/plain', body: Buffer.alloc(0) };
      return { status: 200, type: path.endsWith('.css') ? 'text/css' : 'text/html', body: Buffer.from(page) };
    },
    assets: { page: () => '', middleware: () => (_req, _res, next) => next() },
    log: createLog('silent'),
  });
  const errors: string[] = [];
  const resends: string[] = [];
  const strayRequests: string[] = [];
  let sent: { message: MirrorMessage; bytes: Uint8Array }[] = [];
  let said: { fact: PageFact; length: number }[] = [];
  let wire = '';
  const repairs: Hop[] = [];
  const questions = new Set<string>();
  const disturbances: Disturbed[] = [];
  const ways = {
    leader: disturber('leader', disturbances),
    follower: disturber('follower', disturbances),
    'to-leader': disturber('to-leader', disturbances),
    'from-follower': disturber('from-follower', disturbances),
  } satisfies Record<Way, unknown>;
  /** The one that was there first is the one that gets what was disturbed, and lies. */
  const followers: WebSocket[] = [];
  const leaders = new Map<number, WebSocket>();
  let frames = 0;

  /** How many digests followers got. */
  let digests = 0;
  const pushTo = (receivers: readonly WebSocket[], message: MirrorMessage): void => {
    if (message.type === 'mirror.changed' && message.digest !== undefined) digests++;
    const bytes = encodeMirror(message);
    if (!options.forgetful) {
      wire += `${JSON.stringify(message)}\n`;
      sent.push({ message, bytes });
    }
    for (const socket of receivers) {
      if (socket === followers[0]) ways.follower.pass(message, () => socket.send(bytes));
      else socket.send(bytes);
    }
  };
  mirror.onMessage((message) => pushTo(followers, message));
  mirror.onResend((frame) => {
    resends.push(`frame ${frame}`);
    ways['to-leader'].pass({ type: 'resend' }, () => leaders.get(frame)?.send('resend'));
  });
  mirror.onQuestion((question) => {
    repairs.push('leader');
    questions.add(`leader ${question.of}`);
    const json = JSON.stringify(question);
    ways['to-leader'].pass({ type: 'repair' }, () => leaders.get(question.frame)?.send(json));
  });
  const sockets = new WebSocketServer({ server });
  sockets.on('connection', (socket, req) => {
    if (req.url?.startsWith('/leader')) {
      const isPage = req.url.endsWith('?page');
      const frame = ++frames;
      leaders.set(frame, socket);
      socket.on('message', (data: Buffer) => {
        const text = data.toString();
        if (text.startsWith('mark ')) {
          for (const follower of followers) follower.send(text.slice(5));
          return;
        }
        try {
          const fact = decodeJson(pageFact, text);
          if (!options.forgetful) said.push({ fact, length: data.length });
          ways.leader.pass(fact, () => mirror.take(frame, fact, isPage));
        } catch (error) {
          errors.push(`${String(error)} ${String((error as Error).cause ?? '')} ${text.slice(0, 300)}`);
        }
      });
      socket.on('close', () => mirror.take(frame, { type: 'frame.closed' }));
      return;
    }
    followers.push(socket);
    const push = (message: MirrorMessage): void => pushTo([socket], message);
    socket.on('close', () => followers.splice(followers.indexOf(socket), 1));
    const hear = (why: string): void => {
      if (why.startsWith('{')) {
        const { of, epoch, frames: has } = JSON.parse(why) as Question;
        const answer = mirror.repairFor({ of, epoch, frames: has });
        if (answer) push(answer);
        else push({ type: 'mirror.snapshot', epoch: mirror.epoch, seq: mirror.seq, path: '/s' });
        return;
      }
      if (mirror.state !== 'waiting')
        push({ type: 'mirror.snapshot', epoch: mirror.epoch, seq: mirror.seq, path: '/s' });
      else push({ type: 'mirror.state', state: mirror.state });
    };
    socket.on('message', (data: Buffer) => {
      const why = data.toString();
      const type = why.startsWith('{') ? 'repair' : 'resend';
      if (type === 'repair') {
        repairs.push('follower');
        questions.add(`follower ${(JSON.parse(why) as Question).of}`);
      } else if (why !== 'start') resends.push(why);
      if (socket === followers[0]) ways['from-follower'].pass({ type }, () => hear(why));
      else hear(why);
    });
  });

  // A window for each: of two tabs in one, Chromium draws the one behind once a second [measured].
  const contexts: BrowserContext[] = [];
  const newWindow = async (): Promise<Page> => {
    const context = await browser.newContext({ viewport: options.viewport ?? { width: 1000, height: 700 } });
    contexts.push(context);
    return await context.newPage();
  };
  const leaderPage = await newWindow();
  const view = `http://view--${SID}.cobrowse.localhost:${port}/`;
  const listen = (page: Page): void => {
    page.on('pageerror', (error) => errors.push(error.stack ?? error.message));
  };
  const newFollower = async (): Promise<Page> => {
    const page = await newWindow();
    listen(page);
    page.on('request', (request) => {
      const url = request.url();
      if (!url.startsWith(view) && !url.startsWith('data:') && !url.startsWith('about:'))
        strayRequests.push(url);
    });
    return page;
  };
  listen(leaderPage);
  const followerPage = await newFollower();
  const followerPages = [followerPage];
  if (options.shortTurns)
    await leaderPage.addInitScript(() => {
      const real = performance.now.bind(performance);
      let ahead = 0;
      performance.now = () => {
        ahead += 10;
        return real() + ahead;
      };
    });
  if (options.follow !== false) await followerPage.goto(view);
  await leaderPage.goto(`http://www-shop-example--${SID}.cobrowse.localhost:${port}${options.start ?? '/'}`);
  let marks = 0;

  const pair: Pair = {
    leader: leaderPage,
    follower: followerPage,
    mirror,
    resources,
    errors,
    resends,
    repairs,
    questions: () => questions.size,
    strayRequests,
    wire: () => wire,
    takeSent: () => {
      const taken = sent;
      sent = [];
      return taken;
    },
    takeSaid: () => {
      const taken = said;
      said = [];
      return taken;
    },
    async settle() {
      // A mark goes the same way as the facts, so it comes after them.
      const names = await leaderPage.evaluate((mark) => window.leader.settle(mark), `mark-${++marks}`);
      for (const page of followerPages)
        await page.evaluate((all) => Promise.all(all.map((mark) => window.follower.until(mark))), names);
    },
    async both(which = 0) {
      const [one, other] = await Promise.all([
        leaderPage.evaluate(() => window.leader.normalise()),
        followerPages[which]!.evaluate(() => window.follower.normalise()),
      ]);
      return { leader: one, follower: other };
    },
    async quiet() {
      await pair.settle();
      const before = digests;
      await leaderPage.evaluate((number) => document.body.setAttribute('title', `quiet ${number}`), before);
      for (let tries = 0; digests === before && tries < 500; tries++)
        await new Promise((resolve) => setTimeout(resolve, 10));
      if (digests === before) throw new Error('no digest was said');
      await pair.settle();
    },
    hashes: () =>
      Promise.all([
        leaderPage.evaluate(() => window.leader.hash()),
        ...followerPages.map((page) => page.evaluate(() => window.follower.hash())),
      ]),
    async join() {
      const page = await newFollower();
      await page.goto(view);
      followerPages.push(page);
      return page;
    },
    dropNext: () => ways.follower.disturb('drop', () => true, false),
    disturb: (way, how, matches = () => true) => ways[way].disturb(how, matches, false),
    disturbAlso: (way, how, matches) => ways[way].disturb(how, matches, true),
    calm() {
      for (const way of Object.values(ways)) way.calm();
    },
    lie: (message) => followers[0]?.send(encodeMirror(message)),
    disturbed: () => disturbances.length,
    disturbances,
    async close() {
      for (const context of contexts) await context.close();
      for (const socket of sockets.clients) socket.terminate();
      sockets.close();
      await new Promise((resolve) => server.close(resolve));
      mirror.clear();
    },
  };
  return pair;
}
