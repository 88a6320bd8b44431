// Dialogs of the browser's own: the customer answers them, agent and guest read what they say, and nothing masked is in them.
import type { Dialog } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { SessionWindow } from './customer.ts';
import { type Stage, startStage } from './harness.ts';
import { word } from './words.ts';

vi.setConfig({ testTimeout: 90_000 });

let stage: Stage;
let shell: SessionWindow;
let guest: SessionWindow;

beforeAll(async () => {
  stage = await startStage();
});
beforeEach(async () => {
  if (shell as SessionWindow | undefined) return;
  shell = await stage.startTogether('/studio');
  await shell.bar(word('bar.invite')).click();
  const link = await shell.page.getByRole('dialog').getByLabel(word('invite.link')).inputValue();
  await shell.page.keyboard.press('Escape');
  guest = await stage.joinAsGuest(link, 'Greta', shell);
});
afterAll(() => stage?.stop());
afterEach(async ({ task }) => {
  if (task.result?.state === 'fail') await stage.captureAll(task.name);
});

/** What agent and guest read of a dialog. */
const shownTo = (who: 'agent' | 'guest') =>
  (who === 'agent' ? stage.agent.page : guest.page).locator('.page-dialog');

describe('a dialog of the browser', () => {
  it('is told to agent and guest in words until the customer has answered', async () => {
    const asked = shell.page.waitForEvent('dialog');
    void shell.shared.getByRole('button', { name: 'Start over' }).click({ noWaitAfter: true });
    const dialog = await asked;
    for (const who of ['agent', 'guest'] as const) {
      await shownTo(who).getByText('Throw the drawing away?').waitFor();
      await shownTo(who).getByText(word('dialog.confirm')).waitFor();
    }
    await stage.agent.screenshot('dialog-in-console');
    await guest.screenshot('dialog-at-guest');
    await dialog.dismiss();
    for (const who of ['agent', 'guest'] as const) await shownTo(who).waitFor({ state: 'detached' });
  });

  it('is told also to an agent who has just come back', async () => {
    const asked = shell.page.waitForEvent('dialog');
    void shell.shared.getByRole('button', { name: 'Start over' }).click({ noWaitAfter: true });
    const dialog = await asked;
    await stage.agent.page.reload();
    await shownTo('agent').getByText('Throw the drawing away?').waitFor();
    await dialog.dismiss();
    await shownTo('agent').waitFor({ state: 'detached' });
  });

  it('shows dots for what is masked on the page, and for card numbers', async () => {
    await shell.navigate(`${stage.demo.origins.shop}/login`);
    await shell.shared.getByLabel('Password').fill('correct horse');
    await stage.agent.mirror.getByLabel('Password').waitFor();
    const asked = shell.page.waitForEvent('dialog');
    await shell.shared.locator('body').evaluate((body) => {
      const { value } = body.querySelector<HTMLInputElement>('input[type="password"]')!;
      setTimeout(() => alert(`Is "${value}" right? Card 4111 1111 1111 1111, order 1234567890123.`));
    });
    const dialog: Dialog = await asked;
    expect(dialog.message()).toContain('correct horse');
    for (const who of ['agent', 'guest'] as const) {
      await shownTo(who).waitFor();
      expect(await shownTo(who).locator('q').textContent()).toBe(
        'Is "••••••• •••••" right? Card •••• •••• •••• ••••, order 1234567890123.',
      );
    }
    await stage.agent.screenshot('dialog-masked');
    await dialog.accept();
    for (const who of ['agent', 'guest'] as const) await shownTo(who).waitFor({ state: 'detached' });
  });
});
