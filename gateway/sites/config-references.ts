// What the shape alone cannot tell: names that refer to each other, hosts that may be listed, origins that keep us apart from pages.
import { isLoopHost } from './allowlist.ts';
import { type ConfigShape, formatPath } from './config-shape.ts';
import { isIpLiteral, isLocalhost, isPublicSuffix, normalizeHost, registrableDomain } from './hosts.ts';
import { type Places, placesOf } from './places.ts';
import type { Path } from './yaml-source.ts';

/** How a check reports a fault at a place of the file. */
export type Report = (path: Path, message: string) => void;

/** Reports every fault of a file whose shape is good. */
export function checkReferences(shape: ConfigShape, report: Report): void {
  const places = checkOrigins(shape, report);
  const agents = uniqueNames(shape.agents, 'name', 'agents', report);
  const contacts = uniqueNames(shape.contacts, 'id', 'contacts', report);
  const domains = uniqueNames(shape.domains, 'title', 'domains', report);
  const sites = uniqueNames(shape.sites, 'id', 'sites', report);
  uniqueNames(shape.apiKeys, 'name', 'apiKeys', report);

  const refer = (names: readonly string[], known: Set<string>, what: string, path: Path) =>
    names.forEach((name, i) => {
      if (!known.has(name))
        report([...path, i], `"${formatPath([...path, i])}" names no ${what}: "${name}".`);
    });
  shape.contacts.forEach((contact, i) => {
    refer(contact.agents, agents, 'agent', ['contacts', i, 'agents']);
  });
  shape.sites.forEach((site, i) => {
    refer(site.domains, domains, 'domain', ['sites', i, 'domains']);
    refer(site.resources, domains, 'domain', ['sites', i, 'resources']);
    refer(site.contacts, contacts, 'contact', ['sites', i, 'contacts']);
    checkHandover(site, shape.domains, ['sites', i, 'handover'], places, report);
  });
  shape.apiKeys.forEach((key, i) => {
    refer(key.sites, sites, 'site', ['apiKeys', i, 'sites']);
  });
  shape.domains.forEach((domain, i) => {
    checkDomain(domain, ['domains', i], places, report);
  });
}

function checkHandover(
  { handover, domains: titles }: ConfigShape['sites'][number],
  domains: ConfigShape['domains'],
  path: Path,
  places: Places | undefined,
  report: Report,
): void {
  if (!handover) return;
  if (handover.secrets.length === 0 && !handover.fromBrowser)
    report(path, 'A hand-over needs "secrets", which the site shares, or "fromBrowser: true".');
  if (!handover.fromBrowser || !places) return;
  const base = registrableDomain(places.base.replace(/:\d+$/, ''));
  const hosts = domains.filter(({ title }) => titles.includes(title)).flatMap((domain) => domain.hosts);
  if (!hosts.some((host) => registrableDomain(host.toLowerCase()) === base))
    report(
      [...path, 'fromBrowser'],
      `With "fromBrowser" the base must lie below the site's own domain, and "${base}" is not that of any of its hosts.`,
    );
}

function uniqueNames<K extends string>(
  entries: readonly Record<K, string>[],
  key: K,
  list: string,
  report: Report,
): Set<string> {
  const seen = new Set<string>();
  entries.forEach((entry, i) => {
    if (seen.has(entry[key]))
      report([list, i, key], `The ${key} "${entry[key]}" is given twice in "${list}".`);
    seen.add(entry[key]);
  });
  return seen;
}

/**
 * Reads one entry of `hosts`. `*.example.com` is taken for `example.com` where subdomains are included anyway.
 * `fault` is a sentence where the entry cannot be used.
 */
