// Sites with `realHosts`: scripts that work on the host they are at (`hostname.endsWith('.shop.example')`) read the real one. The gateway
// has put keys of ours in place of `host` and `hostname` behind `location`; anchors and URLs, which scripts compare with it, say the same.
import { formatOrigin } from '../../protocol/address.ts';
import type { Realm } from '../realm.ts';
import { wrapGetter } from './wrap.ts';

type Part = 'host' | 'hostname';
const PARTS: readonly Part[] = ['host', 'hostname'];

/** Installs the keys that the gateway's edits name, and the getters. */
export function installRealHosts(realm: Realm): void {
  const { window, addresses, config } = realm;
  if (!config.realHosts) return;
  const { Location, Object: Base, URL, HTMLAnchorElement, HTMLAreaElement } = window;
  /** Undefined for what is no address of this session. */
  const real = (origin: string, part: Part): string | undefined => {
    const upstream = addresses.upstreamOfOrigin(origin);
    if (!upstream) return undefined;
    return part === 'hostname' ? upstream.host : formatOrigin(upstream).slice(`${upstream.scheme}://`.length);
  };
  for (const part of PARTS) {
    const key = `__tandem_${part}`;
    // A variable named `location` may hold anything: what is no Location has its own part under the key.
    const define = (owner: object, value: (this: Location) => string): void =>
      void Base.defineProperty(owner, key, { get: value, configurable: true });
    define(Base.prototype, function () {
      return this[part];
    });
    define(Location.prototype, function () {
      return real(this.origin, part) ?? this[part];
    });
    Base.defineProperty(window, key, { value: key, configurable: true });
    for (const { prototype } of [URL, HTMLAnchorElement, HTMLAreaElement])
      wrapGetter(realm, prototype, part, (native, self) => real((self as URL).origin, part) ?? native());
  }
}
