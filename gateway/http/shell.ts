// The shell host of a session: our session window, and the few calls by which its people come in. Never an upstream byte.
import express, { type Express, type Request, type Response } from 'express';
import helmet from 'helmet';
import type { Joined } from '../../protocol/http-api.ts';
import { MAX_DOCUMENT_BYTES, MAX_URL } from '../../protocol/limits.ts';
import { Malformed, object, optional, text } from '../../protocol/schema.ts';
import { Refused } from '../errors.ts';
import type { Log } from '../log.ts';
import type { Participant } from '../session/participants.ts';
import { stateFor } from '../session/seen-by.ts';
import type { Session } from '../session/session.ts';
import type { Sessions } from '../session/sessions.ts';
import type { Config } from '../sites/config.ts';
import { readOwnCookie } from '../sites/own-cookies.ts';
import { findDoor, type Places } from '../sites/places.ts';
import type { Assets } from './assets.ts';
import { Attempts } from './attempts.ts';
import { shareDocument } from './documents.ts';
import { shellPolicy } from './policy.ts';
import { answerErrors, requireOwnOrigin, sendGone } from './refusal.ts';
import { strictTransport } from './strict-transport.ts';

/** Who someone is in this session; on the shell host only. Pages can neither write it nor plant a twin. */
export const PARTICIPANT_COOKIE = '__Host-Http-cbs';
/** Lets the customer's browser load this session's pages; on all hosts of the base. */
export const passCookie = (sid: string) => `__Secure-cbp-${sid}`;

export interface ShellDeps {
  places: Places;
  config: () => Config;
  sessions: Sessions;
  /** The pid that a join ticket was made for; it is used up. */
  redeemTicket: (sid: string, ticket: string) => Promise<string | undefined>;
  assets: Pick<Assets, 'page' | 'middleware'>;
  log: Log;
}

const FAILURES_PER_MINUTE = 20;
const joinBody = object({
  ticket: optional(text(128)),
  invite: optional(text(128)),
  name: optional(text(200)),
});
const outsideBody = object({ url: text(MAX_URL) });
const enterBody = object({ resume: optional(text(128)) });

export function createShell(deps: ShellDeps): Express {
  const { places, sessions, assets, log } = deps;
  const app = express();
  app.set('trust proxy', deps.config().trustProxy);
  app.use(
    helmet({
      contentSecurityPolicy: false,
      crossOriginEmbedderPolicy: false,
      crossOriginOpenerPolicy: { policy: 'same-origin' },
      crossOriginResourcePolicy: { policy: 'same-origin' },
      originAgentCluster: true,
      referrerPolicy: { policy: 'no-referrer' },
      strictTransportSecurity: strictTransport(places, deps.config().hsts),
    }),
  );

  const sidOf = (req: Request): string => {
    const door = findDoor(req.headers.host, places);
    if (door?.role !== 'shell') throw new Refused('unknown-host');
    return door.sid;
  };
  const sessionOf = (req: Request): Session => {
    const session = sessions.find(sidOf(req));
    if (!session) throw new Refused('session-ended');
    return session;
  };

  // Before anything else: a dead session has no pages, no files and no calls.
  app.use((req, res, next) => {
    if (sessions.find(sidOf(req))) {
      // Nothing of ours is a service worker; one registered here would own the session window for ever.
      next(req.headers['service-worker'] === undefined ? undefined : new Refused('service-worker'));
      return;
    }
    expireCookies(req, res, places);
    sendGone(res, req.headers['accept-language']);
  });
  app.use(requireOwnOrigin((req) => `${places.scheme}://${sidOf(req)}.${places.base}`));

  app.get(['/', '/join'], (req, res) => {
    res.set('Content-Security-Policy', shellPolicy(sessionOf(req).addresses.table));
    res.set('Cache-Control', 'no-store').type('html').send(assets.page('shell'));
  });
  app.use(assets.middleware('shell'));

  const failures = new Attempts(FAILURES_PER_MINUTE);
  app.post('/join', express.json({ limit: '8kb' }), async (req, res) => {
    const session = sessionOf(req);
    failures.check(req.ip);
    try {
      const participant = await arrive(deps, session, req);
      log.info({ audit: 'join', sid: session.sid, pid: participant.pid, kind: participant.kind });
      let cookie = req.headers.cookie;
      if (
        session.participants.findByCookie(readOwnCookie(cookie, PARTICIPANT_COOKIE) ?? '') !== participant
      ) {
        setCookie(res, PARTICIPANT_COOKIE, participant.issueCookie());
        cookie = undefined;
      }
      sendJoined(res, session, participant, cookie, places);
    } catch (error) {
      if (error instanceof Refused && error.reason === 'invite-invalid') failures.count(req.ip);
      throw error;
    }
  });

  app.post('/enter', express.json({ limit: '8kb' }), (req, res) => {
    const session = sessionOf(req);
    const known = findByCookie(session, req);
    if (known) {
      sendJoined(res, session, known, req.headers.cookie, places);
      return;
    }
    // After a cookie wipe: the window still holds its resume secret.
    const { resume } = decode(enterBody, req.body ?? {});
    const resumed = resume === undefined ? undefined : session.participants.takeResume(resume);
    if (!resumed) throw new Refused('signed-out');
    setCookie(res, PARTICIPANT_COOKIE, resumed.issueCookie());
    sendJoined(res, session, resumed, undefined, places);
  });

  app.post('/documents', express.raw({ type: () => true, limit: MAX_DOCUMENT_BYTES }), (req, res) => {
    const session = sessionOf(req);
    const participant = findByCookie(session, req);
    if (!participant) throw new Refused('signed-out');
    const name = typeof req.query.name === 'string' ? req.query.name : '';
    const bytes: unknown = req.body;
    // An empty body is not parsed at all.
    const file = { name, bytes: Buffer.isBuffer(bytes) ? bytes : Buffer.alloc(0) };
    res.status(201).json(shareDocument(session, participant, file));
  });

  // A link of the page leads off the list: the window tells the customer, and here it is counted.
  app.post('/outside', express.json({ limit: '16kb' }), (req, res) => {
    const session = sessionOf(req);
    if (findByCookie(session, req)?.kind !== 'customer') throw new Refused('only-customer');
    session.outside(decode(outsideBody, req.body).url);
    res.status(204).end();
  });

  app.use((_req, res) => {
    res.status(404).set('Cache-Control', 'no-store').type('text/plain').send('Not found');
  });
  app.use(answerErrors(log, (req) => ({ consoleUrl: `${places.consoleOrigin}/session/${sidOf(req)}` })));
  return app;
}

