// Starts the session core over a config in memory and a store on disk, for tests of it.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLog } from '../../../gateway/log.ts';
import { Conversations } from '../../../gateway/session/conversations.ts';
import { startGates } from '../../../gateway/session/gates.ts';
import type { Session } from '../../../gateway/session/session.ts';
import { Sessions } from '../../../gateway/session/sessions.ts';
import { isOnSite } from '../../../gateway/sites/allowlist.ts';
import type { Agent, Config, Domain, Site } from '../../../gateway/sites/config.ts';
import { placesOf } from '../../../gateway/sites/places.ts';
import { openEmbedded } from '../../../gateway/store/embedded.ts';
import type { Store } from '../../../gateway/store/store.ts';
import type { Handover } from '../../../protocol/handover.ts';

export const SHOP: Domain = {
  title: 'Shop',
  hosts: ['www.shop.example'],
  protocols: ['https'],
  includeSubdomains: false,
  allowPrivate: [],
};

export const SITE: Site = {
  id: 'shop',
  title: 'The shop',
  cobrowsing: true,
  domains: [SHOP],
  resources: [{ ...SHOP, title: 'CDN', hosts: ['cdn.shop.example'] }],
  start: 'https://www.shop.example/',
  contacts: ['sales', 'anna'],
  options: {
    mask: [],
    hide: [],
    readonly: [],
    agentMay: { askControl: true, navigate: false, invite: false },
    unanswered: 3,
    features: [],
    keepLiterals: [],
  },
};

const agent = (name: string, cobrowsing: boolean): Agent => ({
  name,
  title: `${name[0]?.toUpperCase()}${name.slice(1)} Berg`,
  password: '',
  roles: ['agent'],
  cobrowsing,
});

export const CONFIG: Config = {
  cobrowsing: true,
  listen: { host: '127.0.0.1', port: 0 },
  hsts: 0,
  trustProxy: [],
  data: '.',
  privacy: { keepChat: true, keepIp: false },
  limits: { connections: 100, connectionsPerAddress: 100, connectionsFromLoopback: 100 },
  agents: [agent('anna', true), agent('carl', true), agent('ben', false)],
  contacts: [
    { id: 'sales', title: 'Sales', agents: ['anna', 'ben'] },
    { id: 'anna', title: 'Anna', agents: ['anna'] },
    { id: 'secret', title: 'Not on this site', agents: ['anna'] },
  ],
  domains: [SHOP],
  sites: [SITE],
  apiKeys: [],
};

/** A registry whose config the test sets. */
export class FakeSites {
  config: Config = CONFIG;
  readonly #listeners = new Set<() => void>();

  set(change: Partial<Config>): void {
    this.config = { ...this.config, ...change };
    for (const listener of this.#listeners) listener();
  }
  setSite(change: Partial<Site>): void {
    this.set({ sites: this.config.sites.map((site) => ({ ...site, ...change })) });
  }
  setAgent(name: string, cobrowsing: boolean): void {
    this.set({ agents: this.config.agents.map((one) => (one.name === name ? { ...one, cobrowsing } : one)) });
  }
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
  findSite(id: string): Site | undefined {
    return this.config.sites.find((site) => site.id === id);
  }
  findAgent(name: string): Agent | undefined {
    return this.config.agents.find((one) => one.name === name);
  }
  findSiteOfPage(url: string): Site | undefined {
    return this.config.sites.find((site) => isOnSite(url, site));
  }
}

export const PAGE = 'https://www.shop.example/cart?item=7#top';

export function handoverOf(url = PAGE): Handover {
  return {
    url,
    cookie: 'basket=7; theme=dark',
    local: [['a', '1']],
    session: [],
    fields: [],
    scroll: [0, 40],
  };
}

export interface Core {
  sites: FakeSites;
  store: Store;
  conversations: Conversations;
  sessions: Sessions;
  folder: string;
  /** A chat that Anna has accepted, with its token. */
  openConversation(): ReturnType<Conversations['begin']>;
  /** A session in a new conversation with Anna. */
  openSession(): Promise<Session>;
  /** Stops without ending anything; the folder stays when it is given. */
  stop(): Promise<void>;
}

/** @param folder of an earlier core: its state comes back */
export async function startCore(folder?: string): Promise<Core> {
  const where = folder ?? (await mkdtemp(join(tmpdir(), 'tandem-core-')));
  const sites = new FakeSites();
  const log = createLog('silent');
  const store = await openEmbedded(where);
  const conversations = await Conversations.open({ sites, store, log });
  const places = placesOf(sites.config, 8080);
  const sessions = await Sessions.open({ sites, places, store, conversations, log });
  const gates = startGates({ sites, conversations, sessions });

  const openConversation = () => {
    const begun = conversations.begin({ page: PAGE, name: 'Cleo', contact: 'sales' });
    conversations.accept(begun.conversation.cid, 'anna');
    return begun;
  };
  return {
    sites,
    store,
    conversations,
    sessions,
    folder: where,
    openConversation,
    openSession: () => sessions.create(openConversation().conversation, handoverOf()),
    async stop() {
      gates.stop();
      await sessions.close();
      await conversations.close();
      await store.close();
    },
  };
}

export async function removeFolder(folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true });
}
