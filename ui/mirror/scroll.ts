// Scroll offsets: put back whenever the layout may have lost them.
import type { Shown } from './shown.ts';

export class Scroll {
  readonly #document: Document;
  readonly #scrolled = new Set<Shown>();
  #request: number | undefined;

  constructor(document: Document) {
    this.#document = document;
  }

  /** What was told of this node's offset has changed. */
  show(shown: Shown): void {
    if (shown.props?.scroll) this.#scrolled.add(shown);
    else if (this.#scrolled.delete(shown)) this.#put(shown, 0, 0);
    else return;
    if (shown.props?.scroll) this.#put(shown, ...shown.props.scroll);
  }

  gone(shown: Shown): void {
    this.#scrolled.delete(shown);
  }

  /** After something moved, or an image or sheet came. */
  putBack(): void {
    for (const shown of this.#scrolled) {
      const [left, top] = shown.props?.scroll ?? [0, 0];
      this.#put(shown, left, top);
    }
  }

  /** With the next picture: whatever changed may have changed the layout. */
  putBackSoon(): void {
    if (this.#scrolled.size === 0) return;
    this.#request ??= requestAnimationFrame(() => {
      this.#request = undefined;
      this.putBack();
    });
  }

  #put(shown: Shown, left: number, top: number): void {
    const element = shown.tag === '#document' ? this.#document.scrollingElement : (shown.node as Element);
    if (!element || (Math.abs(element.scrollLeft - left) < 1 && Math.abs(element.scrollTop - top) < 1))
      return;
    element.scrollTo({ left, top, behavior: 'instant' });
  }
}
