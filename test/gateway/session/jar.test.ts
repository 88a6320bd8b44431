// The session's cookie jar: browser rules, limits, scripts' view, and its life in the store.
import { describe, expect, test } from 'vitest';
import { JAR_LIMITS, Jar } from '../../../gateway/session/jar.ts';

const URL_A = 'https://www.shop.example/dir/page';
const strict = { sameSite: 'strict' } as const;

function jarWith(...setCookie: string[]): Jar {
  const jar = new Jar();
  jar.take(setCookie, URL_A);
  return jar;
}

describe('rules', () => {
  test.each([
    ['a=1', 'a=1'],
    ['a=1; Path=/other', ''],
    ['a=1; Path=/dir', 'a=1'],
    ['a=1; Domain=shop.example', 'a=1'],
    ['a=1; Domain=.shop.example', 'a=1'],
    ['a=1; Domain=example', ''],
    ['a=1; Domain=other.example', ''],
    ['a=1; Domain=pay.shop.example', ''],
    ['a=1; Max-Age=0', ''],
    ['a=1; Expires=Thu, 01 Jan 1970 00:00:00 GMT', ''],
    ['__Secure-a=1', ''],
    ['__Secure-a=1; Secure', '__Secure-a=1'],
    ['__Host-a=1; Secure', ''],
    ['__Host-a=1; Secure; Path=/', '__Host-a=1'],
    ['__Host-a=1; Secure; Path=/; Domain=shop.example', ''],
    ['a=b=c; HttpOnly', 'a=b=c'],
    [`a=${'x'.repeat(JAR_LIMITS.bytesPerCookie)}`, ''],
    [';', ''],
  ])('%s', (text, header) => {
    expect(jarWith(text).headerFor(URL_A, strict)).toBe(header);
  });

  test('cookies of a public suffix are refused', () => {
    const jar = new Jar();
    jar.take(['a=1; Domain=co.uk', 'b=1; Domain=github.io'], 'https://x.co.uk/');
    expect(jar.size).toBe(0);
  });

  test('Secure cookies stay off http, except under localhost as in browsers', () => {
    const jar = jarWith('a=1; Secure; Path=/');
    expect(jar.headerFor('http://www.shop.example/', strict)).toBe('');
    const local = new Jar();
    local.take(['a=1; Secure'], 'http://www.shop.localhost/');
    expect(local.headerFor('http://www.shop.localhost/', strict)).toBe('a=1');
  });

  test('SameSite, and Lax where nothing is said', () => {
    const jar = jarWith('s=1; SameSite=Strict', 'l=1; SameSite=Lax', 'n=1; SameSite=None; Secure', 'd=1');
    const header = (sameSite: 'strict' | 'lax' | 'none', postNavigation = false) =>
      jar.headerFor(URL_A, { sameSite, postNavigation }).split('; ').sort().join(' ');
    expect(header('strict')).toBe('d=1 l=1 n=1 s=1');
    expect(header('lax')).toBe('d=1 l=1 n=1');
    expect(header('none')).toBe('n=1');
    expect(header('none', true)).toBe('d=1 n=1');
  });
});

describe('scripts', () => {
  test('neither see nor make nor overwrite HttpOnly cookies', () => {
    const jar = jarWith('h=1; HttpOnly; Path=/', 'a=1; Path=/');
    jar.setFromScript(URL_A, 'h=2; Path=/');
    jar.setFromScript(URL_A, 'x=1; HttpOnly; Path=/');
    jar.setFromScript(URL_A, 'b=2; Path=/');
    expect(jar.scriptCookies(URL_A)).toBe('a=1; b=2');
    expect(jar.headerFor(URL_A, strict)).toBe('h=1; a=1; b=2');
  });

  test('a write that comes again is not made again', () => {
    const jar = new Jar();
    expect(jar.mergeFromScript(URL_A, 'a=1; Path=/', 'w-1')).toBe(true);
    jar.take(['a=2; Path=/'], URL_A);
    expect(jar.mergeFromScript(URL_A, 'a=1; Path=/', 'w-1')).toBe(false);
    expect(jar.scriptCookies(URL_A)).toBe('a=2');
  });
});

describe('limits', () => {
  test('180 cookies a host, 3,000 a session; the oldest go', () => {
    const jar = new Jar();
    for (let index = 0; index <= JAR_LIMITS.perHost; index++) jar.take([`c${index}=1`], URL_A);
    expect(jar.size).toBe(JAR_LIMITS.perHost);
    expect(jar.headerFor(URL_A, strict)).not.toMatch(/\bc0=/);
    for (let host = 0; host < 20; host++) {
      jar.take(
        Array.from({ length: JAR_LIMITS.perHost }, (_, index) => `c${index}=1`),
        `https://h${host}.example/`,
      );
    }
    expect(jar.size).toBe(JAR_LIMITS.perSession);
  });

  test('a cookie of 4,096 bytes is the largest', () => {
    const longest = `a=${'x'.repeat(JAR_LIMITS.bytesPerCookie - 1)}`;
    expect(jarWith(longest).size).toBe(1);
    expect(jarWith(`${longest}x`).size).toBe(0);
  });
});

test('Clear-Site-Data takes the cookies of its domain', () => {
  const jar = jarWith('a=1');
  jar.take(['b=1'], 'https://other.example/');
  jar.clear((domain) => domain.endsWith('shop.example'));
  expect(jar.headerFor(URL_A, strict)).toBe('');
  expect(jar.headerFor('https://other.example/', strict)).toBe('b=1');
});

test('it comes back from the store as it was', () => {
  const jar = jarWith(
    'a=1; Path=/',
    'h=2; HttpOnly; Path=/',
    'gone=1; Max-Age=0',
    's=3; SameSite=Strict; Path=/',
  );
  const back = new Jar(JSON.parse(JSON.stringify(jar)));
  expect(back.headerFor(URL_A, strict)).toBe(jar.headerFor(URL_A, strict));
  expect(back.scriptCookies(URL_A)).toBe('a=1; s=3');
  expect(back.headerFor(URL_A, { sameSite: 'lax' })).toBe('a=1; h=2');
  for (const nonsense of [undefined, null, 1, 'x', {}, { cookies: 1 }, { cookies: [null, 1, {}] }]) {
    expect(new Jar(nonsense).size).toBe(0);
  }
});

test('changes are told once for each response, and only when there are any', () => {
  const jar = new Jar();
  let told = 0;
  const stop = jar.onChange(() => told++);
  jar.take(['a=1', 'b=1'], URL_A);
  jar.take(['bad=1; Domain=evil.example'], URL_A);
  expect(told).toBe(1);
  stop();
  jar.take(['c=1'], URL_A);
  expect(told).toBe(1);
});
