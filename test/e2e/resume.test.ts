// What comes back after a reload or a lost connection, of the customer, the agent and a guest: page, cookies, control, chat (P3).
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { SessionWindow } from './customer.ts';
import { type Stage, startStage } from './harness.ts';
import { word } from './words.ts';

// People are slower than functions, and a lost connection is noticed after seconds.
vi.setConfig({ testTimeout: 120_000 });

let stage: Stage;
let shell: SessionWindow;

beforeAll(async () => {
  stage = await startStage();
});
// One session through it all, as for people whose connection is bad.
beforeEach(async () => {
  if (shell as SessionWindow | undefined) return;
  shell = await stage.startTogether('/product/lark-cup');
  // The basket hangs on a cookie that no script can read.
  await shell.shared.getByRole('button', { name: 'Add to basket' }).click();
  await stage.agent.mirror.getByRole('heading', { name: 'Your basket' }).waitFor();
  await shell.say('Is it thin?');
  await stage.agent.chat.getByText('Is it thin?').waitFor();
  await stage.agent.say('Very thin.');
  await shell.chat.getByText('Very thin.').waitFor();
  await giveControl();
});
afterAll(() => stage?.stop());
afterEach(async ({ task }) => {
  if (task.result?.state === 'fail') await stage.captureAll(task.name);
});

async function giveControl(): Promise<void> {
  await stage.agent.button('control.ask').click();
  await shell.page.getByRole('button', { name: word('ask.give') }).click();
  await stage.agent.page.getByText(word('control.mine'), { exact: true }).waitFor();
}

let checks = 0;
const agentHolds = () => shell.page.getByText(word('control.theirs', { name: 'Anna Berg' })).first();
const chip = (page: Page, key: string) => page.getByText(word(key), { exact: true }).first();

/** Page, cookies, control and chat are what they were; and the agent still acts in the page, and sees what comes of it. */
async function expectAllAsBefore(): Promise<void> {
  const { agent, demo } = stage;
  await shell.shared.getByRole('heading', { name: 'Your basket' }).waitFor();
  expect(await shell.shared.getByText('Lark Cup & Saucer').count()).toBeGreaterThan(0);
  expect(await shell.address()).toBe(`${demo.origins.shop}/basket`);
  await agentHolds().waitFor();
  for (const chat of [shell.chat, agent.chat]) {
    expect(await chat.getByText('Is it thin?').count()).toBe(1);
    expect(await chat.getByText('Very thin.').count()).toBe(1);
  }
  await agent.mirror.getByRole('heading', { name: 'Your basket' }).waitFor();
  await chip(agent.page, 'state.live').waitFor();
  await agent.page.getByText(word('control.mine'), { exact: true }).waitFor();
  await agent.clickInMirror(agent.mirror.getByLabel('Search the shop'));
  const typed = `tea${++checks}`;
  await agent.page.keyboard.type(typed);
  await expect.poll(() => shell.shared.getByLabel('Search the shop').inputValue()).toContain(typed);
  await expect.poll(() => agent.mirror.getByLabel('Search the shop').inputValue()).toContain(typed);
}

describe('a reload', () => {
  it('of the session window brings page, cookies, control and chat back', async () => {
    await shell.page.reload();
    await shell.whenOpen();
    await expectAllAsBefore();
    await shell.screenshot('resume-reloaded-session-window');
  });

  it('of the session window brings all back also when the browser has lost its cookies', async () => {
    await stage.customer.context.clearCookies({ name: /cbs|cbp/ });
    await shell.page.reload();
    await shell.whenOpen();
    await expectAllAsBefore();
  });

  it('of the console brings the agent back to the page, with control', async () => {
    await stage.agent.page.reload();
    await stage.agent.whenMirrored();
    await expectAllAsBefore();
    await stage.agent.screenshot('resume-reloaded-console');
  });

  it('of a guest’s window brings him back without asking again', async () => {
    await shell.bar(word('bar.invite')).click();
    const link = await shell.page.getByRole('dialog').getByLabel(word('invite.link')).inputValue();
    await shell.page.keyboard.press('Escape');
    const guest = await stage.joinAsGuest(link, 'Greta', shell);
    await guest.page.reload();
    await guest.mirror.getByRole('heading', { name: 'Your basket' }).waitFor();
    await guest.page.context().clearCookies();
    await guest.page.reload();
    await guest.mirror.getByRole('heading', { name: 'Your basket' }).waitFor();
    expect(await shell.page.getByRole('button', { name: word('guest.admit'), exact: true }).count()).toBe(0);
    await guest.screenshot('resume-reloaded-guest');
    await guest.page.context().close();
    await expectAllAsBefore();
  });
});

describe('a lost connection', () => {
  it('of the customer is said on both sides, and everything goes on when it returns', async () => {
    const { agent, customer } = stage;
    await customer.context.setOffline(true);
    await chip(shell.page, 'reconnecting').waitFor();
    await shell.screenshot('resume-customer-offline');
    // The browser keeps the line for some seconds more.
    await chip(agent.page, 'state.away').waitFor({ timeout: 30_000 });
    await agent.page.getByText(word('away.title', { name: 'Ada' })).waitFor();
    await agent.screenshot('resume-console-while-customer-is-offline');
    await customer.context.setOffline(false);
    await chip(shell.page, 'reconnecting').waitFor({ state: 'detached' });
    await agent.page.getByText(word('away.title', { name: 'Ada' })).waitFor({ state: 'detached' });
    await expectAllAsBefore();
  });

  it('of the agent is said on both sides, and everything goes on when it returns', async () => {
    const { agent } = stage;
    await agent.context.setOffline(true);
    await chip(agent.page, 'reconnecting').waitFor();
    await agent.screenshot('resume-console-offline');
    await shell.page
      .getByText(word('control.theirsAway', { name: 'Anna Berg' }))
      .first()
      .waitFor({ timeout: 30_000 });
    await shell.screenshot('resume-session-window-while-agent-is-offline');
    await agent.context.setOffline(false);
    await chip(agent.page, 'reconnecting').waitFor({ state: 'detached' });
    await expectAllAsBefore();
  });

  it('while the page was left is mended with the page on which the customer was', async () => {
    const { customer } = stage;
    await customer.context.setOffline(true);
    await chip(shell.page, 'reconnecting').waitFor();
    await shell.shared.getByRole('link', { name: 'Help', exact: true }).click({ noWaitAfter: true });
    await shell.shared.getByRole('heading', { name: 'Your basket' }).waitFor({ state: 'detached' });
    await customer.context.setOffline(false);
    await chip(shell.page, 'reconnecting').waitFor({ state: 'detached' });
    await expectAllAsBefore();
  });
});

describe('a second window', () => {
  it('takes over, the first one says so, and can take over again', async () => {
    const second = await stage.customer.context.newPage();
    await second.goto(shell.page.url());
    const first = shell;
    shell = new SessionWindow(second, word('page.title'));
    await shell.whenOpen();
    await first.page.getByRole('heading', { name: word('ended.replaced') }).waitFor();
    expect(await first.page.locator('iframe').count()).toBe(0);
    await first.screenshot('resume-replaced-window');
    await expectAllAsBefore();
    const button = await stage.customer.switchButton();
    expect(await button.textContent()).toBe(word('start.stop'));

    await first.page.getByRole('button', { name: word('ended.here') }).click();
    await shell.page.getByRole('heading', { name: word('ended.replaced') }).waitFor();
    shell = first;
    await shell.whenOpen();
    await expectAllAsBefore();
    await second.close();
    await agentHolds().waitFor();
  });
});
