// The customer writes in the chat while the agent works in the page: the letters stay in the chat, both go on.
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { type Stage, startStage } from './harness.ts';
import { word } from './words.ts';

vi.setConfig({ testTimeout: 90_000 });

let stage: Stage;

beforeAll(async () => {
  stage = await startStage();
});
afterAll(() => stage?.stop());
afterEach(async ({ task }) => {
  if (task.result?.state === 'fail') await stage.captureAll(task.name);
});

describe('while the agent is in control', () => {
  it('the customer’s letters stay in the chat, the agent’s in the page; a press in the page is still his own wish', async () => {
    const { agent } = stage;
    const shell = await stage.startTogether('/product/lark-cup');
    await agent.button('control.ask').click();
    await shell.page.getByRole('button', { name: word('ask.give') }).click();
    await agent.page.getByText(word('control.mine'), { exact: true }).waitFor();

    const chat = shell.page.getByRole('textbox', { name: word('chat.message') });
    const name = shell.shared.getByLabel('Your name');
    await chat.click();
    await shell.page.keyboard.type('Please write ');
    await agent.clickInMirror(agent.mirror.getByLabel('Your name'));
    // The agent's click has been performed, and the focus was given back.
    await agent.page.keyboard.type('An');
    await expect.poll(() => name.inputValue()).toBe('An');
    await expect.poll(() => chat.evaluate((field) => document.activeElement === field)).toBe(true);
    await shell.page.keyboard.type('my name');
    await agent.page.keyboard.type('na');
    await expect.poll(() => name.inputValue()).toBe('Anna');
    expect(await chat.inputValue()).toBe('Please write my name');
    await expect.poll(() => agent.mirror.getByLabel('Your name').inputValue()).toBe('Anna');
    await shell.screenshot('focus-stays-in-the-chat');

    // In a dialog of ours as well.
    await shell.bar(word('bar.navigate')).click();
    const address = shell.page.getByRole('dialog').getByLabel(word('navigate.field'));
    await address.fill('');
    await agent.clickInMirror(agent.mirror.getByLabel('Your review'));
    await agent.page.keyboard.type('Thin');
    await expect.poll(() => shell.shared.getByLabel('Your review').inputValue()).toBe('Thin');
    await shell.page.keyboard.type('/help');
    expect(await address.inputValue()).toContain('/help');
    expect(await shell.shared.getByLabel('Your review').inputValue()).toBe('Thin');
    await shell.page.keyboard.press('Escape');

    // Taken back: a press of the customer in the page is his own.
    await chat.click();
    await shell.shared.getByText('What others say').click();
    await expect.poll(() => shell.page.evaluate(() => document.activeElement?.tagName)).toBe('IFRAME');
  });
});
