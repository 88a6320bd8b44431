// Vaadin's components: an application of custom elements within each other's shadow trees, with overlays in the top layer and lists that scroll without an end.
import { spawnSync } from 'node:child_process';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { dirname, join } from 'node:path';
import type { Application } from '../application.ts';
import { needNpm, packagesOf } from '../install/npm.ts';
import { jsonServerOf } from '../json-server.ts';
import type { Walk } from '../walk.ts';

const VITE = join(import.meta.dirname, '../../../node_modules/vite/bin/vite.js');

const KINDS = ['Early', 'Golden', 'Late', 'Red'];
const APPLES = ['Russet', 'Pippin', 'Reinette', 'Pearmain', 'Codlin', 'Costard', 'Greening', 'Wealthy'];
const FIRST = ['Ada', 'Bruno', 'Clara', 'David', 'Elsa', 'Felix', 'Greta', 'Hanno', 'Ida', 'Jonas', 'Leo'];
const LAST = ['Arnold', 'Bauer', 'Conrad', 'Dietz', 'Ehlers', 'Fuchs'];

/** More of both than a list shows at once. */
function createData(): object {
  const names = APPLES.flatMap((apple) => KINDS.map((kind) => `${kind} ${apple}`));
  const buyers = FIRST.flatMap((first) => LAST.map((last) => `${first} ${last}`));
  return {
    varieties: names.map((name, at) => ({ id: at + 1, name })),
    orders: buyers.map((buyer, at) => ({
      id: at + 1,
      buyer,
      variety: names[(at * 7) % names.length],
      due: `2027-03-${String(1 + (at % 28)).padStart(2, '0')}`,
      note: '',
    })),
  };
}

async function openOrders({ page, step, open }: Walk): Promise<void> {
  await step('open', async () => {
    await open('/');
    await page.getByRole('combobox', { name: 'Variety' }).waitFor();
  });
  await step('go to the orders', async () => {
    await page.getByRole('tab', { name: 'Orders' }).click();
    await page.getByText('Leo Fuchs').waitFor();
  });
}

/** What another browser, connected directly, finds among the orders. */
async function readBack({ direct, step }: Walk, words: string): Promise<void> {
  await step('read it back', async () => {
    const other = await direct('/');
    await other.getByRole('tab', { name: 'Orders' }).click();
    await other.getByText(words).first().waitFor();
  });
}

export const vaadin: Application = {
  name: 'vaadin',
  title: 'Vaadin components with orders',
  kind: 'web components on data, overlays, endless lists',
  version: '25.3.0',
  from: 'npm @vaadin/grid, combo-box, date-picker, dialog …, json-server 0.17.4',
  composed: true,
  hosts: ['orders'],
  need: () => needNpm('vaadin'),
  async start({ folder }) {
    const page = join(dirname(packagesOf('vaadin')), 'orders');
    const args = [VITE, 'build', page, '--outDir', folder, '--emptyOutDir', '--logLevel', 'error'];
    const built = spawnSync('node', args, { encoding: 'utf8' });
    if (built.status !== 0) throw new Error(`vite build: ${built.stderr.slice(-800)}`);
    const jsonServer = jsonServerOf('vaadin');
    const api = jsonServer.create();
    api.use(jsonServer.defaults({ static: folder, logger: false }));
    api.use('/api', jsonServer.router(createData()));
    const server = createServer(api);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return {
      ports: { orders: (server.address() as AddressInfo).port },
      async stop() {
        server.closeAllConnections();
        server.close();
      },
    };
  },
  flows: [
    {
      title: 'choose from a list and a calendar, save, read it back',
      async walk(walk) {
        const { page, step, open, mark } = walk;
        await step('open', async () => {
          await open('/');
          await page.getByRole('combobox', { name: 'Variety' }).waitFor();
        });
        await step('open the list', async () => {
          await page.getByRole('combobox', { name: 'Variety' }).click();
          await page.getByRole('option', { name: 'Early Russet' }).waitFor();
        });
        await step('look for one, and choose it', async () => {
          await page.getByRole('combobox', { name: 'Variety' }).fill('late ru');
          await page.getByRole('option', { name: 'Early Russet' }).waitFor({ state: 'hidden' });
          await page.getByRole('option', { name: 'Late Russet' }).click();
          await page.getByRole('option', { name: 'Late Russet' }).waitFor({ state: 'hidden' });
        });
        await step('open the calendar', async () => {
          await page.getByRole('combobox', { name: 'Due' }).click();
          await page.getByRole('gridcell', { name: '17 March 2027' }).waitFor();
        });
        await step('choose a day', async () => {
          await page.getByRole('gridcell', { name: '17 March 2027' }).click();
          await page.getByRole('gridcell', { name: '17 March 2027' }).waitFor({ state: 'hidden' });
        });
        await step('save', async () => {
          // Between the others by name.
          await page.getByRole('textbox', { name: 'Buyer' }).fill(`Hanno ${mark}`);
          await page.getByRole('button', { name: 'Save' }).click();
          await page.getByText(`Hanno ${mark}`).waitFor();
          await page.getByText('2027-03-17').first().waitFor();
        });
        await readBack(walk, `Hanno ${mark}`);
      },
    },
    {
      title: 'write a note in a dialog with tabs, read it back',
      async walk(walk) {
        const { page, step, mark } = walk;
        await openOrders(walk);
        await step('open one', async () => {
          await page.getByText('Leo Fuchs').click();
          await page.getByRole('dialog').getByText('Leo Fuchs waits for').waitFor();
        });
        await step('go to its notes', async () => {
          await page.getByRole('tab', { name: 'Notes' }).click();
          await page.getByRole('textbox', { name: 'Note' }).waitFor();
        });
        await step('write', async () => {
          await page.getByRole('textbox', { name: 'Note' }).fill(mark);
          await page.getByRole('button', { name: 'Keep' }).click();
          await page.getByRole('dialog').waitFor({ state: 'hidden' });
          await page.locator('vaadin-grid').getByText(mark).waitFor();
        });
        await readBack(walk, mark);
      },
    },
    {
      title: 'sort a grid, scroll in it, choose a row',
      async walk(walk) {
        const { page, step, mouse } = walk;
        const sorter = page.locator('vaadin-grid-sorter', { hasText: 'Buyer' });
        await openOrders(walk);
        await step('sort by buyer', async () => {
          await sorter.click();
          await page.getByText('Ada Arnold').waitFor();
        });
        await step('scroll to the end', async () => {
          await page.getByText('Ada Bauer').hover();
          await mouse.wheel(0, 20_000);
          await page.getByText('Leo Fuchs').waitFor();
        });
        await step('sort the other way round', async () => {
          await sorter.click();
          await page.locator('vaadin-grid-sorter[direction=desc]').waitFor();
          await page.getByText('Ada Arnold').waitFor();
        });
        await step('choose a row', async () => {
          await page.getByLabel('Select Row').filter({ visible: true }).last().click();
          await page.getByText(/^1 chosen: \w/).waitFor();
        });
        await step('close the drawer', async () => {
          await page.locator('vaadin-drawer-toggle').click();
          await page.locator('vaadin-app-layout:not([drawer-opened])').waitFor();
        });
      },
    },
  ],
};
