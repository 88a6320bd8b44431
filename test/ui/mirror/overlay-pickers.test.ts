// Pickers and pointers above a fake mirror.
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { saveScreenshot } from '../../browser.ts';
import { useBrowser } from '../../use-browser.ts';
import { openOverlayPage } from './overlay-page.ts';

const axe = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const browser = useBrowser();

/** Axe, on the picker alone: the page around it is only of this test. */
async function expectPickerAccessible(page: Page): Promise<void> {
  await page.evaluate(axe);
  const ids = await page.evaluate(
    `axe.run({ include: [['tandem-overlay', '.above']] }, { iframes: false, runOnly: ['wcag2a', 'wcag2aa', 'wcag22aa'] })
      .then(({ violations }) => violations.map(({ id, nodes }) => id + ' ' + nodes[0].html))`,
  );
  expect(ids).toEqual([]);
}

const FIELDS = `<style>body{padding:20px}body>*{display:block;margin:10px 0}</style>
<label>Country<select id=country><optgroup label=Near><option>Austria<option disabled>Belgium<option selected>Chile</optgroup><option>Denmark</select></label>
<select id=many multiple size=3><option>one<option>two<option>three</select>
<input type=date id=date value=2026-11-20 min=2026-01-01><input type=color id=color value=#112233><input type=range id=range min=0 max=10 style="width:216px;margin-left:0"><p id=end>end</p>`;

test('a drop-down opens a list of our own; a click sends the index', async () => {
  const { page, takeControl, sent, middle } = await openOverlayPage(browser(), FIELDS);
  await takeControl();
  const { x, y } = await middle('country');
  await page.mouse.click(x, y);
  const list = page.getByRole('listbox', { name: 'Country' });
  await list.waitFor();
  expect(await list.getByRole('option').allTextContents()).toEqual([
    'Austria',
    'Belgium',
    'Chile',
    'Denmark',
  ]);
  await saveScreenshot(page, 'overlay/list');
  await list.getByRole('option', { name: 'Austria' }).click();
  expect(await sent(1, 'input.value')).toEqual([
    { type: 'input.value', frame: 7, node: 'country', selected: [0] },
  ]);
  expect(await list.count()).toBe(0);
});

test('the list works by keys: arrows skip disabled options, letters, Enter, Escape', async () => {
  const { page, takeControl, sent, settled, middle } = await openOverlayPage(browser(), FIELDS);
  await takeControl();
  const { x, y } = await middle('country');
  await page.mouse.click(x, y);
  await page.keyboard.press('ArrowUp');
  await page.keyboard.press('Enter');
  expect(await sent(1, 'input.value')).toMatchObject([{ selected: [0] }]);
  await page.mouse.click(x, y);
  await page.keyboard.press('d');
  await page.keyboard.press('Enter');
  expect(await sent(1, 'input.value')).toMatchObject([{ selected: [3] }]);
  await page.mouse.click(x, y);
  await page.keyboard.press('Escape');
  await page.keyboard.type('k');
  const after = (await settled()).filter(({ type }) => !['pointer', 'input.pointer'].includes(String(type)));
  expect(after).toMatchObject([{ type: 'input.text', text: 'k' }]);
});

test('a second press on the field closes its list, one elsewhere too', async () => {
  const { page, takeControl, middle } = await openOverlayPage(browser(), FIELDS);
  await takeControl();
  const at = await middle('country');
  const list = page.getByRole('listbox');
  await page.mouse.click(at.x, at.y);
  await list.waitFor();
  await page.mouse.click(at.x, at.y);
  await list.waitFor({ state: 'detached' });
  await page.mouse.click(at.x, at.y);
  await list.waitFor();
  const end = await middle('end');
  await page.mouse.click(end.x, end.y);
  await list.waitFor({ state: 'detached' });
});

test('options of a list box are pressed in place, with Ctrl and Shift', async () => {
  const { page, takeControl, sent, middle } = await openOverlayPage(browser(), FIELDS);
  await takeControl();
  const { x, y } = await middle('many');
  await page.mouse.click(x, y);
  expect(await sent(1, 'input.value')).toMatchObject([{ node: 'many', selected: [1] }]);
  // the mirror follows the leader
  await page.evaluate('mirror.document().getElementById("many").options[1].selected = true');
  await page.mouse.move(x, y + 18);
  await page.keyboard.down('Control');
  await page.mouse.click(x, y + 18);
  await page.keyboard.up('Control');
  expect(await sent(1, 'input.value')).toMatchObject([{ selected: [1, 2] }]);
});

