// The overlay above a fake mirror: what a follower's mouse, wheel and keys become.
import { expect, test } from 'vitest';
import { useBrowser } from '../../use-browser.ts';
import { openOverlayPage } from './overlay-page.ts';

const browser = useBrowser();

const BLOCKS = `<style>body>*{display:block;box-sizing:border-box;width:200px;height:40px;margin:0;padding:0}</style>
<button id=button>press</button><a id=link href=/elsewhere>link</a><input id=field value="hello world" style="border:0;font:inherit">
<p id=text>some words here</p>`;

const summary = (message: Record<string, unknown>): string =>
  `${message.action ?? message.kind ?? message.type}@${message.node}`;

test('without control only the pointer is shared, anchored to an element, and the mirror is never touched', async () => {
  const { page, settled, middle } = await openOverlayPage(browser(), BLOCKS);
  const at = await middle('link');
  await page.mouse.move(at.x + 50, at.y - 10);
  await page.mouse.click(at.x + 50, at.y - 10);
  await page.keyboard.type('x');
  await page.mouse.move(700, 500);
  const sent = await settled();
  expect(new Set(sent.map(({ type }) => type))).toEqual(new Set(['pointer']));
  expect(sent.find(({ kind }) => kind === 'clicked')).toEqual({
    type: 'pointer',
    kind: 'clicked',
    frame: 7,
    node: 'link',
    x: 0.75,
    y: 0.25,
  });
  expect(page.frames()[1]!.url()).toBe('http://view.localhost/inner');
  expect(await page.evaluate('mirror.document().activeElement.nodeName')).toBe('BODY');
});

test('the pointer is shared at most 30 times a second, the last place always', async () => {
  const { page, sent } = await openOverlayPage(browser(), BLOCKS);
  const started = Date.now();
  for (let x = 1; x <= 100; x++) await page.mouse.move(x, 10);
  const elapsed = Date.now() - started;
  await page.waitForFunction(() =>
    (window as unknown as { sent: { x: number }[] }).sent.some(({ x }) => Math.abs(x - 0.5) < 0.001),
  );
  const moves = await sent(1, 'pointer');
  expect(moves.length).toBeLessThanOrEqual((elapsed + 200) / 33);
  await page.mouse.move(100, 10);
});

test('with control a click is move, down, up at the place; two are counted', async () => {
  const { page, takeControl, settled, middle, press } = await openOverlayPage(browser(), BLOCKS, {
    scale: 0.5,
  });
  await takeControl();
  const { x, y } = await middle('button');
  await page.mouse.move(x, y);
  await press(x, y, 2);
  const inputs = (await settled()).filter(({ type }) => type === 'input.pointer');
  expect(
    inputs
      .map((message) => `${summary(message)} ${message.clicks}`)
      .filter((line) => !line.startsWith('move')),
  ).toEqual(['down@button 1', 'up@button 1', 'down@button 2', 'up@button 2']);
  expect(inputs.find(({ action }) => action === 'down')).toMatchObject({
    x: 0.5,
    y: 0.5,
    button: 0,
    buttons: 1,
    frame: 7,
  });
});

test('moves are joined per animation frame and stay in order with presses', async () => {
  const { page, takeControl, settled, middle } = await openOverlayPage(browser(), BLOCKS);
  await takeControl();
  const { x, y } = await middle('button');
  await page.evaluate(`(() => {
    const layer = document.querySelector('tandem-overlay').shadowRoot.querySelector('.layer');
    const fire = (type, x, extra = {}) => layer.dispatchEvent(new PointerEvent(type, { clientX: x, clientY: ${y}, bubbles: true, ...extra }));
    layer.setPointerCapture = () => {};
    for (let step = 0; step < 50; step++) fire('pointermove', step);
    fire('pointerdown', ${x}, { buttons: 1 });
    fire('mousedown', ${x}, { buttons: 1 });
    fire('pointermove', ${x} + 1, { buttons: 1 });
    fire('pointerup', ${x} + 1);
  })()`);
  const actions = (await settled())
    .filter(({ type }) => type === 'input.pointer')
    .map(({ action }) => action);
  expect(actions).toEqual(['move', 'down', 'move', 'up']);
});

