// Pages whose policy knows inline code by digest: edited code runs as the original would have, by our nonce; nothing else does.
import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { mapContentPolicy } from '../../../../gateway/rewrite/content-policy.ts';
import { type HtmlOptions, HtmlRewriter } from '../../../../gateway/rewrite/html/html-rewriter.ts';
import type { Digest } from '../../../../gateway/rewrite/html/inline-policy.ts';
import { parseOrigin } from '../../../../protocol/address.ts';
import { addresses, splits, WWW } from '../session.ts';

const digest: Digest = (algorithm, bytes) => createHash(algorithm).update(bytes).digest('base64');
const policy = {
  addresses,
  origin: parseOrigin('https://www.shop.example')!,
  nonce: 'N',
  script: `http://${WWW}/.tandem/page.js`,
};

function rewriteSplit(text: string, more: Partial<HtmlOptions>): string {
  const run = (parts: string[]) => {
    const rewriter = new HtmlRewriter({ addresses, scheme: 'https', policy, digest, ...more });
    return parts.map((part) => rewriter.write(part)).join('') + rewriter.end();
  };
  const whole = run([text]);
  for (const parts of splits(text)) expect(run(parts)).toBe(whole);
  return whole;
}

const hash = (text: string, algorithm = 'sha256') =>
  `'${algorithm}-${createHash(algorithm).update(text).digest('base64')}'`;
const code = 'x="https://www.shop.example/"';
const mapped = `x="http://${WWW}/"`;
const css = 'a{b:url(https://www.shop.example/x)}';

describe('an inline script that the policy knows by digest', () => {
  test.each(['sha256', 'sha384', 'sha512'])('by %s is edited and gets our nonce', (algorithm) => {
    const ownPolicy = `script-src 'self' ${hash(code, algorithm)}`;
    expect(rewriteSplit(`<p><script>${code}</script><p>`, { ownPolicy })).toBe(
      `<p><script nonce="N">${mapped}</script><p>`,
    );
    expect(mapContentPolicy(ownPolicy, policy, 'header')).toContain("'nonce-N'");
  });

  test.each([
    [
      'from a meta element',
      `<meta http-equiv="Content-Security-Policy" content="script-src ${hash(code)}">`,
      undefined,
    ],
    ['from default-src', '', `default-src ${hash(code)}`],
    ['in the second of two policies', '', `img-src 'self', script-src-elem ${hash(code)}`],
  ])('%s too', (_name, before, ownPolicy) => {
    const out = rewriteSplit(`${before}<script async>${code}</script>`, { ownPolicy });
    expect(out).toContain(`<script async nonce="N">${mapped}</script>`);
  });

  test('is hashed as the parser sees it: line ends and encoding', () => {
    const text = `${code}\r\n//\xe9`;
    const ownPolicy = `script-src ${hash(`${code}\n//é`)}`;
    const toUtf8 = (latin1: string) => Buffer.from(latin1, 'utf8');
    expect(rewriteSplit(`<script>${text}</script>`, { ownPolicy, toUtf8 })).toContain('nonce="N"');
    expect(rewriteSplit(`<script>${text}</script>`, { ownPolicy })).not.toContain('nonce="N"');
  });

  test('is left alone when nothing in it changes, or when the browser would not run it anyway', () => {
    for (const text of ['<script>x=1</script>', `<script>${code};evil()</script>`])
      expect(rewriteSplit(text, { ownPolicy: `script-src ${hash('x=1')} ${hash(code)}` })).toBe(text);
  });

  test('must be known to every policy that asks for digests', () => {
    const text = `<script>${code}</script>`;
    expect(rewriteSplit(text, { ownPolicy: `script-src ${hash(code)}, script-src ${hash('other')}` })).toBe(
      text,
    );
  });

  test('that is allowed by its own nonce keeps it', () => {
    expect(
      rewriteSplit(`<script nonce="own">${code}</script>`, {
        ownPolicy: `script-src 'nonce-own' ${hash('other')}`,
      }),
    ).toBe(`<script nonce="own">${mapped}</script>`);
  });

  test('does not hold up what stands before it', () => {
    const rewriter = new HtmlRewriter({
      addresses,
      scheme: 'https',
      policy,
      ownPolicy: `script-src ${hash(code)}`,
    });
    expect(rewriter.write('<p>first</p><script>x=')).toBe('<p>first</p><script');
  });
});

test('an import map is a script to the policy', () => {
  const map = '{"imports":{"a":"https://www.shop.example/a.js"}}';
  expect(
    rewriteSplit(`<script type=importmap>${map}</script>`, { ownPolicy: `script-src ${hash(map)}` }),
  ).toBe(
    `<script type=importmap nonce="N">${map.replace('https://www.shop.example', `http://${WWW}`)}</script>`,
  );
});

test('styles likewise, and their policy gets our nonce', () => {
  const ownPolicy = `style-src ${hash(css)}`;
  expect(rewriteSplit(`<style>${css}</style><p style="b:url(//www.shop.example)">`, { ownPolicy })).toBe(
    `<style nonce="N">${css.replace('https://www.shop.example', `http://${WWW}`)}</style><p style="b:url(//www.shop.example)">`,
  );
  expect(mapContentPolicy(ownPolicy, policy, 'header')).toContain("'nonce-N'");
  expect(mapContentPolicy("style-src 'self'", policy, 'header')).not.toContain('nonce');
});

test('an external script that is allowed by the digest in its tag is allowed by our nonce', () => {
  const digest = hash('file').slice(1, -1);
  const text = `<script src="/a.js" integrity="${digest}"></script><script src="/b.js" integrity="sha256-other="></script>`;
  expect(rewriteSplit(text, { ownPolicy: `script-src ${hash('file')}` })).toBe(
    '<script src="/a.js"  nonce="N"></script><script src="/b.js" ></script>',
  );
});
