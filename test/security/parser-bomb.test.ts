// Attack: markup, styles and scripts made to keep a parser busy: every one in bounded time.
import { describe, expect, test } from 'vitest';
import { mapContentPolicy } from '../../gateway/rewrite/content-policy.ts';
import { isTooBusy, MAX_SHEET_BYTES, rewriteCss, rewriteCssParts } from '../../gateway/rewrite/css.ts';
import { findFrameBusters } from '../../gateway/rewrite/frame-busters.ts';
import { HtmlRewriter } from '../../gateway/rewrite/html/html-rewriter.ts';
import { decodeReferences, mapRefresh, mapSrcset } from '../../gateway/rewrite/links.ts';
import { MultipartRewriter } from '../../gateway/rewrite/multipart.ts';
import { toRealText } from '../../gateway/rewrite/reverse.ts';
import { rewriteScript } from '../../gateway/rewrite/script.ts';
import { parseOrigin } from '../../protocol/address.ts';
import { addresses, SID } from '../gateway/rewrite/session.ts';

const CHUNK = 64 * 1024;
const policy = { addresses, origin: parseOrigin('https://www.shop.example')!, nonce: 'N', script: '/s' };

/**
 * CPU time of a run, ms: what else the machine does must not count. The limits are wide; a cost that grows with the square of
 * the input would be minutes.
 */
function cpuMs(run: () => unknown): number {
  const before = process.cpuUsage();
  run();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1_000;
}

/** @returns the longest that everybody else had to wait, ms of CPU */
function rewrite(text: string): number {
  const rewriter = new HtmlRewriter({
    addresses,
    scheme: 'https',
    inject: '<i>',
    policy,
    outside: () => '/o',
  });
  let longest = 0;
  for (let at = 0; at < text.length; at += CHUNK) {
    const chunk = text.slice(at, at + CHUNK);
    longest = Math.max(
      longest,
      cpuMs(() => rewriter.write(chunk)),
    );
  }
  return Math.max(
    longest,
    cpuMs(() => rewriter.end()),
  );
}

/** Longest block of the event loop, ms (security.md, threat 11). */
const STALL = 100;
const MIB = 1024 * 1024;
const repeat = (text: string, bytes: number) => text.repeat(Math.ceil(bytes / text.length));

describe('markup', () => {
  test.each<[string, string]>([
    ['100,000 elements deep', '<div>'.repeat(100_000)],
    ['100,000 attributes', `<a ${repeat('x="//www.shop.example" ', MIB)}>`],
    ['100,000 addresses in attributes', `<a ${repeat('href="//www.shop.example" ', MIB)}>`],
    ['an attribute of 4 MiB', `<a href="${repeat('x', 4 * MIB)}">`],
    ['a style attribute of 1 MiB', `<a style="${repeat('url(//www.shop.example/) ', MIB)}">`],
    ['a srcset of 1 MiB', `<img srcset="${repeat('//www.shop.example/a 1x, ', MIB)}">`],
    ['an attribute name of 2 MiB', `<a ${repeat('x', 2 * MIB)}>`],
    ['a tag name of 2 MiB', `<${repeat('x', 2 * MIB)}>`],
    ['a comment that never closes', `<!--${repeat('-- ', 4 * MIB)}`],
    ['a tag that never closes', `<a ${repeat('<b ', 2 * MIB)}`],
    ['quotes that never close', repeat('<a href="', 2 * MIB)],
    ['only angle brackets', repeat('<', 2 * MIB)],
    ['only ampersands', repeat('&', 2 * MIB)],
    ['a script of slashes', `<script>${repeat('/', 2 * MIB)}</script>`],
    ['a script of hosts', `<script>${repeat('www.shop.example', 2 * MIB)}</script>`],
    ['a script of tops', `<script>${repeat('top ', 2 * MIB)}</script>`],
    ['a style of open strings', `<style>${repeat('url("', 512 * 1024)}</style>`],
    ['svg in svg', repeat('<svg><title>', 2 * MIB)],
    ['srcdoc in srcdoc', nest(12)],
    ['plain tags that never close', `<p ${repeat('a="b" ', 2 * MIB)}`],
    ['plain tags with a quote at the end', repeat('<p a="b" c="', 2 * MIB)],
  ])('%s', (_name, text) => {
    rewrite('<p>warm');
    let longest = 0;
    expect(
      cpuMs(() => {
        longest = rewrite(text);
      }),
    ).toBeLessThan(4_000);
    expect(longest).toBeLessThan(STALL);
  });
});

