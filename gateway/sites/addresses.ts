// The address table of a session, made from its site: every listed upstream origin, its slug and its kind.
import { createHash } from 'node:crypto';
import {
  type AddressTable,
  aliasSlug,
  encodeSlug,
  formatOrigin,
  type HostKind,
  type UpstreamOrigin,
} from '../../protocol/address.ts';
import type { Domain, Site } from './config.ts';
import { isWithin } from './hosts.ts';
import type { Places } from './places.ts';

const DEFAULT_PORT = { http: 80, https: 443 } as const;

/** The upstream origins that a domain entry lists by name: each host with each protocol. */
export function originsOf(domain: Domain): UpstreamOrigin[] {
  return domain.hosts.flatMap((host) =>
    domain.protocols.map((scheme) => ({ scheme, host, port: domain.port ?? DEFAULT_PORT[scheme] })),
  );
}

/** A site's entries in the order of precedence: an origin listed as a domain and as a resource is a domain. */
function entriesOf(site: Site): { domain: Domain; kind: HostKind }[] {
  return [
    ...site.domains.map((domain) => ({ domain, kind: 'domain' as const })),
    ...site.resources.map((domain) => ({ domain, kind: 'resource' as const })),
  ];
}

/** The complete table of a session; a host too long for a label (or no name) gets a hash alias. */
export function addressTable(site: Site, sid: string, places: Pick<Places, 'scheme' | 'base'>): AddressTable {
  const hosts = new Map<string, AddressTable['hosts'][number]>();
  const wild: AddressTable['wild'] = [];
  for (const { domain, kind } of entriesOf(site)) {
    for (const origin of originsOf(domain)) {
      const key = formatOrigin(origin);
      if (!hosts.has(key)) hosts.set(key, [key, encodeSlug(origin) ?? aliasOf(key), kind]);
      if (domain.includeSubdomains) {
        wild.push({ host: origin.host, scheme: origin.scheme, port: origin.port, kind });
      }
    }
  }
  return { sid, scheme: places.scheme, base: places.base, hosts: [...hosts.values()], wild };
}

function aliasOf(origin: string): string {
  return aliasSlug(createHash('sha256').update(origin).digest('hex'));
}

/**
 * The entry of a site that an upstream origin falls under, with the same precedence as the session's addresses: listed by
 * name before `includeSubdomains`, domains before resources. The proxy takes `connect` and `allowPrivate` from it.
 */
export function findDomain(site: Site, origin: UpstreamOrigin): Domain | undefined {
  return findEntry(site, origin)?.domain;
}

/** As {@link findDomain}, with how the origin may be used. */
export function findEntry(
  site: Site,
  origin: UpstreamOrigin,
): { domain: Domain; kind: HostKind } | undefined {
  const fitting = entriesOf(site).filter(
    ({ domain }) =>
      domain.protocols.includes(origin.scheme) &&
      (domain.port ?? DEFAULT_PORT[origin.scheme]) === origin.port,
  );
  return (
    fitting.find(({ domain }) => domain.hosts.includes(origin.host)) ??
    fitting.find(
      ({ domain }) => domain.includeSubdomains && domain.hosts.some((host) => isWithin(origin.host, host)),
    )
  );
}
