// The rules of the shadow without a browser: what is shown, what is refused, what rides along.
import { describe, expect, test } from 'vitest';
import { CookieShadow, JAR_COOKIES } from '../../../inject/shims/cookie-shadow.ts';
import { Addresses, encodeSlug, parseOrigin } from '../../../protocol/address.ts';

const ORIGIN = 'https://www.shop.example';
const addresses = new Addresses({
  sid: 'abcdefghijklmnop',
  scheme: 'http',
  base: 'cobrowse.localhost:8080',
  hosts: [[ORIGIN, encodeSlug(parseOrigin(ORIGIN)!)!, 'domain']],
  wild: [],
});

/** A browser's cookies, as far as our own ones need them. */
function browserCookies() {
  const held = new Map<string, string>();
  return {
    held,
    read: () => [...held].map(([name, value]) => `${name}=${value}`).join('; '),
    write(text: string) {
      const [name, value] = text.split(';')[0]!.split('=') as [string, string];
      if (text.includes('Max-Age=0')) held.delete(name);
      else if (name.length + value.length <= 4_096) held.set(name, value);
    },
  };
}
type BrowserCookies = ReturnType<typeof browserCookies>;

let clock = 1_000_000;
function shadow(given = '', real: BrowserCookies = browserCookies(), since = 0, path = '/shop/cart') {
  return new CookieShadow({
    given,
    since,
    real,
    origin: parseOrigin(ORIGIN)!,
    addresses,
    path: () => path,
    now: () => clock,
  });
}
const riding = (real: BrowserCookies): string[] =>
  JSON.parse(
    decodeURIComponent(JAR_COOKIES.map((name) => real.held.get(name) ?? '').join('')) || '[]',
  ) as string[];

describe('a script’s cookie', () => {
  const cases: [write: string, shown: string][] = [
    ['a=1', 'a=1'],
    ['  a = 1 ; path=/', 'a=1'],
    ['alone', 'alone'],
    ['=alone', 'alone'],
    ['', ''],
    ['a=1; path=/shop', 'a=1'],
    ['a=1; path=/shop/cart', 'a=1'],
    ['a=1; path=/sho', ''],
    ['a=1; path=nonsense', 'a=1'],
    ['a=1; max-age=0', ''],
    ['a=1; max-age=60; expires=Thu, 01 Jan 1970 00:00:00 GMT', 'a=1'],
    ['a=1; expires=Thu, 01-Jan-1970 00:00:00 GMT', ''],
    ['a=1; HttpOnly', ''],
    ['a=1; Secure', 'a=1'],
    ['a=1; domain=shop.example', 'a=1'],
    ['a=1; domain=.WWW.SHOP.EXAMPLE', 'a=1'],
    ['a=1; domain=example', ''],
    ['a=1; domain=hop.example', ''],
    ['a=1; domain=other.example', ''],
    ['a=1; domain=localhost', ''],
    ['a=1; domain=cobrowse.localhost', 'a=1'],
    ['__Secure-a=1', ''],
    ['__Host-a=1; Secure; Path=/; Domain=www.shop.example', ''],
    ['__Host-a=1; Secure; Path=/', '__Host-a=1'],
    ['a=1\u0000; path=/', ''],
    [`a=${'x'.repeat(4_096)}`, ''],
  ];
  test.each(cases)('%j shows %j', (write, shown) => {
    const cookies = shadow();
    cookies.set(write);
    expect(cookies.text).toBe(shown);
  });

  test('replaces and removes what the gateway told of the same name', () => {
    const cookies = shadow('a=1; b=2');
    cookies.set('a=3; path=/');
    cookies.set('b=; max-age=-1');
    expect(cookies.text).toBe('a=3');
  });

  test('of one name and two paths are two', () => {
    const cookies = shadow();
    cookies.set('a=1; path=/');
    cookies.set('a=2; path=/shop');
    expect(cookies.text).toBe('a=1; a=2');
  });

  test('ends when its time is over', () => {
    const cookies = shadow();
    cookies.set('a=1; max-age=5');
    clock += 6_000;
    expect(cookies.text).toBe('');
  });

  test('rides with its path written out, once for each cookie', () => {
    const real = browserCookies();
    const cookies = shadow('', real);
    cookies.set('a=1');
    cookies.set('a=2');
    cookies.set('a=3; path=/');
    expect(riding(real).map((text) => text.replace(/; tandem-id=.*/, ''))).toEqual([
      'a=2; Path=/shop',
      'a=3; path=/',
    ]);
  });

  test('of nearly 4 KB rides in several parts', () => {
    const real = browserCookies();
    shadow('', real).set(`consent=${'%22'.repeat(1_300)}; path=/`);
    expect(riding(real)[0]).toContain('%22%22');
    expect(real.held.size).toBe(2);
  });
});

describe('what the gateway says later', () => {
  test('stands, except for writes that had not ridden yet', () => {
    const real = browserCookies();
    const cookies = shadow('', real);
    cookies.set('a=1; path=/');
    const sent = cookies.riding();
    cookies.set('b=1; path=/');
    cookies.answer(encodeURIComponent('a=gateway; c=1'), sent);
    expect(cookies.text).toBe('a=gateway; c=1; b=1');
    expect(riding(real)).toHaveLength(1);
    cookies.answer(encodeURIComponent('a=gateway; b=1'), cookies.riding());
    expect(real.held.size).toBe(0);
  });

  test('a new document drops what rode on its own request, and takes what was written meanwhile', () => {
    const real = browserCookies();
    const first = shadow('', real);
    first.set('old=1; path=/');
    clock += 10;
    const since = clock;
    clock += 10;
    first.set('young=1; path=/');
    const second = shadow('old=merged', real, since);
    expect(second.text).toBe('old=merged; young=1');
    first.set('later=1; path=/');
    expect(second.text).toBe('old=merged; young=1; later=1');
  });

  test('nonsense in our cookie is ignored', () => {
    const real = browserCookies();
    for (const nonsense of ['%', '7', '%5B1%5D', '%5B%22a%3D1%22%5D']) {
      real.held.set(JAR_COOKIES[0]!, nonsense);
      expect(shadow('a=1', real).text).toBe('a=1');
    }
  });
});
