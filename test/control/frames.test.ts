// The agent's keyboard and wheel go through frames, of the same and of another address, as if they were one page.
import type { Locator } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ControlStage, captureFailures, startControl } from './stage.ts';

/** What can be dragged, and where it can be dropped, with all that the document hears. */
function desk(name: string): string {
  return `<b class="card" draggable="true">a card of the ${name}</b> <i class="locked" draggable="true">locked</i>
    <p class="drop" style="height:40px;margin:0;background:#dfd">Drop it here</p><p class="wall" style="margin:0">Not here</p>
    <pre class="heard" style="height:12px;overflow:hidden;margin:0"></pre>
    <script>{
      const [card, locked, drop, heard] = ['.card', '.locked', '.drop', '.heard'].map((name) => document.querySelector(name));
      card.ondragstart = ({ dataTransfer }) => {
        dataTransfer.setData('text/plain', card.textContent);
        dataTransfer.setData('application/x-card', '{"of":"${name}"}');
        dataTransfer.effectAllowed = 'copyMove';
      };
      locked.ondragstart = (event) => event.preventDefault();
      drop.ondragover = (event) => { event.preventDefault(); event.dataTransfer.dropEffect = 'move'; };
      drop.ondrop = ({ dataTransfer }) => {
        drop.textContent = dataTransfer.getData('text/plain') + ' ' + dataTransfer.getData('application/x-card');
      };
      for (const type of ['dragstart', 'dragenter', 'dragleave', 'drop', 'dragend'])
        addEventListener(type, ({ target, dataTransfer }) => {
          const said = type === 'dragend' ? dataTransfer.dropEffect : type === 'dragenter' ? dataTransfer.types.length + dataTransfer.getData('text/plain') : '';
          if (target.className) heard.textContent += (type + ' ' + target.className + ' ' + said).trim() + '\\n';
        }, true);
    }</script>`;
}

let control: ControlStage;
beforeAll(async () => {
  control = await startControl({
    pages: {
      '/frames': `<input id="before" aria-label="before">
        <iframe id="same" src="/inner?same" title="same" width="300" height="80"></iframe>
        <input id="between" aria-label="between">
        <iframe id="other" src="OTHER/inner?other" title="other" width="300" height="80"></iframe>
        <iframe id="empty" src="/empty" title="empty" width="300" height="40"></iframe>
        <iframe id="blank" srcdoc="<input id=deep>" title="blank" width="300" height="40"></iframe>
        <input id="after" aria-label="after"><div style="height:3000px"></div>`,
      '/inner': '<body style="margin:0"><input id="one"><input id="two" type="checkbox"></body>',
      '/empty': '<p>Nothing to press</p>',
      '/chooser': `<button id="open" onclick="window.open('OTHER/choose', '', 'width=400,height=300')">Choose</button>
        <output id="chosen">nothing yet</output>
        <script>onmessage = ({ data }) => { if (data.chosen) chosen.value = data.chosen; };</script>`,
      '/choose': `<input id="what" aria-label="what"><input id="pin" type="password"><button id="take"
        onclick="opener.postMessage({ chosen: what.value }, '*'); window.close()">Take it</button>`,
      '/slider': `<iframe id="same" src="/track" title="same" width="300" height="60"></iframe>
        <iframe id="other" src="OTHER/track" title="other" width="300" height="60"></iframe><p style="height:300px">Below</p>`,
      '/track': `<body style="margin:0"><div id="thumb" style="width:40px;height:40px;background:#07c"></div><output id="at">0</output>
        <script>let from; thumb.onmousedown = (event) => { from = event.clientX; event.preventDefault(); };
        onmousemove = (event) => { if (from !== undefined) at.value = String(event.clientX - from); };
        onmouseup = () => { if (from !== undefined) at.value += ' released'; from = undefined; };</script>`,
      '/desk': `${desk('page')}
        <iframe id="same" src="/tray" title="same" width="300" height="150"></iframe>
        <iframe id="other" src="OTHER/tray" title="other" width="300" height="150"></iframe>`,
      '/tray': `<body style="margin:0">${desk('tray')}`,
      '/menus': `<style>.menu b { visibility: hidden } .menu:hover b { visibility: visible }</style>
        <p class="menu">Tea <b>Green, black</b></p>
        <iframe id="same" src="/within" title="same" width="300" height="60"></iframe>
        <iframe id="other" src="OTHER/within" title="other" width="300" height="60"></iframe>
        <p class="menu second">Cups <b>Large, small</b></p><pre id="heard"></pre>
        <script>for (const type of ['mouseenter', 'mouseleave']) addEventListener(type, ({ target }) => {
          if (target.id || target.className) heard.textContent += type.slice(5) + ' ' + (target.id || target.className) + '\\n';
        }, true);</script>`,
      '/within': `<body style="margin:0"><p class="menu" style="margin:0;height:60px">Pots</p>
        <script>const menu = document.querySelector('p');
        menu.onmouseenter = () => { menu.textContent = 'open'; }; menu.onmouseleave = () => { menu.textContent = 'shut'; };</script>`,
      '/divider': `<div id="divider" style="width:60px;height:60px;background:#07c;touch-action:none"></div><output id="at">0</output>
        <iframe id="same" src="/under" title="same" width="300" height="100"></iframe>
        <script>let pressed;
        divider.onpointerdown = (event) => { pressed = true; if (location.search) divider.setPointerCapture(event.pointerId); };
        onpointermove = (event) => { if (pressed) at.value = event.target.id + ' ' + Math.round(event.clientY); };
        onpointerup = () => { at.value += ' released'; pressed = false; };
        divider.onclick = () => { at.value += ' clicked'; };</script>`,
      '/under': `<body style="margin:0"><output id="heard">nothing</output>
        <script>onpointermove = (event) => { heard.value = 'moved ' + event.buttons; }; onpointerup = () => { heard.value += ' released'; };</script>`,
      '/builder': `<b id="block" draggable="true">Block</b><p>and the page that is built:</p>
        <iframe id="canvas" title="canvas" width="300" height="100"></iframe>
        <script>block.ondragstart = (event) => event.dataTransfer.setData('text/plain', 'a block');
        block.ondragend = (event) => { document.title = event.dataTransfer.dropEffect; };
        const { body } = canvas.contentDocument; body.style.height = '80px'; body.textContent = 'empty';
          body.ondragover = (event) => event.preventDefault();
          body.ondrop = (event) => { body.textContent = event.dataTransfer.getData('text/plain'); };</script>`,
    },
  });
});
afterAll(() => control?.stop());
captureFailures(() => control);

