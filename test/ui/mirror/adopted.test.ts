// Elements that came from another document of the page keep the setters and methods of its window: what these change is mirrored at once.
import { afterEach, expect, it } from 'vitest';
import { useBrowser } from '../../use-browser.ts';
import { expectSame } from './expect-same.ts';
import { act } from './looks.ts';
import { openPair, type Pair } from './pair.ts';

const browser = useBrowser();
let pair: Pair;
afterEach(() => pair?.close());

/** Opens a page and moves what it holds into its frame, as the page's own elements. */
async function adopt(html: string, before = ''): Promise<void> {
  pair = await openPair(browser(), {
    pages: {
      '/': `<!doctype html><body><div id=all>${html}</div><iframe src=/inner></iframe></body>`,
      '/inner': '<!doctype html><body></body>',
    },
  });
  await pair.settle();
  await act(
    pair,
    `const { contentDocument } = document.querySelector('iframe'); window.all = $('all'); window.one = (name) => contentDocument.querySelector(name);
    for (const one of all.querySelectorAll('*')) one.title = 'touched'; ${before}; contentDocument.body.append(all)`,
  );
  await expectSame(pair);
}
/** At once: a look every now and then would be too late for this. */
async function runAndCompare(...scripts: string[]): Promise<void> {
  for (const script of scripts) {
    await act(pair, script);
    await expectSame(pair);
  }
}

it('tells their values, checks and choices', async () => {
  await adopt(
    '<input type=checkbox><textarea></textarea><select><option>1<option>2<option>3</select><form><p></p></form>',
  );
  await runAndCompare(
    `one('input').indeterminate = true`,
    `one('textarea').value = 'new'`,
    `one('select').selectedIndex = 1`,
    `one('select').options.selectedIndex = 2`,
    `one('form').reset()`,
  );
});

it('tells the rules that script puts into their sheets', async () => {
  await adopt('<style>.a{color:red} @media (min-width:1px){.b{top:0}}</style>');
  await runAndCompare(
    `one('style').sheet.insertRule('.c{left:0}')`,
    `one('style').sheet.cssRules[1].style.setProperty('color', 'blue')`,
    `one('style').sheet.cssRules[1].selectorText = '.d'`,
    `one('style').sheet.cssRules[2].insertRule('.e{right:0}')`,
    `one('style').textContent = '@keyframes k{from{left:0}to{left:1px}}'`,
    `one('style').sheet.cssRules[0].appendRule('50%{left:3px}')`,
  );
});

it('tells their shadow roots, and what script puts into slots', async () => {
  await adopt('<section id=a><p>1</p><p>2</p></section><section id=b></section>');
  await runAndCompare(
    `one('#b').attachShadow({ mode: 'closed' }).innerHTML = '<i>closed</i>'`,
    `window.root = one('#a').attachShadow({ mode: 'open', slotAssignment: 'manual' }); const slot = document.createElement('slot');
    slot.title = 'touched'; root.append(slot)`,
    `root.querySelector('slot').assign(one('#a').lastElementChild)`,
    `root.querySelector('slot').assign(one('#a').firstElementChild)`,
  );
});

it('tells which sheets their shadow roots adopt', async () => {
  await adopt(
    '<section></section>',
    `all.querySelector('section').attachShadow({ mode: 'open' }).append('in')`,
  );
  await runAndCompare(
    `const { CSSStyleSheet } = document.querySelector('iframe').contentWindow; window.sheet = new CSSStyleSheet();
    one('section').shadowRoot.adoptedStyleSheets = [sheet]`,
    `sheet.replaceSync('.a{color:red}')`,
    `one('section').shadowRoot.adoptedStyleSheets.push(sheet)`,
    `one('section').shadowRoot.adoptedStyleSheets = []`,
  );
});

it('tells their animations, those too that began where they came from', async () => {
  await adopt(
    '<p>a</p><b>b</b>',
    `window.old = all.querySelector('b').animate({ opacity: ['0', '1'] }, { duration: 1_000_000, fill: 'both' })`,
  );
  await runAndCompare(
    `window.made = one('p').animate({ translate: ['0px', '5px'] }, { duration: 1_000_000, fill: 'both' })`,
    `made.pause()`,
    `old.effect.setKeyframes({ opacity: ['0.5', '1'] })`,
    `old.playbackRate = 2`,
    `old.cancel()`,
  );
});

it('leaves the other window as it was when its own document goes', async () => {
  pair = await openPair(browser(), {
    pages: {
      '/': '<!doctype html><body><input id=a><iframe src=/inner></iframe></body>',
      '/inner': '<!doctype html><body></body>',
    },
  });
  await pair.settle();
  await act(
    pair,
    `window.frame = document.querySelector('iframe'); window.setters = new Set();
    window.note = () => setters.add(Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value').set);
    note(); frame.contentDocument.body.append($('a'))`,
  );
  await act(pair, `note(); frame.contentDocument.open()`);
  expect(await pair.leader.evaluate(`note(), setters.size`)).toBe(2);
});
