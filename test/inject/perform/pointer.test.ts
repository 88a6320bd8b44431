// The follower's pointer in a real page: event courses as Chromium's own mouse makes them, and their default actions.
import { expect, test } from 'vitest';
import { useBrowser } from '../../use-browser.ts';
import { openPerformPage } from './page.ts';

const browser = useBrowser();

const MOUSE_EVENTS =
  'pointerover pointerout pointermove pointerdown pointerup mouseover mouseout mousemove mousedown mouseup click dblclick focus blur focusin focusout'.split(
    ' ',
  );

const BLOCKS = `<style>body{margin:0}body>*{display:block;width:200px;height:40px;margin:0}</style>
<input id=field><button id=button>press</button><div id=plain>text</div><button id=off disabled>off</button>
<div id=quiet tabindex=0>quiet</div><script>quiet.onpointerdown = (event) => event.preventDefault()</script>`;

test('a click fires what a real click fires, in the same order', async () => {
  const real = await openPerformPage(browser(), BLOCKS);
  const performed = await openPerformPage(browser(), BLOCKS);
  for (const { page, record } of [real, performed]) {
    await page.mouse.move(300, 300);
    await record(...MOUSE_EVENTS);
  }
  for (const id of ['field', 'button', 'plain', 'off', 'quiet', 'button']) {
    const box = (await real.page.locator(`#${id}`).boundingBox())!;
    await real.page.mouse.click(box.x + box.width / 2, box.y + box.height / 2);
    await performed.click(`#${id}`);
    const [log, expected] = [await performed.log(), await real.log()];
    // the follower's pointer enters the page here, the real mouse was in it already
    const inner = (line: string): boolean => !line.endsWith('@HTML') && !line.endsWith('@BODY');
    expect(log.filter(inner), id).toEqual(expected.filter(inner));
    expect(await performed.active(), id).toBe(await real.active());
  }
});

test('a second click makes a dblclick, a right button a contextmenu and no click', async () => {
  const { click, record, log } = await openPerformPage(browser(), BLOCKS);
  await record('mousedown', 'click', 'dblclick', 'auxclick', 'contextmenu');
  await click('#button');
  await click('#button', { clicks: 2 });
  expect(await log()).toEqual([
    'mousedown@button',
    'click@button',
    'mousedown@button',
    'click@button',
    'dblclick@button',
  ]);
  await click('#button', { button: 2 });
  expect(await log()).toEqual(['mousedown@button', 'auxclick@button', 'contextmenu@button']);
});

test('coordinates are a fraction of the border box, also outside it', async () => {
  const { page, perform } = await openPerformPage(
    browser(),
    `<style>body{margin:0}#box{position:absolute;left:100px;top:50px;width:200px;height:100px}</style><div id=box></div>
     <script>box.onpointermove = (event) => { window.at = [event.clientX, event.clientY, event.offsetX, event.shiftKey] }</script>`,
  );
  const move = {
    type: 'input.pointer',
    at: '#box',
    action: 'move',
    button: 0,
    buttons: 0,
    clicks: 0,
    pointer: 'mouse',
  };
  await perform({ ...move, x: 0.25, y: 1.1, modifiers: 8 });
  expect(await page.evaluate('window.at')).toEqual([150, 160, 50, true]);
});

test('enter and leave come once per element on the way in and out', async () => {
  const { page, perform } = await openPerformPage(
    browser(),
    `<div id=outer style="padding:20px"><div id=inner style="height:20px"></div></div><div id=other style="height:20px"></div>
     <script>
       window.log = [];
       for (const element of document.querySelectorAll('div'))
         for (const type of ['mouseenter', 'mouseleave', 'pointerenter', 'pointerleave'])
           element.addEventListener(type, (event) => window.log.push(type + '@' + element.id));
     </script>`,
  );
  const move = {
    type: 'input.pointer',
    action: 'move',
    x: 0.5,
    y: 0.5,
    button: 0,
    buttons: 0,
    clicks: 0,
    pointer: 'mouse',
    modifiers: 0,
  };
  await perform({ ...move, at: '#inner' });
  await perform({ ...move, at: '#other' });
  const log = (await page.evaluate('window.log')) as string[];
  expect(log.filter((line) => line.startsWith('mouse'))).toEqual([
    'mouseenter@outer',
    'mouseenter@inner',
    'mouseleave@inner',
    'mouseleave@outer',
    'mouseenter@other',
  ]);
  expect(log.filter((line) => line.startsWith('pointerenter'))).toHaveLength(3);
});

