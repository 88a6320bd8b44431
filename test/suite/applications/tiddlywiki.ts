// TiddlyWiki on Node: the whole wiki is one page, which saves by itself in the background.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { until } from '../../e2e/until.ts';
import { findFreePort } from '../../free-port.ts';
import type { Application } from '../application.ts';
import { needNpm, packagesOf } from '../install/npm.ts';
import { startProgram } from '../processes.ts';

export const tiddlywiki: Application = {
  name: 'tiddlywiki',
  title: 'TiddlyWiki',
  kind: 'wiki, Node, one page',
  version: '5.4.1',
  from: 'npm tiddlywiki',
  hosts: ['tiddly'],
  need: () => needNpm('tiddlywiki'),
  async start({ folder }) {
    const script = join(packagesOf('tiddlywiki'), 'tiddlywiki/tiddlywiki.js');
    const wiki = join(folder, 'wiki');
    const port = await findFreePort();
    const ready = `http://127.0.0.1:${port}/`;
    spawnSync('node', [script, wiki, '--init', 'server']);
    const { stop } = await startProgram(
      'node',
      [script, wiki, '--listen', `port=${port}`, 'anonymous-username=wanda'],
      { ready },
    );
    return { ports: { tiddly: port }, stop };
  },
  flows: [
    {
      title: 'write a tiddler, read it back',
      async walk({ page, step, open, mark, direct }) {
        await step('open', async () => {
          await open('/');
          await page
            .getByRole('button', { name: 'new tiddler' })
            .or(page.locator('.tc-btn-\\%24\\:\\/core\\/ui\\/Buttons\\/new-tiddler'))
            .first()
            .waitFor();
        });
        await step('begin a tiddler', async () => {
          await page.locator('button[class*="new-tiddler"]').first().click();
          await page.locator('.tc-titlebar input.tc-edit-texteditor, input.tc-titlebar').first().fill(mark);
        });
        await step('write', async () => {
          const field = page
            .frameLocator('.tc-edit-texteditor-body ~ iframe, iframe.tc-edit-texteditor-body')
            .locator('textarea');
          await field.first().fill(`Some words about ''${mark}''.`);
        });
        await step('save', async () => {
          await page.locator('.tc-tiddler-edit-frame button[class*="save"]').first().click();
          await page.locator(`[data-tiddler-title="${mark}"] strong`).waitFor();
        });
        await step('read it back', async () => {
          await until(
            async () => {
              const other = await direct(`/#${mark}`);
              return (await other.locator(`[data-tiddler-title="${mark}"] strong`).count()) > 0 || undefined;
            },
            'tiddler at the server',
            15_000,
          );
        });
      },
    },
    {
      title: 'search and settings',
      async walk({ page, step, open }) {
        await step('open', async () => {
          await open('/');
          await page.locator('.tc-sidebar-search input').first().waitFor();
        });
        await step('search', async () => {
          await page.locator('.tc-sidebar-search input').first().fill('theme');
          await page.locator('.tc-search-results, .tc-search-drop-down').first().waitFor();
        });
        await step('close the search', async () => {
          await page.locator('.tc-sidebar-search input').first().fill('');
        });
        await step('open a tab of the sidebar', async () => {
          await page.locator('.tc-sidebar-lists .tc-tab-buttons button', { hasText: 'More' }).first().click();
          await page
            .locator('.tc-sidebar-lists .tc-tab-buttons button', { hasText: 'Shadows' })
            .first()
            .waitFor();
        });
      },
    },
  ],
};
