// Keys for the leader's page: a hidden text field takes typing, composition (IME) and pasting, other keys are sent by name.
import type { Input } from '../../../protocol/input.ts';
import { splitLetters } from '../../../protocol/letters.ts';
import { MAX_REPLACED, MAX_TEXT } from '../../../protocol/limits.ts';
import { modifiersOf } from './place.ts';

/** A key or text, before the frame it goes to is known. */
export type KeyInput = Extract<Input, { type: 'input.key' | 'input.text' }>;

export interface KeyboardDeps {
  /** The hidden field. */
  field: HTMLTextAreaElement;
  send(input: KeyInput): void;
  /** What is selected in the page, for copying to the follower's own clipboard. */
  selectedText(): string;
  /** A key that opens a picker of our own; true when it did. */
  openPicker(event: KeyboardEvent): boolean;
  /** Whether the page has an access key of that letter: with Alt it is the page's, not the browser's. */
  hasAccessKey(letter: string): boolean;
  /** Whether the keys go where nothing is written: there it counts how long they are held (games, sliders). */
  mayHold(): boolean;
  /** Begins and ends a composition. */
  onCompose(on: boolean): void;
  /** F6, or Escape twice: the keyboard goes back to the person. */
  leave(): void;
}

const ALT = 1;
const CTRL = 2;
const META = 4;
/** Two Escapes within this time leave, ms. The first one still goes to the page. */
const ESCAPE_TWICE_MS = 800;
/** Keys with Ctrl (or Command) that are for the page: editing, and what editors use most (link, save, comment, indent). All others stay with the person's browser. */
const PAGE_SHORTCUTS = new Set('abcdeikusxyz/[] ');
const PAGE_KEYS = new Set(
  'Enter Tab Escape Backspace Delete Home End PageUp PageDown ArrowLeft ArrowRight ArrowUp ArrowDown F2 F4 F8 F9 F10'.split(
    ' ',
  ),
);
const MODIFIER_KEYS = new Set(['Shift', 'Control', 'Alt', 'Meta', 'AltGraph', 'CapsLock', 'Dead', 'Process']);
/** These move on or leave: a page that has them has the whole of them. */
const NEVER_HELD = /^(?:Tab|Escape|Alt|AltGraph|CapsLock|Dead|Process|Meta)$/;

