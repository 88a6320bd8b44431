// The Socket.IO Admin UI: a Vue application on one host that talks by WebSocket to a server on another, which wants a password.
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { Application } from '../application.ts';
import { needNpm, packagesOf } from '../install/npm.ts';
import { serveFiles } from '../static-files.ts';
import type { Walk } from '../walk.ts';

interface SocketServer {
  close(): void;
}

/** Where the second host is: a person types it. */
let server = '';

async function connect({ page, step, open }: Walk): Promise<void> {
  await step('open', async () => {
    await open('/');
    await page.getByLabel('Server URL').waitFor();
  });
  await step('log in to the server', async () => {
    await page.getByLabel('Server URL').fill(server);
    const username = page.getByLabel('Username');
    if (!(await username.isVisible())) await page.getByText('Basic').first().click();
    await username.fill('wanda');
    await page.getByLabel('Password').fill('willow-bark');
    await page.getByRole('button', { name: 'Connect' }).click();
    await page.getByLabel('Server URL').waitFor({ state: 'hidden' });
  });
}

export const socketIo: Application = {
  name: 'socket-io',
  title: 'Socket.IO Admin UI',
  kind: 'Vue SPA with WebSockets to another host',
  version: '0.5.1',
  from: 'npm @socket.io/admin-ui, socket.io',
  hosts: ['sockets', 'io'],
  need: () => needNpm('socket.io'),
  async start({ origin }) {
    const packages = packagesOf('socket.io');
    const require = createRequire(join(packages, 'x.js'));
    const { Server } = require('socket.io') as {
      Server: new (http: unknown, options: object) => SocketServer;
    };
    const { instrument } = require('@socket.io/admin-ui') as {
      instrument(io: SocketServer, options: object): void;
    };
    const { hashSync } = require('bcryptjs') as { hashSync(text: string, rounds: number): string };
    const http = createServer();
    const io = new Server(http, { cors: { origin: [origin('sockets')], credentials: true } });
    const password = hashSync('willow-bark', 8);
    instrument(io, { auth: { type: 'basic', username: 'wanda', password }, mode: 'development' });
    await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
    const { port } = http.address() as AddressInfo;
    server = origin('io');
    const files = await serveFiles('sockets', { '/': join(packages, '@socket.io/admin-ui/ui/dist') });
    return {
      ports: { ...files.ports, io: port },
      async stop() {
        io.close();
        http.closeAllConnections();
        await files.stop();
      },
    };
  },
  flows: [
    {
      title: 'log in to a server, look at its sockets',
      async walk(walk) {
        const { page, step } = walk;
        await connect(walk);
        await step('see the sockets', async () => {
          // In a narrow window the menu is shut.
          if (await page.locator('.v-navigation-drawer--close').count())
            await page.locator('.v-app-bar__nav-icon').click();
          await page.locator('.v-navigation-drawer--open').getByText('Sockets', { exact: true }).click();
          await page.locator('table tbody tr').first().waitFor();
        });
      },
    },
  ],
};