test('dragging over text selects it by node and offset; double and triple clicks select word and paragraph', async () => {
  const { page, takeControl, settled, middle, press } = await openOverlayPage(browser(), BLOCKS);
  await takeControl();
  const { y } = await middle('text');
  const top = y - 12;
  const character = 9.6;
  await page.mouse.move(1, top);
  await page.mouse.down();
  await page.mouse.move(character * 4 + 1, top, { steps: 3 });
  await page.mouse.up();
  const dragged = (await settled()).filter(({ type }) => type === 'input.select').at(-1);
  expect(dragged).toMatchObject({
    anchor: 'text of text',
    anchorOffset: 0,
    focus: 'text of text',
    focusOffset: 4,
  });
  await press(character * 7, top, 3);
  const selected = (await settled()).filter(({ type }) => type === 'input.select');
  expect(selected.map(({ anchorOffset, focusOffset }) => [anchorOffset, focusOffset])).toEqual([
    [5, 10],
    [0, 15],
  ]);
});

test('a press in a field puts the caret there, by offset', async () => {
  const { page, takeControl, sent, middle } = await openOverlayPage(browser(), BLOCKS);
  await takeControl();
  const { y } = await middle('field');
  await page.mouse.click(9.6 * 5 + 1, y);
  expect(await sent(1, 'input.select')).toEqual([
    { type: 'input.select', frame: 7, anchor: 'field', anchorOffset: 5, focus: 'field', focusOffset: 5 },
  ]);
});

test('what is selected is copied to the follower’s own clipboard', async () => {
  const { page, takeControl, sent, settled, middle, press } = await openOverlayPage(browser(), BLOCKS);
  await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
  await takeControl();
  const { y } = await middle('field');
  await press(9.6 * 8, y, 2);
  await settled();
  await page.evaluate(() => {
    document.addEventListener('copy', (event) => {
      Object.assign(window, { copied: event.clipboardData!.getData('text/plain') });
    });
  });
  await page.keyboard.press('Control+c');
  await page.waitForFunction(() => (window as { copied?: string }).copied === 'world');
  await page.keyboard.press('Control+v');
  expect(await sent(1, 'input.text')).toEqual([
    { type: 'input.text', text: 'world', pasted: true, copiedHere: true, frame: 7, byKey: expect.anything() },
  ]);
});

test('all of a field is copied, and cut, before the leader has said that it is selected', async () => {
  const { page, takeControl, sent, middle } = await openOverlayPage(browser(), BLOCKS);
  await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
  await takeControl();
  const { y } = await middle('field');
  await page.mouse.click(5, y);
  await page.evaluate(() => {
    const { mirror } = window as unknown as { mirror: { leader?: Element | null; document(): Document } };
    mirror.leader = mirror.document().getElementById('field');
  });
  await page.keyboard.press('Control+a');
  await page.keyboard.press('Control+c');
  const clipboard = () => page.evaluate(() => navigator.clipboard.readText());
  expect(await clipboard()).toBe('hello world');
  await page.evaluate(() => navigator.clipboard.writeText(''));
  await page.keyboard.press('Control+x');
  expect(await clipboard()).toBe('hello world');
  await page.keyboard.press('Control+v');
  expect(await sent(1, 'input.text')).toMatchObject([{ text: 'hello world', copiedHere: true }]);
});

