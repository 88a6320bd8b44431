// The agent programs in CodeMirror, which keeps only the visible lines in the page.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ControlStage, captureFailures, startControl } from './stage.ts';
import { beforeLetter, compose, expectState, paste } from './writing.ts';

let control: ControlStage;
beforeAll(async () => {
  control = await startControl({ apps: { codemirror: 'codemirror/main.ts' } });
});
afterAll(() => control?.stop());
captureFailures(() => control);

/** The first lines of the program. */
const START = "view.state.doc.sliceString(0, 60).split('\\n').slice(0, 3)";
/** Line and column of both ends of the selection. */
const SELECTION = `(() => {
  const { doc, selection } = view.state;
  const place = (at) => { const line = doc.lineAt(at); return [line.number, at - line.from] };
  return [place(selection.main.anchor), place(selection.main.head)];
})()`;

/** A new program of 500 lines, and the caret at the end of its first line. */
async function begin(): Promise<void> {
  await control.open('/codemirror');
  await control.hand.click(control.mirror.locator('.cm-line').first(), { on: { x: 0.9, y: 0.5 } });
  await expectState(control, SELECTION, [
    [1, 16],
    [1, 16],
  ]);
}

describe('CodeMirror', () => {
  it('indents new lines, deletes several at once, and undoes', async () => {
    const { hand, agree } = control;
    await begin();
    await hand.press('Enter');
    await hand.type('if (a) {');
    await hand.press('Enter');
    await hand.type('foo();');
    await hand.press('Backspace');
    await expectState(control, START, ['const line1 = 1;', 'if (a) {', '  foo()']);
    await hand.press('Home', 'ArrowUp', 'Home', 'ArrowUp', 'Home', 'Shift+ArrowDown', 'Shift+ArrowDown');
    await hand.press('Delete');
    await expectState(control, 'view.state.doc.lines', 500);
    await hand.press('Control+z');
    await expectState(control, START, ['const line1 = 1;', 'if (a) {', '  foo()']);
    await hand.press('Control+y');
    await expectState(control, 'view.state.doc.lines', 500);
    await agree();
  });

  it('moves through lines that only come into the page on the way', async () => {
    const { hand, mirror, agree } = control;
    await begin();
    for (let line = 1; line < 60; line++) await hand.press('ArrowDown');
    await expectState(control, SELECTION, [
      [60, 16],
      [60, 16],
    ]);
    await hand.press('Home', 'Control+ArrowRight', 'Control+Shift+ArrowRight', 'Control+Backspace');
    await expectState(control, 'view.state.doc.line(60).text', 'const = 60;');
    await mirror.getByText('const line61', { exact: false }).first().waitFor();
    await hand.press('PageDown', 'Control+End', 'Backspace');
    await expectState(control, 'view.state.doc.line(500).text', 'const line500 = 500');
    await hand.press('Control+Home');
    await expectState(control, SELECTION, [
      [1, 0],
      [1, 0],
    ]);
    await agree();
  });

  it('scrolls by the wheel to lines that can be clicked, dragged over and written', async () => {
    const { hand, mirror, agree } = control;
    await begin();
    await hand.wheel('.cm-scroller', 0, 3000);
    const line = mirror.locator('.cm-line', { hasText: 'const line180 ' });
    const next = mirror.locator('.cm-line', { hasText: 'const line181 ' });
    await next.waitFor();
    await agree();
    await hand.click(line, { on: await beforeLetter(line, 8), times: 2 });
    await expectState(control, SELECTION, [
      [180, 6],
      [180, 13],
    ]);
    await hand.drag(line, next, { on: await beforeLetter(line, 6), onto: await beforeLetter(next, 6) });
    await expectState(control, SELECTION, [
      [180, 6],
      [181, 6],
    ]);
    await hand.type('very');
    await expectState(control, 'view.state.doc.line(180).text', 'const veryline181 = 181;');
    await agree();
    await control.screenshot('codemirror');
  });

  it('loses nothing of what is typed fast, pasted, composed or cut', async () => {
    const { hand, agree } = control;
    await begin();
    await hand.press('Enter');
    const sentence = 'the quick brown fox jumps over the lazy dog 0123456789 '.repeat(3).trim();
    await hand.type(sentence);
    await expectState(control, 'view.state.doc.line(2).text', sentence);
    await paste(control, '\npasted');
    await compose(control, '日本');
    await expectState(control, 'view.state.doc.line(3).text', 'pasted日本');
    await hand.press('Shift+Home', 'Control+x');
    await expectState(control, 'view.state.doc.line(3).text', '');
    await agree();
    expect(control.errors).toEqual([]);
  });
});
