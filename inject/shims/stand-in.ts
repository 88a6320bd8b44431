// What `window.open` gives back inside a session: an object that looks enough like a new window for the usual uses,
// `w.location = url`, `w.document.write(receipt); w.print()`, `if (!w || w.closed)`. Its document is a hidden blank frame,
// or the window above the page that it stands for.
import type { PageWindow } from '../natives.ts';
import { markOwn } from '../own/own.ts';
import type { Realm } from '../realm.ts';
import { askForPage } from './leave.ts';

/** A window above the page: where its opener sends it, and what it is asked. */
export interface StoodFor {
  opened: PageWindow;
  go(url: string): void;
  close(): void;
}

const PARTS = ['hash', 'host', 'hostname', 'origin', 'pathname', 'port', 'protocol', 'search'] as const;

/** @param name the window's name, '' for `_blank` */
export function makeStandIn(realm: Realm, name: string, above?: StoodFor): object {
  const { window, natives } = realm;
  let closed = false;
  let address = 'about:blank';
  let frame: HTMLIFrameElement | undefined;
  const go = (url: unknown) => {
    address = `${url as string}`;
    if (above) above.go(address);
    else askForPage(realm, address);
  };
  /** Made only when a script writes into the window. */
  const inside = (): PageWindow => {
    if (above) return above.opened;
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
      return above ? above.opened.location.href : address;
    },
    set href(url: unknown) {
      go(url);
    },
    assign: go,
    replace: go,
    reload() {},
    toString: () => location.href,
  };
  // What only a window that is really there can answer, or refuse to.
  if (above)
    for (const part of PARTS)
      Object.defineProperty(location, part, { get: () => above.opened.location[part], enumerable: true });
  const standIn = {
    name,
    opener: window,
    get closed() {
      return above ? above.opened.closed : closed;
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
      above?.close();
      if (frame) natives.remove(frame);
    },
    print: () => inside().print(),
    focus: () => above?.opened.focus(),
    blur() {},
    moveTo() {},
    moveBy() {},
    resizeTo() {},
    resizeBy() {},
    postMessage: (...args: Parameters<Window['postMessage']>) => above?.opened.postMessage(...args),
    addEventListener: (...args: Parameters<Window['addEventListener']>) =>
      above?.opened.addEventListener(...args),
    removeEventListener: (...args: Parameters<Window['removeEventListener']>) =>
      above?.opened.removeEventListener(...args),
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
