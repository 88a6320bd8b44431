// What a session asked for and did not get because its host is not on the list: told on to who counts it.
import type { IncomingMessage } from 'node:http';
import { decodeSlug, formatOrigin } from '../../protocol/address.ts';
import type { BlockedKind } from '../../protocol/blocked.ts';
import type { BlockedThing } from '../sites/blocked-hosts.ts';
import { isFramed } from './framed.ts';
import type { ProxySession } from './proxy-session.ts';
import { RateLimit } from './rate-limit.ts';

/** Of a session. A page that makes up more is not counted further: it is a number, not a proof. */
const PER_SECOND = 20;

/** Who is told. */
export type NoteBlocked = (session: ProxySession, thing: BlockedThing) => void;

/** Passes on so many a second of each session. */
export function limitBlocked(note: NoteBlocked | undefined): {
  note: NoteBlocked;
  forget(sid: string): void;
} {
  const rate = new RateLimit(PER_SECOND);
  return {
    note: (session, thing) => {
      if (note && rate.may(session.sid)) note(session, thing);
    },
    forget: (sid) => rate.forget(sid),
  };
}

const BY_DESTINATION: Record<string, BlockedKind> = {
  audio: 'media',
  audioworklet: 'script',
  document: 'navigation',
  embed: 'frame',
  empty: 'fetch',
  font: 'font',
  frame: 'frame',
  image: 'image',
  object: 'frame',
  paintworklet: 'script',
  script: 'script',
  sharedworker: 'script',
  style: 'style',
  track: 'media',
  video: 'media',
  websocket: 'fetch',
  worker: 'script',
};

/** A request that was not let through. @param url absolute real URL that it was for, or was sent on to */
export function blockedBy(
  { headers }: IncomingMessage,
  session: ProxySession,
  url: string,
  fallbackPage = '',
): BlockedThing {
  const destination = String(headers['sec-fetch-dest'] ?? (headers.upgrade ? 'websocket' : ''));
  // The shared page itself stands in a frame, too.
  const kind =
    destination === 'iframe'
      ? isFramed(session, url)
        ? 'frame'
        : 'navigation'
      : (BY_DESTINATION[destination] ?? 'other');
  const page =
    headers.referer === undefined ? undefined : session.addresses.toUpstream(String(headers.referer));
  return { url, kind, ...pageIn(session, page ?? fallbackPage) };
}

/** A page, and whether it is a part of another one. */
export function pageIn(session: ProxySession, page: string): Pick<BlockedThing, 'page' | 'inFrame'> {
  return { page, ...(isFramed(session, page) ? { inFrame: true } : {}) };
}

/** The real origin that a slug would stand for if it were listed. */
export function unlistedOrigin(slug: string, { addresses }: ProxySession): string | undefined {
  const origin = addresses.upstreamOfSlug(slug) ?? decodeSlug(slug);
  return origin && formatOrigin(origin);
}
