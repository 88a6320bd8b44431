// The follower's clipboard in this page. What is copied was taken at his side already; what the page itself puts in (cells of a
// sheet, formatted text) stays here for his next paste. The customer's own clipboard is never read or written.
import type { Page } from './page.ts';

export interface Clipboard {
  /** Tells the page of it, and keeps what the page puts in. @returns whether the default action is still wanted */
  take(type: 'copy' | 'cut', target: Element): boolean;
  /**
   * Tells the page of a paste.
   * @param text of the follower's own clipboard
   * @param copiedHere he has copied nothing elsewhere since he last copied in the shared page
   * @returns the text that is to be written; undefined when the page has done what it wants
   */
  paste(target: Element, text: string, copiedHere: boolean): string | undefined;
}

/** @param mayKeep whether what is copied may be pasted somewhere else: nothing here is masked */
export function createClipboard(page: Page, mayKeep: () => boolean): Clipboard {
  /** By type, as the page put it in. */
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
      if (!wanted && mayKeep())
        for (const format of clipboardData.types) kept.set(format, clipboardData.getData(format));
      return wanted;
    },
    paste(target, text, copiedHere) {
      const own = copiedHere ? (kept.get('text/plain') ?? text) : text;
      const data = copiedHere && kept.size > 0 ? kept : new Map(text ? [['text/plain', text]] : []);
      return tell('paste', target, data).wanted ? own : undefined;
    },
  };
}
