// Typing, pasting, composing and editing keys in the fields and editors of a real page.
import { expect, test } from 'vitest';
import { useBrowser } from '../../use-browser.ts';
import { openPerformPage } from './page.ts';

const browser = useBrowser();

/** A field steered as React steers it: own value property that notices changes, and the old value put back unless the state follows. */
const CONTROLLED = `<script>
function control(field, next) {
  const native = Object.getOwnPropertyDescriptor(Object.getPrototypeOf(field), 'value');
  let tracked = field.value;
  Object.defineProperty(field, 'value', {
    configurable: true,
    get() { return native.get.call(this) },
    set(value) { tracked = '' + value; native.set.call(this, value) },
  });
  window.changes = 0;
  document.addEventListener('input', (event) => {
    if (event.target !== field) return;
    const value = native.get.call(field);
    if (value === tracked) return;
    tracked = value;
    window.changes++;
    const state = next(value);
    if (state !== value) field.value = state;
  });
}
</script>`;

test('a character is keydown, keypress, beforeinput, input, keyup', async () => {
  const { page, click, type, record, log, value } = await openPerformPage(browser(), '<input id=field>');
  await click('#field');
  await record('keydown', 'keypress', 'beforeinput', 'textInput', 'input', 'keyup', 'change');
  await page.evaluate(
    `window.keys = []; field.addEventListener('keydown', (event) => window.keys.push(event.key, event.code, event.keyCode))`,
  );
  await type('a');
  expect(await log()).toEqual([
    'keydown@field',
    'keypress@field',
    'beforeinput@field',
    'textInput@field',
    'input@field',
    'keyup@field',
  ]);
  expect(await page.evaluate('window.keys')).toEqual(['a', 'KeyA', 65]);
  expect(await value('#field')).toBe('a');
});

for (const [kind, text] of [
  ['text', 'Grüße 👍🏽'],
  ['email', 'someone@example.org'],
  ['number', '-12.5'],
  ['search', 'word'],
  ['tel', '+49 30 1'],
  ['url', 'https://a.example/'],
] as const)
  test(`types into a ${kind} field; leaving it fires change once`, async () => {
    const { click, type, value, record, log } = await openPerformPage(
      browser(),
      `<input id=field type=${kind}><button id=other>o</button>`,
    );
    await click('#field');
    await record('change');
    await type(text);
    expect(await value('#field')).toBe(text);
    await click('#other');
    expect(await log()).toEqual(['change@field']);
  });

test('a controlled field (React) sees each character and may change it', async () => {
  const { page, click, type, key, value } = await openPerformPage(
    browser(),
    `${CONTROLLED}<input id=field><script>control(field, (value) => value.toUpperCase())</script>`,
  );
  await click('#field');
  await type('abc');
  await key('Backspace');
  await type('d');
  expect(await value('#field')).toBe('ABD');
  expect(await page.evaluate('window.changes')).toBe(5);
});

test('a keydown, keypress or beforeinput that the page prevents writes nothing', async () => {
  const { click, type, value } = await openPerformPage(
    browser(),
    `<input id=field><script>
      field.onkeydown = (event) => { if (event.key === '1') event.preventDefault() };
      field.onkeypress = (event) => { if (event.key === '2') event.preventDefault() };
      field.addEventListener('beforeinput', (event) => { if (event.data === '3') event.preventDefault() });
    </script>`,
  );
  await click('#field');
  await type('a1b2c3d');
  expect(await value('#field')).toBe('abcd');
});

test('maxlength, readonly and disabled are kept', async () => {
  const { click, type, value } = await openPerformPage(
    browser(),
    '<input id=short maxlength=3><input id=fixed readonly value=x><input id=off disabled value=y>',
  );
  for (const id of ['short', 'fixed', 'off']) {
    await click(`#${id}`);
    await type('abcdef');
  }
  expect([await value('#short'), await value('#fixed'), await value('#off')]).toEqual(['abc', 'x', 'y']);
});

test('without the browser’s editing command the native setter writes', async () => {
  const { click, type, key, value, record, log } = await openPerformPage(
    browser(),
    '<input id=field maxlength=4><input id=next>',
    undefined,
    'Document.prototype.execCommand = () => false',
  );
  await click('#field');
  await record('input', 'change');
  await type('abc');
  await key('Backspace');
  expect(await value('#field')).toBe('ab');
  await type('defg');
  expect(await value('#field')).toBe('abde');
  expect(await log()).toEqual(Array(6).fill('input@field'));
  await click('#next');
  expect(await log()).toEqual(['change@field']);
});

test('a paste asks the page first, then writes in one piece', async () => {
  const { page, click, perform, value } = await openPerformPage(
    browser(),
    `<input id=field><input id=code><script>
      code.addEventListener('paste', (event) => { event.preventDefault(); code.value = event.clipboardData.getData('text/plain').split('').join('-') });
    </script>`,
  );
  await click('#field');
  await perform({ type: 'input.text', text: 'two\nlines', pasted: true });
  await click('#code');
  await perform({ type: 'input.text', text: '1234', pasted: true });
  expect([await value('#field'), await value('#code')]).toEqual(['two lines', '1-2-3-4']);
  expect(await page.evaluate('field.selectionStart')).toBe(9);
});

