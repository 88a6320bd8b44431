// WebSocket upgrades of the site: the same gate, mapped Origin, cookies of the jar, addresses checked inside connect.
import { type IncomingMessage, STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Addresses } from '../../protocol/address.ts';
import { asRefused, Refused } from '../errors.ts';
import { toRealText } from '../rewrite/reverse.ts';
import { blockedBy, unlistedOrigin } from './blocked.ts';
import { refuseMalformed } from './gate.ts';
import { admit, authenticate, TO_SHELL } from './guard.ts';
import { locate } from './locate.ts';
import type { PipelineDeps } from './pipeline.ts';
import { type ProxySession, patience } from './proxy-session.ts';
import { requestHeaders } from './request-headers.ts';
import { joinSockets } from './socket-join.ts';

/** What of an upstream's answer is the WebSocket protocol's own (RFC 6455 4.2.2); all else could say something to our origin. */
const KEPT = new Set([
  'connection',
  'sec-websocket-accept',
  'sec-websocket-protocol',
  'sec-websocket-version',
  'upgrade',
]);
/** Extensions are not offered: what permessage-deflate packs could not be mapped in passing. */
const HANDSHAKE = ['sec-websocket-key', 'sec-websocket-version'];

/** What the upstream is offered, and what the page called it: a token may be made of the page's own address. */
function listProtocols(header: string | undefined, addresses: Addresses): Map<string, string> {
  const names = header?.split(',').map((name) => name.trim()) ?? [];
  return new Map(names.filter((name) => name !== '').map((name) => [toRealText(name, addresses), name]));
}

/** Always answers; never throws. */
export function proxyUpgrade(
  req: IncomingMessage,
  socket: Duplex,
  head: Buffer,
  session: ProxySession | undefined,
  slug: string,
  deps: PipelineDeps,
): void {
  socket.on('error', () => socket.destroy());
  try {
    run();
  } catch (error) {
    refuse(error);
  }

  function refuse(error: unknown): void {
    const refused = asRefused(error);
    deps.log.info({ slug, reason: refused.reason, err: refused.cause }, 'upgrade refused');
    const unlisted = refused.reason === 'host-not-listed' && session && unlistedOrigin(slug, session);
    if (unlisted) deps.blocked?.(session, blockedBy(req, session, unlisted));
    if (!socket.writable) return;
    socket.end(
      `HTTP/1.1 ${refused.status} ${STATUS_CODES[refused.status] ?? ''}\r\nconnection: close\r\ncontent-length: 0\r\norigin-agent-cluster: ?1\r\n\r\n`,
    );
  }

  function run(): void {
    refuseMalformed(req);
    if (!session) throw new Refused('session-ended');
    if (req.method !== 'GET' || req.headers.upgrade?.toLowerCase() !== 'websocket')
      throw new Refused('malformed');
    // Browsers always name the origin of a WebSocket; whoever leaves it out is none.
    if (req.headers.origin === undefined) throw new Refused('wrong-origin');
    const credentials = authenticate(req, session);
    if (credentials === TO_SHELL || credentials.bearer !== 'pass') throw new Refused('session-ended');
    if (credentials.initiator.from !== 'page') throw new Refused('wrong-origin');
    const place = locate(session, slug, req.url ?? '/');
    const admission = admit(req, place, credentials);
    const { headers } = requestHeaders(req, place, admission, {
      upstreamHeader: deps.registry.config.upstreamHeader,
      via: deps.via,
    });
    for (const name of HANDSHAKE)
      if (req.headers[name] !== undefined) headers[name] = String(req.headers[name]);
    delete headers['sec-websocket-extensions'];
    delete headers['accept-encoding'];
    const protocols = listProtocols(req.headers['sec-websocket-protocol'], place.addresses);
    if (protocols.size > 0) headers['sec-websocket-protocol'] = [...protocols.keys()].join(', ');
    headers.connection = 'Upgrade';
    headers.upgrade = 'websocket';
    const agents = deps.agentsOf(session);
    const target = agents.target(place.upstream, place.domain);
    let joined = false;
    deps.transport.upgrade(
      req,
      socket,
      head,
      target,
      { path: place.path, headers, firstByteMs: patience(session, undefined, deps.limits) },
      {
        answered: (response) => {
          joined = true;
          const set = response.headers['set-cookie'];
          if (set) place.session.jar.take(set, place.url);
          for (const name of Object.keys(response.headers)) {
            if (!KEPT.has(name) && !/^content-(?:length|type)$/.test(name)) delete response.headers[name];
          }
          const chosen = response.headers['sec-websocket-protocol'];
          if (chosen !== undefined)
            response.headers['sec-websocket-protocol'] = protocols.get(chosen) ?? chosen;
        },
        joined: (upstream) => {
          agents.keepTrack(upstream);
          joinSockets(socket, upstream, place);
        },
        failed: (error) => {
          // Once the two are joined, an error is only the end of it.
          if (joined) socket.destroy();
          else refuse(error);
        },
      },
    );
  }
}
