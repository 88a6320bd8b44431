// What `window.open` gives back inside a session: an object that looks enough like a new window for the usual uses,
// `w.location = url`, `w.document.write(receipt); w.print()`, `if (!w || w.closed)`. A hidden blank frame is its document.
import type { PageWindow } from '../natives.ts';
import { markOwn } from '../own/own.ts';
import type { Realm } from '../realm.ts';
import { askForPage } from './leave.ts';

/** @param name the window's name, '' for `_blank` */
export function makeStandIn(realm: Realm, name: string): object {
  const { window, natives } = realm;
  let closed = false;
  let address = 'about:blank';
  let frame: HTMLIFrameElement | undefined;
  const go = (url: unknown) => {
    address = `${url as string}`;
    askForPage(realm, address);
  };
  /** Made only when a script writes into the window. */
  const inside = (): PageWindow => {
    if (!frame?.isConnected) {
      frame = natives.createElement('iframe') as HTMLIFrameElement;
      frame.style.cssText = 'position:fixed;inset:auto;width:0;height:0;border:0;visibility:hidden';
      markOwn(frame);
      natives.append(window.document.documentElement, frame);
    }
    return natives.contentWindow(frame)!;
  };
  const location = {
    get href() {
      return address;
    },
    set href(url: unknown) {
      go(url);
    },
    assign: go,
    replace: go,
    reload() {},
    toString: () => address,
  };
  const standIn = {
    name,
    opener: window,
    get closed() {
      return closed;
    },
    get location(): unknown {
      return location;
    },
    set location(url: unknown) {
      go(url);
    },
    get document() {
      return inside().document;
    },
    close() {
      closed = true;
      if (frame) natives.remove(frame);
    },
    print: () => inside().print(),
    focus() {},
    blur() {},
    moveTo() {},
    moveBy() {},
    resizeTo() {},
    resizeBy() {},
    postMessage() {},
    addEventListener() {},
    removeEventListener() {},
    innerWidth: window.innerWidth,
    innerHeight: window.innerHeight,
    get window() {
      return standIn;
    },
    get self() {
      return standIn;
    },
  };
  return standIn;
}
