// The browser of a test file: one for all its tests.
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll } from 'vitest';
import { openBrowser } from './browser.ts';

/**
 * One browser for the tests of a file: opened before the first, closed behind the last.
 * @returns gives it, from within a test
 */
export function useBrowser(): () => Browser {
  let browser: Browser | undefined;
  beforeAll(async () => {
    browser = await openBrowser();
  });
  afterAll(() => browser?.close());
  return () => {
    if (!browser) throw new Error('The browser is open from beforeAll to afterAll.');
    return browser;
  };
}
