// The view host of a session: the mirror's document, its script-less inner one, snapshots, and resources by unguessable id.
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import express, { type Express, type Request, type Response } from 'express';
import { type Addresses, shellOrigin, viewOrigin } from '../../protocol/address.ts';
import type { MirrorSnapshot } from '../../protocol/mirror-messages.ts';
import { type ContentCoding, chooseCoding } from '../content-coding.ts';
import { Refused } from '../errors.ts';
import type { Log } from '../log.ts';
import { rewriteFollowerCss } from '../mirror/follower-css.ts';
import { isResourceType, type KeptBytes, type Resources } from '../mirror/resources.ts';
import { findDoor, type Places } from '../sites/places.ts';
import type { Assets } from './assets.ts';
import { writePolicy } from './policy.ts';
import { sendGone, sendRefusal } from './refusal.ts';

/** A session as its followers' pages need it. */
export interface ViewedSession<S> {
  session: S;
  /** Its mirror. */
  live: {
    resources: Resources;
    /** A published snapshot; each is given out once. */
    takeSnapshot(id: string): MirrorSnapshot | undefined;
  };
}

export interface ViewDeps<S> {
  places: Places;
  /** Undefined for sessions that ended or never were. */
  findSession(sid: string): ViewedSession<S> | undefined;
  /** GETs a resource with the session's jar. @throws {Refused} */
  fetchFor(session: S, url: string): Promise<{ status: number; type: string; body: Buffer }>;
  assets: Pick<Assets, 'page' | 'middleware'>;
  log: Log;
}

const pack: Record<ContentCoding, (body: Buffer) => Promise<Buffer>> = {
  br: (body) => promisify(brotliCompress)(body, BROTLI),
  gzip: (body) => promisify(gzip)(body, { level: GZIP_LEVEL }),
};
/** 4 is the knee for snapshots: 11 takes seconds for a few per cent [measured]. */
const BROTLI = { params: { [constants.BROTLI_PARAM_QUALITY]: 4 } };
const GZIP_LEVEL = 4;
/** After Stop nothing of the page may be left in a follower's browser; within it the bytes come from the gateway's memory. */
const RESOURCE_CACHE = 'no-store';

/** @returns the app of all `view--<sid>` hosts */
export function createView<S extends { readonly addresses: Addresses }>(deps: ViewDeps<S>): Express {
  const { places, assets } = deps;
  const app = express();
  app.disable('x-powered-by');
  app.set('etag', false);

  const sidOf = (req: Request): string | undefined => {
    const door = findDoor(req.headers.host, places);
    return door?.role === 'view' ? door.sid : undefined;
  };
  const find = (req: Request): ViewedSession<S> => {
    const sid = sidOf(req);
    const found = sid === undefined ? undefined : deps.findSession(sid);
    if (!found) throw new Refused('session-ended');
    return found;
  };

  app.use((req, res, next) => {
    res.set({
      'Cache-Control': 'no-store',
      'Cross-Origin-Resource-Policy': 'same-origin',
      'Origin-Agent-Cluster': '?1',
      'Referrer-Policy': 'no-referrer',
      'X-Content-Type-Options': 'nosniff',
    });
    if (req.method !== 'GET' && req.method !== 'HEAD') {
      res.status(405).set('Allow', 'GET, HEAD').end();
      return;
    }
    // Before any path: what a dead address holds is nobody's business, and every one answers alike.
    find(req);
    next();
  });

  app.get('/', (req, res) => {
    const { session } = find(req);
    const embedders = embeddersOf(session.addresses, places);
    res.set('Content-Security-Policy', outerPolicy(session.addresses, embedders));
    res.type('html').send(withEmbedders(assets.page('view'), embedders));
  });
  app.use(assets.middleware('view'));

  app.get('/inner', (req, res) => {
    const { session } = find(req);
    res.set(
      'Content-Security-Policy',
      innerPolicy(session.addresses, embeddersOf(session.addresses, places)),
    );
    const quirks = req.originalUrl.endsWith('?quirks');
    res.type('html').send(`${quirks ? '' : '<!doctype html>'}<html><head></head><body></body></html>`);
  });

  app.get('/s/:id', async (req, res) => {
    const snapshot = find(req).live.takeSnapshot(req.params.id);
    if (!snapshot) {
      res.status(404).end();
      return;
    }
    await sendJson(req, res, JSON.stringify(snapshot));
  });

  app.get('/r/:id', async (req, res) => {
    const { session, live } = find(req);
    const resource = live.resources.find(req.params.id);
    const bytes =
      resource &&
      (resource.kept ??
        (resource.own
          ? await live.resources.waitForOwn(req.params.id)
          : await fetchBytes(deps, session, live.resources, resource.url)));
    // A picture of nothing is how applications say that somebody has none.
    if (bytes === NO_CONTENT) {
      res.status(204).end();
      return;
    }
    if (!resource || !bytes || !isResourceType(bytes.type)) {
      res.status(404).end();
      return;
    }
    sendResource(req, res, resource.url, bytes, live.resources, viewOrigin(session.addresses.table));
  });

  app.use((_req, res) => {
    res.status(404).end();
  });
  app.use((error: unknown, req: Request, res: Response, next: express.NextFunction) => {
    if (res.headersSent) {
      next(error);
      return;
    }
    const refused = error instanceof Refused ? error : new Refused('internal', {}, error);
    if (refused.reason === 'session-ended') {
      sendGone(res, req.headers['accept-language']);
      return;
    }
    if (refused.reason === 'internal') deps.log.error({ err: error }, 'view request failed');
    sendRefusal(res, refused, req.headers['accept-language']);
  });
  return app;
}

