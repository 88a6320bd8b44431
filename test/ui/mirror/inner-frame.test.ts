// Where the page lies in the follower’s view, in which size, and when it is shown first.
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import type { InnerFrame } from '../../../ui/mirror/inner-frame.ts';
import { openBrowser } from '../../browser.ts';
import { bundleModule } from '../../bundle.ts';

interface FrameWindow {
  frameModule: { InnerFrame: typeof InnerFrame };
  inner: InnerFrame;
}

let browser: Browser;
let script: string;
beforeAll(async () => {
  browser = await openBrowser();
  script = await bundleModule(join(import.meta.dirname, '../../../ui/mirror/inner-frame.ts'), 'frameModule');
});
afterAll(() => browser?.close());

/** A leader's page of 1280×800 in a view of this size. */
async function openFrame(width: number, height: number): Promise<Page> {
  const context = await browser.newContext({ viewport: { width, height } });
  onTestFinished(() => context.close());
  const page = await context.newPage();
  await page.route('http://view.localhost/**', (route) =>
    route.fulfill({
      contentType: 'text/html',
      body: '<!doctype html><style>body{margin:0;block-size:100vh;overflow:hidden}</style><body>',
    }),
  );
  await page.goto('http://view.localhost/');
  await page.addScriptTag({ content: script });
  await page.evaluate(() => {
    const target = window as unknown as FrameWindow;
    target.inner = new target.frameModule.InnerFrame(document.body, '/inner', { onTampered() {} });
    target.inner.resize(1280, 800);
  });
  return page;
}

const zoom = (page: Page, to: 'fit' | number): Promise<void> =>
  page.evaluate((wanted) => (window as unknown as FrameWindow).inner.zoom(wanted), to);
const boxOf = (page: Page) => page.locator('iframe').boundingBox();

test('a page that is wider than the view begins at its top, and what is left over is below', async () => {
  const page = await openFrame(640, 900);
  expect(await boxOf(page)).toEqual({ x: 0, y: 0, width: 640, height: 400 });
});

test('a page that is narrower than the view is in the middle between left and right', async () => {
  const page = await openFrame(1600, 400);
  expect(await boxOf(page)).toEqual({ x: 480, y: 0, width: 640, height: 400 });
  const large = await openFrame(1600, 1000);
  expect(await boxOf(large)).toEqual({ x: 160, y: 0, width: 1280, height: 800 });
});

test('at 100 % and more the view scrolls over the whole page; fit brings it back', async () => {
  const page = await openFrame(640, 400);
  await zoom(page, 1);
  expect(await boxOf(page)).toEqual({ x: 0, y: 0, width: 1280, height: 800 });
  const scroll = () =>
    page.evaluate(() => {
      scrollTo(10_000, 10_000);
      const { clientWidth, clientHeight } = document.documentElement;
      return [scrollX + clientWidth, scrollY + clientHeight];
    });
  expect(await scroll()).toEqual([1280, 800]);
  await zoom(page, 2);
  expect(await scroll()).toEqual([2560, 1600]);
  await zoom(page, 'fit');
  expect(await boxOf(page)).toEqual({ x: 0, y: 0, width: 640, height: 400 });
});

test('waits for sheets that are on their way, and not for those without an address', async () => {
  const page = await openFrame(640, 400);
  const isShown = (sheet: string) =>
    page.evaluate(async (markup) => {
      const { inner } = window as unknown as FrameWindow;
      const shown = await inner.open(false);
      shown.head.innerHTML = markup;
      inner.revealWhenStyled();
      return inner.element.style.visibility !== 'hidden';
    }, sheet);
  expect(await isShown('<link rel="stylesheet" href="/r/one">')).toBe(false);
  expect(await isShown('<link rel="stylesheet" href="">')).toBe(true);
});
