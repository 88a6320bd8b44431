// The digest of what is shown, as the gateway computes it of what it told.
import { Asides } from '../../protocol/asides.ts';
import { hashAttributes, hashElement, hashProps, hashTextNode } from '../../protocol/digest.ts';
import type { Shown } from './shown.ts';

/** So many nodes are worked through ahead of the next digest, for so long at a time, ms: a large page would hold up the agent. */
const MANY = 1_000;
const TURN = 8;

export class Digest {
  #value = 0;
  #turn: ReturnType<typeof setTimeout> | undefined;
  readonly #touched = new Set<Shown>();
  /** What was told beside the nodes. */
  readonly asides = new Asides();

  touch(shown: Shown): void {
    this.#touched.add(shown);
    if (this.#touched.size === MANY) this.#turn ??= setTimeout(() => this.#workAhead());
  }

  #workAhead(): void {
    this.#turn = undefined;
    const until = performance.now() + TURN;
    let count = 0;
    for (const shown of this.#touched) {
      this.#hash(shown);
      if (++count % 64 > 0 || performance.now() < until) continue;
      this.#turn = setTimeout(() => this.#workAhead());
      return;
    }
  }

  gone(shown: Shown): void {
    this.#value = (this.#value - shown.hash) | 0;
    this.#touched.delete(shown);
    this.asides.forget(shown.id);
  }

  /** Brings it up to date. */
  read(): number {
    for (const shown of this.#touched) this.#hash(shown);
    return (this.#value + this.asides.digest) | 0;
  }
  #hash(shown: Shown): void {
    this.#touched.delete(shown);
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
}
