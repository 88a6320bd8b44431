// Keyboards of other countries, input methods, emoji and pasted lines: typed by the agent, in the leader's page and in the mirror.
import type { CDPSession } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { type ControlStage, captureFailures, startControl } from './stage.ts';
import { compose, expectState, paste } from './writing.ts';

let control: ControlStage;
let cdp: CDPSession;
beforeAll(async () => {
  control = await startControl({
    mask: ['.masked'],
    pages: {
      '/fields': `<style>input,textarea,[contenteditable]{font:20px sans-serif;width:20em}</style>
        <p><input id=line></p><p><textarea id=area rows=3></textarea></p>
        <div contenteditable id=editor><p>Dear</p></div><p><input id=masked class=masked></p>
        <script>
          log = [];
          for (const type of ['compositionstart', 'compositionupdate', 'compositionend'])
            addEventListener(type, (event) => log.push(type + ' ' + event.data), true);
        </script>`,
      '/game': `<style>#field{position:relative;width:400px;height:100px;background:#def}#ship{position:absolute;top:40px;width:20px;height:20px;background:#a00}</style>
        <div id=field tabindex=0><div id=ship></div></div><p><input id=name></p><p><input id=volume type=range value=50></p>
        <script>
          down = new Set(); seen = [];
          addEventListener('keydown', ({ key, repeat }) => { down.add(key.toLowerCase()); seen.push(key + (repeat ? '+' : '')); });
          addEventListener('keyup', ({ key }) => { down.delete(key.toLowerCase()); seen.push(key + '-'); });
        </script>`,
      '/many': `<select id=fruits multiple size=5>${['apple', 'apricot', 'banana', 'cherry', 'cranberry'].map((name) => `<option>${name}`).join('')}</select>`,
    },
  });
  cdp = await control.agent.page.context().newCDPSession(control.agent.page);
});
afterAll(() => control?.stop());
captureFailures(() => control);
afterEach(() => {
  expect(control.errors).toEqual([]);
});

/** Once the mirror shows the leader's focus, so that the overlay knows where the keys go. */
async function focusOn(selector: string): Promise<void> {
  await control.hand.click(selector);
  await control.mirror.locator(`${selector}[tandem-focus]`).waitFor();
  await control.agree();
}
async function strike(key: string, code: string, modifiers = 0): Promise<void> {
  const event = { key, code, modifiers };
  const text = key === 'Dead' ? {} : { text: key };
  await cdp.send('Input.dispatchKeyEvent', {
    type: 'text' in text ? 'keyDown' : 'rawKeyDown',
    ...event,
    ...text,
  });
  await cdp.send('Input.dispatchKeyEvent', { type: 'keyUp', ...event });
}
const fieldValue = (id: string): string => `document.getElementById('${id}').value`;

beforeEach(async () => {
  await control.open('/');
  await control.open('/fields');
});

it('characters of a German keyboard, written with AltGr', async () => {
  await focusOn('#line');
  for (const [key, code] of [
    ['@', 'KeyQ'],
    ['€', 'KeyE'],
    ['{', 'Digit7'],
    ['[', 'Digit8'],
    ['\\', 'Minus'],
  ] as const)
    await strike(key, code, 3);
  await expectState(control, fieldValue('line'), '@€{[\\');
  await control.agree();
});

it('an accent of a dead key, and emoji of the system’s picker', async () => {
  for (const id of ['line', 'area']) {
    await focusOn(`#${id}`);
    await strike('Dead', 'Equal');
    await strike('é', 'KeyE');
    await cdp.send('Input.insertText', { text: '👍🏽' });
    await cdp.send('Input.insertText', { text: '👨‍👩‍👧' });
    await expectState(control, fieldValue(id), 'é👍🏽👨‍👩‍👧');
    await control.hand.press('Backspace');
    await expectState(control, fieldValue(id), 'é👍🏽');
  }
  await focusOn('#editor');
  await control.hand.press('Control+a');
  await cdp.send('Input.insertText', { text: '👨‍👩‍👧' });
  await expectState(control, 'editor.innerText.trim()', '👨‍👩‍👧');
  await control.agree();
});

it('several lines pasted into a field, a text area and an editor', async () => {
  const text = 'one\ntwo\nthree';
  await focusOn('#line');
  await paste(control, text);
  await expectState(control, fieldValue('line'), 'one two three');
  await focusOn('#area');
  await paste(control, text);
  await expectState(control, fieldValue('area'), text);
  await focusOn('#editor');
  await control.hand.press('Control+a');
  await paste(control, text);
  await expectState(control, "editor.innerText.replace(/\\n+/g, '\\n').trim()", text);
  await control.agree();
});

