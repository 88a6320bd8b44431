// The browser's own cookies on session addresses: the page pass, and what scripts wrote since the last request.
import type { Addresses } from '../../protocol/address.ts';
import { toRealText } from '../rewrite/reverse.ts';
import type { Jar } from '../session/jar.ts';
import { registrableDomain } from '../sites/hosts.ts';

/**
 * The host-only cookies in which the injected script lets cookie writes ride to us: a URI-encoded JSON list of set strings, cut
 * into parts where it is too long for one cookie. The script takes them away itself, once it has heard that they arrived: an
 * expiry of ours would also hit what was written in the meantime.
 */
const JAR_COOKIES = ['__tandem_jar', '__tandem_jar_2', '__tandem_jar_3', '__tandem_jar_4'];
/** What a response tells the page of its cookies: the whole `document.cookie`, URI-encoded. */
export const COOKIE_HEADER = 'x-tandem-cookie';

const MAX_WRITES = 200;
/** Each write says which one it is, since it rides on every request until the page hears that it was merged. */
const WRITE_ID = /;\s*tandem-id=([0-9a-z]+-[0-9a-z]+)$/;

/** Name of the cookie that lets its bearer have the session's pages with its jar. */
export function passName(sid: string): string {
  return `__Secure-cbp-${sid}`;
}

/** All values of a cookie, in the order of the header: a tossed twin has the same name. */
export function cookieValues(header: string | undefined, name: string): string[] {
  if (!header?.includes(name)) return [];
  return header.split(';').flatMap((pair) => {
    const text = pair.trim();
    return text.startsWith(`${name}=`) ? [text.slice(name.length + 1)] : [];
  });
}

/** `Set-Cookie` lines that end all cookies of that name a page of this base can have made. */
export function expirePass(sid: string, base: string): string[] {
  const gone = `${passName(sid)}=; Path=/; Max-Age=0; Secure; HttpOnly; SameSite=Lax`;
  return [`${gone}; Domain=${base.replace(/:\d+$/, '')}`, gone];
}

/**
 * Takes cookies of the site's own domain, which a browser sends to a session address that lies below it (`handover.fromBrowser`),
 * into the jar. A name that comes twice was tossed by somebody, and what the jar holds already came by a better way.
 * @param names as the configuration lists them
 * @param url real URL of the first document
 */
export function takeBrowserCookies(
  header: string | undefined,
  names: readonly string[],
  jar: Jar,
  url: string,
): void {
  const held = jar.headerFor(url, { sameSite: 'strict' });
  const { protocol, hostname } = new URL(url);
  const secure = protocol === 'https:' ? '; Secure' : '';
  // That it came says that it is for the whole domain.
  const attributes = `Domain=${registrableDomain(hostname)}; Path=/; SameSite=Lax; HttpOnly${secure}`;
  const taken = names.flatMap((name) => {
    const values = cookieValues(header, name);
    return values.length === 1 && cookieValues(held, name).length === 0
      ? [`${name}=${values[0]}; ${attributes}`]
      : [];
  });
  if (taken.length > 0) jar.take(taken, url);
}

/**
 * Merges the cookies that scripts of this origin wrote since its last request into the jar.
 * @param url real URL of the request, of the same origin as the page that wrote
 * @returns whether any rode along, merged before or not: then the page is told what the jar holds now
 */
export function mergeScriptCookies(
  header: string | undefined,
  jar: Jar,
  url: string,
  addresses: Addresses,
): boolean {
  if (!header?.includes(JAR_COOKIES[0]!)) return false;
  const value = JAR_COOKIES.map((name) => cookieValues(header, name)[0] ?? '').join('');
  if (value === '') return false;
  let writes: unknown;
  try {
    writes = JSON.parse(decodeURIComponent(value));
  } catch {
    return false; // the page can write anything there
  }
  if (!Array.isArray(writes)) return false;
  for (const write of writes.slice(0, MAX_WRITES) as unknown[]) {
    if (typeof write !== 'string') continue;
    const id = WRITE_ID.exec(write);
    const text = toRealText(id ? write.slice(0, id.index) : write, addresses);
    if (id) jar.mergeFromScript(url, text, id[1]!);
    else jar.setFromScript(url, text);
  }
  return writes.length > 0;
}
