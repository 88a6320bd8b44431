// A console on its own: real config file, store, logins and conversations; no pages built, no proxy.
import { createHash } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import supertest from 'supertest';
import { type ConsoleDeps, createConsole } from '../../../gateway/http/console.ts';
import { createLog } from '../../../gateway/log.ts';
import { Conversations } from '../../../gateway/session/conversations.ts';
import { LOGIN_COOKIE, Logins } from '../../../gateway/sites/accounts.ts';
import { BlockedHosts } from '../../../gateway/sites/blocked-hosts.ts';
import { type Places, placesOf } from '../../../gateway/sites/places.ts';
import { Registry } from '../../../gateway/sites/registry.ts';
import { openEmbedded } from '../../../gateway/store/embedded.ts';
import { GOOD_CONFIG } from '../sites/config-text.ts';

export const API_KEY = 'a-key-that-is-long-enough-0123456789';
export const CONSOLE_CONFIG = `${GOOD_CONFIG}
  - id: other
    title: Other
    domains: [Shop]
    start: https://www.shop.example/
apiKeys:
  - name: telephony
    sha256: ${createHash('sha256').update(API_KEY).digest('hex')}
    sites: [shop]
`;

export interface ConsoleUnderTest {
  file: string;
  places: Places;
  registry: Registry;
  blocked: BlockedHosts;
  conversations: Conversations;
  logins: Logins;
  /** As one of the console's own pages would ask. */
  own(method: 'get' | 'post' | 'delete', path: string, cookie?: string): supertest.Test;
  /** Any request, with the console's Host only. */
  bare(method: 'get' | 'post' | 'delete' | 'put', path: string): supertest.Test;
  /** Signs in and yields the Cookie header. */
  signIn(name: string): Promise<string>;
  stop(): Promise<void>;
}

export async function startConsole(overrides: Partial<ConsoleDeps> = {}): Promise<ConsoleUnderTest> {
  const folder = await mkdtemp(join(tmpdir(), 'tandem-console-'));
  const file = join(folder, 'tandem.yaml');
  await writeFile(file, CONSOLE_CONFIG);
  const log = createLog('silent');
  const registry = await Registry.open(file, log);
  const store = await openEmbedded(join(folder, 'data'));
  const conversations = await Conversations.open({ sites: registry, store, log });
  const logins = new Logins(store, registry);
  const server = createServer();
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const places = placesOf(registry.config, (server.address() as AddressInfo).port);
  const blocked = await BlockedHosts.open(store, places, log);
  const app = createConsole({
    registry,
    places,
    blocked,
    logins,
    assets: {
      page: (name) => `<!doctype html><title>${name}</title>`,
      middleware: () => (req, res, next) =>
        req.path === '/assets/console.js' ? void res.send('//') : next(),
      panelScript: {
        path: '/panel.js',
        body: Buffer.from('/* panel */'),
        hash: 'hash',
        packed: { br: Buffer.alloc(0), gzip: Buffer.alloc(0) },
      },
    },
    conversations,
    joinAsAgent: (agent, sid) => ({ nonce: `${agent.name} ${sid}`, viewOrigin: 'http://view' }),
    shareAsAgent: (_agent, _sid, { name, bytes }) => ({ id: `${name} ${bytes.length}` }),
    isReady: () => true,
    log,
    ...overrides,
  });
  server.on('request', app);

  const bare: ConsoleUnderTest['bare'] = (method, path) =>
    supertest(server)[method](path).set('Host', places.consoleHost);
  const own: ConsoleUnderTest['own'] = (method, path, cookie) => {
    const request = bare(method, path).set('Sec-Fetch-Site', 'same-origin').set('Sec-Fetch-Mode', 'cors');
    if (method !== 'get') request.set('Origin', places.consoleOrigin);
    if (cookie !== undefined) request.set('Cookie', cookie);
    return request;
  };
  return {
    file,
    places,
    registry,
    blocked,
    conversations,
    logins,
    own,
    bare,
    async signIn(name) {
      const { token } = await logins.signIn(name, 'tandem');
      return `${LOGIN_COOKIE}=${token}`;
    },
    async stop() {
      registry.close();
      server.closeAllConnections();
      await new Promise((closed) => server.close(closed));
      await conversations.close();
      await store.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
