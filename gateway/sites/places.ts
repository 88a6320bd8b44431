// The public addresses of this gateway: where console, panel and sessions are, and which door a Host header means.
import { type HostRole, parseSessionHost } from '../../protocol/address.ts';
import type { Config } from './config.ts';

/** Public addresses, derived once from the config and the port really listened on. */
export interface Places {
  scheme: 'http' | 'https';
  /** Hosts with port as they appear in a Host header. */
  consoleHost: string;
  panelHost: string;
  /** Below it lie all session addresses. */
  base: string;
  consoleOrigin: string;
  panelOrigin: string;
}

/** Of the config, what the addresses hang on; `https` also without `tls`: certificates of development. */
type Addressing = Pick<Config, 'publicUrl' | 'panelUrl' | 'base'> & { tls?: unknown; https?: boolean };

/** @param port the port really listened on (the config may say 0) */
export function placesOf(config: Addressing, port: number): Places {
  const own = config.tls !== undefined || config.https === true ? 'https' : 'http';
  const consoleUrl = new URL(config.publicUrl ?? `${own}://console.localhost:${port}`);
  const scheme = consoleUrl.protocol === 'https:' ? 'https' : 'http';
  const suffix = consoleUrl.port ? `:${consoleUrl.port}` : '';
  const panelUrl = new URL(config.panelUrl ?? `${scheme}://panel.${consoleUrl.host}`);
  const base = config.base ?? 'cobrowse.localhost';
  return {
    scheme,
    consoleHost: consoleUrl.host,
    panelHost: panelUrl.host,
    base: base.includes(':') ? base : base + suffix,
    consoleOrigin: consoleUrl.origin,
    panelOrigin: panelUrl.origin,
  };
}

/** The door that a request's host belongs to. */
export type Door = { role: 'console' } | { role: 'panel' } | HostRole;

/** Undefined for every host that is not ours: answer 421 without touching anything. */
export function findDoor(host: string | undefined, places: Places): Door | undefined {
  if (host === undefined) return undefined;
  const name = host.toLowerCase();
  if (name === places.consoleHost) return { role: 'console' };
  if (name === places.panelHost) return { role: 'panel' };
  return parseSessionHost(name, places.base);
}
