// Content-Security-Policy: the site's own is mapped to session addresses, and ours is added as containment (CSP level 3).
import {
  type Addresses,
  type AddressTable,
  OWN_PREFIX,
  parseOrigin,
  shellOrigin,
  type UpstreamOrigin,
} from '../../protocol/address.ts';
import { type LinkContext, namesOrigin } from './links.ts';

export interface PolicyOptions {
  addresses: Addresses;
  /** Upstream of the document: `'self'` and scheme-less sources are relative to it. */
  origin: UpstreamOrigin;
  /** Nonce of our script's tag. */
  nonce: string;
  /** URL of our script, for policies without nonces: a nonce would switch their `'unsafe-inline'` off. */
  script: string;
  /** Whether endpoints of `Reporting-Endpoints` are there for `report-to`; otherwise that is left out, and `report-uri` counts. */
  reportTo?: boolean;
}

/** Directives whose values are sources of this kind. */
const SOURCES = /^(?:[a-z]+(?:-[a-z]+)?-src(?:-elem|-attr)?|form-action|base-uri|navigate-to|default-src)$/;
/** Ours take their place (`frame-ancestors`), or they would break plain http in development. */
const DROPPED = new Set([
  'frame-ancestors',
  'upgrade-insecure-requests',
  'block-all-mixed-content',
  'navigate-to',
]);
const HOST_SOURCE = /^(?:([a-z][a-z0-9+.-]*):\/\/)?(\*|(?:\*\.)?[a-z0-9.-]+)(?::(\d+|\*))?(\/\S*)?$/i;

const HASH_SOURCE = /^'sha(?:256|384|512)-/i;

/** A policy (or a list of policies, separated by commas) of the site, mapped. */
export function mapContentPolicy(value: string, options: PolicyOptions, from: 'header' | 'meta'): string {
  return value
    .split(',')
    .map((policy) => mapPolicy(policy, options, from))
    .filter((policy) => policy !== '')
    .join(', ');
}

function mapPolicy(policy: string, options: PolicyOptions, from: 'header' | 'meta'): string {
  const directives = new Map<string, string[]>();
  for (const part of policy.split(';')) {
    const [name, ...values] = part.trim().split(/[\t\n\f\r ]+/);
    const key = name?.toLowerCase();
    // Of a repeated directive only the first counts (CSP 2.2.1).
    if (key && !DROPPED.has(key) && !directives.has(key)) directives.set(key, values);
  }
  const scripts = ['script-src-elem', 'script-src', 'default-src'].find((name) => directives.has(name));
  const styles = ['style-src-elem', 'style-src', 'default-src'].find((name) => directives.has(name));
  const reports = mapReports(directives, options, from);
  const out: string[] = [];
  for (const [name, values] of directives) {
    const mapped = SOURCES.test(name)
      ? values.flatMap((source) => {
          const sources = mapSource(source, options);
          // What the site allows must not be reported to it as forbidden. Ours holds it in any case.
          return reports && !source.startsWith("'") ? [...sources, source] : sources;
        })
      : values;
    if (name === scripts) allowOurScript(mapped, options);
    // What of it we edit has another digest, and gets our nonce.
    if (name === styles && name !== scripts && mapped.some((source) => HASH_SOURCE.test(source)))
      mapped.push(`'nonce-${options.nonce}'`);
    out.push([name, ...new Set(mapped)].join(' '));
  }
  if (out.every((directive) => /^report-(?:uri|to) /.test(directive))) return '';
  // A meta element cannot hold these, and a sandbox without our own flags would make the page's origin opaque.
  return out.filter((directive) => from === 'header' || !directive.startsWith('sandbox')).join('; ');
}

/**
 * Where the site hears of what its own policy forbids: its endpoint's session address; reports are mapped on their way back as
 * every body is. What would tell a host off the list of our addresses is left out.
 * @returns whether anybody hears
 */
function mapReports(
  directives: Map<string, string[]>,
  { addresses, origin, reportTo }: PolicyOptions,
  from: 'header' | 'meta',
): boolean {
  const uris = directives
    .get('report-uri')
    ?.flatMap((uri) => mapEndpoint(uri, addresses, origin.scheme) ?? []);
  if (from === 'meta' || uris?.length === 0) directives.delete('report-uri');
  else if (uris) directives.set('report-uri', uris);
  if (from === 'meta' || !reportTo) directives.delete('report-to');
  return directives.has('report-uri') || directives.has('report-to');
}

/** Where reports go to: a session address or a path as it is; undefined for what is off the list. */
export function mapEndpoint(
  url: string,
  addresses: Addresses,
  scheme: LinkContext['scheme'],
): string | undefined {
  return addresses.toSession(url, scheme) ?? (namesOrigin(url) ? undefined : url);
}

