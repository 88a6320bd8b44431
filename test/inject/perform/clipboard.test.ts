// Copy, cut and paste in the leader's page: pages that have clipboards of their own making keep them, and what is masked stays in its place.
import { expect, test } from 'vitest';
import { useBrowser } from '../../use-browser.ts';
import { openPerformPage } from './page.ts';

const browser = useBrowser();

const CTRL = 2;
/** A sheet that copies its chosen cell by itself, and tells what it is given. */
const SHEET = `<div id=sheet tabindex=0>cell</div><input id=field><script>
  window.cell = 'A1'; window.given = [];
  sheet.addEventListener('copy', (event) => { event.clipboardData.setData('text/plain', cell);
    event.clipboardData.setData('text/html', '<td>' + cell + '</td>'); event.preventDefault(); });
  sheet.addEventListener('cut', (event) => { event.clipboardData.setData('text/plain', cell); cell = ''; event.preventDefault(); });
  sheet.addEventListener('paste', (event) => { given.push([...event.clipboardData.types].map((type) => event.clipboardData.getData(type))); event.preventDefault(); });
</script>`;
const paste = (text: string, copiedHere = true) => ({
  type: 'input.text',
  text,
  pasted: true,
  ...(copiedHere ? { copiedHere } : {}),
});

test('what a page puts in at a copy is what is pasted there next, in all its formats', async () => {
  const { page, click, key, perform, value } = await openPerformPage(browser(), SHEET);
  await click('#sheet');
  await key('c', CTRL);
  await perform(paste('of the follower'));
  expect(await page.evaluate('given')).toEqual([['A1', '<td>A1</td>']]);
  await click('#field');
  await perform(paste('of the follower'));
  expect(await value('#field')).toBe('A1');
});

test('a sheet without any selection in the page is cut by key', async () => {
  const { page, click, key, perform } = await openPerformPage(browser(), SHEET);
  await click('#sheet');
  await key('x', CTRL);
  expect(await page.evaluate('cell')).toBe('');
  await perform(paste(''));
  expect(await page.evaluate('given')).toEqual([['A1']]);
});

test('the follower’s own clipboard counts when he has copied elsewhere since, and where there was nothing to copy', async () => {
  const { page, click, key, perform, value } = await openPerformPage(browser(), SHEET);
  await click('#sheet');
  await key('c', CTRL);
  await perform(paste('newer', false));
  expect(await page.evaluate('given')).toEqual([['newer']]);
  await click('#field');
  await key('c', CTRL);
  await perform(paste('his own'));
  expect(await value('#field')).toBe('his own');
});

test('on a page with anything masked nothing is kept: content cannot be carried out of its mask', async () => {
  for (const [body, mask] of [
    [SHEET, ['#iban']],
    [`${SHEET}<p data-cobrowse=mask>secret</p>`, []],
  ] as const) {
    const { click, key, perform, value } = await openPerformPage(browser(), body, {
      mask: [...mask],
      hide: [],
      readonly: [],
    });
    await click('#sheet');
    await key('c', CTRL);
    await click('#field');
    await perform(paste('dots'));
    expect(await value('#field')).toBe('dots');
  }
});

test('what is selected in a field is kept too, but never what a masked field holds', async () => {
  const { click, key, perform, type, value } = await openPerformPage(
    browser(),
    '<input id=iban><input id=field><textarea id=other></textarea>',
    { mask: ['#iban'], hide: [], readonly: [] },
  );
  await click('#field');
  await type('moved');
  await key('a', CTRL);
  await key('x', CTRL);
  await click('#other');
  await perform(paste(''));
  expect([await value('#field'), await value('#other')]).toEqual(['', 'moved']);
  await click('#iban');
  await key('a', CTRL);
  await key('c', CTRL);
  await click('#other');
  await perform(paste('dots'));
  expect(await value('#other')).toBe('moveddots');
});

test('a terminal hears Ctrl+C, and a page that refuses the key is not asked to copy', async () => {
  const { page, click, key } = await openPerformPage(
    browser(),
    `<div id=terminal tabindex=0>$</div><script>window.seen = [];
     for (const type of ['keydown', 'copy']) terminal.addEventListener(type, (event) => { seen.push(type + (event.key ?? '')); event.preventDefault(); });</script>`,
  );
  await click('#terminal');
  await key('c', CTRL);
  expect(await page.evaluate('seen')).toEqual(['keydownc']);
});

/** An editor and a field that hear everything; `taken` is what the page prevents. */
const LISTENING = `<div id=editor contenteditable>text</div><input id=field><script>
  window.seen = []; window.taken = '';
  for (const type of ['keydown', 'keypress', 'paste', 'beforeinput', 'input', 'keyup'])
    addEventListener(type, (event) => { seen.push(type); if (type === taken) event.preventDefault(); });
</script>`;
const V = { key: 'v', code: 'KeyV', modifiers: CTRL, repeat: false };
const up = { type: 'input.key', ...V, held: 'up' };
const byKey = { byKey: V };

test('a page hears of a paste by key what it hears in a browser, in that order, and once', async () => {
  const { page, click, perform } = await openPerformPage(browser(), LISTENING);
  for (const target of ['#editor', '#field']) {
    await click(target);
    await page.evaluate('seen.length = 0');
    await perform({ ...paste('new ', false), ...byKey });
    await perform(up);
    expect(await page.evaluate('seen'), target).toEqual([
      'keydown',
      'paste',
      'beforeinput',
      'input',
      'keyup',
    ]);
  }
  expect(await page.evaluate('[field.value, editor.textContent.includes("new")]')).toEqual(['new ', true]);
});

test('a page that takes the key is given no paste by it, in however many pieces it comes, but by a menu afterwards', async () => {
  const { page, click, perform, value } = await openPerformPage(browser(), LISTENING);
  await click('#field');
  await page.evaluate("seen.length = 0; taken = 'keydown'");
  await perform({ ...paste('first ', false), ...byKey });
  await perform(paste('second', false));
  await perform(up);
  expect(await page.evaluate('seen')).toEqual(['keydown', 'keyup']);
  await perform(paste('by menu', false));
  expect(await value('#field')).toBe('by menu');
});

test('a sheet that moves the focus to a field of its own at the key finds there what was pasted', async () => {
  const { page, click, perform } = await openPerformPage(
    browser(),
    `<div id=cells tabindex=0>cells</div><textarea id=catcher></textarea><script>
     cells.onkeydown = (event) => { if (event.ctrlKey) { catcher.focus(); setTimeout(() => { window.caught = catcher.value; }); } };</script>`,
  );
  await click('#cells');
  await perform({ ...paste('A1\tB1', false), ...byKey });
  await page.waitForFunction('window.caught !== undefined');
  expect(await page.evaluate('caught')).toBe('A1\tB1');
});

test('a paste is refused on a protected field with its key, also when the key has led there', async () => {
  const { page, click, perform, refusals, value } = await openPerformPage(
    browser(),
    `${LISTENING}<input id=secret type=password>`,
  );
  await click('#secret');
  await page.evaluate('seen.length = 0');
  await perform({ ...paste('x', false), ...byKey });
  expect(await page.evaluate('seen')).toEqual([]);
  await click('#field');
  await page.evaluate('field.onkeydown = () => secret.focus()');
  await perform({ ...paste('x', false), ...byKey });
  expect(await refusals()).toEqual(['field-protected', 'field-protected']);
  expect([await value('#field'), await value('#secret')]).toEqual(['', '']);
});
