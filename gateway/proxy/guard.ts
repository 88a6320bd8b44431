// Stage 2, guard: who may have this, and with whose cookies (security.md 2.2 and 2.3, row "pages").
import type { IncomingMessage } from 'node:http';
import { shellOrigin, type UpstreamOrigin } from '../../protocol/address.ts';
import { Refused } from '../errors.ts';
import type { CookieContext } from '../session/jar.ts';
import { registrableDomain } from '../sites/hosts.ts';
import { cookieValues, passName } from './cookies.ts';
import type { Place } from './locate.ts';
import type { ProxySession } from './proxy-session.ts';

/** Who asked, as far as the headers tell. */
export type Initiator =
  /** A page of this session, by its real origin. */
  | { from: 'page'; origin: UpstreamOrigin }
  /** Our session window: the person himself. */
  | { from: 'shell' }
  /** Neither `Origin` nor `Referer` tells; `same` when the browser says that it is the same origin. */
  | { from: 'unknown'; same: boolean };

/** The credentials a request came with. */
export type Bearer = 'pass' | 'anonymous';

export interface Authenticated {
  bearer: Bearer;
  initiator: Initiator;
}

/** What a request may have. */
export interface Admission extends Authenticated {
  cookies: CookieContext;
  /** It will be shown: our script goes into it. */
  isDocument: boolean;
}

/** The pass came twice: one of the two was tossed by a page, so none counts. */
export class DoubledPass extends Refused {
  constructor() {
    super('malformed', {}, 'two passes');
  }
}

/** A customer opened a page address outside of the session window: he is sent there. */
export const TO_SHELL = 'to-shell';

/**
 * Decides whether the session exists for this request. Without a right to it, it is answered as one that never was: nothing
 * tells a session of others from none (threat 20).
 * @throws {Refused} session-ended, wrong-origin, service-worker, malformed
 */
export function authenticate(req: IncomingMessage, session: ProxySession): Authenticated | typeof TO_SHELL {
  const { headers } = req;
  const passes = cookieValues(headers.cookie, passName(session.sid));
  if (passes.length > 1) throw new DoubledPass();
  const hasPass = passes.length === 1 && session.passIs(passes[0]!);
  if (hasPass && headers['sec-fetch-dest'] === 'document') return TO_SHELL;
  const initiator = findInitiator(req, session);
  if (!hasPass) {
    // Anonymous CORS, opaque origins: the browser leaves cookies out, and means it (security.md 2.2).
    const named = initiator?.from === 'page' && headers.origin !== undefined;
    if (!named || isNavigation(req)) throw new Refused('session-ended', {}, 'no pass');
    return { bearer: 'anonymous', initiator };
  }
  if (!initiator) throw new Refused('wrong-origin', {}, 'origin or referer');
  if (headers['service-worker'] !== undefined || headers['sec-fetch-dest'] === 'serviceworker') {
    throw new Refused('service-worker');
  }
  return { bearer: 'pass', initiator };
}

/** Undefined when `Origin` or `Referer` names somebody who has no business here. */
function findInitiator({ headers, method }: IncomingMessage, session: ProxySession): Initiator | undefined {
  const { origin, referer } = headers;
  const same = headers['sec-fetch-site'] === 'same-origin';
  if (origin !== undefined && origin !== 'null') return readOrigin(origin, session);
  const refererOrigin = referer === undefined ? undefined : /^https?:\/\/[^/?#]+/i.exec(referer)?.[0];
  const byReferer = refererOrigin === undefined ? undefined : readOrigin(refererOrigin, session);
  if (byReferer) return byReferer;
  // Under our base, but of another session (or its view): never.
  if (refererOrigin !== undefined && isUnderBase(refererOrigin, session)) return undefined;
  // `Origin: null` alone: a sandboxed frame, or a form with a no-referrer policy, of anybody.
  if (origin === 'null' && !same) return undefined;
  if (same || refererOrigin === undefined) {
    // A cross-origin write that hides where it comes from is not a page of the session.
    if (!same && method !== 'GET' && method !== 'HEAD') return undefined;
    return { from: 'unknown', same };
  }
  return undefined;
}

function readOrigin(text: string, { addresses }: ProxySession): Initiator | undefined {
  const lower = text.toLowerCase();
  if (lower === shellOrigin(addresses.table)) return { from: 'shell' };
  const origin = addresses.upstreamOfOrigin(lower);
  return origin && { from: 'page', origin };
}

function isUnderBase(origin: string, { addresses }: ProxySession): boolean {
  const host = origin.slice(origin.indexOf('://') + 3).toLowerCase();
  return host === addresses.table.base || host.endsWith(`.${addresses.table.base}`);
}

const DOCUMENTS = new Set(['document', 'iframe', 'frame', 'embed', 'object']);

function isNavigation({ headers }: IncomingMessage): boolean {
  const destination = headers['sec-fetch-dest'];
  if (typeof destination === 'string') return DOCUMENTS.has(destination);
  // Browsers without Fetch Metadata say it so.
  return headers['upgrade-insecure-requests'] === '1' && (headers.accept?.includes('text/html') ?? false);
}

/**
 * The rest of the gate, once it is known what is asked for.
 * @throws {Refused} resource-only
 */
export function admit(req: IncomingMessage, place: Place, { bearer, initiator }: Authenticated): Admission {
  const isDocument = isNavigation(req);
  if (isDocument && place.kind === 'resource')
    throw new Refused('resource-only', { host: place.upstream.host });
  return { bearer, initiator, isDocument, cookies: cookieContext(req, place.upstream, initiator) };
}

/** How the real request would relate to the real target (schemeful same-site, HTML 7.1.1). */
export function siteRelation(
  initiator: Initiator,
  target: UpstreamOrigin,
): 'none' | 'same-origin' | 'same-site' | 'cross-site' {
  if (initiator.from === 'shell') return 'none';
  if (initiator.from === 'unknown') return initiator.same ? 'same-origin' : 'cross-site';
  const { origin } = initiator;
  if (origin.scheme !== target.scheme) return 'cross-site';
  if (origin.host === target.host) return origin.port === target.port ? 'same-origin' : 'same-site';
  return registrableDomain(origin.host) === registrableDomain(target.host) ? 'same-site' : 'cross-site';
}

/** SameSite is judged by the real sites; where nothing tells who asked, it was another one. */
function cookieContext(req: IncomingMessage, target: UpstreamOrigin, initiator: Initiator): CookieContext {
  if (siteRelation(initiator, target) !== 'cross-site') return { sameSite: 'strict' };
  if (!isNavigation(req)) return { sameSite: 'none' };
  return req.method === 'GET' || req.method === 'HEAD'
    ? { sameSite: 'lax' }
    : { sameSite: 'none', postNavigation: true };
}
