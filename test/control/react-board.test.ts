// The agent moves cards on a React board (@hello-pangea/dnd) by mouse and by keyboard.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ControlStage, captureFailures, startControl } from './stage.ts';
import { expectState } from './writing.ts';

let control: ControlStage;
beforeAll(async () => {
  control = await startControl({ apps: { board: 'react-board/main.tsx' } });
});
afterAll(() => control?.stop());
captureFailures(() => control);

const holds = (todo: string[], done: string[]): Promise<void> =>
  expectState(control, 'columns', { todo, done });

describe('a board of @hello-pangea/dnd', () => {
  it('moves cards by mouse', async () => {
    const { hand, agree } = control;
    await control.open('/board');
    await hand.drag('#one', '#four', { onto: { x: 0.5, y: 0.9 }, steps: 12 });
    await holds(['two', 'three'], ['one', 'four']);
    await agree();
    await hand.drag('#three', '#two', { onto: { x: 0.5, y: 0.1 }, steps: 12 });
    await holds(['three', 'two'], ['one', 'four']);
    await expectState(control, 'String(getSelection())', '');
    await agree();
  });

  it('moves cards by keyboard, and lets go of them by Escape', async () => {
    const { hand, mirror, agree } = control;
    await control.open('/board');
    // a press beside the cards, from where Tab goes to the first
    await hand.click('body', { on: { x: 0.9, y: 0.02 } });
    await hand.press('Tab');
    await mirror.locator('#one[tandem-focus]').waitFor();
    // the page has no style for it: the agent sees a ring of ours where his keys go
    await control.agent.shared.frameLocator('iframe').locator('tandem-overlay .ring').waitFor();
    await hand.press('Space');
    await expectState(control, "document.querySelector('#one').style.position", 'fixed');
    await hand.press('ArrowDown');
    await expectState(control, "document.querySelector('#one').style.transform !== ''", true);
    await hand.press('Space');
    await holds(['two', 'one', 'three'], ['four']);
    await agree();
    await hand.press('Space');
    await expectState(control, "document.querySelector('#one').style.position", 'fixed');
    await hand.press('ArrowRight');
    await control.screenshot('react-board');
    await hand.press('Escape');
    await expectState(control, "document.querySelector('#one').style.position", '');
    await holds(['two', 'one', 'three'], ['four']);
    await agree();
    expect(control.errors).toEqual([]);
  });
});
