// The browser of the tests: one Chromium, isolated contexts, collected page errors, screenshots.
import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import { findBrowser } from '../scripts/find-browser.ts';

const ARGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  // Room for the session window beside the shop, as on a desk.
  '--window-size=1600,1000',
  '--screen-info={1600x1000}',
];

/** For each action and each wait; a test that waits longer says so. */
const ACTION_MS = 15_000;

/** Where screenshots go; ignored by git. */
export const SCREENSHOTS = join(import.meta.dirname, '..', 'test-output', 'screenshots');

/**
 * Starts Chromium without a window. Close it in `afterAll`.
 * @param more arguments of its command line
 * @throws Error with a sentence when there is no Chromium
 */
export async function openBrowser(more: readonly string[] = []): Promise<Browser> {
  const executablePath = findBrowser();
  if (!executablePath) throw new Error('No Chromium: run "node scripts/need-browser.ts".');
  return await chromium.launch({ executablePath, args: [...ARGS, ...more] });
}

/** A browser of a person of his own: cookies and storage shared with nobody. */
export interface PersonContext {
  context: BrowserContext;
  /** Uncaught exceptions of all its pages, with the page's address; a test may expect this to be empty. */
  errors: string[];
  /** Lines that pages wrote by console.error, with the page's address. */
  complaints: string[];
}

/** @param viewport CSS pixels, 1280×800 unless given */
export async function openContext(
  browser: Browser,
  options: {
    viewport?: { width: number; height: number };
    reducedMotion?: 'reduce' | 'no-preference';
    locale?: string;
    /** For servers with certificates of development. */
    ignoreHTTPSErrors?: boolean;
  } = {},
): Promise<PersonContext> {
  const context = await browser.newContext({
    viewport: options.viewport ?? { width: 1280, height: 800 },
    reducedMotion: options.reducedMotion ?? 'reduce',
    acceptDownloads: true,
    ignoreHTTPSErrors: options.ignoreHTTPSErrors ?? false,
    locale: options.locale ?? 'en-GB',
  });
  context.setDefaultTimeout(ACTION_MS);
  const errors: string[] = [];
  const complaints: string[] = [];
  context.on('weberror', (error) => {
    errors.push(`${error.page()?.url() ?? ''}: ${error.error().stack ?? error.error().message}`);
  });
  context.on('console', (line) => {
    if (line.type() === 'error') complaints.push(`${line.page()?.url() ?? ''}: ${line.text()}`);
  });
  return { context, errors, complaints };
}

/** Saves `test-output/screenshots/NAME.png` and returns its path; `name` may hold folders. */
export async function saveScreenshot(page: Page, name: string): Promise<string> {
  const path = join(SCREENSHOTS, `${name}.png`);
  await mkdir(dirname(path), { recursive: true });
  // carets are hidden by a style on the fields, which would be mirrored
  await page.screenshot({ path, animations: 'disabled', caret: 'initial' });
  return path;
}
