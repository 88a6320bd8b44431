// window.open: a new window is the page frame's next page; the caller gets a stand-in, so that it does not believe in a pop-up blocker.
import { findWay, insideUrl } from '../mapping.ts';
import type { Realm } from '../realm.ts';
import { askForPage, goHere, placeOf } from './leave.ts';
import { makeStandIn } from './stand-in.ts';
import { wrapMethod } from './wrap.ts';

/** Installs `window.open`; `document.open` with three arguments is the same function in the standard. */
export function installOpen(realm: Realm): void {
  const { window } = realm;
  const standIns = new Map<string, object>();
  wrapMethod(realm, window, 'open', (native, _self, args) => {
    const url = args[0] === undefined ? '' : `${args[0] as string}`;
    const target = args[1] === undefined ? '_blank' : `${args[1] as string}`;
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
    if (url !== '') askForPage(realm, url);
    if (/\bno(?:opener|referrer)\b(?!\s*=\s*(?:0|no|false))/i.test(features)) return null;
    const known = standIns.get(target);
    if (known && target !== '_blank') return known;
    const standIn = makeStandIn(realm, target === '_blank' ? '' : target);
    if (target !== '_blank') standIns.set(target, standIn);
    return standIn;
  });
}
