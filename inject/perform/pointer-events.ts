// Pointer and mouse events as Chromium fills them, and the boundary events (over, enter, out, leave) between elements.
import type { Input } from '../../protocol/input.ts';
import { flatChain } from './composed-tree.ts';
import { modifierInit, type Page } from './page.ts';

/** What a pointer input carries. */
export type PointerInput = Extract<Input, { type: 'input.pointer' }>;

/** Pointer id of a follower; no device has it, so that a page which tracks pointers does not mix it with the customer's. */
export const FOLLOWER_POINTER = 0x7a_6d;

/** A pointer input with its place on this page's screen. */
export interface PointerAt {
  input: PointerInput;
  /** CSS px of the viewport. */
  x: number;
  y: number;
  /** Points on the way of a move. */
  trail?: { x: number; y: number; pressure?: number | undefined }[] | undefined;
  /** Where it came from, for moves. */
  from?: { x: number; y: number } | undefined;
}

/** Sends pointer events of the follower. */
export interface PointerSender {
  pointer(type: string, target: Element, at: PointerAt, init?: PointerEventInit): boolean;
  mouse(type: string, target: Element, at: PointerAt, init?: MouseEventInit): boolean;
  /** click, auxclick and contextmenu are pointer events with a count. */
  click(type: string, target: Element, at: PointerAt, init?: PointerEventInit): boolean;
}

/** Makes the sender of a page. */
export function createPointerSender(page: Page): PointerSender {
  const { window } = page;
  const common = ({ input, x, y }: PointerAt): MouseEventInit => ({
    bubbles: true,
    cancelable: true,
    composed: true,
    view: window,
    clientX: x,
    clientY: y,
    screenX: x + window.screenX,
    screenY: y + window.screenY,
    buttons: input.buttons,
    ...modifierInit(input.modifiers),
  });
  const moved = (type: string, { x, y, from }: PointerAt): MouseEventInit | undefined =>
    from && type.endsWith('move') ? { movementX: x - from.x, movementY: y - from.y } : undefined;
  const pointing = ({ input }: PointerAt): PointerEventInit => ({
    pointerId: FOLLOWER_POINTER,
    pointerType: input.pointer,
    isPrimary: true,
    width: 1,
    height: 1,
    pressure: input.pressure ?? (input.buttons === 0 ? 0 : 0.5),
  });
  return {
    pointer(type, target, at, init) {
      const all = { ...common(at), ...pointing(at), ...moved(type, at), button: -1, detail: 0, ...init };
      const event = new window.PointerEvent(type, all);
      if (type === 'pointermove') {
        // Drawing pads take their points from here. Those given at construction would have no target, so no offset in it [measured].
        const points = (at.trail ?? []).map((point) => {
          const before = { ...at, ...point };
          const [dx, dy] = [point.x - at.x, point.y - at.y];
          const { pressure = all.pressure } = point;
          return Object.defineProperties(
            new window.PointerEvent(type, { ...all, ...common(before), pressure } as PointerEventInit),
            {
              target: { value: target },
              offsetX: { get: () => event.offsetX + dx },
              offsetY: { get: () => event.offsetY + dy },
            },
          );
        });
        Object.defineProperty(event, 'getCoalescedEvents', { value: () => [...points, event] });
      }
      return page.send(target, event);
    },
    mouse(type, target, at, init) {
      // with no button `which` is 0, as pages ask it that drag by mousemove
      const button = at.input.buttons === 0 ? -1 : at.input.button;
      return page.send(
        target,
        new window.MouseEvent(type, { ...common(at), ...moved(type, at), button, ...init }),
      );
    },
    click: (type, target, at, init) =>
      page.send(
        target,
        new window.PointerEvent(type, {
          ...common(at),
          ...pointing(at),
          isPrimary: false,
          pressure: 0,
          ...init,
        }),
      ),
  };
}

/** Where the pointer is; tells the elements that it leaves and enters. */
export class Hover {
  over: Element | undefined;
  private entered: Element[] = [];
  private readonly sender: PointerSender;

  constructor(sender: PointerSender) {
    this.sender = sender;
  }

  /**
   * Moves on to an element, or away from the page.
   * @param mouse whether the mouse events belong to it too (not for touch, not after a prevented pointerdown)
   */
  move(target: Element | undefined, at: PointerAt, mouse: boolean): void {
    const before = this.over?.isConnected ? this.over : undefined;
    if (before === target && this.over === target) return;
    const chain = target ? [...flatChain(target)] : [];
    const left = this.entered.filter((element) => !chain.includes(element) && element.isConnected);
    const fresh = chain.filter((element) => !this.entered.includes(element)).reverse();
    this.over = target;
    this.entered = chain;
    const edge = { bubbles: false, cancelable: false, composed: false };
    const sends = mouse ? (['pointer', 'mouse'] as const) : (['pointer'] as const);
    for (const kind of sends) {
      const send = this.sender[kind];
      const to = { relatedTarget: target ?? null };
      const from = { relatedTarget: before ?? null };
      if (before) send(`${kind}out`, before, at, to);
      for (const element of left) send(`${kind}leave`, element, at, { ...edge, ...to });
      if (target) send(`${kind}over`, target, at, from);
      for (const element of fresh) send(`${kind}enter`, element, at, { ...edge, ...from });
    }
  }
}
