// Host names as the config and the allowlist compare them: IDNA-encoded, lower case, no trailing dot; and who owns them.
import { domainToUnicode } from 'node:url';
import ipaddr from 'ipaddr.js';
import { getDomain, parse } from 'tldts';

/** A name is one registrable domain with `localhost` as a public suffix: browsers treat `*.localhost` so (security.md 1.1). */
const LOCALHOST = 'localhost';
const NEITHER_HOST_NOR_PORT = /[\s/\\@?#%:]/;

/**
 * A host name or IP literal in the form that `URL.hostname` gives, one trailing dot removed; undefined when it is none.
 * IPv6 literals are given and returned in brackets. Does not accept a port.
 */
export function normalizeHost(text: string): string | undefined {
  const literal6 = text.startsWith('[') && text.endsWith(']');
  if (text === '' || (!literal6 && NEITHER_HOST_NOR_PORT.test(text))) return undefined;
  const url = URL.parse(`http://${text}/`);
  if (url?.port !== '' || url.username !== '' || url.pathname !== '/') return undefined;
  const host = url.hostname.replace(/\.$/, '');
  if (literal6 || /^\d+(\.\d+){3}$/.test(host)) return host;
  const labels = host.split('.');
  const fits = host.length <= 253 && labels.every((label) => /^(?!-)[a-z0-9_-]{1,63}(?<!-)$/.test(label));
  return fits ? host : undefined;
}

/** A normalised host as people write it: `bücher.example` for `xn--bcher-kva.example`. Never to be compared. */
export function shownHost(host: string): string {
  return domainToUnicode(host) || host;
}

/** Whether a normalised host is an IP address rather than a name. */
export function isIpLiteral(host: string): boolean {
  return host.startsWith('[') || ipaddr.IPv4.isValidFourPartDecimal(host);
}

/** Whether `host` is `parent` or, by whole labels, below it. */
export function isWithin(host: string, parent: string): boolean {
  return host === parent || host.endsWith(`.${parent}`);
}

/**
 * What cookies may span: the registrable domain by the public suffix list (private entries too, as browsers do), the last two
 * labels under `localhost`, and the host itself where there is no such thing (IP literals, single labels).
 */
export function registrableDomain(host: string): string {
  if (isIpLiteral(host)) return host;
  if (isWithin(host, LOCALHOST)) return host.split('.').slice(-2).join('.');
  return getDomain(host, { allowPrivateDomains: true }) ?? host;
}

/** Whether everybody may register names below it (`com`, `co.uk`, `localhost`): never a range of hosts to allow. */
export function isPublicSuffix(host: string): boolean {
  if (isIpLiteral(host)) return false;
  const { publicSuffix, isIcann, isPrivate } = parse(host, { allowPrivateDomains: true });
  return host === LOCALHOST || (publicSuffix === host && (isIcann === true || isPrivate === true));
}

/** Whether this host resolves to loopback in every browser and may therefore be served over plain http. */
export function isLocalhost(host: string): boolean {
  return isWithin(host, LOCALHOST);
}

/** `host:port` or `[v6]:port` as its parts; undefined for anything else. Port 0 only where `mayBeZero`. */
export function parseHostPort(text: string, mayBeZero = false): { host: string; port: number } | undefined {
  const match = /^(.+):(\d{1,5})$/.exec(text);
  if (!match) return undefined;
  const host = normalizeHost(match[1]!);
  const port = Number(match[2]);
  if (host === undefined || port > 65_535 || (port === 0 && !mayBeZero)) return undefined;
  return { host: host.replace(/^\[|\]$/g, ''), port };
}

/** A network in CIDR notation, or a single address as the network of it alone; undefined for anything else. */
export function normalizeNetwork(text: string): string | undefined {
  try {
    if (ipaddr.isValid(text)) {
      const address = ipaddr.parse(text);
      return `${address.toString()}/${address.kind() === 'ipv4' ? 32 : 128}`;
    }
    const [address, bits] = ipaddr.parseCIDR(text);
    return `${address.toString()}/${bits}`;
  } catch {
    return undefined;
  }
}

/** Whether an address lies in one of these networks; IPv4 in IPv6 counts as IPv4. */
export function isInNetworks(address: string, networks: readonly string[]): boolean {
  if (!ipaddr.isValid(address)) return false;
  const parsed = ipaddr.process(address);
  return networks.some((network) => {
    const [range, bits] = ipaddr.parseCIDR(network);
    return range.kind() === parsed.kind() && parsed.match([range, bits] as [ipaddr.IPv4, number]);
  });
}
