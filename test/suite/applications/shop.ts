// EverShop: a shop of React, rendered at the server, with style sheet and fonts on a CDN's host.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { dirname, join } from 'node:path';
import express from 'express';
import { until } from '../../e2e/until.ts';
import { findFreePort } from '../../free-port.ts';
import type { Application, Running } from '../application.ts';
import { needDebian } from '../install/debian.ts';
import { needNpm, packagesOf } from '../install/npm.ts';
import { POSTGRES, startPostgres } from '../postgres.ts';
import { startProgram } from '../processes.ts';
import type { Walk } from '../walk.ts';

const MERCHANT = { email: 'merchant@example.com', password: 'willow-bark-7' };
const CATEGORY = '/accessories';
const CUP = `${CATEGORY}/ceramic-coffee-cup-white`;

/** As a CDN answers: for every site, and for long. */
async function startCdn(): Promise<Running> {
  const app = express();
  const setHeaders = (res: { set(name: string, value: string): unknown }): void => {
    res.set('Access-Control-Allow-Origin', '*');
    res.set('Cross-Origin-Resource-Policy', 'cross-origin');
  };
  const options = { setHeaders, maxAge: '1y', immutable: true };
  app.use('/fonts', express.static(join(packagesOf('shop'), '@fontsource/caveat'), options));
  const server = createServer(app);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    ports: { cdn: (server.address() as AddressInfo).port },
    async stop() {
      server.closeAllConnections();
      server.close();
    },
  };
}

async function signUp({ page, step, open, mark }: Walk): Promise<void> {
  await step('open an account', async () => {
    await open('/account/register');
    await page.getByPlaceholder('Full Name').fill(`Wanda ${mark}`);
    await page.getByPlaceholder('Email').fill(`${mark}@example.com`);
    await page.getByPlaceholder('Password').fill('willow-bark-7');
    await page.getByRole('button', { name: 'Sign Up' }).click();
    await page.getByRole('heading', { name: 'Create account' }).waitFor({ state: 'detached' });
  });
  await step('look at it', async () => {
    await open('/account');
    await page.getByText(`Wanda ${mark}`).first().waitFor();
  });
}

