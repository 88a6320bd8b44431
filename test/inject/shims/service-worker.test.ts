// A site with a service worker: it is refused as a browser refuses one by policy, and the page goes on without.
import type { Browser, Frame } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { openBrowser } from '../../browser.ts';
import { type OpenPage, type SessionPages, servePages } from '../session-pages.ts';

const SHOP = 'https://www.shop.example';
let browser: Browser;
let pages: SessionPages;
let open: OpenPage;

beforeAll(async () => {
  browser = await openBrowser();
  pages = await servePages({
    // As sites do it: some look at the answer, some do not.
    [`${SHOP}/`]: `<body><p id="state">loading</p><script>
      addEventListener('unhandledrejection', ({ reason }) => { window.unhandled = reason.name; });
      if ('serviceWorker' in navigator) {
        navigator.serviceWorker.register('/worker.js', { scope: '/' });
        navigator.serviceWorker
          .register(new URL('/worker.js', location.href), { type: 'module' })
          .then(() => 'offline', () => 'online')
          .then((state) => { document.getElementById('state').textContent = state; });
      }
    </script><script>window.wentOn = true;</script>`,
    [`${SHOP}/worker.js`]: { type: 'text/javascript', body: 'addEventListener("fetch", () => {})' },
  });
});
afterAll(async () => {
  await browser.close();
  await pages.close();
});
beforeEach(async () => {
  open = await pages.open(browser, `${SHOP}/`);
});
afterEach(() => open.context.close());

const frame = (): Frame => open.frame();

test('the page goes on without it, whether it looks at the answer or not', async () => {
  await frame().locator('#state', { hasText: 'online' }).waitFor();
  await expect.poll(() => frame().evaluate('window.unhandled')).toBe('SecurityError');
  expect(await frame().evaluate('window.wentOn')).toBe(true);
  expect(await frame().evaluate(() => navigator.serviceWorker.controller)).toBeNull();
  expect(
    await frame().evaluate(async () => (await navigator.serviceWorker.getRegistration()) === undefined),
  ).toBe(true);
});

test('the refusal is an error of the browser’s own kind, and comes as a promise', async () => {
  const refused = await frame().evaluate(async () => {
    const promise = navigator.serviceWorker.register('/worker.js');
    const error = await promise.catch((reason: unknown) => reason);
    return [promise instanceof Promise, error instanceof DOMException, (error as DOMException).name];
  });
  expect(refused).toEqual([true, true, 'SecurityError']);
});

test('a frame that the page makes gives it no other', async () => {
  const refused = await frame().evaluate(async () => {
    const inner = document.createElement('iframe');
    document.body.append(inner);
    const container = (inner.contentWindow as unknown as typeof globalThis).navigator.serviceWorker;
    const error = await container.register('/worker.js').catch((reason: Error) => reason.name);
    return [error, (await navigator.serviceWorker.getRegistrations()).length];
  });
  expect(refused).toEqual(['SecurityError', 0]);
});

test('its script is not asked for', () => {
  expect(pages.seen.some((url) => JSON.stringify(url).includes('worker.js'))).toBe(false);
});
