// What may be seen: the reference decisions (threat 4, allowlist confusion) and the addresses of a session.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Refused } from '../../../gateway/errors.ts';
import { addressTable, findDomain, findEntry } from '../../../gateway/sites/addresses.ts';
import { checkNavigation, isLoopHost, isOnSite } from '../../../gateway/sites/allowlist.ts';
import { loadConfig } from '../../../gateway/sites/load.ts';
import { placesOf } from '../../../gateway/sites/places.ts';
import { Addresses, parseOrigin } from '../../../protocol/address.ts';
import { GOOD_CONFIG, spoil } from './config-text.ts';

const { config } = loadConfig(GOOD_CONFIG, 'x.yaml');
const site = config.sites[0]!;
const places = placesOf(config, 8080);
const SID = 'abcdefghijklmnop';
const addresses = new Addresses(addressTable(site, SID, places));

function decide(url: string): string {
  try {
    return `yes ${checkNavigation(url, addresses).href}`;
  } catch (error) {
    if (error instanceof Refused) return error.reason;
    throw error;
  }
}

describe('navigation', () => {
  test.each([
    ['https://www.shop.example/', 'yes https://www.shop.example/'],
    ['https://shop.example/a?b#c', 'yes https://shop.example/a?b#c'],
    ['HTTPS://WWW.SHOP.EXAMPLE/A', 'yes https://www.shop.example/A'],
    ['  https://www.shop.example/x y ', 'yes https://www.shop.example/x%20y'],
    ['https://www.shop.example:443/', 'yes https://www.shop.example/'],
    ['https://www.shop.example./', 'yes https://www.shop.example/'],
    ['https://www。shop．example/', 'yes https://www.shop.example/'],
    ['https:\\\\www.shop.example\\a', 'yes https://www.shop.example/a'],
    ['http://intranet.company.localhost:8090/', 'yes http://intranet.company.localhost:8090/'],
    // other scheme or port
    ['http://www.shop.example/', 'address-outside'],
    ['https://www.shop.example:8443/', 'address-outside'],
    ['http://intranet.company.localhost/', 'address-outside'],
    ['https://intranet.company.localhost:8090/', 'address-outside'],
    // may only be loaded by a page
    ['https://static.shop.example/', 'resource-only'],
    ['http://a.b.static.shop.example/', 'resource-only'],
    // other hosts that look like ours
    ['https://www.shop.example.evil.com/', 'address-outside'],
    ['https://www.shop.example%E3%80%82evil.com/', 'address-outside'],
    ['https://www.shop.example%2eevil.com/', 'address-outside'],
    ['https://evil.com/www.shop.example', 'address-outside'],
    ['https://evil.com\\@www.shop.example/', 'address-outside'],
    ['https://evil.com#@www.shop.example/', 'address-outside'],
    ['https://evil.com?@www.shop.example/', 'address-outside'],
    ['https://wwwXshop.example/', 'address-outside'],
    ['https://notwww.shop.example/', 'address-outside'],
    ['https://sub.www.shop.example/', 'address-outside'],
    ['https://xstatic.shop.example/', 'address-outside'],
    ['https://www.ѕhop.example/', 'address-outside'], // Cyrillic
    ['https://www.shop.example../', 'address-invalid'],
    ['https://a..static.shop.example/', 'address-invalid'],
    // literals
    ['https://127.0.0.1/', 'address-outside'],
    ['https://2130706433/', 'address-outside'],
    ['https://0x7f000001/', 'address-outside'],
    ['https://0177.0.0.1/', 'address-outside'],
    ['https://①②⑦.⓪.⓪.①/', 'address-outside'],
    ['https://[::1]/', 'address-outside'],
    ['https://[::ffff:127.0.0.1]/', 'address-outside'],
    ['http://localhost./', 'address-outside'],
    // not an address
    ['https://user@www.shop.example/', 'address-invalid'],
    ['https://www.shop.example:pw@evil.com/', 'address-invalid'],
    ['https://:@www.shop.example/', 'yes https://www.shop.example/'],
    ['https://www.shop.example:99999/', 'address-invalid'],
    ['https://www.shop.exa\nmple/', 'address-invalid'],
    ['https://www.shop\t.example/', 'address-invalid'],
    ['ht\ntps://www.shop.example/', 'address-invalid'],
    ['www.shop.example', 'address-invalid'],
    ['//www.shop.example/', 'address-invalid'],
    ['javascript:alert(1)', 'address-invalid'],
    ['data:text/html,x', 'address-invalid'],
    ['blob:https://www.shop.example/1', 'address-invalid'],
    ['file:///etc/passwd', 'address-invalid'],
    ['ftp://www.shop.example/', 'address-invalid'],
    ['wss://www.shop.example/', 'address-invalid'],
    ['view-source:https://www.shop.example/', 'address-invalid'],
    ['about:blank', 'address-invalid'],
    ['', 'address-invalid'],
    [`https://www.shop.example/${'a'.repeat(9_000)}`, 'address-invalid'],
  ])('%j: %s', (url, decision) => {
    expect(decide(url)).toBe(decision);
  });

  test('accepts only what a plain comparison of the parsed origin accepts', () => {
    const allowed = new Set([
      'https://www.shop.example',
      'https://shop.example',
      'http://intranet.company.localhost:8090',
    ]);
    const piece = fc.constantFrom(
      ...[
        'https:',
        'http:',
        '//',
        '/',
        '\\',
        '@',
        ':',
        '.',
        '%2e',
        '。',
        '?',
        '#',
        '[',
        ']',
        '*',
        ' ',
        '443',
        '8090',
        '%00',
      ],
      ...[
        'www.shop.example',
        'shop.example',
        'evil.com',
        'intranet.company.localhost',
        'static',
        'xn--',
        '127.1',
        'ſ',
      ],
    );
    const near = fc.tuple(fc.constantFrom('https://', 'http://', ''), fc.array(piece, { maxLength: 7 }));
    fc.assert(
      fc.property(near, ([scheme, pieces]) => {
        const decision = decide(scheme + pieces.join(''));
        if (!decision.startsWith('yes ')) return;
        const url = new URL(decision.slice(4));
        expect(allowed).toContain(url.origin);
        expect(url.username + url.password).toBe('');
      }),
      { numRuns: 5_000 },
    );
  });
});

