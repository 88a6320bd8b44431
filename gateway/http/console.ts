// The console's host: sign-in, agents' and admins' pages and API, the contact panel's script, the keyed API, health.
import express, { type Express, type Request, type Response } from 'express';
import type { AgentJoined, DocumentShared, Me } from '../../protocol/http-api.ts';
import { MAX_DOCUMENT_BYTES } from '../../protocol/limits.ts';
import { object, text } from '../../protocol/schema.ts';
import { chooseCoding } from '../content-coding.ts';
import { Refused } from '../errors.ts';
import type { Log } from '../log.ts';
import { LOGIN_COOKIE, type Logins } from '../sites/accounts.ts';
import type { BlockedHosts } from '../sites/blocked-hosts.ts';
import type { Agent } from '../sites/config.ts';
import { isInNetworks } from '../sites/hosts.ts';
import { readOwnCookie } from '../sites/own-cookies.ts';
import type { Places } from '../sites/places.ts';
import type { Registry } from '../sites/registry.ts';
import { type ApiDeps, apiRoutes } from './api.ts';
import type { Assets } from './assets.ts';
import { readBody } from './console-body.ts';
import { checkConsoleRequest, consoleHeaders } from './console-gate.ts';
import { settingsRoutes } from './console-settings.ts';
import { answerErrors } from './refusal.ts';

export interface ConsoleDeps {
  registry: Registry;
  places: Places;
  logins: Logins;
  assets: Pick<Assets, 'page' | 'middleware' | 'panelScript'>;
  conversations: ApiDeps['conversations'];
  /** An agent joins by session URL or from his conversation. @throws {Refused} */
  joinAsAgent(agent: Agent, sid: string): AgentJoined | Promise<AgentJoined>;
  /** An agent shares a document in a session in which he takes part. @throws {Refused} */
  shareAsAgent(
    agent: Agent,
    sid: string,
    file: { name: string; bytes: Buffer },
  ): DocumentShared | Promise<DocumentShared>;
  /** Whether new sessions can be created (`/readyz`). */
  isReady(): boolean | Promise<boolean>;
  blocked: BlockedHosts;
  /** Figures for Prometheus, by the keyed API. */
  metrics?: ApiDeps['metrics'];
  log: Log;
}

const LOGIN_COOKIE_OPTIONS = { httpOnly: true, secure: true, sameSite: 'lax', path: '/' } as const;
/** The browser forgets it when it closes or after this time; the login's own limits are the store's. */
const LOGIN_COOKIE_AGE = 12 * 60 * 60_000;
/** Where the console's page is; its script shows what belongs to the path. */
const PAGES = ['/', '/session/:sid', '/admin', '/admin/*rest'];

const loginBody = object({ name: text(64), password: text(1_024) });

function viewOf({ name, title, roles, cobrowsing }: Agent): Me {
  return { name, title, roles, cobrowsing };
}

/** The express app of the console's host. Mount it behind the check of Host. */
export function createConsole(deps: ConsoleDeps): Express {
  const { registry, places, logins, assets, blocked, log } = deps;
  const app = express();
  app.disable('x-powered-by');
  app.set('etag', false);
  app.set('query parser', 'simple');
  app.set('trust proxy', (address: string) => isInNetworks(address, registry.config.trustProxy));

  app.use(consoleHeaders(places, registry.config.hsts));
  publicRoutes(app, deps);
  app.use('/api/v1', apiRoutes(deps));

  app.use((req, _res, next) => {
    checkConsoleRequest(req, places);
    next();
  });
  app.use(assets.middleware('console'));
  app.get(PAGES, (_req, res) => {
    res.set('Cache-Control', 'no-store').type('html').send(assets.page('console'));
  });

  app.use('/console/api', (_req, res, next) => {
    res.set('Cache-Control', 'no-store');
    next();
  });
  documentRoute(app, deps);
  app.use('/console/api', express.json({ limit: '16kb' }));
  loginRoutes(app, deps);
  const requireAgent = agentFinder(logins);
  app.use(
    '/console/api/settings',
    settingsRoutes({ registry, blocked, requireAgent: (req) => requireAgent(req, req.res), log }),
  );
  app.post('/console/api/session/:sid', async (req, res) => {
    const agent = await requireAgent(req, res);
    res.json(await deps.joinAsAgent(agent, req.params.sid));
  });

  app.use((_req, res) => {
    res.status(404).set('Cache-Control', 'no-store').type('text/plain').send('Not found');
  });
  app.use(answerErrors(log));
  return app;
}

