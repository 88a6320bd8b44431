// A session's addresses for tests of the rewriters, and short names for both sides.
import { Addresses, encodeSlug, type HostKind, parseOrigin } from '../../../protocol/address.ts';

export const SID = 'abcdefghijklmnop';

export function addressesOf(
  origins: readonly string[],
  more: { wild?: string[]; base?: string; scheme?: 'http' | 'https' } = {},
): Addresses {
  return new Addresses({
    sid: SID,
    scheme: more.scheme ?? 'http',
    base: more.base ?? 'cobrowse.localhost:8080',
    hosts: origins.map((origin): [string, string, HostKind] => [
      origin,
      encodeSlug(parseOrigin(origin)!)!,
      'domain',
    ]),
    wild: (more.wild ?? []).map((origin) => ({ ...parseOrigin(origin)!, kind: 'domain' as const })),
  });
}

export const addresses = addressesOf(
  [
    'https://www.shop.example',
    'http://www.shop.example',
    'https://cdn.shop.example',
    'http://pay.example:8090',
  ],
  {
    wild: ['https://img.example'],
  },
);

/** Session addresses of the hosts above, with port and without scheme. */
export const WWW = `www-shop-example--${SID}.cobrowse.localhost:8080`;
export const HTTP_WWW = `h---www-shop-example--${SID}.cobrowse.localhost:8080`;
export const CDN = `cdn-shop-example--${SID}.cobrowse.localhost:8080`;
export const PAY = `h8090---pay-example--${SID}.cobrowse.localhost:8080`;
export const IMG = `a-img-example--${SID}.cobrowse.localhost:8080`;

/** The text cut in two at every place, and into single characters. */
export function* splits(text: string): Generator<string[]> {
  for (let at = 0; at <= text.length; at++) yield [text.slice(0, at), text.slice(at)];
  yield [...text];
}
