// Location, Refresh, Content-Security-Policy, srcset, style sheets, forms and encodings: input → expected.
import { describe, expect, test } from 'vitest';
import { findEncoding } from '../../../gateway/rewrite/charset.ts';
import { containmentPolicy, mapContentPolicy } from '../../../gateway/rewrite/content-policy.ts';
import { rewriteCss } from '../../../gateway/rewrite/css.ts';
import { mapRefresh, mapSrcset } from '../../../gateway/rewrite/links.ts';
import { mapLocation } from '../../../gateway/rewrite/location.ts';
import { boundaryOf, MultipartRewriter } from '../../../gateway/rewrite/multipart.ts';
import { parseOrigin } from '../../../protocol/address.ts';
import { addresses, addressesOf, CDN, HTTP_WWW, IMG, PAY, splits, WWW } from './session.ts';

const origin = parseOrigin('https://www.shop.example')!;
const context = { addresses, scheme: 'https' as const };

describe('Location', () => {
  const to = (value: string) => mapLocation(value, 'https://www.shop.example/dir/page?q', origin, addresses);

  test.each([
    ['/x', '/x'],
    ['x?u=https://evil.example/', 'x?u=https://evil.example/'],
    ['#f', '#f'],
    ['', ''],
    ['https://www.shop.example/x?u=https://cdn.shop.example/', `http://${WWW}/x?u=https://cdn.shop.example/`],
    ['//cdn.shop.example/x', `//${CDN}/x`],
    ['https:/x', `http://${WWW}/x`],
    ['https:x', `http://${WWW}/dir/x`],
    ['HTTPS://CDN.shop.example/X', `http://${CDN}/X`],
    ['https://cdn.shop.example\\x', `http://${CDN}\\x`],
    ['http://pay.example:8090', `http://${PAY}`],
    ['https://a.img.example/', `http://${IMG}/`],
    ['\\x', `http://${WWW}/x`],
    ['h\tttps://cdn.shop.example/', `http://${CDN}/`],
    ['https://cdn。shop。example/', `http://${CDN}/`],
    ['https://www.shop.example:443/', `http://${WWW}/`],
  ])('%j stays inside', (value, expected) => {
    expect(to(value)).toEqual({ inside: expected });
  });

  test.each([
    'https://evil.example/',
    '//evil.example',
    '\\\\evil.example/',
    '/\\evil.example',
    '\t//evil.example',
    '/\t/evil.example',
    'https:\\\\evil.example',
    'http:evil.example',
    'https://www.shop.example@evil.example/',
    'https://www.shop.example:444/',
    'https://user@www.shop.example/',
    'https://www.shop.example%E3%80%82evil.example/',
    'https://www.shop.example.evil.example',
    'javascript:alert(1)',
    'data:text/html,x',
    'mailto:a@b',
    'http://127.0.0.1/',
    'http://2130706433/',
    'https://img.example.evil/',
    'https://[::1]/',
    'https://',
  ])('%j leads outside', (value) => {
    expect(to(value)).toHaveProperty('outside');
  });
});

test.each([
  ['5; url=https://www.shop.example/', `5; url=http://${WWW}/`],
  ["0;URL='//cdn.shop.example/x'", `0;URL='//${CDN}/x'`],
  ['3,https://cdn.shop.example/', `3,http://${CDN}/`],
  ['5', undefined],
  ['5; url=/relative', undefined],
])('Refresh %j', (value, expected) => {
  expect(mapRefresh(value, context)).toBe(expected);
});

test.each([
  ['//cdn.shop.example/1', `//${CDN}/1`],
  ['/a 1x,//cdn.shop.example/2 2x', `/a 1x,//${CDN}/2 2x`],
  [
    ' https://cdn.shop.example/a,https://cdn.shop.example/b 2x ',
    ` http://${CDN}/a,https://cdn.shop.example/b 2x `,
  ],
  ['/a (x, y) 1x, //cdn.shop.example/b', `/a (x, y) 1x, //${CDN}/b`],
  ['/a, /b', undefined],
  ['', undefined],
])('srcset %j', (value, expected) => {
  expect(mapSrcset(value, context)).toBe(expected);
});

test.each([
  [
    'a{b:url(//cdn.shop.example/x.png) url("https://www.shop.example/y")}',
    `a{b:url(//${CDN}/x.png) url("http://${WWW}/y")}`,
  ],
  ["@import url('https://cdn.shop.example/a.css') screen;", `@import url('http://${CDN}/a.css') screen;`],
  ['@import "//cdn.shop.example/a.css";', `@import "//${CDN}/a.css";`],
  [
    'a{b:image-set("//cdn.shop.example/1" 1x type("//cdn.shop.example"))}',
    `a{b:image-set("//${CDN}/1" 1x type("//cdn.shop.example"))}`,
  ],
  ['a{b:url(https\\3a //cdn.shop.example/x)}', `a{b:url(http://${CDN}/x)}`],
  ['/* url(//cdn.shop.example/) */ a{content:"url(//cdn.shop.example/)"}', undefined],
  ['a{b:url(/x) url(data:image/png;base64,AA//cdn.shop.example)}', undefined],
  ['a{b:url(//cdn.shop.example/x', undefined],
  ['@namespace "https://www.shop.example/ns";', undefined],
])('style sheet %s', (css, expected) => {
  const out = rewriteCss(css, addresses, 'https');
  if (css === 'a{b:url(//cdn.shop.example/x') expect([css, `a{b:url(//${CDN}/x`]).toContain(out);
  else expect(out).toBe(expected ?? css);
});

