// What Escape closes (full screen, then the topmost popover or modal dialog), and what a press elsewhere does.
import { flatChain, flatClosest, isHtml } from './composed-tree.ts';
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

/** What a press elsewhere closes (HTML, "light dismiss"): popovers that do not hold it, nor the button that opens them; dialogs that ask for it. */
export function dismissLightly({ document }: Page, target: Element, x: number, y: number): void {
  const all = <T extends HTMLElement>(selector: string): T[] => [...document.querySelectorAll<T>(selector)];
  const chain = new Set(flatChain(target));
  const invoked = (popover: HTMLElement): HTMLElement[] =>
    popover.id
      ? all(`[popovertarget="${CSS.escape(popover.id)}"],[commandfor="${CSS.escape(popover.id)}"]`)
      : [];
  const open = all(':popover-open').filter(({ popover }) => popover !== 'manual');
  const kept = new Set(
    open.filter((popover) => [popover, ...invoked(popover)].some((part) => chain.has(part))),
  );
  // and those from which a kept one was opened
  for (const popover of kept)
    for (const around of open)
      if ([popover, ...invoked(popover)].some((part) => around.contains(part))) kept.add(around);
  for (const popover of open.reverse()) if (!kept.has(popover)) popover.hidePopover();
  for (const dialog of all<HTMLDialogElement>('dialog[open][closedby=any i]')) {
    const { left, top, right, bottom } = dialog.getBoundingClientRect();
    const beside = x < left || x > right || y < top || y > bottom;
    if (!chain.has(dialog) || (target === dialog && beside)) dialog.requestClose?.();
  }
}