/** What anybody may ask for, from anywhere. */
function publicRoutes(app: Express, { assets, isReady }: ConsoleDeps): void {
  app.get('/panel.js', (req, res) => {
    const { body, hash, packed } = assets.panelScript;
    const coding = chooseCoding(req.headers['accept-encoding']);
    // Runs on the customers' sites; `crossorigin` and `integrity` on the tag work too.
    res.set({
      'Content-Type': 'text/javascript; charset=utf-8',
      'Cross-Origin-Resource-Policy': 'cross-origin',
      'Access-Control-Allow-Origin': '*',
      'Cache-Control': 'public, max-age=300',
      ETag: `"${hash}"`,
      Vary: 'Accept-Encoding',
    });
    if (req.fresh) res.status(304).end();
    else if (coding) res.set('Content-Encoding', coding).end(packed[coding]);
    else res.end(body);
  });
  // Browsers ask by themselves; a 404 would stand as an error in everybody's console.
  app.get('/favicon.ico', (_req, res) => {
    res.set('Cache-Control', 'public, max-age=86400').status(204).end();
  });
  app.get('/healthz', (_req, res) => {
    res.set('Cache-Control', 'no-store').json({ status: 'ok' });
  });
  app.get('/readyz', async (_req, res) => {
    const ready = await isReady();
    res
      .status(ready ? 200 : 503)
      .set('Cache-Control', 'no-store')
      .json({ status: ready ? 'ready' : 'not ready' });
  });
}

/** Finds the agent of a request; where our cookie comes twice, both are expired. */
function agentFinder(logins: Logins): (req: Request, res: Response | undefined) => Promise<Agent> {
  return async (req, res) => {
    try {
      return await logins.requireAgent(req);
    } catch (error) {
      if (error instanceof Refused && error.reason === 'malformed') expireLogin(res);
      throw error;
    }
  };
}

function expireLogin(res: Response | undefined): void {
  res?.clearCookie(LOGIN_COOKIE, LOGIN_COOKIE_OPTIONS);
}

function loginRoutes(app: Express, { logins, log }: ConsoleDeps): void {
  const requireAgent = agentFinder(logins);

  app.post('/console/api/login', async (req, res) => {
    const { name, password } = readBody(loginBody, req);
    const { token, agent } = await logins.signIn(name, password, req.ip ?? '');
    log.info({ audit: 'sign-in', agent: agent.name });
    res.cookie(LOGIN_COOKIE, token, { ...LOGIN_COOKIE_OPTIONS, maxAge: LOGIN_COOKIE_AGE });
    res.json(viewOf(agent));
  });

  app.post('/console/api/logout', async (req, res) => {
    expireLogin(res);
    const token = readOwnCookie(req.headers.cookie, LOGIN_COOKIE);
    if (token !== undefined) await logins.signOut(token);
    res.status(204).end();
  });

  app.get('/console/api/me', async (req, res) => {
    res.json(viewOf(await requireAgent(req, res)));
  });
}

/** Before the JSON parser: the body is the document, whatever its type. */
function documentRoute(app: Express, { logins, shareAsAgent }: ConsoleDeps): void {
  const requireAgent = agentFinder(logins);
  app.post(
    '/console/api/session/:sid/documents',
    async (req, res, next) => {
      res.locals.agent = await requireAgent(req, res);
      next();
    },
    express.raw({ type: () => true, limit: MAX_DOCUMENT_BYTES }),
    async (req: Request<{ sid: string }>, res) => {
      const { name } = req.query;
      if (typeof name !== 'string' || !Buffer.isBuffer(req.body)) throw new Refused('malformed');
      res.json(await shareAsAgent(res.locals.agent as Agent, req.params.sid, { name, bytes: req.body }));
    },
  );
}
