// Autofocus: browsers withhold it in a frame whose top is of another origin, as the page frame's is; it is made good here.
import type { Realm } from './realm.ts';

/**
 * Focuses what the page wants focused when it has been parsed: once, and only while nothing else has the focus.
 * @param mayTake whether the focus may come into the page now
 */
export function startAutofocus(realm: Realm, mayTake: () => boolean): { look(): void } {
  const { window, natives } = realm;
  const { document } = window;
  let done = !realm.isTop;
  const look = (): void => {
    if (done || document.readyState === 'loading' || !mayTake()) return;
    done = true;
    // somebody was faster, or the address names a part of the page: HTML, "flush autofocus candidates"
    if (document.activeElement !== document.body || window.location.hash.length > 1) return;
    for (const element of natives.queryAll(document, '[autofocus]')) {
      (element as HTMLElement).focus();
      if (document.activeElement === element) return;
    }
  };
  realm.listen(document, 'DOMContentLoaded', look);
  return { look };
}
