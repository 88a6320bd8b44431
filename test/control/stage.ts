// The stage of a control test: a site of its own in a session, the agent in control, his mouse and keyboard, and both sides to look at.
import { join } from 'node:path';
import type { Frame, FrameLocator } from 'playwright-core';
import { afterEach } from 'vitest';
import { bundleModule } from '../bundle.ts';
import type { Agent } from '../e2e/agent.ts';
import { Customer, type SessionWindow } from '../e2e/customer.ts';
import { type Stage, startStage } from '../e2e/harness.ts';
import { word } from '../e2e/words.ts';
import { createAgreement } from './agreement.ts';
import { createHand, type Hand } from './hand.ts';
import { configureSite, type Site, type SitePages, startSite } from './site.ts';

export interface ControlStage {
  stage: Stage;
  site: Site;
  agent: Agent;
  /** The customer's session window. */
  shell: SessionWindow;
  /** The agent's mirror, to find what he sees. */
  mirror: FrameLocator;
  /** The agent's mouse and keyboard above the mirror. */
  hand: Hand;
  /** The leader's page, to read its state; asked again after each navigation. */
  leader(): Promise<Frame>;
  /** The leader goes to a path of the site; waits until the mirror shows it. */
  open(path: string): Promise<void>;
  /** As {@link open}, of a page with parts that cannot be compared: until an agent's mirror shows it. */
  goTo(path: string, agent?: Agent): Promise<void>;
  /** Until leader and mirror normalise equal. @throws Error that names the first difference */
  agree(timeout?: number): Promise<void>;
  /** Exceptions of the customer's pages and the agent's, and lines of console.error are not among them. */
  errors: string[];
  screenshot(name: string): Promise<void>;
  stop(): Promise<void>;
}

export interface ControlOptions {
  pages?: SitePages;
  /** Applications below `test/apps` by name (`react-form/main.jsx`, `tiptap/index.html`): each is at `/NAME`. */
  apps?: Record<string, string>;
  /** Selectors of the site's `options.mask`. */
  mask?: string[];
  /** Before anybody opens a page. */
  prepare?: (stage: Stage) => Promise<void>;
}

/** Starts servers, browser and session, and gives the agent control. One for a test file: it takes some seconds. */
export async function startControl(options: ControlOptions = {}): Promise<ControlStage> {
  const site = await startSite(options.pages ?? {}, options.apps ?? {});
  const normalise = await bundleModule(join(import.meta.dirname, '../ui/mirror/normalise.ts'), 'equality');
  const stage = await startStage((config) => configureSite(config, site, options.mask));
  await options.prepare?.(stage);
  const { consoleOrigin, panelOrigin } = stage.gateway.places;
  site.setHead(`<script src="${consoleOrigin}/panel.js" async data-site="control"></script>`);
  const { agent } = stage;
  const { context, page } = stage.customer;
  const customer = new Customer({ context, errors: stage.errors, page, shop: site.origin, panelOrigin });
  await agent.context.grantPermissions(['clipboard-read', 'clipboard-write'], { origin: consoleOrigin });
  await agent.signIn();
  await customer.openShop('/');
  await customer.startChat('Anna Berg', 'Ada');
  await agent.accept('Ada');
  const shell = await customer.startCobrowsing();
  await agent.whenMirrored();
  await agent.button('control.ask').click();
  await shell.page.getByRole('button', { name: word('ask.give') }).click();
  await agent.page.getByText(word('control.mine'), { exact: true }).waitFor();

  const leader = async (): Promise<Frame> => {
    const element = await shell.page.locator(`iframe[title="${word('page.title')}"]`).elementHandle();
    const frame = await element?.contentFrame();
    if (!frame) throw new Error('The session window has no page.');
    return frame;
  };
  const mirrorFrame = async (): Promise<Frame | undefined> => {
    const view = await agent.page.locator(`iframe[title="${word('view.title')}"]`).elementHandle();
    return (await view?.contentFrame())?.childFrames()[0];
  };
  const load = async (path: string): Promise<void> => {
    const frame = await leader();
    const moved = shell.page.waitForEvent('framenavigated', { predicate: (one) => one === frame });
    await frame.evaluate((to) => location.assign(to), path);
    await moved;
    await frame.waitForLoadState();
  };
  const agree = createAgreement({
    normalise,
    leader,
    mirror: mirrorFrame,
    toReal: `(url) => url.replace(/^http:\\/\\/[\\w-]+--[^/]+/, '${site.origin}')`,
  });

  return {
    stage,
    site,
    agent,
    shell,
    mirror: agent.mirror,
    hand: createHand(agent),
    leader,
    async open(path) {
      await load(path);
      await agree();
    },
    async goTo(path, { mirror } = agent) {
      // Marked, so that the next one is not taken for this one.
      await (await leader()).evaluate(() => document.documentElement.setAttribute('data-before', ''));
      await mirror.locator('html[data-before]').waitFor();
      await load(path);
      await mirror.locator('html:not([data-before])').waitFor();
    },
    agree,
    errors: stage.errors,
    async screenshot(name) {
      await shell.screenshot(`control/${name}-leader`);
      await agent.screenshot(`control/${name}-agent`);
    },
    async stop() {
      await stage.stop();
      await site.stop();
    },
  };
}

/** Saves what both see when a test of the file fails; call it once beside `beforeAll`. */
export function captureFailures(control: () => ControlStage | undefined): void {
  afterEach(async ({ task }) => {
    if (task.result?.state === 'fail') await control()?.stage.captureAll(task.name);
  });
}
