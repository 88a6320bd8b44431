// R18–R27: what agent, customer and guests can do in a session.
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { SessionWindow } from './customer.ts';
import { readText, type Stage, startStage } from './harness.ts';
import { word } from './words.ts';

// People are slower than functions.
vi.setConfig({ testTimeout: 60_000 });

let stage: Stage;
let shell: SessionWindow;
let first = true;

const PNG = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAABAAAAAQCAYAAAAf8/9hAAAAHUlEQVR42mNkYPhfz0AEYBxVSF+FowZSZdSoQvoqBADrnQ/xhpOQdwAAAABJRU5ErkJggg==',
  'base64',
);

beforeAll(async () => {
  stage = await startStage();
});
afterAll(async () => {
  await stage?.stop();
  // No script of ours or of the shop may have thrown, in whatever window.
  expect(stage?.errors).toEqual([]);
});

describe('controls', () => {
  beforeEach(async () => {
    const { customer, agent } = stage;
    if (first) {
      first = false;
      shell = await stage.startTogether('/product/tidewater-mug');
      return;
    }
    await customer.openShop('/product/tidewater-mug');
    shell = await customer.startCobrowsing();
    await agent.whenMirrored();
  });
  afterEach(async ({ task }) => {
    if (task.result?.state === 'fail') await stage.captureAll(task.name);
    await stage.clearUp();
  });

  it('R18: the agent sees the page in his conversation, and parts of the console can be embedded', async () => {
    const { agent, gateway } = stage;
    await agent.page.getByRole('heading', { level: 1, name: 'Ada' }).waitFor();
    expect(await agent.shared.isVisible()).toBe(true);
    expect(await agent.chat.isVisible()).toBe(true);
    await expect.poll(() => readText(agent.mirror)).toContain('Tidewater Mug');
    const sid = new URL(shell.page.url()).hostname.split('.')[0];
    const embedded = await agent.context.newPage();
    await embedded.goto(`${gateway.places.consoleOrigin}/session/${sid}?parts=view`);
    await embedded
      .frameLocator(`iframe[title="${word('view.title')}"]`)
      .frameLocator('iframe')
      .getByRole('heading', { name: 'Tidewater Mug' })
      .waitFor();
    expect(await embedded.getByRole('log').count()).toBe(0);
    await embedded.screenshot({ path: 'test-output/screenshots/R18-view-only.png' });
    await embedded.close();
  });

  it('R19: the agent copies the session URL; an agent with co-browsing gets in by it, one without does not', async () => {
    const url = await stage.agent.sessionUrl();
    expect(url).toMatch(/^http/);
    const cara = await stage.newAgent();
    await cara.signIn('cara');
    await cara.open(url);
    // A session URL leads a signed-in agent on to the console.
    const onward = cara.page.getByRole('link', { name: word('closed.console') });
    if (await onward.isVisible().catch(() => false)) await onward.click();
    await cara.mirror.getByRole('heading', { name: 'Tidewater Mug' }).waitFor();
    await cara.screenshot('R19-second-agent');
    const ben = await stage.newAgent();
    await ben.signIn('ben');
    await ben.open(url);
    const benOnward = ben.page.getByRole('link', { name: word('closed.console') });
    if (await benOnward.isVisible().catch(() => false)) await benOnward.click();
    await ben.page.getByText(word('reason.agent-off')).first().waitFor();
    await ben.screenshot('R19-refused-agent');
    await cara.context.close();
    await ben.context.close();
  });

  it('R20, R23: the customer invites a guest, admits him, and both see who is there within a second', async () => {
    const { agent } = stage;
    await shell.bar(word('bar.users')).click();
    await shell.page.getByRole('dialog').getByText('Anna Berg', { exact: true }).waitFor();
    await shell.screenshot('R20-users');
    await shell.page.keyboard.press('Escape');

    await shell.bar(word('bar.invite')).click();
    const link = shell.page.getByRole('dialog').getByLabel(word('invite.link'));
    await link.waitFor();
    const url = await link.inputValue();
    expect(new URL(url).hash).toMatch(/^#i=/);
    await shell.screenshot('R23-invite');
    await shell.page.keyboard.press('Escape');

    const page = await stage.newPage();
    await page.goto(url);
    await page.getByLabel(word('door.name')).fill('Greta');
    await page.screenshot({ path: 'test-output/screenshots/R23-guest-door.png' });
    await page.getByRole('button', { name: word('door.join') }).click();
    await page.getByText(word('waiting.title')).waitFor();
    await page.screenshot({ path: 'test-output/screenshots/R23-guest-waiting.png' });
    expect(await page.locator('iframe').count()).toBe(0);
    await shell.page.getByText(word('guest.title', { name: 'Greta' })).waitFor();
    await shell.screenshot('R23-guest-asks');
    const before = Date.now();
    await shell.page.getByRole('button', { name: word('guest.admit'), exact: true }).click();
    await agent.page.getByRole('tab', { name: word('side.people') }).click();
    await agent.page.getByRole('tabpanel').getByText('Greta', { exact: true }).waitFor({ timeout: 1_500 });
    expect(Date.now() - before).toBeLessThan(1_500);
    await agent.screenshot('R20-people-in-console');
    await agent.page.getByRole('tab', { name: word('side.chat') }).click();
    const view = page.frameLocator(`iframe[title="${word('view.title')}"]`).frameLocator('iframe');
    await view.getByRole('heading', { name: 'Tidewater Mug' }).waitFor();
    await page.screenshot({ path: 'test-output/screenshots/R23-guest-sees.png' });
    await shell.bar(word('bar.users')).click();
    await expect.poll(() => shell.page.getByRole('dialog').getByRole('listitem').count()).toBe(3);
    await shell.page.getByRole('button', { name: word('users.remove', { name: 'Greta' }) }).click();
    await expect.poll(() => shell.page.getByRole('dialog').getByRole('listitem').count()).toBe(2);
    await shell.page.keyboard.press('Escape');
    await page.getByText(word('reason.removed')).first().waitFor();
    await page.context().close();
  });

  it('R21: customer and agent share documents', async () => {
    const { agent } = stage;
    await shell.bar(word('bar.share')).click();
    await shell.page
      .getByRole('dialog')
      .getByLabel(word('documents.file'))
      .setInputFiles({ name: 'glaze.png', mimeType: 'image/png', buffer: PNG });
    const name = word('documents.viewer', { name: 'glaze.png' });
    await agent.page.getByRole('region', { name }).waitFor();
    await shell.page.getByRole('region', { name }).waitFor();
    await agent.screenshot('R21-document-in-console');
    await shell.screenshot('R21-document-in-window');
    await shell.page.getByRole('button', { name: word('documents.close') }).click();
    await agent.page.getByRole('region', { name }).waitFor({ state: 'detached' });

    await agent.page.getByRole('button', { name: word('bar.share') }).click();
    await agent.page
      .getByRole('dialog')
      .getByLabel(word('documents.file'))
      .setInputFiles({
        name: 'offer.txt',
        mimeType: 'text/plain',
        buffer: Buffer.from('Three mugs for two.'),
      });
    await shell.bar(word('bar.share')).click();
    await shell.page.getByRole('dialog').getByText('offer.txt', { exact: true }).waitFor();
    await shell.screenshot('R21-documents-list');
    const download = shell.page.waitForEvent('download');
    await shell.page
      .getByRole('dialog')
      .getByRole('link', { name: word('documents.download') })
      .click();
    expect((await download).suggestedFilename()).toBe('offer.txt');
    await shell.page.keyboard.press('Escape');
  });

  it('R22: the agent, too, ends the co-browsing, and the chat goes on', async () => {
    const { agent, customer } = stage;
    await agent.button('bar.end').click();
    await shell.page.getByText(word('reason.stopped-by-agent')).first().waitFor();
    await shell.screenshot('R22-ended-by-agent');
    await customer.say('And now?');
    await agent.chat.getByText('And now?').waitFor();
  });

  it('R24: the customer goes to a new address of the list; others are refused with a sentence', async () => {
    const { agent, demo } = stage;
    await shell.navigate(`${demo.origins.shop}/studio`);
    await agent.mirror.getByRole('heading', { name: 'Mug studio' }).waitFor();
    await expect.poll(() => shell.address()).toBe(`${demo.origins.shop}/studio`);
    await shell.navigate(`${demo.origins.offlist}/`);
    await shell.page.getByText(word('reason.address-outside')).first().waitFor();
    await shell.screenshot('R24-refused');
    await shell.page.keyboard.press('Escape');
    await agent.mirror.getByRole('heading', { name: 'Mug studio' }).waitFor();
  });

  it('R25: control is asked for, granted, used and taken back; exactly one holds it', async () => {
    const { agent, demo } = stage;
    const orders = demo.orders().length;
    // Without control a click of the agent does nothing.
    await agent.clickInMirror(agent.mirror.getByRole('button', { name: 'Add to basket' }));
    await agent.button('control.ask').click();
    await shell.page.getByText(word('ask.title', { name: 'Anna Berg' })).waitFor();
    expect(await readText(shell.shared)).toContain('What others say');
    await shell.screenshot('R25-asked');
    await shell.page.getByRole('button', { name: word('ask.give') }).click();
    await agent.page.getByText(word('control.mine'), { exact: true }).waitFor();
    await shell.page
      .getByText(word('control.theirs', { name: 'Anna Berg' }))
      .first()
      .waitFor();
    await shell.screenshot('R25-agent-in-control-window');
    await agent.screenshot('R25-agent-in-control-console');

    // Types, selects, clicks: performed in the customer's page, once.
    await agent.clickInMirror(agent.mirror.getByLabel('Your name'));
    await agent.page.keyboard.type('Anna');
    await expect.poll(() => shell.shared.getByLabel('Your name').inputValue()).toBe('Anna');
    await expect.poll(() => agent.mirror.getByLabel('Your name').inputValue()).toBe('Anna');
    await agent.clickInMirror(agent.mirror.getByRole('button', { name: 'Keep in mind' }));
    await shell.shared.getByRole('button', { name: 'Kept in mind' }).waitFor();
    await agent.mirror.getByRole('button', { name: 'Kept in mind' }).waitFor();
    await agent.clickInMirror(agent.mirror.getByText('Care and materials'));
    await agent.mirror.getByText('Dishwasher and microwave safe.').waitFor();
    await agent.clickInMirror(agent.mirror.getByRole('button', { name: 'Add to basket' }));
    await agent.mirror.getByRole('heading', { name: 'Your basket' }).waitFor();
    await shell.shared.getByRole('heading', { name: 'Your basket' }).waitFor();
    await agent.screenshot('R25-agent-added-to-basket');

    // The customer takes it back; the agent's next click does nothing.
    await shell.page.getByRole('button', { name: word('control.takeBack') }).click();
    await shell.page.getByText(word('control.mine'), { exact: true }).waitFor();
    await agent.page.getByText(word('control.customer', { name: 'Ada' })).waitFor();
    await agent.clickInMirror(agent.mirror.getByRole('link', { name: 'Go to checkout' }));
    await shell.shared.getByRole('link', { name: 'Go to checkout' }).click();
    await agent.mirror.getByRole('heading', { name: 'Checkout' }).waitFor();

    // And gives it of his own accord.
    await shell.bar(word('bar.control')).click();
    await shell.screenshot('R25-switch-control');
    await shell.page.getByRole('button', { name: word('control.giveTo', { name: 'Anna Berg' }) }).click();
    await agent.page.getByText(word('control.mine'), { exact: true }).waitFor();
    await agent.clickInMirror(agent.mirror.getByRole('radio', { name: 'By invoice' }));
    await expect.poll(() => shell.shared.getByRole('radio', { name: 'By invoice' }).isChecked()).toBe(true);
    await agent.button('control.release').click();
    await shell.page.getByText(word('control.mine'), { exact: true }).waitFor();
    await shell.shared.getByLabel('Name', { exact: true }).fill('Ada');
    await shell.shared.getByLabel('E-mail').fill('ada@example.com');
    await shell.shared.getByLabel('Address').fill('12 St James’s Square');
    await shell.shared.getByRole('button', { name: 'Place order' }).click();
    await agent.mirror.getByText('Thank you, Ada').waitFor();
    expect(demo.orders().length).toBe(orders + 1);
  });

  it('R26: the order on the bar is users, add users, navigate, switch control, share a document, end', async () => {
    const buttons = shell.page.getByRole('navigation', { name: word('bar.label') }).getByRole('button');
    const names = await buttons.evaluateAll((all) => all.map((one) => one.getAttribute('aria-label')));
    expect(names).toEqual([
      'Users',
      'Add users',
      'Navigate',
      'Switch control',
      'Share a document',
      'End co-browsing',
    ]);
    const tops = await buttons.evaluateAll((all) => all.map((one) => one.getBoundingClientRect().top));
    expect(tops).toEqual([...tops].sort((a, b) => a - b));
  });

  it('R27: a new window of the site stays inside the session, as the one shared page', async () => {
    const { agent, customer } = stage;
    const windows = customer.context.pages().length;
    await shell.shared.getByText('Care and materials').click();
    await shell.shared.getByRole('link', { name: 'The whole care guide' }).click();
    await agent.mirror.getByRole('heading', { name: 'Care guide: cups' }).waitFor();
    await shell.page.getByRole('button', { name: word('history.back') }).click();
    await agent.mirror.getByRole('heading', { name: 'Tidewater Mug' }).waitFor();
    await shell.shared.getByRole('button', { name: 'Open size chart' }).click();
    const above = agent.mirror.locator('dialog > iframe').first().contentFrame();
    await above.getByRole('heading', { name: 'Size chart' }).waitFor();
    await agent.screenshot('R27-window-open-stays-inside');
    await shell.shared.getByRole('button', { name: 'Esc' }).click();
    await agent.mirror.locator('dialog > iframe').first().waitFor({ state: 'detached' });
    await agent.mirror.getByRole('heading', { name: 'Tidewater Mug' }).waitFor();
    expect(customer.context.pages().length).toBe(windows);
  });
});
