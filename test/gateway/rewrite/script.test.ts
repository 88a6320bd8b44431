// Literals and frame-buster reads in scripts, and the way back: input → expected, wherever the text is split.
import { describe, expect, test } from 'vitest';
import { findFrameBusters } from '../../../gateway/rewrite/frame-busters.ts';
import { findSessionAddresses, toRealText } from '../../../gateway/rewrite/reverse.ts';
import { jsonRewriter, rewriteJson, rewriteScript, scriptRewriter } from '../../../gateway/rewrite/script.ts';
import { applyEdits, StreamingEdits } from '../../../gateway/rewrite/splice.ts';
import { addresses, CDN, HTTP_WWW, IMG, PAY, SID, splits, WWW } from './session.ts';

/** The session's own window. */
const SHELL = `${SID}.cobrowse.localhost:8080`;

const options = { addresses, scheme: 'https' as const };
const host = (withPort: string) => withPort.replace(/:\d+$/, '');

/** Both ways: what a script gets, and what comes back from it. */
const LITERALS: [sent: string, mapped: string][] = [
  ['fetch("https://www.shop.example/x?u=1")', `fetch("http://${WWW}/x?u=1")`],
  ["'http://www.shop.example'", `'http://${HTTP_WWW}'`],
  ["'//cdn.shop.example/a.js'", `'//${CDN}/a.js'`],
  ['"https:\\/\\/www.shop.example\\/x"', `"http:\\/\\/${WWW}\\/x"`],
  ['"\\u0022https:\\u002F\\u002Fwww.shop.example"', `"\\u0022http:\\u002F\\u002F${WWW}"`],
  ['?r=https%3A%2F%2Fwww.shop.example%2Fx', `?r=http%3A%2F%2F${WWW.replace(':', '%3A')}%2Fx`],
  ['?r=https%253A%252F%252Fcdn.shop.example%252F', `?r=http%253A%252F%252F${CDN.replace(':', '%253A')}%252F`],
  ['"http://pay.example:8090/x"', `"http://${PAY}/x"`],
  ['"wss://www.shop.example/socket"', `"ws://${WWW}/socket"`],
  [`\`https://a.img.example/\${id}\``, `\`http://${IMG}/\${id}\``],
  ['see https://www.shop.example.', `see http://${WWW}.`],
  ['"\\nhttps://www.shop.example"', `"\\nhttp://${WWW}"`],
  ['<a href=\\"//cdn.shop.example/\\">', `<a href=\\"//${CDN}/\\">`],
];
const SCRIPT_ONLY: [sent: string, mapped: string][] = [
  ['location.hostname==="www.shop.example"', `location.hostname==="${host(WWW)}"`],
  ["'pay.example:8090'", `'${PAY}'`],
];
const KEPT = [
  '"https://www.shop.example.org/"',
  '"https://xwww.shop.example/"',
  '"https://shop.example/"',
  '"https://user@www.shop.example/"',
  '"https://www.shop.example@evil.example/"',
  '"http://pay.example/"',
  '"https://www.shop.example:444/"',
  '"https://img.example.evil/"',
  'eyJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJ3d3cuc2hvcC5leGFtcGxlIn0.x//www.shop.example',
  'YWJj//www.shop.example',
  '"mailto:me@www.shop.example"',
  'www.shop.example',
  '".shop.example"',
];

describe('literals', () => {
  test.each([...LITERALS, ...SCRIPT_ONLY])('%s', (sent, mapped) => {
    expect(rewriteScript(sent, options)).toBe(mapped);
    expect(toRealText(mapped, addresses)).toBe(sent);
  });

  test.each(KEPT)('%s stays', (sent) => {
    expect(rewriteScript(sent, options)).toBe(sent);
  });

  test('a quoted host alone is data in JSON', () => {
    for (const [sent] of SCRIPT_ONLY) expect(rewriteJson(sent, options)).toBe(sent);
    for (const [sent, mapped] of LITERALS) expect(rewriteJson(sent, options)).toBe(mapped);
  });

  test('prefixes on the site’s list of exclusions stay', () => {
    const keep = ['https://cdn.shop.example/signed/'];
    const text = '"https://cdn.shop.example/signed/a" "https://cdn.shop.example/b"';
    expect(rewriteScript(text, { ...options, keep })).toBe(
      `"https://cdn.shop.example/signed/a" "http://${CDN}/b"`,
    );
  });

  test('are found wherever the text is split', () => {
    // Longer than what is held back, so that the split really matters.
    const text = `${'a '.repeat(300)}"https://www.shop.example/x"${' b'.repeat(500)}'//cdn.shop.example'${' c'.repeat(300)}`;
    const whole = rewriteScript(text, options);
    expect(whole).toContain(WWW);
    for (const parts of splits(text)) {
      const rewriter = scriptRewriter(options);
      expect(parts.map((part) => rewriter.write(part)).join('') + rewriter.end()).toBe(whole);
    }
  });

  test('nothing to change means nothing changed, and long runs without a break are passed on', () => {
    const text = 'A1b2/+'.repeat(50_000);
    const rewriter = jsonRewriter(options);
    let out = '';
    for (let at = 0; at < text.length; at += 1_000) out += rewriter.write(text.slice(at, at + 1_000));
    expect(out.length).toBeGreaterThan(text.length - 2_000);
    expect(out + rewriter.end()).toBe(text);
  });
});

