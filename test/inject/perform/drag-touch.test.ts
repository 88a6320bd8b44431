// Drag and drop with a DataTransfer, drags by pointer, and touch: taps and panning.
import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { useBrowser } from '../../use-browser.ts';
import { openPerformPage } from './page.ts';

const browser = useBrowser();

const mouse = { type: 'input.pointer', x: 0.5, y: 0.5, button: 0, clicks: 1, pointer: 'mouse', modifiers: 0 };
const touch = { ...mouse, pointer: 'touch' };

const BOARD = `<style>body{margin:0}div{width:200px;height:50px}</style><div id=card draggable=true>card</div><div id=middle></div><div id=lane></div>
<script>
  window.log = [];
  for (const type of ['dragstart', 'dragenter', 'dragover', 'dragleave', 'drop', 'dragend', 'pointercancel', 'click', 'mouseup'])
    document.addEventListener(type, (event) => window.log.push(type + '@' + event.target.id));
  card.ondragstart = (event) => { event.dataTransfer.setData('text/plain', 'card 7'); event.dataTransfer.effectAllowed = 'move' };
  lane.ondragover = (event) => { event.preventDefault(); event.dataTransfer.dropEffect = 'move' };
  lane.ondrop = (event) => { event.preventDefault(); lane.textContent = event.dataTransfer.getData('text/plain') };
  card.ondragend = (event) => { window.effect = event.dataTransfer.dropEffect };
</script>`;

test('a draggable element is dragged to a target that accepts it, in the order of the HTML standard', async () => {
  const { page, perform } = await openPerformPage(browser(), BOARD);
  await perform({ ...mouse, at: '#card', action: 'down', buttons: 1 });
  await perform({ ...mouse, at: '#card', x: 0.51, action: 'move', buttons: 1 });
  await perform({ ...mouse, at: '#card', x: 0.6, action: 'move', buttons: 1 });
  await perform({ ...mouse, at: '#middle', action: 'move', buttons: 1 });
  await perform({ ...mouse, at: '#lane', action: 'move', buttons: 1 });
  await perform({ ...mouse, at: '#lane', action: 'up', buttons: 0 });
  expect(await page.evaluate('window.log')).toEqual([
    'dragstart@card',
    'pointercancel@card',
    'dragenter@card',
    'dragover@card',
    'dragenter@middle',
    'dragleave@card',
    'dragover@middle',
    'dragenter@lane',
    'dragleave@middle',
    'dragover@lane',
    'dragover@lane',
    'drop@lane',
    'dragend@card',
  ]);
  expect(await page.evaluate('[lane.textContent, window.effect]')).toEqual(['card 7', 'move']);
});

test('a drop where nothing accepts it ends without one; a prevented dragstart leaves a pointer drag', async () => {
  const { page, perform } = await openPerformPage(browser(), BOARD);
  await perform({ ...mouse, at: '#card', action: 'down', buttons: 1 });
  await perform({ ...mouse, at: '#middle', action: 'move', buttons: 1 });
  await perform({ ...mouse, at: '#middle', action: 'up', buttons: 0 });
  expect(((await page.evaluate('window.log.splice(0)')) as string[]).slice(-2)).toEqual([
    'dragleave@middle',
    'dragend@card',
  ]);
  expect(await page.evaluate('window.effect')).toBe('none');
  await page.evaluate('card.ondragstart = (event) => event.preventDefault()');
  await perform({ ...mouse, at: '#card', action: 'down', buttons: 1 });
  await perform({ ...mouse, at: '#middle', action: 'move', buttons: 1 });
  await perform({ ...mouse, at: '#middle', action: 'up', buttons: 0 });
  expect(await page.evaluate('window.log')).toEqual(['dragstart@card', 'mouseup@middle', 'click@']);
});

