// R13–R17: stopping, what is left, and starting again.
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { type Stage, startStage } from './harness.ts';
import { call } from './plain-client.ts';
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
afterEach(async ({ task }) => {
  if (task.result?.state === 'fail') await stage.captureAll(task.name);
  await stage.clearUp();
});

describe('stop and start again', () => {
  it('R13–R15, R17: one click stops, the same button starts again, and the chat goes on', async () => {
    const { customer, agent, gateway } = stage;
    const shell = await stage.startTogether('/product/lark-cup');
    await customer.say('Before the session');
    await agent.chat.getByText('Before the session').waitFor();
    const button = await customer.switchButton();
    await expect.poll(() => button.textContent()).toBe(word('start.stop'));
    await customer.screenshot('R13-panel-while-running');
    const same = await button.elementHandle();
    const dead = new URL(shell.page.url()).host;

    // R13
    await button.click();
    await shell.page.getByRole('heading', { name: word('ended.title') }).waitFor();
    await shell.screenshot('R13-session-window-after-stop');
    await agent.page
      .getByRole('heading', { name: word('ended.title') })
      .or(agent.page.locator('.desk-middle').getByText(word('ended.title')))
      .first()
      .waitFor();
    await agent.screenshot('R13-console-after-stop');
    // R14
    await expect.poll(() => button.textContent()).toBe(word('start.start'));
    expect(await button.evaluate((now, before) => now === before, same)).toBe(true);
    await customer.screenshot('R14-panel-after-stop');
    // R17
    await customer.say('After the session');
    await agent.chat.getByText('After the session').waitFor();
    await agent.say('Still here');
    const chat = await customer.chat();
    await chat.getByText('Still here').waitFor();
    for (const text of ['Before the session', 'After the session']) {
      expect(await chat.getByText(text).count()).toBe(1);
      expect(await agent.chat.getByText(text).count()).toBe(1);
    }
    // R15
    const hosts = [dead];
    for (let run = 0; run < 2; run += 1) {
      await shell.page.close().catch(() => {});
      const again = await customer.startCobrowsing();
      await agent.whenMirrored();
      const host = new URL(again.page.url()).host;
      expect(hosts).not.toContain(host);
      for (const old of hosts) expect((await call(gateway.port, old, '/')).status).toBe(410);
      hosts.push(host);
      await button.click();
      await again.page.getByRole('heading', { name: word('ended.title') }).waitFor();
      await again.page.close();
    }
  });

  it('R16: after Stop nothing of the session is left, at the agent, in the gateway, on disk, in the customer’s browser', async () => {
    const { customer, agent, gateway } = stage;
    const planted = 'planted-word-7c41';
    await customer.openShop('/product/morrow-teapot');
    const shell = await customer.startCobrowsing();
    await agent.whenMirrored();
    await shell.shared.getByRole('button', { name: 'Keep in mind' }).click();
    await shell.shared.getByLabel('Your name').fill(planted);
    await shell.shared.getByLabel('Your review').fill(planted);
    await shell.shared.getByRole('button', { name: 'Send review' }).click();
    await agent.mirror.getByText(planted).first().waitFor();
    const session = [...gateway.sessions.all()].at(-1)!;
    const viewFrame = agent.page.frames().find((frame) => frame.url().includes('//view--'))!;
    const addresses = [
      new URL(shell.page.url()).host,
      ...shell.page.frames().map((frame) => new URL(frame.url()).host),
      new URL(viewFrame.url()).host,
    ].filter((host) => host.includes(session.sid));
    expect(new Set(addresses).size).toBeGreaterThanOrEqual(3);
    const stored = await readFolder(stage.folder);
    expect(stored).not.toContain(planted);

    await shell.bar(word('bar.end')).click();
    await shell.page.getByRole('heading', { name: word('ended.title') }).waitFor();
    await agent.page
      .getByRole('heading', { name: word('ended.title') })
      .or(agent.page.locator('.desk-middle').getByText(word('ended.title')))
      .first()
      .waitFor();
    expect(await agent.page.locator('iframe').count()).toBe(0);
    await vi.waitFor(() => expect(gateway.sessions.find(session.sid)).toBeUndefined());
    for (const host of new Set(addresses)) {
      for (const path of ['/', '/product/morrow-teapot', '/join', '/inner', '/r/x', '/d/x', '/s/x']) {
        expect([host, path, (await call(gateway.port, host, path)).status]).toEqual([host, path, 410]);
      }
    }
    await vi.waitFor(async () => {
      const left = await readFolder(stage.folder);
      expect(left).not.toContain(planted);
      expect(left).not.toContain(session.sid);
    });
    const ours = async (): Promise<string[]> => {
      const cookies = await customer.context.cookies();
      return cookies
        .filter(({ name }) => /-cb[sp]/.test(name))
        .map(({ name, domain }) => `${domain} ${name}`);
    };
    await expect.poll(ours).toEqual([]);
    const state = await customer.context.storageState({ indexedDB: true });
    expect(
      state.origins.map(({ origin }) => origin).filter((origin) => origin.includes(session.sid)),
    ).toEqual([]);
    await shell.screenshot('R16-receipt');
  });
});

/** Everything in a folder as one text. */
async function readFolder(folder: string): Promise<string> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile() && entry.parentPath.endsWith('store'));
  const texts = await Promise.all(
    files.map((entry) => readFile(join(entry.parentPath, entry.name), 'latin1')),
  );
  return texts.join('\n');
}
