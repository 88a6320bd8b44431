// What browsers do by default and dispatched events do not: stops for Tab, wheels, players, access keys, Escape.
import { expect, test } from 'vitest';
import { useBrowser } from '../../use-browser.ts';
import { openPerformPage } from './page.ts';

const ALT = 1;
const browser = useBrowser();

const wheel = (at: string, dy: number) => ({
  type: 'input.wheel',
  at,
  x: 0.5,
  y: 0.5,
  dx: 0,
  dy,
  modifiers: 0,
});

test('Tab stops at what scrolls and has no stop in it, as the browser’s own', async () => {
  const body = `<input id=a><div id=s style="height:50px;overflow:auto"><p style="height:300px">text</div>
    <div id=t style="height:50px;overflow:auto"><p style="height:300px"><a id=link href=#>x</a></div>
    <div id=none style="height:50px;overflow:hidden"><p style="height:300px">cut off</div><input id=z>`;
  const real = await openPerformPage(browser(), body);
  const performed = await openPerformPage(browser(), body);
  const visited: string[] = [];
  for (let step = 0; step < 4; step++) {
    await real.page.keyboard.press('Tab');
    await performed.key('Tab');
    visited.push(await performed.active());
    expect(visited.at(-1), visited.join(' ')).toBe(await real.active());
  }
  expect(visited).toEqual(['a', 's', 'link', 'z']);
  await performed.page.locator('#s').focus();
  await performed.key('ArrowDown');
  expect(await performed.page.evaluate('s.scrollTop')).toBe(40);
});

test('the wheel counts in the number that is written in, and scrolls above any other', async () => {
  const { page, perform, click, value, record, log } = await openPerformPage(
    browser(),
    '<input id=one type=number value=5 max=6><input id=two type=number value=5><div style="height:3000px">',
  );
  await click('#one');
  await record('input', 'change');
  await perform(wheel('#one', -100));
  await perform(wheel('#one', -100));
  expect([await value('#one'), await page.evaluate('scrollY')]).toEqual(['6', 0]);
  expect(await log()).toEqual(['input@one', 'change@one']);
  await perform(wheel('#two', 100));
  expect([await value('#two'), await page.evaluate('scrollY')]).toEqual(['5', 100]);
});

test('the wheel goes on from an inner part to the one around it, unless that is contained; a fixed part belongs to the window', async () => {
  const tall = '<div style="height:500px"></div>';
  const part = (id: string, more: string, inner = tall) =>
    `<div id=${id} style="height:100px;overflow:auto;${more}">${inner}</div>`;
  const { page, perform } = await openPerformPage(
    browser(),
    part('outer', '', part('inner', '') + part('shut', 'overscroll-behavior:contain') + tall) +
      part('around', '', `<p id=fixed style="position:fixed;bottom:0">fixed</p>${tall}`) +
      '<div style="height:3000px"></div>',
  );
  const offsets = () =>
    page.evaluate('[inner.scrollTop, shut.scrollTop, outer.scrollTop, around.scrollTop, scrollY]');
  await perform(wheel('#inner', 1000));
  expect(await offsets()).toEqual([400, 0, 0, 0, 0]);
  await perform(wheel('#inner', 100));
  expect(await offsets()).toEqual([400, 0, 100, 0, 0]);
  await perform(wheel('#shut', 1000));
  await perform(wheel('#shut', 1000));
  expect(await offsets()).toEqual([400, 400, 100, 0, 0]);
  await perform(wheel('#fixed', 50));
  expect(await offsets()).toEqual([400, 400, 100, 0, 50]);
});

/** Four seconds of silence. */
const SILENCE = `(() => {
  const size = 32000, bytes = new Uint8Array(44 + size).fill(128, 44), view = new DataView(bytes.buffer);
  const write = (at, text) => [...text].forEach((letter, i) => { bytes[at + i] = letter.charCodeAt(0); });
  write(0, 'RIFF'); view.setUint32(4, 36 + size, true); write(8, 'WAVEfmt '); view.setUint32(16, 16, true);
  view.setUint16(20, 1, true); view.setUint16(22, 1, true); view.setUint32(24, 8000, true); view.setUint32(28, 8000, true);
  view.setUint16(32, 1, true); view.setUint16(34, 8, true); write(36, 'data'); view.setUint32(40, size, true);
  return URL.createObjectURL(new Blob([bytes], { type: 'audio/wav' }));
})()`;

