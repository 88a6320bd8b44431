// Through node-unblocker, the best known proxy of this kind for Node.
import { Agent, createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import type { Browser } from 'playwright-core';
import type { Faults } from '../run/faults.ts';
import { openTab } from './tab-visit.ts';
import type { Way } from './way.ts';

type Middleware = ((req: IncomingMessage, res: ServerResponse, next: () => void) => void) & {
  onUpgrade(req: IncomingMessage, socket: Duplex, head: Buffer): void;
};

const PREFIX = '/proxy/';

export async function unblockerWay(browser: Browser, faults: Faults): Promise<Way> {
  // It brings no types.
  const name: string = 'unblocker';
  const { default: Unblocker } = (await import(name)) as {
    default: new (options: { prefix: string; httpAgent: Agent }) => Middleware;
  };
  // Names below localhost are known to browsers, but not to every machine.
  const httpAgent = new Agent({ keepAlive: true, lookup: toLoopback } as ConstructorParameters<
    typeof Agent
  >[0]);
  const middleware = new Unblocker({ prefix: PREFIX, httpAgent });
  const server = createServer((req, res) => middleware(req, res, () => res.writeHead(404).end()));
  server.on('upgrade', (req, socket, head) => middleware.onUpgrade(req, socket, head));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const host = `unblocker.localhost:${(server.address() as AddressInfo).port}`;
  return {
    name: 'unblocker',
    secrets: () => [host],
    begin: () => openTab(browser, faults, `http://${host}${PREFIX}`),
    async stop() {
      httpAgent.destroy();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function toLoopback(
  _host: string,
  { all }: { all?: boolean },
  answer: (error: null, address: string | { address: string; family: number }[], family?: number) => void,
): void {
  if (all) answer(null, [{ address: '127.0.0.1', family: 4 }]);
  else answer(null, '127.0.0.1', 4);
}
