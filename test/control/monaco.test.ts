// The agent programs in Monaco, which draws its text itself: no field, no contenteditable, but an EditContext.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ControlStage, captureFailures, startControl } from './stage.ts';
import { beforeLetter, compose, expectState, paste } from './writing.ts';

let control: ControlStage;
beforeAll(async () => {
  control = await startControl({ apps: { monaco: 'monaco/main.ts' } });
});
afterAll(() => control?.stop());
captureFailures(() => control);

const START = "editor.getValue().split('\\n').slice(0, 3)";
const COUNT = 'editor.getModel().getLineCount()';
/** It reads the language in idle time, of which a busy machine has none: colours and indents come when it has. */
const READ = 'editor.getModel().tokenization.forceTokenization(editor.getModel().getLineCount())';
const COLOURED = `${READ}, document.querySelector('[class^=mtk] + [class^=mtk]') !== null`;
const SELECTION = 'String(editor.getSelection())';
const line = (number: number): string => `editor.getModel().getLineContent(${number})`;

/** A new program of 500 lines, its language loaded, and the caret at the end of its first line. */
async function begin(path = '/monaco'): Promise<void> {
  await control.open(path);
  await expectState(control, COLOURED, true);
  await control.agree();
  await control.hand.click(control.mirror.locator('.view-line').first(), { on: { x: 0.9, y: 0.5 } });
  await expectState(control, SELECTION, '[1,10 -> 1,10]');
}

describe('Monaco', () => {
  it('indents new lines, deletes several at once, and undoes', async () => {
    const { hand, agree } = control;
    await begin();
    await hand.type('0');
    await hand.press('Enter');
    await hand.type('if a:');
    await expectState(control, `${READ}, ${line(2)}`, 'if a:');
    await hand.press('Enter');
    await hand.type('foo()');
    await hand.press('Backspace', 'Backspace');
    await expectState(control, START, ['line1 = 10', 'if a:', '    foo']);
    await hand.press('Escape', 'Home', 'ArrowUp', 'ArrowUp', 'Home', 'Shift+ArrowDown', 'Shift+ArrowDown');
    await hand.press('Delete');
    await expectState(control, COUNT, 500);
    await hand.press('Control+z');
    await expectState(control, START, ['line1 = 10', 'if a:', '    foo']);
    await hand.press('Control+y');
    await expectState(control, COUNT, 500);
    await hand.press('Control+Home', 'ArrowDown', 'Control+/', 'Alt+ArrowUp');
    await expectState(control, line(1), '# line2 = 2');
    await agree();
  });

  it('moves through lines that only come into the page on the way', async () => {
    const { hand, mirror, agree } = control;
    await begin();
    for (let at = 1; at < 40; at++) await hand.press('ArrowDown');
    await expectState(control, SELECTION, '[40,10 -> 40,10]');
    await hand.press('Home', 'Control+ArrowRight', 'Control+Backspace');
    await expectState(control, line(40), ' = 40');
    await mirror.locator('.view-line', { hasText: 'line39' }).waitFor();
    await hand.press('PageDown', 'Control+End', 'Backspace');
    await expectState(control, line(500), 'line500 = 50');
    await hand.press('Control+Home');
    await expectState(control, SELECTION, '[1,1 -> 1,1]');
    await agree();
  });

  it('scrolls by the wheel to lines that can be clicked, dragged over and written', async () => {
    const { hand, mirror, agree } = control;
    await begin();
    await hand.wheel('#editor', 0, 3000);
    const first = mirror.locator('.view-line', { hasText: 'line110' });
    const next = mirror.locator('.view-line', { hasText: 'line111' });
    await next.waitFor();
    await agree();
    await hand.click(first, { on: await beforeLetter(first, 3), times: 2 });
    await expectState(control, SELECTION, '[110,1 -> 110,8]');
    // from within the selection a drag moves the text, as Monaco does it
    await hand.drag(first, next, { on: await beforeLetter(first, 4), onto: await beforeLetter(next, 0) });
    await expectState(control, line(111), 'line110line111 = 111');
    await hand.press('Control+z', 'Home');
    await expectState(control, line(111), 'line111 = 111');
    await agree();
    await hand.drag(first, next, { on: await beforeLetter(first, 9), onto: await beforeLetter(next, 4) });
    await expectState(control, SELECTION, '[110,10 -> 111,5]');
    await hand.type('X');
    await expectState(control, line(110), 'line110 =X111 = 111');
    await hand.press('Escape');
    await agree();
    await control.screenshot('monaco');
  });

  it('offers words while they are typed, and finds by its own widget', async () => {
    const { hand, mirror, agree } = control;
    await begin();
    await hand.press('Enter');
    await hand.type('line49');
    await mirror.locator('.suggest-widget.visible .monaco-list-row').first().waitFor();
    await agree();
    await control.screenshot('monaco-suggestions');
    await hand.press('ArrowDown', 'Enter');
    await expectState(control, `/^line49\\d?$/.test(${line(2)})`, true);
    await hand.click('#find');
    await mirror.locator('.find-widget.visible').waitFor();
    await hand.press('Control+a');
    await hand.type('line200');
    await hand.press('Enter');
    await expectState(control, SELECTION, '[201,1 -> 201,8]');
    await hand.press('Escape');
    await hand.type('found');
    await expectState(control, line(201), 'found = 200');
    await hand.press('Escape');
    await agree();
  });

  // With its EditContext Monaco selects nothing in the page: there is no text that the mirror could give.
  it('gives the agent what he selected for his own clipboard, where it keeps a hidden textarea', async () => {
    const { hand, agent } = control;
    const copied = (): Promise<string> => agent.page.evaluate(() => navigator.clipboard.readText());
    await begin('/monaco?textarea');
    await hand.press('Home', 'Shift+End');
    await expectState(control, SELECTION, '[1,1 -> 1,10]');
    await control.agree();
    await hand.press('Control+c');
    await expect.poll(copied).toBe('line1 = 1');
    await hand.press('ArrowDown', 'Home', 'Shift+ArrowDown', 'Shift+ArrowDown');
    await expectState(control, SELECTION, '[2,1 -> 4,1]');
    await control.agree();
    await hand.press('Control+c');
    await expect.poll(copied).toBe('line2 = 2\nline3 = 3\n');
  });

  for (const [way, path] of [
    ['its EditContext', '/monaco'],
    ['the hidden textarea of older versions', '/monaco?textarea'],
  ] as const)
    it(`loses nothing of what is typed fast, pasted, composed or cut by way of ${way}`, async () => {
      const { hand, agree } = control;
      await begin(path);
      await hand.press('Enter');
      const sentence = 'the quick brown fox jumps over the lazy dog 0123456789 '.repeat(3).trim();
      await hand.type(sentence);
      await expectState(control, line(2), sentence);
      await hand.press('Escape');
      await paste(control, '\npasted');
      await compose(control, '日本');
      await expectState(control, line(3), 'pasted日本');
      await hand.press('Escape', 'Shift+Home', 'Control+x');
      await expectState(control, line(3), '');
      // with nothing selected, it cuts the line
      await hand.press('ArrowUp', 'Control+x');
      await expectState(control, line(2), '');
      await agree();
      expect(control.errors).toEqual([]);
    });
});
