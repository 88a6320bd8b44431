// Default actions of keys: a dispatched key does nothing by itself, so what browsers do is done here.
import type { Clipboard } from './clipboard.ts';
import { flatChain, isEditor, isHtml, isTextField } from './composed-tree.ts';
import { closeTopmost } from './dismiss.ts';
import { type Editing, isWritable } from './editing.ts';
import { isCharacter, type Stroke } from './keys.ts';
import type { Page } from './page.ts';
import { rootScroller, scrollChain } from './scroll.ts';
import type { Widgets } from './widgets.ts';

const CTRL = 2;
const META = 4;
const ALT = 1;
const SHIFT = 8;
/** What one arrow key scrolls in browsers, CSS px. */
const LINE = 40;
/** Part of the height that PageDown scrolls. */
const PAGE = 0.875;

/** What the default actions need of the other recipes. */
export interface KeyActions {
  page: Page;
  editing: Editing;
  clipboard: Clipboard;
  widgets: Widgets;
  /** A click without a pointer, as Enter and Space make it. */
  click(element: Element): void;
  tab(back: boolean): void;
  /** Focuses and presses what has that access key. */
  access(key: string): void;
}

/** The default action of keydown and keypress. */
export function actOnKey(actions: KeyActions, target: Element, stroke: Stroke): void {
  const { page, editing } = actions;
  const { key, modifiers } = stroke;
  const far = (modifiers & (CTRL | ALT)) !== 0;
  const back = (modifiers & SHIFT) !== 0;
  if (actions.widgets.press(target, stroke)) return;
  if ((modifiers & 7) === ALT && key.length === 1) actions.access(key);
  else if (modifiers & (CTRL | META) && key.length === 1) shortcut(actions, target, key.toLowerCase(), back);
  else if (key === 'Tab') actions.tab(back);
  else if (key === 'Escape') closeTopmost(page, target);
  else if (key === 'Enter') enter(actions, target, back);
  else if (key === 'Backspace' || key === 'Delete') editing.remove(target, key === 'Delete', far);
  else if (isCharacter(key)) character(actions, target, key, back);
  else if (key.startsWith('Arrow') || MOVING_KEYS.has(key)) moveByKey(page, target, key, modifiers);
}

const MOVING_KEYS = new Set(['Home', 'End', 'PageUp', 'PageDown']);

function character({ page, editing }: KeyActions, target: Element, key: string, shift: boolean): void {
  if (isWritable(target)) editing.insert(target, key);
  else if (key === ' ' && !isPressedBySpace(target) && !isTextField(target))
    scrollByKey(page, target, shift ? 'PageUp' : 'PageDown', 0);
}

/** The default action of keyup: Space presses what can be pressed. */
export function actOnKeyUp(actions: KeyActions, target: Element, stroke: Stroke): void {
  if (stroke.key === ' ' && isPressedBySpace(target)) actions.click(target);
}

const PRESSED_INPUTS = new Set(['button', 'submit', 'reset', 'image', 'checkbox', 'radio', 'file', 'color']);
const BUTTON_INPUTS = new Set(['button', 'submit', 'reset', 'image', 'file', 'color']);

function isPressedBySpace(target: Element): boolean {
  return (
    isHtml(target, 'button') ||
    isHtml(target, 'summary') ||
    (isHtml(target, 'input') && PRESSED_INPUTS.has(target.type))
  );
}

function enter({ editing, click }: KeyActions, target: Element, shift: boolean): void {
  const pressed =
    isHtml(target, 'button') ||
    isHtml(target, 'summary') ||
    ((isHtml(target, 'a') || isHtml(target, 'area')) && target.hasAttribute('href')) ||
    (isHtml(target, 'input') && BUTTON_INPUTS.has(target.type));
  if (isHtml(target, 'textarea')) editing.breakLine(target, true);
  else if (isEditor(target)) editing.breakLine(target, shift);
  else if (pressed) click(target);
  else if (isHtml(target, 'input') || isHtml(target, 'select')) {
    editing.commit(target);
    if (target.form) submitImplicitly(target.form, click);
  }
}

const BLOCKING_TYPES = new Set(
  'text search tel url email password date month week time datetime-local number'.split(' '),
);

