// The customer is gone: he closed the session window, or the site's tab, and does not come back in time. Times are short here.
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { words } from './as-before.ts';
import { type Stage, startStage } from './harness.ts';
import { word } from './words.ts';

vi.setConfig({ testTimeout: 90_000 });

/** Instead of two minutes. */
const RESUME_MS = 6_000;

let stage: Stage;

beforeAll(async () => {
  stage = await startStage(undefined, { resume: RESUME_MS, absent: 500 });
});
afterAll(() => stage?.stop());
afterEach(async ({ task }) => {
  if (task.result?.state === 'fail') await stage.captureAll(task.name);
  await stage.clearUp();
});

describe('a closed session window', () => {
  it('is said to the agent at once, ends the session in time with a reason, and Start is offered again', async () => {
    const { agent, customer } = stage;
    const shell = await stage.startTogether('/product/lark-cup');
    await shell.page.close();
    await agent.page.getByText(word('away.title', { name: 'Ada' })).waitFor();
    await agent.screenshot('gone-session-window-closed');
    const button = await customer.switchButton();
    expect(await button.textContent()).toBe(word('start.stop'));
    await agent.page.locator('.desk-middle').getByText(word('reason.customer-gone')).waitFor();
    await agent.screenshot('gone-session-ended');
    await expect.poll(() => button.textContent()).toBe(word('start.start'));
    await customer.screenshot('gone-panel-after-the-end');
    // The conversation goes on.
    await customer.say('I closed it.');
    await agent.chat.getByText('I closed it.').waitFor();
    await customer.startCobrowsing();
    await agent.whenMirrored();
  });

  it('is said to a guest as well', async () => {
    const shell = await stage.customer.startCobrowsing();
    await shell.bar(word('bar.invite')).click();
    const link = await shell.page.getByRole('dialog').getByLabel(word('invite.link')).inputValue();
    await shell.page.keyboard.press('Escape');
    const guest = await stage.joinAsGuest(link, 'Greta', shell);
    await shell.page.close();
    await guest.page.getByText(word('away.title', { name: 'Ada' })).waitFor();
    await guest.screenshot('gone-guest-sees');
    await guest.page.getByText(word('reason.customer-gone')).first().waitFor();
    await guest.screenshot('gone-guest-after-the-end');
    await guest.page.context().close();
  });
});

describe('a closed tab of the site', () => {
  it('is said in the console at once, and ends the conversation in time', async () => {
    const { agent } = stage;
    const ida = await stage.newCustomer();
    await ida.openShop('/');
    await ida.startChat('Anna Berg', 'Ida');
    await agent.accept('Ida');
    const row = agent.page.getByRole('button', { name: /Ida/ });
    expect(await row.getByText(word('desk.away')).count()).toBe(0);
    // From page to page he is not away.
    await ida.openShop('/product/lark-cup');
    await ida.openPanel();
    expect(await row.getByText(word('desk.away')).count()).toBe(0);
    await ida.context.close();
    await row.getByText(word('desk.away')).waitFor();
    await words(agent.page, 'desk.away.text', { name: 'Ida' }).waitFor();
    await agent.screenshot('gone-site-closed');
    await row.getByText(word('desk.ended')).waitFor();
    await agent.chat.getByText(word('chat.customer-gone', { name: 'Ida' })).waitFor();
    await agent.screenshot('gone-conversation-ended');
  });

  it('of a customer who waits takes him off the list in time', async () => {
    const { agent } = stage;
    const eve = await stage.newCustomer();
    await eve.openShop('/');
    await eve.startChat('Anna Berg', 'Eve');
    const row = agent.page.getByRole('listitem').filter({ hasText: 'Eve' });
    await row.waitFor();
    await eve.context.close();
    await row.getByText(word('desk.away')).waitFor();
    await row.waitFor({ state: 'detached' });
  });

  it('with the session window ends both', async () => {
    const { agent } = stage;
    const ulf = await stage.newCustomer();
    await ulf.openShop('/');
    await ulf.startChat('Anna Berg', 'Ulf');
    await agent.accept('Ulf');
    await ulf.startCobrowsing();
    await agent.whenMirrored();
    await ulf.context.close();
    const row = agent.page.getByRole('button', { name: /Ulf/ });
    await row.getByText(word('desk.away')).waitFor();
    await agent.screenshot('gone-everything-closed');
    await row.getByText(word('desk.ended')).waitFor({ timeout: 30_000 });
    expect(await row.getByText(word('desk.live')).count()).toBe(0);
    expect([...stage.gateway.sessions.all()]).toEqual([]);
    await agent.screenshot('gone-everything-ended');
  });
});
