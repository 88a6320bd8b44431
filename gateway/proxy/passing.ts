// Bodies on their way to the leader, and where redirects led him: a follower gets the same bytes, and no upstream is asked twice.
import type { IncomingMessage } from 'node:http';
import { decodeWhole, readCoding } from './codings.ts';
import type { Place } from './locate.ts';
import type { ProxySession } from './proxy-session.ts';

export interface Passed {
  /** Content type, as the upstream said. */
  type: string;
  /** Decoded. */
  body: Buffer;
}

/** Larger bodies are not kept for followers. */
const KEEP_BYTES = 2 * 1024 * 1024;
const MAX_REDIRECTS_KEPT = 500;
/** A leader on a slow line is not waited for longer, ms. */
const WAIT = 5_000;

interface Ways {
  passing: Map<string, Promise<Passed | undefined>>;
  redirects: Map<string, string>;
}

const ways = new WeakMap<ProxySession, Ways>();

function waysOf(session: ProxySession): Ways {
  let found = ways.get(session);
  if (!found) {
    found = { passing: new Map(), redirects: new Map() };
    ways.set(session, found);
  }
  return found;
}

/** @param body undefined when nothing came of it */
export function notePassing(session: ProxySession, url: string, body: Promise<Passed | undefined>): void {
  const { passing } = waysOf(session);
  passing.set(url, body);
  void body.finally(() => passing.get(url) === body && passing.delete(url));
}

/** Followers get the bytes that the leader got: images and fonts are kept as they pass. */
export function keepForFollowers(response: IncomingMessage, place: Place, status: number): void {
  const { session, url } = place;
  const { headers } = response;
  const type = headers['content-type'] ?? '';
  if (
    status !== 200 ||
    Number(headers['content-length'] ?? 0) > KEEP_BYTES ||
    /^(?:video|audio)\//i.test(type) ||
    !session.resources.wants(url, type)
  )
    return;
  let parts: Buffer[] = [];
  let bytes = 0;
  response.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes <= KEEP_BYTES) parts.push(chunk);
    else parts = [];
  });
  const passed = new Promise<void>((resolve) => response.once('close', resolve)).then(() =>
    bytes > 0 && bytes <= KEEP_BYTES && response.complete ? keepPacked(parts, response, place) : undefined,
  );
  notePassing(session, url, passed);
}

/** The same for a style sheet that passes as a whole. @param body as sent; undefined when it does not */
export function keepSheet(body: Promise<Buffer | undefined>, response: IncomingMessage, place: Place): void {
  const { session, url } = place;
  if (!session.resources.wants(url, response.headers['content-type'] ?? 'text/css')) return;
  const passed = body.then(
    (whole) => whole && keepPacked([whole], response, place),
    () => undefined,
  );
  notePassing(session, url, passed);
}

async function keepPacked(
  parts: Buffer[],
  { headers }: IncomingMessage,
  { session, url }: Place,
): Promise<Passed | undefined> {
  if (session.ended) return undefined;
  const coding = headers['content-encoding'];
  const body = coding === undefined ? parts : await unpack(Buffer.concat(parts), coding);
  if (!body || session.ended) return undefined;
  return session.resources.keep(url, headers['content-type'] ?? '', body);
}

async function unpack(body: Buffer, header: string): Promise<Buffer | undefined> {
  try {
    return await decodeWhole(body, readCoding(header), KEEP_BYTES);
  } catch {
    return undefined; // a coding we cannot read: followers' own fetch will say so
  }
}

/** What has passed or is passing just now; undefined when the upstream must be asked. */
export async function findPassed(session: ProxySession, url: string): Promise<Passed | undefined> {
  const kept = session.resources.keptOf(url);
  if (kept) return kept;
  const passing = waysOf(session).passing.get(url);
  if (!passing) return undefined;
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(resolve, WAIT, undefined);
  });
  const passed = await Promise.race([passing, late]);
  clearTimeout(timer);
  return passed;
}

/** A picture, sheet or font was found elsewhere. Both are absolute real URLs. */
export function noteRedirect(session: ProxySession, from: string, to: string): void {
  const { redirects } = waysOf(session);
  redirects.delete(from);
  redirects.set(from, to);
  if (redirects.size > MAX_REDIRECTS_KEPT) redirects.delete(redirects.keys().next().value!);
}

export function redirectOf(session: ProxySession, from: string): string | undefined {
  return ways.get(session)?.redirects.get(from);
}
