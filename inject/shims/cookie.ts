// document.cookie: synchronously right, from the jar on the gateway; the browser's own cookies of the session address stay hidden.
import type { Realm } from '../realm.ts';
import { wrapGetter, wrapSetter } from './wrap.ts';

/** Installs the shim. `cookieStore` is hidden, as it would show (and announce) our own cookies; Safari and Firefox users had none for years. */
export function installCookie(realm: Realm): void {
  const { window, cookies } = realm;
  const owner = window.Document.prototype;
  wrapGetter(realm, owner, 'cookie', (native) => {
    native(); // throws where a document has no cookies (sandboxed), as it should
    return cookies.text;
  });
  wrapSetter(realm, owner, 'cookie', (_native, _self, args) => cookies.set(`${args[0] as string}`));
  for (const name of ['cookieStore', 'CookieStore', 'CookieStoreManager', 'CookieChangeEvent'])
    Reflect.deleteProperty(window, name);
}
