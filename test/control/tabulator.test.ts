// The agent works in a grid of a thousand rows, of which only the visible ones are in the page.

import type { Locator } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ControlStage, captureFailures, startControl } from './stage.ts';
import { expectState } from './writing.ts';

let control: ControlStage;
beforeAll(async () => {
  control = await startControl({ apps: { tabulator: 'tabulator/main.ts' } });
});
afterAll(() => control?.stop());
captureFailures(() => control);

async function begin(): Promise<void> {
  await control.open('/tabulator');
  await control.mirror.locator('.tabulator-row').first().waitFor();
}

const cell = (order: number, field: string): Locator =>
  control.mirror
    .locator('.tabulator-row', {
      has: control.mirror.getByText(`Order ${order}`, { exact: true }),
    })
    .locator(`[tabulator-field=${field}]`);
const header = (title: string): Locator => control.mirror.locator('.tabulator-col', { hasText: title });
const row = (order: number): string =>
  `table.getRows().find((row) => row.getData().id === ${order}).getData()`;

describe('Tabulator', () => {
  it('scrolls by the wheel and sorts by a press on a heading', async () => {
    const { hand, mirror, agree } = control;
    await begin();
    await hand.wheel('.tabulator-tableholder', 0, 4000);
    await mirror.getByText('Order 170', { exact: true }).waitFor();
    await agree();
    await hand.click(header('Amount'));
    await hand.click(header('Amount'));
    await expectState(control, 'table.getSorters().map(({ field, dir }) => [field, dir])', [
      ['amount', 'desc'],
    ]);
    await hand.wheel('.tabulator-tableholder', 0, -90_000);
    await mirror.locator('.tabulator-row').first().getByText('499').waitFor();
    await agree();
    await control.screenshot('tabulator');
  });

  it('is edited in its cells, from one to the next by Tab, and by its own list', async () => {
    const { hand, mirror, agree } = control;
    await begin();
    await hand.click(cell(3, 'name'), { times: 2 });
    await hand.press('Control+a');
    await hand.type('Changed');
    await hand.press('Enter');
    await expectState(control, `${row(3)}.name`, 'Changed');
    await agree();
    await hand.click(cell(5, 'name'), { times: 2 });
    await hand.press('Control+a');
    await hand.type('More');
    await hand.press('Tab');
    await mirror.locator('.tabulator-edit-list-item').first().waitFor();
    await expectState(control, `${row(5)}.name`, 'More');
    await hand.press('Control+a');
    await hand.type('Bo');
    await mirror.getByText('Bonn', { exact: true }).last().waitFor();
    await agree();
    await hand.click(mirror.locator('.tabulator-edit-list-item', { hasText: 'Bonn' }));
    await expectState(control, `${row(5)}.town`, 'Bonn');
    await hand.click(cell(6, 'amount'), { times: 2 });
    await hand.press('Control+a');
    await hand.type('12');
    await hand.press('Escape');
    await expectState(control, `${row(6)}.amount`, 185);
    await agree();
  });

  it('has columns that are widened by drag', async () => {
    const { hand, mirror, agree } = control;
    await begin();
    const handle = mirror.locator('.tabulator-header .tabulator-col-resize-handle').nth(1);
    await hand.drag(handle, header('Town'), { onto: { x: 0.5, y: 0.5 } });
    await expectState(control, "table.getColumn('name').getWidth() > 250", true);
    await agree();
  });

  it('has cells that are chosen by drag and by key', async () => {
    const { hand, agree } = control;
    const chosen = 'table.getRanges()[0].getCells().flat().map((cell) => cell.getValue())';
    await begin();
    await hand.drag(cell(2, 'name'), cell(4, 'town'), { steps: 12 });
    await expectState(control, chosen, ['Order 2', 'Bonn', 'Order 3', 'Celle', 'Order 4', 'Dresden']);
    await agree();
    await hand.click(cell(2, 'name'));
    await expectState(control, chosen, ['Order 2']);
    await hand.press('ArrowDown', 'ArrowRight');
    await expectState(control, chosen, ['Celle']);
    await hand.press('Shift+ArrowDown');
    await expectState(control, chosen, ['Celle', 'Dresden']);
    await agree();
    expect(control.errors).toEqual([]);
  });
});
