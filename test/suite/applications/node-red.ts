// Node-RED: a flow editor in SVG and jQuery whose server talks back by a WebSocket.
import { mkdir, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { until } from '../../e2e/until.ts';
import { findFreePort } from '../../free-port.ts';
import type { Application } from '../application.ts';
import { needNpm, packagesOf } from '../install/npm.ts';
import { startProgram } from '../processes.ts';
import type { Walk } from '../walk.ts';

const FLOWS = [
  { id: 'tab1', type: 'tab', label: 'Orchard' },
  {
    id: 'in1',
    type: 'inject',
    z: 'tab1',
    name: 'ring',
    props: [{ p: 'payload' }],
    payload: 'apples',
    payloadType: 'str',
    repeat: '',
    crontab: '',
    once: false,
    onceDelay: 0.1,
    topic: '',
    x: 140,
    y: 120,
    wires: [['out1']],
  },
  {
    id: 'out1',
    type: 'debug',
    z: 'tab1',
    name: 'say',
    active: true,
    tosidebar: true,
    complete: 'payload',
    targetType: 'msg',
    x: 340,
    y: 120,
    wires: [],
  },
];

async function logIn({ page, step, open }: Walk): Promise<void> {
  await step('open', async () => {
    await open('/');
    await page.locator('#node-dialog-login-username').waitFor();
  });
  await step('log in', async () => {
    await page.locator('#node-dialog-login-username').fill('wanda');
    await page.locator('#node-dialog-login-password').fill('willow-bark');
    await page.locator('#node-dialog-login-submit').click();
    await page.locator('#red-ui-header-button-deploy').waitFor();
    await page.locator('#red-ui-workspace .red-ui-flow-node').first().waitFor();
  });
}

export const nodeRed: Application = {
  name: 'node-red',
  title: 'Node-RED',
  kind: 'Node application with WebSockets, SVG',
  version: '5.0.7',
  from: 'npm node-red',
  hosts: ['red'],
  need: () => needNpm('node-red'),
  async start({ folder }) {
    const packages = packagesOf('node-red');
    const { hashSync } = createRequire(join(packages, 'node-red/package.json'))('bcryptjs') as {
      hashSync(text: string, rounds: number): string;
    };
    await mkdir(folder, { recursive: true });
    const user = { username: 'wanda', password: hashSync('willow-bark', 8), permissions: '*' };
    const settings = {
      adminAuth: { type: 'credentials', users: [user] },
      flowFile: 'flows.json',
      credentialSecret: false,
      diagnostics: { enabled: false },
      telemetry: { enabled: false, updateNotification: false },
      editorTheme: { tours: false, palette: { catalogues: [] } },
    };
    const file = join(folder, 'settings.js');
    await writeFile(file, `module.exports = ${JSON.stringify(settings)};`);
    await writeFile(join(folder, 'flows.json'), JSON.stringify(FLOWS));
    const port = await findFreePort();
    const { stop } = await startProgram(
      'node',
      [join(packages, 'node-red/red.js'), '-u', folder, '-s', file, '-p', String(port)],
      { ready: `http://127.0.0.1:${port}/` },
    );
    return { ports: { red: port }, stop };
  },
  flows: [
    {
      title: 'ring, and hear it by the socket',
      async walk(walk) {
        const { page, step } = walk;
        await logIn(walk);
        await step('open the debug sidebar', async () => {
          // The button opens and closes; while the editor settles, a first press may be lost.
          await until(
            async () => {
              await page.locator('button[data-tab-id="debug"]').click();
              return (await page.locator('.red-ui-debug-content-list').isVisible()) || undefined;
            },
            'debug sidebar',
            20_000,
          );
        });
        await step('ring', async () => {
          await page.locator('.red-ui-flow-node-button').first().click();
          await page.locator('.red-ui-debug-msg', { hasText: 'apples' }).first().waitFor();
        });
      },
    },
    {
      title: 'rename a node, deploy, read it back',
      async walk(walk) {
        const { page, step, mark, direct } = walk;
        await logIn(walk);
        await step('open its form', async () => {
          await page.locator('#in1 .red-ui-flow-node').dblclick();
          await page.locator('#node-input-name').waitFor();
        });
        await step('write', async () => {
          await page.locator('#node-input-name').fill(mark);
          await page.locator('#node-dialog-ok').click();
          await page.locator('.red-ui-flow-node-label-text', { hasText: mark }).waitFor();
        });
        await step('deploy', async () => {
          await page.locator('#red-ui-header-button-deploy').click();
          await page.getByText('Successfully deployed').first().waitFor();
        });
        await step('read it back', async () => {
          const other = await direct('/');
          await other.locator('#node-dialog-login-username').fill('wanda');
          await other.locator('#node-dialog-login-password').fill('willow-bark');
          await other.locator('#node-dialog-login-submit').click();
          await other.locator('.red-ui-flow-node-label-text', { hasText: mark }).waitFor();
        });
      },
    },
  ],
};
