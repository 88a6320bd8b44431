// What sessions asked for and did not get, by site and host: the leak meter that an admin reads before he allows a host.
import { encodeSlug, formatOrigin, parseOrigin, type UpstreamOrigin } from '../../protocol/address.ts';
import type { BlockedHost, BlockedKind, SiteBlocked } from '../../protocol/blocked.ts';
import type { Log } from '../log.ts';
import type { Store } from '../store/store.ts';
import { findEntry } from './addresses.ts';
import { isLoopHost } from './allowlist.ts';
import type { Site } from './config.ts';
import { normalizeHost, shownHost } from './hosts.ts';
import type { Places } from './places.ts';

/** Hosts of a site that are kept apart; of more, those that were asked for least are one number. */
const MAX_HOSTS = 50;
const MAX_DISMISSED = 500;
const MAX_PAGE = 300;
const SPACE = 'dismissed-host';
/** Wishes to be shown, which a listing as a resource does not fulfil. */
const SHOWN: ReadonlySet<BlockedKind> = new Set(['frame', 'navigation']);

/** One thing that was not let through. `url` and `page` are real addresses; of both only what names no person is kept. */
export interface BlockedThing {
  url: string;
  kind: BlockedKind;
  /** Where it was asked for. */
  page: string;
  /** That is a part of another page. */
  inFrame?: boolean;
}

interface Counted {
  kinds: Map<BlockedKind, number>;
  count: number;
  page: string;
  at: number;
}

interface Tally {
  /** By origin, the one asked for last at the end. */
  hosts: Map<string, Counted>;
  others: number;
}

/** Origin and path of an address: what stands in a query or fragment is nobody's business. */
export function pageOf(url: string): string {
  const parsed = URL.parse(url);
  return parsed ? `${parsed.origin}${parsed.pathname}`.slice(0, MAX_PAGE) : '';
}

/**
 * Counts in memory, per site, over all sessions of this node. What comes in is hearsay of browsers and pages: it is good for a
 * number on a page for admins and for nothing else. Which hosts an admin does not want to hear of is kept in the store.
 */
export class BlockedHosts {
  readonly #tallies = new Map<string, Tally>();
  readonly #dismissed = new Map<string, Set<string>>();
  readonly #store: Pick<Store, 'list' | 'put' | 'delete'>;
  readonly #places: Places;
  readonly #log: Log;

  static async open(store: Store, places: Places, log: Log): Promise<BlockedHosts> {
    const all = new BlockedHosts(store, places, log);
    for (const { value } of await store.list<{ site: string; origin: string }>(SPACE))
      all.#dismissedOf(value.site).add(value.origin);
    return all;
  }

  private constructor(store: Store, places: Places, log: Log) {
    this.#store = store;
    this.#places = places;
    this.#log = log;
  }

  /**
   * @returns the host, as people write it, where something is missing that nobody has said is not; undefined for what is no
   * business of the list: our own addresses, other schemes, what is listed, and what an admin has dismissed
   */
  note(site: Site, { url, kind, page }: BlockedThing, now = Date.now()): string | undefined {
    const origin = readOrigin(url);
    if (!origin || isLoopHost(origin.host, this.#places) || isCovered(site, origin, [kind])) return undefined;
    const key = formatOrigin(origin);
    if (this.#dismissed.get(site.id)?.has(key)) return undefined;
    const tally = this.#tallyOf(site.id);
    let counted = tally.hosts.get(key);
    if (counted) tally.hosts.delete(key);
    else {
      counted = { kinds: new Map(), count: 0, page: '', at: now };
      if (tally.hosts.size >= MAX_HOSTS) forgetLeast(tally);
      this.#log.info({ site: site.id, host: key, kind }, 'a host that is not on the list was asked for');
    }
    counted.count++;
    counted.kinds.set(kind, (counted.kinds.get(kind) ?? 0) + 1);
    counted.page = pageOf(page) || counted.page;
    counted.at = now;
    tally.hosts.set(key, counted);
    return shownHost(origin.host);
  }

  /** What is still not on the list, what was asked for most first. */
  list(site: Site): SiteBlocked {
    const tally = this.#tallies.get(site.id);
    const hosts: BlockedHost[] = [];
    for (const [key, { kinds, count, page, at }] of tally?.hosts ?? []) {
      const origin = parseOrigin(key);
      const wanted = [...kinds].sort(([, a], [, b]) => b - a).map(([kind]) => kind);
      if (!origin || isCovered(site, origin, wanted)) continue;
      const shown = formatOrigin({ ...origin, host: shownHost(origin.host) });
      hosts.push({ origin: key, shown, count, kinds: wanted, page, at: new Date(at).toISOString() });
    }
    return {
      hosts: hosts.sort((a, b) => b.count - a.count || (a.at < b.at ? 1 : -1)),
      others: tally?.others ?? 0,
      dismissed: this.#dismissed.get(site.id)?.size ?? 0,
    };
  }

  /** Not to be shown nor counted any more, whoever asks for it. */
  async dismiss(site: string, origin: string): Promise<void> {
    const dismissed = this.#dismissedOf(site);
    if (dismissed.size >= MAX_DISMISSED) {
      const [oldest] = dismissed;
      dismissed.delete(oldest!);
      await this.#store.delete(SPACE, `${site} ${oldest}`);
    }
    dismissed.add(origin);
    this.#tallies.get(site)?.hosts.delete(origin);
    await this.#store.put(SPACE, `${site} ${origin}`, { site, origin });
  }

  /** All that was dismissed counts again. */
  async restore(site: string): Promise<void> {
    const dismissed = [...this.#dismissedOf(site)];
    this.#dismissed.delete(site);
    for (const origin of dismissed) await this.#store.delete(SPACE, `${site} ${origin}`);
  }

  #tallyOf(site: string): Tally {
    let tally = this.#tallies.get(site);
    if (!tally) {
      tally = { hosts: new Map(), others: 0 };
      this.#tallies.set(site, tally);
    }
    return tally;
  }

  #dismissedOf(site: string): Set<string> {
    let dismissed = this.#dismissed.get(site);
    if (!dismissed) {
      dismissed = new Set();
      this.#dismissed.set(site, dismissed);
    }
    return dismissed;
  }
}

/** The upstream origin of an http(s) or WebSocket address; undefined for anything else. */
function readOrigin(url: string): UpstreamOrigin | undefined {
  const parsed = URL.parse(url.replace(/^ws/i, 'http'));
  const origin = parsed && parseOrigin(parsed.origin);
  return origin && normalizeHost(origin.host) === origin.host ? origin : undefined;
}

/** Whether the list allows already what was wanted of a host: it was added since, or our rewriting missed it. */
function isCovered(site: Site, origin: UpstreamOrigin, wanted: readonly BlockedKind[]): boolean {
  const entry = findEntry(site, origin);
  // Too long for an address of its own: below a wildcard it is refused, by name it gets an alias.
  if (encodeSlug(origin) === undefined && !entry?.domain.hosts.includes(origin.host)) return false;
  const kind = entry?.kind;
  return kind === 'domain' || (kind === 'resource' && !wanted.some((one) => SHOWN.has(one)));
}

/** A page may ask for any number of names: what was asked for often stays. */
function forgetLeast(tally: Tally): void {
  let least: [string, Counted] | undefined;
  for (const entry of tally.hosts) if (!least || entry[1].count < least[1].count) least = entry;
  if (!least) return;
  tally.hosts.delete(least[0]);
  tally.others += least[1].count;
}
