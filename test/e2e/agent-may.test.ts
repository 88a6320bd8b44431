// What a site may let its agents do beyond R18–R22: go to other pages, and invite. The other tests run without it.
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type Stage, startStage } from './harness.ts';
import { word } from './words.ts';

let stage: Stage;
beforeAll(async () => {
  stage = await startStage((config) => {
    for (const right of ['navigate', 'invite'])
      config.setIn(['sites', 0, 'options', 'agentMay', right], true);
  });
});
afterAll(() => stage?.stop());
afterEach(async ({ task }) => {
  if (task.result?.state === 'fail') await stage.captureAll(task.name);
});

describe('an agent who may', () => {
  it('leads the customer to another page and back, within the list, and invites a guest', async () => {
    const { agent, demo, startTogether } = stage;
    const shell = await startTogether('/');
    const shop = demo.origins.shop;

    await agent.shared.getByRole('button', { name: word('bar.navigate') }).click();
    const dialog = agent.page.getByRole('dialog');
    await dialog.getByLabel(word('navigate.field')).fill('https://elsewhere.example/');
    await dialog.getByRole('button', { name: word('navigate.go') }).click();
    await dialog.getByText(word('reason.address-outside')).waitFor();
    await dialog.getByLabel(word('navigate.field')).fill('/help');
    await dialog.getByRole('button', { name: word('navigate.go') }).click();
    await dialog.waitFor({ state: 'detached' });
    await expect.poll(() => shell.address(), { timeout: 10_000 }).toBe(`${shop}/help`);
    await expect
      .poll(() => agent.page.locator('.address').getAttribute('title'), { timeout: 10_000 })
      .toBe(`${shop}/help`);
    await agent.shared.getByRole('button', { name: word('history.back'), exact: true }).click();
    await expect.poll(() => shell.address(), { timeout: 10_000 }).toBe(`${shop}/`);

    await agent.shared.getByRole('button', { name: word('bar.invite') }).click();
    const link = await dialog.getByLabel(word('invite.link')).inputValue();
    await agent.page.keyboard.press('Escape');
    const guest = await stage.joinAsGuest(link, 'Greta', shell);
    await guest.screenshot('agent-may-guest');
    await agent.screenshot('agent-may');
    await agent.page.getByRole('tab', { name: word('side.people') }).click();
    await agent.page.getByRole('tabpanel').getByText('Greta').first().waitFor();
  });
});