test('a player with the browser’s controls plays and pauses by Space and by a click, once each', async () => {
  const { page, click, type } = await openPerformPage(
    browser(),
    '<video id=film controls muted loop></video><video id=bare muted loop></video>',
  );
  await page.evaluate(`film.src = bare.src = ${SILENCE}; new Promise((done) => { film.oncanplay = done })`);
  const paused = () => page.evaluate('[film.paused, bare.paused]');
  await click('#film');
  expect(await paused()).toEqual([false, true]);
  await type(' ');
  expect(await paused()).toEqual([true, true]);
  await type(' ');
  expect(await paused()).toEqual([false, true]);
  await click('#bare');
  await page.evaluate('film.onclick = (event) => event.preventDefault()');
  await click('#film');
  expect(await paused()).toEqual([false, true]);
});

test('an access key focuses and presses; without one Alt writes nothing', async () => {
  const { page, click, key, active, value } = await openPerformPage(
    browser(),
    '<button id=go accesskey=G onclick="window.pressed = true">go</button><button disabled accesskey=d onclick="window.off = true">d</button><input id=field>',
  );
  await click('#field');
  await key('g', ALT);
  expect([await page.evaluate('window.pressed'), await active()]).toEqual([true, 'go']);
  await click('#field');
  await key('d', ALT);
  expect([await page.evaluate('window.off'), await value('#field')]).toEqual([undefined, '']);
});

test('Escape closes what lies on top: the popover above a dialog, then the dialog', async () => {
  const { page, key } = await openPerformPage(
    browser(),
    '<dialog id=dialog><button id=in>x</button><div id=pop popover>p</div></dialog><div id=fixed popover=manual>m</div>',
  );
  await page.evaluate('fixed.showPopover(); dialog.showModal(); pop.showPopover()');
  const open = () => page.evaluate('[pop, fixed].map((e) => e.matches(":popover-open")).concat(dialog.open)');
  await key('Escape');
  expect(await open()).toEqual([false, true, true]);
  await key('Escape');
  expect(await open()).toEqual([false, true, false]);
});

test('a press elsewhere closes popovers and dialogs that ask for it, not those it is in, nor the one whose button it is', async () => {
  const { page, click } = await openPerformPage(
    browser(),
    `<button id=opens popovertarget=one>o</button><div id=one popover><p id=inside>in</p><button id=more popovertarget=two>m</button></div>
     <div id=two popover><p id=within>x</p></div><div id=fixed popover=manual>m</div><dialog id=any closedby=any style="top:300px"><p id=words>w</p></dialog>
     <dialog id=stays style="top:400px">s</dialog><p id=elsewhere style="margin-top:200px">e</p>`,
  );
  const open = () =>
    page.evaluate('[one, two, fixed].map((e) => e.matches(":popover-open")).concat(any.open, stays.open)');
  await page.evaluate(
    'fixed.showPopover(); any.show(); stays.show(); one.showPopover(); two.showPopover({ source: more })',
  );
  await click('#within');
  expect(await open()).toEqual([true, true, true, false, true]);
  await page.evaluate('any.show()');
  await click('#words');
  expect(await open()).toEqual([false, false, true, true, true]);
  await page.evaluate('one.showPopover(); two.showPopover({ source: more })');
  await click('#inside');
  expect(await open()).toEqual([true, false, true, false, true]);
  await click('#opens');
  expect(await open()).toEqual([false, false, true, false, true]);
  await click('#opens');
  await click('#elsewhere');
  expect(await open()).toEqual([false, false, true, false, true]);
});

test('arrows do not change what is protected', async () => {
  const { page, key, value, refusals } = await openPerformPage(
    browser(),
    `<select id=list data-cobrowse=readonly><option>a<option>b</select><input id=number type=number value=5 data-cobrowse=readonly>
     <input id=day type=date value=2026-11-20 data-cobrowse=mask>`,
  );
  for (const id of ['list', 'number', 'day']) {
    await page.locator(`#${id}`).focus();
    await key('ArrowDown');
  }
  expect([await value('#list'), await value('#number'), await value('#day')]).toEqual([
    'a',
    '5',
    '2026-11-20',
  ]);
  expect(await refusals()).toEqual(['field-protected', 'field-protected', 'field-protected']);
});
