// Links: in-frame ones are mapped, new windows become the page frame's next page, tel: and mailto: go to the shell.
import { findWay, insideUrl } from '../mapping.ts';
import type { Realm } from '../realm.ts';
import { askForPage, goHere, type Place, placeOf, targetOf } from './leave.ts';
import { wrapMethod } from './wrap.ts';

/**
 * Installs the click hooks. Window's capture phase comes before every listener of the page, so a decision can only be taken
 * when the page has had its say: in a listener added last, at window or, for an event that does not leave its tree, at its root.
 */
export function installLinks(realm: Realm): void {
  const { window, natives } = realm;
  const seen = new WeakSet<Event>();
  const onClick = (event: Event) => {
    if (seen.has(event)) return;
    const link = findLink(realm, event);
    if (!link) return;
    seen.add(event);
    beforeClick(realm, event as MouseEvent, link);
  };
  for (const type of ['click', 'auxclick']) realm.listen(window, type, onClick);

  /** Trees that an event does not leave: detached ones, and shadow trees when it is not composed or the root is closed. */
  const watched = new WeakSet<Node>();
  const watch = (root: Node) => {
    if (watched.has(root) || root === window.document) return;
    watched.add(root);
    for (const type of ['click', 'auxclick']) natives.listen(root, type, onClick, true);
  };
  wrapMethod(realm, window.Element.prototype, 'attachShadow', (native, _self, args) => {
    const root = native(...args) as ShadowRoot;
    watch(root);
    return root;
  });
  wrapMethod(realm, window.HTMLElement.prototype, 'click', (native, self, args) => {
    if (self instanceof window.Node && !natives.isConnected(self)) watch(natives.rootOf(self));
    return native(...args);
  });
  wrapMethod(realm, window.EventTarget.prototype, 'dispatchEvent', (native, self, args) => {
    const [event] = args;
    if (event instanceof window.MouseEvent && self instanceof window.Node && !natives.isConnected(self))
      watch(natives.rootOf(self));
    return native(...args);
  });
}

/** The link that a click activates: the innermost one on its path. */
function findLink(realm: Realm, event: Event): Element | undefined {
  const { window, natives } = realm;
  for (const target of natives.composedPath(event)) {
    if (!(target instanceof window.Element)) continue;
    const { localName } = target;
    if ((localName === 'a' || localName === 'area') && hrefOf(realm, target) !== null) return target;
  }
  return undefined;
}

function hrefOf(realm: Realm, link: Element): string | null {
  return realm.natives.getAttribute(link, 'href') ?? realm.natives.getAttribute(link, 'xlink:href');
}

/** A click that the browser would turn into a new tab or window (or, with alt, a download). */
function wantsWindow(event: MouseEvent): boolean {
  return event.type === 'auxclick' ? event.button === 1 : event.ctrlKey || event.metaKey || event.shiftKey;
}

function beforeClick(realm: Realm, event: MouseEvent, link: Element): void {
  if (event.type === 'auxclick' && event.button !== 1) return;
  const { natives } = realm;
  const href = hrefOf(realm, link)!;
  if (natives.getAttribute(link, 'download') !== null) {
    // a download from a listed host stays one; from elsewhere the browser would navigate
    mapHref(realm, link, href);
    return;
  }
  const place: Place = wantsWindow(event) ? 'new' : placeOf(realm, targetOf(realm, link));
  if (place === 'here' && mapHref(realm, link, href) && isPlain(realm, link)) return;
  afterDispatch(realm, event, wantsWindow(event), () => {
    const now = hrefOf(realm, link);
    if (now === null) return;
    const way = findWay(realm, now);
    if (way.to === 'nowhere') return;
    natives.preventDefault(event);
    if (place === 'here') goHere(realm, way);
    else askForPage(realm, now);
  });
}

/** Makes the attribute a session address; false when the link does not stay inside. */
function mapHref(realm: Realm, link: Element, href: string): boolean {
  const way = findWay(realm, href);
  if (way.to !== 'inside') return way.to === 'nowhere';
  if (
    /^[\0-\x20]*(?:\w+:)?[\\/]{2}/.test(href) &&
    insideUrl(realm, way) !== href &&
    link.hasAttribute('href')
  )
    natives(realm).setAttribute(link, 'href', way.url);
  return true;
}

const natives = (realm: Realm) => realm.natives;

/** `_top` and `_parent` would lead out of the page frame to the shell, where the sandbox stops them. */
function isPlain(realm: Realm, link: Element): boolean {
  return !/^_(?:top|parent|unfencedtop)$/i.test(targetOf(realm, link)) || !realm.standsAlone;
}

/**
 * Calls `then` when all listeners of the page have run and none of them prevented the default.
 * @param strict the browser itself would open a window, which no sandbox stops (ctrl and middle click [measured]): prevent it
 *   even if the page stops propagation before our last listener
 */
export function afterDispatch(realm: Realm, event: Event, strict: boolean, then: () => void): void {
  const { natives, window } = realm;
  const { apply } = natives;
  let over = false;
  let refused = false;
  const finish = () => {
    if (over) return;
    over = true;
    natives.unlisten(end, event.type, finish);
    if (!refused && (strictlyPrevented || !natives.isPrevented(event))) then();
  };
  const path = natives.composedPath(event);
  const end = path.at(-1) ?? window;
  natives.listen(end, event.type, finish);
  let strictlyPrevented = false;
  if (strict) {
    const { preventDefault } = event;
    const stop = (name: 'stopPropagation' | 'stopImmediatePropagation') => {
      const original = event[name];
      return () => {
        apply(original, event, []);
        if (natives.isPrevented(event)) return;
        strictlyPrevented = true;
        natives.preventDefault(event);
      };
    };
    Object.defineProperties(event, {
      preventDefault: {
        configurable: true,
        value: () => {
          refused = true;
          apply(preventDefault, event, []);
        },
      },
      stopPropagation: { configurable: true, value: stop('stopPropagation') },
      stopImmediatePropagation: { configurable: true, value: stop('stopImmediatePropagation') },
    });
  }
  // Propagation may have been stopped: look again in a later task. What the browser did meanwhile was stopped by the sandbox.
  natives.setTimeout(finish, 0);
}
