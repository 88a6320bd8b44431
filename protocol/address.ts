// Session addresses: the one-to-one mapping between upstream origins and the gateway's host names of one session.

/** The scheme, host and port of a real web server behind a domain. `port` is always explicit. */
export interface UpstreamOrigin {
  scheme: 'http' | 'https';
  host: string;
  port: number;
}

/** `domains` may be shown and navigated to; `resources` may only be loaded by a page. */
export type HostKind = 'domain' | 'resource';

/** Everything that is needed to map URLs of one session in both directions, synchronously. Travels to the page as JSON. */
export interface AddressTable {
  sid: string;
  /** Scheme of the gateway itself. */
  scheme: 'http' | 'https';
  /** Host (and port, unless default) below which all session addresses lie, e.g. `cobrowse.localhost:8080`. */
  base: string;
  /** Listed upstream origins: `[origin, slug, kind]`, the origin as `https://host[:port]`. */
  hosts: [origin: string, slug: string, kind: HostKind][];
  /** `includeSubdomains` rules: any whole-label subdomain of `host` under these schemes and ports. */
  wild: { host: string; scheme: 'http' | 'https'; port: number; kind: HostKind }[];
}

/** What a host name under the base stands for. */
export type HostRole =
  | { role: 'shell'; sid: string }
  | { role: 'view'; sid: string }
  | { role: 'page'; sid: string; slug: string };

/** Paths below it are ours on every session address; an upstream's own are never reached. */
export const OWN_PREFIX = '/.tandem/';

export const SID_LENGTH = 16;
const SID = /^[a-z2-7]{16}$/;
const MAX_LABEL = 63;
/** Characters left for a slug: label minus `--` minus sid. */
export const MAX_SLUG = MAX_LABEL - 2 - SID_LENGTH;
const DEFAULT_PORT = { http: 80, https: 443 } as const;
const RESERVED = new Set(['view', 'www']);
const MAX_REMEMBERED = 256;
const LONGEST_REMEMBERED = 280;
/** Encoded hosts hold runs of one dash (a dot) or an even number (hyphens), so a run of three can only be the mark's end. */
const MARK_END = '---';
const HOST_NAME = /^(?!-)[a-z0-9-]+(?<!-)(?:\.(?!-)[a-z0-9-]+(?<!-))*$/;

export function isSid(value: string): boolean {
  return SID.test(value);
}

/** `https://host[:port]`, lower case, default port left out: the form used as a key everywhere. */
export function formatOrigin({ scheme, host, port }: UpstreamOrigin): string {
  return `${scheme}://${host}${port === DEFAULT_PORT[scheme] ? '' : `:${port}`}`;
}

