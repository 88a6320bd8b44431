// The layer above a page in which we draw: a closed shadow root on the document element, no events, no styles of the page.
import type { Realm } from '../realm.ts';
import { wrapMethod } from '../shims/wrap.ts';
import { markOwn } from './own.ts';

/** Where drawings go. */
export interface Layer {
  /** The root to append to; puts the layer back where a page has thrown it out, and above everything in the top layer. */
  show(): ShadowRoot;
  /** Hears of clicks on what takes any; the page hears nothing of them. */
  onPress(listener: (on: Element) => void): void;
  remove(): void;
}

/** Events of a pointer over something of ours; none of them reaches the page. */
const OURS =
  'pointerdown pointerup pointermove pointerover pointerout pointerenter pointerleave mousedown mouseup mousemove mouseover mouseout mouseenter mouseleave click dblclick auxclick contextmenu touchstart touchmove touchend'.split(
    ' ',
  );

const STYLE = `
:host { all: initial; position: fixed; inset: 0; width: auto; height: auto; margin: 0; padding: 0; border: 0; background: none;
  overflow: hidden; pointer-events: none; user-select: none; z-index: 2147483647; contain: strict; color-scheme: light; }
* { box-sizing: border-box; }
.pointer { position: absolute; left: 0; top: 0; width: max-content; transition: transform 60ms linear; }
.pointer svg { display: block; width: 20px; height: 20px; filter: drop-shadow(0 1px 1px #0006); }
.name { margin: 2px 0 0 14px; padding: 1px 7px; border-radius: 9px; background: currentColor; font: 600 12px/1.5 system-ui, sans-serif; }
.name span { color: #fff; }
.ripple { position: absolute; left: -14px; top: -14px; width: 28px; height: 28px; border: 3px solid currentColor; border-radius: 50%;
  animation: ripple 500ms ease-out forwards; }
.tint { position: absolute; background: #7c3aed1f; outline: 1px dashed #7c3aed80; border-radius: 2px; }
.spot { position: absolute; border-radius: 8px; outline: 3px solid var(--person); box-shadow: 0 0 0 200vmax #0009;
  animation: spot 300ms ease-out; }
.spot-note { position: absolute; left: 0; top: 0; display: flex; flex-wrap: wrap; gap: 6px 12px; align-items: center; width: max-content;
  max-width: min(360px, calc(100vw - 20px)); padding: 10px 14px; border-radius: 10px; background: #fff; color: #14211f;
  border-top: 4px solid var(--person); box-shadow: 0 6px 24px #0006; font: 600 14px/1.4 system-ui, sans-serif; }
.spot-decline { padding: 4px 12px; border: 1px solid #788985; border-radius: 8px; font-weight: 400; pointer-events: auto; cursor: pointer; }
.spot-decline:hover { background: #e8eeec; }
.ink { position: absolute; inset: 0; overflow: hidden; }
.ink svg { position: absolute; inset: 0; width: 100%; height: 100%; fill: none; stroke: currentColor; stroke-width: 4;
  stroke-linecap: round; stroke-linejoin: round; filter: drop-shadow(0 0 1px #fff); }
.ink circle { fill: currentColor; stroke: #fff; stroke-width: 2; }
.framed { position: absolute; border: 3px solid currentColor; border-radius: 6px; box-shadow: 0 0 0 1px #fff; }
.framed-name { position: absolute; left: -3px; bottom: 100%; padding: 1px 8px; border-radius: 6px 6px 6px 0; background: currentColor;
  font: 600 12px/1.5 system-ui, sans-serif; white-space: nowrap; -webkit-text-fill-color: #fff; }
.framed-name:empty { display: none; }
@keyframes spot { from { box-shadow: 0 0 0 200vmax #0000 } }
@keyframes ripple { from { transform: scale(.3); opacity: 1 } to { transform: scale(1.4); opacity: 0 } }
@media (prefers-reduced-motion: reduce) { .pointer { transition: none } .ripple { animation-duration: 1ms } .spot { animation: none } }
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
  const pressed = new Set<(on: Element) => void>();
  for (const type of OURS)
    realm.listen(window, type, (event) => {
      if (!host || !root || event.target !== host) return;
      natives.stopImmediate(event);
      // The focus stays in the page.
      if (type === 'mousedown') natives.preventDefault(event);
      if (type !== 'click' || !event.isTrusted) return;
      const { clientX, clientY } = event as MouseEvent;
      const on = root.elementFromPoint(clientX, clientY);
      if (on) for (const hear of pressed) hear(on);
    });
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
    onPress: (listener) => void pressed.add(listener),
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
