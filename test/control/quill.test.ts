// The agent writes in Quill: what he types, formats, links and pastes is in Quill's own document and in the mirror.
import { afterAll, beforeAll, describe, it } from 'vitest';
import { type ControlStage, captureFailures, startControl } from './stage.ts';
import { beforeLetter, compose, expectState, paste } from './writing.ts';

let control: ControlStage;
beforeAll(async () => {
  control = await startControl({ apps: { quill: 'quill/main.ts' } });
});
afterAll(() => control?.stop());
captureFailures(() => control);

const CONTENT = 'quill.getContents().ops';

/** An empty letter, and the caret in it. */
async function begin(): Promise<void> {
  await control.open('/quill');
  await control.hand.click('.ql-editor');
}

describe('Quill', () => {
  it('takes lines, deletions and formats by key, and undoes them', async () => {
    const { hand, agree } = control;
    await begin();
    await hand.type('Hello World');
    await hand.press('Enter');
    await hand.type('second line');
    await hand.press('Backspace', 'Backspace', 'Home', 'Delete');
    await expectState(control, CONTENT, [{ insert: 'Hello World\necond li\n' }]);
    await hand.press('Shift+End', 'Control+b');
    const bold = [
      { insert: 'Hello World\n' },
      { attributes: { bold: true }, insert: 'econd li' },
      { insert: '\n' },
    ];
    await expectState(control, CONTENT, bold);
    await agree();
    await hand.press('Control+z');
    await expectState(control, "quill.root.querySelector('strong')", null);
    await hand.press('Control+y');
    await expectState(control, CONTENT, bold);
    await agree();
  });

  it('moves and selects by words', async () => {
    const { hand, agree } = control;
    await begin();
    await hand.type('one two three');
    await hand.press('Control+ArrowLeft', 'Control+ArrowLeft');
    await expectState(control, 'quill.getSelection()', { index: 4, length: 0 });
    await hand.press('Control+Shift+ArrowRight', 'Control+i');
    await expectState(control, "quill.root.querySelector('em').textContent.trim()", 'two');
    await hand.press('End', 'Control+Backspace');
    await expectState(control, 'quill.getText()', 'one two \n');
    await agree();
  });

  it('is formatted by its toolbar where the agent drags over text or clicks twice', async () => {
    const { hand, mirror, agree } = control;
    await begin();
    await hand.type('one two three');
    await agree();
    const line = mirror.locator('.ql-editor p').first();
    await hand.drag(line, line, { on: await beforeLetter(line, 4), onto: await beforeLetter(line, 7) });
    await expectState(control, 'quill.getSelection()', { index: 4, length: 3 });
    await hand.click('.ql-bold');
    await expectState(control, CONTENT, [
      { insert: 'one ' },
      { attributes: { bold: true }, insert: 'two' },
      { insert: ' three\n' },
    ]);
    await agree();
    await hand.click(line, { on: await beforeLetter(line, 10), times: 2 });
    await expectState(control, 'quill.getSelection()', { index: 8, length: 5 });
    await hand.click('.ql-italic');
    await hand.click('.ql-header .ql-picker-label');
    await hand.click('.ql-header .ql-picker-item[data-value="1"]');
    await expectState(control, "quill.root.querySelector('h1 em').textContent", 'three');
    await agree();
    await control.screenshot('quill');
  });

  it('makes lists by its button, and ends them by an empty item', async () => {
    const { hand, agree } = control;
    await begin();
    await hand.click('button.ql-list[value=bullet]');
    await hand.type('first');
    await hand.press('Enter');
    await hand.type('second');
    await hand.press('Enter', 'Enter');
    await hand.type('after');
    const list = { list: 'bullet' };
    await expectState(control, CONTENT, [
      { insert: 'first' },
      { attributes: list, insert: '\n' },
      { insert: 'second' },
      { attributes: list, insert: '\n' },
      { insert: 'after\n' },
    ]);
    await agree();
  });

  it('links what is selected to the address written in its bubble', async () => {
    const { hand, mirror, agree } = control;
    await begin();
    await hand.type('see here');
    await hand.press('Control+Shift+ArrowLeft');
    await hand.click('button.ql-link');
    await mirror.locator('.ql-tooltip.ql-editing').waitFor();
    await hand.type('https://example.org/');
    await hand.press('Enter');
    await expectState(control, CONTENT, [
      { insert: 'see ' },
      { attributes: { link: 'https://example.org/' }, insert: 'here' },
      { insert: '\n' },
    ]);
    await agree();
  });

  it('takes what is pasted and what an input method composes', async () => {
    const { hand, agree } = control;
    await begin();
    await hand.type('a ');
    await paste(control, 'pasted\ntext');
    await expectState(control, 'quill.getText()', 'a pasted\ntext\n');
    await compose(control, '日本');
    await hand.type('!');
    await expectState(control, 'quill.getText()', 'a pasted\ntext日本!\n');
    await agree();
  });
});
