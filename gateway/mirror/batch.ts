// What one batch of the recorder changes, collected until followers are told.
import type { ElementProps, NodeId, Op } from '../../protocol/nodes.ts';
import type { Slot } from './tree.ts';

/** What a node was like for followers before a batch. */
export interface Before {
  attributes?: string[];
  props?: ElementProps | undefined;
  text?: string;
  /** It was left out already. */
  hid?: boolean;
}

export class Batch {
  /** Changes of children, before all that changes in them. */
  readonly structure: Op[] = [];
  readonly ops: Op[] = [];
  /** Style and link elements whose rules are told anew. */
  readonly styles = new Set<Slot>();
  /** Rules put behind those that followers have. */
  readonly addedRules = new Map<Slot, string>();
  /** Constructed sheets that have grown. */
  readonly sheets = new Set<NodeId>();
  readonly changed = new Set<Slot>();
  readonly before = new Map<Slot, Before>();
  readonly #describe: (slot: Slot) => Before | undefined;

  /** @param describe what a node is like for followers just now; undefined where they do not have it */
  constructor(describe: (slot: Slot) => Before | undefined) {
    this.#describe = describe;
  }

  /** Keeps what a node was like, before its first change. */
  remember(slot: Slot): void {
    if (this.before.has(slot)) return;
    const before = this.#describe(slot);
    if (before) this.before.set(slot, before);
  }

  rehash(slot: Slot): void {
    this.changed.add(slot);
  }

  gone(slot: Slot): void {
    this.before.delete(slot);
    this.changed.delete(slot);
    this.styles.delete(slot);
    this.addedRules.delete(slot);
  }
}
