// SvelteKit's demonstration: rendered at the server, hydrated, forms that work by fetch, a game kept in a cookie.
import { spawnSync } from 'node:child_process';
import { cp, mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { findFreePort } from '../../free-port.ts';
import type { Application } from '../application.ts';
import { needNpm, packagesOf } from '../install/npm.ts';
import { startProgram } from '../processes.ts';

export const sverdle: Application = {
  name: 'sverdle',
  title: 'Sverdle, the demonstration of SvelteKit',
  kind: 'server-rendered Svelte',
  version: '6',
  from: 'npm create-svelte, @sveltejs/kit 2',
  hosts: ['sverdle'],
  need: () => needNpm('sverdle'),
  async start({ folder, origin }) {
    const packages = packagesOf('sverdle');
    const template = join(packages, 'create-svelte/dist/templates/default');
    await cp(join(template, 'assets'), folder, { recursive: true });
    const files = JSON.parse(await readFile(join(template, 'files.types=null.json'), 'utf8')) as {
      name: string;
      contents: string;
    }[];
    for (const { name, contents } of files) {
      await mkdir(dirname(join(folder, name)), { recursive: true });
      await writeFile(join(folder, name), contents);
    }
    // A link would lead the bundler out of the folder, to a second Svelte.
    await cp(packages, join(folder, 'node_modules'), { recursive: true, verbatimSymlinks: true });
    await writeFile(join(folder, 'package.json'), '{"name":"sverdle","type":"module","private":true}');
    await writeFile(
      join(folder, 'svelte.config.js'),
      "import adapter from '@sveltejs/adapter-node';\nexport default { kit: { adapter: adapter() } };\n",
    );
    await writeFile(
      join(folder, 'vite.config.js'),
      "import { sveltekit } from '@sveltejs/kit/vite';\nexport default { plugins: [sveltekit()] };\n",
    );
    const built = spawnSync('node', [join(folder, 'node_modules/vite/bin/vite.js'), 'build'], {
      cwd: folder,
      encoding: 'utf8',
    });
    if (built.status !== 0) throw new Error(`vite build: ${built.stderr.slice(-800)}`);
    const port = await findFreePort();
    const { stop } = await startProgram('node', ['build/index.js'], {
      cwd: folder,
      env: { PORT: String(port), HOST: '127.0.0.1', ORIGIN: origin('sverdle') },
      ready: `http://127.0.0.1:${port}/`,
    });
    return { ports: { sverdle: port }, stop };
  },
  flows: [
    {
      title: 'count',
      async walk({ page, step, open }) {
        await step('open', async () => {
          await open('/');
          await page.getByRole('button', { name: 'Increase the counter by one' }).waitFor();
        });
        await step('press', async () => {
          await page.getByRole('button', { name: 'Increase the counter by one' }).click();
          await page.locator('.counter-viewport strong', { hasText: '1' }).first().waitFor();
        });
        await step('go to another page', async () => {
          await page.getByRole('link', { name: 'About' }).click();
          await page.getByText('This is a SvelteKit app').waitFor();
        });
      },
    },
    {
      title: 'guess a word, and find it again',
      async walk({ page, step, open, keyboard }) {
        await step('open the game', async () => {
          await open('/');
          await page.getByRole('link', { name: 'Sverdle' }).click();
          await page.getByRole('button', { name: 'enter' }).waitFor();
        });
        await step('guess', async () => {
          for (const letter of 'crane') await page.getByRole('button', { name: letter, exact: true }).click();
          await page.getByRole('button', { name: 'enter' }).click();
          await page.locator('.row').first().locator('.exact, .close, .missing').nth(4).waitFor();
        });
        await step('come back', async () => {
          await open('/sverdle');
          await page.locator('.row').first().locator('.exact, .close, .missing').nth(4).waitFor();
          await keyboard.press('Escape');
        });
      },
    },
  ],
};
