// Bodies on their way to the leader, and where redirects led him: a follower gets the same bytes, and no upstream is asked twice.
import type { ProxySession } from './proxy-session.ts';

export interface Passed {
  /** Content type, as the upstream said. */
  type: string;
  /** Decoded. */
  body: Buffer;
}

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
