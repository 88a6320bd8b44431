// The gateway is restarted on the same port and data folder: sessions, conversations, jars and logins come back (P3).
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { expectAsBefore, startWithEverything, whenConnected, words } from './as-before.ts';
import type { SessionWindow } from './customer.ts';
import { type Stage, startStage } from './harness.ts';
import { word } from './words.ts';

vi.setConfig({ testTimeout: 120_000 });

let stage: Stage;
let shell: SessionWindow;

beforeAll(async () => {
  stage = await startStage();
});
// One session through it all.
beforeEach(async () => {
  if (!(shell as SessionWindow | undefined)) shell = await startWithEverything(stage);
});
afterAll(() => stage?.stop());
afterEach(async ({ task }) => {
  if (task.result?.state === 'fail') await stage.captureAll(task.name);
});

describe('a restart of the gateway', () => {
  it('is said on both sides meanwhile; then page, cookies, control, chat and logins are as before', async () => {
    const { agent, customer } = stage;
    await stage.restartGateway(async () => {
      for (const page of [shell.page, agent.page]) await words(page, 'reconnecting').waitFor();
      await shell.screenshot('restart-session-window-meanwhile');
      await agent.screenshot('restart-console-meanwhile');
    });
    await expectAsBefore(stage, shell);
    await customer.say('Still here?');
    await agent.chat.getByText('Still here?').waitFor();
    await shell.chat.getByText('Still here?').waitFor();
    await agent.say('Sure.');
    await (await customer.chat()).getByText('Sure.').waitFor();
    await agent.screenshot('restart-console-after');
  });

  it('loses documents, and says so', async () => {
    const { agent } = stage;
    await shell.bar(word('bar.share')).click();
    const dialog = shell.page.getByRole('dialog');
    await dialog.getByLabel(word('documents.file')).setInputFiles({
      name: 'offer.txt',
      mimeType: 'text/plain',
      buffer: Buffer.from('Three mugs for two.'),
    });
    await dialog.waitFor({ state: 'detached' });
    await agent.page
      .getByRole('tab', { name: word('side.documents') })
      .getByText('1')
      .waitFor();
    await stage.restartGateway();
    await shell.chat.getByText(word('chat.documents-lost')).waitFor({ timeout: 30_000 });
    await agent.chat.getByText(word('chat.documents-lost')).waitFor();
    await expectAsBefore(stage, shell);
    await shell.screenshot('restart-documents-lost');
  });

  it('while the customer goes to another page leaves no broken page', async () => {
    await stage.restartGateway(async () => {
      await words(shell.page, 'reconnecting').waitFor();
      await shell.shared.getByRole('link', { name: 'Help', exact: true }).click({ noWaitAfter: true });
      await shell.shared.getByRole('heading', { name: 'Your basket' }).waitFor({ state: 'detached' });
    });
    await whenConnected(shell.page);
    await expectAsBefore(stage, shell);
  });

  it('keeps the reload of a window that has lost its cookies possible', async () => {
    await stage.restartGateway();
    await whenConnected(shell.page);
    await stage.customer.context.clearCookies({ name: /cbs|cbp/ });
    await stage.restartGateway();
    await whenConnected(shell.page);
    await expectAsBefore(stage, shell);
  });

  it('does not make Stop forget what the browser was left before it', async () => {
    const { customer } = stage;
    const { sid } = new URL(shell.page.url()).host.match(/^(?<sid>[^.]+)/)!.groups as { sid: string };
    const gateway = await stage.restartGateway();
    await whenConnected(shell.page);
    const visited = [...(gateway.sessions.find(sid)?.visited ?? [])];
    expect(visited.length).toBeGreaterThan(0);
    await (await customer.switchButton()).click();
    await shell.page.getByRole('heading', { name: word('ended.title') }).waitFor();
    const { origins } = await customer.context.storageState({ indexedDB: true });
    expect(origins.map(({ origin }) => origin).filter((origin) => origin.includes(sid))).toEqual([]);
    await expect.poll(async () => (await customer.switchButton()).textContent()).toBe(word('start.start'));
  });
});