function allowOurScript(sources: string[], { nonce, script }: PolicyOptions): void {
  if (sources.length === 1 && /^'none'$/i.test(sources[0]!)) sources.length = 0;
  const byNonce = sources.some((source) => /^'(?:nonce-|sha(?:256|384|512)-|strict-dynamic')/i.test(source));
  sources.push(byNonce ? `'nonce-${nonce}'` : script);
}

/** A host source becomes the session addresses it stands for; keywords, nonces, hashes and other schemes stay. */
function mapSource(source: string, { addresses, origin }: PolicyOptions): string[] {
  if (source.startsWith("'")) return [source];
  if (/^(?:https?|wss?):$/i.test(source)) {
    return [
      ...sessionOrigins(addresses, () => true),
      ...(/^w/i.test(source) ? socketOrigins(addresses) : []),
    ];
  }
  if (/^[a-z][a-z0-9+.-]*:$/i.test(source)) return [source];
  const match = HOST_SOURCE.exec(source);
  if (!match) return [];
  const [, named, host, port, path = ''] = match;
  const scheme = named?.toLowerCase();
  const socket = scheme === 'ws' || scheme === 'wss';
  const lower = host!.toLowerCase();
  const fits = (candidate: UpstreamOrigin): boolean => {
    if (
      lower !== '*' &&
      !(lower.startsWith('*.') ? candidate.host.endsWith(lower.slice(1)) : candidate.host === lower)
    ) {
      return false;
    }
    const secure = candidate.scheme === 'https';
    // `http:` in a policy allows https too; without a scheme that of the page counts, upgraded likewise (CSP 6.7.2.9).
    const wanted = scheme ?? origin.scheme;
    if ((wanted === 'https' || wanted === 'wss') && !secure) return false;
    if (port === undefined) return candidate.port === (secure ? 443 : 80) || lower === '*';
    return port === '*' || candidate.port === Number(port);
  };
  const origins =
    lower.startsWith('*') || port === '*' || scheme === undefined || scheme === 'http' || scheme === 'ws'
      ? sessionOrigins(addresses, fits)
      : exactOrigin(addresses, { scheme: 'https', host: lower, port: Number(port ?? 443) });
  return origins.map((session) => (socket ? session.replace(/^http/, 'ws') : session) + path);
}

function exactOrigin(addresses: Addresses, origin: UpstreamOrigin): string[] {
  const session = addresses.sessionOrigin(origin);
  return session === undefined ? [] : [session];
}

const listed = new WeakMap<AddressTable, { origin: UpstreamOrigin; session: string }[]>();

function sessionOrigins(addresses: Addresses, fits: (origin: UpstreamOrigin) => boolean): string[] {
  let all = listed.get(addresses.table);
  if (!all) {
    all = addresses.table.hosts.flatMap(([text]) => {
      const origin = parseOrigin(text);
      const session = origin && addresses.sessionOrigin(origin);
      return origin && session !== undefined ? [{ origin, session }] : [];
    });
    listed.set(addresses.table, all);
  }
  return all.filter(({ origin }) => fits(origin)).map(({ session }) => session);
}

function socketOrigins(addresses: Addresses): string[] {
  return sessionOrigins(addresses, () => true).map((session) => session.replace(/^http/, 'ws'));
}

const containments = new WeakMap<AddressTable, string>();

/**
 * Our own policy, the hard stop (security.md 2.4): exactly the session's addresses; whoever frames the page must be the shell or
 * one of them. Below `includeSubdomains` the addresses cannot be listed, and CSP knows no `*--sid.base`: the whole base is.
 */
export function containmentPolicy(addresses: Addresses): string {
  let policy = containments.get(addresses.table);
  if (policy === undefined) {
    const { table } = addresses;
    const own =
      table.wild.length > 0 ? [`${table.scheme}://*.${table.base}`] : sessionOrigins(addresses, () => true);
    const sockets = own.map((source) => source.replace(/^http/, 'ws'));
    const all = own.join(' ');
    policy = [
      `default-src ${all} data: blob: 'unsafe-inline' 'unsafe-eval'`,
      `connect-src ${all} ${sockets.join(' ')} data: blob:`,
      `form-action ${all}`,
      `base-uri ${all}`,
      `frame-ancestors ${shellOrigin(table)} ${all}`,
      // The leak meter. Not by `report-to`: Chromium then waits for a minute, and over plain http it reports to nobody.
      `report-uri ${OWN_PREFIX}report`,
    ].join('; ');
    containments.set(addresses.table, policy);
  }
  return policy;
}
