// The servers of an end-to-end test: demo shop and gateway on free ports, with a configuration and data of their own.
import { createHash } from 'node:crypto';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Document, parseDocument, type YAMLMap, type YAMLSeq } from 'yaml';
import { HOSTS } from '../../demo/shop/layout.ts';
import { type Demo, startDemo } from '../../demo/shop/start-demo.ts';
import { type Gateway, startGateway } from '../../gateway/gateway.ts';
import { loadAssets } from '../../gateway/http/assets.ts';
import { createLog } from '../../gateway/log.ts';
import type { Lifetimes } from '../../gateway/session/lifetimes.ts';
import { openEmbedded } from '../../gateway/store/embedded.ts';
import type { Store } from '../../gateway/store/store.ts';
import { openDevelopmentAuthority } from '../../gateway/tls/development-authority.ts';
import { watchAddresses } from '../address-watch.ts';

/** Of every agent in the configuration. */
export const PASSWORD = 'tandem';
/** For `POST /api/v1/conversations`. */
export const API_KEY = 'key-of-the-telephone-system';
const API_KEY_SHA256 = createHash('sha256').update(API_KEY).digest('hex');

export interface Servers {
  demo: Demo;
  gateway: Gateway;
  configFile: string;
  /** Folder of configuration and store. */
  folder: string;
  /** The store's clock runs ahead by `ahead` ms: what lives there for a while expires. */
  clock: { ahead: number };
  /**
   * Stops the gateway, and starts another one on the same port and data folder.
   * @param pause work in between, while nobody answers
   */
  restartGateway(pause?: () => Promise<void>): Promise<Gateway>;
  /** Changes the file as an admin with an editor would. */
  editConfig(change: (text: string) => string): Promise<void>;
  /** @throws Error when a session address has reached the shop */
  stop(): Promise<void>;
}

/**
 * The example configuration on the ports of this run, with one more agent and contact (`cara`, with co-browsing) and an API key.
 * @param edit last changes to it
 * @param lifetimes shorter times than the real ones
 * @param options.https gateway and shop by an authority of development
 */
export async function startServers(
  edit: (config: Document) => void = () => {},
  lifetimes: Partial<Lifetimes> = {},
  { https = false } = {},
): Promise<Servers> {
  const folder = await mkdtemp(join(tmpdir(), 'tandem-e2e-'));
  const authority = https ? await openDevelopmentAuthority(join(folder, 'store')) : undefined;
  const demo = await startDemo({
    port: 0,
    ...(authority ? { tls: await authority.issue(Object.values(HOSTS)) } : {}),
  });
  const watch = watchAddresses(demo.server);
  const configFile = join(folder, 'tandem.yaml');
  const example = await readFile(join(import.meta.dirname, '../../config/tandem.yaml'), 'utf8');
  const config = parseDocument(example.replaceAll(/\b8090\b/g, String(demo.port)));
  config.set('listen', '127.0.0.1:0');
  config.set('data', './store');
  const anna = (config.get('agents') as YAMLSeq).get(0) as { toJSON(): Record<string, unknown> };
  config.addIn(
    ['agents'],
    config.createNode({ ...anna.toJSON(), name: 'cara', title: 'Cara Lund', cobrowsing: true }),
  );
  config.addIn(['contacts'], config.createNode({ id: 'cara', title: 'Cara Lund', agents: ['cara'] }));
  config.addIn(['sites', 0, 'contacts'], 'cara');
  if (authority) {
    for (const domain of (config.get('domains') as YAMLSeq<YAMLMap>).items) {
      domain.set('protocols', ['https']);
      domain.set('ca', authority.file);
    }
    config.setIn(['sites', 0, 'start'], `${demo.origins.shop}/`);
  }
  config.set('apiKeys', [{ name: 'telephony', sha256: API_KEY_SHA256, sites: ['demo'] }]);
  edit(config);
  await writeFile(configFile, config.toString({ flowCollectionPadding: false, lineWidth: 0 }));
  const clock = { ahead: 0 };
  const log = createLog(process.env.TANDEM_LOG ?? 'silent');
  // A copy: a build in the meantime must not pull the pages away from under a test.
  const dist = join(folder, 'dist');
  await cp(join(import.meta.dirname, '../../dist'), dist, { recursive: true });
  const assets = loadAssets(dist);
  const start = async (port: number): Promise<[Gateway, Store]> => {
    const opened = await openEmbedded(join(folder, 'store'), { now: () => Date.now() + clock.ahead });
    try {
      return [await startGateway({ configFile, port, store: opened, assets, lifetimes, log, https }), opened];
    } catch (error) {
      await opened.close();
      throw error;
    }
  };
  let gateway: Gateway;
  let store: Store;
  try {
    [gateway, store] = await start(0);
  } catch (error) {
    await demo.stop();
    throw error;
  }
  demo.usePanel(gateway.places.consoleOrigin);
  return {
    demo,
    gateway,
    configFile,
    folder,
    clock,
    async restartGateway(pause) {
      const { port } = gateway;
      await gateway.stop();
      await store.close();
      await pause?.();
      [gateway, store] = await start(port);
      return gateway;
    },
    async editConfig(change) {
      await writeFile(configFile, change(await readFile(configFile, 'utf8')));
    },
    async stop() {
      await gateway.stop();
      await store.close();
      await demo.stop();
      await rm(folder, { recursive: true, force: true });
      watch.check();
    },
  };
}
