// Stage 5, response headers: what the site said, as it must be at a session address; cookies go to the jar.
import type { IncomingMessage, OutgoingHttpHeaders } from 'node:http';
import { parseOrigin } from '../../protocol/address.ts';
import {
  containmentPolicy,
  mapContentPolicy,
  mapEndpoint,
  type PolicyOptions,
} from '../rewrite/content-policy.ts';
import { mapLink, namesOrigin, refreshUrl } from '../rewrite/links.ts';
import { mapLocation } from '../rewrite/location.ts';
import { rewriteJson } from '../rewrite/script.ts';
import { registrableDomain } from '../sites/hosts.ts';
import { type BodyKind, isFile, isPage } from './body-kind.ts';
import { COOKIE_HEADER } from './cookies.ts';
import type { Admission } from './guard.ts';
import type { Place } from './locate.ts';
import { outsidePath } from './own-paths.ts';
import { ETAG_SUFFIX, type RequestHead } from './request-headers.ts';

/** Of the connection, or promises of a host that is not the site's, or replaced by ours (security.md 2.4). */
const DROPPED = new Set([
  'accept-ch',
  'alt-svc',
  'clear-site-data',
  'connection',
  'content-security-policy',
  'content-security-policy-report-only',
  'cross-origin-opener-policy',
  'critical-ch',
  'expect-ct',
  'keep-alive',
  'nel',
  'origin-agent-cluster',
  'origin-trial',
  'proxy-authenticate',
  'proxy-connection',
  'public-key-pins',
  'report-to',
  'reporting-endpoints',
  'service-worker-allowed',
  'set-cookie',
  'set-cookie2',
  'speculation-rules',
  'strict-transport-security',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'x-frame-options',
  COOKIE_HEADER,
]);
/** Of the upstream's bytes, which a rewritten body has no longer. */
const OF_THE_BYTES = new Set([
  'accept-ranges',
  'content-digest',
  'content-length',
  'content-md5',
  'digest',
  'repr-digest',
  'sourcemap',
  'x-sourcemap',
]);
/** Fields about routing, framing or how the body is to be read mean nothing behind it (RFC 9110 6.5.1). */
const NEVER_TRAILERS = new Set([
  'content-encoding',
  'content-length',
  'content-type',
  'host',
  'link',
  'location',
  'refresh',
]);
/** Destinations where a policy means nothing; leaving it out saves its bytes on every image. */
const WITHOUT_POLICY = new Set([
  'audio',
  'empty',
  'font',
  'image',
  'manifest',
  'script',
  'style',
  'track',
  'video',
]);

export interface Answer {
  status: number;
  headers: OutgoingHttpHeaders;
  /** Set when the answer leads off the list: our page is shown instead. The real URL. */
  outside?: string;
  /** The site's own policy, as it sent it. */
  ownPolicy: string | undefined;
  policy: PolicyOptions;
}

export interface AnswerOptions {
  kind: BodyKind;
  nonce: string;
  /** Path of our script. */
  script: string;
  destination: string | undefined;
}

