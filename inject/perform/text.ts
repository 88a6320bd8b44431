// Text as a person enters it: typed character by character, composed by an input method, or pasted.
import type { Input } from '../../protocol/input.ts';
import { splitLetters } from '../../protocol/letters.ts';
import type { Clipboard } from './clipboard.ts';
import { isEditor, isTextField } from './composed-tree.ts';
import { editContextOf } from './edit-context.ts';
import type { Editing } from './editing.ts';
import type { Stroke } from './keys.ts';
import type { Page } from './page.ts';

type TextInput = Extract<Input, { type: 'input.text' }>;

/** Beyond this many characters of one message keys are no longer told apart: it was not typed. */
const TYPED_UP_TO = 64;

/** The key that pastes. */
export interface PasteKey {
  down(stroke: Stroke): void;
  /** Whether it is down, and the page wants nothing to come of it. */
  isTaken(): boolean;
  /** Asked behind it: the page may have moved the focus. */
  mayWrite(): boolean;
}

/** Writes texts at the focused element. */
export interface Writing {
  perform(input: TextInput): void;
  /** What is composed ends as it is. */
  finish(): void;
}

type Field = HTMLInputElement | HTMLTextAreaElement;

/**
 * Starts writing.
 * @param target the focused element
 * @param press one key stroke, with its default action
 * @param pasteKey of the keyboard that has all other keys too
 */
export function startWriting(
  page: Page,
  editing: Editing,
  clipboard: Clipboard,
  target: () => Element,
  press: (key: string) => void,
  pasteKey: PasteKey,
): Writing {
  /** A composition that goes on in a field, and the text of it that is there. */
  let composed: { field: Field; text: string } | undefined;

  const type = (text: string): void => {
    if (text.length > TYPED_UP_TO) editing.insert(target(), text);
    else
      for (const letter of splitLetters(text)) press(letter === '\n' || letter === '\r\n' ? 'Enter' : letter);
  };

  /** In a field the page sees it grow; an editor gets the whole of it when it is finished: what it makes of half of it is not known. */
  const compose = ({ text, unfinished }: TextInput): void => {
    const on = target();
    if (composed && composed.field !== on) finish();
    if (!isTextField(on) || on.selectionStart === null) {
      if (unfinished || !text) return;
      tellComposition(page, on, 'compositionstart', '');
      tellComposition(page, on, 'compositionupdate', text);
      editing.insert(on, text, 'insertCompositionText');
      tellComposition(page, on, 'compositionend', text);
      return;
    }
    if (!composed && !text) return;
    if (!composed) tellComposition(page, on, 'compositionstart', '');
    const before = composed?.text ?? '';
    if (text !== before) {
      tellComposition(page, on, 'compositionupdate', text);
      selectBefore(page, on, before);
      const start = on.selectionStart;
      if (text) editing.insert(on, text, 'insertCompositionText');
      else if (start !== on.selectionEnd) editing.remove(on, false, false);
      // as the page wrote it, and as much as there was room for
      composed = { field: on, text: on.value.slice(start, on.selectionStart) };
    } else composed = { field: on, text };
    if (!unfinished) finish();
  };

  const paste = ({ text, copiedHere, byKey }: TextInput): void => {
    if (byKey) pasteKey.down(byKey);
    if (pasteKey.isTaken() || (byKey && !pasteKey.mayWrite())) return;
    const on = target();
    const left = clipboard.paste(on, text, copiedHere === true);
    if (left) editing.insert(on, left, 'insertFromPaste');
  };

  const finish = (): void => {
    if (!composed) return;
    const { field, text } = composed;
    composed = undefined;
    tellComposition(page, field, 'compositionend', text);
  };

  return {
    perform(input) {
      if (input.pasted) paste(input);
      else if (input.composing) compose(input);
      else if (input.replaces && selectBefore(page, target(), input.replaces))
        editing.insert(target(), input.text, 'insertReplacementText');
      else type(input.text);
    },
    finish,
  };
}

/** Selects that text when it stands before the caret, in whatever letters the page wrote it; false when it does not. */
function selectBefore({ document }: Page, target: Element, text: string): boolean {
  const same = (other: string): boolean => other.toLowerCase() === text.toLowerCase();
  if (!text) return false;
  if (isTextField(target)) {
    const { selectionStart: end, selectionEnd, value } = target;
    if (end === null || end !== selectionEnd || !same(value.slice(Math.max(0, end - text.length), end)))
      return false;
    target.setSelectionRange(end - text.length, end);
    return true;
  }
  const selection = document.getSelection();
  if (!isEditor(target) || editContextOf(target) || !selection?.isCollapsed) return false;
  const { anchorNode, anchorOffset } = selection;
  for (const _ of splitLetters(text)) selection.modify('extend', 'backward', 'character');
  if (same(selection.toString())) return true;
  selection.collapse(anchorNode, anchorOffset);
  return false;
}

function tellComposition(page: Page, target: Element, type: string, data: string): void {
  const { window } = page;
  const init = { data, bubbles: true, cancelable: true, composed: true, view: window };
  page.send(editContextOf(target) ?? target, new window.CompositionEvent(type, init));
}
