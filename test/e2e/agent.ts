// An agent, supervisor or admin of an end-to-end test, at the console. Uses only what a person sees.
import type { BrowserContext, FrameLocator, Locator, Page } from 'playwright-core';
import { saveScreenshot } from '../browser.ts';
import { PASSWORD } from './servers.ts';
import { word } from './words.ts';

export class Agent {
  readonly context: BrowserContext;
  readonly errors: string[];
  readonly page: Page;
  readonly #console: string;

  constructor(options: { context: BrowserContext; errors: string[]; page: Page; consoleOrigin: string }) {
    this.context = options.context;
    this.errors = options.errors;
    this.page = options.page;
    this.#console = options.consoleOrigin;
  }

  /** Signs in on the page at `path`. */
  async signIn(name = 'anna', path = '/'): Promise<void> {
    await this.page.goto(this.#console + path);
    await this.page.getByLabel(word('signIn.name')).fill(name);
    await this.page.getByLabel(word('signIn.password')).fill(PASSWORD);
    await this.page.getByRole('button', { name: word('signIn.go') }).click();
    await this.page.getByLabel(word('signIn.password')).waitFor({ state: 'detached' });
  }

  async open(path: string): Promise<void> {
    await this.page.goto(new URL(path, this.#console).href);
  }

  /** Takes the waiting conversation of that customer. */
  async accept(customer = 'Ada'): Promise<void> {
    await this.page
      .getByRole('listitem')
      .filter({ hasText: customer })
      .getByRole('button', { name: word('desk.accept') })
      .click();
    await this.page.getByRole('heading', { level: 1, name: customer }).waitFor();
  }

  /** The section with the shared page. */
  get shared(): Locator {
    return this.page.getByRole('region', { name: word('shared.label') });
  }

  /** The agent's mirror: console → view frame → inner frame. */
  get mirror(): FrameLocator {
    return this.page.frameLocator(`iframe[title="${word('view.title')}"]`).frameLocator('iframe');
  }

  /** Until something of the page is shown. @param timeout ms; without one the browser's */
  async whenMirrored(timeout?: number): Promise<void> {
    await this.mirror
      .locator('body *')
      .first()
      .waitFor({ ...(timeout && { timeout }) });
  }

  button(key: string): Locator {
    return this.page.getByRole('button', { name: word(key) });
  }

  /** Presses the mouse where this part of the mirror is; an overlay takes it. */
  async clickInMirror(part: Locator): Promise<void> {
    await part.scrollIntoViewIfNeeded();
    const box = await part.boundingBox();
    if (!box) throw new Error('This part of the mirror is not visible.');
    await this.page.mouse.click(box.x + box.width / 2, box.y + box.height / 2);
  }

  get chat(): Locator {
    return this.page.getByRole('log');
  }

  async say(text: string): Promise<void> {
    await this.page.getByRole('textbox', { name: word('chat.message') }).fill(text);
    await this.page.getByRole('button', { name: word('chat.send') }).click();
  }

  async sessionUrl(): Promise<string> {
    await this.context.grantPermissions(['clipboard-read', 'clipboard-write'], { origin: this.#console });
    await this.page.getByRole('button', { name: word('shared.copy') }).click();
    return await this.page.evaluate(() => navigator.clipboard.readText());
  }

  async screenshot(name: string): Promise<void> {
    await saveScreenshot(this.page, name);
  }
}
