// Stage 1, locate: host → session, upstream, and the real URL that is asked for.
import { type Addresses, formatOrigin, type HostKind, type UpstreamOrigin } from '../../protocol/address.ts';
import { Refused } from '../errors.ts';
import { toRealText } from '../rewrite/reverse.ts';
import { findDomain } from '../sites/addresses.ts';
import type { Domain, Site } from '../sites/config.ts';
import type { ProxySession } from './proxy-session.ts';

/** Below a wildcard there is no end of names. */
const MAX_KNOWN = 500;

/** What a proxied request asks for. */
export interface Place {
  session: ProxySession;
  addresses: Addresses;
  upstream: UpstreamOrigin;
  kind: HostKind;
  domain: Domain;
  /** Path and query for the upstream, origin-form, without any session address. */
  path: string;
  /** Absolute real URL. */
  url: string;
}

type Known = Pick<Place, 'upstream' | 'kind' | 'domain'> & { origin: string };

/** Of each session, for the site as it is now: a changed config brings a new one, and what was taken off it is refused from then on. */
const known = new WeakMap<Addresses, { site: Site; places: Map<string, Known> }>();

/** @throws {Refused} host-not-listed when the slug stands for nothing in this session */
export function locate(session: ProxySession, slug: string, target: string): Place {
  const { addresses, site } = session;
  let here = known.get(addresses);
  if (here?.site !== site) {
    here = { site, places: new Map() };
    known.set(addresses, here);
  }
  const { places } = here;
  let found = places.get(slug);
  if (!found) {
    const upstream = addresses.upstreamOfSlug(slug);
    const kind = upstream && addresses.kindOf(upstream);
    // The table is of the session's start: an entry taken off the site since is refused too.
    const domain = upstream && findDomain(site, upstream);
    if (!upstream || !kind || !domain) throw new Refused('host-not-listed', { host: upstream?.host ?? slug });
    found = { upstream, kind, domain, origin: formatOrigin(upstream) };
    if (places.size < MAX_KNOWN) places.set(slug, found);
  }
  const path = toRealText(target, addresses);
  const { upstream, kind, domain, origin } = found;
  return { session, addresses, upstream, kind, domain, path, url: origin + path };
}
