// Attack: an address that looks listed to us and leads elsewhere in the browser: user info, backslashes, look-alikes, dots, ports.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Refused } from '../../gateway/errors.ts';
import { mapLocation } from '../../gateway/rewrite/location.ts';
import { checkNavigation } from '../../gateway/sites/allowlist.ts';
import { parseOrigin } from '../../protocol/address.ts';
import { addressesOf, SID } from '../gateway/rewrite/session.ts';

const LISTED = ['https://www.shop.example', 'https://pay.example:8443'];
const addresses = addressesOf(LISTED, { wild: ['https://img.example'] });

/** The reference: what the platform's own URL parser says, and nothing clever. */
function isListed(text: string): boolean {
  const url = URL.parse(text);
  if (url?.username !== '' || url.password !== '') return false;
  const host = url.hostname.replace(/\.$/, '');
  const origin = `${url.protocol}//${host}${url.port === '' ? '' : `:${url.port}`}`;
  return (
    LISTED.includes(origin) ||
    (url.protocol === 'https:' &&
      url.port === '' &&
      host.endsWith('.img.example') &&
      host.length > '.img.example'.length)
  );
}

function allows(text: string): boolean {
  try {
    checkNavigation(text, addresses);
    return true;
  } catch (error) {
    if (error instanceof Refused) return false;
    throw error;
  }
}

const HOSTILE = [
  'https://www.shop.example@evil.example/',
  'https://www.shop.example:x@evil.example/',
  'https://evil.example\\@www.shop.example/',
  'https://evil.example#@www.shop.example/',
  'https://evil.example?@www.shop.example/',
  'https://www.shop.example%2eevil.example/',
  'https://www.shop.example%E3%80%82evil.example/',
  'https://www.shop.example。evil.example/',
  'https://www.shop.example.evil.example/',
  'https://evilwww.shop.example/',
  'https://evil-www.shop.example/',
  'https://shop.example/',
  'https://www.shор.example/', // Cyrillic о and р
  'https://www.shop.example:8443/',
  'https://www.shop.example:80/',
  'http://www.shop.example/',
  'http://www.shop.example:443/',
  'https://pay.example/',
  'https://img.example/',
  'https://evilimg.example/',
  'https://a.img.example.evil/',
  'ftp://www.shop.example/',
  'javascript://www.shop.example/%0aalert(1)',
  'data:text/html,https://www.shop.example/',
  'blob:https://www.shop.example/x',
  'filesystem:https://www.shop.example/x',
  'view-source:https://www.shop.example/',
  'https:www.shop.example@evil.example',
  'https:///evil.example/www.shop.example',
  '//www.shop.example/',
  'www.shop.example',
  'https://www.shop.exa\tmple/',
  'https://www.shop.example\n.evil.example/',
  'https://[::1]/',
  'https://[www.shop.example]/',
  'https://0/',
  'https://2130706433/',
  '',
];
const FRIENDLY = [
  'https://www.shop.example\\.evil.example/', // a backslash is a slash: only a path
  'https://www.shop.example/',
  'HTTPS://WWW.SHOP.EXAMPLE/x?y#z',
  'https://www.shop.example./',
  'https://ｗｗｗ.shop.example/',
  'https://www.shop.example:443/',
  'https://pay.example:8443/',
  'https://a.img.example/',
  ' https://www.shop.example/ ',
];

describe('a navigation', () => {
  test.each(HOSTILE)('%j is refused', (text) => {
    expect(allows(text)).toBe(false);
  });
  test.each(FRIENDLY)('%j is let through', (text) => {
    expect(allows(text)).toBe(true);
  });

  test('is never let through unless the URL parser says that it is listed', () => {
    const part = fc.constantFrom(
      ...[
        'https:',
        'http:',
        'HTTPS:',
        '//',
        '///',
        '\\\\',
        '/',
        '\\',
        '@',
        ':',
        ':443',
        ':8443',
        '.',
        '%2e',
        '。',
        '%E3%80%82',
        '#',
        '?',
        '\t',
        '\n',
        ' ',
        '\u00ad',
        'www.shop.example',
        'ｗｗｗ.shop.example',
        'pay.example',
        'a.img.example',
        'evil.example',
        'xn--',
        '127.0.0.1',
        '[',
        ']',
      ],
    );
    fc.assert(
      fc.property(
        fc.array(part, { maxLength: 8 }).map((parts) => parts.join('')),
        (text) => {
          if (allows(text)) expect(isListed(text)).toBe(true);
        },
      ),
      { numRuns: 30_000 },
    );
  });
});

test('a redirect ends inside only where the browser would be inside', () => {
  const real = 'https://www.shop.example/dir/page';
  const own = addresses.sessionOrigin(parseOrigin(LISTED[0]!)!)!;
  const part = fc.constantFrom(
    ...[
      'https:',
      'http:',
      '//',
      '/',
      '\\',
      '@',
      ':443',
      '.',
      '..',
      '%2f',
      '\t',
      '#',
      '?',
      ' ',
      'www.shop.example',
      'a.img.example',
      'evil.example',
      '127.0.0.1',
      'x',
      `x--${SID}.cobrowse.localhost:8080`,
    ],
  );
  fc.assert(
    fc.property(
      fc.array(part, { maxLength: 8 }).map((parts) => parts.join('')),
      (location) => {
        const to = mapLocation(location, real, parseOrigin(LISTED[0]!)!, addresses);
        if (!('inside' in to)) return;
        const browser = URL.parse(to.inside, `${own}/dir/page`);
        const meant = URL.parse(location, real);
        const origin = meant && parseOrigin(meant.origin);
        expect(browser?.origin).toBe(origin && addresses.sessionOrigin(origin));
      },
    ),
    { numRuns: 30_000 },
  );
});

test.each([...HOSTILE, ...FRIENDLY])('in a page, %j is mapped only if it is listed', (text) => {
  const mapped = addresses.toSession(text, 'https');
  if (mapped === undefined) return;
  const meant = URL.parse(text, 'https://www.shop.example/');
  const origin = meant && parseOrigin(meant.origin);
  expect(URL.parse(mapped, 'http://x.localhost/')?.origin).toBe(origin && addresses.sessionOrigin(origin));
});
