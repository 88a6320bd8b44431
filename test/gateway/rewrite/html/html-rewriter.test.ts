// HTML: input → expected, with the chunks split everywhere; and fidelity: what need not change does not.
import * as cheerio from 'cheerio';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type HtmlOptions, HtmlRewriter } from '../../../../gateway/rewrite/html/html-rewriter.ts';
import { parseOrigin } from '../../../../protocol/address.ts';
import { addresses, addressesOf, CDN, HTTP_WWW, PAY, splits, WWW } from '../session.ts';

const base: HtmlOptions = {
  addresses,
  scheme: 'https',
  panelScript: 'http://console.localhost:8080/panel.js',
  outside: (url) => `/.tandem/outside?url=${encodeURIComponent(url)}`,
  policy: {
    addresses,
    origin: parseOrigin('https://www.shop.example')!,
    nonce: 'N',
    script: `http://${WWW}/.tandem/page.js`,
  },
};
const I = '<script src="/I"></script>';

function rewrite(parts: string[], options: HtmlOptions = base): string {
  const rewriter = new HtmlRewriter(options);
  return parts.map((part) => rewriter.write(part)).join('') + rewriter.end();
}

/** The result, made sure to be the same however the text is split. */
function rewriteSplit(text: string, options: HtmlOptions = base): string {
  const whole = rewrite([text], options);
  for (const parts of splits(text)) {
    const split = rewrite(parts, options);
    if (split !== whole) expect({ parts, out: split }).toEqual({ parts, out: whole });
  }
  return whole;
}

