// Absolute URLs written as literals in scripts, JSON and text: host and scheme of the site's own hosts become session addresses (T1).
import { type Addresses, type AddressTable, parseOrigin } from '../../protocol/address.ts';
import type { Edit, FindEdits } from './splice.ts';

export interface LiteralOptions {
  addresses: Addresses;
  /** Scheme of the upstream page, for protocol-relative URLs. */
  scheme: 'http' | 'https';
  /** Also a quoted host alone (`"shop.example"`): scripts compare it with `location.hostname`. Never in JSON, where it is data. */
  bareHosts: boolean;
  /** Real URL prefixes that stay as they are (signed blobs): site option `keepLiterals`. */
  keep?: readonly string[];
}

/** What stands before the host of a URL: plain, JSON-escaped, percent-encoded (once or more), or as `\u` escapes. */
const BEFORE =
  /(?:(https?|wss?)(:|%(?:25)*3A|\\u003A))?(\/\/|\\\/\\\/|%(?:25)*2F%(?:25)*2F|\\u002F\\u002F)$/i;
/**
 * Before a protocol-relative `//host` must stand what can open a string, an attribute or a list; inside a base64 run or a
 * path it is no URL.
 */
const OPENS = /[\s"'`(,=[{>;|\\]/;
const LONGEST_BEFORE = 48;
const LONGEST_HOST = 253;

/** The hosts to look for as one pattern; a host under a listed parent is found by the parent. */
function hostPattern(addresses: Addresses): RegExp | undefined {
  const { hosts, wild } = addresses.table;
  const names = new Set([
    ...hosts.flatMap(([origin]) => parseOrigin(origin)?.host ?? []),
    ...wild.map(({ host }) => host),
  ]);
  const roots = [...names].filter(
    (name) => ![...names].some((other) => other !== name && name.endsWith(`.${other}`)),
  );
  if (roots.length === 0) return undefined;
  return new RegExp(roots.map((name) => name.replace(/[.[\]]/g, '\\$&')).join('|'), 'g');
}

const patterns = new WeakMap<AddressTable, RegExp | null>();

function patternOf(addresses: Addresses): RegExp | null {
  let pattern = patterns.get(addresses.table);
  if (pattern === undefined) {
    pattern = hostPattern(addresses) ?? null;
    patterns.set(addresses.table, pattern);
  }
  return pattern;
}

/** Finds the literals to change; for {@link StreamingEdits}. */
export function findLiterals(options: LiteralOptions): FindEdits {
  const pattern = patternOf(options.addresses);
  return (text, from) => {
    if (pattern === null) return [];
    const edits: Edit[] = [];
    pattern.lastIndex = from;
    for (let match = pattern.exec(text); match; match = pattern.exec(text)) {
      const edit = literalAt(text, match.index, match[0].length, options);
      if (!edit || edit.start < from) continue;
      edits.push(edit);
      pattern.lastIndex = Math.max(edit.end, pattern.lastIndex);
    }
    return edits;
  };
}

function literalAt(text: string, index: number, length: number, options: LiteralOptions): Edit | undefined {
  let end = index + length;
  const highest = Math.min(text.length, end + LONGEST_HOST);
  while (end < highest && isHostChar(text.charCodeAt(end))) end++;
  while (end > index + length && /[.-]/.test(text[end - 1]!)) end--;
  // Longer names are other hosts, `host@` is user info; a trailing dot is the end of a sentence unless a path follows.
  if (end !== index + length || /^(?:[@_]|\.[/:?])/.test(text.slice(end, end + 2))) return undefined;
  let start = index;
  const lowest = Math.max(0, index - LONGEST_HOST);
  while (start > lowest && isHostChar(text.charCodeAt(start - 1))) start--;
  start = behindEscape(text, start, index);
  const host = text.slice(start, end);
  const port = /^(:|%(?:25)*3A)(\d{1,5})(?![\d.@])/i.exec(text.slice(end, end + 24));
  const before = BEFORE.exec(text.slice(Math.max(0, start - LONGEST_BEFORE), start));
  if (before) return urlLiteral(text, { start, end, host, port, before }, options);
  return options.bareHosts ? bareLiteral(text, { start, end, host, port }, options) : undefined;
}

/** Letters, digits, dot and hyphen. */
function isHostChar(code: number): boolean {
  return (
    (code >= 0x61 && code <= 0x7a) ||
    (code >= 0x30 && code <= 0x39) ||
    code === 0x2e ||
    code === 0x2d ||
    (code >= 0x41 && code <= 0x5a)
  );
}

/** Where the host begins when a percent or `\u` escape stands right before it. */
function behindEscape(text: string, start: number, index: number): number {
  if (text[start - 1] === '%') {
    const found = /^(?:25)*[0-9a-f]{2}/i.exec(text.slice(start, index + 1));
    if (found) return Math.min(index, start + found[0].length);
  }
  if (text[start - 1] === '\\') {
    const found = /^(?:u[0-9a-f]{4}|x[0-9a-f]{2}|[nrtbfv])/i.exec(text.slice(start, index));
    if (found) return start + found[0].length;
  }
  return start;
}

interface Found {
  start: number;
  end: number;
  host: string;
  port: RegExpExecArray | null;
}

function urlLiteral(
  text: string,
  found: Found & { before: RegExpExecArray },
  options: LiteralOptions,
): Edit | undefined {
  const { before, host, port } = found;
  const [whole, scheme, colon, separator] = before;
  const start = found.start - whole.length;
  if (scheme === undefined && start > 0 && !OPENS.test(text[start - 1]!)) return undefined;
  const secure = scheme === undefined ? options.scheme === 'https' : /s$/i.test(scheme);
  const origin = parseOrigin(`${secure ? 'https' : 'http'}://${host}${port ? `:${port[2]}` : ''}`);
  const session = origin && options.addresses.sessionOrigin(origin);
  if (!origin || session === undefined) return undefined;
  const end = found.end + (port?.[0].length ?? 0);
  if (options.keep?.length) {
    const real = `${secure ? 'https' : 'http'}://${host}${port ? `:${port[2]}` : ''}${text.slice(end, end + 200).replaceAll('\\/', '/')}`;
    if (options.keep.some((prefix) => real.startsWith(prefix))) return undefined;
  }
  const [ownScheme, ownHost] = session.split('://') as [string, string];
  const level = /^%((?:25)*)/.exec(separator!)?.[1];
  const mappedHost = level === undefined ? ownHost : ownHost.replace(':', `%${level}3A`);
  const mappedScheme =
    scheme === undefined ? '' : /^w/i.test(scheme) ? ownScheme.replace('http', 'ws') : ownScheme;
  return { start, end, text: `${mappedScheme}${colon ?? ''}${separator}${mappedHost}` };
}

function bareLiteral(
  text: string,
  { start, end, host, port }: Found,
  options: LiteralOptions,
): Edit | undefined {
  const quote = text[start - 1];
  if (quote !== '"' && quote !== "'" && quote !== '`') return undefined;
  const plainPort = port?.[1] === ':' ? port : null;
  const until = end + (plainPort?.[0].length ?? 0);
  if (text[until] !== quote || !host.includes('.')) return undefined;
  const other = options.scheme === 'https' ? 'http' : 'https';
  for (const scheme of [options.scheme, other] as const) {
    const origin = parseOrigin(`${scheme}://${host}${plainPort?.[0] ?? ''}`);
    const session = origin && options.addresses.sessionOrigin(origin);
    if (session === undefined) continue;
    const own = session.slice(session.indexOf('://') + 3);
    // `location.hostname` has no port, `location.host` has: a literal with a port can only be meant for the latter.
    return { start, end: until, text: plainPort ? own : own.replace(/:\d+$/, '') };
  }
  return undefined;
}
