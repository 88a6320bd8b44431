// Customer and agent, each with a Firefox of his own (one would have one focus for both), driven over WebDriver BiDi; a smaller story than Chromium's, the same words.
import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { PNG } from 'pngjs';
import puppeteer, { type Browser, type Frame, type Page } from 'puppeteer-core';
import { findFirefox } from '../../scripts/need-firefox.ts';
import { SCREENSHOTS } from '../browser.ts';
import { PASSWORD } from './servers.ts';
import { until } from './until.ts';
import { word } from './words.ts';

const WAIT_MS = 30_000;

export async function openFirefox(): Promise<Browser> {
  const executablePath = findFirefox();
  if (!executablePath) throw new Error('No Firefox: run the tests as "npm test" does.');
  return await puppeteer.launch({
    browser: 'firefox',
    executablePath,
    headless: true,
    args: ['--width=1500', '--height=1000'],
    extraPrefsFirefox: { 'intl.accept_languages': 'en-GB' },
  });
}

export interface FirefoxPeople {
  customer: Page;
  agent: Page;
  /** The customer's session window. */
  shell: Page;
  /** The leader's page. */
  leader(): Promise<Frame>;
  /** The mirror's outer document, with overlay. */
  view(): Promise<Frame>;
  /** The mirror itself. */
  mirror(): Promise<Frame>;
  /** The agent's mouse in the middle of what a selector finds in his mirror; waits until it is there. */
  clickInMirror(selector: string): Promise<void>;
  /** Red, green and blue in that element's middle, as the agent sees it. */
  colorInMirror(selector: string): Promise<number[]>;
  /** Exceptions of all pages. */
  errors: string[];
  screenshot(name: string): Promise<void>;
}

/** From the site's page to a running session in which the agent has control. */
export async function coBrowseInFirefox(
  browsers: { customer: Browser; agent: Browser },
  site: { origin: string },
  places: { consoleOrigin: string; panelOrigin: string },
): Promise<FirefoxPeople> {
  const errors: string[] = [];
  const open = async (browser: Browser, viewport: { width: number; height: number }): Promise<Page> => {
    const page = await browser.newPage();
    page.setDefaultTimeout(WAIT_MS);
    page.on('pageerror', (error) => errors.push(String(error)));
    await page.setViewport(viewport);
    return page;
  };
  const customer = await open(browsers.customer, { width: 1280, height: 800 });
  await customer.goto(`${site.origin}/`);
  const panel = await until(
    () => customer.frames().find((frame) => frame.url().startsWith(places.panelOrigin)),
    'contact panel',
    WAIT_MS,
  );
  const choice = panel.locator('::-p-text(Anna Berg)');
  // The round button stands in a closed shadow tree in the corner, and there is none until the panel's script has run.
  const isOpen = (): Promise<boolean> => panel.evaluate(() => innerWidth > 0 && innerHeight > 0);
  let pressedAt = Number.NEGATIVE_INFINITY;
  await until(
    async () => {
      if (await isOpen()) return true;
      if (performance.now() - pressedAt < 2_000) return undefined;
      pressedAt = performance.now();
      await customer.mouse.click(1280 - 50, 800 - 50);
      return undefined;
    },
    'open panel',
    WAIT_MS,
  );
  await choice.click();
  await panel.locator('input[type=text]').fill('Ada');
  await panel.locator(button(word('welcome.start'))).click();

  const agent = await open(browsers.agent, { width: 1440, height: 900 });
  await agent.goto(places.consoleOrigin);
  await agent.locator('input:not([type=password])').fill('anna');
  await agent.locator('input[type=password]').fill(PASSWORD);
  await agent.locator(button(word('signIn.go'))).click();
  await agent.locator(button(word('desk.accept'))).click();

  const before = new Set(await browsers.customer.pages());
  await panel.locator(button(word('start.start'))).click();
  const shell = await until(
    async () => (await browsers.customer.pages()).find((page) => !before.has(page)),
    'session window',
    WAIT_MS,
  );
  shell.on('pageerror', (error) => errors.push(String(error)));
  shell.setDefaultTimeout(WAIT_MS);

  const frameOf = (page: Page, pattern: RegExp) => (): Promise<Frame> =>
    until(() => page.frames().find((frame) => pattern.test(frame.url())), `frame ${pattern}`, WAIT_MS);
  const leader = frameOf(shell, /--/);
  const view = frameOf(agent, /\/\/view--[^/]+\/$/);
  const mirror = frameOf(agent, /\/\/view--[^/]+\/inner/);
  await (await mirror()).locator('body *').wait();
  await agent.locator(button(word('control.ask'))).click();
  await shell.locator(button(word('ask.give'))).click();
  await agent.locator(`::-p-text(${word('control.mine')})`).wait();

  /** The middle of an element of the mirror on the agent's page, scrolled into sight by the leader. */
  const placeInMirror = async (selector: string): Promise<{ x: number; y: number }> => {
    const top = await (await leader()).evaluate((one) => {
      const found = document.querySelector(one);
      found?.scrollIntoView({ block: 'center', behavior: 'instant' });
      return found?.getBoundingClientRect().y ?? 0;
    }, selector);
    const frame = await agent.$(`iframe[title="${word('view.title')}"]`);
    const outer = await frame?.boundingBox();
    if (!outer) throw new Error('The mirror is not to be seen.');
    // Puppeteer does not know that the mirror is scaled.
    const place = async (): Promise<{ x: number; y: number } | undefined> =>
      await (await view()).evaluate(
        (one, topThere) => {
          const inner = document.querySelector('iframe');
          const found = inner?.contentDocument?.querySelector(one);
          if (!inner || !found) return undefined;
          const around = inner.getBoundingClientRect();
          const scale = around.width / inner.offsetWidth;
          const box = found.getBoundingClientRect();
          // It is about to be scrolled from under the mouse.
          if (Math.abs(box.y - topThere) > 2) return undefined;
          const x = around.x + (box.x + box.width / 2) * scale;
          const y = around.y + (box.y + box.height / 2) * scale;
          return y > 0 && y < innerHeight && x > 0 && x < innerWidth ? { x, y } : undefined;
        },
        selector,
        top,
      );
    const { x, y } = await until(place, `${selector} in sight of the agent`, WAIT_MS);
    return { x: outer.x + x, y: outer.y + y };
  };

  return {
    customer,
    agent,
    shell,
    leader,
    view,
    mirror,
    errors,
    async clickInMirror(selector) {
      const { x, y } = await placeInMirror(selector);
      await agent.mouse.click(x, y);
    },
    async colorInMirror(selector) {
      const { x, y } = await placeInMirror(selector);
      const clip = { x: Math.round(x), y: Math.round(y), width: 1, height: 1 };
      const { data } = PNG.sync.read(Buffer.from(await agent.screenshot({ clip })));
      return [...data.subarray(0, 3)];
    },
    async screenshot(name) {
      for (const [who, page] of Object.entries({ shell, agent })) {
        const path = join(SCREENSHOTS, 'firefox', `${name}-${who}.png`) as `${string}.png`;
        await mkdir(dirname(path), { recursive: true });
        await page.screenshot({ path });
      }
    },
  };
}

function button(text: string): string {
  return `button::-p-text(${text})`;
}
