// DokuWiki: a wiki in PHP that keeps its pages in files.
import { needApps } from '../../../scripts/need-apps.ts';
import { startDokuWiki } from '../../e2e/dokuwiki.ts';
import type { Application } from '../application.ts';
import type { Walk } from '../walk.ts';

async function logIn({ page, step, open }: Walk): Promise<void> {
  await step('open', async () => {
    await open('/doku.php?id=start');
    await page.getByText('Apples, pears').waitFor();
  });
  await step('log in', async () => {
    await page.getByRole('link', { name: 'Log In' }).click();
    await page.getByLabel('Username').fill('wanda');
    await page.getByLabel('Password').fill('willow-bark');
    await page.getByRole('button', { name: 'Log In' }).click();
    await page.getByText('Logged in as').waitFor();
  });
}

export const dokuwiki: Application = {
  name: 'dokuwiki',
  title: 'DokuWiki',
  kind: 'wiki, PHP',
  version: '2022-07-31b',
  from: 'Debian dokuwiki 0.0.20220731.a',
  hosts: ['wiki'],
  need: needApps,
  async start() {
    const { port, stop } = await startDokuWiki();
    return { ports: { wiki: port }, stop };
  },
  flows: [
    {
      title: 'write a page, read it back',
      async walk(walk) {
        const { page, step, open, mark, direct } = walk;
        await logIn(walk);
        const link = `http://wiki.example/${mark}`;
        await step('edit', async () => {
          await open(`/doku.php?id=${mark}&do=edit`);
          await page
            .locator('textarea[name="wikitext"]')
            .fill(`====== ${mark} ======\n\nSee [[start]] and [[${link}|there]].`);
        });
        await step('preview', async () => {
          await page.getByRole('button', { name: 'Preview' }).click();
          await page.locator('.preview h1').waitFor();
        });
        await step('save', async () => {
          await page.getByRole('button', { name: 'Save' }).click();
          await page.locator('h1', { hasText: mark }).waitFor();
        });
        await step('read it back', async () => {
          const other = await direct(`/doku.php?id=${mark}`);
          await other.locator('h1', { hasText: mark }).waitFor();
          const start = await other.locator('a.wikilink1', { hasText: 'start' }).getAttribute('href');
          if (start !== '/doku.php?id=start') throw new Error(`The link is ${start}`);
        });
      },
    },
    {
      title: 'search',
      async walk({ page, step, open }) {
        await step('ask', async () => {
          await open('/doku.php?id=start');
          await page.getByTitle('[F]').fill('quince');
          await page.getByTitle('[F]').press('Enter');
          await page.getByText('Fulltext results').waitFor();
        });
        await step('go there', async () => {
          await page.locator('dl.search_results a').first().click();
          await page.getByText('Apples, pears').waitFor();
        });
      },
    },
    {
      title: 'upload a picture',
      async walk(walk) {
        const { page, step, open, mark, direct } = walk;
        await logIn(walk);
        await step('open the media manager', async () => {
          await open('/doku.php?id=start&do=media');
          await page.getByRole('link', { name: 'Upload', exact: true }).click();
          await page.locator('.qq-upload-button input[type=file]').waitFor({ state: 'attached' });
        });
        await step('upload', async () => {
          const file = { name: `${mark}.png`, mimeType: 'image/png', buffer: PIXEL };
          await page.locator('.qq-upload-button input[type=file]').setInputFiles(file);
          await page.locator('#mediamanager__upload_button').click();
          await page
            .locator('.qq-upload-list .success, .qq-upload-list .qq-upload-success')
            .first()
            .waitFor();
        });
        await step('read it back', async () => {
          const other = await direct('/doku.php?id=start');
          const answer = await other.goto(new URL(`/lib/exe/fetch.php?media=${mark}.png`, other.url()).href);
          if (!(await answer!.body()).equals(PIXEL)) throw new Error('The picture is another one.');
        });
      },
    },
  ],
};

const PIXEL = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);
