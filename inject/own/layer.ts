// The layer above a page in which we draw: a closed shadow root on the document element, no events, no styles of the page.
import type { Realm } from '../realm.ts';
import { wrapMethod } from '../shims/wrap.ts';
import { markOwn } from './own.ts';

/** Where drawings go. */
export interface Layer {
  /** The root to append to; puts the layer back where a page has thrown it out, and above everything in the top layer. */
  show(): ShadowRoot;
  remove(): void;
}

const STYLE = `
:host { all: initial; position: fixed; inset: 0; width: auto; height: auto; margin: 0; padding: 0; border: 0; background: none;
  overflow: hidden; pointer-events: none; z-index: 2147483647; contain: strict; color-scheme: light; }
* { box-sizing: border-box; }
.pointer { position: absolute; left: 0; top: 0; width: max-content; transition: transform 60ms linear; }
.pointer svg { display: block; width: 20px; height: 20px; filter: drop-shadow(0 1px 1px #0006); }
.name { margin: 2px 0 0 14px; padding: 1px 7px; border-radius: 9px; background: currentColor; font: 600 12px/1.5 system-ui, sans-serif; }
.name span { color: #fff; }
.ripple { position: absolute; left: -14px; top: -14px; width: 28px; height: 28px; border: 3px solid currentColor; border-radius: 50%;
  animation: ripple 500ms ease-out forwards; }
.tint { position: absolute; background: #7c3aed1f; outline: 1px dashed #7c3aed80; border-radius: 2px; }
@keyframes ripple { from { transform: scale(.3); opacity: 1 } to { transform: scale(1.4); opacity: 0 } }
@media (prefers-reduced-motion: reduce) { .pointer { transition: none } .ripple { animation-duration: 1ms } }
`;

/** Makes the layer; nothing is in the page before the first `show`. */
export function createLayer(realm: Realm): Layer {
  const { window, natives } = realm;
  let host: HTMLElement | undefined;
  let root: ShadowRoot | undefined;
  const build = (): ShadowRoot => {
    host = natives.createElement('tandem-layer');
    markOwn(host);
    host.setAttribute('aria-hidden', 'true');
    host.setAttribute('popover', 'manual');
    const made = natives.attachShadow(host, { mode: 'closed' });
    // a constructed sheet and CSSOM: the page's CSP has no say in them
    const sheet = new window.CSSStyleSheet();
    sheet.replaceSync(STYLE);
    made.adoptedStyleSheets = [sheet];
    return made;
  };
  /** Puts it on top of the top layer. */
  const raise = () => {
    if (!host?.isConnected) return;
    try {
      if (host.matches(':popover-open')) host.hidePopover();
      host.showPopover();
    } catch {
      // no top layer (old browser, document not active): the z-index has to do
    }
  };
  const { HTMLDialogElement, HTMLElement } = window;
  for (const [owner, name] of [
    [HTMLDialogElement?.prototype, 'showModal'],
    [HTMLElement.prototype, 'showPopover'],
  ] as const)
    wrapMethod(realm, owner, name, (native, self, args) => {
      const result = native(...args);
      if (self !== host) raise();
      return result;
    });
  return {
    show() {
      root ??= build();
      const { documentElement } = window.document;
      if (host && documentElement && host.parentNode !== documentElement) {
        natives.append(documentElement, host);
        raise();
      }
      return root;
    },
    remove() {
      if (host) natives.remove(host);
    },
  };
}

/** An element of a drawing. */
export function drawn(realm: Realm, className: string): HTMLElement {
  const element = realm.natives.createElement('div');
  element.className = className;
  return element;
}
