// Etherpad: several people write in one document at once, in an editor of frames within frames, over Socket.IO.
import { cp, mkdir, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { FrameLocator, Page } from 'playwright-core';
import { findFreePort } from '../../free-port.ts';
import type { Application } from '../application.ts';
import { needNpm, packagesOf } from '../install/npm.ts';
import { startProgram } from '../processes.ts';
import type { Walk } from '../walk.ts';

const WELCOME = 'Orchard notes';

/** The text of a pad, which lies two frames deep. */
function textIn(page: Walk['page'] | Page): ReturnType<FrameLocator['locator']> {
  return page
    .frameLocator('iframe[name=ace_outer]')
    .frameLocator('iframe[name=ace_inner]')
    .locator('#innerdocbody');
}

/** Someone with a browser of his own opens the same pad. */
async function joinPad({ direct, mark }: Walk): Promise<Page> {
  const other = await direct(`/p/${mark}`);
  await textIn(other).getByText(WELCOME).waitFor();
  return other;
}

async function openPad({ page, step, open, mark }: Walk): Promise<void> {
  await step('open', async () => {
    await open('/');
    await page.locator('#padname').waitFor();
  });
  await step('make a pad', async () => {
    await page.locator('#padname').fill(mark);
    await page.locator('#go2Name button').click();
    await textIn(page).getByText(WELCOME).waitFor();
  });
}

export const etherpad: Application = {
  name: 'etherpad',
  title: 'Etherpad',
  kind: 'collaborative editor, frames within frames',
  version: '1.8.14',
  from: 'npm ep_etherpad-lite',
  hosts: ['pad'],
  need: () => needNpm('etherpad'),
  async start({ folder }) {
    // The layout of its releases: the package as `src`, with all that it needs inside.
    const src = join(folder, 'src');
    await cp(packagesOf('etherpad'), join(folder, 'packages'), { recursive: true, verbatimSymlinks: true });
    await rename(join(folder, 'packages/ep_etherpad-lite'), src);
    await rename(join(folder, 'packages'), join(src, 'node_modules'));
    // It would list its plugins by an npm of 2021, which does not know the Node of today.
    await rm(join(src, 'node_modules/.bin/npm'), { force: true });
    await mkdir(join(folder, 'node_modules'));
    // Where it keeps its scripts once they are packed: without it, it packs them anew for each visit.
    await mkdir(join(folder, 'var'));
    await symlink('../src', join(folder, 'node_modules/ep_etherpad-lite'));
    await writeFile(join(folder, 'package.json'), '{"private":true}');
    const port = await findFreePort();
    const settings = {
      title: 'Orchard Pad',
      ip: '127.0.0.1',
      port,
      dbType: 'dirty',
      dbSettings: { filename: join(folder, 'pads.db') },
      defaultPadText: `${WELCOME}\n`,
      sessionKey: 'orchard',
      loglevel: 'WARN',
      suppressErrorsInPadText: true,
    };
    await writeFile(join(folder, 'settings.json'), JSON.stringify(settings));
    const { stop } = await startProgram('node', ['src/node/server.js'], {
      cwd: folder,
      env: { NODE_ENV: 'production' },
      ready: `http://127.0.0.1:${port}/`,
    });
    return { ports: { pad: port }, stop };
  },
  flows: [
    {
      title: 'three people write in one pad',
      async walk(walk) {
        const { page, step, mark, keyboard } = walk;
        await openPad(walk);
        const ada = await joinPad(walk);
        const otto = await joinPad(walk);
        await step('write', async () => {
          await textIn(page).getByText(WELCOME).click();
          await keyboard.press('End');
          await keyboard.press('Enter');
          await keyboard.type(`Wanda ${mark}`);
          for (const other of [ada, otto]) await textIn(other).getByText(`Wanda ${mark}`).waitFor();
        });
        await step('the others write', async () => {
          for (const [name, other] of Object.entries({ Ada: ada, Otto: otto })) {
            await textIn(other).getByText(WELCOME).click();
            await other.keyboard.press('End');
            await other.keyboard.press('Enter');
            await other.keyboard.type(`${name} ${mark}`);
            // Who writes at one place at once writes letters between each other's.
            for (const someone of [page, ada, otto])
              await textIn(someone).getByText(`${name} ${mark}`).waitFor();
          }
        });
        await step('take back what one wrote', async () => {
          await textIn(page).getByText(`Wanda ${mark}`).click();
          await keyboard.press('Control+z');
          await textIn(otto).getByText(`Wanda ${mark}`).waitFor({ state: 'hidden' });
          await textIn(otto).getByText(`Ada ${mark}`).waitFor();
        });
      },
    },
    {
      title: 'write in bold, read the exported page',
      async walk(walk) {
        const { page, step, mark, keyboard, direct } = walk;
        await openPad(walk);
        await step('write in bold', async () => {
          await textIn(page).getByText(WELCOME).click();
          await keyboard.press('End');
          await keyboard.press('Enter');
          await keyboard.type(`bold ${mark}`);
          await keyboard.press('Shift+Home');
          await page.locator('.buttonicon-bold').click();
          await textIn(page).locator('b', { hasText: mark }).waitFor();
        });
        await step('make a list of it', async () => {
          await page.locator('.buttonicon-insertunorderedlist').click();
          await textIn(page).locator('ul.list-bullet1').first().waitFor();
        });
        await step('read it back', async () => {
          await textIn(await joinPad(walk))
            .locator('ul.list-bullet1 b', { hasText: mark })
            .waitFor();
          const exported = await direct(`/p/${mark}/timeslider`);
          await exported.locator('#innerdocbody b', { hasText: mark }).waitFor();
        });
      },
    },
    {
      title: 'give a name, chat',
      async walk(walk) {
        const { page, step, mark } = walk;
        await openPad(walk);
        const ada = await joinPad(walk);
        await step('give a name', async () => {
          await page.locator('button.buttonicon-showusers, .buttonicon-showusers').first().click();
          await page.locator('#myusernameedit').fill(`Wanda ${mark}`);
          await page.locator('#myusernameedit').press('Enter');
          await ada.locator('.buttonicon-showusers').first().click();
          await ada.locator('#otheruserstable').getByText(`Wanda ${mark}`).waitFor();
        });
        await step('say something', async () => {
          // In a narrow window the list of people covers the chat.
          await page.locator('.buttonicon-showusers').first().click();
          await page.locator('#users').waitFor({ state: 'hidden' });
          await page.locator('#chaticon').click();
          await page.locator('#chatinput').fill(`Are you there, ${mark}?`);
          await page.locator('#chatinput').press('Enter');
          await ada.locator('#chattext').getByText(`Are you there, ${mark}?`).waitFor({ state: 'attached' });
        });
        await step('hear an answer', async () => {
          await ada.locator('#chaticon').click();
          await ada.locator('#chatinput').fill('I am.');
          await ada.locator('#chatinput').press('Enter');
          await page.locator('#chattext').getByText('I am.').waitFor();
        });
      },
    },
  ],
};
