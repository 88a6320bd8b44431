// Door 3: upgrades of our own sockets. Who may open which is decided here, before a single frame is read.
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { type ServerOptions, WebSocketServer } from 'ws';
import { shellOrigin } from '../../protocol/address.ts';
import { CLOSE } from '../../protocol/close-codes.ts';
import { MAX_MESSAGE_BYTES } from '../../protocol/limits.ts';
import type { ShownState } from '../../protocol/mirror-messages.ts';
import { asRefused, Refused } from '../errors.ts';
import type { Log } from '../log.ts';
import type { LiveMirror } from '../mirror/live-mirror.ts';
import type { Conversations, Sites } from '../session/conversations.ts';
import type { Participant } from '../session/participants.ts';
import type { Session } from '../session/session.ts';
import type { Sessions } from '../session/sessions.ts';
import { LOGIN_COOKIE, type Logins } from '../sites/accounts.ts';
import { readOwnCookie } from '../sites/own-cookies.ts';
import type { Door, Places } from '../sites/places.ts';
import { openConsoleSocket } from './console-socket.ts';
import { openPanelSocket } from './panel-socket.ts';
import { Relay } from './relay.ts';
import { openSessionSocket } from './session-socket.ts';

export interface RealtimeDeps {
  places: Places;
  sites: Sites;
  conversations: Conversations;
  sessions: Sessions;
  logins: Logins;
  /** Name of the participant cookie. */
  participantCookie: string;
  openMirror: (session: Session) => LiveMirror;
  /** Who opened this socket has shown who he is. */
  onKnown?: (req: IncomingMessage) => void;
  log: Log;
}

export interface Realtime {
  /** Takes an upgrade of one of our own doors (not of a page host). Never throws. */
  upgrade(req: IncomingMessage, socket: Duplex, head: Buffer, door: Door): void;
  /** The live side of a session, made when it is first asked for. */
  relayOf(session: Session): Relay;
  /** Shared pages (hop `leader`) and followers' windows, by how well they are known and shown. */
  mirrors(): Iterable<readonly ['leader' | 'follower', ShownState]>;
  stop(): void;
}

/** Many small messages are no one's business here; every limit of security.md 2.7 is the server's own. */
const LIMITS: ServerOptions & { maxFragments: number; maxBufferedChunks: number } = {
  noServer: true,
  clientTracking: false,
  perMessageDeflate: false,
  maxPayload: MAX_MESSAGE_BYTES,
  maxFragments: 1_024,
  maxBufferedChunks: 4_096,
};

const SESSION_SOCKET = /^\/session\/([a-z2-7]{16})\/socket$/;

