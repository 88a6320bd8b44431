// DokuWiki 2022-07-31b "Igor" (Debian package dokuwiki 0.0.20220731.a), co-browsed end to end: an application nobody here wrote.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { needApps } from '../../scripts/need-apps.ts';
import { openContext } from '../browser.ts';
import { Customer, type SessionWindow } from './customer.ts';
import { startDokuWiki, type Wiki } from './dokuwiki.ts';
import { readText, type Stage, startStage } from './harness.ts';

let wiki: Wiki;
let stage: Stage;
const missing = await needApps();

describe.skipIf(missing !== undefined)('DokuWiki', () => {
  beforeAll(async () => {
    wiki = await startDokuWiki();
    stage = await startStage((config) => {
      config.addIn(
        ['domains'],
        config.createNode({
          title: 'Wiki',
          hosts: [wiki.host],
          protocols: ['http'],
          port: wiki.port,
          connect: `127.0.0.1:${wiki.port}`,
        }),
      );
      config.addIn(
        ['sites'],
        config.createNode({
          id: 'wiki',
          title: 'Orchard Wiki',
          domains: ['Wiki'],
          start: `${wiki.origin}/`,
          contacts: ['anna'],
        }),
      );
    });
    const { consoleOrigin } = stage.gateway.places;
    await wiki.setHead(`<script src="${consoleOrigin}/panel.js" async data-site="wiki"></script>`);
  });
  afterAll(async () => {
    await stage?.stop();
    await wiki?.stop();
  });

  /** Leader's page and mirror read alike. */
  async function agree(shell: SessionWindow, part: string): Promise<void> {
    await expect.poll(() => readText(stage.agent.mirror), { timeout: 10_000 }).toContain(part);
    await expect
      .poll(async () => (await readText(stage.agent.mirror)) === (await readText(shell.shared)), {
        timeout: 10_000,
      })
      .toBe(true);
  }

  it('log in, search, edit, save: leader and mirror agree at each step, and nothing of ours is stored', async () => {
    const { agent, browser, gateway } = stage;
    expect(wiki.version).toBe('2022-07-31b "Igor"');
    const { context, errors } = await openContext(browser);
    const customer = new Customer({
      context,
      errors,
      page: await context.newPage(),
      shop: wiki.origin,
      panelOrigin: gateway.places.panelOrigin,
    });
    await agent.signIn();
    await customer.openShop('/doku.php?id=start');
    await customer.startChat('Anna Berg', 'Wanda');
    await agent.accept('Wanda');
    const shell = await customer.startCobrowsing();
    await agent.whenMirrored();
    await agree(shell, 'Apples, pears and a quince.');
    await agent.screenshot('dokuwiki-1-start');

    await shell.shared.getByRole('link', { name: 'Log In' }).click();
    await agree(shell, 'You are currently not logged in!');
    await shell.shared.getByLabel('Username').fill(wiki.editor.name);
    await shell.shared.getByLabel('Password').fill(wiki.editor.password);
    await expect.poll(() => agent.mirror.getByLabel('Username').inputValue()).toBe(wiki.editor.name);
    expect(await agent.mirror.getByLabel('Password').inputValue()).not.toContain(wiki.editor.password);
    await agent.screenshot('dokuwiki-2-log-in');
    await shell.shared.getByRole('button', { name: 'Log In' }).click();
    await agree(shell, 'Logged in as');

    await shell.shared.getByTitle('[F]').fill('quince');
    await shell.shared.getByTitle('[F]').press('Enter');
    await agree(shell, 'Fulltext results');
    await agent.screenshot('dokuwiki-3-search');

    await shell.shared.getByRole('link', { name: 'start', exact: true }).first().click();
    await agree(shell, 'Apples, pears and a quince.');
    await shell.shared.getByRole('link', { name: 'Edit this page' }).first().click();
    const editor = shell.shared.locator('textarea[name="wikitext"]');
    await editor.waitFor();
    const text = '====== Orchard ======\n\nApples, pears and **two** quinces.\n\nSee [[cellar|the cellar]].';
    await editor.fill(text);
    await expect.poll(() => agent.mirror.locator('textarea[name="wikitext"]').inputValue()).toBe(text);
    await agent.screenshot('dokuwiki-4-edit');
    await shell.shared.getByRole('button', { name: 'Save' }).click();
    await agree(shell, 'Apples, pears and two quinces.');
    await agent.screenshot('dokuwiki-5-saved');

    // Read back past the gateway.
    const direct = await (await openContext(browser)).context.newPage();
    await direct.goto(`${wiki.origin}/doku.php?id=start`);
    await direct.getByText('Apples, pears and two quinces.').waitFor();
    const cellar = await direct.getByRole('link', { name: 'the cellar' }).getAttribute('href');
    expect(cellar).toBe('/doku.php?id=cellar');
    const stored = await wiki.stored();
    const { sid } = [...gateway.sessions.all()].at(-1)!;
    expect(stored).toContain('quinces');
    for (const trace of [sid, gateway.places.base, 'tandem']) expect(stored.includes(trace)).toBe(false);
    expect(errors).toEqual([]);
  }, 90_000);
});

it.runIf(missing !== undefined)('DokuWiki is there to be tried', ({ skip }) => skip(missing));
