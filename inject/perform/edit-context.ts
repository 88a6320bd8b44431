// Editors that draw their text themselves (EditContext API: Monaco and others): no editing command reaches them, only the events of their context.
import type { Page } from './page.ts';

/** What TypeScript's DOM does not list yet; https://www.w3.org/TR/edit-context/ */
export interface EditContext extends EventTarget {
  readonly text: string;
  readonly selectionStart: number;
  readonly selectionEnd: number;
  updateText(start: number, end: number, text: string): void;
  updateSelection(start: number, end: number): void;
}

/** The context that a page attached to an element. */
export function editContextOf(element: Element | null | undefined): EditContext | undefined {
  return (element as { editContext?: EditContext | null } | null | undefined)?.editContext ?? undefined;
}

/** What one deletion takes, by direction and word. */
const TAKEN: Record<string, RegExp> = {
  deleteContentBackward: /.$/su,
  deleteContentForward: /^./su,
  deleteWordBackward: /\S*\s*$/,
  deleteWordForward: /^\s*\S*/,
};

/** Does what the browser does after `beforeinput`: the context's text changes, and the page is told. Other types of input are the page's own. */
export function writeToEditContext(page: Page, context: EditContext, text: string, inputType: string): void {
  const taken = TAKEN[inputType];
  if (!taken && inputType !== 'insertText' && inputType !== 'insertCompositionText') return;
  let from = Math.min(context.selectionStart, context.selectionEnd);
  let to = Math.max(context.selectionStart, context.selectionEnd);
  if (from === to && inputType.endsWith('Backward'))
    from -= taken!.exec(context.text.slice(0, from))?.[0].length ?? 0;
  else if (from === to && taken) to += taken.exec(context.text.slice(to))?.[0].length ?? 0;
  const at = from + text.length;
  context.updateText(from, to, text);
  context.updateSelection(at, at);
  const { TextUpdateEvent } = page.window as unknown as {
    TextUpdateEvent: new (type: string, init: object) => Event;
  };
  const update = { text, updateRangeStart: from, updateRangeEnd: to, selectionStart: at, selectionEnd: at };
  page.send(context, new TextUpdateEvent('textupdate', update));
}
