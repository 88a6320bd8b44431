// Hosts that are not on the site's list, whole stack: the browser reports them, people read a sentence, an admin allows them while the session runs.
import { readFile } from 'node:fs/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { SiteBlocked } from '../../protocol/blocked.ts';
import { type Stage, startStage } from './harness.ts';
import { until } from './until.ts';
import { word } from './words.ts';

let stage: Stage;
let extra: string;
beforeAll(async () => {
  stage = await startStage((config) => {
    const shop = config.getIn(['domains', 0]) as { toJSON(): Record<string, unknown> };
    // Known, but of no site.
    config.addIn(
      ['domains'],
      config.createNode({ ...shop.toJSON(), title: 'Extra', hosts: ['extra.demoextra.localhost'] }),
    );
  });
  extra = `http://extra.demoextra.localhost:${stage.demo.port}`;
});
afterAll(() => stage?.stop());
afterEach(async ({ task }) => {
  if (task.result?.state === 'fail') await stage.captureAll(task.name);
});

const CDN = 'https://cdn.elsewhere.example';

describe('hosts that are not on the list', () => {
  it('are said once of each page, counted for the admin, and allowed while the session runs', async () => {
    const { agent, startTogether, gateway, demo } = stage;
    const shell = await startTogether('/');
    const page = shell.shared.locator('body');
    const load = (url: string) =>
      page.evaluate((body, src) => {
        const image = new Image();
        image.src = src;
        body.append(image);
      }, url);
    await load(`${CDN}/a.png?visitor=4711`);
    const said = 'Parts of this page come from cdn.elsewhere.example, which is not shared here.';
    await shell.page.getByText(said).waitFor();
    await agent.page.getByText(said).waitFor();
    await shell.screenshot('left-out-customer');
    await agent.screenshot('left-out-agent');

    // Closed in one window it is closed there only; another host is said anew.
    await shell.page
      .locator('.left-out')
      .getByRole('button', { name: word('close') })
      .click();
    await shell.page.getByText(said).waitFor({ state: 'detached' });
    await load(`${extra}/b.png`);
    await shell.page.getByText('come from extra.demoextra.localhost, which is not').waitFor();
    await agent.page.getByText('cdn.elsewhere.example, extra.demoextra.localhost, which are not').waitFor();
    // On another page nothing is missing.
    await shell.navigate(`${demo.origins.shop}/basket`);
    await expect.poll(() => shell.address()).toBe(`${demo.origins.shop}/basket`);
    await shell.page.locator('.left-out').waitFor({ state: 'hidden' });

    // The way out by a link of the page.
    await page.evaluate((body) => {
      const link = document.createElement('a');
      link.href = 'https://partner.example/offer?id=1';
      link.target = '_blank';
      link.textContent = 'Partner';
      body.prepend(link);
    });
    await shell.shared.getByText('Partner', { exact: true }).click();
    await shell.page.getByRole('button', { name: word('outside.stay') }).click();

    const admin = await stage.newAgent();
    await admin.signIn('admin', '/admin');
    await admin.page.getByRole('heading', { name: /^3 hosts/ }).waitFor();
    const blocked = await admin.page.evaluate(async () => {
      const answer = await fetch('/console/api/settings');
      return ((await answer.json()) as { sites: { blocked: SiteBlocked }[] }).sites[0]!.blocked;
    });
    expect(blocked.hosts.map(({ origin, kinds, page: on }) => [origin, kinds, on]).sort()).toEqual([
      [extra, ['image'], `${demo.origins.shop}/`],
      [CDN, ['image'], `${demo.origins.shop}/`],
      ['https://partner.example', ['navigation'], `${demo.origins.shop}/basket`],
    ]);
    expect(JSON.stringify(blocked)).not.toContain('4711');
    await admin.page.setViewportSize({ width: 1280, height: 1500 });
    await admin.screenshot('blocked-hosts-admin');

    await admin.page.getByRole('button', { name: `${word('admin.blocked.load')} ${CDN}` }).click();
    await admin.page.getByRole('heading', { name: /^2 hosts/ }).waitFor();
    const file = await readFile(stage.configFile, 'utf8');
    expect(file).toContain('title: cdn.elsewhere.example');
    expect(file).toContain('# may be shown and navigated to');
    const [session] = [...gateway.sessions.all()];
    expect(session?.ended).toBe(false);

    // The page that is there does not know it; the next one does.
    await shell.navigate(`${demo.origins.shop}/?again`);
    await expect.poll(() => shell.address()).toBe(`${demo.origins.shop}/?again`);
    const asked = await page.evaluate(
      (_body, src) =>
        new Promise<string>((done) => {
          document.addEventListener('securitypolicyviolation', () => done('blocked'));
          const image = new Image();
          image.onerror = image.onload = () => done('asked');
          image.src = src;
        }),
      `${CDN}/a.png`,
    );
    expect(asked).toBe('asked');
  });

  it('may be shown too: the window comes back by itself with a policy that knows the address', async () => {
    const { agent, gateway, customer } = stage;
    const window = customer.context.pages().find((page) => page !== customer.page)!;
    const admin = await stage.newAgent();
    await admin.signIn('admin', '/admin');
    await admin.page.getByRole('button', { name: `${word('admin.blocked.show')} ${extra}` }).click();
    await until(
      () => gateway.registry.config.sites[0]!.domains.find(({ title }) => title === 'Extra'),
      'domain of the site',
    );
    const frame = () => window.mainFrame().childFrames()[0]!;
    await frame().goto(frame().url());
    const [session] = [...gateway.sessions.all()];
    const to = session!.addresses.toSession(`${extra}/`, 'http')!;
    const reloaded = window.waitForEvent('domcontentloaded');
    await frame().evaluate((href) => {
      location.href = href;
    }, to);
    await reloaded;
    await window
      .frameLocator(`iframe[title="${word('page.title')}"]`)
      .locator('body *')
      .first()
      .waitFor();
    await frame().evaluate((href) => {
      location.href = href;
    }, to);
    await expect.poll(() => frame().url(), { timeout: 10_000 }).toBe(to);
    expect(session!.ended).toBe(false);
    expect(stage.errors).toEqual([]);
    await agent.whenMirrored();
  });
});