test('Ctrl+C with nothing selected is the page’s, and leaves the follower what he had copied', async () => {
  const { page, takeControl, sent, settled, middle } = await openOverlayPage(browser(), BLOCKS);
  await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
  await page.evaluate(() => navigator.clipboard.writeText('from elsewhere'));
  await takeControl();
  const { y } = await middle('field');
  await page.mouse.click(5, y);
  await settled();
  await page.keyboard.press('Control+c');
  expect(await sent(1, 'input.key')).toMatchObject([{ key: 'c', modifiers: 2 }]);
  await page.keyboard.press('Control+v');
  expect(await sent(1, 'input.text')).toMatchObject([{ text: 'from elsewhere', copiedHere: true }]);
  // away and back: what is copied there is newer than what the page may have kept
  await page.evaluate(() => (document.activeElement as HTMLElement).blur());
  await page.mouse.click(5, y);
  await settled();
  await page.keyboard.press('Control+v');
  expect((await sent(1, 'input.text'))[0]).not.toHaveProperty('copiedHere');
});

test('the key that pastes is told with what it pastes, and then let go', async () => {
  const { page, takeControl, settled, middle } = await openOverlayPage(browser(), BLOCKS);
  await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
  await takeControl();
  const { x, y } = await middle('field');
  await page.mouse.click(x, y);
  const inputs = async (): Promise<unknown[]> =>
    (await settled())
      .filter(({ type }) => /^input\.(?:key|text)$/.test(String(type)))
      .map(({ key, held, text, byKey }) => [
        held,
        key,
        (byKey as { key: string } | undefined)?.key,
        text?.toString().length,
      ]);
  const write = (text: string) => page.evaluate((now) => navigator.clipboard.writeText(now), text);
  await settled();
  await write('a word');
  await page.keyboard.press('Control+v');
  await page.keyboard.press('Shift+Insert');
  expect(await inputs()).toEqual([
    [undefined, undefined, 'v', 6],
    ['up', 'v', undefined, undefined],
    [undefined, undefined, 'Insert', 6],
    ['up', 'Insert', undefined, undefined],
  ]);
  await write('x'.repeat(50_000));
  await page.keyboard.press('Control+v');
  expect((await inputs()).slice(0, 3)).toEqual([
    [undefined, undefined, 'v', 49_152],
    [undefined, undefined, undefined, 848],
    ['up', 'v', undefined, undefined],
  ]);
  // with nothing to paste the page hears the key all the same
  await write('');
  await page.keyboard.press('Control+v');
  expect(await inputs()).toEqual([
    ['down', 'v', undefined, undefined],
    ['up', 'v', undefined, undefined],
  ]);
});

test('the wheel turns in the page with control, summed per frame, and pans the view without', async () => {
  const { page, takeControl, sent, settled } = await openOverlayPage(browser(), BLOCKS, { scale: 2 });
  await page.mouse.move(100, 40);
  await page.mouse.wheel(0, 100);
  await page.waitForFunction(() => scrollY > 0);
  expect((await settled()).filter(({ type }) => type === 'input.wheel')).toEqual([]);
  await page.evaluate('scrollTo(0, 0)');
  await takeControl();
  await page.mouse.wheel(0, 120);
  const [wheel] = await sent(1, 'input.wheel');
  expect(wheel).toMatchObject({ node: 'button', dx: 0, dy: 60 });
  expect(await page.evaluate('scrollY')).toBe(0);
});

test('two fingers pinch and pan: the page hears wheels, as of a trackpad, and no press', async () => {
  const { page, takeControl, settled, middle } = await openOverlayPage(browser(), BLOCKS);
  await takeControl();
  const { x, y } = await middle('text');
  const devtools = await page.context().newCDPSession(page);
  const touch = (type: string, ...points: [number, number][]) =>
    devtools.send('Input.dispatchTouchEvent', {
      type: type as 'touchStart',
      touchPoints: points.map(([left, top], id) => ({ x: left, y: top, id })),
    });
  await touch('touchStart', [x - 20, y]);
  await touch('touchStart', [x - 20, y], [x + 20, y]);
  for (let step = 1; step <= 4; step++)
    await touch('touchMove', [x - 20 - 5 * step, y], [x + 20 + 5 * step, y]);
  await touch('touchMove', [x - 40, y + 10], [x + 40, y + 10]);
  await touch('touchEnd');
  const inputs = (await settled()).filter(({ type }) => String(type).startsWith('input.'));
  const wheels = inputs.filter(({ type }) => type === 'input.wheel');
  const total = (modifiers: number) =>
    wheels.filter((wheel) => wheel.modifiers === modifiers).reduce((all, { dy }) => all + Number(dy), 0);
  expect(total(2)).toBeCloseTo(-100 * Math.log(2), 0);
  expect(total(0)).toBeCloseTo(-10, 0);
  expect(inputs.filter(({ type }) => type !== 'input.wheel').map(({ action }) => action)).toEqual([
    'down',
    'cancel',
  ]);
  // one finger alone is a finger again
  await touch('touchStart', [x, y]);
  await touch('touchEnd');
  const after = (await settled()).filter(({ type }) => type === 'input.pointer');
  expect(after.map(({ action }) => action)).toContain('up');
});

