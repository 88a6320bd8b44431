// Values from the follower's pickers, scrolling, wheel and selection, and what is refused.
import { expect, test } from 'vitest';
import type { Input } from '../../../protocol/input.ts';
import { useBrowser } from '../../use-browser.ts';
import { openPerformPage, type PerformWindow } from './page.ts';

const browser = useBrowser();

test('a chosen option arrives with focus, input and change; several in a multiple select', async () => {
  const { page, perform, record, log, active } = await openPerformPage(
    browser(),
    '<select id=one><option>a<option>b<option>c</select><select id=many multiple><option selected>a<option>b<option>c</select>',
  );
  await record('focus', 'input', 'change');
  await perform({ type: 'input.value', at: '#one', selected: [2] });
  expect(await log()).toEqual(['focus@one', 'input@one', 'change@one']);
  expect(await active()).toBe('one');
  await perform({ type: 'input.value', at: '#many', selected: [1, 2] });
  expect(await page.evaluate('[one.value, [...many.selectedOptions].map((o) => o.value)]')).toEqual([
    'c',
    ['b', 'c'],
  ]);
  await log();
  await perform({ type: 'input.value', at: '#one', selected: [2] });
  expect((await log()).filter((line) => line.endsWith('@one') && !line.startsWith('focus'))).toEqual([]);
});

test('date, time, colour and range take a value as their pickers give it', async () => {
  const fields = {
    date: '2026-11-22',
    time: '15:40',
    color: '#336699',
    range: '70',
    month: '2026-11',
    'datetime-local': '2026-11-22T15:40',
  };
  const { perform, value, record, log } = await openPerformPage(
    browser(),
    Object.keys(fields)
      .map((type) => `<input id=${type} type=${type}>`)
      .join(''),
  );
  await record('input', 'change');
  for (const [type, text] of Object.entries(fields)) {
    await perform({ type: 'input.value', at: `#${type}`, value: text });
    expect(await value(`#${type}`)).toBe(text);
    expect(await log()).toEqual([`input@${type}`, `change@${type}`]);
  }
});

test('a checkbox is switched by a click that the page sees, a radio only on', async () => {
  const { page, perform, record, log } = await openPerformPage(
    browser(),
    '<input type=checkbox id=box><input type=radio id=radio checked>',
  );
  await record('click', 'change');
  await perform({ type: 'input.value', at: '#box', checked: true });
  await perform({ type: 'input.value', at: '#box', checked: true });
  await perform({ type: 'input.value', at: '#radio', checked: false });
  expect(await page.evaluate('[box.checked, radio.checked]')).toEqual([true, true]);
  expect(await log()).toEqual(['click@box', 'change@box']);
});

test('scroll offsets are taken over at once, of elements and of the page', async () => {
  const { page, perform } = await openPerformPage(
    browser(),
    '<style>html{scroll-behavior:smooth}</style><div id=box style="height:50px;overflow:auto"><div style="height:500px"></div></div><div style="height:3000px"></div>',
  );
  await perform({ type: 'input.scroll', at: '#box', x: 0, y: 120 });
  await perform({ type: 'input.scroll', at: 'html', x: 0, y: 700 });
  expect(await page.evaluate('[box.scrollTop, scrollY]')).toEqual([120, 700]);
});

test('the wheel asks the page first, moves the nearest scroller, and chains at its end', async () => {
  const { page, perform } = await openPerformPage(
    browser(),
    `<div id=box style="height:50px;overflow:auto"><div id=inner style="height:150px"></div></div><div id=map style="height:50px"></div><div style="height:3000px"></div>
     <script>map.addEventListener('wheel', (event) => { event.preventDefault(); window.zoomed = event.deltaY }, { passive: false })</script>`,
  );
  const wheel = { type: 'input.wheel', x: 0.5, y: 0.5, dx: 0, modifiers: 0 };
  await perform({ ...wheel, at: '#inner', dy: 60 });
  expect(await page.evaluate('[box.scrollTop, scrollY]')).toEqual([60, 0]);
  await perform({ ...wheel, at: '#inner', dy: 500 });
  await perform({ ...wheel, at: '#inner', dy: 30 });
  expect(await page.evaluate('[box.scrollTop, scrollY]')).toEqual([100, 30]);
  await perform({ ...wheel, at: '#map', dy: 10 });
  expect(await page.evaluate('[window.zoomed, scrollY]')).toEqual([10, 30]);
});

