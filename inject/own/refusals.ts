// What a browser keeps for a click of a person: when the page asks for it because of what a follower did, it is refused, and said.
import type { ClickKind } from '../../protocol/session-messages.ts';
import type { Realm } from '../realm.ts';
import { wrapMethod } from '../shims/wrap.ts';

/** A click counts as the reason of what the page does for so long; as browsers have it (transient activation). */
const BECAUSE_MS = 5_000;
const REFUSALS = new Set(['NotAllowedError', 'SecurityError']);
/** What a click is for: the nearest of these, or the element itself. */
const WHOLE =
  'a,button,input,select,textarea,label,summary,video,audio,[role=button],[role=link],[role=menuitem],[onclick]';

export interface Refusals {
  /** Something was performed at this element. */
  performed(element: Element | null | undefined): void;
  /** A chooser was kept shut. */
  refused(what: ClickKind): void;
}

/**
 * Wraps what may be refused. Call it when the performer has its own natives.
 * @param tell says at which element a click of the customer would do it
 */
export function startRefusals(realm: Realm, tell: (element: Element, what: ClickKind) => void): Refusals {
  const { window, natives } = realm;
  const { then } = window.Promise.prototype;
  let at = Number.NEGATIVE_INFINITY;
  let element: Element | undefined;

  const cause = (): Element | undefined =>
    natives.now() - at < BECAUSE_MS && element && natives.isConnected(element) ? element : undefined;
  const refused = (what: ClickKind): void => {
    const found = cause();
    if (!found) return;
    at = Number.NEGATIVE_INFINITY; // one answer to one deed
    tell(found, what);
  };
  const isRefusal = (error: unknown, what: ClickKind): boolean =>
    // Chromium refuses fullscreen with a TypeError.
    error instanceof window.DOMException ? REFUSALS.has(error.name) : what === 'fullscreen';
  const wrap = (owner: object | undefined, name: string, what: ClickKind): void =>
    wrapMethod(realm, owner, name, (native, _self, args) => {
      if (!cause()) return native(...args);
      const caught = (error: unknown): never => {
        if (isRefusal(error, what)) refused(what);
        throw error;
      };
      let result: unknown;
      try {
        result = native(...args);
      } catch (error) {
        return caught(error);
      }
      // The promise that it hands on is refused as the browser's own would be.
      return result instanceof window.Promise ? natives.apply(then, result, [undefined, caught]) : result;
    });

  const {
    HTMLMediaElement,
    HTMLInputElement,
    HTMLSelectElement,
    Element: Elements,
    Document,
    Navigator,
  } = window;
  const others = window as unknown as Record<string, { prototype: object } | undefined>;
  wrap(HTMLMediaElement?.prototype, 'play', 'play');
  for (const owner of [HTMLInputElement, HTMLSelectElement]) wrap(owner?.prototype, 'showPicker', 'picker');
  for (const name of ['write', 'writeText', 'read', 'readText'])
    wrap(others.Clipboard?.prototype, name, 'copy');
  wrap(Elements.prototype, 'requestFullscreen', 'fullscreen');
  for (const name of ['showOpenFilePicker', 'showSaveFilePicker', 'showDirectoryPicker'])
    wrap(window, name, 'file');
  wrap(others.MediaDevices?.prototype, 'getDisplayMedia', 'allow');
  wrap(Document.prototype, 'requestStorageAccess', 'allow');
  for (const name of ['USB', 'Serial', 'HID', 'Bluetooth']) {
    wrap(others[name]?.prototype, 'requestDevice', 'allow');
    wrap(others[name]?.prototype, 'requestPort', 'allow');
  }
  wrap(Navigator.prototype, 'share', 'click');
  wrap(others.PaymentRequest?.prototype, 'show', 'click');
  wrap(others.EyeDropper?.prototype, 'open', 'click');
  wrapMethod(realm, Document.prototype, 'execCommand', (native, _self, args) => {
    const result = native(...args);
    if (result === false && /^(copy|cut)$/i.test(`${args[0] as string}`)) refused('copy');
    return result;
  });

  return {
    performed(next) {
      if (!next) return;
      element = next.closest(WHOLE) ?? next;
      at = natives.now();
    },
    refused,
  };
}
