// Stage 3, request headers: the request as the site's own browser would have sent it to the real host.
import type { IncomingMessage } from 'node:http';
import { formatOrigin } from '../../protocol/address.ts';
import { Refused } from '../errors.ts';
import { hostHeader, mayHoldAddress, toRealText } from '../rewrite/reverse.ts';
import type { Config } from '../sites/config.ts';
import { mergeScriptCookies, takeBrowserCookies } from './cookies.ts';
import { realDestination } from './framed.ts';
import { type Admission, siteRelation } from './guard.ts';
import type { Place } from './locate.ts';

/** Of the connection, not of the request (RFC 9110 7.6.1), of proxies in between, of our own, or made anew below. */
const DROPPED = new Set([
  'accept-encoding',
  'client-ip',
  'connection',
  'content-length',
  'cookie',
  'expect',
  'forwarded',
  'host',
  'http2-settings',
  'keep-alive',
  'origin',
  'proxy-authorization',
  'proxy-connection',
  'referer',
  'sec-fetch-dest',
  'sec-fetch-site',
  'service-worker',
  'service-worker-navigation-preload',
  'te',
  'trailer',
  'transfer-encoding',
  'true-client-ip',
  'upgrade',
  'via',
  'x-client-ip',
  'x-real-ip',
]);
const DROPPED_PREFIX = /^(?:x-forwarded|x-tandem|cf-connecting|x-envoy|x-original)/;
/** Codings that the body stage can read. */
const CODINGS = new Set(['gzip', 'x-gzip', 'deflate', 'br', 'zstd', 'identity']);
/** What we put behind an upstream's ETag when the body was rewritten; to be raised when the rewriters change. */
export const ETAG_SUFFIX = '~t2';

export interface RequestHeaderOptions {
  upstreamHeader: Config['upstreamHeader'];
  /** Our name in `Via`. */
  via: string;
}

export interface RequestHead {
  headers: Record<string, string | string[]>;
  /** Cookies that scripts wrote came along. */
  hadScriptCookies: boolean;
  /** The browser holds a body that we rewrote. */
  hadOurEtag: boolean;
}

/** @throws {Refused} loop when the request has been through this gateway */
export function requestHeaders(
  req: IncomingMessage,
  place: Place,
  admission: Admission,
  options: RequestHeaderOptions,
): RequestHead {
  const incoming = req.headers;
  if (incoming.via?.includes(options.via)) throw new Refused('loop');
  const { addresses, upstream, session, url } = place;
  const perConnection = connectionTokens(incoming.connection);
  const headers: Record<string, string | string[]> = { host: hostHeader(upstream) };
  for (const [name, value] of Object.entries(incoming)) {
    if (value === undefined || DROPPED.has(name) || perConnection?.has(name)) continue;
    // Servers that turn headers into variables read `X_Forwarded_For` as `X-Forwarded-For`.
    if (name.includes('_') || DROPPED_PREFIX.test(name)) continue;
    headers[name] = Array.isArray(value)
      ? value.map((text) => toRealText(text, addresses))
      : mayHoldAddress(value, addresses)
        ? toRealText(value, addresses)
        : value;
  }
  // Events are mapped and passed on one by one: packed they would only wait for each other.
  headers['accept-encoding'] = incoming.accept?.includes('text/event-stream')
    ? 'identity'
    : codings(incoming['accept-encoding']);
  headers.via = `1.1 ${options.via}`;
  if (options.upstreamHeader)
    headers[options.upstreamHeader.name.toLowerCase()] = options.upstreamHeader.value;
  setInitiator(headers, req, place, admission);
  const hadOurEtag = takeOurEtag(headers, admission);

  let hadScriptCookies = false;
  if (admission.bearer === 'pass') {
    const { handover } = session.site;
    if (handover?.fromBrowser && admission.isDocument && session.carries?.(formatOrigin(upstream)))
      takeBrowserCookies(incoming.cookie, handover.cookies, session.jar, url);
    hadScriptCookies = mergeScriptCookies(incoming.cookie, session.jar, url, addresses);
    const cookie = session.jar.headerFor(url, admission.cookies);
    if (cookie !== '') headers.cookie = cookie;
  }
  return { headers, hadScriptCookies, hadOurEtag };
}

/** RFC 9110 7.6.1: whatever `Connection` names is for us alone. */
function connectionTokens(connection: string | undefined): Set<string> | undefined {
  if (connection === undefined || connection === 'keep-alive' || connection === 'close') return undefined;
  return new Set(connection.split(',').map((token) => token.trim().toLowerCase()));
}

function codings(accepted: string | undefined): string {
  const known = accepted
    ?.split(',')
    .map((part) => part.trim())
    .filter((part) => CODINGS.has(part.split(';', 1)[0]!.trim().toLowerCase()));
  return known?.length ? known.join(', ') : 'identity';
}

/** Origin, Referer and Sec-Fetch-* of the real initiator and the real target. */
function setInitiator(
  headers: Record<string, string | string[]>,
  req: IncomingMessage,
  place: Place,
  admission: Admission,
): void {
  const { headers: incoming } = req;
  const { addresses, upstream } = place;
  if (incoming.origin !== undefined) {
    const origin = incoming.origin === 'null' ? undefined : addresses.upstreamOfOrigin(incoming.origin);
    if (origin) headers.origin = formatOrigin(origin);
    else if (incoming.origin === 'null') headers.origin = 'null';
  }
  const referer = incoming.referer === undefined ? undefined : addresses.toUpstream(incoming.referer);
  if (referer !== undefined) headers.referer = toRealText(referer, addresses);
  if (incoming['sec-fetch-site'] === undefined) return;
  headers['sec-fetch-site'] = siteRelation(admission.initiator, upstream);
  const destination = realDestination(req, place, admission);
  if (destination !== undefined) headers['sec-fetch-dest'] = destination;
}

/** Takes our suffix off the validators; a document is always fetched anew, since its head holds the cookies of the moment. */
function takeOurEtag(headers: Record<string, string | string[]>, { isDocument }: Admission): boolean {
  if (isDocument) {
    for (const name of ['if-none-match', 'if-modified-since', 'if-range', 'range']) delete headers[name];
    return false;
  }
  let had = false;
  for (const name of ['if-none-match', 'if-match', 'if-range']) {
    const value = headers[name];
    if (typeof value !== 'string' || !value.includes(ETAG_SUFFIX)) continue;
    had = true;
    headers[name] = value.replaceAll(`${ETAG_SUFFIX}"`, '"');
  }
  if (had) delete headers['if-modified-since'];
  return had;
}