test('a selection is made in text and in fields, not while the page prevented the press', async () => {
  const { page, perform } = await openPerformPage(
    browser(),
    '<p id=one>first part</p><p id=two>second part</p><input id=field value=0123456789><p id=tool onmousedown="event.preventDefault()">tool</p>',
  );
  await perform({ type: 'input.select', from: '#one', to: '#two', anchorOffset: 6, focusOffset: 6 });
  expect(await page.evaluate('getSelection().toString()')).toBe('part\n\nsecond');
  await perform({ type: 'input.select', from: '#field', anchorOffset: 7, focusOffset: 2 });
  expect(await page.evaluate('[field.selectionStart, field.selectionEnd, field.selectionDirection]')).toEqual(
    [2, 7, 'backward'],
  );
  await perform({
    type: 'input.pointer',
    at: '#tool',
    action: 'down',
    x: 0.5,
    y: 0.5,
    button: 0,
    buttons: 1,
    clicks: 1,
    pointer: 'mouse',
    modifiers: 0,
  });
  await perform({ type: 'input.select', from: '#field', anchorOffset: 0, focusOffset: 1 });
  expect(await page.evaluate('field.selectionEnd')).toBe(7);
});

test('protected fields are refused, also a password that is shown in clear', async () => {
  const fields =
    '<input id=password type=password><input id=card autocomplete="section-a cc-number"><input id=code autocomplete=one-time-code><input id=attr data-cobrowse=mask><div data-cobrowse=hide><input id=under></div><input id=site class=iban><input id=open>';
  const { page, click, type, key, perform, refusals, value } = await openPerformPage(browser(), fields, {
    mask: ['.iban', '::nonsense('],
    hide: [],
    readonly: [],
  });
  for (const id of ['password', 'card', 'code', 'attr', 'site']) {
    await click(`#${id}`);
    expect(await refusals(), id).toEqual([]);
    await type('secret');
    await key('Backspace');
    await perform({ type: 'input.text', text: 'secret', pasted: true });
    await perform({ type: 'input.value', at: `#${id}`, value: 'secret' });
    expect(await refusals(), id).toEqual(Array(4).fill('field-protected'));
    expect(await value(`#${id}`)).toBe('');
  }
  await click('#under');
  expect(await refusals()).toEqual(['field-protected']);
  await page.evaluate(`password.type = 'text'`);
  await click('#password');
  await type('x');
  expect(await refusals()).toEqual(['field-protected']);
  await key('Tab');
  await click('#open');
  await type('y');
  expect(await refusals()).toEqual([]);
  expect(await value('#open')).toBe('y');
});

test('parts that are read-only to followers cannot be pressed', async () => {
  const { page, click, refusals } = await openPerformPage(
    browser(),
    '<section class=bank><button id=pay onclick="window.paid = true">pay</button></section>',
    { mask: [], hide: [], readonly: ['.bank'] },
  );
  await click('#pay');
  expect(await refusals()).toEqual(['field-protected']);
  expect(await page.evaluate('window.paid')).toBeUndefined();
});

test('a file chooser never opens: by click, label, key, script or value', async () => {
  const { page, click, key, perform, refusals } = await openPerformPage(
    browser(),
    '<input type=file id=file><label id=label for=file>choose</label><button id=button onclick="file.click()">by script</button>',
  );
  let opened = 0;
  page.on('filechooser', () => opened++);
  // the customer was active a moment ago, so that the browser itself would allow it
  await page.mouse.click(5, 590);
  for (const id of ['file', 'label', 'button']) await click(`#${id}`);
  await page.locator('#file').focus();
  await key('Enter');
  await perform({ type: 'input.value', at: '#file', value: 'x' });
  expect(await refusals()).toEqual(Array(5).fill('file-chooser'));
  expect(opened).toBe(0);
});