/** Who may show this session's mirror: its own window, and the console. */
function embeddersOf(addresses: Addresses, places: Places): string[] {
  return [shellOrigin(addresses.table), places.consoleOrigin];
}

/** The mirror script talks to these and to nobody else. Origins hold no character that means anything in HTML. */
function withEmbedders(html: string, embedders: string[]): string {
  return html.replace(
    /<head>/i,
    (head) => `${head}<meta name="tandem-embedders" content="${embedders.join(' ')}">`,
  );
}

/** Followers' bytes come from here only. `'self'` is spelled out, as an inner frame may not have it. */
function innerPolicy({ table }: Addresses, embedders: string[]): string {
  const view = viewOrigin(table);
  return writePolicy({
    'default-src': [],
    'img-src': [view, 'data:'],
    'font-src': [view, 'data:'],
    'media-src': [view, 'data:'],
    'style-src': [view, "'unsafe-inline'"],
    'script-src': [],
    'form-action': [],
    'base-uri': [],
    'frame-src': [],
    'object-src': [],
    'frame-ancestors': [view, ...embedders],
  });
}

function outerPolicy({ table }: Addresses, embedders: string[]): string {
  const view = viewOrigin(table);
  return writePolicy({
    'default-src': [],
    'script-src': [view],
    'style-src': [view],
    'img-src': [view, 'data:'],
    'connect-src': [view],
    'frame-src': [view],
    'base-uri': [],
    'form-action': [],
    'frame-ancestors': embedders,
  });
}

async function sendJson(req: Request, res: Response, json: string): Promise<void> {
  const coding = chooseCoding(req.headers['accept-encoding']);
  res.set({ 'Content-Type': 'application/json; charset=utf-8', Vary: 'Accept-Encoding' });
  const body = Buffer.from(json);
  if (coding) res.set('Content-Encoding', coding).end(await pack[coding](body));
  else res.end(body);
}

/** What an answer of 204 is kept as. */
const NO_CONTENT: KeptBytes = { type: '', body: Buffer.alloc(0) };

/** What the leader got may be gone from the budget, or never came by us: it is fetched again, with the session's cookies. */
async function fetchBytes<S>(
  deps: ViewDeps<S>,
  session: S,
  resources: Resources,
  url: string,
): Promise<KeptBytes | undefined> {
  try {
    const { status, type, body } = await deps.fetchFor(session, url);
    if (status === 204) return NO_CONTENT;
    if (status !== 200 || !isResourceType(type)) return undefined;
    resources.keep(url, type, body);
    return { type, body };
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    return undefined;
  }
}

function sendResource(
  req: Request,
  res: Response,
  url: string,
  { type, body }: KeptBytes,
  resources: Resources,
  view: string,
): void {
  res.set({
    'Access-Control-Allow-Origin': view,
    'Cache-Control': RESOURCE_CACHE,
    // An SVG opened on its own runs nothing and loads nothing.
    'Content-Security-Policy': "default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox",
  });
  if (/^text\/css/i.test(type)) {
    res.set('Content-Type', 'text/css; charset=utf-8');
    res.end(rewriteFollowerCss(decodeCss(body, type), url, resources));
    return;
  }
  res.set({ 'Content-Type': type, 'Accept-Ranges': 'bytes' });
  const range = /^bytes=(\d*)-(\d*)$/.exec(req.headers.range ?? '');
  if (!range || (range[1] === '' && range[2] === '')) {
    res.end(body);
    return;
  }
  // RFC 9110 14.1.2: `-n` are the last n bytes.
  const start = range[1] === '' ? Math.max(0, body.length - Number(range[2])) : Number(range[1]);
  const end =
    range[1] === '' || range[2] === '' ? body.length - 1 : Math.min(Number(range[2]), body.length - 1);
  if (start > end) {
    res.status(416).set('Content-Range', `bytes */${body.length}`).end();
    return;
  }
  res
    .status(206)
    .set('Content-Range', `bytes ${start}-${end}/${body.length}`)
    .end(body.subarray(start, end + 1));
}

/** By byte order mark, header, `@charset`, else UTF-8 (CSS Syntax 3.2). */
function decodeCss(body: Buffer, type: string): string {
  const named =
    /charset\s*=\s*"?([\w-]+)/i.exec(type)?.[1] ??
    /^@charset "([\w-]+)";/.exec(body.toString('latin1', 0, 100))?.[1];
  try {
    return new TextDecoder(named ?? 'utf-8').decode(body);
  } catch {
    return body.toString('utf8');
  }
}
