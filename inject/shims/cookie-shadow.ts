// What `document.cookie` shows: the jar's cookies as the gateway told them, and over them what scripts have written since.
import { type Addresses, formatOrigin, type UpstreamOrigin } from '../../protocol/address.ts';

/** The host-only cookie on a session address in which script-written cookies ride to the gateway. */
export const JAR_COOKIE = '__tandem_jar';
/** A list too long for one cookie goes on in the next. */
export const JAR_COOKIES = [JAR_COOKIE, `${JAR_COOKIE}_2`, `${JAR_COOKIE}_3`, `${JAR_COOKIE}_4`];
/** Characters of the list in one cookie. */
const PART = 3_900;
/** Response header: the whole cookie string after that response, URI-encoded. */
export const COOKIE_HEADER = 'x-tandem-cookie';
/** Browsers drop a cookie of more than 4,096 bytes of name and value. */
const MAX_COOKIE = 4_096;

/** Reads and writes the real `document.cookie`. */
export interface RealCookies {
  read(): string;
  write(text: string): void;
}

interface Entry {
  name: string;
  value: string;
  /** `domain|path`; undefined for cookies that came from the gateway, which does not tell. */
  place: string | undefined;
  /** Milliseconds since the epoch. */
  expires: number;
}

interface Parsed extends Entry {
  remove: boolean;
  path: string;
  /** The set string with `Domain` naming the real host. */
  text: string;
}

/** A write on its way to the gateway. The id is also in the string, so that the gateway can tell a repetition. */
interface Pending {
  id: string;
  text: string;
  /** Wall-clock milliseconds. */
  at: number;
}

const ID = /;\s*tandem-id=([0-9a-z]+)-([0-9a-z]+)$/;

/**
 * Cookies of one origin as its scripts see them, synchronously right. Rules of RFC 6265bis 5.6–5.7 as far as a script can
 * observe them; the jar on the gateway, which gets the same strings, has the last word.
 */
export class CookieShadow {
  #entries: Entry[] = [];
  #pending: Pending[] = [];
  #known = new Set<string>();
  readonly #real: RealCookies;
  readonly #origin: UpstreamOrigin;
  readonly #addresses: Addresses;
  readonly #path: () => string;
  readonly #now: () => number;
  readonly #stringify: (value: unknown) => string;
  #count = 0;

  /**
   * @param given the cookie string of the page config
   * @param since wall-clock ms at which this document's request was made: what was written before has ridden on it
   */
  constructor(options: {
    given: string;
    since: number;
    real: RealCookies;
    origin: UpstreamOrigin;
    addresses: Addresses;
    path: () => string;
    now?: () => number;
    /** JSON.stringify, unless the page may have spoilt it. */
    stringify?: (value: unknown) => string;
  }) {
    this.#real = options.real;
    this.#origin = options.origin;
    this.#addresses = options.addresses;
    this.#path = options.path;
    this.#now = options.now ?? Date.now;
    this.#stringify = options.stringify ?? JSON.stringify;
    this.#entries = readList(options.given);
    const left = this.#readJar();
    const kept = left.filter((write) => write.at + 1 >= options.since); // `at` is in whole ms
    for (const write of kept) this.#apply(write);
    if (kept.length !== left.length) this.#save(kept);
    this.#pending = kept;
  }

  /** `document.cookie` for the page. Our own cookies are never in it. */
  get text(): string {
    this.#hear();
    const now = this.#now();
    return this.#entries
      .filter((entry) => entry.expires > now)
      .map(({ name, value }) => (name === '' ? value : `${name}=${value}`))
      .join('; ');
  }

  /** `document.cookie = text`. A string that a browser would refuse changes nothing. */
  set(text: string): void {
    this.#hear();
    const parsed = this.#parse(text);
    if (!parsed) return;
    const at = this.#now();
    this.#count += 1;
    const id = `${Math.floor(at).toString(36)}-${this.#count.toString(36)}${Math.floor(Math.random() * 1e6).toString(36)}`;
    const write: Pending = { id, at, text: `${parsed.text}; tandem-id=${id}` };
    this.#put(parsed);
    this.#known.add(id);
    this.#pending.push(write);
    this.#save(this.#pending);
  }

