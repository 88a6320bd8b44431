// What a node of the mirror is at the leader's: kept in the node itself, where nothing else sees it.
import type { NodeId } from '../../protocol/nodes.ts';

/** A node by its frame and its id there. */
export interface NodeName {
  frame: number;
  node: NodeId;
}

/** Returns the object itself, so that a subclass puts its private field on it. */
class Itself {
  constructor(node: object) {
    // biome-ignore lint/correctness/noConstructorReturn: that is the point
    return node;
  }
}

/** A private field of the node: unlike a WeakMap it costs next to nothing when a page of 65,000 nodes comes at once (measured). */
export class Named extends Itself {
  #name: NodeName | undefined;

  static of(node: object): NodeName | undefined {
    return #name in node ? node.#name : undefined;
  }

  static put(node: object, name: NodeName | undefined): void {
    const named = #name in node ? node : (new Named(node) as Named);
    named.#name = name;
  }
}
