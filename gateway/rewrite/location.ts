// Where a response sends the browser: decided on what the browser will understand, not on the text (open-redirect corpora).
import { type Addresses, formatOrigin, parseOrigin, type UpstreamOrigin } from '../../protocol/address.ts';

export type Destination =
  /** Inside the session; the header's new value. */
  | { inside: string }
  /** Off the list; the real URL. */
  | { outside: string };

/** No scheme, no authority, nothing that a URL parser drops or turns round: the browser resolves it as we do. */
const PLAIN_RELATIVE = /^(?![\\/]{2}|[a-z][a-z0-9+.-]*:)[^\\\0-\x20\x7f]*$/i;

/**
 * A `Location` (RFC 9110 10.2.2) as it must be for the session. Only the URL's own origin is mapped, never its query.
 * @param url real URL of the response
 */
export function mapLocation(
  value: string,
  url: string,
  upstream: UpstreamOrigin,
  addresses: Addresses,
): Destination {
  const target = URL.parse(value, url);
  if (!target) return { outside: value };
  const origin = parseOrigin(target.origin);
  if (!origin || target.username !== '' || target.password !== '') return { outside: target.href };
  const session = addresses.sessionOrigin(origin);
  if (session === undefined) return { outside: target.href };
  if (formatOrigin(origin) === formatOrigin(upstream) && PLAIN_RELATIVE.test(value)) return { inside: value };
  // Byte for byte where the plain reading is also the browser's; otherwise what the browser would make of it.
  const mapped = addresses.toSession(value, upstream.scheme);
  if (
    mapped !== undefined &&
    URL.parse(mapped, session)?.origin === session &&
    !/[\0-\x20\x7f]/.test(mapped)
  ) {
    return { inside: mapped };
  }
  return { inside: session + target.pathname + target.search + target.hash };
}