  /** Ids of the writes that ride on a request made now. */
  riding(): string[] {
    this.#hear();
    return this.#pending.map((write) => write.id);
  }

  /**
   * Takes what a response of this origin says of the cookies.
   * @param header value of {@link COOKIE_HEADER}
   * @param merged ids that rode on the request
   */
  answer(header: string, merged: readonly string[]): void {
    let given: string;
    try {
      given = decodeURIComponent(header);
    } catch {
      return;
    }
    this.#hear();
    this.#entries = readList(given);
    this.#pending = this.#pending.filter((write) => !merged.includes(write.id));
    for (const write of this.#pending) this.#apply(write);
    this.#save(this.#pending);
  }

  /** Writes of other documents of this origin come to us through the shared cookie. */
  #hear(): void {
    const listed = this.#readJar();
    for (const write of listed) if (!this.#known.has(write.id)) this.#apply(write);
    this.#pending = listed;
  }

  #apply(write: Pending): void {
    this.#known.add(write.id);
    const parsed = this.#parse(write.text.replace(ID, ''));
    if (parsed) this.#put(parsed);
  }

  #put(parsed: Parsed): void {
    const index = this.#entries.findIndex(
      (entry) => entry.name === parsed.name && (entry.place === undefined || entry.place === parsed.place),
    );
    const seen = isUnder(this.#path(), parsed.path);
    if (parsed.remove) {
      if (index >= 0 && (seen || this.#entries[index]!.place !== undefined)) this.#entries.splice(index, 1);
      return;
    }
    if (!seen) return;
    const entry: Entry = {
      name: parsed.name,
      value: parsed.value,
      place: parsed.place,
      expires: parsed.expires,
    };
    if (index >= 0) this.#entries[index] = entry;
    else this.#entries.push(entry);
  }

  #parse(text: string): Parsed | undefined {
    // biome-ignore lint/suspicious/noControlCharactersInRegex: RFC 6265bis 5.6: control characters other than tab abort
    if (/[\0-\x08\x0a-\x1f\x7f]/.test(text)) return undefined;
    const [pair = '', ...attributes] = text.split(';');
    const cut = pair.indexOf('=');
    const name = cut < 0 ? '' : pair.slice(0, cut).trim();
    const value = pair.slice(cut + 1).trim();
    if (name === '' && value === '') return undefined;
    if (name.length + value.length > MAX_COOKIE) return undefined;
    let path = '';
    let domain = '';
    let maxAge: number | undefined;
    let expires: number | undefined;
    let secure = false;
    const kept: string[] = [];
    for (const attribute of attributes) {
      const at = attribute.indexOf('=');
      const key = (at < 0 ? attribute : attribute.slice(0, at)).trim().toLowerCase();
      const given = at < 0 ? '' : attribute.slice(at + 1).trim();
      if (key === 'httponly') return undefined; // not for scripts (RFC 6265bis 5.7 step 12)
      if (key === 'secure') secure = true;
      if (key === 'path') path = given;
      if (key === 'max-age' && /^-?\d+$/.test(given)) maxAge = Number(given);
      if (key === 'expires') {
        const time = Date.parse(given.replace(/(\d)-([a-z]{3})-(\d)/i, '$1 $2 $3'));
        if (!Number.isNaN(time)) expires = time;
      }
      if (key === 'domain') {
        domain = this.#realHost(given.replace(/^\./, '').toLowerCase());
        kept.push(`Domain=${domain}`);
      } else if (key !== 'tandem-id') kept.push(attribute.trim());
    }
    const { host, scheme } = this.#origin;
    if (domain !== '' && domain !== host && !(domain.includes('.') && host.endsWith(`.${domain}`)))
      return undefined;
    if (secure && scheme !== 'https' && !/(^|\.)localhost$/.test(host)) return undefined;
    const defaultPath = this.#path().replace(/\/[^/]*$/, '') || '/';
    const placePath = path.startsWith('/') ? path : defaultPath;
    if (/^__secure-/i.test(name) && !secure) return undefined;
    if (/^__host-/i.test(name) && !(secure && domain === '' && path === '/')) return undefined;
    const until = maxAge !== undefined ? this.#now() + maxAge * 1_000 : (expires ?? Number.POSITIVE_INFINITY);
    if (!path.startsWith('/')) kept.push(`Path=${placePath}`);
    return {
      name,
      value,
      place: `${domain}|${placePath}`,
      path: placePath,
      expires: until,
      remove: until <= this.#now(),
      text: [pair.trim(), ...kept].join('; '),
    };
  }

  /** A script that builds `Domain` from its own address means the real host, or the domain above it. */
  #realHost(domain: string): string {
    const { scheme, base } = this.#addresses.table;
    const port = base.match(/:\d+$/)?.[0] ?? '';
    const { host } = this.#origin;
    if (domain + port === base) return parentDomain(host);
    const upstream = this.#addresses.upstreamOfOrigin(`${scheme}://${domain}${port}`);
    return upstream && formatOrigin(upstream) === formatOrigin(this.#origin) ? host : domain;
  }

  #readJar(): Pending[] {
    const found = new Map<string, string>();
    for (const pair of this.#real.read().split('; ')) {
      const cut = pair.indexOf('=');
      if (pair.startsWith(JAR_COOKIE)) found.set(pair.slice(0, cut), pair.slice(cut + 1));
    }
    const raw = JAR_COOKIES.map((name) => found.get(name) ?? '').join('');
    if (raw === '') return [];
    try {
      const list: unknown = JSON.parse(decodeURIComponent(raw));
      if (!Array.isArray(list)) return [];
      return list.flatMap((text: unknown) => {
        const match = typeof text === 'string' ? ID.exec(text) : null;
        if (!match) return [];
        return [{ id: `${match[1]}-${match[2]}`, at: Number.parseInt(match[1]!, 36), text: text as string }];
      });
    } catch {
      return [];
    }
  }

  /** Keeps the newest writes that fit; what is left out has nearly always ridden on a request long ago. */
  #save(pending: Pending[]): void {
    let list = newest(pending);
    const encode = () =>
      list.length === 0 ? '' : encodeURIComponent(this.#stringify(list.map(({ text }) => text)));
    let encoded = encode();
    while (encoded.length > JAR_COOKIES.length * PART) {
      list = list.slice(1);
      encoded = encode();
    }
    this.#pending = list;
    const before = this.#real.read();
    JAR_COOKIES.forEach((name, index) => {
      const part = encoded.slice(index * PART, (index + 1) * PART);
      if (part !== '') this.#real.write(`${name}=${part}; Path=/; SameSite=Lax`);
      else if (before.includes(`${name}=`)) this.#real.write(`${name}=; Path=/; Max-Age=0; SameSite=Lax`);
    });
  }
}

