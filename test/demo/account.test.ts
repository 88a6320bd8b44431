// The demo shop's account page: "Sign out" is there for those who are signed in.
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Demo, startDemo } from '../../demo/shop/start-demo.ts';
import { openBrowser, openContext } from '../browser.ts';

let demo: Demo;
let browser: Browser;
beforeAll(async () => {
  [demo, browser] = await Promise.all([startDemo({ port: 0 }), openBrowser()]);
});
afterAll(async () => {
  await browser?.close();
  await demo?.stop();
});

test('nobody who is not signed in is offered to sign out', async () => {
  const { context } = await openContext(browser);
  const page = await context.newPage();
  await page.goto(`${demo.origins.shop}/account`);
  const signOut = page.getByRole('button', { name: 'Sign out' });
  await page.getByText('Sign in to see your account').waitFor();
  expect(await signOut.isVisible()).toBe(false);

  await page.goto(`${demo.origins.shop}/login`);
  await page.getByLabel('E-mail').fill('ada@example.com');
  await page.getByLabel('Password').fill('analytical');
  await page.locator('main').getByRole('button', { name: 'Sign in' }).click();
  await page.getByText('Signed in as').waitFor();
  await signOut.click();
  await page.waitForURL((url) => url.pathname !== '/account');
  await page.goto(`${demo.origins.shop}/account`);
  await page.getByText('Sign in to see your account').waitFor();
  expect(await signOut.isVisible()).toBe(false);
  await context.close();
});
