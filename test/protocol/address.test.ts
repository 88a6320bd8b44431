// Session addresses: one to one in both directions, within a DNS label, and nothing that could mean two things.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  Addresses,
  aliasSlug,
  decodeSlug,
  encodeSlug,
  formatOrigin,
  isSid,
  MAX_SLUG,
  parseOrigin,
  parseSessionHost,
  type UpstreamOrigin,
} from '../../protocol/address.ts';

const SID = 'abcdefghijklmnop';
const BASE = 'cobrowse.localhost:8080';
const inner = fc.stringMatching(/^[a-z0-9]([a-z0-9-]{0,10}[a-z0-9])?$/);
const host = fc.array(inner, { minLength: 1, maxLength: 4 }).map((labels) => labels.join('.'));
const origin: fc.Arbitrary<UpstreamOrigin> = fc.record({
  scheme: fc.constantFrom('http' as const, 'https' as const),
  host,
  port: fc.oneof(fc.constantFrom(80, 443, 8080), fc.integer({ min: 1, max: 65_535 })),
});

describe('slugs', () => {
  test('decode to the origin they came from', () => {
    fc.assert(
      fc.property(origin, (one) => {
        const slug = encodeSlug(one);
        if (slug !== undefined) expect(decodeSlug(slug)).toEqual(one);
      }),
      { numRuns: 5_000 },
    );
  });

  test('are different for different origins', () => {
    fc.assert(
      fc.property(origin, origin, (a, b) => {
        const [x, y] = [encodeSlug(a), encodeSlug(b)];
        if (x !== undefined && x === y) expect(formatOrigin(a)).toBe(formatOrigin(b));
      }),
      { numRuns: 5_000 },
    );
  });

  test('fit a DNS label with the session id, and are no label that means something else', () => {
    fc.assert(
      fc.property(origin, (one) => {
        const slug = encodeSlug(one);
        if (slug === undefined) return;
        expect(slug).toMatch(/^[a-z0-9][a-z0-9-]*$/);
        expect(slug.length).toBeLessThanOrEqual(MAX_SLUG);
        expect(`${slug}--${SID}`.length).toBeLessThanOrEqual(63);
        expect(slug.startsWith('xn--')).toBe(false);
        expect(['view', 'www']).not.toContain(slug);
        expect(parseSessionHost(`${slug}--${SID}.${BASE}`, BASE)).toEqual({ role: 'page', sid: SID, slug });
      }),
      { numRuns: 5_000 },
    );
  });

  test('nothing decodes that was not encoded', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[a-z0-9-]{1,50}$/), (slug) => {
        const decoded = decodeSlug(slug);
        if (decoded) expect(encodeSlug(decoded)).toBe(slug);
      }),
      { numRuns: 5_000 },
    );
  });

  test.each([
    ['https://www.shop.example', 'www-shop-example'],
    ['https://my-shop.example', 'my--shop-example'],
    ['http://www.shop.example', 'h---www-shop-example'],
    ['http://shop.localhost:8090', 'h8090---shop-localhost'],
    ['https://shop.example:8443', 's8443---shop-example'],
    ['https://xn--bcher-kva.example', undefined],
    ['https://view', 's---view'],
    ['https://www', 's---www'],
  ])('%s', (text, slug) => {
    const encoded = encodeSlug(parseOrigin(text)!);
    if (slug !== undefined) expect(encoded).toBe(slug);
    expect(decodeSlug(encoded!)).toEqual(parseOrigin(text));
  });

  test.each([
    '[::1]',
    '-a.example',
    'a-.example',
    'a..example',
    '',
    'a_b.example',
    `${'a'.repeat(60)}.example`,
  ])('a host that fits no label (%s) has none', (name) => {
    expect(encodeSlug({ scheme: 'https', host: name, port: 443 })).toBeUndefined();
  });

  test('aliases are no slugs of any host', () => {
    expect(decodeSlug(aliasSlug('0123456789abcdef0123456789abcdef'))).toBeUndefined();
  });
});

describe('hosts', () => {
  test.each([
    [`${SID}.${BASE}`, { role: 'shell', sid: SID }],
    [`view--${SID}.${BASE}`, { role: 'view', sid: SID }],
    [`a--b--${SID}.${BASE}`, { role: 'page', sid: SID, slug: 'a--b' }],
    [BASE, undefined],
    [`.${BASE}`, undefined],
    [`--${SID}.${BASE}`, undefined],
    [`-x--${SID}.${BASE}`, undefined],
    [`x--${SID}`, undefined],
    [`x--${SID}.evil.${BASE}`, undefined],
    [`x.y--${SID}.${BASE}`, undefined],
    [`x--${SID.slice(1)}.${BASE}`, undefined],
    [`x--${SID}.${BASE}.`, undefined],
    [`x--${SID}.cobrowse.localhost`, undefined],
    [`x--${SID}.cobrowse.localhost:80801`, undefined],
    [`x--abcdefghijklmno1.${BASE}`, undefined],
  ])('%s', (name, role) => {
    expect(parseSessionHost(name, BASE)).toEqual(role);
  });

  test('ids are 16 characters of base32', () => {
    expect(isSid(SID)).toBe(true);
    for (const wrong of ['', 'ABCDEFGHIJKLMNOP', `${SID}a`, 'abcdefghijklmno0'])
      expect(isSid(wrong)).toBe(false);
  });
});

