// A session with something in every part of it, and the check that all of it is still there: page, cookies, control, chat.
import type { Locator, Page } from 'playwright-core';
import { expect } from 'vitest';
import type { SessionWindow } from './customer.ts';
import type { Stage } from './harness.ts';
import { word } from './words.ts';

/** A cup in the basket (by a cookie that no script can read), words in the chat, and the agent in control. */
export async function startWithEverything(stage: Stage): Promise<SessionWindow> {
  const { agent } = stage;
  const shell = await stage.startTogether('/product/lark-cup');
  await shell.shared.getByRole('button', { name: 'Add to basket' }).click();
  await agent.mirror.getByRole('heading', { name: 'Your basket' }).waitFor();
  await shell.say('Is it thin?');
  await agent.chat.getByText('Is it thin?').waitFor();
  await agent.say('Very thin.');
  await shell.chat.getByText('Very thin.').waitFor();
  await agent.button('control.ask').click();
  await shell.page.getByRole('button', { name: word('ask.give') }).click();
  await agent.page.getByText(word('control.mine'), { exact: true }).waitFor();
  return shell;
}

let checks = 0;

/** Also that the agent still acts in the page, and sees what comes of it. */
export async function expectAsBefore({ agent, demo }: Stage, shell: SessionWindow): Promise<void> {
  await shell.shared.getByRole('heading', { name: 'Your basket' }).waitFor();
  expect(await shell.shared.getByText('Lark Cup & Saucer').count()).toBeGreaterThan(0);
  expect(await shell.address()).toBe(`${demo.origins.shop}/basket`);
  await agentHolds(shell).waitFor();
  for (const chat of [shell.chat, agent.chat]) {
    expect(await chat.getByText('Is it thin?').count()).toBe(1);
    expect(await chat.getByText('Very thin.').count()).toBe(1);
  }
  await agent.mirror.getByRole('heading', { name: 'Your basket' }).waitFor();
  await whenConnected(shell.page, agent.page);
  await agent.shared.getByText(word('state.live'), { exact: true }).waitFor();
  await words(agent.page, 'control.mine').waitFor();
  await agent.clickInMirror(agent.mirror.getByLabel('Search the shop'));
  const typed = `tea${++checks}`;
  await agent.page.keyboard.type(typed);
  await expect.poll(() => shell.shared.getByLabel('Search the shop').inputValue()).toContain(typed);
  await expect.poll(() => agent.mirror.getByLabel('Search the shop').inputValue()).toContain(typed);
}

/** What the customer's window says while the agent is in control. */
export function agentHolds(shell: SessionWindow): Locator {
  return shell.page.getByText(word('control.theirs', { name: 'Anna Berg' })).first();
}

/** A chip or line with exactly these words. */
export function words(page: Page, key: string, params: Record<string, string> = {}): Locator {
  return page.getByText(word(key, params), { exact: true }).first();
}

/** Until none of them says that it reconnects. */
export async function whenConnected(...pages: Page[]): Promise<void> {
  for (const page of pages) {
    await words(page, 'reconnecting').waitFor({ state: 'detached', timeout: 30_000 });
  }
}
