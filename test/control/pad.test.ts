// The agent signs on a canvas that takes every coalesced point of the pointer.
import { PNG } from 'pngjs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ControlStage, captureFailures, startControl } from './stage.ts';
import { expectState } from './writing.ts';

let control: ControlStage;
beforeAll(async () => {
  control = await startControl({ apps: { pad: 'pad/main.ts' } });
});
afterAll(() => control?.stop());
captureFailures(() => control);

describe('a drawing pad', () => {
  it('takes strokes from where the agent pressed to where he let go', async () => {
    const { hand } = control;
    await control.open('/pad');
    await hand.drag('#pad', '#pad', { on: { x: 0.1, y: 0.2 }, onto: { x: 0.9, y: 0.7 }, steps: 40 });
    await hand.drag('#pad', '#pad', { on: { x: 0.1, y: 0.7 }, onto: { x: 0.9, y: 0.2 }, steps: 40 });
    await expectState(control, 'strokes.length', 2);
    await expectState(
      control,
      'strokes.map((stroke) => [stroke[0], stroke.at(-1)].map(({ x, y, pressure }) => [Math.round(x / 10), Math.round(y / 10), pressure]))',
      [
        [
          [6, 6, 0.5],
          [54, 21, 0.5],
        ],
        [
          [6, 21, 0.5],
          [54, 6, 0.5],
        ],
      ],
    );
    // fewer messages than that, but no point is lost on the way
    await expectState(control, 'strokes.every(({ length }) => length >= 40)', true);
  });

  it('shows the agent what he drew', async () => {
    const { hand, mirror } = control;
    const middle = await hand.point('#pad', { x: 0.5, y: 0.45 });
    /** Dark dots of the agent's screen where the strokes cross. */
    const dots = async (): Promise<number> => {
      const clip = { x: middle.x - 15, y: middle.y - 15, width: 30, height: 30 };
      const { data } = PNG.sync.read(await control.agent.page.screenshot({ clip, caret: 'initial' }));
      let dark = 0;
      for (let at = 0; at < data.length; at += 4) if (data[at]! < 100 && data[at + 2]! < 100) dark++;
      return dark;
    };
    await hand.move(mirror.locator('#pad'), { x: 0.1, y: 0.95 });
    await expect.poll(dots, { timeout: 12_000 }).toBeGreaterThan(60);
    await control.screenshot('pad');
  });

  it('takes the pressure of a pen', async () => {
    const { hand } = control;
    await control.open('/pad');
    const from = await hand.point('#pad', { x: 0.2, y: 0.5 });
    const devtools = await control.agent.page.context().newCDPSession(control.agent.page);
    const pen = (type: 'mousePressed' | 'mouseMoved' | 'mouseReleased', step: number) =>
      devtools.send('Input.dispatchMouseEvent', {
        type,
        ...{ x: from.x + 10 * step, y: from.y },
        ...{ button: 'left', buttons: type === 'mouseReleased' ? 0 : 1, clickCount: 1 },
        ...{ pointerType: 'pen', force: type === 'mouseReleased' ? 0 : step / 10 },
      });
    await hand.mouse.move(from.x, from.y);
    await pen('mousePressed', 1);
    for (let step = 2; step <= 9; step++) await pen('mouseMoved', step);
    await pen('mouseReleased', 9);
    await expectState(
      control,
      'strokes.map((stroke) => stroke.map(({ pressure }) => Math.round(pressure * 10)))',
      [[1, 2, 3, 4, 5, 6, 7, 8, 9]],
    );
    expect(control.errors).toEqual([]);
  });
});
