// Keeps the panel's element in the page: frameworks that draw the whole document take out what they did not put there.

/** So soon it comes back, ms: the page is done with its changes then. */
const BACK_AFTER_MS = 50;
/** A page that takes it out again and again wants it out. */
const MOST_PER_MINUTE = 30;

/** @param inserted called after each insertion: `document.open()` takes the listeners of the window away as well */
export function stayInPage(element: Element, inserted: () => void): void {
  const { ownerDocument: document } = element;
  let times: number[] = [];
  let planned = false;
  const insert = (): void => {
    planned = false;
    const root: Element | null = document.documentElement;
    if (!root || element.isConnected) return;
    times = times.filter((time) => Date.now() - time < 60_000);
    if (times.length >= MOST_PER_MINUTE) return;
    times.push(Date.now());
    root.append(element);
    watch(root);
    inserted();
  };
  const observer = new MutationObserver(() => {
    if (element.isConnected || planned) return;
    planned = true;
    setTimeout(insert, BACK_AFTER_MS);
  });
  /** Children only: beside the body, where nothing happens but such changes. */
  const watch = (root: Element): void => {
    observer.disconnect();
    observer.observe(document, { childList: true });
    observer.observe(root, { childList: true });
  };
  if (document.readyState === 'loading') addEventListener('DOMContentLoaded', insert, { once: true });
  else insert();
}
