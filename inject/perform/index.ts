// Performs what the holder of control does above the mirror in the real page, as if the customer had done it.
import type { Input } from '../../protocol/input.ts';
import type { Dragged, FromPage, ToPage } from '../../protocol/ports.ts';
import type { PageWindow } from '../natives.ts';
import { createClipboard, isPasteKey } from './clipboard.ts';
import { elementAt, elementOf, isHtml, isUnusable } from './composed-tree.ts';
import { startEditing } from './editing.ts';
import { createFocus } from './focus.ts';
import { type Beside, moveFocus } from './focus-order.ts';
import { actOnKey, actOnKeyUp, type KeyActions } from './key-defaults.ts';
import { isCharacter, type Stroke, startKeys } from './keys.ts';
import { takePage } from './page.ts';
import { findPlayer, togglePlayer } from './player.ts';
import { type Pointed, startPointer } from './pointer.ts';
import type { PointerAt } from './pointer-events.ts';
import { createProtection, type Masks } from './protection.ts';
import { findRedrawn } from './redrawn.ts';
import { performScroll, performWheel, scrollChain } from './scroll.ts';
import { performSelect } from './select.ts';
import { startWriting } from './text.ts';
import { performValue } from './value.ts';
import { createWidgets, isStepped } from './widgets.ts';

/** Why an input was not performed. */
export type PerformRefusal = 'field-protected' | 'file-chooser' | 'stale';

export interface PerformerDeps {
  window: PageWindow;
  /** The recorder of this document. */
  recorder: {
    nodeById(id: number): Node | undefined;
    /** What the page took away a moment ago. */
    removedById?(id: number): Node | undefined;
    idOf(node: Node): number;
    /** What the recorder masks, beyond the rules that are known here. */
    isMasked?(element: Element): boolean;
    /** Roots that the page closed but the recorder saw being attached. */
    shadowOf?(element: Element): ShadowRoot | null;
  };
  masks?: Masks;
  refuse(pid: string, seq: number, reason: PerformRefusal): void;
  /** Documents beside this one; without them Tab goes round in this one. */
  frames?: {
    /** Frames with a document that is performed in, and its name. */
    names: ReadonlyMap<Element, string>;
    /** Whether there is a document around this one. */
    around: boolean;
    tell(message: Extract<FromPage, { type: 'tab' | 'chain' | 'beyond' | 'dropped' }>): void;
  };
}

export interface Performer {
  /**
   * Performs one input, synchronously. Nothing is thrown: what cannot be done is refused or, where the real thing would do nothing, ignored.
   * @param drag what the pointer has with it from another document
   */
  perform(pid: string, seq: number, input: Input, drag?: Dragged): void;
  /** Tab, wheel, pointer or drag come on from another document, or end there. */
  goOn(message: Extract<ToPage, { type: 'tab' | 'chain' | 'hover' | 'dragLeft' | 'dropped' }>): void;
  /** True while events of a follower are being dispatched: what the page does now was asked by him. */
  isPerforming(): boolean;
  /** Lifts the follower's pointer off the page, and his fingers off the keys; call it when control goes to another person. */
  release(): void;
  stop(): void;
}

