// What applications ask of events before they act: whether a press may select, which physical key it was.
import { expect, test } from 'vitest';
import { useBrowser } from '../../use-browser.ts';
import { openPerformPage } from './page.ts';

const browser = useBrowser();

const pointer = { x: 0.5, y: 0.5, button: 0, clicks: 1, pointer: 'mouse', modifiers: 0 };

for (const [how, markup, selected] of [
  ['is selected', '<p id=text>some words</p>', 'some'],
  ['is not selected where the style forbids it', '<p id=text style="user-select:none">some words</p>', ''],
  [
    'is not selected where the page prevents selectstart',
    '<p id=text onselectstart="return false">some words</p>',
    '',
  ],
  [
    'is not selected where the page takes the selection away to drag by itself',
    '<p id=text onpointermove="getSelection().removeAllRanges()">some words</p>',
    '',
  ],
] as const)
  test(`text under a drag ${how}`, async () => {
    const { page, perform } = await openPerformPage(browser(), markup);
    await perform({ type: 'input.pointer', ...pointer, at: '#text', action: 'down', buttons: 1 });
    await perform({ type: 'input.pointer', ...pointer, at: '#text', action: 'move', buttons: 1 });
    await perform({ type: 'input.select', from: '#text', anchorOffset: 0, focusOffset: 4 });
    await perform({ type: 'input.pointer', ...pointer, at: '#text', action: 'up', buttons: 0 });
    expect(await page.evaluate('String(getSelection())')).toBe(selected);
  });

test('characters have the codes of a US keyboard', async () => {
  const { page, type } = await openPerformPage(browser(), '<input autofocus>');
  await page.evaluate(() => {
    const seen: string[] = [];
    Object.assign(window, { seen });
    document.addEventListener('keydown', ({ key, code, keyCode }) => seen.push(`${key} ${code} ${keyCode}`));
  });
  await type('a+-=;[\'"?!0ß');
  expect(await page.evaluate('seen')).toEqual([
    'a KeyA 65',
    '+ Equal 187',
    '- Minus 189',
    '= Equal 187',
    '; Semicolon 186',
    '[ BracketLeft 219',
    "' Quote 222",
    '" Quote 222',
    '? Slash 191',
    '! Digit1 49',
    '0 Digit0 48',
    'ß  0',
  ]);
});

test('a drawing pad gets the way of a pen with its pressure', async () => {
  const { page, perform } = await openPerformPage(
    browser(),
    '<canvas id=pad style="margin:30px;border:2px solid"></canvas>',
  );
  await page.evaluate(() =>
    document.querySelector('#pad')!.addEventListener('pointermove', (event) => {
      const points = (event as PointerEvent).getCoalescedEvents();
      Object.assign(window, {
        points: points.map(({ offsetX, offsetY, clientX, pressure, pointerType, target }) => [
          [offsetX, offsetY, clientX].map(Math.round),
          pressure,
          pointerType,
          (target as Element).id,
        ]),
      });
    }),
  );
  const pen = { type: 'input.pointer', ...pointer, at: '#pad', pointer: 'pen', buttons: 1 };
  await perform({ ...pen, action: 'down', pressure: 0.1 });
  await perform({
    ...pen,
    action: 'move',
    pressure: 0.75,
    trail: [
      { x: 0.1, y: 0.1, pressure: 0.25 },
      { x: 0.3, y: 0.3 },
    ],
  });
  expect(await page.evaluate('points')).toEqual([
    [[28, 13, 68], 0.25, 'pen', 'pad'],
    [[89, 44, 129], 0.75, 'pen', 'pad'],
    [[150, 75, 190], 0.75, 'pen', 'pad'],
  ]);
});

test('a drawing pad gets its points as coalesced events', async () => {
  const { page, perform } = await openPerformPage(browser(), '<canvas id=pad></canvas>');
  await page.evaluate(() =>
    document.querySelector('#pad')!.addEventListener('pointermove', (event) => {
      const [point, more] = (event as PointerEvent).getCoalescedEvents();
      Object.assign(window, { point: [point?.offsetX, point?.offsetY, point?.pressure, more] });
    }),
  );
  await perform({ type: 'input.pointer', ...pointer, at: '#pad', action: 'down', buttons: 1 });
  await perform({ type: 'input.pointer', ...pointer, at: '#pad', action: 'move', buttons: 1 });
  expect(await page.evaluate('point')).toEqual([150, 75, 0.5, undefined]);
});

test('moves tell how far they went, and which button is held', async () => {
  const { page, perform } = await openPerformPage(
    browser(),
    '<div id=area style="width:200px;height:100px"></div>',
  );
  await page.evaluate(() => {
    const seen: unknown[] = [];
    Object.assign(window, { seen });
    for (const type of ['pointermove', 'mousemove'] as const)
      document.addEventListener(type, ({ movementX, movementY, which, button }) =>
        seen.push([movementX, movementY, which, button]),
      );
  });
  const move = { type: 'input.pointer', ...pointer, at: '#area', action: 'move', clicks: 0 };
  await perform({ ...move, buttons: 0 });
  await perform({ ...move, x: 0.6, y: 0.7, buttons: 0 });
  await perform({ ...move, x: 0.6, y: 0.7, action: 'down', buttons: 1, clicks: 1 });
  await perform({ ...move, buttons: 1 });
  expect(await page.evaluate('seen')).toEqual([
    [0, 0, 0, -1],
    [0, 0, 0, 0],
    [20, 20, 0, -1],
    [20, 20, 0, 0],
    [-20, -20, 0, -1],
    [-20, -20, 1, 0],
  ]);
});

test('a ring is for what got the focus by a key, and for fields', async () => {
  const { page, click, key } = await openPerformPage(
    browser(),
    '<button id=one>1</button><button id=two>2</button><input id=field>',
  );
  const ring = () => page.evaluate("document.querySelector(':focus-visible')?.id");
  await click('#one');
  expect(await ring()).toBeUndefined();
  await key('Tab');
  expect(await ring()).toBe('two');
  await click('#one');
  expect(await ring()).toBeUndefined();
  await click('#field');
  expect(await ring()).toBe('field');
});
