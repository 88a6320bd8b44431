// Text as a person enters it: typed character by character, composed by an input method, or pasted.
import type { Input } from '../../protocol/input.ts';
import { editContextOf } from './edit-context.ts';
import type { Editing } from './editing.ts';
import type { Page } from './page.ts';

type TextInput = Extract<Input, { type: 'input.text' }>;

/** Beyond this many characters of one message keys are no longer told apart: it was not typed. */
const TYPED_UP_TO = 64;

/**
 * Enters text at the focused element.
 * @param press one key stroke, with its default action
 */
export function performText(
  page: Page,
  editing: Editing,
  target: () => Element,
  input: TextInput,
  press: (key: string) => void,
): void {
  if (input.pasted) paste(page, editing, target(), input.text);
  else if (input.composing) compose(page, editing, target(), input.text);
  else if (input.text.length > TYPED_UP_TO) editing.insert(target(), input.text);
  else
    for (const { segment } of new Intl.Segmenter().segment(input.text))
      press(segment === '\n' || segment === '\r\n' ? 'Enter' : segment);
}

function paste(page: Page, editing: Editing, target: Element, text: string): void {
  if (sendClipboard(page, 'paste', target, text)) editing.insert(target, text, 'insertFromPaste');
}

/** Tells the page of a cut or paste, with a clipboard that is nobody's; says whether the default action is still wanted. */
export function sendClipboard(page: Page, type: 'cut' | 'paste', target: Element, text: string): boolean {
  const { window } = page;
  const clipboardData = new window.DataTransfer();
  if (text) clipboardData.setData('text/plain', text);
  const init = { clipboardData, bubbles: true, cancelable: true, composed: true };
  return page.send(target, new window.ClipboardEvent(type, init));
}

function compose(page: Page, editing: Editing, target: Element, text: string): void {
  const { window } = page;
  const send = (type: string, data: string): boolean =>
    page.send(
      editContextOf(target) ?? target,
      new window.CompositionEvent(type, {
        data,
        bubbles: true,
        cancelable: true,
        composed: true,
        view: window,
      }),
    );
  send('compositionstart', '');
  send('compositionupdate', text);
  editing.insert(target, text, 'insertCompositionText');
  send('compositionend', text);
}
