// The customer of an end-to-end test: shop, contact panel, session window. Uses only what a person sees.
import type { BrowserContext, Frame, FrameLocator, Locator, Page } from 'playwright-core';
import { saveScreenshot } from '../browser.ts';
import { until } from './until.ts';
import { word } from './words.ts';

const FRAME_WAIT_MS = 10_000;

export class Customer {
  readonly context: BrowserContext;
  /** Of all pages of this browser. */
  readonly errors: string[];
  /** The tab with the shop. */
  readonly page: Page;
  readonly #shop: string;
  readonly #panelOrigin: string;

  constructor(options: {
    context: BrowserContext;
    errors: string[];
    page: Page;
    shop: string;
    panelOrigin: string;
  }) {
    this.context = options.context;
    this.errors = options.errors;
    this.page = options.page;
    this.#shop = options.shop;
    this.#panelOrigin = options.panelOrigin;
  }

  async openShop(path = '/'): Promise<void> {
    await this.page.goto(this.#shop + path);
  }

  /** The contact panel's frame; it stands in a closed shadow tree, so that the site cannot reach it. */
  async panel(): Promise<Frame> {
    return await until(
      () => this.page.frames().find((frame) => frame.url().startsWith(this.#panelOrigin)),
      'the contact panel',
      FRAME_WAIT_MS,
    );
  }

  /** Presses the round button in the corner of the page, unless the panel stayed open from the page before. */
  async openPanel(): Promise<void> {
    await pressInShadow(this.page, word('panel.open'), word('panel.close'));
    await (await this.panel()).getByRole('heading', { level: 1 }).waitFor();
  }

  /** From any page of the shop to a conversation that waits for the agent. */
  async startChat(contact = 'Anna Berg', name = 'Ada'): Promise<void> {
    await this.openPanel();
    const panel = await this.panel();
    await panel.getByRole('radio', { name: contact }).check();
    await panel.getByLabel(word('welcome.name')).fill(name);
    await panel.getByRole('button', { name: word('welcome.start') }).click();
    await panel.getByRole('log').waitFor();
  }

  /** The one button for Start and Stop. */
  async switchButton(): Promise<Locator> {
    const panel = await this.panel();
    return panel.getByRole('region', { name: word('start.section') }).getByRole('button');
  }

  /** Presses Start; the session window, once it shows the page. */
  async startCobrowsing(): Promise<SessionWindow> {
    const button = await this.switchButton();
    await button.filter({ hasText: word('start.start') }).waitFor();
    const opening = this.context.waitForEvent('page');
    await button.click();
    const page = await opening;
    const shown = new SessionWindow(page, word('page.title'));
    await shown.whenOpen();
    return shown;
  }

  /** Says something in the panel's chat. */
  async say(text: string): Promise<void> {
    const panel = await this.panel();
    await panel.getByRole('textbox', { name: word('chat.message') }).fill(text);
    await panel.getByRole('button', { name: word('chat.send') }).click();
  }

  /** The panel's chat. */
  async chat(): Promise<Locator> {
    return (await this.panel()).getByRole('log');
  }

  async screenshot(name: string): Promise<void> {
    await saveScreenshot(this.page, name);
  }
}

/** The window with bar, shared page and chat, of the customer or of a guest. */
export class SessionWindow {
  readonly page: Page;
  readonly #frameTitle: string;

  /** @param frameTitle of the frame in the middle: the page itself, or its mirror */
  constructor(page: Page, frameTitle: string) {
    this.page = page;
    this.#frameTitle = frameTitle;
  }

  /** Until the page is there. */
  async whenOpen(): Promise<void> {
    await this.bar(word('bar.users')).waitFor();
    await this.shared.locator('body *').first().waitFor();
  }

  /** The customer's own page; for guests see {@link mirror}. */
  get shared(): FrameLocator {
    return this.page.frameLocator(`iframe[title="${this.#frameTitle}"]`);
  }

  /** A guest's mirror. */
  get mirror(): FrameLocator {
    return this.shared.frameLocator('iframe');
  }

  /** A button of the bar, by its words. */
  bar(name: string): Locator {
    return this.page
      .getByRole('navigation', { name: word('bar.label') })
      .getByRole('button', { name, exact: true });
  }

  /** The address that the window shows. */
  async address(): Promise<string> {
    return (await this.page.locator('.address').getAttribute('title')) ?? '';
  }

  /** Goes to a URL by the bar's Navigate; whether it was refused is on the dialog. */
  async navigate(url: string): Promise<void> {
    await this.bar(word('bar.navigate')).click();
    const dialog = this.page.getByRole('dialog');
    await dialog.getByLabel(word('navigate.field')).fill(url);
    await dialog.getByRole('button', { name: word('navigate.go') }).click();
  }

  get chat(): Locator {
    return this.page.getByRole('log');
  }

  async say(text: string): Promise<void> {
    await this.page.getByRole('textbox', { name: word('chat.message') }).fill(text);
    await this.page.getByRole('button', { name: word('chat.send') }).click();
  }

  async screenshot(name: string): Promise<void> {
    await saveScreenshot(this.page, name);
  }
}

/**
 * Presses the middle of a button that is in a closed shadow tree: found by role and name in the accessibility tree, as a
 * screen reader finds it, and pressed with the mouse.
 * @param pressed the name that the button has when it has done its work already: then it is let be
 */
async function pressInShadow(page: Page, name: string, pressed: string): Promise<void> {
  const devtools = await page.context().newCDPSession(page);
  try {
    await devtools.send('Accessibility.enable');
    await devtools.send('DOM.enable');
    const button = await until(
      async () => {
        const { nodes } = await devtools.send('Accessibility.getFullAXTree');
        for (const { role, name: of, backendDOMNodeId } of nodes) {
          const found = String(of?.value ?? '');
          if (role?.value !== 'button' || backendDOMNodeId === undefined) continue;
          if (found === pressed || found.startsWith(name)) return { found, backendNodeId: backendDOMNodeId };
        }
        return undefined;
      },
      `the button "${name}"`,
      FRAME_WAIT_MS,
    );
    if (button.found === pressed) return;
    const { model } = await devtools.send('DOM.getBoxModel', { backendNodeId: button.backendNodeId });
    const [left, top, , , right, bottom] = model.content as [number, number, number, number, number, number];
    await page.mouse.click((left + right) / 2, (top + bottom) / 2);
  } finally {
    await devtools.detach();
  }
}
