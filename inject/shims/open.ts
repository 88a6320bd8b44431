// window.open: a new window is the page frame's next page, and the caller gets a stand-in, so that it does not believe in a pop-up
// blocker; or a frame above the page, where it is meant to answer.
import { findWay, insideUrl } from '../mapping.ts';
import type { Realm } from '../realm.ts';
import { askForPage, goHere, placeOf } from './leave.ts';
import { makeStandIn } from './stand-in.ts';
import { belongsAbove, createWindowsAbove } from './window-above.ts';
import { wrapMethod } from './wrap.ts';

/** Installs `window.open`; `document.open` with three arguments is the same function in the standard. */
export function installOpen(realm: Realm): void {
  const { window } = realm;
  const standIns = new Map<string, object>();
  const above = createWindowsAbove(realm);
  wrapMethod(realm, window, 'open', (native, _self, args) => {
    const url = args[0] === undefined ? '' : `${args[0] as string}`;
    // Browsers take an empty name for none.
    const target = args[1] === undefined ? '_blank' : `${args[1] as string}` || '_blank';
    const features = args[2] === undefined ? '' : `${args[2] as string}`;
    const place = placeOf(realm, target);
    const way = findWay(realm, url === '' ? 'about:blank' : url);
    if (place === 'here') {
      if (url === '') return native('', target);
      if (way.to === 'nowhere') return native(url, target);
      if (way.to === 'external' || /^_(?:top|parent|self)$/i.test(target)) {
        goHere(realm, way);
        return window;
      }
      return native(insideUrl(realm, way), target);
    }
    if (place === 'page') {
      askForPage(realm, url);
      return realm.window.parent;
    }
    const open = target === '_blank' ? undefined : above.find(target);
    if (open && (url === '' || way.to === 'inside')) {
      if (url !== '') native(insideUrl(realm, way), target);
      return open;
    }
    const isAlone = /\bno(?:opener|referrer)\b(?!\s*=\s*(?:0|no|false))/i.test(features);
    if (realm.standsAlone && !isAlone && (url === '' || way.to === 'inside')) {
      const to = url && insideUrl(realm, way);
      const name = target === '_blank' ? '' : target;
      if (belongsAbove(realm, to, features))
        return above.open(to, name, features, () => askForPage(realm, url));
    }
    if (url !== '') askForPage(realm, url);
    if (isAlone) return null;
    const known = standIns.get(target);
    if (known && target !== '_blank') return known;
    const standIn = makeStandIn(realm, target === '_blank' ? '' : target);
    if (target !== '_blank') standIns.set(target, standIn);
    return standIn;
  });
}
