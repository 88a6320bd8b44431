// Scroll offsets: put back whenever the layout may have lost them.
import type { Shown } from './shown.ts';

/** One that scrolls by itself, some time later, to what is chosen in it: here all is chosen anew. */
const isListBox = ({ tag, node }: Shown): boolean =>
  tag === 'select' && ((node as HTMLSelectElement).multiple || (node as HTMLSelectElement).size > 1);

export class Scroll {
  readonly #document: Document;
  readonly #scrolled = new Set<Shown>();
  #request: number | undefined;
  readonly #again = (): void => this.putBackSoon();

  constructor(document: Document) {
    this.#document = document;
    // A frame that was not shown took no offsets.
    document.defaultView?.addEventListener('resize', this.#again);
  }

  /** The document may show another page from now on. */
  stop(): void {
    this.#document.defaultView?.removeEventListener('resize', this.#again);
    this.#scrolled.clear();
  }

  /** What was told of this node's offset has changed. */
  show(shown: Shown): void {
    const isList = isListBox(shown);
    // It stays among them: an offset that is taken back while nothing is laid out there would come again with the layout.
    if (shown.props?.scroll || isList) this.#scrolled.add(shown);
    else if (!this.#scrolled.has(shown)) return;
    this.#put(shown, ...(shown.props?.scroll ?? [0, 0]));
    if (isList) shown.node.addEventListener('scroll', this.#again);
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

  /** With the next picture, which lays the page out anyhow: to ask for an offset now would lay it out once more. */
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
