// What happens when a page wants to go somewhere else than in its own frame: everything stays inside the session (R27).
import { findWay, insideUrl, type Way } from '../mapping.ts';
import type { Realm } from '../realm.ts';

/** Where a link, form or `window.open` points. */
export type Place =
  /** This frame, or one that the page has made: the browser does it by itself. */
  | 'here'
  /** The frame that the page takes for its top, its parent or a new window: the page frame, or a frame above us. */
  | 'page'
  /** A new window; in a session it is the page frame too (R27: one shared page at a time). */
  | 'new';

/** What the browser would do with this target name. */
export function placeOf(realm: Realm, target: string): Place {
  const { window, standsAlone } = realm;
  const name = target.toLowerCase();
  if (name === '' || name === '_self') return 'here';
  if (name === '_blank') return 'new';
  if (name === '_top' || name === '_parent' || name === '_unfencedtop') return standsAlone ? 'here' : 'page';
  return target === window.name || hasFrame(realm, target) ? 'here' : 'new';
}

/** A frame of that name in this document or in a document above it that we may look into. */
function hasFrame(realm: Realm, name: string): boolean {
  const { natives } = realm;
  for (let window: Window | undefined = realm.window; window && window !== natives.top; ) {
    try {
      for (let index = 0; index < window.length; index++) if (nameOf(window[index]!) === name) return true;
    } catch {
      return false; // another origin: its frames' names are not ours to see
    }
    if (window === realm.window.parent) return false;
    window = window === realm.window ? natives.parent : window.parent;
  }
  return false;
}

function nameOf(window: Window): string | undefined {
  try {
    return window.name;
  } catch {
    return undefined; // a frame of another origin: known only by its element
  }
}

/** Effective target of a link or form: its own, else that of `<base target>`. */
export function targetOf(realm: Realm, element: Element, own = 'target'): string {
  const { natives, window } = realm;
  const base = () => {
    const found = natives.query(window.document, 'base[target]');
    return found && natives.getAttribute(found, 'target');
  };
  return natives.getAttribute(element, own) ?? natives.getAttribute(element, 'target') ?? base() ?? '';
}

/** Goes to an address in this frame. */
export function goHere(realm: Realm, way: Way, replace = false): void {
  const { location } = realm.window;
  if (way.to === 'external') realm.tell({ type: 'external', url: way.url });
  else if (replace) location.replace(insideUrl(realm, way));
  else location.assign(insideUrl(realm, way));
}

/** Asks the shell to show an address in the page frame: it decides, and tells the customer when it is off the list. */
export function askForPage(realm: Realm, url: string): void {
  const way = findWay(realm, url);
  if (way.to === 'external') realm.tell({ type: 'external', url: way.url });
  else if (way.to !== 'nowhere') realm.tell({ type: 'navigate', url: way.url });
}
