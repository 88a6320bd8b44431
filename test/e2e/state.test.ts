// P1: what of the customer's page comes along at Start, sign-in included, and where he is when it has ended.
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { type Stage, startStage } from './harness.ts';
import { word } from './words.ts';

vi.setConfig({ testTimeout: 90_000 });

let stage: Stage;
beforeAll(async () => {
  stage = await startStage();
  await stage.agent.signIn();
});
afterAll(async () => {
  await stage?.stop();
  expect(stage?.errors).toEqual([]);
});
afterEach(async ({ task }) => {
  if (task.result?.state === 'fail') await stage.captureAll(task.name);
  await stage.clearUp();
});

describe('at Start', () => {
  it('who is signed in on the site is signed in within the session, by a cookie that no script can read', async () => {
    const { customer, agent, demo } = stage;
    await customer.openShop('/login');
    await customer.page.getByLabel('E-mail').fill('ada@example.com');
    await customer.page.getByLabel('Password').fill('analytical');
    await customer.page.locator('main').getByRole('button', { name: 'Sign in' }).click();
    await customer.page.getByText('Signed in as').waitFor();
    const cookies = await customer.context.cookies(demo.origins.shop);
    const login = cookies.find(({ name }) => name === 'shop_session');
    expect(login?.httpOnly).toBe(true);

    await customer.startChat();
    await agent.accept();
    const shell = await customer.startCobrowsing();
    await shell.shared.getByText('Signed in as Ada Byron').waitFor();
    await agent.mirror.getByText('Signed in as Ada Byron').waitFor();
    await shell.screenshot('P1-signed-in');
    const frame = shell.page.frames().find((one) => one.url().includes('www-demoshop'))!;
    const readable = await frame.evaluate(() => document.cookie);
    expect(readable).toContain('shop_visit=');
    expect(readable).not.toContain('shop_session');
    // Not in any page, storage or message of the browser either: the value went by sealed.
    for (const one of [...customer.page.frames(), ...shell.page.frames()]) {
      const seen = await one
        .evaluate(
          () =>
            JSON.stringify([{ ...localStorage }, { ...sessionStorage }]) + document.documentElement.outerHTML,
        )
        .catch(() => '');
      expect(seen).not.toContain(login!.value);
    }
  });

  it('fields of every kind and scroll positions come along from the page he is on, passwords do not', async () => {
    const { customer, agent } = stage;
    await customer.openShop('/product/lark-cup');
    const { page } = customer;
    await page.getByLabel('Your name').fill('Ada');
    await page.getByLabel('Your review').fill('Two lines\nof it');
    await page.getByLabel('Quantity').fill('3');
    await page.getByLabel('Rim').selectOption({ index: 1 });
    await page.evaluate(() => scrollTo(0, 300));
    const shell = await customer.startCobrowsing();
    await agent.whenMirrored();
    const { shared } = shell;
    await vi.waitFor(async () => expect(await shared.getByLabel('Your name').inputValue()).toBe('Ada'));
    expect(await shared.getByLabel('Your review').inputValue()).toBe('Two lines\nof it');
    expect(await shared.getByLabel('Quantity').inputValue()).toBe('3');
    expect(await shared.getByLabel('Rim').evaluate((one) => (one as HTMLSelectElement).selectedIndex)).toBe(
      1,
    );
    await vi.waitFor(async () =>
      expect(await shared.locator('html').evaluate(() => Math.round(scrollY))).toBe(300),
    );
    await shell.screenshot('P1-fields');
    await agent.screenshot('P1-fields-console');
    await customer.openShop('/login');
    await stage.clearUp();
    await page.getByLabel('E-mail').fill('otto@example.com');
    await page.getByLabel('Password').fill('snowdrop');
    const again = await customer.startCobrowsing();
    await vi.waitFor(async () =>
      expect(await again.shared.getByLabel('E-mail').inputValue()).toBe('otto@example.com'),
    );
    expect(await again.shared.getByLabel('Password').inputValue()).toBe('');
  });

  it('what he wrote into the page itself comes along too', async () => {
    const { customer, agent } = stage;
    await customer.openShop('/studio');
    const { page } = customer;
    await page.locator('#potter-note').click();
    await page.keyboard.press('Control+End');
    await page.keyboard.type(' A wide handle, please.');
    const shell = await customer.startCobrowsing();
    await shell.shared.getByText('Dear potter, A wide handle, please.').waitFor();
    await agent.mirror.getByText('Dear potter, A wide handle, please.').waitFor();
  });
});

describe('at Stop', () => {
  it('the tab that waited goes to the page on which it ended, and the chat goes on there', async () => {
    const { customer, agent, demo } = stage;
    await customer.openShop('/product/lark-cup');
    const shell = await customer.startCobrowsing();
    await agent.whenMirrored();
    await shell.navigate(`${demo.origins.shop}/shop?q=tea#content`);
    await agent.mirror.getByRole('heading', { name: 'Results for “tea”' }).waitFor();
    await shell.bar(word('bar.end')).click();
    await customer.page.waitForURL(`${demo.origins.shop}/shop?q=tea#content`);
    await customer.page.getByRole('heading', { name: 'Results for “tea”' }).waitFor();
    const panel = await customer.panel();
    await panel
      .getByText(word('chat.session-ended'))
      .or(panel.getByText('Co-browsing has ended.'))
      .first()
      .waitFor();
    await customer.screenshot('P1-returned');
  });

  it('a tab that he has used meanwhile stays as it is, and offers the way', async () => {
    const { customer, agent, demo } = stage;
    await customer.openShop('/product/lark-cup');
    const shell = await customer.startCobrowsing();
    await agent.whenMirrored();
    await shell.navigate(`${demo.origins.shop}/help`);
    await agent.mirror.getByRole('heading', { name: 'Often asked' }).waitFor();
    await customer.page.bringToFront();
    await customer.page.getByLabel('Your name').click();
    await customer.page.keyboard.type('Not to be lost');
    await shell.bar(word('bar.end')).click();
    const way = (await customer.panel()).getByRole('button', { name: word('start.return') });
    await way.waitFor();
    expect(customer.page.url()).toBe(`${demo.origins.shop}/product/lark-cup`);
    expect(await customer.page.getByLabel('Your name').inputValue()).toBe('Not to be lost');
    await customer.screenshot('P1-way-offered');
    await way.click();
    await customer.page.waitForURL(`${demo.origins.shop}/help`);
  });
});
