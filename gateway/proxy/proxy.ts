// Door 2: proxied traffic. Composition of the pipeline, upgrades and the fetch for followers; nothing is decided here.
import { createHash } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import type { HostRole } from '../../protocol/address.ts';
import { asRefused, Refused } from '../errors.ts';
import type { BlockedThing } from '../sites/blocked-hosts.ts';
import { Agents } from './agents.ts';
import { blockedBy, limitBlocked, unlistedOrigin } from './blocked.ts';
import { expirePass } from './cookies.ts';
import { type Fetched, fetchResource } from './fetch-resource.ts';
import { answerBomb, hasTooManyLines, refuseMalformed } from './gate.ts';
import { DoubledPass } from './guard.ts';
import { CLEAR_HEADER, isClearPath } from './own-routes.ts';
import { ownTag } from './own-tag.ts';
import { sendRefusal } from './pages.ts';
import { type PipelineDeps, proxyRequest } from './pipeline.ts';
import { PROXY_LIMITS, type ProxyDeps, type ProxySession } from './proxy-session.ts';
import { RateLimit } from './rate-limit.ts';
import { createTransport } from './transport.ts';
import { UnchangedBodies } from './unchanged.ts';
import { proxyUpgrade } from './upgrade.ts';

export type { Fetched } from './fetch-resource.ts';
export { answerClientError, refuseMalformed, SERVER_OPTIONS } from './gate.ts';
export { PROXY_LIMITS, type ProxyDeps, type ProxyLimits, type ProxySession } from './proxy-session.ts';

/** Refused because of the host alone, to who has a right to the session. */
const UNLISTED: ReadonlySet<string> = new Set(['host-not-listed', 'resource-only']);

export type PageRole = Extract<HostRole, { role: 'page' }>;

export interface ProxyDoor {
  /** A request to a session address. Always answers; never throws. */
  request(req: IncomingMessage, res: ServerResponse, role: PageRole): void;
  /** A WebSocket upgrade to a session address. */
  upgrade(req: IncomingMessage, socket: Duplex, head: Buffer, role: PageRole): void;
  /**
   * GETs a resource of the session with its jar, for followers; redirects are followed within the session's list.
   * @param url real URL
   * @throws {Refused} as a proxied request
   */
  fetchFor(session: ProxySession, url: string): Promise<Fetched>;
  /** Something off the list was wanted elsewhere than in a request: counted like those. */
  note(sid: string, thing: BlockedThing): void;
  /** Lets go of a session's connections to its upstreams, open WebSockets too: for the session's end. */
  drop(sid: string): void;
  close(): void;
}

export function createProxy(deps: ProxyDeps): ProxyDoor {
  const limits = { ...PROXY_LIMITS, ...deps.limits };
  const agents = new Map<string, Agents>();
  const anonymous = new RateLimit(limits.anonymousPerSecond);
  const agentsOf = (session: ProxySession): Agents => {
    let found = agents.get(session.sid);
    if (!found) {
      for (const sid of agents.keys()) if (!findLive(sid)) drop(sid);
      found = new Agents({
        connectMs: limits.connectMs,
        ...(deps.lookup ? { lookup: deps.lookup } : {}),
        ...(deps.authorities ? { authorities: deps.authorities } : {}),
      });
      agents.set(session.sid, found);
    }
    return found;
  };
  const blocked = limitBlocked(deps.blocked);
  const pipeline: PipelineDeps = {
    ...deps,
    blocked: blocked.note,
    limits,
    transport: createTransport(),
    unchanged: new UnchangedBodies(),
    agentsOf,
    slowDown: (session) => anonymous.take(session.sid),
    // The same on every node, so that a loop over two of them is seen too.
    via: `tandem-${createHash('sha256').update(deps.places.base).digest('hex').slice(0, 8)}`,
  };

  function refuse(
    req: IncomingMessage,
    res: ServerResponse,
    role: PageRole,
    isDocument: boolean,
    error: unknown,
  ): void {
    const refused = asRefused(error);
    const rule = typeof refused.cause === 'string' ? refused.cause : undefined;
    const session = UNLISTED.has(refused.reason) ? findLive(role.sid) : undefined;
    const unlisted = session && unlistedOrigin(role.slug, session);
    if (unlisted !== undefined) blocked.note(session!, blockedBy(req, session!, unlisted));
    const level = refused.reason === 'internal' ? 'error' : 'info';
    deps.log[level](
      {
        sid: role.sid,
        slug: role.slug,
        reason: refused.reason,
        rule,
        ...(rule === undefined && refused.cause ? { err: refused.cause } : {}),
      },
      'request refused',
    );
    sendRefusal(req, res, deps, refused, {
      isDocument,
      tag: isDocument ? ownTag(req, findLive(role.sid), role.slug, deps) : undefined,
      headers: {
        ...(error instanceof DoubledPass ? { 'set-cookie': expirePass(role.sid, deps.places.base) } : {}),
        // A dead address empties itself; it says the same whether it ever lived or not.
        ...(refused.reason === 'session-ended' && isClearPath(req.url) && !findLive(role.sid)
          ? CLEAR_HEADER
          : {}),
      },
    });
  }

  function drop(sid: string): void {
    agents.get(sid)?.close();
    agents.delete(sid);
    anonymous.forget(sid);
    blocked.forget(sid);
  }

  function findLive(sid: string): ProxySession | undefined {
    const session = deps.findSession(sid);
    return session && !session.ended ? session : undefined;
  }

  async function answer(req: IncomingMessage, res: ServerResponse, role: PageRole): Promise<void> {
    if (hasTooManyLines(req, limits.headerLines)) {
      answerBomb(res);
      return;
    }
    refuseMalformed(req);
    const session = findLive(role.sid);
    if (!session) throw new Refused('session-ended');
    await proxyRequest(req, res, session, role.slug, pipeline);
  }

  return {
    request(req, res, role) {
      const { url, headers } = req;
      const destination = req.headers['sec-fetch-dest'];
      const isDocument =
        destination === undefined
          ? (req.headers.accept?.includes('text/html') ?? false)
          : destination !== 'empty' && /^(?:document|i?frame|embed|object)$/.test(String(destination));
      answer(req, res, role).catch((error: unknown) => {
        // The transport has put the upstream's in their place.
        req.url = url;
        req.headers = headers;
        if (res.destroyed || res.writableEnded) return;
        refuse(req, res, role, isDocument, error);
      });
    },
    upgrade(req, socket, head, role) {
      proxyUpgrade(req, socket, head, findLive(role.sid), role.slug, pipeline);
    },
    note: (sid, thing) => {
      const session = findLive(sid);
      if (session) blocked.note(session, thing);
    },
    fetchFor: (session, url) => fetchResource(session, url, pipeline),
    drop,
    close() {
      for (const sid of [...agents.keys()]) drop(sid);
    },
  };
}