/** Starts to take the keys of the field. */
export function startKeyboard({
  field,
  send,
  selectedText,
  openPicker,
  hasAccessKey,
  mayHold,
  onCompose,
  leave,
}: KeyboardDeps): { stop(): void } {
  let escapedAt = Number.NEGATIVE_INFINITY;
  let composing = false;
  /** Whether the leader has heard of what is composed. */
  let told = false;
  /** What was typed last and still stands in the field: input methods may take it back and put in something else. */
  let typed = '';
  /** Keys that are down at the leader, by their place on the keyboard. */
  const held = new Map<string, string>();
  /** A key that pastes, of which the page is told with what it pastes: pages may look for that right after. */
  let pasting: TextInput['byKey'];
  /** What was copied or cut in the page, where the mirror could say it, else empty. Undefined when the person has been elsewhere since. */
  let copied: string | undefined;
  /** The same, on its way into the person's clipboard. */
  let offered: string | undefined;
  const isMac = /mac|iphone|ipad/i.test(navigator.platform);

  const forget = (): void => {
    typed = '';
    field.value = '';
  };
  /** @param first of the first piece alone */
  const sendText = (text: string, how: TextManner = {}, first: TextManner = {}): void => {
    for (let at = 0, end = 0; at < text.length; at = end) {
      end = at + MAX_TEXT;
      // not between the halves of a letter
      if (/[\uD800-\uDBFF]/.test(text[end - 1] ?? '')) end--;
      send({
        type: 'input.text',
        text: text.slice(at, end),
        ...(/^\d+$/.test(text) ? { lang: navigator.language } : {}),
        ...how,
        ...(at === 0 ? first : {}),
      });
    }
  };
  const sendKey = (key: string, code: string, modifiers: number, repeat: boolean): void =>
    send({ type: 'input.key', key, code, modifiers, repeat });

  const onKeyDown = (event: KeyboardEvent): void => {
    // while a text is composed the keys are the input method's
    if (event.isComposing || event.keyCode === 229) return;
    tellPasting();
    if (isWritten(event)) {
      // not every browser writes it by itself then
      if (event.ctrlKey) {
        event.preventDefault();
        forget();
        sendText(event.key);
      }
      return;
    }
    if (hold(event) || MODIFIER_KEYS.has(event.key)) return;
    const escapes = event.key === 'Escape' && event.timeStamp - escapedAt < ESCAPE_TWICE_MS;
    escapedAt = event.key === 'Escape' ? event.timeStamp : Number.NEGATIVE_INFINITY;
    if (event.key === 'F6' || escapes) {
      event.preventDefault();
      leave();
      return;
    }
    if (openPicker(event)) {
      event.preventDefault();
      return;
    }
    const { key, modifiers } = isMac ? fromMac(event) : { key: event.key, modifiers: modifiersOf(event) };
    if (isPasteKey(key, modifiers)) {
      pasting = { key, code: event.code, modifiers, repeat: event.repeat };
      held.set(event.code, key);
      return;
    }
    const shortcut = (modifiers & (CTRL | META)) !== 0;
    const copies = shortcut && (key === 'c' || key === 'x');
    if (copies) offerForCopy();
    const access = (modifiers & (ALT | CTRL | META)) === ALT && hasAccessKey(key);
    const forPage = PAGE_KEYS.has(key) || access || (shortcut && PAGE_SHORTCUTS.has(key.toLowerCase()));
    if (!forPage) return; // text comes as input, the rest is the browser's
    // copied here, by the browser; there the page hears of it, and cuts
    if (!copies) {
      event.preventDefault();
      forget();
    }
    sendKey(key, event.code, modifiers, event.repeat);
  };

  /** Where it counts how long a key is held, its two halves are sent apart. */
  const hold = (event: KeyboardEvent): boolean => {
    const { key, code, repeat } = event;
    const modifiers = modifiersOf(event);
    const isModifier = key === 'Shift' || key === 'Control';
    const character = [...key].length === 1;
    if (NEVER_HELD.test(key) || !mayHold() || !(isModifier || character || PAGE_KEYS.has(key))) return false;
    if (!isModifier && modifiers & (ALT | CTRL | META)) return false;
    if (openPicker(event)) {
      event.preventDefault();
      return true;
    }
    escapedAt = Number.NEGATIVE_INFINITY;
    // a Ctrl that stays may become a shortcut of the person's browser
    if (!isModifier) event.preventDefault();
    held.set(code, key);
    send({ type: 'input.key', key, code, modifiers, repeat, held: 'down' });
    return true;
  };
  /** There was nothing to paste: the key alone is told. */
  const tellPasting = (): void => {
    if (pasting) send({ type: 'input.key', ...pasting, held: 'down' });
    pasting = undefined;
  };
  const letGo = (code: string, key: string, modifiers: number): void => {
    if (pasting?.code === code) tellPasting();
    if (held.delete(code)) send({ type: 'input.key', key, code, modifiers, repeat: false, held: 'up' });
  };
  const onKeyUp = (event: KeyboardEvent): void => {
    // the letter may have become another one by Shift: the page is told of what it is now, as browsers do
    letGo(event.code, event.key, modifiersOf(event));
    // a Mac does not tell when the other key of a shortcut is let go
    if (event.key === 'Meta') for (const [code, key] of held) letGo(code, key, 0);
  };
  /** Somebody else gets the keys: of those that are down no end would be heard. */
  const onBlur = (): void => {
    for (const [code, key] of held) letGo(code, key, 0);
    copied = undefined;
    forget();
  };

  /** Puts the selected text where the browser's own copy takes it from. */
  const offerForCopy = (): void => {
    typed = '';
    copied = selectedText();
    offered = copied;
    field.value = copied;
    field.select();
  };
  const onCopy = (event: ClipboardEvent): void => {
    // by key: what was selected before the page heard of it and cut
    const text = offered ?? selectedText();
    offered = undefined;
    forget();
    // with nothing to copy the person keeps what he has
    if (!text) return;
    event.preventDefault();
    event.clipboardData?.setData('text/plain', text);
  };
  const onPaste = (event: ClipboardEvent): void => {
    event.preventDefault();
    forget();
    const text = event.clipboardData?.getData('text/plain') ?? '';
    // lines of a clipboard may end as the system's do
    const copiedHere = copied === '' || copied === text.replaceAll('\r\n', '\n');
    // one message, even an empty one: what the page kept is there once
    const whole = copiedHere && text.length <= MAX_TEXT;
    if (!whole && !text) return;
    const key = pasting && { byKey: pasting };
    pasting = undefined;
    if (whole) send({ type: 'input.text', text, pasted: true, copiedHere, ...key });
    else sendText(text, { pasted: true }, key);
  };

  /** Soft keyboards have no keys for these, only what they want done. */
  const onBeforeInput = (event: InputEvent): void => {
    const key = {
      deleteContentBackward: 'Backspace',
      deleteContentForward: 'Delete',
      insertLineBreak: 'Enter',
      insertParagraph: 'Enter',
    }[event.inputType];
    if (!key || composing) return;
    event.preventDefault();
    forget();
    sendKey(key, key, 0, false);
  };
  const onInput = (): void => {
    if (composing) {
      // as wide as what is in it, and its caret
      field.style.width = '1px';
      field.style.width = `${field.scrollWidth + 2}px`;
      field.scrollLeft = 0;
      return;
    }
    const [before, now] = [splitLetters(typed), splitLetters(field.value)];
    let same = 0;
    while (same < before.length && before[same] === now[same]) same++;
    const replaces = before.slice(same).join('');
    const text = now.slice(same).join('');
    // a few letters are enough to go back to, and the field is of no use to anybody else
    typed = field.value.length > MAX_REPLACED ? '' : field.value;
    field.value = typed;
    if (text) sendText(text, replaces ? { replaces } : {});
  };
  const onCompositionStart = (): void => {
    composing = true;
    forget();
    onCompose(true);
  };
  const onCompositionUpdate = ({ data }: CompositionEvent): void => {
    if ((!data && !told) || data.length > MAX_TEXT) return;
    told = true;
    send({ type: 'input.text', text: data, composing: true, unfinished: true });
  };
  const onCompositionEnd = ({ data }: CompositionEvent): void => {
    composing = false;
    forget();
    onCompose(false);
    // an empty one takes back what the page shows of it
    if (data || told) send({ type: 'input.text', text: data.slice(0, MAX_TEXT), composing: true });
    told = false;
  };

  const listeners = {
    keydown: onKeyDown,
    keyup: onKeyUp,
    blur: onBlur,
    copy: onCopy,
    cut: onCopy,
    paste: onPaste,
    beforeinput: onBeforeInput,
    input: onInput,
    compositionstart: onCompositionStart,
    compositionupdate: onCompositionUpdate,
    compositionend: onCompositionEnd,
  } as const;
  for (const [type, listener] of Object.entries(listeners))
    field.addEventListener(type, listener as EventListener);
  return {
    stop() {
      for (const [type, listener] of Object.entries(listeners))
        field.removeEventListener(type, listener as EventListener);
    },
  };
}

