// Luckysheet: a spreadsheet drawn on a canvas, with the demonstration that its package brings.
import { join } from 'node:path';
import { until } from '../../e2e/until.ts';
import type { Application } from '../application.ts';
import { needNpm, packagesOf } from '../install/npm.ts';
import { serveFiles } from '../static-files.ts';
import type { Walk } from '../walk.ts';

async function openSheet({ page, open }: Walk): Promise<void> {
  await open('/index.html?lang=en');
  await page.locator('#luckysheet-cell-main').waitFor();
  await page.locator('#luckysheetloadingdata').waitFor({ state: 'detached' });
}

export const luckysheet: Application = {
  name: 'luckysheet',
  title: 'Luckysheet',
  kind: 'data grid on canvas, jQuery',
  version: '2.1.13',
  from: 'npm luckysheet',
  hosts: ['sheet'],
  need: () => needNpm('luckysheet'),
  start: () => serveFiles('sheet', { '/': join(packagesOf('luckysheet'), 'luckysheet/dist') }),
  flows: [
    {
      title: 'write into a cell by key',
      async walk(walk) {
        const { page, step, mark, keyboard, mouse, frame } = walk;
        await step('open', () => openSheet(walk));
        await step('choose a cell', async () => {
          const box = await page.locator('#luckysheet-cell-main').boundingBox();
          if (!box) throw new Error('There is no sheet.');
          await mouse.click(box.x + 300, box.y + 200);
          await page.locator('#luckysheet-cell-selected').waitFor();
        });
        await step('write', async () => {
          await keyboard.type(mark);
          await keyboard.press('Enter');
          await until(
            async () =>
              (await (
                await frame()
              ).evaluate(
                (word) =>
                  JSON.stringify(
                    (
                      window as unknown as { luckysheet: { getSheetData(): unknown } }
                    ).luckysheet.getSheetData(),
                  ).includes(word),
                mark,
              )) || undefined,
            'word in the sheet',
          );
        });
      },
    },
    {
      title: 'go to another sheet',
      async walk(walk) {
        const { page, step } = walk;
        await step('open', () => openSheet(walk));
        await step('press its tab', async () => {
          await page.locator('#luckysheet-sheet-container-c .luckysheet-sheets-item').nth(1).click();
          await page.locator('#luckysheet-sheet-container-c .luckysheet-sheets-item-active').waitFor();
        });
      },
    },
  ],
};