export function responseHeaders(
  response: IncomingMessage,
  place: Place,
  admission: Admission,
  head: RequestHead,
  options: AnswerOptions,
): Answer {
  const { addresses, upstream, url } = place;
  const incoming = response.headers;
  const status = response.statusCode ?? 502;
  const rewritten = options.kind !== 'untouched';
  const headers: OutgoingHttpHeaders = { 'origin-agent-cluster': '?1' };
  const perConnection = incoming.connection?.toLowerCase();
  let outside: string | undefined;

  for (const [name, value] of Object.entries(incoming)) {
    if (value === undefined || DROPPED.has(name) || (rewritten && OF_THE_BYTES.has(name))) continue;
    if (perConnection?.includes(name)) continue;
    if (typeof value !== 'string') {
      headers[name] = value;
      continue;
    }
    switch (name) {
      case 'location': {
        const to = mapLocation(value, url, upstream, addresses);
        if ('inside' in to) headers.location = to.inside;
        else if (status >= 300 && status < 400) outside = to.outside;
        break;
      }
      case 'refresh':
        headers.refresh = mapRefreshHeader(value, place);
        break;
      case 'content-location':
        headers[name] = addresses.toSession(value, upstream.scheme) ?? value;
        break;
      case 'link': {
        const links = mapLinkHeader(value, place);
        if (links.length > 0) headers.link = links.join(', ');
        break;
      }
      case 'access-control-allow-origin':
      case 'timing-allow-origin':
        headers[name] = mapOrigins(value, place);
        break;
      case 'permissions-policy':
        headers[name] = rewriteJson(value, { addresses, scheme: upstream.scheme });
        break;
      case 'etag':
        headers.etag =
          rewritten || (status === 304 && head.hadOurEtag) ? value.replace(/"$/, `${ETAG_SUFFIX}"`) : value;
        break;
      default:
        headers[name] = value;
    }
  }
  // Node refuses to announce trailers for a body that is not sent in chunks.
  if (!rewritten && incoming.trailer !== undefined && incoming['transfer-encoding'] === 'chunked')
    headers.trailer = incoming.trailer;
  headers['cache-control'] = cacheControl(incoming['cache-control'], admission, options.kind);
  if (incoming['clear-site-data'] !== undefined)
    clearSiteData(String(incoming['clear-site-data']), headers, place, admission);
  takeCookies(response, headers, place, admission, head);

  const endpoints = mapEndpoints(incoming['reporting-endpoints'], place);
  if (endpoints !== undefined) headers['reporting-endpoints'] = endpoints;
  const policy: PolicyOptions = {
    addresses,
    origin: upstream,
    nonce: options.nonce,
    script: `${addresses.sessionOrigin(upstream) ?? ''}${options.script.split('?', 1)[0]}`,
    reportTo: endpoints !== undefined,
  };
  // Of a file the page around it is ours; its policy would not let that be.
  const own = isFile(options.kind) ? undefined : incoming['content-security-policy'];
  const ownText = own === undefined ? undefined : String(own);
  if (options.destination === undefined || !WITHOUT_POLICY.has(options.destination)) {
    const mapped = ownText === undefined ? '' : mapContentPolicy(ownText, policy, 'header');
    headers['content-security-policy'] =
      mapped === '' ? containmentPolicy(addresses) : `${mapped}, ${containmentPolicy(addresses)}`;
    const tried = mapReportOnly(incoming['content-security-policy-report-only'], policy);
    if (tried !== '') headers['content-security-policy-report-only'] = tried;
  }
  return {
    status,
    headers,
    ...(outside === undefined ? {} : { outside }),
    ownPolicy: ownText,
    policy,
  };
}

/** What one session got is nobody else's; a document holds the cookies of the moment and is never kept. */
function cacheControl(value: string | undefined, { isDocument }: Admission, kind: BodyKind): string {
  if (isDocument && isPage(kind)) return 'no-store';
  if (value === undefined) return 'private';
  const kept = value
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '' && !/^(?:public|private|s-maxage=.*|proxy-revalidate)$/i.test(part));
  return ['private', ...kept].join(', ');
}

function mapRefreshHeader(value: string, { addresses, upstream, url }: Place): string {
  const found = refreshUrl(value);
  if (!found) return value;
  const to = mapLocation(found.url, url, upstream, addresses);
  const end = found.start + found.url.length;
  return (
    value.slice(0, found.start) + ('inside' in to ? to.inside : outsidePath(to.outside)) + value.slice(end)
  );
}

/** RFC 8288; entries off the list, and those that only warm up connections to real hosts, are left out. */
export function mapLinkHeader(value: string, { addresses, upstream }: Place): string[] {
  const entries = value.match(/<[^>]*>(?:[^,"]|"(?:[^"\\]|\\.)*")*/g) ?? [];
  return entries.flatMap((entry) => {
    if (/;\s*rel\s*=\s*"?[^";]*\b(?:preconnect|dns-prefetch|prerender)\b/i.test(entry)) return [];
    const close = entry.indexOf('>');
    const target = entry.slice(1, close);
    const mapped = mapLink(target, { addresses, scheme: upstream.scheme });
    if (mapped === undefined && namesOrigin(target)) return [];
    // The digest is of bytes that we may change.
    const rest = entry.slice(close).replace(/;\s*integrity\s*=\s*(?:"[^"]*"|[^;,\s]*)/i, '');
    return [`<${mapped ?? target}${rest}`.trim()];
  });
}

/** Trailers of an untouched body (RFC 9110 6.5); what would be dropped from the headers is dropped here. */
export function mapTrailers(trailers: NodeJS.Dict<string>): Record<string, string> | undefined {
  const kept = Object.entries(trailers).flatMap(([name, value]) =>
    value === undefined || DROPPED.has(name) || NEVER_TRAILERS.has(name) ? [] : [[name, value] as const],
  );
  return kept.length === 0 ? undefined : Object.fromEntries(kept);
}

/** RFC 8941 dictionary of the site's own reporting endpoints, those off the list left out. Browsers read it over https only. */
function mapEndpoints(value: string | string[] | undefined, { addresses, upstream }: Place) {
  if (value === undefined || addresses.table.scheme !== 'https') return undefined;
  const entries = [...String(value).matchAll(/(?:^|,)\s*([a-z*][a-z0-9_.*-]*)\s*=\s*"([^"\\]*)"/g)];
  const mapped = entries.flatMap(([, name, url = '']) => {
    const endpoint = mapEndpoint(url, addresses, upstream.scheme);
    return endpoint === undefined ? [] : [`${name}="${endpoint}"`];
  });
  return mapped.length === 0 ? undefined : mapped.join(', ');
}

/** A policy that is only tried out is of use to whom it reports to; the others are left out. */
function mapReportOnly(value: string | string[] | undefined, policy: PolicyOptions): string {
  if (value === undefined) return '';
  return mapContentPolicy(String(value), policy, 'header')
    .split(', ')
    .filter((one) => /(?:^|;)\s*report-(?:uri|to)\s/.test(one))
    .join(', ');
}

function mapOrigins(value: string, { addresses }: Place): string {
  return value
    .split(',')
    .map((part) => {
      const origin = parseOrigin(part.trim());
      return (origin && addresses.sessionOrigin(origin)) ?? part.trim();
    })
    .join(', ');
}

/** `"cookies"` empties the site's part of the jar; passed on it would empty the browser of every session's pass. */
function clearSiteData(
  value: string,
  headers: OutgoingHttpHeaders,
  place: Place,
  { bearer }: Admission,
): void {
  const all = value.includes('"*"');
  if (bearer === 'pass' && (all || value.includes('"cookies"'))) {
    const domain = registrableDomain(place.upstream.host);
    place.session.jar.clear((host) => registrableDomain(host) === domain);
  }
  const passed = ['"storage"', '"cache"'].filter((part) => all || value.includes(part));
  if (passed.length > 0) headers['clear-site-data'] = passed.join(', ');
}

/** The jar takes the cookies; a page that made this request by script learns what `document.cookie` is now. */
function takeCookies(
  response: IncomingMessage,
  headers: OutgoingHttpHeaders,
  place: Place,
  { bearer, isDocument }: Admission,
  { hadScriptCookies, headers: { referer } }: RequestHead,
): void {
  if (bearer !== 'pass') return;
  const { jar } = place.session;
  const set = response.headers['set-cookie'];
  if (set) jar.take(set, place.url);
  if (isDocument || (!set && !hadScriptCookies)) return;
  headers[COOKIE_HEADER] = encodeURIComponent(jar.scriptCookies(documentUrl(place, referer)));
  if (headers['access-control-allow-origin'] !== undefined) {
    const exposed = headers['access-control-expose-headers'];
    headers['access-control-expose-headers'] =
      exposed === undefined ? COOKIE_HEADER : `${String(exposed)}, ${COOKIE_HEADER}`;
  }
}

/** What a document sees of its cookies goes by its own path, not by that of what it asked for. */
function documentUrl({ url }: Place, referer: string | string[] | undefined): string {
  return typeof referer === 'string' && URL.parse(referer)?.origin === URL.parse(url)?.origin ? referer : url;
}