type TextInput = Extract<Input, { type: 'input.text' }>;
type TextManner = Omit<Partial<TextInput>, 'type' | 'text'>;

/** Whether the browser pastes by it. */
export function isPasteKey(key: string, modifiers: number): boolean {
  if (modifiers & ALT) return false;
  if (modifiers & (CTRL | META)) return key.toLowerCase() === 'v';
  return modifiers !== 0 && key === 'Insert';
}

/**
 * Whether the key writes a character by AltGr. Windows says Ctrl and Alt of it, and of Ctrl+Alt that somebody presses in its place;
 * what is neither a plain letter nor a digit is no shortcut then.
 */
function isWritten(event: KeyboardEvent): boolean {
  const { key, ctrlKey, altKey, metaKey } = event;
  if ([...key].length !== 1) return false;
  return event.getModifierState('AltGraph') || (ctrlKey && altKey && !metaKey && !/^[a-z0-9 ]$/i.test(key));
}

/** Keys of a Mac as the others have them: Command is Ctrl, Option moves by words, Command moves to the ends. */
function fromMac(event: KeyboardEvent): { key: string; modifiers: number } {
  let modifiers = modifiersOf(event);
  const { key } = event;
  if (event.metaKey && (key === 'ArrowLeft' || key === 'ArrowRight'))
    return { key: key === 'ArrowLeft' ? 'Home' : 'End', modifiers: modifiers & ~META };
  if (event.metaKey) modifiers = (modifiers & ~META) | CTRL;
  if (event.altKey && (key.startsWith('Arrow') || key === 'Backspace' || key === 'Delete'))
    modifiers = (modifiers & ~1) | CTRL;
  return { key, modifiers };
}
