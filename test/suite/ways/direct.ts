// The plain way: a browser and the application.
import type { Browser } from 'playwright-core';
import type { Faults } from '../run/faults.ts';
import { openTab } from './tab-visit.ts';
import type { Way } from './way.ts';

/** @param faults what goes wrong in the pages is put there */
export function directWay(browser: Browser, faults: Faults): Way {
  return {
    name: 'direct',
    secrets: () => [],
    begin: () => openTab(browser, faults),
    stop: async () => {},
  };
}