test('date and colour open a field of the same type over the page’s', async () => {
  const { page, takeControl, sent, middle } = await openOverlayPage(browser(), FIELDS);
  await takeControl();
  for (const [id, value] of [
    ['date', '2026-12-24'],
    ['color', '#445566'],
  ] as const) {
    const { x, y } = await middle(id);
    await page.mouse.click(x, y);
    const field = page.locator('.native');
    await field.waitFor();
    expect(await field.getAttribute('type')).toBe(id);
    await field.fill(value);
    expect(await sent(1, 'input.value')).toEqual([{ type: 'input.value', frame: 7, node: id, value }]);
    // the browser's own picker is open too and takes the keys
    const end = await middle('end');
    await page.mouse.click(end.x, end.y);
    await field.waitFor({ state: 'detached' });
  }
});

test('a calendar of our own lies below a date field: by mouse, by keys, within min and max', async () => {
  const { page, takeControl, sent, middle } = await openOverlayPage(browser(), FIELDS);
  await takeControl();
  const { x, y } = await middle('date');
  await page.mouse.click(x, y);
  const calendar = page.getByRole('dialog');
  await calendar.waitFor();
  await page.getByRole('gridcell', { name: 'Friday, November 20, 2026', selected: true }).waitFor();
  await saveScreenshot(page, 'overlay/calendar');
  await calendar.getByRole('button', { name: 'December 2026' }).click();
  await calendar.getByRole('gridcell', { name: /December 24/ }).click();
  expect(await sent(1, 'input.value')).toMatchObject([{ node: 'date', value: '2026-12-24' }]);
  await calendar.waitFor({ state: 'detached' });

  await page.mouse.click(x, y);
  await page.keyboard.press('Alt+ArrowDown');
  for (const key of ['ArrowLeft', 'ArrowUp', 'PageUp', 'Enter']) await page.keyboard.press(key);
  expect(await sent(1, 'input.value')).toMatchObject([{ value: '2026-10-12' }]);

  await page.mouse.click(x, y);
  await page.keyboard.press('Alt+ArrowDown');
  for (const key of ['Shift+PageUp', 'Enter']) await page.keyboard.press(key);
  expect(
    await calendar.getByRole('gridcell', { name: /November 20, 2025/ }).getAttribute('aria-disabled'),
  ).toBe('true');
  await expectPickerAccessible(page);
  await page.keyboard.press('Escape');
  await calendar.waitFor({ state: 'detached' });
});

test('digits go into the field natively; the Tab out of its last part goes on in the page', async () => {
  const { page, takeControl, sent, middle } = await openOverlayPage(browser(), FIELDS);
  await takeControl();
  const { x, y } = await middle('date');
  await page.mouse.click(x, y);
  await page.keyboard.type('04052027');
  for (let step = 0; step < 3; step++) await page.keyboard.press('Shift+Tab');
  const all = await sent(8, 'input.value', 'input.key');
  expect(all.slice(-2)).toMatchObject([{ value: '2027-04-05' }, { key: 'Tab', modifiers: 8 }]);
});

test('a month and a week are chosen in calendars of their own', async () => {
  const { page, takeControl, sent, middle } = await openOverlayPage(
    browser(),
    '<input type=month id=month value=2026-11><br><input type=week id=week value=2026-W47>',
  );
  await takeControl();
  const month = await middle('month');
  await page.mouse.click(month.x, month.y);
  await page.getByRole('gridcell', { name: 'March 2026' }).click();
  expect(await sent(1, 'input.value')).toMatchObject([{ node: 'month', value: '2026-03' }]);
  const week = await middle('week');
  await page.mouse.click(week.x, week.y);
  await page.getByRole('gridcell', { name: /November 25/ }).click();
  expect(await sent(1, 'input.value')).toMatchObject([{ node: 'week', value: '2026-W48' }]);
});

