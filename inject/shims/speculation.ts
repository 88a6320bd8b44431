// Speculation rules prefetch past every other layer: pages are told that the browser has none.
import type { Realm } from '../realm.ts';
import { wrapMethod } from './wrap.ts';

/** `script.type = 'speculationrules'` itself is made inert by the attribute shim. */
export function installSpeculation(realm: Realm): void {
  wrapMethod(realm, realm.window.HTMLScriptElement, 'supports', (native, _self, args) =>
    args[0] === 'speculationrules' ? false : native(...args),
  );
}