test('typing is text, other keys go by name, the browser’s own shortcuts stay', async () => {
  const { page, takeControl, settled, middle } = await openOverlayPage(browser(), BLOCKS);
  await takeControl();
  const { x, y } = await middle('button');
  await page.mouse.click(x, y);
  await settled();
  await page.keyboard.type('aß ');
  for (const key of [
    'Enter',
    'Tab',
    'Shift+Tab',
    'ArrowLeft',
    'Control+a',
    'Control+Backspace',
    'Control+k',
    'Control+/',
    'Control+l',
    'Shift',
  ])
    await page.keyboard.press(key);
  const keys = (await settled()).filter(({ type }) => String(type).startsWith('input.'));
  expect(keys.map(({ text, key, modifiers }) => text ?? `${key} ${modifiers}`)).toEqual([
    'a',
    'ß',
    ' ',
    'Enter 0',
    'Tab 0',
    'Tab 8',
    'ArrowLeft 0',
    'a 2',
    'Backspace 2',
    'k 2',
    '/ 2',
  ]);
  // behind a Tab only the leader knows
  expect(keys.map(({ frame }) => frame)).toEqual([7, 7, 7, 7, 7, ...Array(6).fill(undefined)]);
});

test('the keyboard is taken by a click or the button, and given back by F6 or Escape twice', async () => {
  const { page, takeControl, settled, tell, middle } = await openOverlayPage(browser(), BLOCKS);
  const focused = () =>
    page.evaluate('document.querySelector("tandem-overlay").shadowRoot.activeElement?.className ?? ""');
  await page.keyboard.press('Tab');
  expect(await focused()).toBe('');
  await takeControl();
  await page.keyboard.press('Tab');
  expect(await focused()).toBe('enter');
  await page.keyboard.press('Enter');
  expect(await focused()).toBe('keys');
  await page.keyboard.press('Tab');
  expect(await focused()).toBe('keys');
  await page.keyboard.press('F6');
  expect(await focused()).toBe('enter');
  const { x, y } = await middle('button');
  await page.mouse.click(x, y);
  expect(await focused()).toBe('keys');
  await settled();
  await page.keyboard.press('Escape');
  await page.keyboard.press('Escape');
  expect(await focused()).toBe('enter');
  expect((await settled()).flatMap(({ key }) => key ?? [])).toEqual(['Escape']);
  await page.mouse.click(x, y);
  await tell({ type: 'control', mine: false, epoch: 3, seq: 0, holder: 'other' });
  expect(await focused()).toBe('');
});

test('a refused input is said in a sentence of the person’s language', async () => {
  const { page, takeControl, tell } = await openOverlayPage(browser(), BLOCKS);
  await takeControl();
  await page.mouse.click(20, 90);
  await tell({ type: 'input.refused', seq: 1, reason: 'field-protected' });
  const notice = page.locator('.notice', { hasText: 'protected' });
  await notice.waitFor();
  expect(await notice.getAttribute('role')).toBe('status');
  const reasons = { 'field-protected': 'Dieses Feld ist geschützt.' };
  await tell({
    type: 'words',
    words: {
      useKeyboard: 'Tastatur',
      keyboard: 'Tastatur',
      list: 'Auswahl',
      pickerOpen: '',
      notShared: '',
      tool: '',
      asked: '',
      reasons,
    },
  });
  await tell({ type: 'input.refused', seq: 2, reason: 'field-protected' });
  await page.locator('.notice', { hasText: 'geschützt' }).waitFor();
  await page.getByRole('button', { name: 'Tastatur' }).waitFor();
});

