// The CSS scanner: what is a URL and what is a pseudo-class, and what only looks like one.
import { describe, expect, it } from 'vitest';
import { escapeCss, scanCss, scanCssUrls, unescapeCss } from '../../protocol/css-scan.ts';

const URLS: [css: string, urls: string[]][] = [
  ['a{background:url(x.png)}', ['x.png']],
  ['a{background:URL( "x y.png" )}', ['x y.png']],
  ["a{background:url('a)b.png')}", ['a)b.png']],
  ['@import "a.css" screen;', ['a.css']],
  ["@import url('a.css') supports(display:grid);", ['a.css']],
  ['@import url(a.css);b{c:url(d)}', ['a.css', 'd']],
  ['/* url(no) */ a{b:url(yes)}', ['yes']],
  ['a{content:"url(no)";b:url(yes)}', ['yes']],
  ['a{b:image-set("1.png" 1x, url(2.png) 2x)}', ['1.png', '2.png']],
  ['@namespace svg "http://www.w3.org/2000/svg";', []],
  ['@namespace url(http://www.w3.org/1999/xhtml);', []],
  ['a{b:url(\\68 ttp://x/y)}', ['http://x/y']],
  ['a{b:url(x', ['x']],
  ['a{b:url()}', ['']],
  ['color:red;background:url(a.png)', ['a.png']],
  ['a{b:my-url(x.png)}', []],
  ['a{b:u\\72l(x.png)}', ['x.png']],
  ['a{b:u\\72 l(x.png);c:\\75\\52\\4c (y)}', ['x.png', 'y']],
  ['@\\69mport "a.css";', ['a.css']],
  ['a{b:\\\\url(x)}', []],
  ['@font-face{src:url(f.woff2)format("woff2"),local("Arial")}', ['f.woff2']],
  ['@charset "utf-8";a{b:url(c)}', ['c']],
  ['a{content:"broken\n;b:url(x)}', ['x']],
];

const PSEUDOS: [css: string, names: string[]][] = [
  ['a:hover{}', ['hover']],
  ['a:HOVER , b:focus-visible>c{d:e}', ['hover', 'focus-visible']],
  ['a:not(:hover){}', ['hover']],
  ['a::before{}', []],
  ['a:h\\6fver{}', ['hover']],
  ['.md\\:hover{}', []],
  ['.hover\\:x:hover{}', ['hover']],
  ['[href=":hover"]{}', []],
  ['@media (hover:hover){a:focus{}}', ['focus']],
  ['a{animation:focus 1s;b:active}', []],
  ['a{&:hover{b:c}}', ['hover']],
  ['a{animation:focus 1s;&:hover{b:c}}', ['hover']],
  ['@supports selector(:focus-visible){a:active{}}', ['active']],
  ['/* a:hover{} */b{}', []],
  [':host(:hover) ::slotted(a){}', ['hover']],
  ['animation:focus 1s', []],
  ['a{--x:hover}', []],
];

describe('scanCss', () => {
  it.each(URLS)('finds the addresses of %s', (css, urls) => {
    const found = scanCssUrls(css);
    expect(found.map(({ url }) => url)).toEqual(urls);
    for (const { start, end, url } of found) expect(unescapeCss(css.slice(start, end))).toBe(url);
  });

  it.each(PSEUDOS)('finds the pseudo-classes of %s', (css, names) => {
    const found = scanCss(css).pseudos;
    expect(found.map(({ name }) => name)).toEqual(names);
    for (const { start, end, name } of found)
      expect(css.slice(start, end).toLowerCase().replace('\\6f', 'o')).toBe(`:${name}`);
  });

  it('reads a hostile sheet in linear time', () => {
    const hostile = ['(', '[', 'url(', '\\', '/*', '"', ':', '@', 'a:'].map((part) => part.repeat(60_000));
    for (const css of hostile) expect(() => scanCss(css)).not.toThrow();
  });

  it.each(['"', "'", ''] as const)('escapes what is put between %s', (quote) => {
    const text = 'a"b\'c)d(e\\f g\nh';
    const css = `a{b:url(${quote}${escapeCss(text, quote)}${quote})}`;
    expect(scanCssUrls(css)[0]?.url).toBe(text);
  });
});
