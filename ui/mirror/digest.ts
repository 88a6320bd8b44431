// The digest of what is shown, as the gateway computes it of what it told.
import { Asides } from '../../protocol/asides.ts';
import { hashAttributes, hashElement, hashProps, hashTextNode } from '../../protocol/digest.ts';
import type { Shown } from './shown.ts';

export class Digest {
  #value = 0;
  readonly #touched = new Set<Shown>();
  /** What was told beside the nodes. */
  readonly asides = new Asides();

  touch(shown: Shown): void {
    this.#touched.add(shown);
  }

  gone(shown: Shown): void {
    this.#value = (this.#value - shown.hash) | 0;
    this.#touched.delete(shown);
    this.asides.forget(shown.id);
  }

  /** Brings it up to date. */
  read(): number {
    for (const shown of this.#touched) {
      const hash =
        shown.tag === ''
          ? hashTextNode(shown.id, (shown.node as Text).data)
          : hashElement(
              shown.id,
              shown.tag,
              (hashAttributes(shown.attributes) + hashProps(shown.props)) | 0,
              shown.children.map((child) => child.id),
            );
      this.#value = (this.#value - shown.hash + hash) | 0;
      shown.hash = hash;
    }
    this.#touched.clear();
    return (this.#value + this.asides.digest) | 0;
  }
}
