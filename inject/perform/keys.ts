// Keys as the page sees them: keydown, keypress, the emulated default action, keyup; in one go, or held for a while.
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

/** A key that is down. */
interface Down {
  stroke: Stroke;
  /** Where it was pressed; undefined when the page wanted nothing more to come of it. */
  on: Element | undefined;
}

/** The keys of a keyboard. */
export interface Keys {
  /** A stroke, down and up. */
  press(stroke: Stroke): void;
  /** The one half of it, again and again while it is held. */
  down(stroke: Stroke): void;
  /** The other half. */
  up(stroke: Stroke): void;
  /** Whether a key of that kind is down of which the page wants nothing to come. */
  isTaken(kind: (stroke: Stroke) => boolean): boolean;
  /** Nobody holds a key any more: the page hears that all are up, and does nothing of its own for it. */
  release(): void;
}

/**
 * Starts a keyboard.
 * @param target the focused element, asked again for each event because the page may move the focus
 * @param act the default action of keydown and keypress
 * @param lift the default action of keyup (Space on buttons)
 */
export function startKeys(
  page: Page,
  target: () => Element,
  act: (target: Element, stroke: Stroke) => void,
  lift: (target: Element, stroke: Stroke) => void,
): Keys {
  const held = new Map<string, Down>();

  const goDown = (stroke: Stroke): Down => {
    const on = target();
    const wanted = page.send(on, keyEvent(page, 'keydown', stroke));
    const types =
      stroke.key === 'Enter' || (isCharacter(stroke.key) && (stroke.modifiers & CTRL_OR_META) === 0);
    const going = wanted && (!types || page.send(target(), keyEvent(page, 'keypress', stroke)));
    if (going) act(target(), stroke);
    return { stroke, on: going ? on : undefined };
  };
  const goUp = (stroke: Stroke, on: Element | undefined): void => {
    const to = target();
    if (page.send(to, keyEvent(page, 'keyup', stroke)) && to === on) lift(to, stroke);
  };
  const placeOf = ({ code, key }: Stroke): string => code || key;

  return {
    press: (stroke) => goUp(stroke, goDown(stroke).on),
    down(stroke) {
      held.set(placeOf(stroke), goDown(stroke));
    },
    up(stroke) {
      // pressed in another document, or before somebody else had control: the page hears of it all the same, as of a key that came in held
      const down = held.get(placeOf(stroke));
      held.delete(placeOf(stroke));
      goUp(stroke, down?.on);
    },
    isTaken: (kind) => [...held.values()].some(({ stroke, on }) => !on && kind(stroke)),
    release() {
      for (const { stroke } of held.values())
        page.send(target(), keyEvent(page, 'keyup', { ...stroke, modifiers: 0 }));
      held.clear();
    },
  };
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
