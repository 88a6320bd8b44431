// phpMyAdmin: tables and queries, pages that are exchanged in the background.
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Locator } from 'playwright-core';
import { until } from '../../e2e/until.ts';
import type { Application } from '../application.ts';
import { copyUnpacked, needDebian } from '../install/debian.ts';
import { MARIADB, startMariaDb } from '../mariadb.ts';
import { startPhp } from '../php.ts';
import type { Walk } from '../walk.ts';

async function logIn({ page, step, open }: Walk): Promise<void> {
  await step('open', async () => {
    await open('/');
    await page.locator('#input_username').waitFor();
  });
  await step('log in', async () => {
    await page.locator('#input_username').fill('wanda');
    await page.locator('#input_password').fill('willow-bark');
    await page.locator('#input_go').click();
    await page.locator('#pma_navigation_tree').getByText('orchard').first().waitFor();
  });
}

/** While something is still being fetched, clicks are ignored. */
async function press(link: Locator, shown: Locator): Promise<void> {
  const pressed = async (): Promise<true | undefined> => {
    if (await link.isVisible()) await link.click();
    return await shown.waitFor({ timeout: PATIENCE_MS }).then(
      () => true,
      () => undefined,
    );
  };
  await until(pressed, 'page behind the link', 60_000);
}
const PATIENCE_MS = 5_000;

export const phpmyadmin: Application = {
  name: 'phpmyadmin',
  title: 'phpMyAdmin',
  kind: 'administration, PHP',
  version: '5.2.1',
  from: 'Debian phpmyadmin, mariadb-server 10.11',
  hosts: ['pma'],
  need: () => needDebian({ install: ['php-cli', ...MARIADB], unpack: ['phpmyadmin'] }),
  async start({ folder }) {
    const root = join(folder, 'pma');
    copyUnpacked('phpmyadmin', 'usr/share/phpmyadmin', root);
    const vendor = join(root, 'libraries/vendor_config.php');
    const text = await readFile(vendor, 'utf8');
    await writeFile(
      vendor,
      text.replaceAll('/etc/phpmyadmin/', `${root}/`).replaceAll('/var/lib/phpmyadmin/', `${root}/`),
    );
    const database = await startMariaDb(folder);
    database.run(
      'CREATE DATABASE orchard; CREATE TABLE orchard.trees (id INT PRIMARY KEY AUTO_INCREMENT, name VARCHAR(80), note TEXT)',
    );
    database.run("INSERT INTO orchard.trees (name, note) VALUES ('quince', 'by the wall'), ('pear', 'old')");
    await writeFile(
      join(root, 'config.inc.php'),
      `<?php
$cfg['blowfish_secret'] = '0123456789abcdef0123456789abcdef';
$cfg['Servers'][1] = ['auth_type' => 'cookie', 'host' => 'localhost', 'socket' => '${database.socket}'];
$cfg['TempDir'] = '${folder}'; $cfg['SendErrorReports'] = 'never'; $cfg['VersionCheck'] = false; $cfg['PmaNoRelation_DisableWarning'] = true;
`,
    );
    return await startPhp('pma', root, {
      settings: { 'session.save_path': folder },
      beside: database,
    });
  },
  flows: [
    {
      title: 'ask by SQL',
      async walk(walk) {
        const { page, step, open, keyboard } = walk;
        await logIn(walk);
        await step('open the query page', async () => {
          await open('/index.php?route=/database/sql&db=orchard');
          await page.locator('#sqlqueryform .CodeMirror').waitFor();
        });
        await step('write', async () => {
          await page.locator('#sqlqueryform .CodeMirror').click();
          await keyboard.press('Control+a');
          await keyboard.type('SELECT name, note FROM trees ORDER BY name');
        });
        await step('run', async () => {
          await page.locator('#button_submit_query').click();
          await page.locator('.table_results td', { hasText: 'quince' }).first().waitFor();
        });
      },
    },
    {
      title: 'insert a row, edit it in place, read it back',
      async walk(walk) {
        const { page, step, open, mark, direct } = walk;
        await logIn(walk);
        await step('open the form', async () => {
          await open('/index.php?route=/table/change&db=orchard&table=trees');
          await page.locator('[name="fields[multi_edit][0][b068931cc450442b63f5b3d276ea4297]"]').waitFor();
        });
        await step('insert', async () => {
          await page.locator('[name="fields[multi_edit][0][b068931cc450442b63f5b3d276ea4297]"]').fill(mark);
          await page.locator('#buttonYes').first().click();
          await page.getByText('1 row inserted').first().waitFor();
        });
        await step('browse', async () => {
          await open('/index.php?route=/sql&db=orchard&table=trees&pos=0');
          await page.locator('.table_results td', { hasText: mark }).first().waitFor();
        });
        await step('read it back', async () => {
          const other = await direct('/');
          await other.locator('#input_username').fill('wanda');
          await other.locator('#input_password').fill('willow-bark');
          await other.locator('#input_go').click();
          await other.locator('#pma_navigation_tree').getByText('orchard').first().waitFor();
          await other.goto(new URL('/index.php?route=/sql&db=orchard&table=trees&pos=0', other.url()).href);
          await other.locator('.table_results td', { hasText: mark }).first().waitFor();
        });
      },
    },
    {
      title: 'go through the tree and tabs',
      async walk(walk) {
        const { page, step } = walk;
        await logIn(walk);
        await step('open the database', async () => {
          await page.locator('#pma_navigation_tree').getByText('orchard').first().click();
          await page.locator('#tablesForm').getByText('trees').first().waitFor();
        });
        await step('open the structure', async () => {
          const link = page.locator('#tablesForm').getByRole('link', { name: 'Structure' }).first();
          await press(link, page.locator('#tablestructure'));
        });
        await step('open the search', async () => {
          const link = page.locator('#topmenu').getByRole('link', { name: 'Search' });
          await press(link, page.locator('#tbl_search_form'));
        });
      },
    },
  ],
};
