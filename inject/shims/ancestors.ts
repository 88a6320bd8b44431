// top, parent and ancestorOrigins: for the page, the page frame is on top. `top` itself is unforgeable, so scripts that use it
// are edited by the gateway to read `__tandem_top` instead.
import type { PageWindow } from '../natives.ts';
import type { Realm } from '../realm.ts';
import { wrapGetter, wrapMethod } from './wrap.ts';

/** Names that the gateway's edits use. */
export const TOP = '__tandem_top';
export const PARENT = '__tandem_parent';

/** Installs `__tandem_top`, `__tandem_parent`, `parent` in the page frame and windows above it, and hides the shell from `ancestorOrigins`' methods. */
export function installAncestors(realm: Realm): void {
  const { window, natives, standsAlone } = realm;
  const define = (name: string, get: () => Window) =>
    Object.defineProperty(window, name, { get, enumerable: false, configurable: false });
  const parent = () => (standsAlone ? window : window.parent);
  define(PARENT, parent);
  define(TOP, () => {
    if (standsAlone) return window;
    let top: Window = window;
    // the page frame is below the shell; its own `parent`, where we may read it, is itself
    while (top.parent !== top && top.parent !== natives.top) top = top.parent;
    return top;
  });
  if (standsAlone) wrapGetter(realm, window, 'parent', () => window);
  hideShell(realm);
}

/** `location.ancestorOrigins[i]` is unforgeable; its length and methods end before the shell. */
function hideShell(realm: Realm): void {
  const list: unknown = (realm.window.location as { ancestorOrigins?: unknown }).ancestorOrigins;
  const { DOMStringList } = realm.window as PageWindow & { DOMStringList?: { prototype: object } };
  if (!list || !DOMStringList) return;
  const { shell } = realm.config;
  const isOurs = (self: unknown) => self === list;
  wrapGetter(realm, DOMStringList.prototype, 'length', (native, self) => {
    const length = native() as number;
    return isOurs(self) && length > 0 ? length - 1 : length;
  });
  wrapMethod(realm, DOMStringList.prototype, 'item', (native, self, args) => {
    const item = native(...args);
    return isOurs(self) && item === shell ? null : item;
  });
  wrapMethod(realm, DOMStringList.prototype, 'contains', (native, self, args) => {
    const origin = `${args[0] as string}`;
    if (!isOurs(self)) return native(...args);
    if (origin === shell) return false;
    return (native(origin) as boolean) || (native(sessionOf(realm, origin)) as boolean);
  });
}

function sessionOf(realm: Realm, origin: string): string {
  return realm.addresses.toSession(origin, realm.origin.scheme) ?? origin;
}
