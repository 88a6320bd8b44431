// A plain server of files, for applications that run in the browser alone.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import express from 'express';
import type { Running } from './application.ts';

/** @param folders paths of URLs to folders */
export async function serveFiles(host: string, folders: Record<string, string>): Promise<Running> {
  const app = express();
  for (const [path, folder] of Object.entries(folders)) app.use(path, express.static(folder));
  const server = createServer(app);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    ports: { [host]: port },
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
