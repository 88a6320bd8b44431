// Shows at once what the follower types and presses, over the mirror's own element, until the leader's page has done it.
import type { Input } from '../../protocol/input.ts';
import { maskText } from '../../protocol/masking.ts';
import { composedParent } from './input/place.ts';
import { COPIED } from './overlay-marks.ts';
import type { MirrorBelow } from './overlay-mirror.ts';
import { type Foreseen, Pending } from './pending.ts';

/** Attribute that the followers' style sheets have in place of `:active`, see states.ts. */
const ACTIVE = 'tandem-active';
/** A press that is not confirmed after so long looks released, ms. */
const PRESSED_MS = 3_000;

export interface PendingShow {
  /** An input was sent. */
  sent(seq: number, input: Input): void;
  refused(seq: number): void;
  /** Control is gone: nothing is under way any more. */
  clear(): void;
  /** Frame that keys go to by a press that is not confirmed. */
  frame(): number | undefined;
  /** What will be selected in a field; undefined where nothing is under way, or nothing can be foreseen. */
  selected(): string | undefined;
  /** Whether the focus is under way: the mirror shows where it was. */
  movesFocus(): boolean;
  stop(): void;
}

/** @param marks the leader's caret and selection; hidden while a newer caret is shown */
export function startPending(mirror: MirrorBelow, marks: HTMLElement): PendingShow {
  const pending = new Pending(mirror);
  const echo = createEcho();
  let request = 0;
  let pressed:
    | { elements: Element[]; release?: number | undefined; timer: ReturnType<typeof setTimeout> }
    | undefined;

  const draw = (): void => {
    cancelAnimationFrame(request);
    const foreseen = pending.foresee(performance.now());
    const shown = foreseen !== undefined && echo.show(mirror, foreseen);
    if (!shown) echo.hide();
    marks.hidden = shown;
    // The field may scroll, and the page around it.
    request = pending.isEmpty ? 0 : requestAnimationFrame(draw);
  };

  const letGo = (): void => {
    clearTimeout(pressed?.timer);
    for (const element of pressed?.elements ?? []) element.removeAttribute(ACTIVE);
    pressed = undefined;
  };
  const press = (seq: number, input: Input): void => {
    if (input.type !== 'input.pointer' || input.button !== 0) return;
    if (input.action === 'up' || input.action === 'cancel') {
      if (pressed) pressed.release = seq;
      return;
    }
    if (input.action !== 'down') return;
    letGo();
    const node = mirror.nodeOf(input.frame, input.node);
    const elements: Element[] = [];
    for (let up = node?.nodeType === 1 ? (node as Element) : undefined; up; up = composedParent(up))
      if (!up.hasAttribute(ACTIVE)) elements.push(up);
    for (const element of elements) element.setAttribute(ACTIVE, '');
    pressed = { elements, timer: setTimeout(letGo, PRESSED_MS) };
  };

  const clear = (): void => {
    pending.clear();
    letGo();
    draw();
  };
  mirror.onPerformed?.((seq) => {
    if (seq === undefined) {
      clear();
      return;
    }
    pending.done(seq);
    if (pressed?.release !== undefined && pressed.release <= seq) letGo();
    draw();
  });

  return {
    sent(seq, input) {
      press(seq, input);
      pending.add(seq, input, performance.now());
      draw();
    },
    refused(seq) {
      pending.refused(seq);
      if (pressed?.release === seq) letGo();
      draw();
    },
    clear,
    frame: () => pending.pressedFrame,
    selected() {
      const foreseen = pending.foresee(performance.now());
      return foreseen?.kind === 'field' ? foreseen.value.slice(foreseen.start, foreseen.end) : undefined;
    },
    movesFocus: () => pending.movesFocus,
    stop() {
      cancelAnimationFrame(request);
      letGo();
      echo.hide();
    },
  };
}

/**
 * A copy of the field with the text to come, over the field itself. It is drawn in the field's own document, where the page's fonts
 * are, in a shadow root of its own above everything; it takes no input and is no part of what is mirrored.
 */
