// Keys for the leader's page: a hidden text field takes typing, composition (IME) and pasting, other keys are sent by name.
import type { Input } from '../../../protocol/input.ts';
import { MAX_TEXT } from '../../../protocol/limits.ts';
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
  /** F6, or Escape twice: the keyboard goes back to the person. */
  leave(): void;
}

const CTRL = 2;
const META = 4;
/** Two Escapes within this time leave, ms. The first one still goes to the page. */
const ESCAPE_TWICE_MS = 800;
/** Keys with Ctrl (or Command) that are for the page: editing, and what editors use most (link, save, comment, indent). All others stay with the person's browser. */
const PAGE_SHORTCUTS = new Set('abdeikusxyz/[]');
const PAGE_KEYS = new Set(
  'Enter Tab Escape Backspace Delete Home End PageUp PageDown ArrowLeft ArrowRight ArrowUp ArrowDown F2 F4 F8 F9 F10'.split(
    ' ',
  ),
);
const MODIFIER_KEYS = new Set(['Shift', 'Control', 'Alt', 'Meta', 'AltGraph', 'CapsLock', 'Dead', 'Process']);

/** Starts to take the keys of the field. */
export function startKeyboard({ field, send, selectedText, openPicker, hasAccessKey, leave }: KeyboardDeps): {
  stop(): void;
} {
  let escapedAt = Number.NEGATIVE_INFINITY;
  let composing = false;
  const isMac = /mac|iphone|ipad/i.test(navigator.platform);

  const sendText = (text: string, how: { composing?: true; pasted?: true } = {}): void => {
    for (let at = 0; at < text.length; at += MAX_TEXT)
      send({
        type: 'input.text',
        text: text.slice(at, at + MAX_TEXT),
        ...(/^\d+$/.test(text) ? { lang: navigator.language } : {}),
        ...how,
      });
  };
  const sendKey = (key: string, code: string, modifiers: number, repeat: boolean): void =>
    send({ type: 'input.key', key, code, modifiers, repeat });

  const onKeyDown = (event: KeyboardEvent): void => {
    // while a text is composed the keys are the input method's
    if (event.isComposing || event.keyCode === 229 || MODIFIER_KEYS.has(event.key)) return;
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
    const shortcut = (modifiers & (CTRL | META)) !== 0 && !event.getModifierState('AltGraph');
    if (shortcut && (key === 'c' || key === 'x')) offerForCopy();
    const access = (modifiers & 7) === 1 && !event.getModifierState('AltGraph') && hasAccessKey(key);
    const forPage = PAGE_KEYS.has(key) || access || (shortcut && PAGE_SHORTCUTS.has(key.toLowerCase()));
    if (!forPage) return; // text comes as input, the rest is the browser's
    // cutting copies here, by the browser, and deletes there
    if (key !== 'x') event.preventDefault();
    sendKey(key, event.code, modifiers, event.repeat);
  };

  /** Puts the selected text where the browser's own copy takes it from. */
  const offerForCopy = (): void => {
    field.value = selectedText();
    field.select();
  };
  const onCopy = (event: ClipboardEvent): void => {
    event.preventDefault();
    event.clipboardData?.setData('text/plain', selectedText());
    field.value = '';
  };
  const onPaste = (event: ClipboardEvent): void => {
    event.preventDefault();
    sendText(event.clipboardData?.getData('text/plain') ?? '', { pasted: true });
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
    sendKey(key, key, 0, false);
  };
  const onInput = (): void => {
    if (composing) return;
    const text = field.value;
    field.value = '';
    if (text) sendText(text);
  };
  const onCompositionStart = (): void => {
    composing = true;
    field.value = '';
  };
  const onCompositionEnd = (event: CompositionEvent): void => {
    composing = false;
    field.value = '';
    if (event.data) sendText(event.data, { composing: true });
  };

  const listeners = {
    keydown: onKeyDown,
    copy: onCopy,
    cut: onCopy,
    paste: onPaste,
    beforeinput: onBeforeInput,
    input: onInput,
    compositionstart: onCompositionStart,
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