describe('origins', () => {
  test.each([
    ['https://Shop.Example', { scheme: 'https', host: 'shop.example', port: 443 }],
    ['http://shop.example:8080/', { scheme: 'http', host: 'shop.example', port: 8080 }],
    ['https://shop.example.', { scheme: 'https', host: 'shop.example', port: 443 }],
    ['https://[::1]:8443', { scheme: 'https', host: '[::1]', port: 8443 }],
    ['https://a@shop.example', undefined],
    ['https://shop.example/x', undefined],
    ['https://shop.example:0', undefined],
    ['https://shop.example:65536', undefined],
    ['ftp://shop.example', undefined],
    ['https://', undefined],
    ['https://sh op.example', undefined],
  ])('%s', (text, expected) => {
    expect(parseOrigin(text)).toEqual(expected);
  });
});

describe('URLs', () => {
  const listed = ['https://www.shop.example', 'http://pay.example:8090'];
  const addresses = new Addresses({
    sid: SID,
    scheme: 'http',
    base: BASE,
    hosts: [
      ...listed.map((text): [string, string, 'domain'] => [text, encodeSlug(parseOrigin(text)!)!, 'domain']),
      [
        'https://a-very-long-host-name-that-fits-no-label.shop.example',
        aliasSlug('ab'.repeat(16)),
        'resource',
      ],
    ],
    wild: [{ host: 'img.example', scheme: 'https', port: 443, kind: 'resource' }],
  });
  const rest = fc.string({ maxLength: 40 }).map((text) => `/${text.replace(/[\0-\x20"'<>\\]/g, '')}`);

  test('go there and back unchanged', () => {
    const known = fc.oneof(
      fc.constantFrom(...listed, 'https://a-very-long-host-name-that-fits-no-label.shop.example'),
      inner.filter((label) => label.length < 10).map((label) => `https://${label}.img.example`),
    );
    fc.assert(
      fc.property(known, rest, (from, path) => {
        const mapped = addresses.toSession(from + path, 'https');
        expect(mapped).toMatch(new RegExp(`^http://[a-z0-9-]+--${SID}\\.cobrowse\\.localhost:8080/`));
        expect(addresses.toUpstream(mapped!)).toBe(from + path);
        expect(new URL(mapped!).host.endsWith(`--${SID}.${BASE}`)).toBe(true);
      }),
      { numRuns: 2_000 },
    );
  });

  test('agree with the URL parser on what is listed', () => {
    const confusing = fc
      .array(
        fc.constantFrom(
          'https:',
          'http:',
          '//',
          '\\\\',
          '/',
          '@',
          ':',
          ':443',
          ':8090',
          '.',
          '%2e',
          '。',
          'www.shop.example',
          'pay.example',
          'evil.example',
          '#',
          '?',
          ' ',
          '\t',
        ),
        { maxLength: 7 },
      )
      .map((parts) => parts.join(''));
    fc.assert(
      fc.property(confusing, (text) => {
        const mapped = addresses.toSession(text, 'https');
        if (mapped === undefined) return;
        const real = URL.parse(text, 'https://www.shop.example/');
        const parsed = real && parseOrigin(real.origin);
        // What is mapped must be what a browser would have gone to, and that must be listed.
        expect(parsed ? addresses.sessionOrigin(parsed) : undefined).toBe(
          URL.parse(mapped, `http://x.${BASE}/`)?.origin,
        );
      }),
      { numRuns: 20_000, examples: [['\\\\www.shop.example\t.']] },
    );
  });

  test.each([
    '/relative',
    'relative//www.shop.example',
    'https://evil.example/',
    'https://www.shop.example.evil/',
    'https://www.shop.example@evil.example/',
    'https://www.shop.example:444/',
    'https://img.example/',
    'https://img.example.evil/',
    'javascript://www.shop.example/',
    'data:text/html,https://www.shop.example',
  ])('%s is not mapped', (url) => {
    expect(addresses.toSession(url, 'https')).toBeUndefined();
  });

  test('of another session, of shell and view, are none of ours', () => {
    for (const url of [
      `http://www-shop-example--ponmlkjihgfedcba.${BASE}/`,
      `http://${SID}.${BASE}/`,
      `http://view--${SID}.${BASE}/`,
      `http://evil-example--${SID}.${BASE}/`,
    ]) {
      expect(addresses.toUpstream(url)).toBeUndefined();
    }
  });
});
