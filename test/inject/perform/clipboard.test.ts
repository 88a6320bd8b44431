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
