// Stage 1, locate: host → session, upstream, and the real URL that is asked for.
import { type Addresses, formatOrigin, type HostKind, type UpstreamOrigin } from '../../protocol/address.ts';
import { Refused } from '../errors.ts';
import { toRealText } from '../rewrite/reverse.ts';
import { findDomain } from '../sites/addresses.ts';
import type { Domain } from '../sites/config.ts';
import type { ProxySession } from './proxy-session.ts';

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

/** @throws {Refused} host-not-listed when the slug stands for nothing in this session */
export function locate(session: ProxySession, slug: string, target: string): Place {
  const { addresses } = session;
  const upstream = addresses.upstreamOfSlug(slug);
  const kind = upstream && addresses.kindOf(upstream);
  // The table is of the session's start: an entry taken off the site since is refused too.
  const domain = upstream && findDomain(session.site, upstream);
  if (!upstream || !kind || !domain) throw new Refused('host-not-listed', { host: upstream?.host ?? slug });
  const path = toRealText(target, addresses);
  return { session, addresses, upstream, kind, domain, path, url: formatOrigin(upstream) + path };
}