test('what a text field proposes opens by the arrow, narrowed to what is written', async () => {
  const { page, takeControl, sent, middle } = await openOverlayPage(
    browser(),
    '<input id=city list=cities value=b><datalist id=cities><option>Berlin<option>Bergen<option>Aarhus</datalist>',
  );
  await takeControl();
  const { x, y } = await middle('city');
  await page.mouse.click(x, y);
  // a key right behind the click would go to the leader's page
  await page.evaluate('mirror.leader = mirror.document().getElementById("city"); performed()');
  await page.keyboard.press('ArrowDown');
  const list = page.getByRole('listbox');
  expect(await list.getByRole('option').allTextContents()).toEqual(['Berlin', 'Bergen']);
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Tab');
  expect(await sent(2, 'input.value', 'input.key')).toMatchObject([
    { node: 'city', value: 'Bergen' },
    { type: 'input.key', key: 'Tab' },
  ]);
});

test('a slider is dragged to its value', async () => {
  const { page, takeControl, sent, settled, middle } = await openOverlayPage(browser(), FIELDS);
  await takeControl();
  const { x, y } = await middle('range');
  await page.mouse.move(x, y);
  await page.mouse.down();
  expect(await sent(1, 'input.value')).toMatchObject([{ node: 'range', value: '5' }]);
  await page.mouse.move(x + 60, y);
  expect(await sent(1, 'input.value')).toMatchObject([{ value: '8' }]);
  await page.mouse.move(x + 700, y);
  await page.mouse.up();
  const all = await settled();
  expect(all.filter(({ type }) => type === 'input.value').at(-1)).toMatchObject({ value: '10' });
});

test('pointers of others are named, stay at their element, ripple on a click and go', async () => {
  const { page, tell } = await openOverlayPage(browser(), FIELDS);
  await tell({
    type: 'participants',
    self: 'me',
    people: [
      { pid: 'me', name: 'Me', color: 0 },
      { pid: 'c', name: 'Cora Customer', color: 1 },
    ],
  });
  const node = await page.evaluate('mirror.idOf(mirror.document().getElementById("end")).node');
  const at = { frame: 7, node: node as number, x: 0.5, y: 0.5 };
  // it is gone again after half a second, which a busy machine may miss
  await page.evaluate(() => {
    const seen = window as { ripples?: number } & Window & typeof globalThis;
    seen.ripples = 0;
    new MutationObserver((records) => {
      for (const { addedNodes } of records)
        for (const node of addedNodes) if ((node as Element).className === 'ripple') seen.ripples!++;
    }).observe(document.querySelector('tandem-overlay')!.shadowRoot!, { childList: true, subtree: true });
  });
  await tell({ type: 'pointer.moved', pid: 'me', ...at });
  await tell({ type: 'pointer.clicked', pid: 'c', ...at });
  const pointer = page.locator('.pointer');
  await page.locator('.pointer', { hasText: 'Cora Customer' }).waitFor();
  expect(await pointer.count()).toBe(1);
  expect(await page.evaluate('window.ripples')).toBe(1);
  await saveScreenshot(page, 'overlay/pointer');
  const top = async () => (await pointer.boundingBox())!.y;
  const before = await top();
  await page.evaluate('mirror.document().body.style.paddingTop = "120px"');
  await page.waitForFunction(
    (from) =>
      document.querySelector('tandem-overlay')!.shadowRoot!.querySelector('.pointer')!.getBoundingClientRect()
        .y >
      from + 90,
    before,
  );
  await tell({ type: 'pointer.left', pid: 'c' });
  await pointer.waitFor({ state: 'detached' });
});

test('with reduced motion nothing moves by itself', async () => {
  const { page, tell } = await openOverlayPage(browser(), FIELDS, { reducedMotion: 'reduce' });
  const node = await page.evaluate('mirror.idOf(mirror.document().getElementById("end")).node');
  await tell({ type: 'pointer.clicked', pid: 'x', frame: 7, node: node as number, x: 0, y: 0 });
  const running = await page.evaluate(
    'document.querySelector("tandem-overlay").shadowRoot.getAnimations().length',
  );
  expect(running).toBe(0);
});
