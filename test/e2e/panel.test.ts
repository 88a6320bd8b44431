// The contact panel while things change around it: agents come and go, the session window is closed by mistake.
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { SessionWindow } from './customer.ts';
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
  await stage.clearUp();
});

describe('the contact panel', () => {
  it('shows who is there, also when he signs in after the page was loaded', async () => {
    const { agent, customer } = stage;
    await customer.openShop('/');
    await customer.openPanel();
    const panel = await customer.panel();
    const anna = panel.locator('label').filter({ hasText: 'Anna Berg' });
    await anna.getByText(word('welcome.away')).waitFor();
    await customer.screenshot('panel-nobody-there');
    await agent.signIn();
    await anna.getByText(word('welcome.available'), { exact: true }).waitFor();
    await customer.screenshot('panel-somebody-there');
    await agent.page.close();
    await anna.getByText(word('welcome.away')).waitFor();
  });

  it('opens the session window again when it was closed, with everything in it', async () => {
    const { customer } = stage;
    const cara = await stage.newAgent();
    await cara.signIn('cara');
    await customer.openShop('/product/lark-cup');
    const panel = await customer.panel();
    await panel.getByRole('radio', { name: 'Cara Lund' }).check();
    await panel.getByLabel(word('welcome.name')).fill('Ada');
    await panel.getByRole('button', { name: word('welcome.start') }).click();
    await cara.accept();
    const first = await customer.startCobrowsing();
    await cara.whenMirrored();
    await first.shared.getByRole('button', { name: 'Add to basket' }).click();
    await cara.mirror.getByRole('heading', { name: 'Your basket' }).waitFor();
    const size = await first.page.evaluate(() => [innerWidth, innerHeight]);
    expect(size[0]).toBeGreaterThanOrEqual(1_280);
    expect(size[1]).toBeGreaterThanOrEqual(860);
    await first.chat.waitFor();
    await first.page.close();

    await panel.getByText(word('start.windowClosed')).waitFor();
    await customer.screenshot('panel-window-closed');
    const opening = customer.context.waitForEvent('page');
    await panel.getByRole('button', { name: word('start.reopen') }).click();
    const again = new SessionWindow(await opening, word('page.title'));
    await again.whenOpen();
    await again.shared.getByRole('heading', { name: 'Your basket' }).waitFor();
    expect(await again.shared.getByText('Lark Cup & Saucer').count()).toBeGreaterThan(0);
    await panel.getByText(word('start.running', { name: 'Cara Lund' })).waitFor();
    await cara.shared.getByText(word('state.live'), { exact: true }).waitFor();
    await customer.screenshot('panel-window-open-again');
    await cara.context.close();
  });
});
