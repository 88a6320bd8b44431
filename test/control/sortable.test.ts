// The agent drags cards with SortableJS: by the browser's own drag and drop, and by pointer events alone.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ControlStage, captureFailures, startControl } from './stage.ts';
import { expectState } from './writing.ts';

let control: ControlStage;
beforeAll(async () => {
  control = await startControl({ apps: { sortable: 'sortable/main.ts' } });
});
afterAll(() => control?.stop());
captureFailures(() => control);

const STEPS = 12;

for (const [way, suffix, [first, second, third, other]] of [
  ['by drag and drop of the browser', '', ['a1', 'a2', 'a3', 'b1']],
  ['by the pointer alone', '-pointer', ['c1', 'c2', 'c3', 'd1']],
] as const)
  describe(`SortableJS, ${way}`, () => {
    const cards = (column: string): string =>
      `[...document.querySelectorAll('#${column}${suffix} > .card')].map(({ id }) => id)`;

    it('moves a card to another column', async () => {
      const { hand, agree } = control;
      await control.open('/sortable');
      await hand.drag(`#${first}`, `#${other}`, { onto: { x: 0.5, y: 0.9 }, steps: STEPS });
      await expectState(control, cards('done'), [other, first]);
      await expectState(control, cards('todo'), [second, third]);
      await agree();
    });

    it('moves a card within its column, and leaves nothing behind', async () => {
      const { hand, agree } = control;
      await hand.drag(`#${third}`, `#${second}`, { onto: { x: 0.5, y: 0.1 }, steps: STEPS });
      await expectState(control, cards('todo'), [third, second]);
      await expectState(control, "document.querySelectorAll('[class*=sortable]').length", 0);
      await expectState(control, 'String(getSelection())', '');
      await agree();
      expect(control.errors).toEqual([]);
    });

    it('shows at the agent where the card would go while he holds it', async () => {
      const { hand, mirror, agree } = control;
      await agree();
      const from = await hand.point(`#${second}`);
      const to = await hand.point(`#${other}`);
      await hand.mouse.move(from.x, from.y);
      await hand.mouse.down();
      await hand.mouse.move(to.x, to.y, { steps: STEPS });
      await mirror.locator(`#done${suffix} > #${second}`).waitFor();
      await control.screenshot(`sortable${suffix}`);
      await hand.mouse.up();
      await expectState(control, `${cards('done')}.includes('${second}')`, true);
      await agree();
    });
  });
