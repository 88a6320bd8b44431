// The one place that decides what may be seen: which URLs may be shown, and which hosts can never be listed.
import { type Addresses, parseOrigin, type UpstreamOrigin } from '../../protocol/address.ts';
import { MAX_URL } from '../../protocol/limits.ts';
import { Refused } from '../errors.ts';
import { findEntry } from './addresses.ts';
import type { Site } from './config.ts';
import { isWithin, normalizeHost } from './hosts.ts';
import type { Places } from './places.ts';

/** Control characters, some of which a URL parser silently drops: an address that holds any is not what it seems. */
const INVISIBLE = /[\p{Cc}\u2028\u2029]/u;

/**
 * Reads an absolute http(s) URL and yields it with its upstream origin. Decisions are made only on what `new URL` understood
 * (security.md 1.3): it folds numeric hosts, full-width letters and dots before we compare.
 * @throws {Refused} `address-invalid` for anything else: other schemes, user info, invisible characters, over-long text
 */
export function readAddress(url: string): { url: URL; origin: UpstreamOrigin } {
  const text = url.trim();
  if (text.length > MAX_URL || INVISIBLE.test(text)) throw new Refused('address-invalid');
  const parsed = URL.parse(text);
  if (!parsed || (parsed.protocol !== 'http:' && parsed.protocol !== 'https:'))
    throw new Refused('address-invalid');
  if (parsed.username !== '' || parsed.password !== '') throw new Refused('address-invalid');
  const origin = parseOrigin(parsed.origin);
  if (!origin || normalizeHost(origin.host) !== origin.host) throw new Refused('address-invalid');
  parsed.hostname = origin.host; // without the trailing dot
  return { url: parsed, origin };
}

/**
 * Whether a participant may show this URL in a session (R9, R24).
 * @param url a real URL, absolute
 * @returns it, parsed
 * @throws {Refused} `address-invalid`, `address-outside` (not on the list), `resource-only` (may only be loaded by a page)
 */
export function checkNavigation(url: string, addresses: Addresses): URL {
  const address = readAddress(url);
  const host = address.url.host;
  const kind = addresses.kindOf(address.origin);
  if (kind === undefined) throw new Refused('address-outside', { host });
  if (kind === 'resource') throw new Refused('resource-only', { host });
  return address.url;
}

/** Whether a URL lies on a domain of the site: a session may start there (R3). Never throws. */
export function isOnSite(url: string, site: Site): boolean {
  try {
    return findEntry(site, readAddress(url).origin)?.kind === 'domain';
  } catch (error) {
    if (error instanceof Refused) return false;
    throw error;
  }
}

/**
 * Whether a host (without port) is our own: console, panel, or anything below the base. Such an upstream would be the gateway
 * calling itself. With `includeSubdomains`, a parent of ours is one too.
 */
export function isLoopHost(
  host: string,
  places: Pick<Places, 'consoleHost' | 'panelHost' | 'base'>,
  includeSubdomains = false,
): boolean {
  const own = [places.consoleHost, places.panelHost, places.base].map((name) => name.replace(/:\d+$/, ''));
  return own.some((name) => isWithin(host, name) || (includeSubdomains && isWithin(name, host)));
}
