// The agent's keyboard and wheel go through frames, of the same and of another address, as if they were one page.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ControlStage, captureFailures, startControl } from './stage.ts';

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

  it('the wheel above a frame with nothing to scroll moves the page around it', async () => {
    const { hand, open, agree } = control;
    await open('/frames');
    await hand.wheel('#other', 0, 200);
    const leader = await control.leader();
    await expect.poll(() => leader.evaluate('scrollY')).toBeGreaterThan(100);
    await agree();
  });
});