describe('the start of a session', () => {
  test.each([
    ['https://www.shop.example/cart?x=1', true],
    ['https://static.shop.example/', false],
    ['https://www.shop.example.evil.com/', false],
    ['http://www.shop.example/', false],
    ['nonsense', false],
  ])('%s on the site: %s', (url, on) => {
    expect(isOnSite(url, site)).toBe(on);
  });
});

describe('the addresses of a session', () => {
  test('hold every listed origin once', () => {
    expect(addresses.table.hosts).toEqual([
      ['https://www.shop.example', 'www-shop-example', 'domain'],
      ['https://shop.example', 'shop-example', 'domain'],
      ['http://intranet.company.localhost:8090', 'h8090---intranet-company-localhost', 'domain'],
      ['http://static.shop.example', 'h---static-shop-example', 'resource'],
      ['https://static.shop.example', 'static-shop-example', 'resource'],
    ]);
    expect(addresses.table).toMatchObject({ sid: SID, scheme: 'http', base: 'cobrowse.localhost:8080' });
  });

  test('give a host that is too long for a label, or an IPv6 literal, an alias', () => {
    const long = `${'very-long-name.'.repeat(4)}example`;
    const text = spoil('[www.shop.example, shop.example]', `[www.shop.example, ${long}, "[fd00::1]"]`);
    const table = addressTable(loadConfig(text, 'x.yaml').config.sites[0]!, SID, places);
    const aliased = new Addresses(table);
    for (const name of [`https://${long}`, 'https://[fd00::1]']) {
      const origin = parseOrigin(name)!;
      const session = aliased.sessionOrigin(origin)!;
      expect(session).toMatch(/^http:\/\/x---[a-z0-9]+--abcdefghijklmnop\.cobrowse\.localhost:8080$/);
      expect(aliased.upstreamOfOrigin(session)).toEqual(origin);
    }
  });

  test('an origin listed as domain and as resource is a domain; listed by name counts before subdomains', () => {
    const text = spoil('resources: [Static]', 'resources: [Static, Shop]').replace(
      'hosts: [www.shop.example, shop.example]',
      'hosts: [www.shop.example, a.static.shop.example]',
    );
    const both = loadConfig(text, 'x.yaml').config.sites[0]!;
    const table = new Addresses(addressTable(both, SID, places));
    for (const [name, kind] of [
      ['https://www.shop.example', 'domain'],
      ['https://a.static.shop.example', 'domain'],
      ['https://b.static.shop.example', 'resource'],
    ] as const) {
      const origin = parseOrigin(name)!;
      expect(table.kindOf(origin), name).toBe(kind);
      expect(findEntry(both, origin)?.kind, name).toBe(kind);
    }
  });

  test('findDomain agrees with the addresses for every origin', () => {
    const host = fc.constantFrom(
      'www.shop.example',
      'static.shop.example',
      'a.static.shop.example',
      'shop.example',
      'evil.com',
      'intranet.company.localhost',
    );
    const origins = fc.record({
      scheme: fc.constantFrom('http' as const, 'https' as const),
      host,
      port: fc.constantFrom(80, 443, 8090),
    });
    fc.assert(
      fc.property(origins, (origin) => {
        expect(findEntry(site, origin)?.kind).toBe(addresses.kindOf(origin));
        expect(findDomain(site, origin)).toBe(findEntry(site, origin)?.domain);
      }),
    );
  });
});

test('our own hosts are loops, and so are their parents when subdomains are included', () => {
  for (const host of [
    'console.localhost',
    'panel.console.localhost',
    'cobrowse.localhost',
    'x.cobrowse.localhost',
  ])
    expect(isLoopHost(host, places), host).toBe(true);
  expect(isLoopHost('www.demoshop.localhost', places)).toBe(false);
  expect(isLoopHost('localhost', places)).toBe(false);
  expect(isLoopHost('localhost', places, true)).toBe(true);
});