/** Of several writes of the same cookie only the last one counts. */
function newest(pending: Pending[]): Pending[] {
  const nameOf = (write: Pending) => write.text.replace(/^([^=;]*)=[^;]*/, '$1=').replace(ID, '');
  return pending.filter((write, index) =>
    pending.slice(index + 1).every((later) => nameOf(later) !== nameOf(write)),
  );
}

/** `shop.example` of `www.shop.example`, `shop.co.uk` of `www.shop.co.uk`: a guess, which the jar checks by the public suffix list. */
function parentDomain(host: string): string {
  const labels = host.split('.');
  const isShort = /^[a-z]{2}$/.test(labels.at(-1)!) && (labels.at(-2)?.length ?? 9) <= 3;
  return labels.slice(isShort ? -3 : -2).join('.');
}

function readList(cookie: string): Entry[] {
  return cookie
    .split('; ')
    .filter((pair) => pair !== '')
    .map((pair) => {
      const cut = pair.indexOf('=');
      return {
        name: cut < 0 ? '' : pair.slice(0, cut),
        value: pair.slice(cut + 1),
        place: undefined,
        expires: Number.POSITIVE_INFINITY,
      };
    });
}

/** RFC 6265 5.1.4. */
function isUnder(path: string, cookiePath: string): boolean {
  return (
    path === cookiePath ||
    (path.startsWith(cookiePath) && (cookiePath.endsWith('/') || path[cookiePath.length] === '/'))
  );
}