test('a node that is gone is refused as stale', async () => {
  const { page, click, perform, refusals } = await openPerformPage(browser(), '<button id=gone>x</button>');
  const node = await page.evaluate('idOf(gone)');
  await click('#gone');
  await page.evaluate('gone.remove()');
  await perform({ type: 'input.value', node, value: 'x' });
  await perform({ type: 'input.scroll', node: 12345, x: 0, y: 0 });
  expect(await refusals()).toEqual(['stale', 'stale']);
});

test('focus events reach the page while its window has no focus', async () => {
  const { page } = await openPerformPage(
    browser(),
    '<input id=chat><script>document.querySelector("input").focus()</script>',
  );
  const frame = await openPerformPage(browser(), '');
  await frame.page.close();
  await page.evaluate(async () => {
    const child = document.createElement('iframe');
    child.src = '/child';
    document.body.append(child);
    await new Promise((resolve) => child.addEventListener('load', resolve, { once: true }));
  });
  const child = page.frames()[1]!;
  const log = await child.evaluate(() => {
    document.body.innerHTML = '<input id=one><input id=two>';
    const seen: string[] = [];
    for (const type of ['focus', 'blur', 'focusin', 'focusout'])
      document.addEventListener(type, (event) => seen.push(`${type}@${(event.target as Element).id}`), true);
    const { performer, idOf } = window as unknown as PerformWindow;
    for (const id of ['one', 'two'])
      performer.perform('agent', 1, {
        type: 'input.value',
        frame: 0,
        node: idOf(document.getElementById(id)!),
        value: id,
      });
    return seen;
  });
  expect(log).toEqual(['focus@one', 'focusin@one', 'blur@one', 'focusout@one', 'focus@two', 'focusin@two']);
});

test('typing goes on while the customer writes in the chat beside the page, and takes nothing from it', async () => {
  const { page } = await openPerformPage(browser(), '<input id=chat>');
  await page.evaluate(async () => {
    const child = document.createElement('iframe');
    child.src = '/child';
    document.body.append(child);
    await new Promise((resolve) => child.addEventListener('load', resolve, { once: true }));
  });
  const child = page.frames()[1]!;
  const perform = (at: string, input: Record<string, unknown>) =>
    child.evaluate(
      ({ at, input }) => {
        const { performer, idOf } = window as unknown as PerformWindow;
        const node = idOf(document.getElementById(at)!);
        performer.perform('agent', 1, { frame: 0, node, ...input } as unknown as Input);
      },
      { at, input },
    );
  await child.evaluate(() => {
    document.body.innerHTML = '<input id=field><div id=editor contenteditable>text</div>';
  });
  const press = {
    type: 'input.pointer',
    x: 0.5,
    y: 0.5,
    button: 0,
    clicks: 1,
    pointer: 'mouse',
    modifiers: 0,
  };
  for (const at of ['field', 'editor']) {
    await perform(at, { ...press, action: 'down', buttons: 1 });
    await perform(at, { ...press, action: 'up', buttons: 0 });
    // the shell gives the focus back to the chat
    await page.locator('#chat').focus();
    for (const letter of 'ab') {
      await perform(at, { type: 'input.text', text: letter });
      await page.keyboard.type(letter.toUpperCase());
    }
  }
  expect(await page.evaluate('chat.value')).toBe('ABAB');
  expect(await child.evaluate('[field.value, editor.textContent]')).toEqual(['ab', 'textab']);
});

test('the customer’s clipboard is neither read nor written', async () => {
  const { page, click, key, value } = await openPerformPage(
    browser(),
    '<input id=field value=mine><input id=other>',
  );
  await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
  await page.evaluate('navigator.clipboard.writeText("private")');
  await page.evaluate(() => {
    const seen: string[] = [];
    Object.assign(window, { seen });
    for (const type of ['copy', 'cut', 'paste']) document.addEventListener(type, () => seen.push(type));
  });
  // the customer was active a moment ago, so that the browser itself would allow it
  await page.mouse.click(5, 590);
  await click('#field');
  await key('a', 2);
  await key('c', 2);
  await key('x', 2);
  await click('#other');
  await key('v', 2);
  expect([await value('#field'), await value('#other')]).toEqual(['', '']);
  expect(await page.evaluate('navigator.clipboard.readText()')).toBe('private');
  // editors that copy and cut by themselves are told, with a clipboard that is nobody's
  expect(await page.evaluate('window.seen')).toEqual(['copy', 'cut']);
});
