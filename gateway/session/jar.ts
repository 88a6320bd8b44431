// The session's cookie jar on the gateway: cookies of the upstreams live here and never in the customer's browser (RFC 6265bis).
import { Cookie, CookieJar, MemoryCookieStore, type SerializedCookieJar } from 'tough-cookie';

/** Limits against abuse by an upstream or a page (security.md 2.7, threat 29). */
export const JAR_LIMITS = { perHost: 180, perSession: 3_000, bytesPerCookie: 4_096 };

/** From where a request comes, as far as cookies care. */
export interface CookieContext {
  /**
   * `strict`: initiated by the same site (or by the user himself); `lax`: a cross-site navigation with a safe method;
   * `none`: everything else across sites. Cookies without a SameSite attribute count as Lax, as in Chromium.
   */
  sameSite: 'strict' | 'lax' | 'none';
  /** A cross-site navigation with an unsafe method: fresh cookies without SameSite go along ("Lax+POST", RFC 6265bis 5.8.3). */
  postNavigation?: boolean;
}

/** How long after its creation a cookie without SameSite goes along with a cross-site POST navigation, ms. */
const LAX_POST_MS = 120_000;
/** Cookies run out by the second. */
const HEADER_MS = 500;
const MAX_HEADERS = 200;

export class Jar {
  readonly #jar: CookieJar;
  readonly #store = new MemoryCookieStore();
  readonly #listeners = new Set<() => void>();
  /** Newest last: the order in which cookies are dropped when there are too many. */
  readonly #order = new Map<string, Cookie>();
  /** Answers of {@link headerFor} since the last change: a page's requests ask the same again and again. */
  readonly #headers = new Map<string, { header: string; until: number }>();
  /** Ids of script writes that have been merged: they ride on every request until the page hears of it. */
  readonly #merged = new Set<string>();