test('composed text comes with composition events and no keys', async () => {
  const { click, perform, record, log, value } = await openPerformPage(browser(), '<input id=field>');
  await click('#field');
  await record('keydown', 'compositionstart', 'compositionupdate', 'beforeinput', 'input', 'compositionend');
  await perform({ type: 'input.text', text: '日本', composing: true });
  expect(await value('#field')).toBe('日本');
  expect(await log()).toEqual([
    'compositionstart@field',
    'compositionupdate@field',
    'beforeinput@field',
    'input@field',
    'compositionend@field',
  ]);
});

test('a textarea takes lines; arrows, Home, End, words and selection keys move the caret', async () => {
  const CTRL = 2;
  const SHIFT = 8;
  const { page, click, type, key, value } = await openPerformPage(
    browser(),
    '<textarea id=field rows=5></textarea>',
  );
  const caret = () => page.evaluate('[field.selectionStart, field.selectionEnd]');
  await click('#field');
  await type('one two');
  await key('Enter');
  await type('three');
  expect(await value('#field')).toBe('one two\nthree');
  await key('Home');
  expect(await caret()).toEqual([8, 8]);
  await key('ArrowUp');
  await key('End');
  expect(await caret()).toEqual([7, 7]);
  await key('ArrowLeft', CTRL);
  expect(await caret()).toEqual([4, 4]);
  await key('End', SHIFT);
  expect(await caret()).toEqual([4, 7]);
  await type('2');
  expect(await value('#field')).toBe('one 2\nthree');
  await key('Backspace', CTRL);
  expect(await value('#field')).toBe('one \nthree');
  await key('Delete');
  expect(await value('#field')).toBe('one three');
  // one deletion after the other is one step, as when typing
  await key('z', CTRL);
  expect(await value('#field')).toBe('one 2\nthree');
  await key('a', CTRL);
  await key('x', CTRL);
  expect(await value('#field')).toBe('');
});

test('an editor (contenteditable) takes text, paragraphs, deletion and formats', async () => {
  const { page, click, type, key, perform } = await openPerformPage(
    browser(),
    '<div id=editor contenteditable style="min-height:20px">start</div>',
  );
  await click('#editor', { x: 0.9 });
  await key('End');
  await type('ed');
  await key('Enter');
  await type('next');
  expect(await page.evaluate('editor.innerText')).toBe('started\nnext');
  await key('Backspace');
  await perform({ type: 'input.select', from: '#editor', anchorOffset: 0, focusOffset: 5 });
  await key('b', 2);
  expect(await page.evaluate('editor.querySelector("b").textContent')).toBe('start');
});

test('an editor that works on beforeinput (Slate, Lexical) does the work itself, with the ranges it is told', async () => {
  const { page, click, type, key } = await openPerformPage(
    browser(),
    `<div id=editor contenteditable>abc</div><script>
      window.told = [];
      editor.addEventListener('beforeinput', (event) => {
        event.preventDefault();
        const [range] = event.getTargetRanges();
        window.told.push([event.inputType, event.data, range.startOffset, range.endOffset]);
      });
    </script>`,
  );
  await click('#editor');
  await key('Home');
  await key('ArrowRight');
  await key('ArrowRight');
  await type('x');
  await key('Backspace');
  expect(await page.evaluate('window.told')).toEqual([
    ['insertText', 'x', 2, 2],
    ['deleteContentBackward', null, 1, 2],
  ]);
  expect(await page.evaluate('editor.textContent')).toBe('abc');
});

test('Enter in a field fires change once and submits by the default button', async () => {
  const { page, click, type, key, record, log } = await openPerformPage(
    browser(),
    `<form id=form><input id=field name=q><button id=first type=button>no</button><button id=send name=by value=send>go</button></form><input id=after>
     <script>form.onsubmit = (event) => { event.preventDefault(); window.sent = [event.submitter.id, new FormData(form).get('q')] }</script>`,
  );
  await click('#field');
  await record('change', 'click', 'submit');
  await type('word');
  await key('Enter');
  expect(await log()).toEqual(['change@field', 'click@send', 'submit@form']);
  expect(await page.evaluate('window.sent')).toEqual(['send', 'word']);
  await click('#after');
  expect((await log()).filter((line) => line.startsWith('change'))).toEqual([]);
});

test('implicit submission: no button and one field submits, two do not, a disabled default button does not', async () => {
  const { page, click, key } = await openPerformPage(
    browser(),
    `<form id=one><input id=a></form><form id=two><input id=b><input id=c></form><form id=three><input id=d><button disabled>x</button><button>y</button></form>
     <script>window.sent = []; document.onsubmit = (event) => { event.preventDefault(); window.sent.push(event.target.id) }</script>`,
  );
  for (const id of ['a', 'b', 'd']) {
    await click(`#${id}`);
    await key('Enter');
  }
  expect(await page.evaluate('window.sent')).toEqual(['one']);
});

test('a paste is undone by itself, what was typed before it by the next undo', async () => {
  const CTRL = 2;
  const { click, type, key, perform, value } = await openPerformPage(
    browser(),
    '<textarea id=area></textarea>',
  );
  await click('#area');
  await type('typed');
  await perform({ type: 'input.text', text: ' pasted', pasted: true });
  await type('!');
  const undone: string[] = [];
  for (let step = 0; step < 3; step++) {
    await key('z', CTRL);
    undone.push(await value('#area'));
  }
  expect(undone).toEqual(['typed pasted', 'typed', '']);
  await key('y', CTRL);
  expect(await value('#area')).toBe('typed');
});
