// R6–R12: starting, and what the agent then sees.
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { openContext } from '../browser.ts';
import { Customer, type SessionWindow } from './customer.ts';
import { readText, type Stage, startStage } from './harness.ts';
import { word } from './words.ts';

// People are slower than functions.
vi.setConfig({ testTimeout: 60_000 });

let stage: Stage;

beforeAll(async () => {
  stage = await startStage();
});
afterAll(async () => {
  await stage?.stop();
  // No script of ours or of the shop may have thrown, in whatever window.
  expect(stage?.errors).toEqual([]);
});

describe('start', () => {
  it('R6, R7: one click on Start shares the page, path and query included', async () => {
    const { customer, agent } = stage;
    await agent.signIn();
    await agent.screenshot('R06-console-quiet');
    await customer.openShop('/shop?q=tea&sort=price');
    await customer.screenshot('R06-shop-with-launcher');
    await customer.startChat();
    await customer.screenshot('R06-chat-waiting');
    await agent.screenshot('R06-console-waiting');
    await agent.accept();
    const shell = await customer.startCobrowsing();
    await agent.mirror.getByRole('heading', { name: 'Results for “tea”' }).waitFor();
    expect(await shell.address()).toBe(`${stage.demo.origins.shop}/shop?q=tea&sort=price`);
    await expect.poll(() => readText(agent.mirror)).toContain('Jasmine Pearls');
    expect(await agent.shared.textContent()).toContain('/shop?q=tea&sort=price');
    await shell.screenshot('R07-session-window');
    await agent.screenshot('R07-console-mirror');
    await shell.bar(word('bar.end')).click();
  });

  describe('with a running session', () => {
    let shell: SessionWindow;
    beforeEach(async () => {
      const { customer, agent } = stage;
      await customer.openShop('/');
      const panel = await customer.panel();
      // The chat follows the customer over the pages; its panel is open still.
      await panel.getByRole('log').waitFor();
      shell = await customer.startCobrowsing();
      await agent.whenMirrored();
    });
    afterEach(async ({ task }) => {
      if (task.result?.state === 'fail') await stage.captureAll(task.name);
      await stage.clearUp();
    });

    it('R8: the agent’s view follows every navigation', async () => {
      const { agent } = stage;
      await shell.shared.getByRole('link', { name: 'Pots & kettles' }).click();
      await agent.mirror.getByRole('heading', { name: 'Hearth Kettle' }).waitFor();
      await shell.shared.getByRole('link', { name: 'Hearth Kettle' }).click();
      await agent.mirror.getByRole('heading', { level: 1, name: 'Hearth Kettle' }).waitFor();
      await shell.shared.getByRole('button', { name: 'Add to basket' }).click();
      await agent.mirror.getByRole('heading', { name: 'Your basket' }).waitFor();
      await agent.screenshot('R08-basket-in-mirror');
      await shell.page.getByRole('button', { name: word('history.back') }).click();
      await agent.mirror.getByRole('heading', { level: 1, name: 'Hearth Kettle' }).waitFor();
      // A part that changes its address without loading.
      await shell.navigate(`${stage.demo.origins.shop}/login`);
      await shell.shared.getByLabel('E-mail').fill('ada@example.com');
      await shell.shared.getByLabel('Password').fill('analytical');
      await shell.shared.getByRole('button', { name: 'Sign in' }).click();
      await agent.mirror.getByText('Signed in as Ada Byron').waitFor();
      await shell.shared.getByRole('link', { name: 'Address', exact: true }).click();
      await agent.mirror.getByRole('heading', { name: 'Address' }).waitFor();
      await expect.poll(() => shell.address()).toBe(`${stage.demo.origins.shop}/account/address`);
      await agent.screenshot('R08-account-in-mirror');
    });

    it('R9: the agent sees nothing of hosts off the list, by link, frame, redirect, popup or script', async () => {
      const { agent, demo } = stage;
      const secret = 'SECRET-OF-ANOTHER-COMPANY';
      const seenOfflist = (): number =>
        demo.requests().filter(({ host }) => host.startsWith('tracker.offlist.')).length;
      const before = seenOfflist();
      await shell.shared.getByRole('link', { name: 'Help', exact: true }).first().click();
      await agent.mirror.getByRole('heading', { name: 'Often asked' }).waitFor();
      await agent.screenshot('R09-frame-off-the-list');
      const looks = async (): Promise<string> =>
        (await Promise.all(agent.page.frames().map((frame) => frame.content().catch(() => '')))).join('');
      expect(await looks()).not.toContain(secret);
      // By link: explained, and one step back the page is there again.
      const explained = shell.shared.getByText(word('reason.address-outside'));
      const back = shell.page.getByRole('button', { name: word('history.back') });
      await shell.shared.getByRole('link', { name: 'Our delivery partner' }).first().click();
      await explained.waitFor();
      await shell.screenshot('R09-outside-explained');
      // The agent reads the same, and does not go on looking at the page before.
      await agent.mirror.getByText(word('reason.address-outside')).waitFor();
      await agent.screenshot('R09-outside-explained');
      expect(await looks()).not.toContain(secret);
      await back.click();
      await shell.shared.getByRole('heading', { name: 'Often asked' }).waitFor();
      await agent.mirror.getByRole('heading', { name: 'Often asked' }).waitFor();
      // By redirect of a listed host.
      await shell.shared.getByRole('link', { name: 'Track a parcel' }).click();
      await explained.waitFor();
      await shell.screenshot('R09-redirect-off-the-list');
      expect(await looks()).not.toContain(secret);
      await back.click();
      await shell.shared.getByRole('heading', { name: 'Often asked' }).waitFor();
      // By address.
      for (const url of [
        `${demo.origins.offlist}/`,
        'data:text/html,<h1>x</h1>',
        'http://127.0.0.1:80/',
        `http://0x7f000001:${demo.port}/`,
        `http://www.demoshop.localhost.evil.example:${demo.port}/`,
        'http://www.demoshop.localhost:1/',
      ]) {
        await shell.navigate(url);
        await shell.page.getByRole('dialog').locator('[aria-invalid="true"]').waitFor();
        if (url.includes('offlist')) await shell.screenshot('R09-navigate-refused');
        await shell.page.keyboard.press('Escape');
      }
      expect(await looks()).not.toContain(secret);
      expect(seenOfflist()).toBe(before);
    });

    it('R10: chat and page open in a window of their own; the original stays behind', async () => {
      const { customer } = stage;
      expect(shell.page).not.toBe(customer.page);
      expect(customer.page.isClosed()).toBe(false);
      expect(customer.page.url()).toBe(`${stage.demo.origins.shop}/`);
      await shell.chat.waitFor();
      await shell.screenshot('R10-window');
    });

    it('R11: every control of the bar is reached by keyboard, named, and large enough', async () => {
      const keys = ['bar.users', 'bar.invite', 'bar.navigate', 'bar.control', 'bar.share', 'bar.end'];
      await shell.bar(word('bar.users')).focus();
      for (const key of keys) {
        await expect
          .poll(() => shell.page.evaluate(() => document.activeElement?.getAttribute('aria-label')))
          .toBe(word(key));
        const box = await shell.bar(word(key)).boundingBox();
        expect(Math.min(box!.width, box!.height)).toBeGreaterThanOrEqual(24);
        await shell.page.keyboard.press('Tab');
      }
      for (const key of ['bar.users', 'bar.invite', 'bar.navigate', 'bar.control', 'bar.share']) {
        await shell.bar(word(key)).focus();
        await shell.page.keyboard.press('Enter');
        await shell.page.getByRole('dialog').waitFor();
        await shell.screenshot(`R11-${key.slice(4)}`);
        await shell.page.keyboard.press('Escape');
        await shell.page.getByRole('dialog').waitFor({ state: 'detached' });
      }
    });

    it('R12: customer and agent chat on during the session', async () => {
      const { agent, customer } = stage;
      await shell.say('Is the teapot dishwasher safe?');
      await agent.chat.getByText('Is the teapot dishwasher safe?').waitFor();
      await agent.say('On the upper rack, yes.');
      await shell.chat.getByText('On the upper rack, yes.').waitFor();
      await (await customer.chat()).getByText('On the upper rack, yes.').waitFor();
      await shell.screenshot('R12-chat-window');
      await agent.screenshot('R12-chat-console');
    });
  });

  it('R10: a blocked popup has a visible way on', async () => {
    const { context, errors } = await openContext(stage.browser);
    const page = await context.newPage();
    // What a popup blocker does.
    await context.addInitScript(() => {
      if (location.host.startsWith('panel.')) window.open = () => null;
    });
    const { places } = stage.gateway;
    const customer = new Customer({
      context,
      errors,
      page,
      shop: stage.demo.origins.shop,
      panelOrigin: places.panelOrigin,
    });
    await customer.openShop();
    await customer.startChat('Anna Berg', 'Popup Pia');
    await stage.agent.accept('Popup Pia');
    const button = await customer.switchButton();
    await expect.poll(() => button.textContent()).toBe(word('start.start'));
    await button.click();
    const panel = await customer.panel();
    const link = panel.getByRole('link', { name: word('start.openWindow') });
    await link.waitFor();
    await customer.screenshot('R10-popup-blocked');
    const opening = context.waitForEvent('page');
    await link.click();
    const shell = await opening;
    await shell.getByRole('navigation', { name: word('bar.label') }).waitFor();
    await shell.close();
  });

  it('R11: the bar works by touch', async () => {
    const { agent } = stage;
    const context = await stage.browser.newContext({
      hasTouch: true,
      viewport: { width: 820, height: 1180 },
    });
    const page = await context.newPage();
    const { places } = stage.gateway;
    const customer = new Customer({
      context,
      errors: [],
      page,
      shop: stage.demo.origins.shop,
      panelOrigin: places.panelOrigin,
    });
    await customer.openShop();
    await customer.startChat('Anna Berg', 'Touch Tom');
    await agent.accept('Touch Tom');
    const shell = await customer.startCobrowsing();
    await shell.bar(word('bar.users')).tap();
    await shell.page.getByRole('dialog').waitFor();
    await shell.screenshot('R11-touch');
    await shell.page.keyboard.press('Escape');
    await shell.bar(word('bar.end')).tap();
    await shell.page.getByRole('heading', { name: word('ended.title') }).waitFor();
    await context.close();
  });
});
