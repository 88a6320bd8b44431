// What comes back after a reload or a lost connection, of the customer, the agent and a guest: page, cookies, control, chat (P3).
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { agentHolds, expectAsBefore, startWithEverything, words } from './as-before.ts';
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
  shell = await startWithEverything(stage);
});
afterAll(() => stage?.stop());
afterEach(async ({ task }) => {
  if (task.result?.state === 'fail') await stage.captureAll(task.name);
});

const expectAllAsBefore = () => expectAsBefore(stage, shell);

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
    await words(shell.page, 'reconnecting').waitFor();
    await shell.screenshot('resume-customer-offline');
    // The browser keeps the line for some seconds more.
    await words(agent.page, 'state.away').waitFor({ timeout: 30_000 });
    await agent.page.getByText(word('away.title', { name: 'Ada' })).waitFor();
    await agent.screenshot('resume-console-while-customer-is-offline');
    await customer.context.setOffline(false);
    await words(shell.page, 'reconnecting').waitFor({ state: 'detached' });
    await agent.page.getByText(word('away.title', { name: 'Ada' })).waitFor({ state: 'detached' });
    await expectAllAsBefore();
  });

  it('of the agent is said on both sides, and everything goes on when it returns', async () => {
    const { agent } = stage;
    await agent.context.setOffline(true);
    await words(agent.page, 'reconnecting').waitFor();
    await agent.screenshot('resume-console-offline');
    await shell.page
      .getByText(word('control.theirsAway', { name: 'Anna Berg' }))
      .first()
      .waitFor({ timeout: 30_000 });
    await shell.screenshot('resume-session-window-while-agent-is-offline');
    await agent.context.setOffline(false);
    await words(agent.page, 'reconnecting').waitFor({ state: 'detached' });
    await expectAllAsBefore();
  });

  it('while the page was left is mended with the page on which the customer was', async () => {
    const { customer } = stage;
    await customer.context.setOffline(true);
    await words(shell.page, 'reconnecting').waitFor();
    await shell.shared.getByRole('link', { name: 'Help', exact: true }).click({ noWaitAfter: true });
    await shell.shared.getByRole('heading', { name: 'Your basket' }).waitFor({ state: 'detached' });
    await customer.context.setOffline(false);
    await words(shell.page, 'reconnecting').waitFor({ state: 'detached' });
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
    await agentHolds(shell).waitFor();
  });
});

describe('Stop', () => {
  it('pressed while the connection is lost ends the session as soon as it is back', async () => {
    const { agent, customer } = stage;
    await customer.context.setOffline(true);
    await words(shell.page, 'reconnecting').waitFor();
    await shell.bar(word('bar.end')).click();
    await shell.page.getByText(word('reason.connection-failed')).first().waitFor();
    await customer.context.setOffline(false);
    await shell.page.getByRole('heading', { name: word('ended.title') }).waitFor();
    await agent.page.locator('.desk-middle').getByText(word('ended.title')).waitFor();
    const button = await customer.switchButton();
    await expect.poll(() => button.textContent()).toBe(word('start.start'));
  });
});
