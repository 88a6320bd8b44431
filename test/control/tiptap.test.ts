// The agent writes in Tiptap (ProseMirror), whose document is not its DOM: both, and the mirror, hold what he did.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ControlStage, captureFailures, startControl } from './stage.ts';
import { beforeLetter, compose, expectState, paste } from './writing.ts';

let control: ControlStage;
beforeAll(async () => {
  control = await startControl({ apps: { tiptap: 'tiptap/main.ts' } });
});
afterAll(() => control?.stop());
captureFailures(() => control);

const SELECTION = '[editor.state.selection.from, editor.state.selection.to]';

async function begin(): Promise<void> {
  await control.open('/tiptap');
  await control.hand.click('.ProseMirror');
}

const holds = (html: string): Promise<void> => expectState(control, 'editor.getHTML()', html);

describe('Tiptap', () => {
  it('takes lines, deletions and formats by key, and undoes them', async () => {
    const { hand, agree } = control;
    await begin();
    await hand.type('Hello World');
    await hand.press('Enter');
    await hand.type('second line');
    await hand.press('Backspace', 'Backspace', 'Home', 'Delete');
    await holds('<p>Hello World</p><p>econd li</p>');
    await hand.press('Shift+End', 'Control+b');
    await holds('<p>Hello World</p><p><strong>econd li</strong></p>');
    await hand.press('Control+z');
    await holds('<p>Hello World</p><p>econd li</p>');
    await hand.press('Control+y');
    await holds('<p>Hello World</p><p><strong>econd li</strong></p>');
    await hand.press('Control+a', 'Delete');
    await holds('<p></p>');
    await hand.type('one');
    await hand.press('Shift+Enter');
    await hand.type('two');
    await holds('<p>one<br>two</p>');
    await agree();
  });

  it('moves, selects and deletes by words and lines', async () => {
    const { hand, agree } = control;
    await begin();
    await hand.type('one two three');
    await hand.press('Enter');
    await hand.type('four');
    await hand.press('ArrowUp', 'End', 'Control+ArrowLeft', 'Control+ArrowLeft');
    await expectState(control, SELECTION, [5, 5]);
    await hand.press('Control+Shift+ArrowRight');
    await expectState(control, SELECTION, [5, 8]);
    await hand.press('Shift+ArrowDown');
    await expectState(control, 'editor.state.selection.from', 5);
    await hand.press('ArrowRight', 'Control+Home', 'Control+Delete');
    await holds('<p> two three</p><p>four</p>');
    await agree();
  });

  it('follows its own rules for what is typed: lists, marks', async () => {
    const { hand, agree } = control;
    await begin();
    await hand.type('- item');
    await hand.press('Enter');
    await hand.type('inner');
    await hand.press('Tab');
    await hand.press('Enter', 'Enter', 'Enter');
    await hand.type('a **strong** word');
    await expectState(
      control,
      "editor.getHTML().replace(/<p><\\/p>$/, '')",
      '<ul><li><p>item</p><ul><li><p>inner</p></li></ul></li></ul><p>a <strong>strong</strong> word</p>',
    );
    await agree();
  });

  it('is formatted by its buttons and linked by its dialog where the agent drags over text', async () => {
    const { hand, mirror, agree } = control;
    await begin();
    await hand.type('one two');
    await hand.press('Enter');
    await hand.type('three four');
    await agree();
    const lines = mirror.locator('.ProseMirror p');
    const [first, second] = [lines.first(), lines.nth(1)];
    await hand.drag(first, first, { on: await beforeLetter(first, 4), onto: await beforeLetter(first, 7) });
    await expectState(control, SELECTION, [5, 8]);
    await hand.click('#bold');
    await holds('<p>one <strong>two</strong></p><p>three four</p>');
    await agree();
    await hand.drag(first, second, { on: await beforeLetter(first, 4), onto: await beforeLetter(second, 5) });
    await expectState(control, SELECTION, [5, 15]);
    await hand.click('#link');
    await mirror.locator('#ask').waitFor();
    await agree();
    await control.screenshot('tiptap-dialog');
    await hand.click('#address');
    await hand.type('https://example.org/');
    await hand.press('Enter');
    await expectState(control, "[...document.querySelectorAll('a')].map((link) => link.textContent)", [
      'two',
      'three',
    ]);
    await agree();
    await hand.click(second, { on: await beforeLetter(second, 8), times: 2 });
    await hand.click('#bullets');
    await expectState(control, "editor.isActive('bulletList')", true);
    await agree();
  });

  it('takes what is pasted and what an input method composes', async () => {
    const { hand, agree } = control;
    await begin();
    await hand.type('a ');
    await paste(control, 'pasted\n\ntext');
    await holds('<p>a pasted</p><p>text</p>');
    await compose(control, '日本');
    await hand.type('!');
    await holds('<p>a pasted</p><p>text日本!</p>');
    await hand.press('Shift+Home');
    // what he cuts is in his own clipboard then, and not what the next line puts there
    await agree();
    await hand.press('Control+x');
    await holds('<p>a pasted</p><p></p>');
    await paste(control, 'back');
    await holds('<p>a pasted</p><p>back</p>');
    await agree();
    expect(control.errors).toEqual([]);
  });
});
