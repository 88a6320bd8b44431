// A key as the page sees it: keydown, keypress, the emulated default action, keyup.
import { modifierInit, type Page } from './page.ts';

/** One key stroke. */
export interface Stroke {
  key: string;
  code: string;
  modifiers: number;
  repeat: boolean;
}

/** Whether a key stands for what it writes (a letter, an emoji) and is no name as `Tab` is one. */
export function isCharacter(key: string): boolean {
  return key.length === 1 || !/^[A-Za-z0-9]+$/.test(key);
}

const CTRL_OR_META = 2 | 4;

/**
 * Performs a stroke on an element.
 * @param target the focused element, asked again for keyup because the page may move the focus
 * @param act the default action of keydown and keypress
 * @param release the default action of keyup (Space on buttons)
 */
export function pressKey(
  page: Page,
  target: () => Element,
  stroke: Stroke,
  act: (target: Element) => void,
  release: (target: Element) => void,
): void {
  const at = target();
  const wanted = page.send(at, keyEvent(page, 'keydown', stroke));
  const types =
    stroke.key === 'Enter' || (isCharacter(stroke.key) && (stroke.modifiers & CTRL_OR_META) === 0);
  const going = wanted && (!types || page.send(target(), keyEvent(page, 'keypress', stroke)));
  if (going) act(target());
  const to = target();
  if (page.send(to, keyEvent(page, 'keyup', stroke)) && going && to === at) release(to);
}

const KEY_CODES: Record<string, number> = {
  Backspace: 8,
  Tab: 9,
  Enter: 13,
  Shift: 16,
  Control: 17,
  Alt: 18,
  Escape: 27,
  ' ': 32,
  PageUp: 33,
  PageDown: 34,
  End: 35,
  Home: 36,
  ArrowLeft: 37,
  ArrowUp: 38,
  ArrowRight: 39,
  ArrowDown: 40,
  Insert: 45,
  Delete: 46,
  ContextMenu: 93,
};

function keyEvent(page: Page, type: 'keydown' | 'keypress' | 'keyup', stroke: Stroke): KeyboardEvent {
  // keyCode and charCode are what older pages still ask for
  const code =
    type === 'keypress' ? (stroke.key === 'Enter' ? 13 : stroke.key.codePointAt(0)!) : keyCode(stroke);
  return new page.window.KeyboardEvent(type, {
    key: stroke.key,
    code: stroke.code || codeOf(stroke.key),
    keyCode: code,
    charCode: type === 'keypress' ? code : 0,
    repeat: stroke.repeat && type !== 'keyup',
    bubbles: true,
    cancelable: true,
    composed: true,
    view: page.window,
    ...modifierInit(stroke.modifiers),
  });
}

function keyCode({ key }: Stroke): number {
  const known = KEY_CODES[key];
  if (known !== undefined) return known;
  const functionKey = /^F(\d{1,2})$/.exec(key);
  if (functionKey) return 111 + Number(functionKey[1]);
  if (/^[a-z0-9]$/i.test(key)) return key.toUpperCase().charCodeAt(0);
  const digit = key.length === 1 ? SHIFTED_DIGITS.indexOf(key) : -1;
  if (digit >= 0) return 48 + digit;
  const at = markAt(key);
  return at < 0 ? 0 : at < 7 ? 186 + at : 212 + at;
}

/** Marks of a US keyboard, plain and with Shift, in the order of their key codes. */
const MARKS = ';:=+,<-_.>/?`~[{\\|]}\'"';
const MARK_KEYS =
  'Semicolon Equal Comma Minus Period Slash Backquote BracketLeft Backslash BracketRight Quote';
const SHIFTED_DIGITS = ')!@#$%^&*(';

const markAt = (key: string): number => (key.length === 1 ? MARKS.indexOf(key) >> 1 : -1);

/** The physical key of a character on a US keyboard, where it has one. */
export function codeOf(key: string): string {
  if (/^[a-z]$/i.test(key)) return `Key${key.toUpperCase()}`;
  if (/^[0-9]$/.test(key)) return `Digit${key}`;
  if (key === ' ') return 'Space';
  if (key.length > 1) return key;
  const digit = SHIFTED_DIGITS.indexOf(key);
  return digit < 0 ? (MARK_KEYS.split(' ')[markAt(key)] ?? '') : `Digit${digit}`;
}
