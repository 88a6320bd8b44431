// The stage of an end-to-end test: servers, one browser, and people with browsers' contexts of their own.
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { openBrowser, openContext, saveScreenshot } from '../browser.ts';
import { Agent } from './agent.ts';
import { Customer, SessionWindow } from './customer.ts';
import { type Servers, startServers } from './servers.ts';
import { word } from './words.ts';

export interface Stage extends Servers {
  browser: Browser;
  /** Uncaught exceptions of all pages of all these people. */
  errors: string[];
  /** Customer and agent of the main story. */
  customer: Customer;
  agent: Agent;
  /** More people, each with a browser context of his own. */
  newCustomer(): Promise<Customer>;
  newAgent(): Promise<Agent>;
  /** A person with nothing but a link. */
  newPage(): Promise<Page>;
  /** Both are in a conversation, the session runs, and the agent sees it. */
  startTogether(path?: string): Promise<SessionWindow>;
  /** The guest's window, once his mirror shows something. Opens the link, gives a name, joins; the customer admits. */
  joinAsGuest(link: string, name: string, shell: SessionWindow): Promise<SessionWindow>;
  /** Between two tests: no session runs and no session window is open, however the test before ended. */
  clearUp(): Promise<void>;
  /** Saves what every person sees to `test-output/screenshots/failed/`. */
  captureAll(name: string): Promise<void>;
}

/** @param options changes to the example configuration, and shorter times, as {@link startServers} takes them */
export async function startStage(...options: Parameters<typeof startServers>): Promise<Stage> {
  const servers = await startServers(...options);
  const browser = await openBrowser();
  const { consoleOrigin, panelOrigin } = servers.gateway.places;

  const errors: string[] = [];
  const openPerson = async (options?: Parameters<typeof openContext>[1]): Promise<BrowserContext> => {
    const person = await openContext(browser, {
      ...options,
      ignoreHTTPSErrors: servers.gateway.places.scheme === 'https',
    });
    person.context.on('weberror', (error) =>
      errors.push(`${error.page()?.url() ?? ''}: ${error.error().stack}`),
    );
    return person.context;
  };
  const newCustomer = async (): Promise<Customer> => {
    const context = await openPerson();
    const page = await context.newPage();
    return new Customer({ context, errors, page, shop: servers.demo.origins.shop, panelOrigin });
  };
  const newAgent = async (): Promise<Agent> => {
    const context = await openPerson({ viewport: { width: 1440, height: 900 } });
    return new Agent({ context, errors, page: await context.newPage(), consoleOrigin });
  };
  const newPage = async (): Promise<Page> => (await openPerson()).newPage();
  const customer = await newCustomer();
  const agent = await newAgent();

  return {
    ...servers,
    browser,
    errors,
    customer,
    agent,
    newCustomer,
    newAgent,
    newPage,
    async startTogether(path = '/') {
      await agent.signIn();
      await customer.openShop(path);
      await customer.startChat();
      await agent.accept();
      const shell = await customer.startCobrowsing();
      await agent.whenMirrored();
      return shell;
    },
    async joinAsGuest(link, name, shell) {
      const page = await newPage();
      await page.goto(link);
      await page.getByLabel(word('door.name')).fill(name);
      await page.getByRole('button', { name: word('door.join') }).click();
      await shell.page.getByRole('button', { name: word('guest.admit'), exact: true }).click();
      const window = new SessionWindow(page, word('view.title'));
      await window.mirror.locator('body *').first().waitFor();
      return window;
    },
    async clearUp() {
      const { sessions } = servers.gateway;
      for (const { sid } of [...sessions.all()]) await sessions.end(sid, 'stopped-by-customer');
      for (const page of customer.context.pages()) if (page !== customer.page) await page.close();
    },
    async captureAll(name) {
      const pages = browser.contexts().flatMap((context) => context.pages());
      for (const [index, page] of pages.entries()) {
        await saveScreenshot(page, `failed/${name.replace(/[^\w]+/g, '-').slice(0, 40)}-${index}`).catch(
          () => {},
        );
      }
    },
    async stop() {
      await browser.close();
      await servers.stop();
    },
  };
}

/** Text of a page as a person reads it, spaces evened out. Works on the page and on its mirror. */
export async function readText(frame: {
  locator(selector: string): { allInnerTexts(): Promise<string[]> };
}): Promise<string> {
  return (await frame.locator('body').allInnerTexts()).join(' ').replace(/\s+/g, ' ').trim();
}
