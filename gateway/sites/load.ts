// YAML text → Config: shape, cross references, hosts and origins checked; every fault with its line and one sentence.
import { isOnSite } from './allowlist.ts';
import {
  type Config,
  ConfigError,
  type ConfigProblem,
  type Domain,
  type Site,
  type TlsConfig,
} from './config.ts';
import { checkReferences, type Report, readHost } from './config-references.ts';
import { type ConfigShape, configShape, sentenceOf } from './config-shape.ts';
import { type Fault, type Path, readYaml, type YamlSource } from './yaml-source.ts';

/** A file that was read and found good. */
export interface LoadedConfig {
  config: Config;
  source: YamlSource;
}

/**
 * @param file how the file is called in problems
 * @throws {ConfigError} with every problem found, in the order of lines
 */
export function loadConfig(text: string, file: string): LoadedConfig {
  const read = readYaml(text);
  if ('faults' in read) throw new ConfigError(asProblems(read.faults, file));
  const { source } = read;
  const faults: Fault[] = [];
  const report: Report = (path, message) => faults.push({ line: source.lineOf(path), message });
  const parsed = configShape.safeParse(source.data ?? {}, { reportInput: true });
  if (!parsed.success) {
    for (const issue of parsed.error.issues) {
      const path = issue.path as Path;
      if (issue.code === 'unrecognized_keys')
        for (const key of issue.keys)
          faults.push({ line: source.lineOfKey(path, key), message: sentenceOf({ ...issue, keys: [key] }) });
      else report(path, sentenceOf(issue));
    }
    throw new ConfigError(asProblems(faults, file));
  }
  checkReferences(parsed.data, report);
  if (faults.length > 0) throw new ConfigError(asProblems(faults, file));
  const config = asConfig(parsed.data);
  config.sites.forEach((site, i) => {
    if (!isOnSite(site.start, site))
      report(
        ['sites', i, 'start'],
        `The start page "${site.start}" is not on a domain of the site "${site.id}".`,
      );
  });
  if (faults.length > 0) throw new ConfigError(asProblems(faults, file));
  return { config, source };
}

function asProblems(faults: Fault[], file: string): ConfigProblem[] {
  return faults.sort((a, b) => a.line - b.line).map(({ line, message }) => ({ file, line, message }));
}

/** The checked file as the other parts use it: titles of domains replaced by the entries. */
function asConfig(shape: ConfigShape): Config {
  const domains = shape.domains.map(asDomain);
  const byTitle = new Map(domains.map((domain) => [domain.title, domain]));
  const listed = (titles: string[]) => titles.map((title) => byTitle.get(title)!);
  const { publicUrl, panelUrl, base, tls, upstreamHeader } = shape;
  return {
    cobrowsing: shape.system.cobrowsing,
    listen: shape.listen,
    ...(tls === undefined ? {} : { tls: asTls(tls) }),
    hsts: shape.hsts,
    ...(publicUrl === undefined ? {} : { publicUrl }),
    ...(panelUrl === undefined ? {} : { panelUrl }),
    ...(base === undefined ? {} : { base: base.toLowerCase() }),
    trustProxy: shape.trustProxy,
    data: shape.data,
    privacy: shape.privacy,
    limits: shape.limits,
    ...(upstreamHeader === undefined ? {} : { upstreamHeader }),
    agents: shape.agents,
    contacts: shape.contacts,
    domains,
    sites: shape.sites.map(
      ({ handover, ...site }): Site => ({
        ...site,
        domains: listed(site.domains),
        resources: listed(site.resources),
        ...(handover === undefined ? {} : { handover }),
      }),
    ),
    apiKeys: shape.apiKeys,
  };
}

function asTls({ redirect, ...tls }: NonNullable<ConfigShape['tls']>): TlsConfig {
  return { ...tls, ...(redirect === undefined ? {} : { redirect }) };
}

function asDomain({ port, connect, ca, ...domain }: ConfigShape['domains'][number]): Domain {
  return {
    ...domain,
    hosts: [...new Set(domain.hosts.map((host) => readHost(host, domain.includeSubdomains).host))],
    protocols: [...new Set(domain.protocols)],
    ...(port === undefined ? {} : { port }),
    ...(connect === undefined ? {} : { connect }),
    ...(ca === undefined ? {} : { ca }),
  };
}
