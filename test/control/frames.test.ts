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

  it('the wheel above a frame with nothing to scroll moves the page around it', async () => {
    const { hand, open, agree } = control;
    await open('/frames');
    await hand.wheel('#other', 0, 200);
    const leader = await control.leader();
    await expect.poll(() => leader.evaluate('scrollY')).toBeGreaterThan(100);
    await agree();
  });
});