test('a list that is sorted by pointer events is sorted', async () => {
  const { page, perform } = await openPerformPage(
    browser(),
    `<ul id=list><li id=a>a<li id=b>b<li id=c>c</ul><script>
      let dragged;
      list.onpointerdown = (event) => { dragged = event.target; list.setPointerCapture(event.pointerId); event.preventDefault() };
      list.onpointermove = (event) => {
        const over = dragged && document.elementFromPoint(event.clientX, event.clientY)?.closest('li');
        if (over && over !== dragged) list.insertBefore(dragged, over.nextSibling);
      };
      list.onlostpointercapture = () => { dragged = undefined };
    </script>`,
  );
  await perform({ ...mouse, at: '#a', action: 'down', buttons: 1 });
  await perform({ ...mouse, at: '#b', y: 0.6, action: 'move', buttons: 1 });
  await perform({ ...mouse, at: '#c', y: 0.6, action: 'move', buttons: 1 });
  await perform({ ...mouse, at: '#c', y: 0.6, action: 'up', buttons: 0 });
  await perform({ ...mouse, at: '#b', action: 'move', buttons: 0 });
  expect(await page.evaluate('list.textContent')).toBe('bca');
});

test('a tap is pointer, touch, then mouse events and a click', async () => {
  const { perform, record, log } = await openPerformPage(browser(), '<button id=b>tap</button>');
  await record(
    ...'pointerdown touchstart pointerup touchend mousemove mousedown focus mouseup click pointerout'.split(
      ' ',
    ),
  );
  await perform({ ...touch, at: '#b', action: 'down', buttons: 1 });
  await perform({ ...touch, at: '#b', action: 'up', buttons: 0 });
  expect(await log()).toEqual(
    'pointerdown touchstart pointerup pointerout touchend mousemove mousedown focus mouseup click'
      .split(' ')
      .map((type) => `${type}@b`),
  );
});

test('a finger pans what scrolls, unless the page takes its moves', async () => {
  const { page, perform } = await openPerformPage(
    browser(),
    `<div id=box style="height:200px;overflow:auto"><div id=inner style="height:900px"></div></div><div id=map style="height:200px"></div>
     <script>
       window.log = [];
       for (const type of ['pointercancel', 'click']) document.addEventListener(type, (event) => window.log.push(type + '@' + event.target.id));
       map.addEventListener('touchstart', (event) => event.preventDefault(), { passive: false });
       map.addEventListener('touchmove', (event) => window.log.push('moved ' + event.touches.length));
     </script>`,
  );
  await perform({ ...touch, at: '#inner', y: 0.2, action: 'down', buttons: 1 });
  await perform({ ...touch, at: '#inner', y: 0.1, action: 'move', buttons: 1 });
  await perform({ ...touch, at: '#box', y: 0.1, action: 'move', buttons: 1 });
  await perform({ ...touch, at: '#box', y: 0.1, action: 'up', buttons: 0 });
  expect(await page.evaluate('box.scrollTop > 80')).toBe(true);
  expect(await page.evaluate('window.log.splice(0)')).toEqual(['pointercancel@inner']);
  await perform({ ...touch, at: '#map', y: 0.2, action: 'down', buttons: 1 });
  await perform({ ...touch, at: '#map', y: 0.8, action: 'move', buttons: 1 });
  await perform({ ...touch, at: '#map', y: 0.8, action: 'up', buttons: 0 });
  expect(await page.evaluate('[window.log, scrollY]')).toEqual([['moved 1'], 0]);
});

/** Above another document. */
const over = { frame: 2, node: 1, x: 0.5, y: 0.5 };
const told = (page: Page): Promise<unknown> => page.evaluate('told.splice(0)');

test('a drag above another document says its types there, its values when it is dropped, and waits for what became of it', async () => {
  const { page, perform } = await openPerformPage(browser(), BOARD);
  await perform({ ...mouse, at: '#card', action: 'down', buttons: 1 });
  await perform({ ...mouse, at: '#middle', action: 'move', buttons: 1 });
  // at once, so quickly was it moved
  await perform({ ...mouse, at: '#card', y: 4, action: 'move', buttons: 1, over });
  const allowed = 'move';
  expect(await told(page)).toEqual([
    { type: 'beyond', seq: 3, mine: false, drag: { data: [['text/plain', '']], allowed } },
  ]);
  await perform({ ...mouse, at: '#card', y: 4, action: 'up', buttons: 0, over });
  expect(await told(page)).toEqual([
    { type: 'beyond', seq: 4, mine: false, drag: { data: [['text/plain', 'card 7']], allowed } },
  ]);
  const log = 'window.log.filter((line) => /start|leave|end/.test(line)).join(" ")';
  expect(await page.evaluate(log)).toBe('dragstart@card dragleave@middle');
  await page.evaluate("performer.goOn({ type: 'dropped', effect: 'move' })");
  expect(await page.evaluate(`${log} + ' ' + effect`)).toBe(
    'dragstart@card dragleave@middle dragend@card move',
  );
});

