// An admin allows a host with one click: the text of the file with a domain entry for it, and its title at the site.
import { formatOrigin, type UpstreamOrigin } from '../../protocol/address.ts';
import { findEntry, originsOf } from './addresses.ts';
import type { Domain } from './config.ts';
import { shownHost } from './hosts.ts';
import { type LoadedConfig, loadConfig } from './load.ts';

const DEFAULT_PORT = { http: 80, https: 443 } as const;

/**
 * @param file how the file is called in problems
 * @throws {ConfigError} the host can never be listed; RangeError when there is no such site
 */
export function withHost(
  { config, source }: LoadedConfig,
  file: string,
  site: string,
  origin: UpstreamOrigin,
  as: 'domains' | 'resources',
): string {
  const index = config.sites.findIndex(({ id }) => id === site);
  const entry = config.sites[index];
  if (!entry) throw new RangeError(`No site "${site}"`);
  const listed = findEntry(entry, origin);
  if (listed?.domain.hosts.includes(origin.host) && (listed.kind === 'domain' || as === 'resources'))
    return source.text;

  const known = config.domains.find((domain) => isExactly(domain, origin));
  const title = known?.title ?? freeTitle(config.domains, origin);
  const text = known ? source.text : source.withItem(['domains'], entryOf(title, origin), 'contacts');
  return loadConfig(text, file).source.withItem(['sites', index, as], title, 'domains');
}

/** Whether a domain entry means this origin and nothing else: another site has it, or this one as a resource. */
function isExactly(domain: Domain, origin: UpstreamOrigin): boolean {
  const origins = originsOf(domain);
  return (
    !domain.includeSubdomains && origins.length === 1 && formatOrigin(origins[0]!) === formatOrigin(origin)
  );
}

/** Titles are unique, and people read them: the host, with more of the address only where that is taken. */
function freeTitle(domains: readonly Domain[], origin: UpstreamOrigin): string {
  const taken = new Set(domains.map(({ title }) => title));
  const full = formatOrigin(origin);
  const titles = [shownHost(origin.host), full.slice(full.indexOf('//') + 2), full];
  return titles.find((title) => !taken.has(title)) ?? `${full} (${domains.length + 1})`;
}

/** The entry as the file has it. */
export function entryOf(
  title: string,
  { scheme, host, port }: UpstreamOrigin,
): Record<string, string | number | string[]> {
  return {
    title,
    hosts: [host],
    protocols: [scheme],
    ...(port === DEFAULT_PORT[scheme] ? {} : { port }),
  };
}
