// Restricted selectors: what compiles, what is refused with which words, and the same matches as a full engine.
import { load } from 'cheerio';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  compileSelector,
  type ElementReader,
  matchesSelector,
  SelectorError,
} from '../../../gateway/sites/selectors.ts';

interface Node {
  type: string;
  name: string;
  attribs: Record<string, string>;
  parent: Node | null;
}
const reader: ElementReader<Node> = {
  tag: (node) => node.name,
  attribute: (node, name) => node.attribs[name],
  parent: (node) => (node.parent?.type === 'tag' ? node.parent : undefined),
};

test('compiles compounds and combinators', () => {
  expect(compileSelector(' FORM#pay > .card.number  input[name="cc"][required] ').steps).toEqual([
    { combinator: 'descendant', compound: { tag: 'form', ids: ['pay'], classes: [], attributes: [] } },
    { combinator: 'child', compound: { ids: [], classes: ['card', 'number'], attributes: [] } },
    {
      combinator: 'descendant',
      compound: {
        tag: 'input',
        ids: [],
        classes: [],
        attributes: [
          { name: 'name', operator: '=', value: 'cc', ignoreCase: false },
          { name: 'required', operator: 'exists', value: '', ignoreCase: false },
        ],
      },
    },
  ]);
});

test.each([
  ['', /empty/],
  ['a, b', /its own entry/],
  ['a:hover', /pseudo-classes/],
  ['a::before', /pseudo-elements/],
  [':has(a)', /pseudo-classes/],
  ['*', /"\*" is not possible/],
  ['a > *', /"\*" is not possible/],
  ['a + b', /sibling combinators/],
  ['a ~ b', /sibling combinators/],
  ['a >', /at the end/],
  ['> a', /not understood/],
  ['.', /at the end/],
  ['#1a', /not understood/],
  ['[a', /not well formed/],
  ['[a="b]', /not well formed/],
  ['[a!="b"]', /not well formed/],
  ['a{}', /not understood/],
  ['a/**/b', /not understood/],
  ['\\41', /not understood/],
  ['svg|a', /not understood/],
  ['a'.repeat(501), /longer than/],
  [Array(17).fill('a').join(' '), /more than 16/],
])('refuses %j', (text, sentence) => {
  expect(() => compileSelector(text)).toThrow(SelectorError);
  expect(() => compileSelector(text)).toThrow(sentence);
});

test.each([
  ['[type="PASSWORD"]', '<input type="password">', true],
  ['[type="PASSWORD" s]', '<input type="password">', false],
  ['[name="A"]', '<input name="a">', false],
  ['[name="A" i]', '<input name="a">', true],
  ['INPUT', '<input>', true],
  ['.md\\:flex', '<p class="a md:flex">', true],
  ['.Ä', '<p class="Ä">', true],
])('%s on %s: %s', (selector, html, matches) => {
  const element = load(html)('input, p').get(0) as unknown as Node;
  expect(matchesSelector(compileSelector(selector), element, reader)).toBe(matches);
});

test('a chain through a deep tree takes linear time', () => {
  const root: Node = { type: 'tag', name: 'p', attribs: {}, parent: null };
  let leaf = root;
  for (let i = 0; i < 5_000; i++) leaf = { type: 'tag', name: 'p', attribs: {}, parent: leaf };
  const selector = compileSelector(`b > ${Array(15).fill('p').join(' ')}`);
  const began = performance.now();
  expect(matchesSelector(selector, leaf, reader)).toBe(false);
  expect(performance.now() - began).toBeLessThan(500);
});

describe('against a full engine', () => {
  const tag = fc.constantFrom('div', 'p', 'b');
  const name = fc.constantFrom('x', 'y', 'z');
  const attributes = fc.record(
    {
      class: fc.array(name, { maxLength: 2 }),
      id: name,
      'data-v': fc.constantFrom('', 'a', 'ab', 'a-b', 'b a'),
    },
    { requiredKeys: [] },
  );
  const tree = fc.letrec<{ node: string }>((tie) => ({
    node: fc
      .tuple(
        tag,
        attributes,
        fc.oneof(
          { depthSize: 'small', withCrossShrink: true },
          fc.constant([]),
          fc.array(tie('node'), { maxLength: 3 }),
        ),
      )
      .map(([t, a, children]) => {
        const written = Object.entries(a).map(
          ([key, value]) => ` ${key}="${Array.isArray(value) ? value.join(' ') : value}"`,
        );
        return `<${t}${written.join('')}>${children.join('')}</${t}>`;
      }),
  })).node;
  const operator = fc.constantFrom('=', '~=', '|=', '^=', '$=', '*=');
  const compound = fc
    .record({
      tag: fc.option(tag, { nil: '' }),
      parts: fc.array(
        fc.oneof(
          name.map((n) => `.${n}`),
          name.map((n) => `#${n}`),
          fc.constant('[data-v]'),
          fc.tuple(operator, fc.constantFrom('', 'a', 'b', 'a-b')).map(([o, v]) => `[data-v${o}"${v}"]`),
        ),
        { maxLength: 2 },
      ),
    })
    .map(({ tag: t, parts }) => t + parts.join('') || 'div');
  const selector = fc
    .array(fc.tuple(fc.constantFrom(' ', ' > '), compound), { minLength: 1, maxLength: 4 })
    .map((steps) => steps.map(([combinator, c], i) => (i === 0 ? c : combinator + c)).join(''));

  test('matches the same elements', () => {
    fc.assert(
      fc.property(tree, selector, (html, text) => {
        // An XML document: no parser that moves <div> out of <p>.
        const $ = load(html, { xml: true });
        const compiled = compileSelector(text);
        for (const element of $('*').get())
          expect(matchesSelector(compiled, element as unknown as Node, reader), `${text} in ${html}`).toBe(
            $(element).is(text),
          );
      }),
      { numRuns: 500 },
    );
  });
});
