// The follower's clipboard in this page. What he sees selected he has copied at his side; what the page itself puts in (cells of a
// sheet, formatted text) stays here for his next paste. The customer's own clipboard is never read or written.
import { isTextField } from './composed-tree.ts';
import type { Stroke } from './keys.ts';
import type { Page } from './page.ts';
import type { Protection } from './protection.ts';

export interface Clipboard {
  /** Tells the page of it, and keeps what the page puts in, else what is selected. @returns whether the default action is still wanted */
  take(type: 'copy' | 'cut', target: Element): boolean;
  /**
   * Tells the page of a paste.
   * @param text of the follower's own clipboard
   * @param copiedHere he has copied nothing elsewhere since he last copied in the shared page
   * @returns the text that is to be written; undefined when the page has done what it wants
   */
  paste(target: Element, text: string, copiedHere: boolean): string | undefined;
}

const CTRL_OR_META = 2 | 4;

/** Whether the key pastes: what is pasted comes behind it, as text of its own. */
export function isPasteKey({ key, modifiers }: Stroke): boolean {
  return modifiers & CTRL_OR_META ? key.toLowerCase() === 'v' : key === 'Insert';
}

/** @param masks what is masked may not be pasted where it is not: nothing is kept that could come from there */
export function createClipboard(
  page: Page,
  masks: Pick<Protection, 'isMasked' | 'masksAnything'>,
): Clipboard {
  /** By type. */
  let kept = new Map<string, string>();

  const tell = (type: 'copy' | 'cut' | 'paste', target: Element, data: ReadonlyMap<string, string>) => {
    const { window } = page;
    const clipboardData = new window.DataTransfer();
    for (const [format, value] of data) clipboardData.setData(format, value);
    const init = { clipboardData, bubbles: true, cancelable: true, composed: true };
    const wanted = page.send(target, new window.ClipboardEvent(type, init));
    return { wanted, clipboardData };
  };

  return {
    take(type, target) {
      kept = new Map();
      const { wanted, clipboardData } = tell(type, target, kept);
      const field = isTextField(target) && wanted ? target : undefined;
      if (field ? masks.isMasked(field) : masks.masksAnything()) return wanted;
      if (!wanted) for (const format of clipboardData.types) kept.set(format, clipboardData.getData(format));
      else {
        const { value, selectionStart, selectionEnd } = field ?? {};
        const text =
          value?.slice(selectionStart ?? 0, selectionEnd ?? 0) ?? `${page.document.getSelection()}`;
        if (text) kept.set('text/plain', text);
      }
      return wanted;
    },
    paste(target, text, copiedHere) {
      const own = copiedHere ? (kept.get('text/plain') ?? text) : text;
      const data = copiedHere && kept.size > 0 ? kept : new Map(text ? [['text/plain', text]] : []);
      return tell('paste', target, data).wanted ? own : undefined;
    },
  };
}