test('default actions of a click are the page’s own: link, label, details, checkbox, submit, reset', async () => {
  const { page, click } = await openPerformPage(
    browser(),
    `<a id=link href="#there">there</a><label id=label for=box>label</label><input type=checkbox id=box>
     <details id=more><summary id=summary>more</summary>text</details>
     <form id=form><input name=word value=tandem id=word><button id=send name=by value=button>send</button><button type=reset id=reset>reset</button></form>
     <script>form.onsubmit = (event) => { event.preventDefault(); window.sent = event.submitter.id + ' ' + new FormData(form, event.submitter).get('by') }</script>`,
  );
  await click('#link');
  await click('#label');
  await click('#summary');
  await click('#send');
  expect(await page.evaluate('[location.hash, box.checked, more.open, window.sent]')).toEqual([
    '#there',
    true,
    true,
    'send button',
  ]);
  await page.locator('#word').fill('other');
  await click('#reset');
  expect(await page.locator('#word').inputValue()).toBe('tandem');
});

test('a prevented mousedown keeps the focus where it is', async () => {
  const { click, active } = await openPerformPage(
    browser(),
    '<input id=field><button id=tool onmousedown="event.preventDefault()">bold</button>',
  );
  await click('#field');
  await click('#tool');
  expect(await active()).toBe('field');
});

test('a press puts the caret where it was in the text', async () => {
  const { page, click } = await openPerformPage(
    browser(),
    '<input id=field value="0123456789" style="font:20px monospace;padding:0;border:0;width:300px">',
  );
  await click('#field', { x: (12 * 4 + 1) / 300 });
  expect(await page.evaluate('field.selectionStart')).toBe(4);
});

test('a press beside the fields of a closed root that delegates its focus goes into its first one, and keys with it', async () => {
  const { page, click, type, key, refusals } = await openPerformPage(
    browser(),
    `<input id=before><div id=host></div><input id=after><script>
      const root = host.attachShadow({ mode: 'closed', delegatesFocus: true });
      root.innerHTML = '<p id=label style="height:40px">Card</p><input id=one><input id=two>';
      closedRoots = new Map([[host, root]]);
      inner = () => [...root.querySelectorAll('input')].map(({ value }) => value).join();
    </script>`,
  );
  const focused = (): Promise<unknown> =>
    page.evaluate('closedRoots.get(host).activeElement?.id ?? document.activeElement.id');
  await click('#before');
  await click('#host', { y: 0.2 });
  expect(await focused()).toBe('one');
  await type('12');
  await key('Tab');
  await type('3');
  await click('#host', { y: 0.2 });
  expect(await focused()).toBe('two');
  await key('Tab');
  expect(await focused()).toBe('after');
  await key('Tab', 8);
  await key('Backspace');
  await type('4');
  expect(await page.evaluate('inner()')).toBe('12,4');
  expect(await refusals()).toEqual([]);
});

test('elements in open and closed shadow roots are reached, and events leave them', async () => {
  const { page, click, perform, active, type } = await openPerformPage(
    browser(),
    `<div id=host></div><div id=shut></div><script>
      host.attachShadow({ mode: 'open' }).innerHTML = '<input id=inside>';
      const root = shut.attachShadow({ mode: 'closed' });
      root.innerHTML = '<input id=hidden>';
      window.shutId = idOf(root.firstChild);
      window.shutValue = () => root.firstChild.value;
      window.seen = [];
      document.addEventListener('click', (event) => window.seen.push(event.target.id));
    </script>`,
  );
  await click('#host >>> #inside');
  await type('open');
  expect(await page.evaluate('host.shadowRoot.firstChild.value')).toBe('open');
  expect(await active()).toBe('inside');
  const node = await page.evaluate('window.shutId');
  const press = {
    type: 'input.pointer',
    node,
    x: 0.5,
    y: 0.5,
    button: 0,
    clicks: 1,
    pointer: 'mouse',
    modifiers: 0,
  };
  await perform({ ...press, action: 'down', buttons: 1 });
  await perform({ ...press, action: 'up', buttons: 0 });
  await type('closed');
  expect(await page.evaluate('window.shutValue()')).toBe('closed');
  expect(await page.evaluate('window.seen')).toEqual(['host', 'shut']);
});

