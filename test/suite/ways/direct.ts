// The plain way: a browser and the application.
import type { Browser } from 'playwright-core';
import { openContext, saveScreenshot } from '../../browser.ts';
import { type Faults, watchFaults } from '../run/faults.ts';
import type { Visit, Way } from './way.ts';

/** @param faults what goes wrong in the pages is put there */
export function directWay(browser: Browser, faults: Faults): Way {
  return {
    name: 'direct',
    secrets: () => [],
    async begin(): Promise<Visit> {
      const { context } = await openContext(browser);
      const toReal = (url: string) => url;
      const unwatch = watchFaults(context, toReal, faults);
      const tab = await context.newPage();
      return {
        tab,
        page: tab as Visit['page'],
        frame: async () => tab.mainFrame(),
        open: async (url) => void (await tab.goto(url)),
        toReal,
        screenshot: async (name) => void (await saveScreenshot(tab, `suite/${name}`)),
        async end() {
          unwatch();
          await context.close();
        },
      };
    },
    stop: async () => {},
  };
}
