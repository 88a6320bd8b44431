// A content domain below the site's own: the browser itself brings the login along, once.
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { type Stage, startStage } from './harness.ts';

vi.setConfig({ testTimeout: 90_000 });

let stage: Stage;
beforeAll(async () => {
  stage = await startStage((config) => {
    config.set('base', 'cobrowse.demoshop.localhost');
    config.setIn(['sites', 0, 'handover'], { fromBrowser: true, cookies: ['shop_session'] });
  });
});
afterAll(async () => {
  await stage?.stop();
  expect(stage?.errors).toEqual([]);
});

it('a login for the whole domain is a login within the session, and no script reads it', async () => {
  const { customer, agent, demo } = stage;
  await agent.signIn();
  await customer.openShop('/login');
  await customer.page.getByLabel('E-mail').fill('ada@example.com');
  await customer.page.getByLabel('Password').fill('analytical');
  await customer.page.locator('main').getByRole('button', { name: 'Sign in' }).click();
  await customer.page.getByText('Signed in as').waitFor();
  // As a site sets it that wants one login for all its hosts.
  const [login] = (await customer.context.cookies(demo.origins.shop)).filter(
    ({ name }) => name === 'shop_session',
  );
  await customer.context.clearCookies({ name: 'shop_session' });
  await customer.context.addCookies([
    { name: 'shop_session', value: login!.value, domain: '.demoshop.localhost', path: '/', httpOnly: true },
  ]);
  await customer.page.reload();
  await customer.page.getByText('Signed in as').waitFor();

  await customer.startChat();
  await agent.accept();
  const shell = await customer.startCobrowsing();
  expect(new URL(shell.page.url()).hostname).toMatch(/\.cobrowse\.demoshop\.localhost$/);
  await shell.shared.getByText('Signed in as Ada Byron').waitFor();
  await agent.mirror.getByText('Signed in as Ada Byron').waitFor();
  const frame = shell.page.frames().find((one) => one.url().includes('www-demoshop'))!;
  expect(await frame.evaluate(() => document.cookie)).not.toContain('shop_session');

  // Signed out within, he stays so, though the browser still has the cookie.
  await shell.shared.getByRole('button', { name: 'Sign out' }).click();
  await shell.navigate(`${demo.origins.shop}/account`);
  await shell.shared.getByText('Sign in to see your account').waitFor();
});