describe('changes', () => {
  test.each<[string, string]>([
    // attributes that hold URLs
    ['<a href="https://www.shop.example/x?a=1&amp;b=2#f">', `<a href="http://${WWW}/x?a=1&amp;b=2#f">`],
    ["<a href='http://www.shop.example'>", `<a href='http://${HTTP_WWW}'>`],
    ['<a href=//cdn.shop.example/x>', `<a href=//${CDN}/x>`],
    ['<a href=https://pay.example:8090>', '<a href=https://pay.example:8090>'],
    ['<a href=http://pay.example:8090/>', `<a href=http://${PAY}/>`],
    ['<A HREF="HTTPS://WWW.Shop.Example/X">', `<A HREF="http://${WWW}/X">`],
    ['<a\n\thref = "  https://www.shop.example/">', `<a\n\thref = "http://${WWW}/">`],
    ['<a href="https:&#x2F;&#47;www.shop.example/">', `<a href="http://${WWW}/">`],
    ['<a href="https:\\\\www.shop.example\\x">', `<a href="http://${WWW}\\x">`],
    [
      '<form action="https://www.shop.example/p"><button formaction=//www.shop.example/q>',
      `<form action="http://${WWW}/p"><button formaction=//${WWW}/q>`,
    ],
    [
      '<video poster=//cdn.shop.example/p src="//cdn.shop.example/v">',
      `<video poster=//${CDN}/p src="//${CDN}/v">`,
    ],
    [
      '<div><template shadowrootmode="closed"><i>x</i></template></div>',
      '<div><template shadowrootmode="open"><!--tandem-closed--><i>x</i></template></div>',
    ],
    [
      '<template class=a SHADOWROOTMODE=closed shadowrootdelegatesfocus><i>',
      '<template class=a SHADOWROOTMODE=open shadowrootdelegatesfocus><!--tandem-closed--><i>',
    ],
    ['<template shadowrootmode=open><i>', '<template shadowrootmode=open><i>'],
    ['<template><a href="//cdn.shop.example/x">', `<template><a href="//${CDN}/x">`],
    ['<object data="//cdn.shop.example/o"></object>', `<object data="//${CDN}/o"></object>`],
    [
      '<a ping="https://www.shop.example/1 https://other.example/2">',
      `<a ping="http://${WWW}/1 https://other.example/2">`,
    ],
    ['<table background="//cdn.shop.example/b">', `<table background="//${CDN}/b">`],
    [
      '<svg><image xlink:href="//cdn.shop.example/i"/><a href="//www.shop.example/"/></svg>',
      `<svg><image xlink:href="//${CDN}/i"/><a href="//${WWW}/"/></svg>`,
    ],
    ['<base href="https://www.shop.example/dir/">', `<base href="http://${WWW}/dir/">`],
    [
      '<img srcset="//cdn.shop.example/1 1x, https://cdn.shop.example/a,b 2x,//cdn.shop.example/3">',
      `<img srcset="//${CDN}/1 1x, http://${CDN}/a,b 2x,//${CDN}/3">`,
    ],
    [
      '<link rel=preload imagesrcset="//cdn.shop.example/1 100w">',
      `<link rel=preload imagesrcset="//${CDN}/1 100w">`,
    ],
    // style
    ['<p style="background:url(//cdn.shop.example/x)">', `<p style="background:url(//${CDN}/x)">`],
    [
      '<p style="background:url(&quot;//cdn.shop.example/x&quot;)">',
      `<p style="background:url(&quot;//${CDN}/x&quot;)">`,
    ],
    [
      '<style>@import "//cdn.shop.example/x"; /* //cdn.shop.example */</style>',
      `<style>@import "//${CDN}/x"; /* //cdn.shop.example */</style>`,
    ],
    // meta
    [
      '<meta http-equiv=refresh content="5; URL=https://www.shop.example/n">',
      `<meta http-equiv=refresh content="5; URL=http://${WWW}/n">`,
    ],
    [
      '<meta http-equiv="Refresh" content=0;url=//www.shop.example/>',
      `<meta http-equiv="Refresh" content="0;url=//${WWW}/">`,
    ],
    [
      `<meta http-equiv="Content-Security-Policy" content="script-src 'self' https://cdn.shop.example; img-src *.shop.example; frame-ancestors 'none'">`,
      `<meta http-equiv="Content-Security-Policy" content="script-src &#39;self&#39; http://${CDN} http://${WWW}/.tandem/page.js; img-src http://${WWW} http://${CDN}">`,
    ],
    // scripts
    [
      '<script src="https://cdn.shop.example/a.js" integrity="sha256-x" crossorigin></script>',
      `<script src="http://${CDN}/a.js"  crossorigin></script>`,
    ],
    [
      '<link rel="stylesheet" integrity=sha256-x href="//cdn.shop.example/a.css">',
      `<link rel="stylesheet"  href="//${CDN}/a.css">`,
    ],
    [
      '<script>if(top!=self)x="https://www.shop.example/"</script>',
      `<script>if(__tandem_top!=self)x="http://${WWW}/"</script>`,
    ],
    [
      '<script type="module">import "https://cdn.shop.example/m.js"</script>',
      `<script type="module">import "http://${CDN}/m.js"</script>`,
    ],
    [
      '<script type=importmap>{"imports":{"a":"https://cdn.shop.example/a.js"}}</script>',
      `<script type=importmap>{"imports":{"a":"http://${CDN}/a.js"}}</script>`,
    ],
    [
      '<script type="application/ld+json">{"url":"https://www.shop.example","h":"www.shop.example"}</script>',
      `<script type="application/ld+json">{"url":"http://${WWW}","h":"www.shop.example"}</script>`,
    ],
    [
      '<script type="speculationrules">{}</script>',
      '<script type="application/x-speculationrules-off">{}</script>',
    ],
    [
      '<script async src="http://console.localhost:8080/panel.js?x"></script>',
      '<script async data-tandem-off=""></script>',
    ],
    // frames
    [
      '<iframe src="https://evil.example/x?y"></iframe>',
      '<iframe src="/.tandem/outside?url=https%3A%2F%2Fevil.example%2Fx%3Fy"></iframe>',
    ],
    ['<frame src=//evil.example/>', '<frame src="/.tandem/outside?url=%2F%2Fevil.example%2F">'],
    ['<iframe src="https://www.shop.example/f">', `<iframe src="http://${WWW}/f">`],
    [
      '<iframe srcdoc="<p title=&quot;&amp;amp;&quot;><a href=&quot;https://www.shop.example/?a&amp;amp;b&quot;>é</a>">',
      `<iframe srcdoc="&lt;p title=&quot;&amp;amp;&quot;>&lt;a href=&quot;http://${WWW}/?a&amp;amp;b&quot;>é&lt;/a>">`,
    ],
    // after something that could confuse
    [
      '<!-- <a href="https://www.shop.example/"> --><a href="https://www.shop.example/">',
      `<!-- <a href="https://www.shop.example/"> --><a href="http://${WWW}/">`,
    ],
    [
      "<script>'</scr'+'ipt>'</script><a href=//www.shop.example>",
      `<script>'</scr'+'ipt>'</script><a href=//${WWW}>`,
    ],
    [
      '<svg><style/><title/></svg><a href=//www.shop.example>',
      `<svg><style/><title/></svg><a href=//${WWW}>`,
    ],
    ['<svg><p><style>a{}</style><a href=//www.shop.example>', `<svg><p><style>a{}</style><a href=//${WWW}>`],
    [
      '<svg><foreignObject><style>a{background:url(//cdn.shop.example/)}</style></foreignObject></svg>',
      `<svg><foreignObject><style>a{background:url(//${CDN}/)}</style></foreignObject></svg>`,
    ],
    ['<a title="<b>" href="//www.shop.example">', `<a title="<b>" href="//${WWW}">`],
    [
      '<a href="//www.shop.example/1" href="//www.shop.example/2">',
      `<a href="//${WWW}/1" href="//www.shop.example/2">`,
    ],
    ['<template><img src=//cdn.shop.example/t></template>', `<template><img src=//${CDN}/t></template>`],
    ['<noscript><img src="//cdn.shop.example/n"></noscript>', `<noscript><img src="//${CDN}/n"></noscript>`],
  ])('%s', (sent, expected) => {
    expect(rewriteSplit(sent)).toBe(expected);
  });
});

