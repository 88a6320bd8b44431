// Remembers in which parts of the page the customer has written: a server's text and his own look alike afterwards.

/** Parts that are still of the page, at most so many. */
const MAX_PARTS = 50;

/** @param page the window of the customer's page */
export function watchEditedParts(page: Window): () => Iterable<Element> {
  const parts = new Set<Element>();
  const note = ({ target, isTrusted }: Event): void => {
    if (!isTrusted || !(target instanceof HTMLElement) || !target.isContentEditable) return;
    let host: HTMLElement = target;
    while (host.parentElement?.isContentEditable) host = host.parentElement;
    if (parts.size >= MAX_PARTS) for (const part of parts) if (!part.isConnected) parts.delete(part);
    if (parts.size < MAX_PARTS) parts.add(host);
  };
  page.addEventListener('input', note, { capture: true, passive: true });
  return () => parts;
}
