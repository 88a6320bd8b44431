// System Settings: the one switch, agents, sites and domains, and faults of the file, live.
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { BlockedHost, SiteBlocked } from '../../../protocol/blocked.ts';
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
        blocked: { hosts: [], others: 0, dismissed: 0 },
      },
      {
        id: 'help',
        title: 'Help pages',
        cobrowsing: false,
        start: 'https://help.shop.example/',
        domains: ['Shop'],
        resources: [],
        contacts: ['sales'],
        blocked: { hosts: [], others: 0, dismissed: 0 },
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

  it('lists hosts that were asked for and are not on the list, and allows them by one press', async () => {
    const at = '2031-05-04T10:15:00.000Z';
    const host = (origin: string, more: Partial<BlockedHost> = {}): BlockedHost => ({
      origin,
      shown: origin,
      count: 1,
      kinds: ['image'],
      page: 'https://www.shop.example/basket',
      at,
      ...more,
    });
    const setBlocked = (blocked: SiteBlocked) => {
      settings = {
        ...settings,
        sites: settings.sites.map((site) => (site.id === 'shop' ? { ...site, blocked } : site)),
      };
    };
    setBlocked({
      hosts: [
        host('https://cdn.example:8443', { count: 12, kinds: ['script', 'style', 'font'] }),
        host('https://xn--bcher-kva.example', { shown: 'https://bücher.example', kinds: ['frame'] }),
        host('https://a-rather-long-name-of-a-tracker.measuring.example', { kinds: ['fetch'], page: '' }),
      ],
      others: 31,
      dismissed: 2,
    });
    const answers: unknown[] = [];
    gateway.on('POST /console/api/settings/sites/shop/blocked', (body) => {
      answers.push(body);
      setBlocked({ ...settings.sites[0]!.blocked, hosts: settings.sites[0]!.blocked.hosts.slice(1) });
      return { body: settings };
    });
    await open();
    await page
      .getByRole('heading', { name: '3 hosts that are not on the site’s list were asked for' })
      .waitFor();
    const row = page.getByRole('listitem').filter({ hasText: 'bücher.example' }).last();
    expect(await row.textContent()).toContain('xn--bcher-kva.example');
    expect(await page.getByText('script, style sheet, font · 12 times').count()).toBe(1);
    await page.getByRole('listitem').filter({ hasText: 'Kiln & Clay' }).first().screenshot({
      path: 'test-output/screenshots/ui/admin-blocked.png',
    });
    await expectAccessible(page);
    await page.getByRole('button', { name: 'Allow to load https://cdn.example:8443' }).click();
    await page.getByText('cdn.example:8443').waitFor({ state: 'detached' });
    await page.getByRole('button', { name: 'Allow to show https://bücher.example' }).click();
    await page.getByText('bücher.example').first().waitFor({ state: 'detached' });
    await page.getByRole('button', { name: /^Not needed https:\/\/a-rather/ }).click();
    await page.getByText('2 hosts are marked as not needed.').waitFor();
    await page.getByRole('button', { name: 'List them again' }).click();
    await expect
      .poll(() => answers)
      .toEqual([
        { type: 'allow', origin: 'https://cdn.example:8443', as: 'resources' },
        { type: 'allow', origin: 'https://xn--bcher-kva.example', as: 'domains' },
        { type: 'dismiss', origin: 'https://a-rather-long-name-of-a-tracker.measuring.example' },
        { type: 'restore' },
      ]);
    expect(errors).toEqual([]);
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
