// The way back: whatever page code built from its own address reaches the upstream as real URLs, in every common encoding.
import { type Addresses, formatOrigin, parseOrigin, type UpstreamOrigin } from '../../protocol/address.ts';
import { applyEdits, type Edit, type FindEdits } from './splice.ts';

const DEFAULT_PORT = { http: 80, https: 443 } as const;

/** A slash, as it stands in a URL, a JSON string, a query (of a query), a script, or HTML. */
const SLASH = '(?:\\\\{0,8}\\/|(?:%(?:25){0,4}5C){0,4}%(?:25){0,4}2F|\\\\{1,8}u002F|&#(?:x2F|47);)';
const COLON = '(?::|%(?:25){0,4}3A|\\\\{1,8}u003A|&#(?:x3A|58);)';

/** More than scheme, colon, slashes and slug can take in the longest of these forms. */
const LONGEST_BEFORE = 240;

interface Pattern {
  /** The part that all addresses of the session share, `<sid>.<base>` without the port. */
  name: RegExp;
  /** What of an address stands before it: scheme, colon, slashes, slug. */
  before: RegExp;
  /** The gateway's port behind it. */
  port: RegExp | undefined;
  /** What the session's own window and view stand for, which no upstream has: the first of the site's hosts. */
  fallback: UpstreamOrigin | undefined;
}

const patterns = new WeakMap<Addresses, Pattern>();

function patternOf(addresses: Addresses): Pattern {
  let pattern = patterns.get(addresses);
  if (!pattern) {
    const { sid, base, hosts } = addresses.table;
    const [name, port] = base.split(':') as [string, string?];
    const first = hosts.find(([, , kind]) => kind === 'domain') ?? hosts[0];
    pattern = {
      name: new RegExp(`${sid}\\.${name.replaceAll('.', '\\.')}`, 'gi'),
      before: new RegExp(
        `(?:(?:(https?|wss?)(${COLON}))?(${SLASH}{2}))?(?:([a-z0-9][a-z0-9-]{0,62})--)?$`,
        'i',
      ),
      port: port === undefined ? undefined : new RegExp(`(${COLON})${port}(?!\\d)`, 'iy'),
      fallback: first && parseOrigin(first[0]),
    };
    patterns.set(addresses, pattern);
  }
  return pattern;
}

/** Whether a text may hold a session address of this session; cheap. */
export function mayHoldAddress(text: string, addresses: Addresses): boolean {
  const { name } = patternOf(addresses);
  name.lastIndex = 0;
  return name.test(text);
}

/** Finds session addresses, alone or as part of URLs; for {@link StreamingEdits}. */
export function findSessionAddresses(addresses: Addresses): FindEdits {
  const { name } = patternOf(addresses);
  return (text, from) => {
    const edits: Edit[] = [];
    name.lastIndex = from;
    for (let match = name.exec(text); match; match = name.exec(text)) {
      const end = name.lastIndex;
      const edit = realAt(text, match.index, end, edits.at(-1)?.end ?? from, addresses);
      if (!edit) continue;
      edits.push(edit);
      name.lastIndex = edit.end;
    }
    return edits;
  };
}

/** A text with all session addresses of the session replaced by real ones. */
export function toRealText(text: string, addresses: Addresses): string {
  return mayHoldAddress(text, addresses) ? applyEdits(text, findSessionAddresses(addresses)(text, 0)) : text;
}

/** @param lowest what stands before it has been dealt with */
function realAt(
  text: string,
  index: number,
  end: number,
  lowest: number,
  addresses: Addresses,
): Edit | undefined {
  const { before, port } = patternOf(addresses);
  const [whole, scheme, colon, separator, slug] = before.exec(
    text.slice(Math.max(lowest, index - LONGEST_BEFORE), index),
  ) as RegExpExecArray;
  const found = findUpstream(slug?.toLowerCase(), addresses);
  if (!found) return undefined;
  const { upstream, cut } = found;
  const start = index - whole.length;
  let portColon: string | undefined;
  if (port) {
    port.lastIndex = end;
    const match = port.exec(text);
    portColon = match?.[1];
    end += match?.[0].length ?? 0;
  }
  const named = formatOrigin(upstream).slice(`${upstream.scheme}://`.length);
  if (cut > 0 || separator === undefined) {
    // A host alone: with the gateway's port it was `location.host`, without `location.hostname`.
    const prefix = (scheme ?? '').length + (colon ?? '').length + (separator ?? '').length;
    const withPort = portColon !== undefined || port === undefined;
    return {
      start: start + prefix + cut,
      end,
      text: withPort ? withColon(named, portColon) : upstream.host,
    };
  }
  const level = /^%((?:25)*)/.exec(separator)?.[1];
  const host = level === undefined ? named : named.replace(':', `%${level}3A`);
  const real =
    scheme === undefined ? '' : /^w/i.test(scheme) ? upstream.scheme.replace('http', 'ws') : upstream.scheme;
  return { start, end, text: `${real}${colon ?? ''}${separator}${host}` };
}

function withColon(host: string, colon: string | undefined): string {
  return colon === undefined || colon === ':' ? host : host.replace(':', colon);
}

/** In `host%3Dwww-shop--…` the match begins too early, with `3Dwww-shop`: the longest known end of it is meant. */
function findUpstream(
  slug: string | undefined,
  addresses: Addresses,
): { upstream: UpstreamOrigin; cut: number } | undefined {
  for (let cut = 0; slug !== undefined && cut < slug.length; cut++) {
    const upstream = addresses.upstreamOfSlug(slug.slice(cut));
    if (upstream) return { upstream, cut };
  }
  // The session's window or view, or a name that a page made up: even that must not get out.
  const { fallback } = patternOf(addresses);
  return fallback && { upstream: fallback, cut: 0 };
}

/** Port of an origin as it stands in a `Host` header: left out when it is the scheme's own. */
export function hostHeader({ scheme, host, port }: UpstreamOrigin): string {
  return port === DEFAULT_PORT[scheme] ? host : `${host}:${port}`;
}