it('what is composed is seen by everybody as it grows, in a field', async () => {
  await focusOn('#line');
  const leader = await control.leader();
  for (const text of ['に', 'にほ', 'にほん']) {
    await cdp.send('Input.imeSetComposition', {
      text,
      selectionStart: text.length,
      selectionEnd: text.length,
    });
    await expectState(control, fieldValue('line'), text);
    await expect.poll(() => control.mirror.locator('#line').inputValue()).toBe(text);
  }
  const shown = control.agent.page.frameLocator('iframe').locator('.keys.composing');
  await shown.waitFor();
  const [box, at] = [await shown.boundingBox(), await control.mirror.locator('#line').boundingBox()];
  expect(box!.y).toBeGreaterThan(at!.y - 2);
  expect(box!.y + box!.height).toBeLessThan(at!.y + at!.height + 8);
  expect(box!.x).toBeLessThan(at!.x + 12);
  await control.screenshot('composing');
  await cdp.send('Input.insertText', { text: '日本' });
  await expectState(control, fieldValue('line'), '日本');
  const log = (await leader.evaluate('log')) as string[];
  expect([log[0], log.at(-1)]).toEqual(['compositionstart ', 'compositionend 日本']);
  await compose(control, '語');
  await expectState(control, fieldValue('line'), '日本語');
  await control.agree();
});

it('what is composed in an editor is seen at its caret, and written when it is finished', async () => {
  await focusOn('#editor');
  await control.hand.press('Control+End');
  await control.agree();
  await cdp.send('Input.imeSetComposition', { text: 'に', selectionStart: 1, selectionEnd: 1 });
  await control.agent.page.frameLocator('iframe').locator('.keys.composing').waitFor();
  await control.screenshot('composing-editor');
  await cdp.send('Input.insertText', { text: '日' });
  await expectState(control, 'editor.innerText.trim()', 'Dear日');
  await control.agree();
});

it('what is composed above a protected field is dots for the agent, and nothing for the leader', async () => {
  const { hand, agent } = control;
  await hand.click('#masked');
  await control.mirror.locator('#masked[tandem-focus]').waitFor();
  await cdp.send('Input.imeSetComposition', { text: 'に', selectionStart: 1, selectionEnd: 1 });
  const inner = agent.page.frameLocator('iframe');
  const field = inner.locator('.keys.composing');
  await field.waitFor();
  expect(await field.evaluate((one) => getComputedStyle(one).getPropertyValue('-webkit-text-security'))).toBe(
    'disc',
  );
  await cdp.send('Input.insertText', { text: '日' });
  await inner.locator('.notice:visible').first().waitFor();
  await expectState(control, fieldValue('masked'), '');
});

it('a list of several is chosen from by letters, arrows, Shift and Ctrl', async () => {
  await control.open('/many');
  const { hand } = control;
  const chosen = '[...fruits.selectedOptions].map(({ text }) => text).join()';
  await control.hand.click('#fruits', { on: { x: 0.5, y: 0.1 } });
  await control.mirror.locator('#fruits[tandem-focus]').waitFor();
  await expectState(control, chosen, 'apple');
  await hand.press('c');
  await expectState(control, chosen, 'cherry');
  await hand.press('ArrowUp', 'Shift+ArrowUp');
  await expectState(control, chosen, 'apricot,banana');
  await hand.press('Control+End', 'Control+Space');
  await expectState(control, chosen, 'apricot,banana,cranberry');
  await hand.press('Control+a');
  await expectState(control, chosen, 'apple,apricot,banana,cherry,cranberry');
  await control.agree();
});

it('keys are held in a game as long as the agent holds them', async () => {
  await control.open('/game');
  const { keyboard } = control.agent.page;
  await focusOn('#field');
  await keyboard.down('ArrowRight');
  await keyboard.down('ArrowRight');
  await keyboard.down('w');
  await expectState(control, '[...down].join()', 'arrowright,w');
  await keyboard.up('ArrowRight');
  await expectState(control, '[...down].join()', 'w');
  await keyboard.up('w');
  await expectState(control, 'seen.join(" ")', 'ArrowRight ArrowRight+ w ArrowRight- w-');
  await focusOn('#volume');
  for (let step = 0; step < 4; step++) await keyboard.down('ArrowRight');
  await keyboard.up('ArrowRight');
  await expectState(control, fieldValue('volume'), '54');
  await control.agree();
});

it('no key stays down at the leader: not when the focus moves, not when the agent looks elsewhere, not when control ends', async () => {
  await control.open('/game');
  const { agent, shell } = control;
  const { keyboard } = agent.page;
  const down = '[...down].join()';
  await focusOn('#field');
  await keyboard.down('Shift');
  await keyboard.down('KeyD');
  await expectState(control, down, 'shift,d');
  await control.hand.click('#name');
  await keyboard.up('KeyD');
  await keyboard.up('Shift');
  await expectState(control, down, '');

  await focusOn('#field');
  await keyboard.down('Shift');
  await keyboard.down('KeyD');
  await expectState(control, down, 'shift,d');
  // another tab, the console's chat: the page's keyboard is gone from the mirror
  await agent.page.evaluate(() => window.focus());
  await agent.page.locator('body').evaluate(() => (document.activeElement as HTMLElement | null)?.blur());
  await expectState(control, down, '');
  await keyboard.up('KeyD');
  await keyboard.up('Shift');

  await focusOn('#field');
  await keyboard.down('Shift');
  await expectState(control, down, 'shift');
  await shell.page.keyboard.press('Escape');
  await shell.page.keyboard.press('Escape');
  await expectState(control, down, '');
  await keyboard.up('Shift');
});
