// Django's own administration, with the contributed flat pages: server-rendered forms with CSRF tokens.
import { spawnSync } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { findFreePort } from '../../free-port.ts';
import type { Application } from '../application.ts';
import { needDebian } from '../install/debian.ts';
import { startProgram } from '../processes.ts';
import type { Scope, Walk } from '../walk.ts';

const PYTHON = '/usr/bin/python3';

async function logIn({ page, step, open }: Walk): Promise<void> {
  await step('open', async () => {
    await open('/admin/');
    await page.getByLabel('Username').waitFor();
  });
  await step('log in', async () => {
    await page.getByLabel('Username').fill('wanda');
    await page.getByLabel('Password').fill('willow-bark');
    await page.getByRole('button', { name: 'Log in' }).click();
    await page.getByText('Site administration').first().waitFor();
  });
}

export const django: Application = {
  name: 'django',
  title: 'Django admin',
  kind: 'administration, Python',
  version: '3.2.25',
  from: 'Debian python3-django',
  hosts: ['django'],
  need: () => needDebian({ install: ['python3-django'] }),
  async start({ folder }) {
    const manage = (...args: string[]): void => {
      const env = { ...process.env, DJANGO_SUPERUSER_PASSWORD: 'willow-bark' };
      const { status, stderr } = spawnSync(PYTHON, ['manage.py', ...args], {
        cwd: folder,
        env,
        encoding: 'utf8',
      });
      if (status !== 0) throw new Error(`manage.py ${args[0]}: ${stderr.slice(-400)}`);
    };
    spawnSync(PYTHON, ['-m', 'django', 'startproject', 'orchard', folder]);
    const settings = join(folder, 'orchard/settings.py');
    const text = await readFile(settings, 'utf8');
    await writeFile(
      settings,
      `${text.replace('ALLOWED_HOSTS = []', "ALLOWED_HOSTS = ['*']")}
SITE_ID = 1
INSTALLED_APPS += ['django.contrib.sites', 'django.contrib.flatpages', 'django.contrib.redirects']
MIDDLEWARE += ['django.contrib.flatpages.middleware.FlatpageFallbackMiddleware', 'django.contrib.redirects.middleware.RedirectFallbackMiddleware']
TEMPLATES[0]['DIRS'] = [BASE_DIR / 'templates']
`,
    );
    spawnSync('mkdir', ['-p', join(folder, 'templates/flatpages')]);
    await writeFile(
      join(folder, 'templates/flatpages/default.html'),
      '<!doctype html><title>{{ flatpage.title }}</title><main>{{ flatpage.content }}</main>',
    );
    manage('migrate');
    manage('createsuperuser', '--noinput', '--username', 'wanda', '--email', 'wanda@example.com');
    const port = await findFreePort();
    const { stop } = await startProgram(
      PYTHON,
      ['manage.py', 'runserver', '--noreload', `127.0.0.1:${port}`],
      { cwd: folder, ready: `http://127.0.0.1:${port}/admin/login/` },
    );
    return { ports: { django: port }, stop };
  },
  flows: [
    {
      title: 'write a flat page, see it on the site',
      async walk(walk) {
        const { page, step, open, mark, direct, frame } = walk;
        await logIn(walk);
        await step('begin a page', async () => {
          await page.locator('.model-flatpage .addlink').click();
          await page.getByLabel('URL').waitFor();
        });
        await step('write it', async () => {
          const here = new URL(await frame().then((at) => at.evaluate(() => location.href)));
          await page.getByLabel('URL').fill(`/${mark}/`);
          await page.getByLabel('Title').fill(mark);
          // As an editor does that copies an address from the bar or a link.
          await page.getByLabel('Content').fill(`<a id="up" href="${here.origin}/admin/">${mark}</a>`);
          await page.getByLabel('Sites').selectOption({ index: 0 });
        });
        await step('save', async () => {
          await page.getByRole('button', { name: 'Save', exact: true }).click();
          await page.locator('.messagelist .success').waitFor();
        });
        await step('view on site', async () => {
          await open(`/${mark}/`);
          await page.locator('#up').waitFor();
        });
        await step('read it back', async () => {
          const other = await direct(`/${mark}/`);
          const link = await other.locator('#up').getAttribute('href');
          if (link !== `${new URL(other.url()).origin}/admin/`) throw new Error(`The link is ${link}`);
        });
      },
    },
    {
      title: 'give permissions by the two lists, search, delete',
      async walk(walk) {
        const { page, step, mark } = walk;
        await logIn(walk);
        await step('begin a group', async () => {
          await page.locator('.model-group .addlink').click();
          await page.getByLabel('Name').fill(mark);
        });
        await step('choose permissions', async () => {
          await page.locator('#id_permissions_input').fill('flat page');
          await page.locator('#id_permissions_add_all_link').click();
          await page.locator('#id_permissions_to option').nth(1).waitFor({ state: 'attached' });
        });
        await step('save', async () => {
          await page.getByRole('button', { name: 'Save', exact: true }).click();
          await page.locator('.messagelist .success').waitFor();
        });
        await step('search', async () => {
          await page.locator('#searchbar').fill(mark);
          await page.locator('#searchbar').press('Enter');
          await page.locator('.paginator', { hasText: '1 group' }).waitFor();
        });
        await step('delete', async () => {
          await page.locator('#action-toggle').check();
          await page.locator('select[name=action]').selectOption('delete_selected');
          await page.getByRole('button', { name: 'Go' }).click();
          await page.locator('input[type=submit]').click();
          await page.locator('.messagelist .success').waitFor();
        });
      },
    },
    {
      title: 'add what a form refers to in a window of its own',
      async walk(walk) {
        const { page, step, open, mark, nextWindow } = walk;
        await logIn(walk);
        await step('begin a page', async () => {
          await open('/admin/flatpages/flatpage/add/');
          await page.getByLabel('URL').fill(`/${mark}/`);
          await page.getByLabel('Title').fill(mark);
        });
        let adding: Scope = page;
        await step('open a window for its site', async () => {
          adding = await nextWindow(() => page.locator('#add_id_sites').click());
          await adding.getByLabel('Domain name').fill(`${mark}.example`);
        });
        await step('add it', async () => {
          await adding.getByLabel('Display name').fill(mark);
          await adding.getByRole('button', { name: 'Save', exact: true }).click();
          await page.locator('#id_sites option:checked', { hasText: mark }).waitFor({ state: 'attached' });
        });
        await step('save it, with what was written before', async () => {
          await page.getByRole('button', { name: 'Save', exact: true }).click();
          await page.locator('.messagelist .success', { hasText: mark }).waitFor();
        });
      },
    },
    {
      title: 'add a redirect, follow it, see the history of a user',
      async walk(walk) {
        const { page, step, open, mark, direct } = walk;
        await logIn(walk);
        await step('begin a redirect', async () => {
          await open('/admin/redirects/redirect/add/');
          await page.getByLabel('Redirect from').waitFor();
        });
        await step('save it', async () => {
          const here = new URL((await direct('/admin/')).url());
          await page.getByLabel('example.com').check();
          await page.getByLabel('Redirect from').fill(`/${mark}/`);
          await page.getByLabel('Redirect to').fill(`${here.origin}/admin/auth/user/`);
          await page.getByRole('button', { name: 'Save', exact: true }).click();
          await page.locator('.messagelist .success').waitFor();
        });
        await step('follow it', async () => {
          await open(`/${mark}/`);
          await page.locator('#result_list a', { hasText: 'wanda' }).waitFor();
        });
        await step('see the history of a user', async () => {
          await page.locator('#result_list a', { hasText: 'wanda' }).click();
          await page.locator('.historylink').click();
          await page.getByText('Change history').first().waitFor();
        });
      },
    },
  ],
};
