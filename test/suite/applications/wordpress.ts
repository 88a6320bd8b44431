// WordPress: posts written in the block editor, comments, pictures.
import { spawnSync } from 'node:child_process';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Application } from '../application.ts';
import { copyUnpacked, needDebian } from '../install/debian.ts';
import { MARIADB, startMariaDb } from '../mariadb.ts';
import { startPhp } from '../php.ts';
import type { Walk } from '../walk.ts';

const THEME = 'wordpress-theme-twentytwentythree';

async function logIn({ page, step, open }: Walk): Promise<void> {
  await step('open', async () => {
    await open('/wp-login.php');
    await page.getByLabel('Username or Email Address').waitFor();
  });
  await step('log in', async () => {
    await page.getByLabel('Username or Email Address').fill('wanda');
    await page.locator('#user_pass').fill('willow-bark');
    await page.getByRole('button', { name: 'Log In' }).click();
    await page.locator('#wpadminbar').waitFor();
  });
}

export const wordpress: Application = {
  name: 'wordpress',
  title: 'WordPress',
  kind: 'CMS, PHP and React',
  version: '6.1.9',
  from: 'Debian wordpress, mariadb-server 10.11',
  hosts: ['blog'],
  need: () => needDebian({ install: ['php-cli', ...MARIADB], unpack: ['wordpress', THEME] }),
  async start({ folder, origin }) {
    const root = join(folder, 'blog');
    copyUnpacked('wordpress', 'usr/share/wordpress', root);
    copyUnpacked(
      THEME,
      'usr/share/wordpress/wp-content/themes/twentytwentythree',
      join(root, 'wp-content/themes'),
    );
    await rm(join(root, 'wp-config.php'), { force: true });
    const database = await startMariaDb(folder);
    database.run('CREATE DATABASE blog');
    await writeFile(
      join(root, 'wp-config.php'),
      `<?php
define('DB_NAME', 'blog'); define('DB_USER', 'wanda'); define('DB_PASSWORD', 'willow-bark');
define('DB_HOST', 'localhost:${database.socket}'); define('DB_CHARSET', 'utf8mb4'); define('DB_COLLATE', '');
define('AUTH_KEY', 'a'); define('SECURE_AUTH_KEY', 'b'); define('LOGGED_IN_KEY', 'c'); define('NONCE_KEY', 'd');
define('WP_HTTP_BLOCK_EXTERNAL', true); define('DISABLE_WP_CRON', true); define('WP_AUTO_UPDATE_CORE', false);
define('WP_HOME', '${origin('blog')}'); define('WP_SITEURL', '${origin('blog')}');
define('FS_METHOD', 'direct');
$table_prefix = 'wp_';
if (!defined('ABSPATH')) define('ABSPATH', __DIR__ . '/');
require_once ABSPATH . 'wp-settings.php';
`,
    );
    const install = `
$_SERVER['HTTP_HOST'] = '${new URL(origin('blog')).host}';
define('WP_INSTALLING', true); require '${root}/wp-load.php'; require ABSPATH . 'wp-admin/includes/upgrade.php';
wp_install('Orchard Blog', 'wanda', 'wanda@example.com', true, '', 'willow-bark');
switch_theme('twentytwentythree'); update_option('comment_moderation', 0); update_option('comment_previously_approved', 0);
update_user_meta(1, 'wp_persisted_preferences', ['core/edit-post' => ['welcomeGuide' => false]]);`;
    const { status, stdout, stderr } = spawnSync('php', ['-r', install], { encoding: 'utf8' });
    if (status !== 0) throw new Error(`WordPress was not installed: ${(stdout + stderr).slice(-500)}`);
    return await startPhp('blog', root, { path: '/wp-login.php', beside: database });
  },
  flows: [
    {
      title: 'write a post in the block editor, read it back',
      async walk(walk) {
        const { page, step, open, mark, direct, keyboard } = walk;
        await logIn(walk);
        await step('open the editor', async () => {
          await open('/wp-admin/post-new.php');
          await page.getByRole('textbox', { name: 'Add title' }).waitFor();
        });
        await step('write', async () => {
          await page.getByRole('textbox', { name: 'Add title' }).click();
          await keyboard.type(mark);
          await keyboard.press('Enter');
          await keyboard.type('Apples and pears.');
          await page.getByText('Apples and pears.').first().waitFor();
        });
        await step('publish', async () => {
          await page.getByRole('button', { name: 'Publish', exact: true }).first().click();
          await page
            .locator('.editor-post-publish-panel')
            .getByRole('button', { name: 'Publish', exact: true })
            .click();
          await page.getByText('is now live').first().waitFor();
        });
        await step('view the post', async () => {
          await page
            .locator('.post-publish-panel__postpublish-buttons a, .components-snackbar a')
            .first()
            .click();
          await page.locator('h1', { hasText: mark }).waitFor();
        });
        await step('read it back', async () => {
          const other = await direct('/');
          await other.getByRole('link', { name: mark }).first().click();
          await other.getByText('Apples and pears.').first().waitFor();
        });
      },
    },
    {
      title: 'comment on a post as a visitor',
      async walk({ page, step, open, mark, direct }) {
        await step('open the post', async () => {
          await open('/?p=1');
          await page.locator('#comment').waitFor();
        });
        await step('write', async () => {
          await page.locator('#comment').fill(`A thought: ${mark}`);
          await page.locator('#author').fill('Ada');
          await page.locator('#email').fill('ada@example.com');
          await page.locator('#submit').click();
          await page.getByText(`A thought: ${mark}`).waitFor();
        });
        await step('read it back', async () => {
          const other = await direct('/?p=1');
          await other.getByText(`A thought: ${mark}`).waitFor();
        });
      },
    },
    {
      title: 'upload a picture, find it in the library',
      async walk(walk) {
        const { page, step, open, mark, direct } = walk;
        await logIn(walk);
        await step('open the uploader', async () => {
          await open('/wp-admin/media-new.php?browser-uploader');
          await page.locator('#async-upload').waitFor();
        });
        await step('upload', async () => {
          await page
            .locator('#async-upload')
            .setInputFiles({ name: `${mark}.png`, mimeType: 'image/png', buffer: PIXEL });
          await page.locator('#html-upload').click();
          await page.locator('.wp-list-table, .attachments').first().waitFor();
        });
        await step('look at its details', async () => {
          await open('/wp-admin/upload.php?mode=grid');
          await page.locator(`.attachment[aria-label*="${mark}"]`).first().click();
          await page.locator('.attachment-details .details').waitFor();
        });
        await step('read it back', async () => {
          const url = await page.locator('#attachment-details-two-column-copy-link').inputValue();
          const other = await direct(new URL(url).pathname);
          await other.locator('img').waitFor();
        });
      },
    },
    {
      title: 'customise the site in its preview',
      async walk(walk) {
        const { page, step, open, mark, direct } = walk;
        await logIn(walk);
        await step('open the customiser', async () => {
          await open('/wp-admin/customize.php?autofocus[control]=blogname');
          await page.locator('#_customize-input-blogname').waitFor();
          await page
            .frameLocator('#customize-preview iframe')
            .locator('.wp-block-site-title')
            .first()
            .waitFor();
        });
        await step('write the title, see it in the preview', async () => {
          await page.locator('#_customize-input-blogname').fill(mark);
          await page
            .frameLocator('#customize-preview iframe')
            .last()
            .locator('.wp-block-site-title', { hasText: mark })
            .first()
            .waitFor();
        });
        await step('publish', async () => {
          await page.getByRole('button', { name: 'Publish', exact: true }).click();
          await page.getByRole('button', { name: 'Published', exact: true }).waitFor();
        });
        await step('read it back', async () => {
          const other = await direct('/');
          await other.locator('.wp-block-site-title', { hasText: mark }).first().waitFor();
        });
      },
    },
    {
      title: 'write the tagline into the settings, keep the addresses there',
      async walk(walk) {
        const { page, step, open, mark, direct } = walk;
        await logIn(walk);
        await step('open the settings', async () => {
          await open('/wp-admin/options-general.php');
          await page.locator('#blogdescription').waitFor();
        });
        await step('write the tagline', async () => {
          await page.locator('#blogdescription').fill(mark);
          await page.locator('#submit').click();
          await page.locator('#setting-error-settings_updated').waitFor();
        });
        await step('its own address is as it was', async () => {
          const other = await direct('/?rest_route=/');
          const { home, url } = JSON.parse(await other.locator('body').innerText()) as Record<string, string>;
          const { origin } = new URL(other.url());
          if (home !== origin || url !== origin) throw new Error(`The addresses are ${home} and ${url}`);
        });
      },
    },
  ],
};

const PIXEL = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);