/** @throws {Refused} invite-invalid: unknown, used up or too old, all alike */
async function arrive({ redeemTicket }: ShellDeps, session: Session, req: Request): Promise<Participant> {
  const { ticket, invite, name } = decode(joinBody, req.body);
  if (ticket !== undefined) {
    const pid = await redeemTicket(session.sid, ticket);
    const participant = pid === undefined ? undefined : session.participants.find(pid);
    if (!participant) throw new Refused('invite-invalid');
    return participant;
  }
  if (invite === undefined || name === undefined) throw new Refused('malformed');
  // Tried out in the customer's own browser: he stays who he is, and the invitation unused.
  return findByCookie(session, req) ?? session.joinGuest(invite, name);
}

function findByCookie(session: Session, req: Request): Participant | undefined {
  const cookie = readOwnCookie(req.headers.cookie, PARTICIPANT_COOKIE);
  return cookie === undefined ? undefined : session.participants.findByCookie(cookie);
}

/** @param cookies what the browser holds of ours and may keep */
function sendJoined(
  res: Response,
  session: Session,
  participant: Participant,
  cookies: string | undefined,
  places: Places,
): void {
  const customer = participant.kind === 'customer';
  if (customer) {
    const name = passCookie(session.sid);
    const pass = readOwnCookie(cookies, name);
    if (pass === undefined || !session.passIs(pass))
      setCookie(res, name, session.issuePass(), places.base.replace(/:\d+$/, ''));
  }
  const answer: Joined = {
    kind: participant.kind,
    nonce: session.nonceOf(participant.pid),
    state: stateFor(session, participant),
    ...(customer ? { start: session.start, features: session.site.options.features } : {}),
  };
  res.set('Cache-Control', 'no-store').json(answer);
}

function setCookie(res: Response, name: string, value: string, domain?: string): void {
  res.append(
    'Set-Cookie',
    `${name}=${value}; Path=/; ${domain === undefined ? '' : `Domain=${domain}; `}HttpOnly; Secure; SameSite=Lax`,
  );
}

/** By name: `Clear-Site-Data: "cookies"` would empty the other sessions of this browser too. */
function expireCookies(req: Request, res: Response, { base, ...places }: Places): void {
  const door = findDoor(req.headers.host, { base, ...places });
  const held = req.headers.cookie ?? '';
  if (door?.role !== 'shell') return;
  const gone = 'Path=/; Max-Age=0; HttpOnly; Secure; SameSite=Lax';
  if (held.includes(PARTICIPANT_COOKIE)) res.append('Set-Cookie', `${PARTICIPANT_COOKIE}=; ${gone}`);
  if (held.includes(passCookie(door.sid)))
    res.append('Set-Cookie', `${passCookie(door.sid)}=; Domain=${base.replace(/:\d+$/, '')}; ${gone}`);
}

function decode<T>(decoder: (value: unknown, path: string) => T, value: unknown): T {
  try {
    return decoder(value, '');
  } catch (error) {
    if (error instanceof Malformed) throw new Refused('malformed', {}, error);
    throw error;
  }
}
