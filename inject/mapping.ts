// URLs as a page writes them → URLs that stay inside the session. In the page the session address is the truth: what was
// set is read back as its session address, like `location` itself; the gateway maps all of it back on the way to the upstream.
import { parseSessionHost } from '../protocol/address.ts';
import type { Realm } from './realm.ts';

const ABSOLUTE = /^[\0-\x20]*(?:(https?|wss?):)?[\\/]{2}([^\\/?#\s"'<>]+)/i;

/**
 * A URL that the browser will load: real URLs of listed hosts become session addresses, a session address with a wrong
 * scheme or without the gateway's port (`'https://' + location.hostname`) is put right, everything else is left as it is:
 * relative URLs need nothing, and hosts off the list are stopped and reported by the gateway's CSP.
 */
export function mapUrl(realm: Realm, url: string): string {
  const match = ABSOLUTE.exec(url);
  if (!match) return url;
  const { addresses, origin } = realm;
  return (
    addresses.toSession(url, origin.scheme) ??
    mendSession(realm, url, match) ??
    mendScheme(realm, url, match) ??
    url
  );
}

/** `//host/x` that the browser has already resolved, by the gateway's scheme instead of the upstream's. */
function mendScheme(realm: Realm, url: string, match: RegExpExecArray): string | undefined {
  const { addresses, origin } = realm;
  const named = match[1]?.toLowerCase();
  if (named !== addresses.table.scheme || named === origin.scheme) return undefined;
  return addresses.toSession(`${origin.scheme}:${url.slice(url.indexOf(':') + 1)}`, origin.scheme);
}

/** `https://slug--sid.base/x` on a gateway that speaks http, and the like. */
function mendSession(realm: Realm, url: string, match: RegExpExecArray): string | undefined {
  const { sid, base, scheme } = realm.addresses.table;
  const port = base.match(/:\d+$/)?.[0] ?? '';
  const host = match[2]!.toLowerCase().replace(/:\d*$/, '') + port;
  const role = parseSessionHost(host, base);
  if (role?.role !== 'page' || role.sid !== sid) return undefined;
  const named = match[1]?.toLowerCase();
  const proper =
    named === undefined ? '' : `${named.startsWith('ws') ? scheme.replace('http', 'ws') : scheme}:`;
  return `${proper}//${host}${url.slice(match[0].length)}`;
}

/** Any value given where a URL is expected. Objects (URL, trusted types) that need no change are passed on as they are. */
export function mapValue(realm: Realm, value: unknown): unknown {
  if (value === null || value === undefined) return value;
  const text = typeof value === 'string' ? value : `${value as string}`;
  const mapped = mapUrl(realm, text);
  return mapped === text ? value : mapped;
}

/** Where a navigation to a URL really leads. */
export type Way =
  /** Stays inside; `url` is the session address (the same as given, when it was one). */
  | { to: 'inside'; url: string }
  /** A web address off the list; `url` is the real one. */
  | { to: 'outside'; url: string }
  /** tel:, mailto: and other programs: the shell asks the browser to open them. */
  | { to: 'external'; url: string }
  /** javascript:, blob:, data:, about: or not a URL at all: none of our business. */
  | { to: 'nowhere'; url: string };

const OWN_SCHEMES = /^(?:javascript|blob|data|about|filesystem|view-source|chrome|file):$/;

/** Decides where a navigation leads. Relative URLs are resolved against the document. */
export function findWay(realm: Realm, url: string): Way {
  const { natives, window, addresses } = realm;
  let resolved: URL;
  try {
    resolved = new natives.URL(mapUrl(realm, url), window.document.baseURI);
  } catch {
    return { to: 'nowhere', url };
  }
  if (resolved.protocol !== 'http:' && resolved.protocol !== 'https:')
    return { to: OWN_SCHEMES.test(resolved.protocol) ? 'nowhere' : 'external', url: resolved.href };
  // `new URL` has stripped what browsers strip (tabs, newlines, userinfo stays), so map once more.
  const href = mapUrl(realm, resolved.href);
  const origin = new natives.URL(href).origin;
  if (origin === window.location.origin || addresses.upstreamOfOrigin(origin))
    return { to: 'inside', url: href };
  return { to: 'outside', url: href };
}

/** The gateway's page that says why an address is not shown, at our own origin. */
export function outsidePage(realm: Realm, url: string): string {
  const origin = realm.addresses.sessionOrigin(realm.origin) ?? realm.window.location.origin;
  return `${origin}/.tandem/outside?url=${realm.natives.encodeURIComponent(url)}`;
}

/** The address to go to in a frame of the page: a session address or the page for what is off the list. */
export function insideUrl(realm: Realm, way: Way): string {
  return way.to === 'outside' ? outsidePage(realm, way.url) : way.url;
}

const CANDIDATE = /([^\s,]\S*[^\s,])(\s+[^,]+)?(,|$)/g;

/** `srcset`: a comma-separated list of URLs with descriptors. */
export function mapSrcset(realm: Realm, srcset: string): string {
  if (!srcset.includes('//')) return srcset;
  return srcset.replace(
    CANDIDATE,
    (_whole, url: string, size: string | undefined, end: string) => mapUrl(realm, url) + (size ?? '') + end,
  );
}

const CSS_URL = /(url\(\s*["']?|@import\s+["'])([^"')\s]+)/gi;

/** `url()` and `@import` in CSS text that a script sets. */
export function mapCss(realm: Realm, css: string): string {
  if (!css.includes('//')) return css;
  return css.replace(CSS_URL, (_whole, lead: string, url: string) => lead + mapUrl(realm, url));
}