/** Starts to perform in this document. Called before any script of the page, whose natives are taken here. */
export function startPerformer({ window, recorder, masks, refuse, frames }: PerformerDeps): Performer {
  const page = takePage(window);
  const protection = createProtection(masks ?? { mask: [], hide: [], readonly: [] }, recorder.isMasked);
  const shadowOf = (element: Element): ShadowRoot | null =>
    recorder.shadowOf?.(element) ?? element.shadowRoot;
  const focus = createFocus(page, shadowOf);
  const editing = startEditing(page);
  const clipboard = createClipboard(page, protection);
  let performing = 0;
  let refused: PerformRefusal | undefined;
  /** What comes with a pointer input from another document, and what becomes of it. */
  let carried: Dragged | undefined;
  let pointed: Pointed = {};
  let holder = '';
  let language = '';
  /** A player that the key was for: its controls act on keyup. */
  let due: HTMLMediaElement | undefined;

  /** A chooser of the browser would open on the customer's screen; its default action is taken away, also behind a label. */
  const onClick = (event: Event): void => {
    const target = event.composedPath()[0] as Element;
    if (!isHtml(target, 'input')) return;
    if (target.type !== 'file' && target.type !== 'color') return;
    event.preventDefault();
    if (target.type === 'file') refused = 'file-chooser';
  };
  const pointer = startPointer(
    page,
    focus,
    (player) => togglePlayer(player, player.paused),
    protection.isMasked,
  );

  const click = (element: Element): void => {
    if (isUnusable(element)) return;
    const init = { bubbles: true, cancelable: true, composed: true, view: window, detail: 0, pointerId: -1 };
    page.send(element, new window.PointerEvent('click', init));
  };
  const access = (key: string): void => {
    const found = [...page.document.querySelectorAll<HTMLElement>('[accesskey]')].find(
      (element) => element.accessKey.toLowerCase() === key.toLowerCase() && !isUnusable(element),
    );
    if (!found) return;
    focus.press(found);
    click(found);
  };
  const beside: Beside = {
    enter(frame, back) {
      const into = frames?.names.get(frame);
      if (into !== undefined) frames?.tell({ type: 'tab', back, into });
      return into !== undefined;
    },
    leave(back) {
      if (frames?.around) frames.tell({ type: 'tab', back });
      return frames?.around ?? false;
    },
  };
  if (frames?.around) page.beyond = (dx, dy) => frames.tell({ type: 'chain', dx, dy });
  const actions: KeyActions = {
    page,
    editing,
    clipboard,
    widgets: createWidgets(
      page,
      () => language,
      (player) => {
        due = player;
      },
    ),
    click,
    access,
    tab: (back) => moveFocus({ page, focus, back, shadowOf, beside, from: pointer.pressed }),
  };
  const keys = startKeys(
    page,
    focus.current,
    (target, stroke) => actOnKey(actions, target, stroke),
    (target, stroke) => actOnKeyUp(actions, target, stroke),
  );
  const press = (stroke: Stroke, half: 'press' | 'down' = 'press'): void => {
    const wasPaused = findPlayer(focus.current())?.paused ?? true;
    due = undefined;
    keys[half](stroke);
    // as actOnKey left it, which the compiler cannot see
    const player = due as HTMLMediaElement | undefined;
    if (player) togglePlayer(player, wasPaused);
  };

  const mayWriteFocused = (): boolean => {
    if (protection.mayWrite(focus.current())) return true;
    refused = 'field-protected';
    return false;
  };

  const pressTyped = (key: string): void => {
    if (mayWriteFocused()) press({ key, code: '', modifiers: 0, repeat: false });
  };

  const writing = startWriting(page, editing, clipboard, focus.current, pressTyped, {
    down: (stroke) => press(stroke, 'down'),
    isTaken: () => keys.isTaken(isPasteKey),
    mayWrite: mayWriteFocused,
  });

  const select = (input: Extract<Input, { type: 'input.select' }>): void => {
    const anchor = recorder.nodeById(input.anchor);
    const end = recorder.nodeById(input.focus);
    if (!anchor?.isConnected || !end?.isConnected) refused = 'stale';
    else if (pointer.maySelect()) performSelect(page, anchor, end, input);
  };

  const setValue = (target: Element, input: Extract<Input, { type: 'input.value' }>): void => {
    if (isHtml(target, 'input') && target.type === 'file') refused = 'file-chooser';
    else if (!protection.mayWrite(target)) refused = 'field-protected';
    else if (!isUnusable(target)) {
      focus.press(target);
      performValue(page, target, input, click);
    }
  };

  const run = (input: Input): void => {
    if (input.type === 'input.key') {
      if (input.held === 'up') keys.up(input);
      else if (!changes(input, focus.current()) || mayWriteFocused()) press(input, input.held);
    } else if (input.type === 'input.text') {
      language = input.lang ?? '';
      if (mayWriteFocused()) writing.perform(input);
    } else if (input.type === 'input.select') select(input);
    else {
      const node = recorder.nodeById(input.node);
      const target = node?.isConnected ? elementOf(node) : undefined;
      if (target) runAt(target, input);
      else if (input.type !== 'input.pointer' || !pointAnew(input, node)) refused = 'stale';
    }
  };

  /** A pointer input on what is gone. @returns false when there is nothing in its place */
  const pointAnew = (input: PointerAt['input'], node: Node | undefined): boolean => {
    const at = pointer.again(input);
    if (at) {
      const target = elementAt(page.document, at.x, at.y, shadowOf);
      if (target) point(target, at);
      return target !== undefined;
    }
    if (input.action !== 'down' || !input.client) return false;
    const gone = node ?? recorder.removedById?.(input.node);
    const element = gone && elementOf(gone);
    const target = element && findRedrawn(element, input.client.x, input.client.y, shadowOf);
    if (target) point(target, { input, ...input.client });
    return target !== undefined;
  };

  const runAt = (target: Element, input: Extract<Input, { node: number }>): void => {
    if (input.type === 'input.scroll') performScroll(page, target, input);
    else if (input.type === 'input.value') setValue(target, input);
    else {
      const box = target.getBoundingClientRect();
      const on = ({ x, y }: { x: number; y: number }) => ({
        x: box.left + x * box.width,
        y: box.top + y * box.height,
      });
      const client = on(input);
      if (input.type === 'input.wheel') performWheel(page, target, client, input, focus.current());
      else point(target, { input, ...client, trail: input.trail?.map((at) => ({ ...at, ...on(at) })) });
    }
  };

  const point = (target: Element, at: PointerAt): void => {
    const acts = at.input.action === 'down' || (carried && at.input.action === 'up');
    if (acts && !protection.mayPress(target)) refused = 'field-protected';
    else pointed = pointer.perform(target, at, carried);
  };

  /** The shell waits to hear whose an input beyond the edges is, and what became of what was carried here. */
  const answer = (seq: number, input: Input): void => {
    if (input.type !== 'input.pointer') return;
    const { beyond, effect = 'none' } = pointed;
    if (input.over) frames?.tell({ type: 'beyond', seq, mine: !beyond, ...beyond });
    if (!carried || input.action !== 'up') return;
    pointer.dragLeft();
    frames?.tell({ type: 'dropped', seq, effect });
  };

  const frameOf = (name: string | undefined): Element | undefined =>
    name === undefined ? undefined : [...(frames?.names ?? [])].find(([, one]) => one === name)?.[0];

  const release = (): void => {
    pointer.release();
    writing.finish();
    keys.release();
  };

  return {
    perform(pid, seq, input, drag) {
      if (pid !== holder) release();
      holder = pid;
      refused = undefined;
      carried = drag;
      pointed = {};
      performing++;
      // again each time: document.open() removes all listeners of the window
      window.addEventListener('click', onClick, true);
      try {
        // what is composed ends where something else is done, as the browser ends it
        if (!isComposed(input) && !isMove(input)) writing.finish();
        run(input);
      } finally {
        performing--;
        answer(seq, input);
        if (performing === 0) window.removeEventListener('click', onClick, true);
      }
      // set by the click listener in between, which the compiler cannot see
      const reason = refused as PerformRefusal | undefined;
      if (reason) refuse(pid, seq, reason);
    },
    goOn(message) {
      if (message.type === 'dragLeft') return pointer.dragLeft();
      if (message.type === 'dropped') return pointer.dropped(message.effect);
      if (message.type === 'hover') return pointer.left(frameOf(message.into));
      const frame = frameOf(message.from);
      if (message.type === 'tab')
        moveFocus({ page, focus, back: message.back, shadowOf, beside, from: frame, entering: true });
      else if (frame) scrollChain(page, frame, message.dx, message.dy);
    },
    isPerforming: () => performing > 0,
    release,
    stop() {
      release();
      editing.stop();
    },
  };
}

const isComposed = (input: Input): boolean => input.type === 'input.text' && input.composing === true;
const isMove = (input: Input): boolean => input.type === 'input.pointer' && input.action === 'move';

const CTRL_OR_META = 2 | 4;
const CHANGING_SHORTCUTS = new Set(['x', 'v', 'z', 'y', 'b', 'i', 'u']);

/** Whether a key would write into the focused field (or step it); the others may be pressed in a protected one. */
function changes({ key, modifiers }: Extract<Input, { type: 'input.key' }>, target: Element): boolean {
  if (modifiers & CTRL_OR_META && key.length === 1)
    return isHtml(target, 'select') || CHANGING_SHORTCUTS.has(key.toLowerCase());
  return isCharacter(key) || key === 'Backspace' || key === 'Delete' || isStepped(target, key);
}
