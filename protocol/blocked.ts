// What pages of a session asked for and did not get, because its host is not on the site's list.

export const BLOCKED_KINDS = [
  'script',
  'style',
  'image',
  'font',
  'media',
  'fetch',
  'frame',
  'navigation',
  'other',
] as const;
/** What for a host was asked: `frame` and `navigation` want to show it, the others to load from it. */
export type BlockedKind = (typeof BLOCKED_KINDS)[number];

/** A host off the list, over all sessions of a site. */
export interface BlockedHost {
  /** `https://cdn.example[:port]`, as the list would name it. */
  origin: string;
  /** The same as people write it: with letters instead of `xn--`. */
  shown: string;
  count: number;
  /** The most frequent first. */
  kinds: BlockedKind[];
  /** Origin and path of the page that asked last; '' when unknown. */
  page: string;
  /** When that was: ISO 8601, UTC. */
  at: string;
}

/** What is known of a site. */
export interface SiteBlocked {
  hosts: BlockedHost[];
  /** How often other hosts were asked for, which are no longer kept apart. */
  others: number;
  /** Hosts that an admin does not want to hear of. */
  dismissed: number;
}
