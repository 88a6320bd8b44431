// Keys outside text: focus order, groups, buttons, dialogs, scrolling.
import { expect, test } from 'vitest';
import { useBrowser } from '../../use-browser.ts';
import { openPerformPage } from './page.ts';

const SHIFT = 8;
const browser = useBrowser();

const MANY = `<a id=link href=#>link</a><a id=anchor>no link</a><input id=first><input id=positive tabindex=2><input id=early tabindex=1>
<input id=off disabled><input id=gone style="display:none"><input id=minus tabindex=-1><div inert><input id=inert></div>
<input type=radio name=r id=r1><input type=radio name=r id=r2 checked><input type=radio name=r id=r3>
<details id=closed><summary id=summary>s</summary><input id=folded></details>
<div id=host><span slot=x><input id=slotted></span></div><div id=editor contenteditable>e</div><select id=select><option>1</select><textarea id=area></textarea>
<script>host.attachShadow({ mode: 'open' }).innerHTML = '<input id=in1><slot name=x></slot><input id=in2>'</script>`;

test('Tab visits what the browser’s own Tab visits, in both directions', async () => {
  const real = await openPerformPage(browser(), MANY);
  const performed = await openPerformPage(browser(), MANY);
  const visited: string[] = [];
  for (let step = 0; step < 12; step++) {
    await real.page.keyboard.press('Tab');
    await performed.key('Tab');
    visited.push(await performed.active());
    expect(visited.at(-1), `after ${visited.join(' ')}`).toBe(await real.active());
  }
  expect(visited).toContain('in2');
  for (let step = 0; step < 11; step++) {
    await real.page.keyboard.press('Shift+Tab');
    await performed.key('Tab', SHIFT);
    expect(await performed.active()).toBe(await real.active());
  }
});

test('Tab stays in a modal dialog, goes on from a press, and selects the text of a field', async () => {
  const { page, key, active, click } = await openPerformPage(
    browser(),
    `<input id=before><p id=text>some text</p><input id=after value=chosen><dialog id=dialog><input id=d1><input id=d2></dialog>`,
  );
  await click('#text');
  await key('Tab');
  expect(await active()).toBe('after');
  expect(await page.evaluate('[after.selectionStart, after.selectionEnd]')).toEqual([0, 6]);
  await page.evaluate('dialog.showModal()');
  for (const id of ['d2', 'd1', 'd2']) {
    await key('Tab');
    expect(await active()).toBe(id);
  }
});

test('a prevented Tab moves nothing', async () => {
  const { key, active, click } = await openPerformPage(
    browser(),
    '<input id=one onkeydown="event.preventDefault()"><input id=two>',
  );
  await click('#one');
  await key('Tab');
  expect(await active()).toBe('one');
});

test('arrows move in a radio group, wrap, and fire what a choice fires', async () => {
  const { page, click, key, active, record, log } = await openPerformPage(
    browser(),
    '<input type=radio name=g id=a checked><input type=radio name=g id=b disabled><input type=radio name=g id=c>',
  );
  await click('#a');
  await record('click', 'input', 'change');
  await key('ArrowDown');
  expect([await active(), await page.evaluate('c.checked')]).toEqual(['c', true]);
  expect(await log()).toEqual(['click@c', 'input@c', 'change@c']);
  await key('ArrowRight');
  expect([await active(), await page.evaluate('a.checked')]).toEqual(['a', true]);
});

test('arrows, Home, End and letters choose in a select', async () => {
  const { click, key, type, value, record, log } = await openPerformPage(
    browser(),
    '<select id=s><option>Austria<option disabled>Belgium<option>Chile<option>Cuba<option>Denmark</select>',
  );
  await click('#s');
  await record('input', 'change');
  await key('ArrowDown');
  expect(await value('#s')).toBe('Chile');
  expect(await log()).toEqual(['input@s', 'change@s']);
  await type('c');
  expect(await value('#s')).toBe('Cuba');
  await key('End');
  expect(await value('#s')).toBe('Denmark');
  await key('Home');
  expect(await value('#s')).toBe('Austria');
});

