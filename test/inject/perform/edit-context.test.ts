// Typing, composing and deleting in an editor that draws its text itself (EditContext API), and what such editors ask of other events.
import { expect, test } from 'vitest';
import { useBrowser } from '../../use-browser.ts';
import { openPerformPage } from './page.ts';

const browser = useBrowser();

/** A model kept by `textupdate` alone, as the API means it. */
const EDITOR = `<div id=editor tabindex=0 style="height:40px"></div><script>
const context = new EditContext({ text: 'say ', selectionStart: 4, selectionEnd: 4 });
editor.editContext = context;
window.model = 'say ';
window.types = [];
window.told = [];
editor.addEventListener('beforeinput', (event) => types.push(event.inputType));
context.addEventListener('textupdate', ({ text, updateRangeStart, updateRangeEnd, selectionStart }) => {
  model = model.slice(0, updateRangeStart) + text + model.slice(updateRangeEnd);
  told.push(selectionStart);
});
for (const type of ['compositionstart', 'compositionend'])
  context.addEventListener(type, ({ data }) => types.push(type + ' ' + data));
</script>`;

test('text and deletions reach an EditContext as textupdate, with the caret after them', async () => {
  const { page, click, type, key } = await openPerformPage(browser(), EDITOR);
  await click('#editor');
  await type('hi 👍');
  expect(await page.evaluate('model')).toBe('say hi 👍');
  await key('Backspace');
  expect(await page.evaluate('model')).toBe('say hi ');
  await key('Backspace', 2);
  expect(await page.evaluate('model')).toBe('say ');
  await page.evaluate('context.updateSelection(0, 0)');
  await key('Delete');
  expect(await page.evaluate('[model, context.text, told.at(-1)]')).toEqual(['ay ', 'ay ', 0]);
});

test('a new line and a format are for the page to make: only beforeinput', async () => {
  const { page, click, key } = await openPerformPage(browser(), EDITOR);
  await click('#editor');
  await key('Enter');
  await key('b', 2);
  expect(await page.evaluate('[model, types, told]')).toEqual([
    'say ',
    ['insertParagraph', 'formatBold'],
    [],
  ]);
});

test('a composition is told to the EditContext', async () => {
  const { page, click, perform } = await openPerformPage(browser(), EDITOR);
  await click('#editor');
  await perform({ type: 'input.text', text: '日本', composing: true });
  expect(await page.evaluate('[model, types]')).toEqual([
    'say 日本',
    ['compositionstart ', 'insertCompositionText', 'compositionend 日本'],
  ]);
});

test('an editor that cuts by itself hears of it, also with nothing selected', async () => {
  const { page, click, key } = await openPerformPage(
    browser(),
    `<div id=editor contenteditable>one two</div><script>
    window.cuts = 0;
    editor.addEventListener('cut', (event) => { cuts++; if (getSelection().isCollapsed) event.preventDefault() });
    </script>`,
  );
  await click('#editor');
  await key('x', 2);
  expect(await page.evaluate('[cuts, editor.innerText]')).toEqual([1, 'one two']);
  await key('a', 2);
  await key('x', 2);
  expect(await page.evaluate('[cuts, editor.innerText.trim()]')).toEqual([2, '']);
});

test('the wheel has its old measure too, the other way round', async () => {
  const { page, perform } = await openPerformPage(
    browser(),
    `<div id=area style="height:100px">a</div><script>
    area.addEventListener('wheel', (event) => { window.turned = [event.deltaY, event.wheelDeltaY, event.wheelDelta] })
    </script>`,
  );
  await perform({ type: 'input.wheel', at: '#area', x: 0.5, y: 0.5, dx: 0, dy: 100, modifiers: 0 });
  expect(await page.evaluate('turned')).toEqual([100, -120, -120]);
});

test('a masked editor with an EditContext is neither written, composed, cut nor pasted into', async () => {
  const { page, click, type, key, perform, refusals } = await openPerformPage(
    browser(),
    `<div data-cobrowse=mask>${EDITOR}</div>`,
  );
  await click('#editor');
  await type('hi');
  await key('Backspace');
  await key('x', 2);
  await perform({ type: 'input.text', text: '日本', composing: true });
  await perform({ type: 'input.text', text: 'text', pasted: true });
  expect(await page.evaluate('[model, types]')).toEqual(['say ', []]);
  expect(await refusals()).toEqual(Array.from({ length: 5 }, () => 'field-protected'));
});
