// A finger of the follower: touch events, panning, and the mouse events that follow a tap.
import { flatClosest } from './composed-tree.ts';
import { modifierInit, type Page } from './page.ts';
import { FOLLOWER_POINTER, type Hover, type PointerAt, type PointerSender } from './pointer-events.ts';
import { scrollChain } from './scroll.ts';

/** Movement up to which it is a tap, CSS px. */
const SLOP = 8;

/** One finger. */
export interface Finger {
  down(target: Element, at: PointerAt): void;
  move(at: PointerAt): void;
  up(at: PointerAt): void;
  cancel(at: PointerAt): void;
}

/**
 * @param tap the mouse events, focus and click of a tap whose touch events the page let pass
 * @param captured the element that captured the pointer, else the one that was touched
 */
export function createFinger(
  page: Page,
  sender: PointerSender,
  hover: Hover,
  tap: (target: Element, at: PointerAt) => void,
  captured: () => Element | undefined,
): Finger {
  const { window } = page;
  let touched:
    | { target: Element; from: PointerAt; last: PointerAt; phase: 'tap' | 'page' | 'pan' }
    | undefined;

  const touchEvent = (type: string, target: Element, at: PointerAt, ended: boolean): boolean => {
    if (typeof window.Touch === 'undefined') return true;
    const touch = new window.Touch({
      identifier: FOLLOWER_POINTER,
      target,
      clientX: at.x,
      clientY: at.y,
      pageX: at.x + window.scrollX,
      pageY: at.y + window.scrollY,
      screenX: at.x + window.screenX,
      screenY: at.y + window.screenY,
      radiusX: 1,
      radiusY: 1,
      force: ended ? 0 : 1,
    });
    const now = ended ? [] : [touch];
    return page.send(
      target,
      new window.TouchEvent(type, {
        bubbles: true,
        cancelable: true,
        composed: true,
        view: window,
        touches: now,
        targetTouches: now,
        changedTouches: [touch],
        ...modifierInit(at.input.modifiers),
      }),
    );
  };

  return {
    down(target, at) {
      hover.move(target, at, false);
      sender.pointer('pointerdown', target, at, { button: 0 });
      const wanted = touchEvent('touchstart', target, at, false);
      touched = { target, from: at, last: at, phase: wanted ? 'tap' : 'page' };
    },
    move(at) {
      if (!touched) return;
      const { target, from, last } = touched;
      touched.last = at;
      if (touched.phase === 'tap' && Math.hypot(at.x - from.x, at.y - from.y) <= SLOP) return;
      if (touched.phase === 'pan') {
        touchEvent('touchmove', target, at, false);
        scrollChain(page, target, last.x - at.x, last.y - at.y);
        return;
      }
      sender.pointer('pointermove', captured() ?? target, at);
      const wanted = touchEvent('touchmove', target, at, false);
      if (touched.phase !== 'tap') return;
      touched.phase = wanted && mayPan(page, target) ? 'pan' : 'page';
      if (touched.phase !== 'pan') return;
      // the browser takes the finger over, as it tells
      sender.pointer('pointercancel', captured() ?? target, at, { button: 0, cancelable: false });
      hover.move(undefined, at, false);
      scrollChain(page, target, from.x - at.x, from.y - at.y);
    },
    up(at) {
      if (!touched) return;
      const { target, phase } = touched;
      touched = undefined;
      if (phase !== 'pan') {
        sender.pointer('pointerup', captured() ?? target, at, { button: 0 });
        hover.move(undefined, at, false);
      }
      const wanted = touchEvent('touchend', target, at, true);
      if (phase === 'tap' && wanted) tap(target, at);
    },
    cancel(at) {
      if (!touched) return;
      const { target, phase } = touched;
      touched = undefined;
      if (phase !== 'pan')
        sender.pointer('pointercancel', captured() ?? target, at, { button: 0, cancelable: false });
      hover.move(undefined, at, false);
      touchEvent('touchcancel', target, at, true);
    },
  };
}

function mayPan(page: Page, target: Element): boolean {
  return !flatClosest(target, (element) => page.window.getComputedStyle(element).touchAction === 'none');
}
