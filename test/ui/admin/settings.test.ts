// System Settings: the one switch, agents, sites and domains, and faults of the file, live.
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Settings } from '../../../protocol/http-api.ts';
import { openBrowser, openContext, saveScreenshot } from '../../browser.ts';
import { expectAccessible } from '../accessible.ts';
import { type FakeGateway, startFakeGateway } from '../fake-gateway.ts';

let browser: Browser;
let gateway: FakeGateway;
let context: BrowserContext;
let errors: string[];
let page: Page;
let settings: Settings;

beforeAll(async () => {
  [browser, gateway] = await Promise.all([openBrowser(), startFakeGateway()]);
});
afterAll(async () => {
  await browser?.close();
  await gateway?.stop();
});
beforeEach(async () => {
  ({ context, errors } = await openContext(browser));
  page = await context.newPage();
  settings = {
    cobrowsing: true,
    agents: [
      { name: 'anna', title: 'Anna Berg', roles: ['agent'], cobrowsing: true },
      { name: 'ben', title: 'Ben Okafor', roles: ['agent'], cobrowsing: false },
      { name: 'root', title: 'Administration', roles: ['admin', 'supervisor'], cobrowsing: false },
    ],
    sites: [
      {
        id: 'shop',
        title: 'Kiln & Clay',
        cobrowsing: true,
        start: 'https://www.shop.example/',
        domains: ['Shop', 'Payment'],
        resources: ['CDN'],
        contacts: ['sales', 'anna'],
      },
      {
        id: 'help',
        title: 'Help pages',
        cobrowsing: false,
        start: 'https://help.shop.example/',
        domains: ['Shop'],
        resources: [],
        contacts: ['sales'],
      },
    ],
    domains: [
      {
        title: 'Shop',
        hosts: ['www.shop.example', 'shop.example'],
        protocols: ['http', 'https'],
        includeSubdomains: true,
      },
      {
        title: 'Payment',
        hosts: ['pay.example'],
        protocols: ['https'],
        port: 8443,
        includeSubdomains: false,
      },
      { title: 'CDN', hosts: ['cdn.example'], protocols: ['https'], includeSubdomains: false },
      { title: 'Old shop', hosts: ['old.shop.example'], protocols: ['https'], includeSubdomains: false },
    ],
    problems: [],
  };
  gateway.on('GET /console/api/me', () => ({
    body: { name: 'root', title: 'Administration', roles: ['admin'], cobrowsing: false },
  }));
  gateway.on('GET /console/api/settings', () => ({ body: settings }));
});
afterEach(async () => {
  await context.close();
});

async function open(): Promise<void> {
  await page.goto(`${gateway.places.consoleOrigin}/admin`);
  await page.getByRole('heading', { level: 1, name: 'System Settings' }).waitFor();
  await page.getByRole('switch', { name: 'Co-browsing', exact: true }).waitFor();
}

describe('System Settings', () => {
  it('shows the switch first, then agents, sites and domains with what depends on them', async () => {
    await open();
    await page.screenshot({ path: 'test-output/screenshots/ui/admin.png', fullPage: true });
    await saveScreenshot(page, 'ui/admin-top');
    await expectAccessible(page);
    const row = page.getByRole('row').filter({ hasText: 'https://pay.example:8443' });
    expect(await row.textContent()).toContain('Kiln & Clay');
    expect(await page.getByRole('row').filter({ hasText: 'old.shop.example' }).textContent()).toContain(
      'No site',
    );
    await page.emulateMedia({ colorScheme: 'dark' });
    await expectAccessible(page);
    await saveScreenshot(page, 'ui/admin-dark');
    expect(errors).toEqual([]);
  });

  it.each(['ltr', 'rtl'])('has every switch in sight on a phone, %s', async (direction) => {
    await page.setViewportSize({ width: 390, height: 844 });
    await open();
    await page.evaluate((dir) => {
      document.documentElement.dir = dir;
    }, direction);
    for (const one of await page.getByRole('switch').all()) {
      const { x, width } = (await one.boundingBox())!;
      expect(x).toBeGreaterThanOrEqual(0);
      expect(x + width).toBeLessThanOrEqual(390);
    }
    // Names are not broken letter by letter.
    expect((await page.getByText('anna', { exact: true }).boundingBox())!.height).toBeLessThan(30);
    await page.screenshot({
      path: `test-output/screenshots/ui/admin-phone-${direction}.png`,
      fullPage: true,
    });
    await expectAccessible(page);
  });

  it('switches the system off, with a loud banner', async () => {
    gateway.on('POST /console/api/settings/cobrowsing', (body) => {
      settings = { ...settings, cobrowsing: (body as { on: boolean }).on };
      return { body: settings };
    });
    await open();
    await page.getByRole('switch', { name: 'Co-browsing', exact: true }).click();
    await page.getByRole('heading', { name: 'Co-browsing is off' }).waitFor();
    await saveScreenshot(page, 'ui/admin-off');
    await expectAccessible(page);
  });

  it('switches one agent, by keyboard', async () => {
    const saved: unknown[] = [];
    gateway.on('POST /console/api/settings/agents/ben', (body) => {
      saved.push(body);
      settings = {
        ...settings,
        agents: settings.agents.map((agent) =>
          agent.name === 'ben' ? { ...agent, cobrowsing: true } : agent,
        ),
      };
      return { body: settings };
    });
    await open();
    const toggle = page.getByRole('switch', { name: 'Co-browsing for Ben Okafor' });
    await toggle.focus();
    await page.keyboard.press('Space');
    await expect.poll(() => toggle.getAttribute('aria-checked')).toBe('true');
    expect(saved).toEqual([{ cobrowsing: true }]);
  });

  it('shows an edit of the file by itself, and its faults with file and line', async () => {
    await open();
    settings = {
      ...settings,
      problems: [
        {
          file: 'tandem.yaml',
          line: 14,
          message: 'hosts: "*.shop.example" is a wildcard; write includeSubdomains: true instead',
        },
      ],
    };
    await page.getByText('tandem.yaml:14').waitFor({ timeout: 5_000 });
    await saveScreenshot(page, 'ui/admin-problems');
    await expectAccessible(page);
    settings = { ...settings, problems: [] };
    await page.getByText('tandem.yaml:14').waitFor({ state: 'detached', timeout: 5_000 });
  });

  it('is refused to agents who are no administrators', async () => {
    gateway.on('GET /console/api/me', () => ({
      body: { name: 'anna', title: 'Anna Berg', roles: ['agent'], cobrowsing: true },
    }));
    await page.goto(`${gateway.places.consoleOrigin}/admin`);
    await page.getByText('For administrators only').waitFor();
    await expectAccessible(page);
  });
});