export const shop: Application = {
  name: 'shop',
  title: 'EverShop',
  kind: 'shop of server-rendered React, with a CDN host',
  version: '2.2.1',
  from: 'npm @evershop/evershop, Debian postgresql-15',
  hosts: ['shop'],
  resources: ['cdn'],
  need: async () => (await needDebian({ install: POSTGRES })) ?? (await needNpm('shop')),
  async start({ folder, origin }) {
    const root = dirname(packagesOf('shop'));
    // What was started is stopped, in whichever step it fails.
    await using started = new AsyncDisposableStack();
    const database = await startPostgres(folder);
    started.defer(() => database.stop());
    const port = await findFreePort();
    const fonts = { rel: 'stylesheet', href: `${origin('cdn')}/fonts/index.css` };
    await mkdir(join(folder, 'config'));
    await writeFile(
      join(folder, 'config/default.json'),
      JSON.stringify({
        shop: { homeUrl: origin('shop'), currency: 'EUR', language: 'en' },
        themeConfig: { headTags: { links: [fonts], scripts: [], metas: [], base: {} } },
      }),
    );
    const env = {
      NODE_CONFIG_DIR: join(folder, 'config'),
      NODE_ENV: 'production',
      DB_HOST: '127.0.0.1',
      DB_PORT: String(database.port),
      DB_NAME: 'wanda',
      DB_USER: 'wanda',
      DB_PASSWORD: 'none',
      DB_SSLMODE: 'disable',
      PORT: String(port),
    };
    const command = join(root, 'node_modules/.bin/evershop');
    const evershop = (...args: string[]): void => {
      const options = { cwd: root, env: { ...process.env, ...env }, encoding: 'utf8' } as const;
      const { status, stdout, stderr } = spawnSync('node', [command, ...args], options);
      if (status !== 0) throw new Error(`evershop ${args[0]}: ${(stdout + stderr).slice(-800)}`);
    };
    // The pages do not depend on the configuration: they are built once, in minutes.
    if (!existsSync(join(root, '.evershop/build'))) evershop('build');
    const program = await startProgram('node', [command, 'start'], {
      cwd: root,
      env,
      ready: `http://127.0.0.1:${port}/`,
    });
    started.defer(() => program.stop());
    const { email, password } = MERCHANT;
    evershop('user:create', '--email', email, '--password', password, '--name', 'Merchant');
    const answers = (path: string) => async (): Promise<true | undefined> =>
      (await fetch(`http://127.0.0.1:${port}${path}`)).ok || undefined;
    evershop('seed', '--attributes', '--categories', '--collections', '--pages');
    // Addresses are made in a process of its own, and a thing's holds its category's only where that is there already: nobody comes back to it.
    await until(answers(CATEGORY), 'the shop to know its category', 60_000);
    // Its pictures are on a host out of reach, so products are without.
    evershop('seed', '--products');
    await until(answers(CUP), 'the shop to know its things', 60_000);
    const cdn = await startCdn();
    started.defer(() => cdn.stop());
    const running = started.move();
    return { ports: { shop: port, ...cdn.ports }, stop: () => running.disposeAsync() };
  },
  flows: [
    {
      title: 'open an account, put a cup into the cart, find both again',
      async walk(walk) {
        const { page, step, open, mark, direct } = walk;
        await signUp(walk);
        await step('choose a cup', async () => {
          await open(CUP);
          await page.getByRole('button', { name: 'White' }).click();
          // The page comes anew with the choice.
          await page.locator('.selected').getByRole('button', { name: 'White' }).waitFor();
          await page.locator('input[name=qty]').fill('2');
        });
        await step('put it into the cart', async () => {
          await page.getByRole('button', { name: 'Add to cart' }).click();
          await page.getByLabel(/^Shopping cart with [1-9]/).waitFor();
        });
        await step('look at the cart', async () => {
          await open('/cart');
          await page.getByText('Ceramic Coffee Cup - White').first().waitFor();
          await page.getByText('€30.00').first().waitFor();
        });
        // The seeds bring neither ways to pay nor to send, so an order ends at the address.
        await step('go to the checkout, and say where to', async () => {
          await page.getByText('Proceed to checkout').click();
          await page.getByPlaceholder('Telephone').fill('+49 30 1234567');
          await page.getByPlaceholder('Full name').fill(`Wanda ${mark}`);
          await page.getByPlaceholder('Address', { exact: true }).fill('Willow Lane 7');
          await page.getByPlaceholder('City').fill('Orchard');
        });
        await step('read it back', async () => {
          const other = await direct('/account/login');
          await other.getByPlaceholder('Email').fill(`${mark}@example.com`);
          await other.getByPlaceholder('Password').fill('willow-bark-7');
          await other.getByRole('button', { name: 'Sign In' }).click();
          await other.getByRole('heading', { name: 'Sign in' }).waitFor({ state: 'detached' });
          await other.goto(new URL('/account', other.url()).href);
          await other.getByText(`Wanda ${mark}`).first().waitFor();
        });
      },
    },
    {
      title: 'look for a thing by category and by words',
      async walk({ page, step, open }) {
        await step('open a category', async () => {
          await open(CATEGORY);
          await page.getByText('Ceramic Coffee Cup - Black').first().waitFor();
        });
        await step('look at a thing', async () => {
          await page.getByText('Ceramic Coffee Cup - Black').first().click();
          await page.getByRole('heading', { name: 'Ceramic Coffee Cup - Black' }).waitFor();
        });
        await step('search', async () => {
          await page.getByLabel('Search').first().click();
          await page.getByPlaceholder('Search').first().fill('pen holder');
          await page.getByPlaceholder('Search').first().press('Enter');
          await page
            .getByText(/Pen Holder/)
            .first()
            .waitFor();
        });
      },
    },
    {
      title: 'see what comes from the CDN',
      async walk({ page, step, open, frame }) {
        await step('open the shop', async () => {
          await open('/');
          await page.locator('.logo-icon').first().waitFor();
        });
        await step('its font is there', async () => {
          const faces = await (await frame()).evaluate(
            async () => (await document.fonts.load('16px Caveat')).length,
          );
          if (faces === 0) throw new Error('The font of the CDN did not load.');
        });
      },
    },
  ],
};