describe('Content-Security-Policy', () => {
  const options = { addresses, origin, nonce: 'N', script: `http://${WWW}/.tandem/page.js` };
  const map = (policy: string) => mapContentPolicy(policy, options, 'header');

  test.each([
    ["default-src 'self'", `default-src 'self' ${options.script}`],
    ["default-src 'none'", `default-src ${options.script}`],
    ["script-src 'unsafe-inline' 'self'", `script-src 'unsafe-inline' 'self' ${options.script}`],
    ["script-src 'nonce-a' 'strict-dynamic'", `script-src 'nonce-a' 'strict-dynamic' 'nonce-N'`],
    [
      "script-src 'sha256-a'; script-src-elem 'self'",
      `script-src 'sha256-a'; script-src-elem 'self' ${options.script}`,
    ],
    ['img-src https://cdn.shop.example/dir/ data:', `img-src http://${CDN}/dir/ data:`],
    ['img-src cdn.shop.example www.shop.example', `img-src http://${CDN} http://${WWW}`],
    ['img-src *.shop.example', `img-src http://${WWW} http://${CDN}`],
    ['connect-src wss://www.shop.example', `connect-src ws://${WWW}`],
    ['img-src http://pay.example:8090 pay.example:*', `img-src http://${PAY}`],
    ['img-src https://evil.example', 'img-src'],
    ["frame-ancestors 'none'; report-uri /x; upgrade-insecure-requests", ''],
    // Reports of the site's own policy go on to the site, and say of no host that it is forbidden which the site allows.
    ["img-src 'self'; report-uri /x", "img-src 'self'; report-uri /x"],
    [
      "img-src 'self' https://evil.example; report-uri https://www.shop.example/r?a=1 https://reports.example/r",
      `img-src 'self' https://evil.example; report-uri http://${WWW}/r?a=1`,
    ],
    ['img-src https://cdn.shop.example; report-uri //reports.example/', `img-src http://${CDN}`],
    ["img-src 'self'; report-to group; report-uri /x", "img-src 'self'; report-uri /x"],
    ["img-src 'self'; img-src *", "img-src 'self'"],
    [
      "img-src 'self', img-src http://www.shop.example",
      `img-src 'self', img-src http://${WWW} http://${HTTP_WWW}`,
    ],
    [
      "require-trusted-types-for 'script'; sandbox allow-scripts",
      "require-trusted-types-for 'script'; sandbox allow-scripts",
    ],
  ])('%s', (policy, expected) => {
    const sorted = (text: string) => text.split(/\s+/).sort().join(' ');
    expect(sorted(map(policy))).toBe(sorted(expected));
  });

  test('ours names exactly the session’s addresses, and the base only below wildcards', () => {
    const exact = addressesOf(['https://www.shop.example']);
    expect(containmentPolicy(exact)).toBe(
      `default-src http://${WWW} data: blob: 'unsafe-inline' 'unsafe-eval'; connect-src http://${WWW} ws://${WWW} data: blob:; form-action http://${WWW}; base-uri http://${WWW}; frame-ancestors http://abcdefghijklmnop.cobrowse.localhost:8080 http://${WWW}; report-uri /.tandem/report`,
    );
    expect(containmentPolicy(addresses)).toContain('default-src http://*.cobrowse.localhost:8080 ');
  });
});

describe('multipart/form-data', () => {
  const file = `keep http://${WWW}/ \r\n-- \r\n--bound`;
  const form = (text: string) =>
    `preamble\r\n--boundary\r\nContent-Disposition: form-data; name="a"\r\n\r\n${text}\r\n--boundary\r\nContent-Disposition: form-data; name="f"; filename="x"\r\n\r\n${file}\r\n--boundary\r\ncontent-disposition: form-data; name="b"\r\n\r\n\r\n--boundary--\r\nepilogue`;

  test('maps text parts only, wherever the body is split', () => {
    const sent = form(`u=http://${WWW}/a`);
    for (const parts of splits(sent)) {
      const rewriter = new MultipartRewriter('boundary', addresses);
      expect(parts.map((part) => rewriter.write(part)).join('') + rewriter.end()).toBe(
        form('u=https://www.shop.example/a'),
      );
    }
  });

  test.each(['', 'no boundary here', '--boundary\r\nbroken', '--boundary--', '\r\n--boundary'])(
    '%j passes',
    (body) => {
      const rewriter = new MultipartRewriter('boundary', addresses);
      expect(rewriter.write(body) + rewriter.end()).toBe(body);
    },
  );

  test('the boundary is read as servers read it', () => {
    expect(boundaryOf('multipart/form-data; boundary=abc')).toBe('abc');
    expect(boundaryOf('multipart/form-data; charset=utf-8; boundary="a b"')).toBe('a b');
    expect(boundaryOf('multipart/form-data')).toBeUndefined();
  });
});

test.each([
  ['\xef\xbb\xbf<meta charset=latin1>', 'text/html; charset=x', { label: 'utf-8', decode: false }],
  ['\xff\xfe<\0', 'text/html', { label: 'utf-16le', decode: true }],
  ['', 'text/html; charset="Shift_JIS"', { label: 'Shift_JIS', decode: false }],
  ['<meta charset="windows-1251">', 'text/html', { label: 'windows-1251', decode: false }],
  [
    '<meta http-equiv=content-type content="text/html; charset=koi8-r">',
    'text/html',
    { label: 'koi8-r', decode: false },
  ],
  ['<meta charset=utf-16>', 'text/html', { label: 'utf-8', decode: false }],
  ['<meta charset=iso-2022-jp>', undefined, { label: 'iso-2022-jp', decode: true }],
  ['<p>', 'text/html', { label: undefined, decode: false }],
])('the encoding of %j with %s', (start, type, expected) => {
  expect(findEncoding(Buffer.from(start, 'latin1'), type)).toEqual(expected);
});
