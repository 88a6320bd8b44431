// document.referrer: the page's own address never names the shell.
import { mapUrl } from '../mapping.ts';
import type { Realm } from '../realm.ts';
import { wrapGetter } from './wrap.ts';

/** A referrer on the list is shown as its session address, so that it compares with `location` as on the real site. */
export function installReferrer(realm: Realm): void {
  const shown = mapUrl(realm, realm.config.referrer);
  wrapGetter(realm, realm.window.Document.prototype, 'referrer', () => shown);
}
