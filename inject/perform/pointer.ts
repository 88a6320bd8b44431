// The follower's mouse, pen or finger in the page: moves, presses, clicks and what a press does by default.

import type { Dragged, DropEffect } from '../../protocol/ports.ts';
import {
  commonAncestor,
  elementOf,
  flatClosest,
  isEditor,
  isTextField,
  isUnusable,
} from './composed-tree.ts';
import { dismissLightly } from './dismiss.ts';
import { type Drag, type DragAbove, findDraggable, receiveDrag, startDrag } from './drag.ts';
import type { Focus } from './focus.ts';
import type { Page } from './page.ts';
import { findPlayer } from './player.ts';
import { startPointerCapture } from './pointer-capture.ts';
import { createPointerSender, Hover, type PointerAt } from './pointer-events.ts';
import { createFinger } from './touch.ts';

/** Movement from which a press on something draggable is a drag, CSS px. */
const DRAG_FROM = 4;
const LEFT = 0;
const RIGHT = 2;

/** The pointer of the follower in control. */
export interface Pointer {
  /** @param dragged what the pointer has with it from another document */
  perform(target: Element, at: PointerAt, dragged?: Dragged): Pointed;
  /** The pointer has gone into a frame, or out of this document. */
  left(into: Element | undefined): void;
  /** What the pointer had with it from another document is here no more. */
  dragLeft(): void;
  /** What is dragged from here was released in another document. */
  dropped(effect: DropEffect): void;
  /**
   * Where an input on an element belongs that the page has replaced since: a release, and a second press, to where the pointer was.
   * Editors draw a line anew at the first press.
   */
  again(input: PointerAt['input']): PointerAt | undefined;
  /** Where was pressed last; Tab goes on from there. */
  readonly pressed: Element | undefined;
  /** Whether the press that goes on may select text. */
  maySelect(): boolean;
  /** Lets go of everything: another person is in control. */
  release(): void;
}

/** What becomes of a pointer input. */
export interface Pointed {
  /** Above another document: that is to have it, with what is dragged there. */
  beyond?: { drag?: Dragged };
  /** What became of a drag from another document that was released here. */
  effect?: DropEffect;
}

interface Press {
  target: Element;
  at: PointerAt;
  /** The page prevented pointerdown: no mouse events until the release. */
  quiet: boolean;
  /** The page let mousedown pass. */
  wanted: boolean;
  /** Whether it has become a drag, or cannot. */
  asked: boolean;
  drags: boolean;
}

/**
 * Starts the pointer.
 * @param onPlayer a player with the browser's own controls was clicked on
 * @param isMasked what followers cannot read
 */
