// SVG-edit: a drawing program made of web components, which runs in the browser alone.
import { join } from 'node:path';
import type { Application } from '../application.ts';
import { needNpm, packagesOf } from '../install/npm.ts';
import { serveFiles } from '../static-files.ts';
import type { Walk } from '../walk.ts';

async function openEditor({ page, open }: Walk): Promise<void> {
  await open('/index.html');
  await page.locator('#svgroot').waitFor();
  await page.locator('#tool_select').waitFor();
  await page.getByRole('button', { name: 'OK' }).click();
}

/** Drags across the drawing, in CSS px from its middle. */
async function draw({ page, mouse }: Walk, from: [number, number], to: [number, number]): Promise<void> {
  const box = await page.locator('#svgcanvas').boundingBox();
  const view = await page.locator('#workarea').boundingBox();
  if (!box || !view) throw new Error('There is no canvas.');
  const middle = { x: view.x + view.width / 2, y: view.y + view.height / 2 };
  await mouse.move(middle.x + from[0], middle.y + from[1]);
  await mouse.down();
  await mouse.move(middle.x + to[0], middle.y + to[1], { steps: 5 });
  await mouse.up();
}

/** A new shape fades in; then it can be undone, and the tool for choosing is taken up again. */
async function untilDrawn({ page }: Walk): Promise<void> {
  await page.locator('#svgcontent .layer > [opacity]').first().waitFor({ state: 'detached' });
  await page.locator('#selectorGrip_rotate').waitFor();
}

export const svgedit: Application = {
  name: 'svgedit',
  title: 'SVG-edit',
  kind: 'SVG editor of web components',
  version: '7.4.1',
  from: 'npm svgedit',
  hosts: ['svg'],
  need: () => needNpm('svgedit'),
  start: () => serveFiles('svg', { '/': join(packagesOf('svgedit'), 'svgedit/dist/editor') }),
  flows: [
    {
      title: 'draw shapes, undo',
      async walk(walk) {
        const { page, step } = walk;
        await step('open', () => openEditor(walk));
        await step('draw a path', async () => {
          await page.locator('#tool_fhpath').click();
          await draw(walk, [-80, -60], [40, 20]);
          await page.locator('#svgcontent path').first().waitFor();
          await untilDrawn(walk);
        });
        await step('draw a line', async () => {
          await page.locator('#tool_line').click();
          await draw(walk, [-40, -80], [90, 60]);
          await page.locator('#svgcontent line').first().waitFor();
          await untilDrawn(walk);
        });
        await step('undo', async () => {
          await page.locator('#tool_undo').click();
          await page.locator('#svgcontent line').first().waitFor({ state: 'detached' });
        });
      },
    },
    {
      title: 'edit the source',
      async walk(walk) {
        const { page, step, mark } = walk;
        await step('open', () => openEditor(walk));
        await step('show the source', async () => {
          await page.locator('#tool_source').click();
          await page.locator('#svg_source_textarea').waitFor();
        });
        await step('write', async () => {
          await page
            .locator('#svg_source_textarea')
            .fill(
              `<svg width="640" height="480" xmlns="http://www.w3.org/2000/svg"><g class="layer"><title>Layer 1</title><text id="t" x="100" y="100" font-size="24">${mark}</text></g></svg>`,
            );
          await page.locator('#tool_source_save').click();
          await page.locator('#svgcontent text', { hasText: mark }).waitFor();
        });
      },
    },
  ],
};
