// The whole gateway: builds every part and joins them; the only place where the three doors meet. What tests start.

import type { IncomingMessage, RequestListener, Server, ServerResponse } from 'node:http';
import type { Server as TlsServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { dirname, join, resolve } from 'node:path';
import type { Duplex } from 'node:stream';
import express from 'express';
import { viewOrigin } from '../protocol/address.ts';
import type { MirrorSnapshot } from '../protocol/mirror-messages.ts';
import { asRefused, Refused } from './errors.ts';
import { type Assets, loadAssets } from './http/assets.ts';
import { Connections, TOO_MANY } from './http/connections.ts';
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
import { createLog, type Log } from './log.ts';
import { encodeMirror } from './mirror/encode.ts';
import type { Meter } from './mirror/meter.ts';
import { Resources } from './mirror/resources.ts';
import { SessionMirror } from './mirror/session-mirror.ts';
import {
  answerBomb,
  answerClientError,
  hasTooManyLines,
  refuseMalformed,
  SERVER_OPTIONS,
} from './proxy/gate.ts';
import { createProxy } from './proxy/proxy.ts';
import type { ProxySession } from './proxy/proxy-session.ts';
import { createRealtime } from './realtime/realtime.ts';
import type { LiveMirror } from './realtime/relay.ts';
import { Conversations } from './session/conversations.ts';
import { startGates } from './session/gates.ts';
import { LIFETIMES, type Lifetimes } from './session/lifetimes.ts';
import { issueChallenge, openSealed } from './session/sealed-cookies.ts';
import { newId } from './session/secrets.ts';
import type { Session } from './session/session.ts';
import { Sessions } from './session/sessions.ts';
import { issueTicket, redeemTicket } from './session/tickets.ts';
import { Logins } from './sites/accounts.ts';
import { BlockedHosts, type BlockedThing } from './sites/blocked-hosts.ts';
import { type Door, findDoor, type Places, placesOf } from './sites/places.ts';
import { Registry } from './sites/registry.ts';
import { openEmbedded } from './store/embedded.ts';
import type { Store } from './store/store.ts';
import { openDoors } from './tls/doors.ts';
import { openPrivateAuthorities, type PrivateAuthorities } from './tls/private-authorities.ts';
import { watchConnections } from './tls/secure-server.ts';

export interface GatewayOptions {
  /** The configuration; the store's folder is relative to it. */
  configFile: string;
  /** Instead of the configuration's port; 0 = any. */
  port?: number;
  store?: Store;
  assets?: Assets;
  log?: Log;
  /** Shorter times for tests. */
  lifetimes?: Partial<Lifetimes>;
  /** Serve https by certificates of development, where the config gives none. */
  https?: boolean;
}

export interface Gateway {
  /** The port really listened on. */
  port: number;
  places: Places;
  /** With certificates of development: the file of the authority that browsers must trust. */
  authorityFile: string | undefined;
  /** The port that sends plain requests on to https, if there is one. */
  redirectPort: number | undefined;
  registry: Registry;
  conversations: Conversations;
  sessions: Sessions;
  /** Lets go of everything; sessions and conversations come back at the next start. */
  stop(): Promise<void>;
}

const DIST = join(import.meta.dirname, '..', 'dist');
/**
 * Starts the gateway.
 * @throws {ConfigError} the configuration has a fault; Error with a sentence when the public addresses are unsafe, the pages
 * are not built or the port is taken
 */
export async function startGateway(options: GatewayOptions): Promise<Gateway> {
  const log = options.log ?? createLog();
  const assets = options.assets ?? loadAssets(DIST);
  const registry = await Registry.open(options.configFile, log);
  const closing: (() => unknown)[] = [() => registry.close()];
  const closeAll = async () => {
    // The last thing opened is the first to go.
    while (closing.length > 0) await closing.pop()?.();
  };
  try {
    const { listen, data } = registry.config;
    const configFolder = dirname(options.configFile);
    const folder = resolve(configFolder, data);
    const addressing = { ...registry.config, https: options.https === true };
    let places = placesOf(addressing, options.port ?? listen.port);
    const http = { ...SERVER_OPTIONS, connectionsCheckingInterval: 5_000, noDelay: true };
    const { server, isSecure, redirect, authorityFile, ...entrance } = await openDoors(http, {
      config: () => registry.config,
      folder: configFolder,
      data: folder,
      https: options.https === true,
      places: () => places,
      report: (problems) => registry.report('tls', problems),
      log,
    });
    closing.push(() => entrance.close());
    const authorities = await openPrivateAuthorities({
      domains: () => registry.config.domains,
      folder: configFolder,
      report: (problems) => registry.report('authorities', problems),
      log,
    });
    closing.push(() => authorities.close());
    const forgetFiles = registry.onChange(() => {
      for (const reload of [entrance.reload, authorities.reload])
        reload().catch((error: unknown) =>
          log.error({ err: error }, 'files of the config could not be read'),
        );
    });
    closing.push(forgetFiles);

    const port = await startListening(server, options.port ?? listen.port, listen.host);
    places = placesOf(addressing, port);
    closing.push(() => stopServer(server));
    const redirectPort = redirect && (await startListening(redirect.server, redirect.port, redirect.host));
    if (redirect) closing.push(() => stopServer(redirect.server));

    const store = options.store ?? (await openEmbedded(folder));
    if (!options.store) closing.push(() => store.close());
    const lifetimes = { ...LIFETIMES, ...options.lifetimes };
    const conversations = await Conversations.open({ sites: registry, store, lifetimes, log });
    closing.push(() => conversations.close());
    const sessions = await Sessions.open({ sites: registry, places, store, conversations, lifetimes, log });
    closing.push(() => sessions.close());
    const gates = startGates({ sites: registry, conversations, sessions });
    closing.push(() => gates.stop());

    const connections = new Connections(
      () => registry.config.limits,
      () => registry.config.trustProxy,
    );
    const greeted = new Set<Socket>();
    watchConnections(
      server,
      (socket) => {
        greeted.add(socket);
        socket.once('close', () => greeted.delete(socket));
        connections.open(socket, isSecure);
      },
      (encrypted, socket) => connections.secured(encrypted, socket),
    );
    // Those that have not finished their handshake are no connections to the server yet.
    closing.push(() => {
      if (isSecure) for (const socket of greeted) socket.destroy();
    });
    const blocked = await BlockedHosts.open(store, places, log);
    const doors = buildDoors({
      registry,
      places,
      store,
      conversations,
      sessions,
      connections,
      authorities,
      blocked,
      assets,
      log,
    });
    closing.push(() => doors.stop());
    server.on('request', doors.request);
    server.on('upgrade', doors.upgrade);
    server.on('clientError', answerClientError);
    return {
      port,
      places,
      authorityFile,
      redirectPort,
      registry,
      conversations,
      sessions,
      stop: closeAll,
    };
  } catch (error) {
    await closeAll();
    throw error;
  }
}

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
function buildDoors(parts: Parts): {
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
      return openMirror(session, metrics.meter, log);
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

/** @returns the port really listened on @throws Error of Node when the port is taken or not permitted */
function startListening(server: Server | TlsServer, port: number, host: string): Promise<number> {
  return new Promise((done, fail) => {
    server.once('error', fail);
    server.listen(port, host, () => {
      server.off('error', fail);
      done((server.address() as AddressInfo).port);
    });
  });
}

function stopServer(server: Server | TlsServer): Promise<void> {
  return new Promise((done) => {
    server.close(() => done());
    server.closeAllConnections();
  });
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
    carries: (origin) => session.carries(origin),
    takeCarry: (origin) => session.takeCarry(origin),
  };
}

/** Snapshots that were published and not yet fetched; a follower fetches his at once. */
const MAX_SNAPSHOTS = 32;
/** More pages than a session can show between two restarts. */
const EPOCHS_PER_GENERATION = 2 ** 20;

/** The mirror of a session, and the place from which its followers fetch snapshots. */
function openMirror(session: Session, meter: Meter, log: Log): LiveMirror {
  const { addresses, site } = session;
  const { mask, hide, readonly } = site.options;
  const resources = new Resources({ addresses });
  const mirror = new SessionMirror({
    addresses,
    masks: { mask, hide, readonly },
    resources,
    log: log.child({ sid: session.sid }),
    firstEpoch: session.generation * EPOCHS_PER_GENERATION,
    meter,
  });
  const snapshots = new Map<string, MirrorSnapshot>();
  return {
    mirror,
    resources,
    meter,
    encode: encodeMirror,
    publish() {
      const snapshot = mirror.snapshot();
      const id = newId(26);
      snapshots.set(id, snapshot);
      if (snapshots.size > MAX_SNAPSHOTS) snapshots.delete(snapshots.keys().next().value!);
      return { epoch: snapshot.epoch, seq: snapshot.seq, path: `/s/${id}` };
    },
    takeSnapshot(id) {
      const snapshot = snapshots.get(id);
      snapshots.delete(id);
      return snapshot;
    },
  };
}
