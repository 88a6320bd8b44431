// Style sheets as followers get them, and the resources they name.
import { describe, expect, it } from 'vitest';
import { rewriteFollowerCss } from '../../../gateway/mirror/follower-css.ts';
import { Resources } from '../../../gateway/mirror/resources.ts';
import { Addresses } from '../../../protocol/address.ts';

const SID = 'abcdefghijklmnop';
const addresses = new Addresses({
  sid: SID,
  scheme: 'http',
  base: 'cobrowse.localhost',
  hosts: [
    ['https://shop.example', 'shop-example', 'domain'],
    ['https://cdn.example', 'cdn-example', 'resource'],
  ],
  wild: [],
});
const resources = new Resources({ addresses });
const id = (url: string): string => resources.idOf(url)!;
const BASE = 'https://shop.example/css/site.css';

const CASES: [css: string, expected: string][] = [
  ['a{color:red}', 'a{color:red}'],
  ['a{b:url(x.png)}', `a{b:url(${id('https://shop.example/css/x.png')})}`],
  ['a{b:url("/x.png#f")}', `a{b:url("${id('https://shop.example/x.png')}#f")}`],
  ["@import '//cdn.example/a.css' screen;", `@import '${id('https://cdn.example/a.css')}' screen;`],
  ['a{b:url(https://evil.example/x)}', 'a{b:url(data:,)}'],
  ['a{b:url(#g)}', 'a{b:url(#g)}'],
  ['a{b:url(data:image/png;base64,AA==)}', 'a{b:url(data:image/png;base64,AA==)}'],
  ['a{b:url(data:text/html,x)}', 'a{b:url(data:,)}'],
  ['a{b:url(javascript:x)}', 'a{b:url(data:,)}'],
  [
    `a{b:url(http://shop-example--${SID}.cobrowse.localhost/x.png)}`,
    `a{b:url(${id('https://shop.example/x.png')})}`,
  ],
  ['@namespace svg url(http://www.w3.org/2000/svg);', '@namespace svg url(http://www.w3.org/2000/svg);'],
  ['a:hover,b:focus-within>c:active{d:e}', 'a[tandem-hover],b[tandem-focus-within]>c[tandem-active]{d:e}'],
  ['a:not(:focus-visible):target{}', 'a:not([tandem-focus-visible])[tandem-target]{}'],
  ['x-a:not(:defined){}', 'x-a:not(:not([tandem-undefined])){}'],
  ['@media (hover:hover){a:hover{}}', '@media (hover:hover){a[tandem-hover]{}}'],
  ['a::before{content:":hover"}/* a:hover{} */', 'a::before{content:":hover"}/* a:hover{} */'],
  ['.hover\\:b:hover{}', '.hover\\:b[tandem-hover]{}'],
  ['a:checked:disabled:first-child{}', 'a:checked:disabled:first-child{}'],
  [':host(:hover) ::slotted(a:focus){}', ':host([tandem-hover]) ::slotted(a[tandem-focus]){}'],
  ['x-a::part(b):hover,i:hover{}', 'x-a::part(b tandem-hover),i[tandem-hover]{}'],
  ['x-a::part(b):hover:focus::before{}', 'x-a::part(b tandem-hover tandem-focus)::before{}'],
  ['x-a::part(b):not(:hover) i:hover{}', 'x-a::part(b):not(:hover) i[tandem-hover]{}'],
  ['::-webkit-scrollbar-thumb:hover{}', '::-webkit-scrollbar-thumb:hover{}'],
  ['x-a:state(on):hover{}', 'x-a[tandem-states~="on"][tandem-hover]{}'],
  [':host(:state(on)){}', ':host([tandem-states~="on"]){}'],
  [
    '.a{color:red;&:hover{b:c}a:focus &{d:e}@media (hover){&:active{f:g}}}',
    '.a{color:red;&[tandem-hover]{b:c}a[tandem-focus] &{d:e}@media (hover){&[tandem-active]{f:g}}}',
  ],
  [
    '@scope (.a:hover) to (.b:focus){:scope:active{}}@layer x{a:hover{}}@supports selector(a:hover){b:hover{}}',
    '@scope (.a[tandem-hover]) to (.b[tandem-focus]){:scope[tandem-active]{}}@layer x{a[tandem-hover]{}}@supports selector(a:hover){b[tandem-hover]{}}',
  ],
  [
    ':is(a:hover,:focus-within):not(:has(:target))>b:nth-child(2n of :active){}',
    ':is(a[tandem-hover],[tandem-focus-within]):not(:has([tandem-target]))>b:nth-child(2n of [tandem-active]){}',
  ],
];

describe('rewriteFollowerCss', () => {
  it.each(CASES)('%s', (css, expected) => {
    expect(rewriteFollowerCss(css, BASE, resources)).toBe(expected);
  });
});

describe('Resources', () => {
  it('gives one id per URL, unguessable and of this session only', () => {
    const other = new Resources({ addresses });
    expect(id('https://shop.example/a.png')).toBe(
      id(`http://shop-example--${SID}.cobrowse.localhost/a.png#x`),
    );
    expect(id('https://shop.example/a.png')).toMatch(/^\/r\/[\w-]{22}$/);
    expect(other.idOf('https://shop.example/a.png')).not.toBe(id('https://shop.example/a.png'));
  });

  it.each([
    'https://evil.example/a.png',
    'https://shop.example:8443/a',
    'ftp://shop.example/a',
    'https://u:p@shop.example/a',
    'blob:https://shop.example/x',
    'about:blank',
    'x',
  ])('gives none for %s', (url) => {
    expect(resources.idOf(url)).toBeUndefined();
  });

  it('wants pictures, styles, fonts and media, and nothing that holds data of people', () => {
    for (const type of [
      'image/png',
      'image/svg+xml; charset=utf-8',
      'text/css',
      'font/woff2',
      'application/font-woff',
      'video/mp4',
      'audio/mpeg',
    ])
      expect(resources.wants('https://shop.example/a', type)).toBe(true);
    for (const type of [
      'text/html',
      'application/json',
      'application/pdf',
      'text/plain',
      'application/javascript',
      'text/csv',
      '',
    ])
      expect(resources.wants('https://shop.example/a', type)).toBe(false);
  });

  it('keeps bytes within its budget, the longest unused go first', () => {
    const small = new Resources({ addresses });
    const url = (i: number): string => `https://shop.example/${i}.png`;
    const read = (i: number) => small.find(small.idOf(url(i))!.slice(3))?.kept;
    for (let i = 0; i < 16; i++) small.keep(url(i), 'image/png', Buffer.alloc(1024 * 1024));
    expect(read(0)).toBeDefined();
    small.keep(url(16), 'image/png', Buffer.alloc(1024 * 1024));
    expect(read(1)).toBeUndefined();
    expect(read(0)).toBeDefined();
    expect(small.bytes).toBe(16 * 1024 * 1024);
    small.keep(url(17), 'image/png', Buffer.alloc(2 * 1024 * 1024 + 1));
    expect(read(17)).toBeUndefined();
    small.clear();
    expect(small.bytes).toBe(0);
  });
});
