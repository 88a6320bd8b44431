// Sphinx's own documentation: static pages whose search is a script with an index.
import { join } from 'node:path';
import type { Application } from '../application.ts';
import { copyUnpacked, needDebian } from '../install/debian.ts';
import { serveFiles } from '../static-files.ts';

export const sphinx: Application = {
  name: 'sphinx',
  title: 'Sphinx documentation',
  kind: 'static documentation with search',
  version: '5.3.0',
  from: 'Debian sphinx-doc',
  hosts: ['docs'],
  need: () => needDebian({ install: ['libjs-sphinxdoc'], unpack: ['sphinx-doc'] }),
  async start({ folder }) {
    const root = join(folder, 'html');
    copyUnpacked('sphinx-doc', 'usr/share/doc/sphinx-doc/html', root);
    return await serveFiles('docs', { '/': root });
  },
  flows: [
    {
      title: 'search, go to what was found',
      async walk({ page, step, open }) {
        await step('open', async () => {
          await open('/index.html');
          await page.locator('input[name=q]').first().waitFor();
        });
        await step('ask', async () => {
          await page.locator('input[name=q]').first().fill('napoleon');
          await page.locator('input[name=q]').first().press('Enter');
          await page.locator('#search-results li a').first().waitFor();
          await page.locator('#search-results .search-summary').filter({ hasText: 'finished' }).waitFor();
        });
        await step('go there', async () => {
          await page.locator('#search-results li a').first().click();
          await page.locator('.highlighted').first().waitFor();
        });
      },
    },
    {
      title: 'read on by links and anchors',
      async walk({ page, step, open }) {
        await step('open', async () => {
          await open('/usage/quickstart.html');
          await page.locator('h1').first().waitFor();
        });
        await step('go to an anchor', async () => {
          await page.locator('.sphinxsidebar a[href="#running-the-build"]').first().click();
        });
        await step('go on', async () => {
          await page.locator('.body a.reference.internal').first().click();
          await page.locator('h1').first().waitFor();
        });
        await step('open the source of a page, which is plain text', async () => {
          await open('/_sources/usage/quickstart.rst.txt');
          await page.locator('pre', { hasText: 'Getting Started' }).waitFor();
        });
      },
    },
  ],
};