test('arrows step range and number fields within their limits', async () => {
  const { click, key, value } = await openPerformPage(
    browser(),
    '<input type=range id=range min=0 max=10 value=9 step=1><input type=number id=number min=0 max=3 value=0 step=.5>',
  );
  await click('#range');
  await key('ArrowRight');
  await key('ArrowUp');
  expect(await value('#range')).toBe('10');
  await key('Home');
  expect(await value('#range')).toBe('0');
  await click('#number');
  await key('ArrowUp');
  await key('ArrowUp');
  await key('ArrowDown');
  expect(await value('#number')).toBe('0.5');
});

test('Space and Enter press buttons, checkboxes, links and summaries', async () => {
  const { page, click, key, type } = await openPerformPage(
    browser(),
    `<button id=button onclick="window.hits = (window.hits || 0) + 1">b</button><input type=checkbox id=box><a id=link href="#went">l</a>
     <details id=more><summary id=summary>s</summary></details>`,
  );
  await page.locator('#button').focus();
  await type(' ');
  await key('Enter');
  expect(await page.evaluate('window.hits')).toBe(2);
  await page.locator('#box').focus();
  await type(' ');
  await key('Enter');
  expect(await page.evaluate('box.checked')).toBe(true);
  await page.locator('#link').focus();
  await type(' ');
  await key('Enter');
  expect(await page.evaluate('location.hash')).toBe('#went');
  await page.locator('#summary').focus();
  await key(' ');
  expect(await page.evaluate('more.open')).toBe(true);
  await click('#summary');
  expect(await page.evaluate('more.open')).toBe(false);
});

test('Escape cancels the topmost dialog or popover unless the page prevents it', async () => {
  const { page, key } = await openPerformPage(
    browser(),
    `<dialog id=dialog><div id=pop popover>p</div></dialog><script>
      dialog.showModal(); pop.showPopover(); window.cancels = 0;
      dialog.oncancel = (event) => { if (window.cancels++ === 0) event.preventDefault() };
    </script>`,
  );
  await key('Escape');
  expect(await page.evaluate('[pop.matches(":popover-open"), dialog.open]')).toEqual([false, true]);
  await key('Escape');
  expect(await page.evaluate('dialog.open')).toBe(true);
  await key('Escape');
  expect(await page.evaluate('[dialog.open, window.cancels]')).toEqual([false, 2]);
});

test('scroll keys move the focused scroller, then the page', async () => {
  const { page, key, type, click } = await openPerformPage(
    browser(),
    `<div id=box tabindex=0 style="height:100px;overflow:auto"><div style="height:300px"></div></div><div style="height:5000px"></div>`,
  );
  await click('#box');
  await key('ArrowDown');
  expect(await page.evaluate('[box.scrollTop, scrollY]')).toEqual([40, 0]);
  await key('End');
  await key('ArrowDown');
  expect(await page.evaluate('[box.scrollTop, scrollY]')).toEqual([200, 40]);
  await page.evaluate('document.activeElement.blur(), scrollTo(0, 0)');
  await type(' ');
  expect(await page.evaluate('scrollY')).toBe(525);
  await key('End');
  expect(await page.evaluate('scrollY > 4000')).toBe(true);
  await key('Home');
  expect(await page.evaluate('scrollY')).toBe(0);
});

test('shortcuts of the page get their keys', async () => {
  const { page, type, key } = await openPerformPage(
    browser(),
    '<script>window.keys = []; document.onkeydown = (event) => window.keys.push([event.key, event.ctrlKey])</script>',
  );
  await type('/');
  await key('k', 2);
  await key('F2');
  expect(await page.evaluate('window.keys')).toEqual([
    ['/', false],
    ['k', true],
    ['F2', false],
  ]);
});
