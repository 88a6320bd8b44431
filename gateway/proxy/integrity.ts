// Subresource integrity: digests taken off tags are remembered and checked here over the upstream's own bytes (SRI section 3.3).
import { createHash } from 'node:crypto';
import type { ProxySession } from './proxy-session.ts';

const MAX_REMEMBERED = 2_000;
const STRENGTH = ['sha256', 'sha384', 'sha512'] as const;

const remembered = new WeakMap<ProxySession, Map<string, string>>();

/** @param url absolute real URL of the resource */
export function rememberIntegrity(session: ProxySession, url: string, integrity: string): void {
  let urls = remembered.get(session);
  if (!urls) {
    urls = new Map();
    remembered.set(session, urls);
  }
  urls.set(url, integrity);
  if (urls.size > MAX_REMEMBERED) urls.delete(urls.keys().next().value!);
}

export function findIntegrity(session: ProxySession, url: string): string | undefined {
  return remembered.get(session)?.get(url);
}

/** Whether the bytes match one of the strongest digests named. Unknown algorithms count as none named, as in browsers. */
export function matchesIntegrity(body: Buffer, integrity: string): boolean {
  const named = integrity.split(/\s+/).flatMap((item) => {
    const match = /^(sha256|sha384|sha512)-([A-Za-z0-9+/_-]+={0,2})(?:\?|$)/.exec(item);
    return match ? [{ algorithm: match[1] as (typeof STRENGTH)[number], digest: match[2]! }] : [];
  });
  const strongest = STRENGTH.findLast((algorithm) => named.some((item) => item.algorithm === algorithm));
  if (strongest === undefined) return true;
  const actual = createHash(strongest).update(body).digest();
  return named.some(
    ({ algorithm, digest }) => algorithm === strongest && Buffer.from(digest, 'base64').equals(actual),
  );
}