/** Where the keys go: the ids of the focused elements from the page inwards. */
async function path(): Promise<string> {
  const ids: string[] = [];
  let frame = await control.leader();
  for (;;) {
    const handle = await frame.evaluateHandle(() => document.activeElement);
    const element = handle.asElement();
    ids.push((await element?.getAttribute('id')) ?? '-');
    const inner = await element?.contentFrame();
    if (!inner) return ids.join('>');
    frame = inner;
  }
}

/** What a document of the desk has heard. */
const linesOf = async (heard: Locator): Promise<string[]> =>
  (await heard.innerText()).split('\n').filter(Boolean);
const last = async (heard: Locator): Promise<string | undefined> => (await linesOf(heard)).at(-1);

describe('frames', () => {
  const ORDER = [
    'before',
    'same>one',
    'same>two',
    'between',
    'other>one',
    'other>two',
    'blank>deep',
    'after',
  ];

  it('Tab goes into them and out of them, forwards and backwards, and typing goes with it', async () => {
    const { hand, agree, open } = control;
    await open('/frames');
    await hand.click('#before');
    await hand.type('a');
    for (const place of ORDER.slice(1)) {
      await hand.press('Tab');
      await expect.poll(path, { message: `Tab to ${place}` }).toBe(place);
      if (!place.endsWith('two')) await hand.type('b');
    }
    await hand.press('Tab');
    await expect.poll(path).toBe('before');
    for (const place of ORDER.slice(1).reverse()) {
      await hand.press('Shift+Tab');
      await expect.poll(path, { message: `back to ${place}` }).toBe(place);
      if (place.endsWith('two')) await hand.press('Space');
    }
    const leader = await control.leader();
    const inOther = leader.childFrames().find((frame) => frame.url().endsWith('?other'))!;
    expect(await inOther.locator('#one').inputValue()).toBe('b');
    expect(await inOther.locator('#two').isChecked()).toBe(true);
    expect(await leader.locator('#after').inputValue()).toBe('b');
    await agree();
  });

  it('a fast typist loses no letter on the way', async () => {
    const { hand, open } = control;
    await open('/frames');
    await hand.click('#between');
    await hand.press('Tab');
    await hand.type('card');
    await hand.press('Tab', 'Space', 'Tab');
    await hand.type('name');
    const leader = await control.leader();
    const inOther = leader.childFrames().find((frame) => frame.url().endsWith('?other'))!;
    await expect.poll(() => inOther.locator('#one').inputValue()).toBe('card');
    const blank = leader.frameLocator('#blank').locator('#deep');
    await expect.poll(() => blank.inputValue()).toBe('name');
  });

  it('what is pressed in a frame is dragged beyond its edges, and released there', async () => {
    const { hand, open, mirror, agree } = control;
    for (const id of ['same', 'other']) {
      await open('/slider');
      const thumb = mirror.frameLocator(`#${id}`).locator('#thumb');
      await hand.drag(thumb, mirror.getByText('Below'), { on: { x: 0.5, y: 0.5 }, onto: { x: 0.9, y: 0.5 } });
      const leader = await control.leader();
      const output = leader.frameLocator(`#${id}`).locator('#at');
      await expect.poll(() => output.innerText()).toMatch(/^[1-9]\d\d+ released$/);
      await agree();
    }
  });

  it('the agent works in a window above the page: he types there, secrets stay dots, and its answer reaches the page', async () => {
    const { hand, open, mirror, agree } = control;
    await open('/chooser');
    await hand.click('#open');
    const above = mirror.frameLocator('dialog iframe').first();
    await above.locator('#what').waitFor();
    await hand.click(above.locator('#what'));
    await hand.type('the green one');
    const leader = await control.leader();
    const inside = leader.frameLocator('dialog iframe').first();
    await expect.poll(() => inside.locator('#what').inputValue()).toBe('the green one');
    await inside.locator('#pin').fill('4711');
    await expect.poll(() => above.locator('#pin').inputValue()).toBe('••••');
    await agree();
    await control.screenshot('window-above');
    await hand.click(above.locator('#take'));
    await expect.poll(() => leader.locator('#chosen').innerText()).toBe('the green one');
    await expect.poll(() => mirror.locator('dialog').count()).toBe(0);
    await agree();
    await hand.click('#open');
    await above.locator('#what').waitFor();
    await hand.click('tandem-window-bar button');
    await expect.poll(() => leader.locator('dialog').count()).toBe(0);
    await agree();
  });

  it('a drag and drop goes from the page into a frame that its script fills', async () => {
    const { hand, open, mirror, agree } = control;
    await open('/builder');
    await hand.drag('#block', mirror.frameLocator('#canvas').locator('body'));
    const leader = await control.leader();
    await expect.poll(() => leader.frameLocator('#canvas').locator('body').innerText()).toBe('a block');
    expect(await leader.title()).toBe('copy');
    await agree();
    // nothing hangs at the pointer any more
    await hand.drag('#block', mirror.getByText('and the page'));
    await expect.poll(() => leader.title()).toBe('none');
  });

  it('a drag and drop goes from the page into a frame with an address of its own, of another origin too, and back', async () => {
    const { hand, open, mirror, agree } = control;
    for (const id of ['same', 'other']) {
      await open('/desk');
      const leader = await control.leader();
      const tray = leader.frameLocator(`#${id}`);
      const heard = async (): Promise<string[]> => [
        ...(await linesOf(leader.locator('.heard'))),
        ...(await linesOf(tray.locator('.heard'))).map((line) => `  ${line}`),
      ];
      await hand.drag('.card', mirror.frameLocator(`#${id}`).locator('.drop'));
      await expect.poll(() => tray.locator('.drop').innerText()).toBe('a card of the page {"of":"page"}');
      await expect.poll(heard).toContain('dragend card move');
      const said = await heard();
      expect(said[0]).toBe('dragstart card');
      // which types there are, and not what they hold, before it is dropped
      expect(said).toContain('  dragenter drop 2');
      expect(said.filter((line) => /^ *drop/.test(line))).toEqual(['  drop drop']);
      await agree();
      await hand.drag(mirror.frameLocator(`#${id}`).locator('.card'), '.drop');
      await expect.poll(() => leader.locator('.drop').innerText()).toBe('a card of the tray {"of":"tray"}');
      await expect.poll(heard).toContain('  dragend card move');
      await agree();
    }
  });

  it('a drag that is not taken in a frame, leaves it again or goes past it ends as it does in one page', async () => {
    const { hand, open, mirror, agree } = control;
    await open('/desk');
    const leader = await control.leader();
    const other = leader.frameLocator('#other');
    const inOther = mirror.frameLocator('#other');
    await hand.drag('.card', inOther.locator('.wall'));
    await expect.poll(() => last(leader.locator('.heard'))).toBe('dragend card none');
    await expect.poll(() => last(other.locator('.heard'))).toBe('dragleave wall');
    // from one frame over the page into the other
    await hand.drag(mirror.frameLocator('#same').locator('.card'), inOther.locator('.drop'), { steps: 12 });
    await expect.poll(() => other.locator('.drop').innerText()).toBe('a card of the tray {"of":"tray"}');
    // into a frame and back to where it came from
    const [from, into, back] = [
      await hand.point('.card'),
      await hand.point(inOther.locator('.drop')),
      await hand.point('.drop'),
    ];
    await hand.mouse.move(from.x, from.y);
    await hand.mouse.down();
    await hand.mouse.move(into.x, into.y, { steps: 8 });
    await hand.mouse.move(back.x, back.y, { steps: 8 });
    await hand.mouse.up();
    await expect.poll(() => leader.locator('.drop').innerText()).toBe('a card of the page {"of":"page"}');
    await expect.poll(() => last(other.locator('.heard'))).toMatch(/^dragleave/);
    // what the page does not let go is no drag
    await hand.drag('.locked', inOther.locator('.drop'));
    await hand.click('.wall');
    expect(await other.locator('.drop').innerText()).toBe('a card of the tray {"of":"tray"}');
    await agree();
  });

  it('what opens by hovering shuts when the pointer goes into a frame, and in the frame when it goes out again', async () => {
    const { hand, open, mirror, agree } = control;
    await open('/menus');
    const leader = await control.leader();
    const said = async (): Promise<string[]> =>
      (await leader.locator('#heard').innerText()).split('\n').filter(Boolean);
    const isOpen = (): Promise<boolean> => mirror.locator('.menu b').first().isVisible();
    for (const name of ['same', 'other']) {
      const menu = leader.frameLocator(`#${name}`).locator('.menu');
      await hand.move('.menu');
      await expect.poll(isOpen).toBe(true);
      await leader.locator('#heard').evaluate((heard) => {
        heard.textContent = '';
      });
      await hand.move(mirror.frameLocator(`#${name}`).locator('.menu'));
      await expect.poll(() => menu.innerText()).toBe('open');
      await expect.poll(isOpen).toBe(false);
      await hand.move('.second');
      await expect.poll(() => menu.innerText()).toBe('shut');
      // the other one is on the way
      const between = async (): Promise<string[]> =>
        (await said()).filter((line) => !/same|other/.test(line) || line.endsWith(name));
      await expect
        .poll(between)
        .toEqual(['leave menu', `enter ${name}`, `leave ${name}`, 'enter menu second']);
      await agree();
    }
  });

  it('a pointer that was pressed in the page goes over into a frame, unless the page has captured it', async () => {
    const { hand, open, mirror, agree } = control;
    await open('/divider');
    await hand.drag('#divider', mirror.frameLocator('#same').locator('#heard'));
    let leader = await control.leader();
    await expect
      .poll(() => leader.frameLocator('#same').locator('#heard').innerText())
      .toBe('moved 1 released');
    expect(await leader.locator('#at').innerText()).not.toContain('released');
    await agree();
    await open('/divider?captured');
    await hand.drag('#divider', mirror.frameLocator('#same').locator('#heard'));
    leader = await control.leader();
    await expect.poll(() => leader.locator('#at').innerText()).toMatch(/^divider \d+ released clicked$/);
    expect(await leader.frameLocator('#same').locator('#heard').innerText()).not.toContain('released');
    await agree();
  });

  it('a page that adds and removes frames all day has room for the next', async () => {
    const { hand, open, mirror, agree } = control;
    await open('/slider');
    const leader = await control.leader();
    await leader.evaluate(async () => {
      for (let count = 0; count < 200; count++) {
        const frame = document.createElement('iframe');
        frame.srcdoc = '<p>for a moment</p>';
        const loaded = new Promise((resolve) => {
          frame.onload = resolve;
        });
        document.body.append(frame);
        await loaded;
        frame.remove();
      }
      document.body.insertAdjacentHTML('beforeend', '<iframe id="last" srcdoc="<input id=field>"></iframe>');
    });
    await hand.click(mirror.frameLocator('#last').locator('#field'));
    await hand.type('here');
    await expect.poll(() => leader.frameLocator('#last').locator('#field').inputValue()).toBe('here');
    await agree();
  });

  it('the wheel above a frame with nothing to scroll moves the page around it', async () => {
    const { hand, open, agree } = control;
    await open('/frames');
    await hand.wheel('#other', 0, 200);
    const leader = await control.leader();
    await expect.poll(() => leader.evaluate('scrollY')).toBeGreaterThan(100);
    await agree();
  });
});