export function readHost(text: string, includeSubdomains: boolean): { host: string; fault?: string } {
  if (text.includes('*')) {
    const parent = text.replace(/^\*\./, '');
    if (!includeSubdomains || parent.includes('*'))
      return {
        host: text,
        fault: `Wildcards are refused: write "${parent.replaceAll('*', '') || 'the host'}" and add "includeSubdomains: true" to the domain to mean every name below it.`,
      };
    return readHost(parent, true);
  }
  const host = normalizeHost(text);
  if (host === undefined || host === '')
    return { host: text, fault: `"${text}" is not a host name; write it without scheme, port and path.` };
  if (isIpLiteral(host)) {
    if (host !== text.toLowerCase())
      return { host, fault: `"${text}" is an IP address; write it as "${host}".` };
    if (includeSubdomains) return { host, fault: `The IP address "${host}" has no subdomains.` };
  }
  if (includeSubdomains && isPublicSuffix(host))
    return {
      host,
      fault: `"${host}" is a public suffix: everybody may have names below it, so its subdomains cannot be included.`,
    };
  return { host };
}

function checkDomain(
  domain: ConfigShape['domains'][number],
  path: Path,
  places: Places | undefined,
  report: Report,
): void {
  domain.hosts.forEach((text, i) => {
    const { host, fault } = readHost(text, domain.includeSubdomains);
    if (fault !== undefined) report([...path, 'hosts', i], fault);
    else if (places && isLoopHost(host, places, domain.includeSubdomains))
      report([...path, 'hosts', i], `"${host}" leads to this gateway itself and cannot be shared.`);
  });
  if (domain.port !== undefined && new Set(domain.protocols).size > 1)
    report([...path, 'port'], 'With "port", give one protocol only; make a second domain for the other.');
}

/** Console and pages must be of different registrable domains, and of https unless under localhost (security.md 2.1). */
function checkOrigins(shape: ConfigShape, report: Report): Places | undefined {
  const { publicUrl, panelUrl, base } = shape;
  const consoleName = new URL(publicUrl ?? 'http://console.localhost').hostname;
  if (base === undefined && !isLocalhost(consoleName)) {
    report(
      ['publicUrl'],
      'With a "publicUrl" outside localhost, "base" is needed too: the host below which session addresses lie.',
    );
    return undefined;
  }
  if (isIpLiteral(consoleName)) {
    report(['publicUrl'], '"publicUrl" needs a host name, not an IP address.');
    return undefined;
  }
  const [baseName, basePort, more] = (base ?? 'cobrowse.localhost').toLowerCase().split(':');
  const portFits =
    basePort === undefined ||
    (/^\d{1,5}$/.test(basePort) && Number(basePort) > 0 && Number(basePort) < 65_536);
  if (more !== undefined || !portFits || normalizeHost(baseName!) !== baseName || isIpLiteral(baseName!)) {
    report(['base'], '"base" must be a host name, perhaps with a port, such as "cobrowse-content.example".');
    return undefined;
  }
  const places = placesOf(
    {
      ...(publicUrl === undefined ? {} : { publicUrl }),
      ...(panelUrl === undefined ? {} : { panelUrl }),
      ...(base === undefined ? {} : { base: base.toLowerCase() }),
      tls: shape.tls,
    },
    shape.listen.port,
  );
  const panelName = new URL(places.panelOrigin).hostname;
  if (shape.tls !== undefined && places.scheme === 'http')
    report(
      ['publicUrl'],
      'With "tls" the gateway speaks https only, so "publicUrl" must begin with https://.',
    );
  for (const [key, name] of [
    ['publicUrl', consoleName],
    ['panelUrl', panelName],
  ] as const) {
    if (isIpLiteral(name)) report([key], `"${key}" needs a host name, not an IP address.`);
    else if (registrableDomain(name) === registrableDomain(baseName!))
      report(
        [shape[key] === undefined ? 'base' : key],
        `"${name}" and the base "${baseName}" are both of "${registrableDomain(name)}"; shared pages need a registrable domain of their own.`,
      );
    else if (places.scheme === 'http' && !isLocalhost(name))
      report([key], `"${key}" must begin with https:// because "${name}" is not under localhost.`);
  }
  if (places.panelHost === places.consoleHost)
    report(['panelUrl'], 'The contact panel needs a host of its own, other than the console.');
  if (!places.panelOrigin.startsWith(`${places.scheme}:`))
    report(['panelUrl'], '"panelUrl" and "publicUrl" must have the same scheme.');
  if (places.scheme === 'http' && !isLocalhost(baseName!))
    report(
      ['base'],
      `The base "${baseName}" is not under localhost: that needs https, so "publicUrl" must begin with https://.`,
    );
  return places;
}