describe('the largest style sheet', () => {
  test.each<[string, string, boolean]>([
    ['only addresses is refused', '@import "//www.shop.example/a";', true],
    ['only escapes is refused', '\\2f ', true],
    ['open strings is refused', 'url("', true],
    ['comments is read', '/* / */', false],
    ['rules is read', 'a{color:red;background:#fff/* // */}', false],
  ])('of %s', (_name, text, refused) => {
    // As it comes from a socket: one flat string.
    const css = Buffer.from(repeat(text, MAX_SHEET_BYTES)).toString('latin1');
    let busy = false;
    expect(
      cpuMs(() => {
        busy = isTooBusy(css);
      }),
    ).toBeLessThan(STALL);
    expect(busy).toBe(refused);
    if (busy) return;
    rewriteCss(css.slice(0, 100_000), addresses, 'https'); // compiled
    const parts = rewriteCssParts(css, addresses, 'https');
    let longest = 0;
    for (let done = false; !done; )
      longest = Math.max(
        longest,
        cpuMs(() => {
          done = parts.next().done === true;
        }),
      );
    expect(longest).toBeLessThan(STALL);
  });

  test('with as many addresses as are allowed holds nobody up', () => {
    const css = Buffer.from('a{b:url(//www.shop.example/x)}'.repeat(90_000)).toString('latin1');
    expect(isTooBusy(css)).toBe(false);
    const parts = rewriteCssParts(css, addresses, 'https');
    expect(cpuMs(() => parts.next())).toBeLessThan(STALL * 2);
  });
});

function nest(depth: number): string {
  let text = '<p>';
  for (let level = 0; level < depth; level++) {
    text = `<iframe srcdoc="${text.replaceAll('&', '&amp;').replaceAll('"', '&quot;')}">`;
  }
  return text;
}

describe('64 KiB of a trap', () => {
  const KIB = 64 * 1024;
  test.each<[string, () => unknown]>([
    ['css parentheses', () => rewriteCss(`${repeat('url(', KIB)}//`, addresses, 'https')],
    ['css backslashes', () => rewriteCss(`//${repeat('\\', KIB)}`, addresses, 'https')],
    ['css quotes', () => rewriteCss(`//${repeat('"\\"', KIB)}`, addresses, 'https')],
    ['script hosts', () => rewriteScript(repeat('a.www.shop.example', KIB), { addresses, scheme: 'https' })],
    [
      'script percent signs',
      () => rewriteScript(`${repeat('%25', KIB)}2Fwww.shop.example`, { addresses, scheme: 'https' }),
    ],
    ['script tops', () => findFrameBusters(repeat('window .  top', KIB), 0)],
    ['script selfs', () => findFrameBusters(repeat('self!=top', KIB), 0)],
    ['reverse dashes', () => toRealText(`${repeat('a-', KIB)}--${SID}.cobrowse.localhost:8080`, addresses)],
    ['reverse percent', () => toRealText(`${repeat('%25', KIB)}--${SID}.`, addresses)],
    ['reverse slugs', () => toRealText(repeat(`a--${SID}.cobrowse.localhost:8080`, KIB), addresses)],
    ['references', () => decodeReferences(repeat('&#x0', KIB))],
    [
      'refresh',
      () => mapRefresh(`${repeat('0;', KIB)}url=//www.shop.example`, { addresses, scheme: 'https' }),
    ],
    ['srcset', () => mapSrcset(repeat(', (', KIB), { addresses, scheme: 'https' })],
    ['policy', () => mapContentPolicy(`script-src ${repeat('*.a ', KIB)}`, policy, 'header')],
    ['policy directives', () => mapContentPolicy(repeat('script-src;', KIB), policy, 'header')],
    ['multipart', () => new MultipartRewriter('b', addresses).write(repeat('\r\n--b\r\n', KIB))],
  ])('%s', (_name, run) => {
    expect(cpuMs(run)).toBeLessThan(STALL);
  });
});
