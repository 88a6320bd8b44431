// setPointerCapture for the follower's pointer: the browser knows no such device, so the capture is kept here.
import type { Page } from './page.ts';
import { FOLLOWER_POINTER } from './pointer-events.ts';

/** The element that captured the follower's pointer. */
export interface PointerCapture {
  readonly element: Element | undefined;
  /** True while a button is pressed: only then a capture is granted. */
  pressed: boolean;
  release(): void;
}

const started = new WeakMap<Page, PointerCapture>();

/** Puts the three methods of Element in place, once per window; other pointers go to the native ones. */
export function startPointerCapture(page: Page): PointerCapture {
  const known = started.get(page);
  if (known) return known;
  const capture = wrapCapture(page);
  started.set(page, capture);
  return capture;
}

function wrapCapture(page: Page): PointerCapture {
  const { window } = page;
  const { prototype } = window.Element;
  const native = {
    setPointerCapture: prototype.setPointerCapture,
    releasePointerCapture: prototype.releasePointerCapture,
    hasPointerCapture: prototype.hasPointerCapture,
  };
  let element: Element | undefined;

  const tell = (type: string, target: Element): void => {
    if (!target.isConnected) return;
    const init = {
      pointerId: FOLLOWER_POINTER,
      isPrimary: true,
      bubbles: true,
      composed: true,
      view: window,
    };
    page.send(target, new window.PointerEvent(type, init));
  };
  const release = (): void => {
    const was = element;
    element = undefined;
    if (was) tell('lostpointercapture', was);
  };
  const capture: PointerCapture = {
    get element() {
      return element?.isConnected ? element : undefined;
    },
    pressed: false,
    release,
  };

  prototype.setPointerCapture = function setPointerCapture(id: number): void {
    if (id !== FOLLOWER_POINTER) native.setPointerCapture.call(this, id);
    else if (capture.pressed && element !== this) {
      release();
      element = this;
      tell('gotpointercapture', this);
    }
  };
  prototype.releasePointerCapture = function releasePointerCapture(id: number): void {
    if (id !== FOLLOWER_POINTER) native.releasePointerCapture.call(this, id);
    else if (element === this) release();
  };
  prototype.hasPointerCapture = function hasPointerCapture(id: number): boolean {
    return id === FOLLOWER_POINTER ? element === this : native.hasPointerCapture.call(this, id);
  };
  return capture;
}