test('pointer capture works for the follower’s pointer, as sliders use it', async () => {
  const { page, perform } = await openPerformPage(
    browser(),
    `<div id=track style="width:200px;height:20px"></div><div id=else style="width:200px;height:20px"></div><script>
      window.seen = [];
      track.onpointerdown = (event) => track.setPointerCapture(event.pointerId);
      track.onpointermove = (event) => { if (track.hasPointerCapture(event.pointerId)) window.seen.push(event.clientX) };
      track.onlostpointercapture = () => window.seen.push('lost');
    </script>`,
  );
  const base = { type: 'input.pointer', y: 0.5, button: 0, clicks: 1, pointer: 'mouse', modifiers: 0 };
  await perform({ ...base, at: '#track', x: 0.1, action: 'down', buttons: 1 });
  await perform({ ...base, at: '#else', x: 0.5, action: 'move', buttons: 1 });
  await perform({ ...base, at: '#else', x: 0.5, action: 'up', buttons: 0 });
  await perform({ ...base, at: '#else', x: 0.6, action: 'move', buttons: 0 });
  expect(await page.evaluate('window.seen')).toEqual([108, 'lost']);
});

test('the next person in control does not inherit a pressed button', async () => {
  const { page, perform } = await openPerformPage(
    browser(),
    `<div id=box style="height:50px"></div><script>window.seen = [];
     for (const type of ['pointerdown', 'pointercancel', 'pointerout', 'click']) box.addEventListener(type, () => window.seen.push(type));</script>`,
  );
  const base = {
    type: 'input.pointer',
    at: '#box',
    x: 0.5,
    y: 0.5,
    button: 0,
    clicks: 1,
    pointer: 'mouse',
    modifiers: 0,
  };
  await perform({ ...base, action: 'down', buttons: 1 }, 'first');
  await perform({ ...base, action: 'up', buttons: 0 }, 'second');
  expect(await page.evaluate('window.seen')).toEqual(['pointerdown', 'pointercancel', 'pointerout']);
});

test('behind a modal dialog nothing can be clicked', async () => {
  const { page, click } = await openPerformPage(
    browser(),
    `<button id=behind onclick="window.hit = 'behind'">b</button><dialog id=dialog><button id=front onclick="window.hit = 'front'">f</button></dialog>
     <script>dialog.showModal()</script>`,
  );
  await click('#behind');
  expect(await page.evaluate('window.hit')).toBeUndefined();
  await click('#front');
  expect(await page.evaluate('window.hit')).toBe('front');
});

test('what the page replaces under the pointer gets the release and the second press', async () => {
  const { page, perform, record, log, refusals } = await openPerformPage(
    browser(),
    `<div id=area onmousedown="area.innerHTML = '<b id=new>' + ++window.times + '</b>'"><b id=old>0</b></div>
    <style>b { display: block; width: 100px; height: 50px }</style><script>window.times = 0</script>`,
  );
  const node = await page.evaluate('idOf(old)');
  const input = { type: 'input.pointer', node, x: 0.5, y: 0.5, button: 0, pointer: 'mouse', modifiers: 0 };
  await record('mousedown', 'mouseup', 'click', 'dblclick');
  for (const clicks of [1, 2]) {
    await perform({ ...input, action: 'down', buttons: 1, clicks });
    await perform({ ...input, action: 'up', buttons: 0, clicks });
  }
  expect(await log()).toEqual(['mousedown@old', 'mouseup@new', 'mousedown@new', 'mouseup@new']);
  expect(await refusals()).toEqual([]);
  // a first press there was meant for something else
  await perform({ ...input, action: 'down', buttons: 1, clicks: 1 });
  expect(await refusals()).toEqual(['stale']);
});

test('a press beside an editor puts no caret into it', async () => {
  const { page, perform } = await openPerformPage(
    browser(),
    '<div id=beside style="padding-bottom:60px"><div contenteditable>some words</div></div><p id=other>other</p>',
  );
  await page.evaluate('getSelection().collapse(other.firstChild, 2)');
  const press = {
    type: 'input.pointer',
    at: '#beside',
    x: 0.05,
    y: 0.9,
    button: 0,
    pointer: 'mouse',
    modifiers: 0,
  };
  await perform({ ...press, action: 'down', buttons: 1, clicks: 1 });
  await perform({ ...press, action: 'up', buttons: 0, clicks: 1 });
  expect(await page.evaluate('getSelection().anchorNode.parentElement.isContentEditable')).toBe(false);
});