/** HTML, "implicit submission": by the default button, else when only one field would block it. */
function submitImplicitly(form: HTMLFormElement, click: (element: Element) => void): void {
  const controls = [...form.elements, ...form.querySelectorAll<HTMLInputElement>('input[type=image]')];
  const button = controls.find(
    (control): control is HTMLButtonElement =>
      (isHtml(control, 'button') && control.type === 'submit') ||
      (isHtml(control, 'input') && (control.type === 'submit' || control.type === 'image')),
  );
  if (button) {
    if (!button.disabled) click(button);
    return;
  }
  const blocking = controls.filter((control) => isHtml(control, 'input') && BLOCKING_TYPES.has(control.type));
  // a field named requestSubmit would hide the method
  if (blocking.length <= 1) HTMLFormElement.prototype.requestSubmit.call(form);
}

function shortcut({ editing, clipboard }: KeyActions, target: Element, key: string, again: boolean): void {
  if (key === 'a') {
    if (isTextField(target)) target.select();
    else editing.command(target, 'selectAll');
  } else if (key === 'z' && !again) editing.command(target, 'undo', 'historyUndo');
  else if (key === 'y' || key === 'z') editing.command(target, 'redo', 'historyRedo');
  else if (key === 'c') clipboard.take('copy', target);
  // a sheet that shows its cells by itself has no selection, and cuts all the same
  else if (key === 'x') {
    if (clipboard.take('cut', target) && isWritable(target) && hasSelection(target))
      editing.remove(target, false, false);
  } else if (!isEditor(target)) return;
  else if (key === 'b') editing.command(target, 'bold', 'formatBold');
  else if (key === 'i') editing.command(target, 'italic', 'formatItalic');
  else if (key === 'u') editing.command(target, 'underline', 'formatUnderline');
}

function hasSelection(target: Element): boolean {
  if (isTextField(target)) return target.selectionStart !== target.selectionEnd;
  return !(target.ownerDocument.getSelection()?.isCollapsed ?? true);
}

const AXIS: Record<string, [sideways: boolean, forward: boolean]> = {
  ArrowLeft: [true, false],
  ArrowRight: [true, true],
  ArrowUp: [false, false],
  ArrowDown: [false, true],
};

function moveByKey(page: Page, target: Element, key: string, modifiers: number): void {
  if ((isTextField(target) || isEditor(target)) && !key.startsWith('Page')) moveCaret(page, key, modifiers);
  else scrollByKey(page, target, key, modifiers);
}

function moveCaret({ document }: Page, key: string, modifiers: number): void {
  const selection = document.getSelection();
  if (!selection) return;
  const far = (modifiers & (CTRL | ALT)) !== 0;
  const axis = AXIS[key];
  const forward = axis ? axis[1] : key === 'End';
  const granularity = axis
    ? axis[0]
      ? far
        ? 'word'
        : 'character'
      : far
        ? 'paragraph'
        : 'line'
    : far
      ? 'documentboundary'
      : 'lineboundary';
  // left and right are of the eye, in right-to-left text too
  const direction = axis?.[0] ? (forward ? 'right' : 'left') : forward ? 'forward' : 'backward';
  selection.modify((modifiers & SHIFT) !== 0 ? 'extend' : 'move', direction, granularity);
}

function scrollByKey(page: Page, target: Element, key: string, modifiers: number): void {
  if (modifiers & (CTRL | META | ALT) && !key.startsWith('Home') && key !== 'End') return;
  const axis = AXIS[key];
  if (axis) {
    const by = axis[1] ? LINE : -LINE;
    scrollChain(page, target, axis[0] ? by : 0, axis[0] ? 0 : by);
    return;
  }
  if (key === 'PageUp' || key === 'PageDown') {
    const height = scrollerOf(page, target).clientHeight || page.window.innerHeight;
    scrollChain(page, target, 0, (key === 'PageDown' ? 1 : -1) * height * PAGE);
    return;
  }
  scrollChain(page, target, 0, key === 'Home' ? -1e7 : 1e7);
}

function scrollerOf(page: Page, target: Element): Element {
  for (const element of flatChain(target)) {
    if (element === page.document.body || element === page.document.documentElement) break;
    const { overflowY } = page.window.getComputedStyle(element);
    if ((overflowY === 'auto' || overflowY === 'scroll') && element.scrollHeight > element.clientHeight)
      return element;
  }
  return rootScroller(page);
}