const ORIGIN = /^(https?):\/\/(\[[0-9a-f:.]+\]|[^/?#:@\\\s]+)(?::(\d{1,5}))?\/?$/i;

/** Reads an origin; undefined for anything else. Does no IDNA: give it what `new URL` made. */
export function parseOrigin(value: string): UpstreamOrigin | undefined {
  const match = ORIGIN.exec(value);
  if (!match) return undefined;
  const scheme = match[1]!.toLowerCase() as 'http' | 'https';
  const port = match[3] === undefined ? DEFAULT_PORT[scheme] : Number(match[3]);
  if (port < 1 || port > 65_535) return undefined;
  return { scheme, host: match[2]!.toLowerCase().replace(/\.$/, ''), port };
}

/**
 * The readable, injective slug of an origin: `.` becomes `-`, `-` becomes `--`; anything but https on 443 gets a mark
 * (`h---`, `h8090---`, `s8443---`). Undefined when it does not fit a DNS label or the host is no host name: such a host
 * needs an alias in the table.
 */
export function encodeSlug(origin: UpstreamOrigin): string | undefined {
  if (!HOST_NAME.test(origin.host)) return undefined;
  const host = origin.host.replaceAll('-', '--').replaceAll('.', '-');
  const letter = origin.scheme === 'https' ? 's' : 'h';
  const port = origin.port === DEFAULT_PORT[origin.scheme] ? '' : String(origin.port);
  const plain = origin.scheme === 'https' && port === '' && !host.startsWith('xn--') && !RESERVED.has(host);
  const slug = plain ? host : `${letter}${port}${MARK_END}${host}`;
  return slug.length <= MAX_SLUG ? slug : undefined;
}

/** The inverse of {@link encodeSlug}; undefined for aliases (which begin with `x---`) and anything else it never yields. */
export function decodeSlug(slug: string): UpstreamOrigin | undefined {
  const marked = /^([hs])(\d{0,5})---(?!-)/.exec(slug);
  const scheme = marked?.[1] === 'h' ? 'http' : 'https';
  const port = marked?.[2] ? Number(marked[2]) : DEFAULT_PORT[scheme];
  const encoded = marked ? slug.slice(marked[0].length) : slug;
  const host = encoded.replace(/-+/g, (run) => (run.length === 1 ? '.' : '-'.repeat(run.length / 2)));
  const origin: UpstreamOrigin = { scheme, host, port };
  return encodeSlug(origin) === slug ? origin : undefined;
}

/** The slug of a listed host whose readable slug does not fit. `digest` is lower-case base32 or hex of a hash of the origin. */
export function aliasSlug(digest: string): string {
  return `x${MARK_END}${digest.slice(0, 26)}`;
}

/** What a lower-case host (with port, as in a Host header) means below `base`; undefined when it is no session host. */
export function parseSessionHost(host: string, base: string): HostRole | undefined {
  if (!host.endsWith(`.${base}`)) return undefined;
  const label = host.slice(0, -base.length - 1);
  const cut = label.lastIndexOf('--');
  if (cut < 0) return SID.test(label) ? { role: 'shell', sid: label } : undefined;
  const sid = label.slice(cut + 2);
  const slug = label.slice(0, cut);
  if (!SID.test(sid) || slug === '' || label.length > MAX_LABEL) return undefined;
  if (slug === 'view') return { role: 'view', sid };
  if (!/^[a-z0-9][a-z0-9-]*$/.test(slug)) return undefined;
  return { role: 'page', sid, slug };
}

/** Origin of the session window. */
export function shellOrigin(table: Pick<AddressTable, 'sid' | 'scheme' | 'base'>): string {
  return `${table.scheme}://${table.sid}.${table.base}`;
}

/** Origin of the follower's mirror and its resources. */
export function viewOrigin(table: Pick<AddressTable, 'sid' | 'scheme' | 'base'>): string {
  return `${table.scheme}://view--${table.sid}.${table.base}`;
}

function isBelow(host: string, parent: string): boolean {
  return host.length > parent.length + 1 && host.endsWith(`.${parent}`);
}

/** Maps upstream URLs to session addresses and back, within one session, by an {@link AddressTable}. */
export class Addresses {
  #table!: AddressTable;
  readonly #slugs = new Map<string, { slug: string; kind: HostKind }>();
  readonly #origins = new Map<string, string>();
  readonly #prefixes = new Map<string, string>();
  readonly #upstreams = new Map<string, UpstreamOrigin>();

  constructor(table: AddressTable) {
    this.extend(table);
  }

  /** Another object after each {@link extend}: what is derived from the addresses is kept by it. */
  get table(): AddressTable {
    return this.#table;
  }

  /**
   * Goes on with a table that lists more. What was listed keeps its address.
   * @param table of the same session
   */
  extend(table: AddressTable): void {
    this.#table = table;
    for (const [origin, slug, kind] of table.hosts) {
      this.#slugs.set(origin, { slug, kind });
      this.#origins.set(slug, origin);
    }
    // It also holds what was not listed.
    this.#prefixes.clear();
  }

  /** How an upstream origin may be used in this session; undefined when it is not listed. */
  kindOf(origin: UpstreamOrigin): HostKind | undefined {
    return this.#find(origin)?.kind;
  }

  #find(origin: UpstreamOrigin): { slug: string; kind: HostKind } | undefined {
    const listed = this.#slugs.get(formatOrigin(origin));
    if (listed) return listed;
    for (const rule of this.table.wild) {
      if (rule.scheme === origin.scheme && rule.port === origin.port && isBelow(origin.host, rule.host)) {
        const slug = encodeSlug(origin);
        return slug === undefined ? undefined : { slug, kind: rule.kind };
      }
    }
    return undefined;
  }

  /** `http://slug--sid.base` of an upstream origin, or undefined when it is not on the list. */
  sessionOrigin(origin: UpstreamOrigin): string | undefined {
    const found = this.#find(origin);
    return found && `${this.table.scheme}://${found.slug}--${this.table.sid}.${this.table.base}`;
  }

  /** The upstream origin behind a slug of this session, or undefined when that is not on the list. */
  upstreamOfSlug(slug: string): UpstreamOrigin | undefined {
    const listed = this.#origins.get(slug);
    if (listed) return parseOrigin(listed);
    const origin = decodeSlug(slug);
    return origin && this.#find(origin) ? origin : undefined;
  }

  /** The upstream origin that a session origin (`http://slug--sid.base`) stands for. */
  upstreamOfOrigin(sessionOrigin: string): UpstreamOrigin | undefined {
    const known = this.#upstreams.get(sessionOrigin);
    if (known) return known;
    const prefix = `${this.table.scheme}://`;
    if (!sessionOrigin.startsWith(prefix)) return undefined;
    const role = parseSessionHost(sessionOrigin.slice(prefix.length).toLowerCase(), this.table.base);
    if (role?.role !== 'page' || role.sid !== this.table.sid) return undefined;
    const upstream = this.upstreamOfSlug(role.slug);
    if (upstream && this.#upstreams.size < MAX_REMEMBERED) this.#upstreams.set(sessionOrigin, upstream);
    return upstream;
  }

  /**
   * An absolute or protocol-relative URL of a listed host as its session address; the rest of the URL is kept byte for byte.
   * WebSocket schemes are mapped too. Undefined when the URL is relative, of another scheme, or of a host off the list.
   * @param pageScheme scheme of the *upstream* page, for protocol-relative URLs
   */
  toSession(text: string, pageScheme: 'http' | 'https'): string | undefined {
    const url = text.replace(TAB_OR_NEWLINE, '');
    const match = ABSOLUTE.exec(url);
    if (!match) return undefined;
    const prefix = this.#sessionPrefix(match[1], match[2]!, pageScheme);
    return prefix && prefix + url.slice(match[0].length);
  }

  /** Scheme and host of a session address for those of a URL. A page names few hosts many times: the last ones are remembered. */
  #sessionPrefix(
    scheme: string | undefined,
    authority: string,
    pageScheme: 'http' | 'https',
  ): string | undefined {
    const key = scheme === undefined ? `${pageScheme}|//${authority}` : `${scheme}://${authority}`;
    const known = this.#prefixes.get(key);
    if (known !== undefined) return known === '' ? undefined : known;
    const parts = splitAuthority(scheme, authority, pageScheme);
    const session = parts && this.sessionOrigin(parts.origin);
    const prefix =
      session === undefined
        ? ''
        : parts?.relative
          ? session.slice(session.indexOf(':') + 1)
          : parts?.ws
            ? session.replace(/^http/, 'ws')
            : session;
    if (key.length <= LONGEST_REMEMBERED) {
      if (this.#prefixes.size >= MAX_REMEMBERED) this.#prefixes.clear();
      this.#prefixes.set(key, prefix);
    }
    return prefix === '' ? undefined : prefix;
  }

  /** The inverse: an absolute or protocol-relative URL at a session address of this session as the real URL. */
  toUpstream(url: string): string | undefined {
    const parts = splitUrl(url, this.table.scheme);
    if (!parts) return undefined;
    const session = `${this.table.scheme}://${parts.authority.toLowerCase()}`;
    const upstream = this.upstreamOfOrigin(session);
    if (!upstream) return undefined;
    const origin = formatOrigin(upstream);
    if (parts.relative) return origin.slice(origin.indexOf(':') + 1) + parts.rest;
    return (parts.ws ? origin.replace(/^http/, 'ws') : origin) + parts.rest;
  }
}

interface UrlParts {
  origin: UpstreamOrigin;
  authority: string;
  rest: string;
  relative: boolean;
  ws: boolean;
}

/** Browsers strip leading white space and controls, and read `\` as `/` in special schemes (WHATWG URL 4.4). */
const ABSOLUTE = /^[\0-\x20]*(?:(https?|wss?):)?[\\/]{2}([^\\/?#\s"'<>]+)/i;

/** Browsers drop these wherever they stand, so they may hide a part of the host (WHATWG URL 4.4, step 3). */
const TAB_OR_NEWLINE = /[\t\n\r]/g;

function splitUrl(text: string, pageScheme: 'http' | 'https'): UrlParts | undefined {
  const url = text.replace(TAB_OR_NEWLINE, '');
  const match = ABSOLUTE.exec(url);
  const parts = match && splitAuthority(match[1], match[2]!, pageScheme);
  return parts ? { ...parts, authority: match[2]!, rest: url.slice(match[0].length) } : undefined;
}

function splitAuthority(
  name: string | undefined,
  authority: string,
  pageScheme: 'http' | 'https',
): Pick<UrlParts, 'origin' | 'relative' | 'ws'> | undefined {
  const named = name?.toLowerCase();
  const scheme = named === undefined ? pageScheme : named === 'https' || named === 'wss' ? 'https' : 'http';
  const origin = parseOrigin(`${scheme}://${authority}`);
  return origin && { origin, relative: named === undefined, ws: named?.startsWith('ws') ?? false };
}