test('a notice stays inside the view wherever the field is', async () => {
  const corner = (style: string) =>
    `<input style="position:absolute;box-sizing:border-box;width:40px;${style}">`;
  const body = ['left:0;top:0', 'right:0;top:0', 'left:0;bottom:0', 'right:0;bottom:0'].map(corner).join('');
  const { page, takeControl, tell } = await openOverlayPage(browser(), body);
  await takeControl();
  const notice = page.locator('.notice');
  const { width, height } = page.viewportSize()!;
  for (const [x, y] of [
    [4, 4],
    [width - 4, 4],
    [4, height - 4],
    [width - 4, height - 4],
  ] as const) {
    await page.mouse.click(x, y);
    await tell({ type: 'input.refused', seq: 1, reason: 'field-protected' });
    const box = (await notice.boundingBox())!;
    expect(box.x).toBeGreaterThanOrEqual(0);
    expect(box.y).toBeGreaterThanOrEqual(0);
    expect(box.x + box.width).toBeLessThanOrEqual(width);
    expect(box.y + box.height).toBeLessThanOrEqual(height);
    // not squeezed by the edge: its words stay on two lines at most
    expect(box.height).toBeLessThan(60);
    // nor over the field that it is about
    expect(y < box.y || y > box.y + box.height).toBe(true);
  }
});

test('a ring shows the follower in control where his keys go, unless the page draws its own', async () => {
  const { page, takeControl } = await openOverlayPage(browser(), BLOCKS, { scale: 0.5 });
  const focus = (style: string) =>
    page.evaluate(`
      mirror.leader = mirror.document().getElementById('button');
      mirror.leader.setAttribute('tandem-focus-visible', '');
      mirror.leader.style.cssText += ${JSON.stringify(style)}`);
  const ring = page.locator('tandem-overlay .ring');
  await focus('');
  expect(await ring.isVisible()).toBe(false);
  await takeControl();
  await ring.waitFor();
  expect(await ring.boundingBox()).toEqual(
    await page.evaluate('({ x, y, width, height } = mirror.rectOf(mirror.leader), { x, y, width, height })'),
  );
  await focus('outline: 2px solid red');
  await ring.waitFor({ state: 'hidden' });
});

test('the leader’s caret and selection in a field are drawn where its characters are', async () => {
  const { page } = await openOverlayPage(browser(), BLOCKS, { scale: 0.5 });
  const marks = async (start: number, end: number) => {
    await page.evaluate(
      `mirror.leader = mirror.document().getElementById('field');
       mirror.chosen = { anchor: mirror.leader, anchorOffset: ${start}, focus: mirror.leader, focusOffset: ${end} }`,
    );
    await page.waitForFunction(
      (caret) =>
        document
          .querySelector('tandem-overlay')!
          .shadowRoot!.querySelector('.marks')!
          .firstElementChild?.classList.contains(caret ? 'caret' : 'chosen'),
      start === end,
    );
    return await page.evaluate(() => {
      const mark = document.querySelector('tandem-overlay')!.shadowRoot!.querySelector('.marks')!
        .firstElementChild!;
      const { left, top, width, height } = mark.getBoundingClientRect();
      return { left, right: left + width, middle: top + height / 2 };
    });
  };
  const character = 9.6 / 2;
  const caret = await marks(5, 5);
  expect(caret.left).toBeCloseTo(5 * character, 0);
  expect(Math.abs(caret.middle - 50)).toBeLessThan(3);
  const chosen = await marks(6, 11);
  expect(chosen.left).toBeCloseTo(6 * character, 0);
  expect(chosen.right).toBeCloseTo(11 * character, 0);
});
