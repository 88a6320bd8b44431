// URLs as pages write them, and where they lead: lists of input and answer.
import { describe, expect, test } from 'vitest';
import { findWay, mapCss, mapSrcset, mapUrl, outsidePage } from '../../inject/mapping.ts';
import type { Realm } from '../../inject/realm.ts';
import { mapMarkup } from '../../inject/shims/markup.ts';
import { Addresses, encodeSlug, parseOrigin } from '../../protocol/address.ts';

const HOSTS = ['https://www.shop.example', 'https://pay.example', 'http://plain.example:8090'];
const SID = 'abcdefghijklmnop';

function realmOn(scheme: 'http' | 'https', base: string, origin = HOSTS[0]!): Realm {
  const addresses = new Addresses({
    sid: SID,
    scheme,
    base,
    hosts: HOSTS.map((host) => [host, encodeSlug(parseOrigin(host)!)!, 'domain']),
    wild: [],
  });
  const own = addresses.sessionOrigin(parseOrigin(origin)!)!;
  // the parts of a realm that mapping uses
  return {
    addresses,
    origin: parseOrigin(origin)!,
    natives: { URL, encodeURIComponent },
    window: { location: { origin: own }, document: { baseURI: `${own}/shop/` } },
  } as unknown as Realm;
}
const realm = realmOn('http', 'cobrowse.localhost:8080');
const WWW = `http://www-shop-example--${SID}.cobrowse.localhost:8080`;
const PAY = `http://pay-example--${SID}.cobrowse.localhost:8080`;

describe('mapUrl', () => {
  const cases: [url: string, mapped: string][] = [
    ['https://pay.example/a?b=https://pay.example/#c', `${PAY}/a?b=https://pay.example/#c`],
    ['HTTPS://Pay.Example', PAY],
    ['  https://pay.example/', `${PAY}/`],
    ['https:\\\\pay.example\\x', `${PAY}\\x`],
    ['//pay.example/x', `${PAY.slice(5)}/x`],
    ['wss://pay.example/live', `${PAY.replace('http', 'ws')}/live`],
    ['http://pay.example/as-the-browser-resolved-it', `${PAY}/as-the-browser-resolved-it`],
    // built from the page's own address, with the scheme or without the port of the gateway
    [`https://www-shop-example--${SID}.cobrowse.localhost:8080/x`, `${WWW}/x`],
    [`https://www-shop-example--${SID}.cobrowse.localhost/x`, `${WWW}/x`],
    [`${WWW}/x`, `${WWW}/x`],
    // left as they are
    ['/x', '/x'],
    ['x//y', 'x//y'],
    ['', ''],
    ['https://elsewhere.example/', 'https://elsewhere.example/'],
    ['https://pay.example.evil/', 'https://pay.example.evil/'],
    ['https://pay.example@evil.example/', 'https://pay.example@evil.example/'],
    ['https://user@pay.example/', 'https://user@pay.example/'],
    [`http://${SID}.cobrowse.localhost:8080/`, `http://${SID}.cobrowse.localhost:8080/`],
    [
      `http://www-shop-example--ponmlkjihgfedcba.cobrowse.localhost:8080/`,
      `http://www-shop-example--ponmlkjihgfedcba.cobrowse.localhost:8080/`,
    ],
    ['data:text/html,//pay.example', 'data:text/html,//pay.example'],
    ['javascript://pay.example/%0aalert(1)', 'javascript://pay.example/%0aalert(1)'],
  ];
  test.each(cases)('%j → %j', (url, mapped) => {
    expect(mapUrl(realm, url)).toBe(mapped);
  });

  test('behind a gateway with https, http from an own host name becomes https', () => {
    const secure = realmOn('https', 'content.example', HOSTS[2]);
    const host = `h8090---plain-example--${SID}.content.example`;
    expect(mapUrl(secure, `http://${host}/x`)).toBe(`https://${host}/x`);
    expect(mapUrl(secure, `ws://${host}/x`)).toBe(`wss://${host}/x`);
  });
});

describe('findWay', () => {
  const cases: [url: string, to: string, where: string][] = [
    ['../x', 'inside', `${WWW}/x`],
    ['ht\ntps://pay.example/x', 'inside', `${PAY}/x`],
    ['https://elsewhere.example/', 'outside', 'https://elsewhere.example/'],
    ['https://pay.example:444/', 'outside', 'https://pay.example:444/'],
    ['https://user@pay.example/', 'outside', 'https://user@pay.example/'],
    [`http://${SID}.cobrowse.localhost:8080/join`, 'outside', `http://${SID}.cobrowse.localhost:8080/join`],
    [
      `http://view--${SID}.cobrowse.localhost:8080/`,
      'outside',
      `http://view--${SID}.cobrowse.localhost:8080/`,
    ],
    ['http://console.localhost:8080/', 'outside', 'http://console.localhost:8080/'],
    ['tel:+1', 'external', 'tel:+1'],
    ['javascript:void 0', 'nowhere', 'javascript:void 0'],
    ['blob:x', 'nowhere', 'blob:x'],
    ['http://', 'nowhere', 'http://'],
  ];
  test.each(cases)('%j is %s', (url, to, where) => {
    expect(findWay(realm, url)).toEqual({ to, url: where });
  });

  test('the page for what is off the list lies at the own origin', () => {
    expect(outsidePage(realm, 'https://x.example/?a=1&b')).toBe(
      `${WWW}/.tandem/outside?url=https%3A%2F%2Fx.example%2F%3Fa%3D1%26b`,
    );
  });
});

describe('text with URLs in it', () => {
  test('srcset keeps descriptors, commas in URLs and data: URLs', () => {
    expect(mapSrcset(realm, 'https://pay.example/a,b.png 1x,/c.png 2x, //pay.example/d.png 300w')).toBe(
      `${PAY}/a,b.png 1x,/c.png 2x, ${PAY.slice(5)}/d.png 300w`,
    );
  });

  test('CSS maps url() and @import, not what only looks like it', () => {
    expect(
      mapCss(
        realm,
        '@import "https://pay.example/a.css"; a{background:url( https://pay.example/b )} /* https://pay.example */',
      ),
    ).toBe(`@import "${PAY}/a.css"; a{background:url( ${PAY}/b )} /* https://pay.example */`);
  });

  const markup: [html: string, mapped: string][] = [
    ['<img src=https://pay.example/a>', `<img src=${PAY}/a>`],
    [`<a href='https://pay.example/?a&amp;b' title=">">`, `<a href='${PAY}/?a&amp;b' title=">">`],
    [
      '<p data-href="https://pay.example">href="https://pay.example"',
      '<p data-href="https://pay.example">href="https://pay.example"',
    ],
    [
      '<script src="//pay.example/a.js" integrity="sha256-x">',
      `<script src="${PAY.slice(5)}/a.js" data-integrity="sha256-x">`,
    ],
    [
      '<meta http-equiv="Content-Security-Policy" content="x">',
      '<meta http-equiv="tandem-inert" content="x">',
    ],
    ['a < b // c', 'a < b // c'],
    ['<a href="https://pay.example', '<a href="https://pay.example'],
  ];
  test.each(markup)('markup %j → %j', (html, mapped) => {
    expect(mapMarkup(realm, html)).toBe(mapped);
  });

  test('markup with many open quotes is done in time', () => {
    const started = performance.now();
    mapMarkup(realm, '<a "//'.repeat(2_000));
    expect(performance.now() - started).toBeLessThan(1_500);
  });
});
