// document.domain: the real host, and setting it never throws (it is dead in browsers: our documents have an origin-keyed agent).
import type { Realm } from '../realm.ts';
import { wrapGetter, wrapSetter } from './wrap.ts';

/** What a script sets is what it reads afterwards; it has no other effect. */
export function installDomain(realm: Realm): void {
  const owner = realm.window.Document.prototype;
  let domain = realm.origin.host;
  wrapGetter(realm, owner, 'domain', () => domain);
  wrapSetter(realm, owner, 'domain', (_native, _self, args) => {
    domain = `${args[0] as string}`;
  });
}
