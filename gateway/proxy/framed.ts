// Which documents of a session stand in frames of the site: the upstream must hear that (Sec-Fetch-Dest), the rest is the page itself.
import type { IncomingMessage } from 'node:http';
import type { Admission } from './guard.ts';
import type { Place } from './locate.ts';
import type { ProxySession } from './proxy-session.ts';

const MAX_REMEMBERED = 500;

/** Real URLs without fragment, per session. */
const framed = new WeakMap<ProxySession, Set<string>>();

/** @param url absolute real URL that a page of the session names as the source of a frame, or that one was sent on to */
export function rememberFramed(session: ProxySession, url: string): void {
  let urls = framed.get(session);
  if (!urls) {
    urls = new Set();
    framed.set(session, urls);
  }
  urls.add(url.split('#', 1)[0]!);
  if (urls.size > MAX_REMEMBERED) urls.delete(urls.values().next().value!);
}

/** Whether a real URL was named as the source of a frame, or a frame was sent on to it. */
export function isFramed(session: ProxySession, url: string): boolean {
  return framed.get(session)?.has(url.split('#', 1)[0]!) ?? false;
}

/**
 * What the site's own browser would say that a document is for. The shared page itself stands in a frame of ours, and the
 * browser says `iframe` of it as of frames inside: those are known by the tag that named them, and by the framed document that a
 * navigation came from. A frame that a script made is taken for the page.
 */
export function realDestination(
  { headers }: IncomingMessage,
  { session, url, addresses }: Place,
  { initiator, isDocument }: Admission,
): string | undefined {
  const destination = headers['sec-fetch-dest'];
  if (typeof destination !== 'string' || !isDocument || destination !== 'iframe')
    return destination as string;
  const urls = framed.get(session);
  if (!urls || initiator.from === 'shell') return 'document';
  // The first load of a frame is nobody's click; a click inside of one comes from there.
  if (headers['sec-fetch-user'] === undefined && urls.has(url)) return 'iframe';
  const referer = headers.referer === undefined ? undefined : addresses.toUpstream(headers.referer);
  return referer !== undefined && urls.has(referer) ? 'iframe' : 'document';
}
