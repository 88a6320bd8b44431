// Which documents are shown in which elements: a document is tied to the iframe element that named it, once both are there.
import type { NodeId } from '../../protocol/nodes.ts';
import type { Frame } from './frame.ts';
import { FLAG } from './masks.ts';

export class Nesting {
  readonly #frames: ReadonlyMap<number, Frame>;
  readonly #onShown: (frame: Frame) => void;

  /**
   * @param frames all documents, by number
   * @param onShown followers are to get this document, in the element that it was tied to just now
   */
  constructor(frames: ReadonlyMap<number, Frame>, onShown: (frame: Frame) => void) {
    this.#frames = frames;
    this.#onShown = onShown;
  }

  /** A document and what is shown within it, parents first. */
  shownFrom(page: Frame): Frame[] {
    const frames = [page];
    for (const frame of frames)
      for (const nested of this.#within(frame)) if (nested.shown) frames.push(nested);
    return frames;
  }

  #within({ number }: Frame): Frame[] {
    return [...this.#frames.values()].filter(({ parent }) => parent?.[0] === number);
  }

  /** Takes a document out of sight, and all within it. */
  detach(frame: Frame): void {
    frame.parent = undefined;
    if (!frame.shown) return;
    frame.withdraw();
    this.detachAllIn(frame);
  }

  /** Takes out of sight what is shown within a document. */
  detachAllIn(frame: Frame): void {
    for (const nested of this.#within(frame)) this.detach(nested);
  }

  /** Takes out of sight what is shown in an element. */
  detachAt(frame: Frame, node: NodeId): void {
    for (const nested of this.#within(frame)) if (nested.parent?.[1] === node) this.detach(nested);
  }

  /** Shows a document where an element has named it. */
  attach(frame: Frame): void {
    for (const parent of this.#frames.values()) if (this.#attachTo(parent, frame)) return;
  }

  /** Shows what is there of the documents that are named by elements of this one. */
  attachNested(parent: Frame): void {
    for (const nonce of [...parent.nested.keys()])
      for (const frame of [...this.#frames.values()])
        if (frame.nonce === nonce && frame.complete && !frame.top) this.#attachTo(parent, frame);
  }

  /** @returns whether this is the document's place */
  #attachTo(parent: Frame, frame: Frame): boolean {
    const node = frame.nonce === '' ? undefined : parent.nested.get(frame.nonce);
    const slot = node === undefined ? undefined : parent.tree.find(node);
    if (node === undefined || slot === undefined || !parent.shown || this.#hangsIn(parent, frame))
      return false;
    if (frame.shown && frame.parent?.[0] === parent.number && frame.parent[1] === node) return true;
    this.detach(frame);
    // A frame that is left out, or lies in masked content, is not shown at all.
    if (parent.tree.flags[slot]! & (FLAG.hidden | FLAG.masked)) return true;
    this.detachAt(parent, node);
    frame.parent = [parent.number, node];
    this.#onShown(frame);
    this.attachNested(frame);
    return true;
  }

  #hangsIn(frame: Frame, within: Frame): boolean {
    for (let up: Frame | undefined = frame; up; up = up.parent && this.#frames.get(up.parent[0]))
      if (up === within) return true;
    return false;
  }
}
