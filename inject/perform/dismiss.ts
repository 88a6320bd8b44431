// What Escape closes: full screen, then the topmost popover or modal dialog.
import { flatClosest, isHtml } from './composed-tree.ts';
import type { Page } from './page.ts';

/** Closes the topmost of what can be dismissed, unless the page prevents it. */
export function closeTopmost(page: Page, target: Element): void {
  const { document } = page;
  if (document.fullscreenElement) {
    void document.exitFullscreen().catch(() => {});
    return;
  }
  const all = <T extends HTMLElement>(selector: string): T[] => [...document.querySelectorAll<T>(selector)];
  const auto = all(':popover-open')
    .filter(({ popover }) => popover !== 'manual')
    .at(-1);
  const modals = all<HTMLDialogElement>('dialog:modal');
  const inner = flatClosest(target, (element) => modals.includes(element as HTMLDialogElement));
  const dialog = inner ?? modals.at(-1);
  // a dialog opened from a popover lies above it
  if (auto && !(isHtml(dialog, 'dialog') && auto.contains(dialog) && auto !== dialog)) {
    auto.hidePopover();
    return;
  }
  if (!isHtml(dialog, 'dialog') || dialog.getAttribute('closedby') === 'none') return;
  const cancel = new page.window.Event('cancel', { cancelable: true });
  if (page.send(dialog, cancel)) dialog.close();
}
