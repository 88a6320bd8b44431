// The way back: whatever page code built from its own address reaches the upstream as real URLs, in every common encoding.
import { type Addresses, formatOrigin, type UpstreamOrigin } from '../../protocol/address.ts';
import { applyEdits, type Edit, type FindEdits } from './splice.ts';

const DEFAULT_PORT = { http: 80, https: 443 } as const;

interface Pattern {
  expression: RegExp;
  /** Lower-case text that every session address of the session holds: `--<sid>.`. */
  mark: string;
}

const patterns = new WeakMap<Addresses, Pattern>();

function patternOf(addresses: Addresses): Pattern {
  let pattern = patterns.get(addresses);
  if (!pattern) {
    const { sid, base } = addresses.table;
    const [name, port] = base.split(':') as [string, string?];
    const before =
      '(?:(?:(https?|wss?)(:|%(?:25)*3A|\\\\u003A))?(\\/\\/|\\\\\\/\\\\\\/|%(?:25)*2F%(?:25)*2F|\\\\u002F\\\\u002F))?';
    const host = `([a-z0-9][a-z0-9-]{0,62})--${sid}\\.${name.replaceAll('.', '\\.')}`;
    const ownPort = port === undefined ? '' : `(?:(:|%(?:25)*3A|\\\\u003A)${port}(?!\\d))?`;
    pattern = { expression: new RegExp(before + host + ownPort, 'gi'), mark: `--${sid}.` };
    patterns.set(addresses, pattern);
  }
  return pattern;
}

/** Whether a text may hold a session address of this session; cheap. */
export function mayHoldAddress(text: string, addresses: Addresses): boolean {
  const { mark } = patternOf(addresses);
  return text.includes(mark) || text.toLowerCase().includes(mark);
}

/** Finds session addresses, alone or as part of URLs; for {@link StreamingEdits}. */
export function findSessionAddresses(addresses: Addresses): FindEdits {
  const { expression } = patternOf(addresses);
  return (text, from) => {
    if (!mayHoldAddress(text, addresses)) return [];
    const edits: Edit[] = [];
    expression.lastIndex = from;
    for (let match = expression.exec(text); match; match = expression.exec(text)) {
      const edit = realAt(match, addresses);
      if (edit) edits.push(edit);
    }
    return edits;
  };
}

/** A text with all session addresses of the session replaced by real ones. */
export function toRealText(text: string, addresses: Addresses): string {
  return mayHoldAddress(text, addresses) ? applyEdits(text, findSessionAddresses(addresses)(text, 0)) : text;
}

function realAt(match: RegExpExecArray, addresses: Addresses): Edit | undefined {
  const [whole, scheme, colon, separator, slug, portColon] = match;
  const found = findUpstream(slug!.toLowerCase(), addresses);
  if (!found) return undefined;
  const { upstream, cut } = found;
  const end = match.index + whole.length;
  const named = formatOrigin(upstream).slice(`${upstream.scheme}://`.length);
  if (cut > 0 || separator === undefined) {
    // A host alone: with the gateway's port it was `location.host`, without `location.hostname`.
    const start = end - whole.length + (separator === undefined ? 0 : prefixLength(match)) + cut;
    const withPort = portColon !== undefined || addresses.table.base.indexOf(':') < 0;
    return { start, end, text: withPort ? withColon(named, portColon) : upstream.host };
  }
  const level = /^%((?:25)*)/.exec(separator)?.[1];
  const host = level === undefined ? named : named.replace(':', `%${level}3A`);
  const real =
    scheme === undefined ? '' : /^w/i.test(scheme) ? upstream.scheme.replace('http', 'ws') : upstream.scheme;
  return { start: match.index, end, text: `${real}${colon ?? ''}${separator}${host}` };
}

function prefixLength([, scheme = '', colon = '', separator = '']: RegExpExecArray): number {
  return scheme.length + colon.length + separator.length;
}

function withColon(host: string, colon: string | undefined): string {
  return colon === undefined || colon === ':' ? host : host.replace(':', colon);
}

/** In `host%3Dwww-shop--…` the match begins too early, with `3Dwww-shop`: the longest known end of it is meant. */
function findUpstream(
  slug: string,
  addresses: Addresses,
): { upstream: UpstreamOrigin; cut: number } | undefined {
  for (let cut = 0; cut < slug.length; cut++) {
    const upstream = addresses.upstreamOfSlug(slug.slice(cut));
    if (upstream) return { upstream, cut };
  }
  return undefined;
}

/** Port of an origin as it stands in a `Host` header: left out when it is the scheme's own. */
export function hostHeader({ scheme, host, port }: UpstreamOrigin): string {
  return port === DEFAULT_PORT[scheme] ? host : `${host}:${port}`;
}