  /** @param kept what {@link toJSON} gave; anything else is an empty jar */
  constructor(kept?: unknown) {
    this.#jar = new CookieJar(this.#store, {
      rejectPublicSuffixes: true,
      looseMode: false,
      allowSecureOnLocal: true,
    });
    if (isSerialized(kept)) this.#restore(kept);
  }

  /** The `Cookie` header for a request to an upstream URL; '' when there is none. */
  headerFor(url: string, { sameSite, postNavigation = false }: CookieContext): string {
    if (this.#order.size === 0) return '';
    const now = Date.now();
    const query = url.indexOf('?');
    const key = `${sameSite}${postNavigation} ${query < 0 ? url : url.slice(0, query)}`;
    const known = this.#headers.get(key);
    if (known && known.until > now) return known.header;
    const header = this.#findHeader(url, sameSite, postNavigation, now);
    if (this.#headers.size >= MAX_HEADERS) this.#headers.clear();
    this.#headers.set(key, { header, until: now + HEADER_MS });
    return header;
  }

  #findHeader(
    url: string,
    sameSite: CookieContext['sameSite'],
    postNavigation: boolean,
    now: number,
  ): string {
    return this.#find(url, { sameSiteContext: sameSite })
      .filter(
        (cookie) =>
          sameSite !== 'none' ||
          cookie.sameSite === 'none' ||
          (postNavigation &&
            cookie.creation instanceof Date &&
            now - cookie.creation.getTime() < LAX_POST_MS),
      )
      .map((cookie) => cookie.cookieString())
      .join('; ');
  }

  /** Takes the `Set-Cookie` headers of a response from `url`; those that break a rule are dropped without a word, as browsers do. */
  take(setCookie: readonly string[], url: string): void {
    let changed = false;
    for (const text of setCookie) changed = this.#set(text, url, true) || changed;
    if (changed) this.#changed();
  }

  /** `document.cookie` of a page at `url`. */
  scriptCookies(url: string): string {
    if (this.#order.size === 0) return '';
    return this.#find(url, { http: false })
      .map((cookie) => cookie.cookieString())
      .join('; ');
  }

  /** `document.cookie = text` in a page at `url`: HttpOnly cookies are neither made nor overwritten. */
  setFromScript(url: string, text: string): void {
    if (this.#set(text, url, false)) this.#changed();
  }

  /**
   * The same for a write that may arrive more than once.
   * @param id unique for the write
   * @returns false when it was merged before
   */
  mergeFromScript(url: string, text: string, id: string): boolean {
    if (this.#merged.has(id)) return false;
    this.#merged.add(id);
    if (this.#merged.size > 2_000) this.#merged.delete(this.#merged.values().next().value!);
    this.setFromScript(url, text);
    return true;
  }

  /** `Clear-Site-Data: "cookies"` from `url`: all cookies of its registrable domain (Clear Site Data 3.1). */
  clear(isCleared: (domain: string) => boolean): void {
    let changed = false;
    for (const [key, cookie] of this.#order) {
      if (!isCleared(cookie.domain ?? '')) continue;
      void this.#store.removeCookie(cookie.domain ?? '', cookie.path ?? '/', cookie.key);
      this.#order.delete(key);
      changed = true;
    }
    if (changed) this.#changed();
  }

  /** Number of cookies held. */
  get size(): number {
    return this.#order.size;
  }

  /** Called after each change. @returns a function that stops it */
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Plain data for the store; the cookies of a session are sealed there. */
  toJSON(): { cookies: unknown[] } {
    return { cookies: [...this.#order.values()].map((cookie) => cookie.toJSON()) };
  }

  #restore(kept: Pick<SerializedCookieJar, 'cookies'>): void {
    for (const one of kept.cookies.slice(0, JAR_LIMITS.perSession)) {
      const cookie = Cookie.fromJSON(one);
      if (!cookie?.domain || cookie.key === undefined) continue;
      void this.#store.putCookie(cookie);
      this.#order.set(keyOf(cookie), cookie);
    }
  }

  #find(url: string, options: Parameters<CookieJar['getCookiesSync']>[1]): Cookie[] {
    try {
      return this.#jar.getCookiesSync(url, { sort: true, ...options });
    } catch {
      return [];
    }
  }

  /** @returns whether the jar holds something else now */
  #set(text: string, url: string, http: boolean): boolean {
    if (Buffer.byteLength(text) > JAR_LIMITS.bytesPerCookie * 2) return false;
    let cookie: Cookie | undefined;
    try {
      const parsed = Cookie.parse(text);
      // Name and value together (RFC 6265bis 5.7 step 5); attributes may come on top.
      if (!parsed || parsed.key.length + parsed.value.length > JAR_LIMITS.bytesPerCookie) return false;
      cookie = this.#jar.setCookieSync(parsed, url, { http, ignoreError: true });
    } catch {
      return false; // malformed, or against the rules of RFC 6265bis 5.7: ignored like a browser does
    }
    if (!cookie) return false;
    const key = keyOf(cookie);
    this.#order.delete(key);
    if (cookie.TTL() <= 0) {
      void this.#store.removeCookie(cookie.domain ?? '', cookie.path ?? '/', cookie.key);
      return true;
    }
    this.#order.set(key, cookie);
    this.#evict(cookie.domain ?? '');
    return true;
  }

  /** Drops the oldest, first of the host that has too many (RFC 6265bis 5.7 step 24). */
  #evict(domain: string): void {
    let ofHost = 0;
    for (const cookie of this.#order.values()) if (cookie.domain === domain) ofHost++;
    for (const [key, cookie] of this.#order) {
      if (ofHost <= JAR_LIMITS.perHost && this.#order.size <= JAR_LIMITS.perSession) return;
      if (ofHost > JAR_LIMITS.perHost && cookie.domain !== domain) continue;
      if (cookie.domain === domain) ofHost--;
      void this.#store.removeCookie(cookie.domain ?? '', cookie.path ?? '/', cookie.key);
      this.#order.delete(key);
    }
  }

  #changed(): void {
    this.#headers.clear();
    for (const listener of this.#listeners) listener();
  }
}

function keyOf(cookie: Cookie): string {
  return `${cookie.domain};${cookie.path};${cookie.key}`;
}

function isSerialized(value: unknown): value is Pick<SerializedCookieJar, 'cookies'> {
  return (
    typeof value === 'object' && value !== null && Array.isArray((value as { cookies?: unknown }).cookies)
  );
}
