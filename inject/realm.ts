// A realm: one window that we look after, with its originals and what is needed to map its URLs.
import { type Addresses, parseOrigin, type UpstreamOrigin } from '../protocol/address.ts';
import type { FromPage, PageConfig } from '../protocol/ports.ts';
import { captureNatives, type Natives, type PageWindow } from './natives.ts';
import type { CookieShadow } from './shims/cookie-shadow.ts';
import { isAbove } from './shims/window-above.ts';

/** Given to every shim. A same-origin child frame without a script of its own gets one made from its parent's. */
export interface Realm {
  readonly window: PageWindow;
  readonly natives: Natives;
  readonly addresses: Addresses;
  /** The upstream origin that this window's origin stands for. */
  readonly origin: UpstreamOrigin;
  readonly config: PageConfig;
  /** The window is the page frame: for the page, it is on top. */
  readonly isTop: boolean;
  /** The page frame, or a window above it: for its own page, it is on top. */
  readonly standsAlone: boolean;
  /** One for all realms of an origin that share a script. */
  readonly cookies: CookieShadow;
  /** Sends to the shell. */
  tell(message: FromPage): void;
  /**
   * Adds a listener of ours, and again after `document.open()`, which removes all listeners of window and document
   * (HTML 8.4.1).
   */
  listen(target: EventTarget, type: string, listener: (event: Event) => void, capture?: boolean): void;
  /** Puts the listeners back when `document.open()` removed them; true when it had. */
  relisten(): boolean;
}

/** Builds a realm; nothing is installed yet. */
export function createRealm(
  window: PageWindow,
  given: Pick<Realm, 'addresses' | 'config' | 'cookies' | 'tell'>,
): Realm {
  const natives = captureNatives(window);
  const origin = parseOrigin(given.config.origin);
  if (!origin) throw new natives.Error('page config without origin');
  const listeners: [EventTarget, string, (event: Event) => void, boolean][] = [];
  const probe = `tandem-${natives.random()}`;
  let alive = false;
  const answer = () => {
    alive = true;
  };
  natives.listen(window.document, probe, answer);
  const isTop = natives.parent === natives.top;
  return {
    window,
    natives,
    ...given,
    origin,
    isTop,
    standsAlone: isTop || isAbove(window, natives.parent, natives.top),
    listen(target, type, listener, capture = true) {
      listeners.push([target, type, listener, capture]);
      natives.listen(target, type, listener, capture);
    },
    relisten() {
      alive = false;
      natives.dispatch(window.document, new natives.Event(probe));
      if (alive) return false;
      natives.listen(window.document, probe, answer);
      for (const [target, type, listener, capture] of listeners)
        natives.listen(target, type, listener, capture);
      return true;
    },
  };
}