describe('the way back', () => {
  test.each([
    [`host%3D${WWW.replace(':', '%3A')}&b=${host(WWW)}`, 'host%3Dwww.shop.example&b=www.shop.example'],
    [`https://${WWW}/x`, 'https://www.shop.example/x'],
    [`HTTP://${WWW.toUpperCase()}/X`, 'https://www.shop.example/X'],
    [`Domain=${host(PAY)}`, 'Domain=pay.example'],
    [PAY, 'pay.example:8090'],
    [`//unknown--${WWW.slice(WWW.indexOf('--') + 2)}/`, '//www.shop.example/'],
    [`http://${SHELL}/join`, 'https://www.shop.example/join'],
    [`img-${host(WWW)}`, 'img-www.shop.example'],
    [`"http:\\\\/\\\\/${WWW}"`, '"https:\\\\/\\\\/www.shop.example"'],
    [`http%3A%5C%2F%5C%2F${PAY.replace(':', '%3A')}`, 'http%3A%5C%2F%5C%2Fpay.example%3A8090'],
    [
      `http%25253A%25252F%25252F${PAY.replace(':', '%25253A')}%25252F`,
      'http%25253A%25252F%25252Fpay.example%25253A8090%25252F',
    ],
    [`http:&#x2F;&#x2F;${WWW}&#x2F;`, 'https:&#x2F;&#x2F;www.shop.example&#x2F;'],
    [`escape:http%3A//${WWW}/`, 'escape:https%3A//www.shop.example/'],
    [
      `http://${WWW.replace('abcdefghijklmnop', 'ponmlkjihgfedcba')}/`,
      `http://${WWW.replace('abcdefghijklmnop', 'ponmlkjihgfedcba')}/`,
    ],
  ])('%s', (sent, real) => {
    expect(toRealText(sent, addresses)).toBe(real);
  });

  test('works wherever the text is split', () => {
    const text = `${'a '.repeat(300)}http://${WWW}/x${' b'.repeat(500)}${host(CDN)}${' c'.repeat(300)}`;
    for (const parts of splits(text)) {
      const rewriter = new StreamingEdits(findSessionAddresses(addresses));
      expect(parts.map((part) => rewriter.write(part)).join('') + rewriter.end()).toBe(
        toRealText(text, addresses),
      );
    }
  });
});

describe('frame-busters', () => {
  const edit = (text: string) => applyEdits(text, findFrameBusters(text, 0));

  test.each([
    [
      'if (top !== self) top.location = self.location',
      'if (__tandem_top !== self) __tandem_top_location = self.location',
    ],
    ['if(window.top!=window.self)x()', 'if(window.__tandem_top!=window.self)x()'],
    ['self == top', 'self == __tandem_top'],
    ['window===top', 'window===__tandem_top'],
    ['self !== parent', 'self !== __tandem_parent'],
    ['window.parent !== window', 'window.__tandem_parent !== window'],
    ['window["top"].location', 'window["__tandem_top"].location'],
    ['if(top.frames.length)', 'if(__tandem_top.frames.length)'],
    ['top.location.href="/x"', '__tandem_top_location.href="/x"'],
    ['window.top . location.replace(u)', 'window.__tandem_top_location.replace(u)'],
    ['window.parent.location=u', 'window.__tandem_parent_location=u'],
    ['parent.location.href = u', '__tandem_parent_location.href = u'],
    ['parent.location="/x"', '__tandem_parent_location="/x"'],
    ['top.locations', 'top.locations'],
    ['w.top!==w.self', 'w.__tandem_top!==w.self'],
    ['w.self===w.top', 'w.self===w.__tandem_top'],
    ['a?window.top:b', 'a?window.__tandem_top:b'],
    ['self.top', 'self.__tandem_top'],
    ['top!=parent', '__tandem_top!=__tandem_parent'],
  ])('%s', (sent, expected) => {
    expect(edit(sent)).toBe(expected);
  });

  test.each([
    'var top = rect.top; el.style.top = "1px"',
    '({ top: 0, parent: null })',
    'scrollParent === window',
    'parent === window',
    'node.parent !== self.node',
    'e.parent.location',
    'parent.location.start',
    'parent.location = { start: 1 }',
    'parent.location == x',
    'offset.top === self.offset',
    'self.topic; window.topBar; stop.location',
    'x.window.top.y',
    'window.top = 1',
    '"#top"',
    '.top { }',
    'if (top) {}',
    'top === selfish',
  ])('%s stays', (sent) => {
    expect(edit(sent)).toBe(sent);
  });
});
