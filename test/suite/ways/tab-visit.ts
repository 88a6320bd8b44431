// A visit that is one tab of a browser: what the ways without a session window have in common.
import type { Browser } from 'playwright-core';
import { openContext, saveScreenshot } from '../../browser.ts';
import { type Faults, watchFaults } from '../run/faults.ts';
import type { Visit } from './way.ts';

/**
 * @param faults what goes wrong in the pages is put there
 * @param prefix stands before every real address in those that the browser gets
 */
export async function openTab(browser: Browser, faults: Faults, prefix = ''): Promise<Visit> {
  const { context } = await openContext(browser);
  const toReal = (url: string) => (url.startsWith(prefix) ? url.slice(prefix.length) : url);
  const unwatch = watchFaults(context, toReal, faults);
  const tab = await context.newPage();
  return {
    tab,
    page: tab as Visit['page'],
    frame: async () => tab.mainFrame(),
    open: async (url) => void (await tab.goto(prefix + url)),
    toReal,
    screenshot: async (name) => void (await saveScreenshot(tab, `suite/${name}`)),
    async end() {
      unwatch();
      await context.close();
    },
  };
}