export function startPointer(
  page: Page,
  focus: Focus,
  onPlayer: (player: HTMLMediaElement) => void,
  isMasked: (element: Element) => boolean,
): Pointer {
  const sender = createPointerSender(page);
  const hover = new Hover(sender);
  const capture = startPointerCapture(page);
  let press: Press | undefined;
  let pressed: Element | undefined;
  let last: PointerAt | undefined;
  let selects = true;
  /** What is dragged from here, and what from elsewhere is above this document. */
  let drag: Drag | undefined;
  let guest: DragAbove | undefined;

  const click = (target: Element, at: PointerAt, count: number): void => {
    if (isUnusable(target)) return;
    const still = at.input.buttons === 0 ? at : { ...at, input: { ...at.input, buttons: 0 } };
    const wanted = sender.click('click', target, still, { button: LEFT, detail: count });
    const player = wanted ? findPlayer(target) : undefined;
    if (player) onPlayer(player);
    if (count === 2) sender.mouse('dblclick', target, still, { button: LEFT, detail: 2 });
  };

  /** mousedown with its default action: focus, and the caret at the point. */
  const mouseDown = (target: Element, at: PointerAt, count: number): boolean => {
    if (isUnusable(target)) {
      focus.press(target);
      return false;
    }
    if (!sender.mouse('mousedown', target, at, { button: at.input.button, detail: count })) return false;
    focus.press(target);
    selects = at.input.button === LEFT && beginSelection(page, target);
    if (selects) placeCaret(page, target, at);
    return true;
  };

  const finger = createFinger(
    page,
    sender,
    hover,
    (target, at) => {
      dismissLightly(page, target, at.x, at.y);
      sender.mouse('mousemove', target, at);
      const held: PointerAt = { ...at, input: { ...at.input, button: LEFT, buttons: 1 } };
      mouseDown(target, held, 1);
      if (!isUnusable(target)) sender.mouse('mouseup', target, at, { button: LEFT, detail: 1 });
      click(target, at, 1);
    },
    () => capture.element,
  );

  /** As browsers have it: what was pressed in the page itself goes over into frames, unless it is captured. */
  const goesBeyond = ({ input }: PointerAt): boolean =>
    input.over !== undefined && !capture.element && page.beyond === undefined;
  const endDrag = (end: (drag: Drag) => void): void => {
    const over = drag;
    drag = undefined;
    if (over) end(over);
  };

  const move = (under: Element, at: PointerAt): Pointed => {
    // whose release was lost, or was in another document
    if (at.input.buttons === 0) {
      press = undefined;
      endDrag((lost) => lost.cancel(at));
    }
    if (!drag && press && goesBeyond(at)) dragFrom(press, under, at);
    else if (drag) drag.move(at.input.over ? undefined : under, at);
    else if (!goesBeyond(at)) moveHere(under, at);
    return answer(at, false);
  };
  const answer = (at: PointerAt, released: boolean): Pointed => {
    if (drag && at.input.over) return { beyond: { drag: drag.told(released) } };
    return goesBeyond(at) ? { beyond: {} } : {};
  };
  const moveHere = (under: Element, at: PointerAt): void => {
    const target = capture.element ?? under;
    hover.move(target, at, !press?.quiet);
    sender.pointer('pointermove', target, at);
    if (press?.quiet) return;
    sender.mouse('mousemove', target, at);
    if (press) dragFrom(press, under, at);
  };

  const dragFrom = (held: Press, under: Element, at: PointerAt): void => {
    const far = Math.hypot(at.x - held.at.x, at.y - held.at.y) > DRAG_FROM;
    if (!far || held.asked || !held.wanted || held.at.input.button !== LEFT) return;
    held.asked = true;
    const source = findDraggable(held.target);
    drag = source && startDrag(page, source, held.at, isMasked);
    if (!drag) return;
    held.drags = true;
    // the browser takes the pointer over, as it tells
    sender.pointer('pointercancel', capture.element ?? held.target, at, { cancelable: false });
    capture.release();
    drag.move(at.input.over ? undefined : under, at);
  };

  const down = (target: Element, at: PointerAt): void => {
    const { button, clicks } = at.input;
    hover.move(target, at, true);
    pressed = target;
    capture.pressed = true;
    const quiet = !sender.pointer('pointerdown', target, at, { button });
    const wanted = !quiet && mouseDown(target, at, Math.max(clicks, 1));
    press = { target, at, quiet, wanted, asked: false, drags: false };
  };

  const up = (under: Element, at: PointerAt): Pointed => {
    const held = press;
    press = undefined;
    capture.pressed = false;
    // the drag is over when that document has said what became of it
    if (drag ? at.input.over : goesBeyond(at)) return answer(at, true);
    if (drag) {
      endDrag((dropped) => dropped.drop(under, at));
      hover.move(under, at, true);
    } else upHere(held, under, at);
    return {};
  };
  const upHere = (held: Press | undefined, under: Element, at: PointerAt): void => {
    const { button, clicks } = at.input;
    const count = Math.max(clicks, 1);
    const target = capture.element ?? under;
    hover.move(target, at, !held?.quiet);
    sender.pointer('pointerup', target, at, { button });
    if (held) dismissLightly(page, held.target, at.x, at.y);
    if (!held?.quiet && !isUnusable(target)) sender.mouse('mouseup', target, at, { button, detail: count });
    const captured = capture.element;
    capture.release();
    if (held && held.at.input.button === button)
      finish(captured ?? held.target, captured ?? target, at, count);
    hover.move(under, at, true);
  };

  const finish = (from: Element, to: Element, at: PointerAt, count: number): void => {
    const target = from.isConnected && to.isConnected ? commonAncestor(from, to) : undefined;
    if (!target) return;
    if (at.input.button === LEFT) click(target, at, count);
    if (at.input.button === LEFT || isUnusable(target)) return;
    sender.click('auxclick', target, at, { button: at.input.button, detail: count });
    if (at.input.button === RIGHT) sender.click('contextmenu', target, at, { button: RIGHT });
  };

  const leaveGuest = (at: PointerAt | undefined = last): void => {
    if (at) guest?.leave(at);
    guest = undefined;
  };
  /** A drag that comes from another document. */
  const pointWith = (dragged: Dragged, target: Element, at: PointerAt): Pointed => {
    guest ??= receiveDrag(page, dragged);
    if (at.input.action !== 'up') {
      guest.move(target, at);
      return {};
    }
    const effect = guest.drop(target, at, dragged);
    guest = undefined;
    return { effect };
  };

  const cancel = (at: PointerAt): void => {
    const held = press;
    press = undefined;
    capture.pressed = false;
    leaveGuest(at);
    if (drag) endDrag((cancelled) => cancelled.cancel(at));
    else if (held) sender.pointer('pointercancel', capture.element ?? held.target, at, { cancelable: false });
    capture.release();
    hover.move(undefined, at, true);
  };

  const release = (): void => {
    if (last) {
      const at = { ...last, input: { ...last.input, buttons: 0 } };
      finger.cancel(at);
      cancel(at);
    }
    last = undefined;
  };

  return {
    perform(target, place, dragged) {
      const at = { ...place, from: last };
      last = place;
      const { action, pointer } = at.input;
      if (dragged) return pointWith(dragged, target, at);
      if (pointer === 'touch') {
        capture.pressed = action === 'down' || (action === 'move' && capture.pressed);
        if (action === 'down') {
          pressed = target;
          finger.down(target, at);
        } else if (action === 'move') finger.move(at);
        else {
          if (action === 'up') finger.up(at);
          else finger.cancel(at);
          capture.release();
        }
        return {};
      }
      if (action === 'move') return move(target, at);
      if (action === 'up') return up(target, at);
      if (action === 'down') down(target, at);
      else cancel(at);
      return {};
    },
    left(into) {
      // what is pressed here keeps the pointer
      if (last && !press && !drag) hover.move(into, { ...last, from: last }, true);
    },
    dragLeft: () => leaveGuest(),
    dropped(effect) {
      endDrag((over) => last && over.end(last, effect));
    },
    again(input) {
      const { action, clicks } = input;
      const goesOn = action === 'down' ? clicks > 1 : action !== 'move' && (capture.pressed || guest);
      return goesOn && last ? { input, x: last.x, y: last.y } : undefined;
    },
    get pressed() {
      return pressed;
    },
    maySelect: () =>
      press === undefined ||
      (press.wanted &&
        selects &&
        !press.drags &&
        // a page that drags by itself takes the caret of the press away
        (isTextField(press.target) || page.document.getSelection()?.rangeCount !== 0)),
    release,
  };
}

