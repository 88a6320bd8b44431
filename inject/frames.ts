// Child frames: those with our script are tied to their iframe by its hello; same-origin ones without it (about:blank,
// document.open) are looked after from here.
import type { PageWindow } from './natives.ts';
import { isOwn } from './own/own.ts';
import type { Realm } from './realm.ts';
import { PARENT } from './shims/ancestors.ts';
import { wrapGetter } from './shims/wrap.ts';

const FRAMES = 'iframe, frame, object';

/** What is done with a child frame. */
export interface FrameHandlers {
  /** A same-origin window that has no script of ours in it yet. */
  adopt(child: PageWindow, frame: HTMLElement): void;
}

/**
 * Finds child frames as early as a page could use them: an about:blank frame fires `load` while it is inserted [measured],
 * and whoever asks for `contentWindow` comes through here.
 */
export function startFrames(
  realm: Realm,
  { adopt }: FrameHandlers,
): { find(source: Window): HTMLElement | undefined } {
  const { window, natives } = realm;
  const look = (frame: HTMLElement) => {
    if (isOwn(frame)) return;
    const child = natives.contentWindow(frame);
    if (!child || !isAdoptable(realm, child, frame)) return;
    adopt(child, frame);
  };
  const isFrame = (target: unknown): target is HTMLElement =>
    target instanceof window.HTMLIFrameElement || target instanceof window.HTMLFrameElement;
  realm.listen(window.document, 'load', ({ target }) => {
    if (isFrame(target)) look(target);
  });
  for (const name of ['contentWindow', 'contentDocument'])
    wrapGetter(realm, window.HTMLIFrameElement.prototype, name, (native, self) => {
      const found = native();
      if (found !== null && isFrame(self)) look(self);
      return found;
    });
  const lookAll = () => {
    for (const frame of natives.queryAll(window.document, FRAMES)) if (isFrame(frame)) look(frame);
  };
  for (const type of ['DOMContentLoaded', 'load'])
    realm.listen(type === 'load' ? window : window.document, type, lookAll);
  return {
    find(source) {
      for (const frame of natives.queryAll(window.document, FRAMES))
        if (natives.contentWindow(frame) === source) return frame as HTMLElement;
      return frameOf(source);
    },
  };
}

/** A frame inside a shadow tree names its element itself, if it is of our origin. */
function frameOf(source: Window): HTMLElement | undefined {
  try {
    return (source.frameElement as HTMLElement | null) ?? undefined;
  } catch {
    return undefined;
  }
}

/** Same origin, no script of ours, and not a document whose own script is about to run. */
function isAdoptable(realm: Realm, child: PageWindow, frame: Element): boolean {
  try {
    if (PARENT in child) return false;
    const { URL: address, readyState } = child.document;
    if (address !== 'about:blank') return readyState !== 'loading';
    // The blank document in a frame that is on its way to another one: its window would be used again [measured].
    if (realm.natives.getAttribute(frame, 'srcdoc') !== null) return false;
    const source = realm.natives.getAttribute(frame, 'src') ?? '';
    return source === '' || /^\s*(?:about|javascript):/i.test(source);
  } catch {
    return false; // another origin
  }
}