test('what is masked says nothing in another document, and no more than fits is carried there', async () => {
  for (const [body, masks] of [
    [BOARD, ['#card']],
    [BOARD.replace('>card<', '><b id=name>Ada</b><'), ['#name']],
    [BOARD.replace("'card 7'", "'7'.repeat(300_000)"), []],
  ] as const) {
    const { page, perform } = await openPerformPage(browser(), body, {
      mask: [...masks],
      hide: [],
      readonly: [],
    });
    await perform({ ...mouse, at: '#card', action: 'down', buttons: 1 });
    await perform({ ...mouse, at: '#card', y: 4, action: 'up', buttons: 0, over });
    await perform({ ...mouse, at: '#card', action: 'down', buttons: 1 });
    await perform({ ...mouse, at: '#card', y: 4, action: 'move', buttons: 1, over });
    await perform({ ...mouse, at: '#card', y: 4, action: 'up', buttons: 0, over });
    expect(((await told(page)) as unknown[]).at(-1)).toMatchObject({ drag: { data: [['text/plain', '']] } });
  }
});

test('a drag from another document hides its values until it is dropped, and tells what became of it', async () => {
  const { page, perform } = await openPerformPage(
    browser(),
    `${BOARD}<script>lane.ondragenter = ({ dataTransfer }) => { window.before = [...dataTransfer.types, dataTransfer.getData('text/x')]; };</script>`,
    { mask: [], hide: [], readonly: ['#middle'] },
  );
  const types = {
    data: [
      ['text/plain', ''],
      ['text/x', ''],
    ],
    allowed: 'all',
  };
  const values = {
    data: [
      ['text/plain', 'of there'],
      ['text/x', 'x'],
    ],
    allowed: 'all',
  };
  await perform({ ...mouse, at: '#card', action: 'move', buttons: 1, drag: types });
  await perform({ ...mouse, at: '#lane', action: 'move', buttons: 1, drag: types });
  await perform({ ...mouse, at: '#lane', action: 'up', buttons: 0, drag: values });
  expect(await page.evaluate('[lane.textContent, before]')).toEqual([
    'of there',
    ['text/plain', 'text/x', ''],
  ]);
  expect(await told(page)).toEqual([{ type: 'dropped', seq: 3, effect: 'move' }]);
  await perform({ ...mouse, at: '#card', action: 'up', buttons: 0, drag: values });
  expect(await told(page)).toEqual([{ type: 'dropped', seq: 4, effect: 'none' }]);
  // what is the customer's alone takes nothing
  await page.evaluate('middle.ondragover = (event) => event.preventDefault(); log.length = 0');
  await perform({ ...mouse, at: '#middle', action: 'up', buttons: 0, drag: values });
  expect(await told(page)).toEqual([{ type: 'dropped', seq: 5, effect: 'none' }]);
  // and what may not become of it is none
  await perform({ ...mouse, at: '#lane', action: 'up', buttons: 0, drag: { ...values, allowed: 'copy' } });
  expect(await told(page)).toEqual([{ type: 'dropped', seq: 6, effect: 'none' }]);
  await perform({ ...mouse, at: '#lane', action: 'move', buttons: 1, drag: types });
  await page.evaluate("performer.goOn({ type: 'dragLeft' })");
  expect(((await page.evaluate('log')) as string[]).at(-1)).toBe('dragleave@lane');
});

test('a drag whose release was lost ends with the next move', async () => {
  const { page, perform } = await openPerformPage(browser(), BOARD);
  await perform({ ...mouse, at: '#card', action: 'down', buttons: 1 });
  await perform({ ...mouse, at: '#lane', action: 'move', buttons: 1 });
  await perform({ ...mouse, at: '#lane', action: 'move', buttons: 0 });
  expect(await page.evaluate('[effect, lane.textContent]')).toEqual(['none', '']);
});
