// Waiting for a condition that Playwright has no locator for.
import { setTimeout as delay } from 'node:timers/promises';

/** The first value that is not undefined. @throws Error that names what was missing after `timeout` ms */
export async function until<T>(
  look: () => T | undefined | Promise<T | undefined>,
  what: string,
  timeout = 10_000,
): Promise<T> {
  const end = Date.now() + timeout;
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    if (Date.now() > end) throw new Error(`There was no ${what} within ${timeout} ms.`);
    await delay(50);
  }
}