function createEcho() {
  let host: HTMLElement | undefined;
  let root: ShadowRoot | undefined;
  let last = '';

  const place = (document: Document): ShadowRoot => {
    if (host?.ownerDocument !== document || !host.isConnected) {
      host?.remove();
      host = document.createElement('tandem-pending');
      host.style.cssText =
        'all:initial!important;position:fixed!important;inset:0!important;width:auto!important;height:auto!important;border:0!important;background:none!important;pointer-events:none!important;overflow:hidden!important;z-index:2147483647!important';
      host.popover = 'manual';
      root = host.attachShadow({ mode: 'closed' });
      document.documentElement.append(host);
      last = '';
      try {
        // Above dialogs too.
        host.showPopover();
      } catch {
        // no top layer here: the z-index has to do
      }
    }
    return root!;
  };
  const hide = (): void => {
    host?.remove();
    host = undefined;
    last = '';
  };

  const showField = (mirror: MirrorBelow, foreseen: Extract<Foreseen, { kind: 'field' }>): boolean => {
    const { field, start, end, from } = foreseen;
    const { ownerDocument: document } = field;
    const style = document.defaultView?.getComputedStyle(field);
    if (!style) return false;
    const box = field.getBoundingClientRect();
    const dots = field.type === 'password' || mirror.isMasked?.(field);
    const value = dots ? maskText(foreseen.value) : foreseen.value;
    const key = [box.x, box.y, box.width, box.height, start, end, from, value].join();
    const shadow = place(document);
    if (key === last) return true;
    last = key;
    const single = field.localName === 'input';
    const copy = document.createElement('div');
    for (const name of COPIED) copy.style[name] = style[name];
    Object.assign(copy.style, {
      position: 'absolute',
      left: `${box.left}px`,
      top: `${box.top}px`,
      width: `${box.width}px`,
      height: `${box.height}px`,
      boxSizing: 'border-box',
      borderColor: 'transparent',
      borderRadius: style.borderRadius,
      overflow: 'hidden',
      color: style.color,
      backgroundColor: backgroundOf(field),
      // The field's own border and ring stay in sight.
      backgroundClip: 'padding-box',
      whiteSpace: single ? 'pre' : 'pre-wrap',
      overflowWrap: single ? 'normal' : 'break-word',
    });
    if (single)
      copy.style.lineHeight = `${field.clientHeight - px(style.paddingTop) - px(style.paddingBottom)}px`;
    // What comes behind the caret moves with it; only what is not confirmed is weak.
    const until = Math.max(from, end);
    const weak = document.createElement('span');
    weak.style.opacity = '0.6';
    const caret = caretOf(document);
    weak.append(value.slice(from, end), ...(end >= from ? [caret] : []));
    copy.append(value.slice(0, from), weak, value.slice(until), single ? '' : '\u200b');
    if (end < from) insertCaret(copy, caret, end);
    shadow.replaceChildren(copy);
    copy.scrollTop = field.scrollTop;
    copy.scrollLeft = field.scrollLeft;
    // The caret stays in sight as the field itself would keep it.
    const inside = copy.getBoundingClientRect();
    const { left, bottom } = caret.getBoundingClientRect();
    const right = inside.right - px(style.paddingRight) - px(style.borderRightWidth) - 2;
    if (left > right) copy.scrollLeft += left - right;
    if (bottom > inside.bottom) copy.scrollTop += bottom - inside.bottom + 2;
    return true;
  };

  /** At the caret of an editor: what is typed stands over what comes behind it. */
  const showEditor = (
    mirror: MirrorBelow,
    { typed, removed }: Extract<Foreseen, { kind: 'editor' }>,
  ): boolean => {
    const selection = mirror.selection?.();
    if (!selection?.focus.isConnected) return false;
    const { focus, focusOffset } = selection;
    const element = focus.nodeType === 1 ? (focus as HTMLElement) : focus.parentElement;
    const document = element?.ownerDocument;
    const style = element && document?.defaultView?.getComputedStyle(element);
    // Only where one writes, and where it is known what is there.
    if (!element?.isContentEditable || !document || !style || focus.nodeType !== 3) return false;
    const range = document.createRange();
    range.setStart(focus, Math.max(0, Math.min(focusOffset - removed, (focus as Text).length)));
    range.setEnd(focus, Math.min(focusOffset, (focus as Text).length));
    const rects = range.getClientRects();
    const [first, end] = [rects[0], rects[rects.length - 1]];
    if (!first || !end) return false;
    const text = mirror.isMasked?.(element) ? maskText(typed) : typed;
    const shadow = place(document);
    const key = [first.x, first.y, end.right, text].join();
    if (key === last) return true;
    last = key;
    const box = document.createElement('div');
    box.style.font = style.font;
    Object.assign(box.style, {
      position: 'absolute',
      left: `${first.x}px`,
      top: `${first.y}px`,
      minWidth: `${Math.max(0, end.right - first.x)}px`,
      height: `${first.height}px`,
      lineHeight: `${first.height}px`,
      letterSpacing: style.letterSpacing,
      color: style.color,
      backgroundColor: backgroundOf(element),
      whiteSpace: 'pre',
    });
    const weak = document.createElement('span');
    weak.style.opacity = '0.6';
    weak.append(text, caretOf(document));
    box.append(weak);
    shadow.replaceChildren(box);
    return true;
  };

  return {
    hide,
    /** @returns false where nothing can be shown */
    show: (mirror: MirrorBelow, foreseen: Foreseen): boolean =>
      foreseen.kind === 'field' ? showField(mirror, foreseen) : showEditor(mirror, foreseen),
  };
}

const px = (length: string): number => Number.parseFloat(length) || 0;

/** Of no width, so that nothing moves by it. */
function caretOf(document: Document): HTMLElement {
  const caret = document.createElement('b');
  caret.style.cssText =
    'display:inline-block;width:0;height:1.15em;vertical-align:text-bottom;outline:1px solid #0b6e6e';
  return caret;
}

/** Puts the caret among the letters that are confirmed. */
function insertCaret(copy: HTMLElement, caret: HTMLElement, offset: number): void {
  const text = copy.firstChild as Text | null;
  if (text?.nodeType === 3 && offset <= text.length) text.splitText(offset).before(caret);
}

/** What is behind an element: the first colour on the way up. */
function backgroundOf(element: Element): string {
  for (let up: Element | undefined = element; up; up = composedParent(up)) {
    const color = up.ownerDocument.defaultView?.getComputedStyle(up).backgroundColor ?? '';
    if (color && color !== 'transparent' && !/, 0\)$|\/ 0\)$/.test(color)) return color;
  }
  return '#fff';
}
