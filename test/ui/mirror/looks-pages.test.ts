// Pages that come and go, with the whole product between customer and agent: history, reload, a document written anew, view transitions,
// and pictures, fonts and animations that the page makes itself, through the real policies.
import type { Frame } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, it, vi } from 'vitest';
import type { SessionWindow } from '../../e2e/customer.ts';
import { type Stage, startStage } from '../../e2e/harness.ts';

vi.setConfig({ testTimeout: 90_000 });

let stage: Stage;
let shell: SessionWindow;
beforeAll(async () => {
  stage = await startStage();
  shell = await stage.startTogether('/product/lark-cup');
}, 90_000);
afterAll(() => stage?.stop());
afterEach(async ({ task }) => {
  if (task.result?.state === 'fail') await stage.captureAll(task.name);
});

/** The shared page in the customer's window. */
async function page(): Promise<Frame> {
  const frame = await (await shell.shared.locator(':root').elementHandle())?.ownerFrame();
  if (!frame) throw new Error('no page');
  return frame;
}
const text = (selector: string) =>
  expect.poll(async () => (await stage.agent.mirror.locator(selector).allTextContents()).join('|'), {
    timeout: 15_000,
  });
const leaderTitle = async (): Promise<string> => await (await page()).title();

it('goes back, forward and reloads', async () => {
  const first = await (await page()).locator('h1').first().textContent();
  await (await page()).evaluate(() => location.assign('/'));
  const home = await shell.shared.locator('h1').first();
  await expect.poll(() => home.textContent(), { timeout: 15_000 }).not.toBe(first);
  const second = await home.textContent();
  await text('h1').toContain(second!.trim());
  await (await page()).evaluate(() => history.back());
  await text('h1').toContain(first!.trim());
  await (await page()).evaluate(() => history.forward());
  await text('h1').toContain(second!.trim());
  await (await page()).evaluate(() => {
    document.querySelector('h1')!.textContent = 'changed';
  });
  await text('h1').toContain('changed');
  await (await page()).evaluate(() => location.reload());
  await text('h1').not.toContain('changed');
  await text('h1').toContain(second!.trim());
});

it('shows entries of the history that have no load', async () => {
  await (await page()).evaluate(() => {
    history.pushState({}, '', '/somewhere?x=1');
    document.querySelector('h1')!.textContent = 'pushed';
    addEventListener('popstate', () => {
      document.querySelector('h1')!.textContent = 'popped';
    });
  });
  await text('h1').toContain('pushed');
  await (await page()).evaluate(() => history.back());
  await text('h1').toContain('popped');
});

it('shows a document that a script writes anew, and what happens in it', async () => {
  await (await page()).evaluate(() => {
    document.open();
    document.write('<!doctype html><title>Written</title><body><h1>written</h1><p id=p>one</p>');
    document.close();
  });
  await text('h1').toBe('written');
  expect(await leaderTitle()).toBe('Written');
  await (await page()).evaluate(() => {
    document.querySelector('#p')!.textContent = 'two';
  });
  await text('#p').toBe('two');
  await (await page()).evaluate(() => {
    document.write('<h1>once more</h1>');
    document.close();
  });
  await text('h1').toBe('once more');
  await (await page()).evaluate(() => location.reload());
  await text('h1').not.toContain('once more');
});

it('shows what a view transition changes, and nothing of it stays', async () => {
  await (await page()).evaluate(async () => {
    const transition = document.startViewTransition(() => {
      document.querySelector('h1')!.textContent = 'after the transition';
    });
    await transition.finished;
  });
  await text('h1').toContain('after the transition');
  const left = await stage.agent.mirror
    .locator(':root')
    .evaluate(
      (root) =>
        root.ownerDocument.getAnimations().filter((one) => one.constructor.name === 'Animation').length,
    );
  expect(left).toBe(0);
});

it('shows pictures, fonts and animations that the page made itself', async () => {
  await (await page()).evaluate(async () => {
    const canvas = document.createElement('canvas');
    Object.assign(canvas, { width: 600, height: 400, id: 'drawn' });
    const context = canvas.getContext('2d')!;
    for (let i = 0; i < 2_000; i++) {
      context.fillStyle = `hsl(${i},80%,50%)`;
      context.fillRect((i * 37) % 600, (i * 91) % 400, 20, 20);
    }
    const blob = await new Promise<Blob | null>((done) => canvas.toBlob(done));
    const image = new Image();
    image.id = 'made';
    image.src = URL.createObjectURL(blob!);
    await image.decode();
    URL.revokeObjectURL(image.src);
    const box = document.createElement('div');
    box.id = 'moved';
    box.textContent = 'moves';
    document.body.prepend(canvas, image, box);
    box.animate({ marginLeft: ['300px', '300px'] }, { duration: 1e6 });
  });
  const shown = stage.agent.mirror;
  await expect
    .poll(
      async () =>
        await shown.locator('#made').evaluate((image) => {
          const { naturalWidth, naturalHeight } = image as HTMLImageElement;
          return [naturalWidth, naturalHeight];
        }),
      { timeout: 15_000 },
    )
    .toEqual([600, 400]);
  await expect
    .poll(
      async () => await shown.locator('#drawn').evaluate((canvas) => (canvas as HTMLElement).style.content),
      {
        timeout: 15_000,
      },
    )
    .toMatch(/image-set\(url\("\/r\//);
  await expect
    .poll(() => shown.locator('#moved').evaluate((box) => getComputedStyle(box).marginLeft), {
      timeout: 5_000,
    })
    .toBe('300px');
  await stage.agent.page.screenshot({ path: 'test-output/screenshots/looks-made.png' });
  expect(stage.errors).toEqual([]);
});