describe('stays as it is', () => {
  test.each([
    '<a href="/relative"><a href="?q=https://www.shop.example/"><a href="#//www.shop.example">',
    '<p data-url="https://www.shop.example/" title="https://www.shop.example/">https://www.shop.example/</p>',
    '<meta property="og:url" content="https://www.shop.example/">',
    '<a href="https://other.example/"><a href="mailto:a@www.shop.example"><a href="javascript://www.shop.example">',
    '<input value="https://www.shop.example/"><textarea><a href="https://www.shop.example/"></textarea>',
    '<title><a href="https://www.shop.example/"></title><xmp><a href="https://www.shop.example/"></xmp>',
    '<plaintext><a href="https://www.shop.example/">',
    '<script type="text/template"><a href="https://www.shop.example/"></script>',
    '<script src="/a.js" integrity></script><img integrity="sha256-x" src="/a">',
    '<a href="https://www.shop.example',
    '<',
    '',
    'text only // with slashes &amp; <3',
    '<!doctype html public "-//W3C//DTD HTML 4.01//EN" "http://www.w3.org/TR/html4/strict.dtd"><p>',
    '<![CDATA[ https://www.shop.example/ ]]><?xml version="1.0"?></p ><br/>',
  ])('%s', (text) => {
    expect(rewriteSplit(text)).toBe(text);
  });
});

describe('our script', () => {
  const options = { ...base, inject: I, injectFrame: '<i>' };
  test.each([
    ['<!doctype html><html><head><title>', `<!doctype html><html><head>${I}<title>`],
    [
      '<!-- a --><!doctype html>\n<html lang=en>\n<head class="x>y">\n<meta charset=utf-8>',
      `<!-- a --><!doctype html>\n<html lang=en>\n<head class="x>y">${I}\n<meta charset=utf-8>`,
    ],
    ['<!doctype html><script>1</script>', `<!doctype html>${I}<script>1</script>`],
    ['<html><body>', `<html>${I}<body>`],
    ['<html><frameset><frame src=/a></frameset>', `<html>${I}<frameset><frame src=/a></frameset>`],
    ['<p>', `${I}<p>`],
    ['<header>', `${I}<header>`],
    ['text <b>', `text ${I}<b>`],
    ['only text', `only text${I}`],
    ['', ''],
    ['<head/><p>', `<head/>${I}<p>`],
    ['<p><iframe srcdoc="<p>">', `${I}<p><iframe srcdoc="&lt;i>&lt;p>">`],
  ])('%s', (sent, expected) => {
    expect(rewriteSplit(sent, options)).toBe(expected);
  });

  test('closes empty script elements in XHTML only', () => {
    const text = '<script src="/a"/><a href="//www.shop.example">';
    expect(rewriteSplit(text, { ...base, isXml: true })).toContain(WWW);
    expect(rewriteSplit(text)).toBe(text);
  });
});

