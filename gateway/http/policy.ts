// Content security policies of our own pages, made from the public addresses and the session's table (security.md 2.4).
import type { AddressTable } from '../../protocol/address.ts';
import { formatOrigin } from '../../protocol/address.ts';
import { originsOf } from '../sites/addresses.ts';
import type { Site } from '../sites/config.ts';
import type { Places } from '../sites/places.ts';

/** Writes a policy; a directive without sources is `'none'`. */
export function writePolicy(directives: Record<string, string[]>): string {
  return Object.entries(directives)
    .map(([name, sources]) => {
      if (name === 'sandbox' || name === 'require-trusted-types-for') return [name, ...sources].join(' ');
      return `${name} ${sources.length > 0 ? sources.join(' ') : "'none'"}`;
    })
    .join('; ');
}

const socketOf = (origin: string) => origin.replace(/^http/, 'ws');

const BASE = {
  'default-src': [],
  'script-src': ["'self'"],
  'style-src': ["'self'"],
  'img-src': ["'self'", 'data:'],
  'font-src': ["'self'"],
  'base-uri': [],
  'form-action': ["'self'"],
};

/** The session window: may frame this session's pages and its view host, and nothing else. */
export function shellPolicy({ sid, scheme, base, hosts, wild }: AddressTable): string {
  const own = `${scheme}://${sid}.${base}`;
  // `*--sid.base` is no valid source: sites with whole subdomains need the wide one.
  const frames =
    wild.length > 0
      ? [`${scheme}://*.${base}`]
      : hosts.map(([, slug]) => `${scheme}://${slug}--${sid}.${base}`);
  return writePolicy({
    ...BASE,
    'media-src': ["'self'", 'data:'],
    'connect-src': ["'self'", socketOf(own)],
    'frame-src': [...new Set([...frames, `${scheme}://view--${sid}.${base}`])],
    'frame-ancestors': [],
    'require-trusted-types-for': ["'script'"],
  });
}

/** The contact panel's frame: only the sites' own pages may embed it. */
export function panelPolicy(places: Places, sites: Site[]): string {
  const ancestors = sites
    .flatMap(({ domains }) => domains)
    .flatMap((domain) =>
      originsOf(domain).flatMap((origin) => [
        formatOrigin(origin),
        ...(domain.includeSubdomains ? [formatOrigin({ ...origin, host: `*.${origin.host}` })] : []),
      ]),
    );
  return writePolicy({
    ...BASE,
    'media-src': ["'self'", 'data:'],
    'connect-src': ["'self'", socketOf(places.panelOrigin)],
    'frame-ancestors': [...new Set(ancestors)],
  });
}

/** The window that opens at Start and then goes to the shell; nothing frames it. */
export function openingPolicy(): string {
  return writePolicy({ ...BASE, 'connect-src': ["'self'"], 'frame-ancestors': [] });
}

/** The viewer of a shared document: in an opaque origin, so `'self'` is spelled out. */
export function documentPolicy(
  places: Places,
  { sid, scheme, base }: Pick<AddressTable, 'sid' | 'scheme' | 'base'>,
): string {
  const view = `${scheme}://view--${sid}.${base}`;
  return writePolicy({
    'default-src': [],
    'script-src': [view, "'wasm-unsafe-eval'"],
    'worker-src': [view, 'blob:'],
    'style-src': [view, "'unsafe-inline'"],
    'img-src': [view, 'data:', 'blob:'],
    'font-src': [view, 'data:', 'blob:'],
    'connect-src': [view, 'data:', 'blob:'],
    'base-uri': [],
    'form-action': [],
    'frame-ancestors': [`${scheme}://${sid}.${base}`, places.consoleOrigin],
    sandbox: ['allow-scripts'],
  });
}