/** Whether a press there may select: by its style, and by what the page answers to `selectstart` (maps and grids prevent it). */
function beginSelection({ window, send }: Page, target: Element): boolean {
  if (isTextField(target)) return true;
  if (!isEditor(target) && window.getComputedStyle(target).userSelect === 'none') return false;
  return send(target, new window.Event('selectstart', { bubbles: true, cancelable: true }));
}

/** Puts the caret where was pressed. */
function placeCaret({ document }: Page, target: Element, { x, y, input }: PointerAt): void {
  const roots: ShadowRoot[] = [];
  for (let root = target.getRootNode(); root.nodeType === 11 && 'host' in root; ) {
    roots.push(root as ShadowRoot);
    root = (root as ShadowRoot).host.getRootNode();
  }
  const caret = document.caretPositionFromPoint?.(x, y, { shadowRoots: roots });
  const selection = document.getSelection();
  if (!caret || !selection) return;
  const node = caret.offsetNode;
  if (isTextField(target)) {
    if (node !== target || target.selectionStart === null) return;
    const extend = (input.modifiers & 8) !== 0 && target.selectionStart < caret.offset;
    target.setSelectionRange(extend ? target.selectionStart : caret.offset, caret.offset);
    return;
  }
  if (isTextField(node) || !flatClosest(target, (element) => element.contains(node))) return;
  // beside an editor the nearest text may be the editor's: nobody pressed there
  if (!isEditor(target) && isEditor(elementOf(node))) return;
  if ((input.modifiers & 8) !== 0 && selection.anchorNode) selection.extend(node, caret.offset);
  else selection.collapse(node, caret.offset);
}
