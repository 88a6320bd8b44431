// URLs in attributes and headers: only what a browser dereferences, and of that only scheme and host; the rest stays byte for byte.
import type { Addresses } from '../../protocol/address.ts';

/** Upstream of the document or response in which a URL stands. */
export interface LinkContext {
  addresses: Addresses;
  /** Scheme of the upstream page, for protocol-relative URLs. */
  scheme: 'http' | 'https';
  /** Scheme and host as they were written, and what they became: a page names few hosts in many links. */
  known?: Map<string, string>;
}

/** A URL as its session address, or undefined when it needs no change. Understands character references in the first part. */
export function mapLink(raw: string, context: LinkContext): string | undefined {
  const { addresses, scheme, known } = context;
  const cut = known ? endOfHost(raw) : 0;
  if (known && cut > 0) {
    const written = raw.slice(0, cut);
    let mapped = known.get(written);
    if (mapped === undefined) {
      mapped = mapWhole(written, addresses, scheme) ?? '';
      if (known.size < MAX_KNOWN) known.set(written, mapped);
    }
    if (mapped !== '') return mapped + raw.slice(cut);
  }
  return mapWhole(raw, addresses, scheme);
}

/** Whether a URL says its own host or scheme: one that cannot be mapped leads off the list then. */
export function namesOrigin(url: string): boolean {
  return /^\s*(?:[a-z][a-z0-9+.-]*:|[\\/]{2})/i.test(url);
}

const MAX_KNOWN = 100;
/** What a browser would drop, or read as something else. */
const NOT_PLAIN = /[\0- \\&]/;

/** Where the path of an absolute URL begins that is written plainly; 0 for any other. */
function endOfHost(raw: string): number {
  const slashes = raw.indexOf('//');
  if (slashes < 0 || slashes > 6) return 0;
  const end = raw.indexOf('/', slashes + 2);
  return end < 0 || NOT_PLAIN.test(raw) ? 0 : end;
}

function mapWhole(raw: string, addresses: Addresses, scheme: LinkContext['scheme']): string | undefined {
  const mapped = addresses.toSession(raw, scheme);
  if (mapped !== undefined || !raw.includes('&')) return mapped;
  const plain = decodeReferences(raw);
  if (plain === raw) return undefined;
  const session = addresses.toSession(plain, scheme);
  return session && encodeReferences(session);
}

const REFERENCES: Record<string, string> = {
  sol: '/',
  colon: ':',
  period: '.',
  bsol: '\\',
  amp: '&',
  quot: '"',
  apos: "'",
  lt: '<',
  gt: '>',
  tab: '\t',
  newline: '\n',
};

/** What {@link decodeReferences} has made plain, as it may stand in a value between any quotes. */
export function encodeReferences(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll("'", '&#39;');
}

/** The character references that can hide a scheme or host, or that quoting needs; all others are left as they are. */
export function decodeReferences(text: string): string {
  return text.replace(
    /&(?:#x([0-9a-f]{1,6})|#(\d{1,7})|([a-z]{2,7}));?/gi,
    (all, hex?: string, decimal?: string, name?: string) => {
      if (name !== undefined) return REFERENCES[name.toLowerCase()] ?? all;
      const code = hex === undefined ? Number(decimal) : Number.parseInt(hex, 16);
      return code > 0 && code < 0x80 ? String.fromCharCode(code) : all;
    },
  );
}

/** `srcset` and `imagesrcset` (HTML 4.8.4.2.1): candidates are `URL descriptor?`, separated by commas. */
export function mapSrcset(value: string, context: LinkContext): string | undefined {
  let out = '';
  let copied = 0;
  let at = 0;
  while (at < value.length) {
    CANDIDATE.lastIndex = at;
    const url = CANDIDATE.exec(value)?.[1];
    if (url === undefined) break;
    const end = CANDIDATE.lastIndex;
    const mapped = mapLink(url, context);
    if (mapped !== undefined) {
      out += value.slice(copied, end - url.length) + mapped;
      copied = end;
    }
    at = url.endsWith(',') ? end : endOfDescriptors(value, end);
  }
  return copied === 0 ? undefined : out + value.slice(copied);
}

const CANDIDATE = /[\s,]*([^\s,]\S*)/y;

/** Index behind the comma that ends the descriptors; commas in parentheses do not count. */
function endOfDescriptors(text: string, from: number): number {
  let depth = 0;
  for (let at = from; at < text.length; at++) {
    if (text[at] === '(') depth++;
    else if (text[at] === ')') depth--;
    else if (text[at] === ',' && depth <= 0) return at + 1;
  }
  return text.length;
}

/** A white-space separated list of URLs (`ping`). */
export function mapUrlList(value: string, context: LinkContext): string | undefined {
  const mapped = value.replace(/[^\s]+/g, (url) => mapLink(url, context) ?? url);
  return mapped === value ? undefined : mapped;
}

const REFRESH = /^(\s*[\d.]*[\s;,]*(?:url\s*=\s*)?["']?)([^"']*)/i;

/** The URL of a `Refresh` header or `<meta http-equiv=refresh>`; undefined when there is none. */
export function refreshUrl(value: string): { start: number; url: string } | undefined {
  const match = REFRESH.exec(value);
  return match?.[2] ? { start: match[1]!.length, url: match[2] } : undefined;
}

/** `Refresh: 5; url=…` and the meta element of that name. */
export function mapRefresh(value: string, context: LinkContext): string | undefined {
  const found = refreshUrl(value);
  if (!found) return undefined;
  const mapped = mapLink(found.url, context);
  return mapped === undefined
    ? undefined
    : value.slice(0, found.start) + mapped + value.slice(found.start + found.url.length);
}