export function createRealtime(deps: RealtimeDeps): Realtime {
  const { places, sessions, logins, log } = deps;
  const server = new WebSocketServer(LIMITS);
  const relays = new Map<string, Relay>();
  const open = new Set<{ close: (code: number) => void }>();
  const dispatchDeps = {
    end: (sid: string, reason: Parameters<Sessions['end']>[1]) => void sessions.end(sid, reason),
  };

  function relayOf(session: Session): Relay {
    let relay = relays.get(session.sid);
    if (!relay) {
      relay = new Relay({ session, live: deps.openMirror(session), log });
      relays.set(session.sid, relay);
    }
    return relay;
  }

  sessions.onEnd(async (session, reason) => {
    const relay = relays.get(session.sid);
    await relay?.end(reason);
    relays.delete(session.sid);
  });

  function accept(
    req: IncomingMessage,
    socket: Duplex,
    head: Buffer,
    start: (ws: import('ws').WebSocket) => { close: (code: number) => void },
  ): void {
    server.handleUpgrade(req, socket, head, (ws) => {
      const connection = start(ws);
      open.add(connection);
      ws.on('close', () => open.delete(connection));
    });
  }

  /** Exactly this origin (security.md 2.3): cookies travel with every page's sockets, whatever SameSite says. */
  function requireOrigin(req: IncomingMessage, origin: string): void {
    if (req.headers.origin !== origin) throw new Refused('wrong-origin');
  }

  function enterSession(
    session: Session,
    participant: Participant | undefined,
    req: IncomingMessage,
    socket: Duplex,
    head: Buffer,
  ): void {
    if (!participant) throw new Refused('signed-out');
    deps.onKnown?.(req);
    accept(req, socket, head, (ws) => openSessionSocket(dispatchDeps, relayOf(session), participant, ws));
  }

  async function route(req: IncomingMessage, socket: Duplex, head: Buffer, door: Door): Promise<void> {
    const path = req.url?.split('?', 1)[0] ?? '';
    if (door.role === 'panel' && path === '/panel/socket') {
      requireOrigin(req, places.panelOrigin);
      accept(req, socket, head, (ws) => openPanelSocket(deps, ws, () => deps.onKnown?.(req)));
    } else if (door.role === 'shell' && path === '/socket') {
      const session = sessions.find(door.sid);
      if (!session) throw new Refused('session-ended');
      requireOrigin(req, shellOrigin({ sid: door.sid, scheme: places.scheme, base: places.base }));
      const cookie = readOwnCookie(req.headers.cookie, deps.participantCookie);
      const participant = cookie === undefined ? undefined : session.participants.findByCookie(cookie);
      enterSession(session, participant, req, socket, head);
    } else if (door.role === 'console' && path === '/console/socket') {
      requireOrigin(req, places.consoleOrigin);
      const agent = await logins.requireAgent(req);
      const token = readOwnCookie(req.headers.cookie, LOGIN_COOKIE) ?? '';
      deps.onKnown?.(req);
      const signedIn = async () => (await logins.find(token)) !== undefined;
      accept(req, socket, head, (ws) => openConsoleSocket({ ...deps }, agent, signedIn, ws));
    } else if (door.role === 'console' && SESSION_SOCKET.test(path)) {
      requireOrigin(req, places.consoleOrigin);
      const agent = await logins.requireAgent(req);
      const session = sessions.find(SESSION_SOCKET.exec(path)?.[1] ?? '');
      if (!session) throw new Refused('session-ended');
      if (!agent.cobrowsing) throw new Refused('agent-off');
      enterSession(session, session.participants.findAgent(agent.name), req, socket, head);
    } else {
      throw new Refused('unknown-host');
    }
  }

  return {
    relayOf,
    *mirrors() {
      for (const { live, picture } of relays.values()) {
        yield ['leader', live.mirror.state] as const;
        for (const state of picture.shown) yield ['follower', state] as const;
      }
    },
    upgrade(req, socket, head, door) {
      // Until ws has taken the socket over, a reset of it would be an unhandled error.
      const onError = () => socket.destroy();
      socket.on('error', onError);
      route(req, socket, head, door).then(
        () => socket.off('error', onError),
        (error: unknown) => {
          const refused = asRefused(error);
          log.info({ audit: 'socket.refused', door: door.role, refused: refused.reason });
          if (refused.reason === 'internal') log.error({ err: refused.cause }, 'upgrade failed');
          refuse(socket, refused);
        },
      );
    },
    stop() {
      for (const relay of relays.values()) relay.stop(CLOSE.goingAway);
      for (const connection of [...open]) connection.close(CLOSE.goingAway);
    },
  };
}

const PHRASES: Record<number, string> = {
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  410: 'Gone',
};

/** Answers an upgrade with a plain refusal and closes. */
function refuse(socket: Duplex, { status, reason }: Refused): void {
  const code = status === 421 ? 404 : status;
  const body = JSON.stringify({ reason });
  socket.end(
    `HTTP/1.1 ${code} ${PHRASES[code] ?? 'Refused'}\r\nConnection: close\r\nOrigin-Agent-Cluster: ?1\r\n` +
      `Content-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  );
}
