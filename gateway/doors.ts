// The three doors over the session core (console, session, view), and the rule that chooses one of them for a request.
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import express from 'express';
import { viewOrigin } from '../protocol/address.ts';
import { asRefused, Refused } from './errors.ts';
import type { Assets } from './http/assets.ts';
import { type Connections, TOO_MANY } from './http/connections.ts';
import { createConsole } from './http/console.ts';
import { createDocumentRouter, shareDocument } from './http/documents.ts';
import { isById, isKnown } from './http/known.ts';
import { createMetrics } from './http/metrics.ts';
import { createPanel } from './http/panel.ts';
import { plainPage } from './http/refusal.ts';
import { createShell, PARTICIPANT_COOKIE } from './http/shell.ts';
import { SlowBodies } from './http/slow-bodies.ts';
import { createView } from './http/view.ts';
import { sentence } from './http/words.ts';
import type { Log } from './log.ts';
import { openLiveMirror } from './mirror/live-mirror.ts';
import type { Resources } from './mirror/resources.ts';
import { answerBomb, hasTooManyLines, refuseMalformed } from './proxy/gate.ts';
import { createProxy } from './proxy/proxy.ts';
import type { ProxySession } from './proxy/proxy-session.ts';
import { createRealtime } from './realtime/realtime.ts';
import type { Conversations } from './session/conversations.ts';
import { issueChallenge, openSealed } from './session/sealed-cookies.ts';
import type { Session } from './session/session.ts';
import type { Sessions } from './session/sessions.ts';
import { issueTicket, redeemTicket } from './session/tickets.ts';
import { Logins } from './sites/accounts.ts';
import type { BlockedHosts, BlockedThing } from './sites/blocked-hosts.ts';
import { type Door, findDoor, type Places } from './sites/places.ts';
import type { Registry } from './sites/registry.ts';
import type { Store } from './store/store.ts';
import type { PrivateAuthorities } from './tls/private-authorities.ts';

interface Parts {
  registry: Registry;
  places: Places;
  store: Store;
  conversations: Conversations;
  sessions: Sessions;
  connections: Connections;
  authorities: PrivateAuthorities;
  blocked: BlockedHosts;
  assets: Assets;
  log: Log;
}

/** The three doors over the session core, and the rule that chooses one of them. */
export function buildDoors(parts: Parts): {
  request: RequestListener;
  upgrade: (req: IncomingMessage, socket: Duplex, head: Buffer) => void;
  stop: () => Promise<void>;
} {
  const { registry, places, store, conversations, sessions, connections, authorities, blocked, assets, log } =
    parts;
  const logins = new Logins(store, registry);
  const bodies = new SlowBodies();

  const metrics = createMetrics(() => realtime.mirrors());
  const realtime = createRealtime({
    places,
    sites: registry,
    conversations,
    sessions,
    logins,
    participantCookie: PARTICIPANT_COOKIE,
    openMirror: (session) => {
      session.on((change) => {
        if (change.type === 'outside')
          proxy.note(session.sid, { url: change.url, kind: 'navigation', page: session.url });
      });
      return openLiveMirror(session, metrics.meter, log);
    },
    onKnown: (req) => connections.welcome(req),
    log,
  });
  /** Credentials are looked at once a connection; what they allow is each door's own business. */
  const recognise = (req: IncomingMessage, door: Door): void => {
    if (connections.isKnown(req)) return;
    isKnown(req, door, { sessions, conversations, logins }).then(
      (known) => known && connections.welcome(req),
      // Doubled cookies and the like: the door answers them.
      () => undefined,
    );
  };
  const proxied = new WeakMap<Session, ProxySession>();
  const findProxied = (sid: string): ProxySession | undefined => {
    const session = sessions.findAlsoEnding(sid);
    if (!session) return undefined;
    let found = proxied.get(session);
    if (!found) {
      found = asProxySession(session, realtime.relayOf(session).live.resources);
      proxied.set(session, found);
    }
    return found;
  };
  const proxy = createProxy({
    registry,
    places,
    findSession: findProxied,
    authorities: (domain) => authorities.of(domain),
    blocked: ({ sid }, thing) => noteBlocked(blocked, sessions.find(sid), thing),
    log,
    assets,
    sentence,
  });
  sessions.onEnd(async ({ sid }) => proxy.drop(sid));

  const apps = {
    console: createConsole({
      registry,
      places,
      logins,
      assets,
      conversations,
      joinAsAgent: (agent, sid) => {
        const session = getSession(sessions, sid);
        const participant = session.joinAgent(agent);
        log.info({ audit: 'join', sid, pid: participant.pid, kind: 'agent', agent: agent.name });
        return { nonce: session.nonceOf(participant.pid), viewOrigin: viewOrigin(session.addresses.table) };
      },
      shareAsAgent: (agent, sid, file) => {
        const session = getSession(sessions, sid);
        const participant = session.participants.findAgent(agent.name);
        if (!participant || !agent.cobrowsing) throw new Refused('not-allowed');
        return shareDocument(session, participant, file);
      },
      isReady: () => true,
      metrics: metrics.read,
      blocked,
      log,
    }),
    panel: createPanel({
      places,
      sites: registry,
      conversations,
      sessions,
      issueTicket: (sid, pid) => issueTicket(store, sid, pid),
      issueChallenge: ({ cid, site }) => issueChallenge(store, { cid, site }),
      openSealed: (sealed, from) => openSealed(store, sealed, from),
      assets,
      log,
    }),
    shell: createShell({
      places,
      config: () => registry.config,
      sessions,
      redeemTicket: (sid, ticket) => redeemTicket(store, sid, ticket),
      assets,
      log,
    }),
    view: express()
      .disable('x-powered-by')
      .use(createDocumentRouter({ places, sessions, assets }))
      .use(
        createView({
          places,
          findSession: (sid) => {
            const own = sessions.find(sid);
            const session = findProxied(sid);
            return own && session && { session, live: realtime.relayOf(own).live };
          },
          fetchFor: proxy.fetchFor,
          assets,
          log,
        }),
      ),
  };

  return {
    request(req, res) {
      // On every answer, errors included: a busy page must not share our windows' event loop (measured: 3 s against 14 ms).
      res.setHeader('Origin-Agent-Cluster', '?1');
      if (hasTooManyLines(req)) {
        answerBomb(res);
        return;
      }
      const door = chooseDoor(req, places);
      if (door instanceof Refused) {
        answerPlain(res, door);
        return;
      }
      if (!connections.admit(req, res)) {
        answerPlain(res, new Refused('too-fast'));
        return;
      }
      recognise(req, door);
      bodies.watch(req, res);
      if (door.role === 'page') {
        noteVisit(sessions, door, places);
        proxy.request(req, res, door);
      } else {
        // Its ids cannot be guessed.
        if (door.role === 'view')
          res.on('finish', () => res.statusCode === 200 && isById(req.url) && connections.welcome(req));
        apps[door.role](req, res);
      }
    },
    upgrade(req, socket, head) {
      const door = chooseDoor(req, places);
      if (door instanceof Refused) {
        socket.end(
          `HTTP/1.1 ${door.status} Refused\r\nConnection: close\r\nContent-Length: 0\r\nOrigin-Agent-Cluster: ?1\r\n\r\n`,
        );
      } else if (!connections.admit(req, socket)) {
        socket.end(TOO_MANY);
      } else if (door.role === 'page') {
        recognise(req, door);
        proxy.upgrade(req, socket, head, door);
      } else {
        realtime.upgrade(req, socket, head, door);
      }
    },
    async stop() {
      bodies.stop();
      realtime.stop();
      proxy.close();
    },
  };
}