test('digests taken off are told', () => {
  const told: [string, string][] = [];
  rewrite(['<script integrity="sha384-a sha512-b" src="/a.js"></script>'], {
    ...base,
    onIntegrity: (...args) => told.push(args),
  });
  expect(told).toEqual([['/a.js', 'sha384-a sha512-b']]);
});

describe('fidelity', () => {
  const markup = fc
    .array(
      fc.constantFrom(
        ...[
          '<',
          '>',
          '</',
          '/>',
          '=',
          '"',
          "'",
          ' ',
          '\n',
          '&amp;',
          '&',
          '<!--',
          '-->',
          '--!>',
          '<!doctype ',
          '<![CDATA[',
          ']]>',
          '<?',
        ],
        ...[
          'a',
          'href',
          'src',
          'style',
          'script',
          'svg',
          'title',
          'textarea',
          'iframe',
          'srcdoc',
          'meta',
          'head',
          'html',
          '//',
          'x',
          'é',
          '\0',
        ],
        ...[
          '<a href="',
          '<script>',
          '</script>',
          '<style>',
          '</style>',
          '<p>',
          '</p>',
          '<svg>',
          '</svg>',
          '<template>',
        ],
      ),
      { maxLength: 60 },
    )
    .map((parts) => parts.join(''));

  test('with no host on the list, every byte stays, wherever the text is split', () => {
    const nobody = addressesOf([]);
    const { outside: _, panelScript: __, ...rest } = base;
    const options = { ...rest, addresses: nobody, policy: { ...base.policy, addresses: nobody } };
    fc.assert(
      fc.property(markup, fc.nat(20), (text, size) => {
        const parts = text.match(new RegExp(`[\\s\\S]{1,${size + 1}}`, 'g')) ?? [];
        // Digests and policies are changed even then.
        expect(rewrite(parts, options)).toBe(text);
      }),
      { numRuns: 2_000 },
    );
  });

  test('splits never change the result', () => {
    const urls = fc.array(
      fc.oneof(
        markup,
        fc.constantFrom(
          'https://www.shop.example/',
          '"//cdn.shop.example',
          '<a href="https://www.shop.example/x">',
          // Written plainly, as most of a page is, and nearly so.
          '<p class="a b" hidden>',
          '</p>',
          "<i title='a > b' data-x=1>",
          '<img alt="<p>" src=/i/1.png />',
          '<b a=b"c>',
          '<b a= "c>d">',
          '<b a="1"b="2">',
          '<title/>',
          '<noscript>',
          '<!-- > -->',
          'text',
        ),
      ),
      { maxLength: 12 },
    );
    fc.assert(
      fc.property(urls, fc.nat(20), (pieces, size) => {
        const text = pieces.join('');
        const parts = text.match(new RegExp(`[\\s\\S]{1,${size + 1}}`, 'g')) ?? [];
        expect(rewrite(parts, { ...base, inject: I })).toBe(rewrite([text], { ...base, inject: I }));
      }),
      { numRuns: 2_000 },
    );
  });

  test('the document keeps its tree: only attributes with addresses differ', () => {
    const page = `<!doctype html><html><head><title>T</title><style>p{}</style></head><body>${'<ul><li><a href="https://www.shop.example/p?x=1&amp;y=2" class=c>text &amp; more<img src="//cdn.shop.example/i"></a></ul><table><tr><td>1<p>2</table>'.repeat(50)}</body></html>`;
    const before = cheerio.load(page);
    const after = cheerio.load(rewrite([page]));
    const shape = (document: cheerio.CheerioAPI) =>
      document('*')
        .map((_, element) => ('tagName' in element ? element.tagName : ''))
        .get()
        .join(' ');
    expect(shape(after)).toBe(shape(before));
    expect(after.text()).toBe(before.text());
    expect(after('a').first().attr('href')).toBe(`http://${WWW}/p?x=1&y=2`);
  });
});