/** The door of a request, or why it has none: its framing could be understood in two ways, or its host is not ours. */
function chooseDoor(req: IncomingMessage, places: Places): Door | Refused {
  try {
    refuseMalformed(req);
  } catch (error) {
    return asRefused(error);
  }
  return findDoor(req.headers.host, places) ?? new Refused('unknown-host');
}

function answerPlain(res: ServerResponse, { status, reason }: Refused): void {
  res.writeHead(status, {
    Connection: 'close',
    'Cache-Control': 'no-store',
    'Content-Security-Policy': "default-src 'none'; frame-ancestors 'none'",
    'Content-Type': 'text/html; charset=utf-8',
  });
  res.end(plainPage(sentence(reason)));
}

/** Each address that the customer's browser was served from holds storage and cache of the session: emptied at its end. */
function noteVisit(sessions: Sessions, { sid, slug }: Extract<Door, { role: 'page' }>, places: Places): void {
  const session = sessions.find(sid);
  if (session?.addresses.upstreamOfSlug(slug))
    session.visiting(`${places.scheme}://${slug}--${sid}.${places.base}`);
}

/** What customer and agent miss on the page; the rest (calls of scripts, attempts to leave) is for the admin alone. */
const MISSED: ReadonlySet<BlockedThing['kind']> = new Set([
  'font',
  'frame',
  'image',
  'media',
  'script',
  'style',
]);

function noteBlocked(blocked: BlockedHosts, session: Session | undefined, thing: BlockedThing): void {
  const host = session && blocked.note(session.site, thing);
  if (host !== undefined && MISSED.has(thing.kind))
    session?.leaveOut(thing.inFrame ? undefined : thing.page, host);
}

function getSession(sessions: Sessions, sid: string): Session {
  const session = sessions.find(sid);
  if (!session) throw new Refused('session-ended');
  return session;
}

/** What the proxy sees of a session. */
function asProxySession(session: Session, resources: Resources): ProxySession {
  return {
    sid: session.sid,
    addresses: session.addresses,
    jar: session.jar,
    resources,
    get site() {
      return session.site;
    },
    get ended() {
      return session.ended;
    },
    passIs: (value) => session.passIs(value),
    carries: (origin) => session.carryOver.isFor(origin),
    takeCarry: (origin) => session.carryOver.take(origin),
  };
}
