// What the gateway knows of the document: ids, parents and lists of children as they were sent last.
import { Asides } from '../../protocol/asides.ts';
import type { ElementProps, NodeId } from '../../protocol/nodes.ts';

/** 0: shown, 1: as dots, 2: left out. */
export type MaskState = 0 | 1 | 2;

/** A node that was sent. */
export interface Known {
  readonly id: NodeId;
  readonly node: Node;
  /** Undefined while it is being moved, or for good. */
  parent: Known | undefined;
  children: Known[];
  /** What its own marks say, and what holds here with all above. */
  own: MaskState;
  mask: MaskState;
  /** Its children are never sent. */
  closed: boolean;
  depth: number;
  props: ElementProps | undefined;
  /** Its share in the digest. */
  hash: number;
}

/** Never changed in place: most nodes have none. */
export const NO_CHILDREN: Known[] = [];

/** Returns the object itself, so that a subclass puts its private field on it. */
class Itself {
  constructor(node: object) {
    // biome-ignore lint/correctness/noConstructorReturn: that is the point
    return node;
  }
}

/**
 * A node's entry as a private field of the node: no page script can see it, and unlike a WeakMap it costs next to nothing
 * when 65,000 nodes get one at a time (measured: half of a snapshot's time).
 */
class Tag extends Itself {
  #known: Known | undefined;

  static of(node: object): Known | undefined {
    return #known in node ? node.#known : undefined;
  }

  static put(node: object, known: Known | undefined): void {
    const tagged = #known in node ? node : (new Tag(node) as Tag);
    tagged.#known = known;
  }
}

export class KnownTree {
  readonly #byId = new Map<NodeId, Known>();
  #nextId: NodeId = 1;
  /** Sum of the nodes' hashes. */
  digest = 0;
  /** What was said beside the nodes. */
  readonly asides = new Asides(true);
  /** Changed since their hash was taken. */
  readonly touched = new Set<Known>();

  of(node: Node | null): Known | undefined {
    const known = node === null ? undefined : Tag.of(node);
    // A document is recorded again after it was stopped: what an earlier recorder knew is none of ours.
    return known !== undefined && this.#byId.get(known.id) === known ? known : undefined;
  }

  find(id: NodeId): Known | undefined {
    return this.#byId.get(id);
  }

  get nextId(): NodeId {
    return this.#nextId;
  }

  all(): Iterable<Known> {
    return this.#byId.values();
  }

  /** Gives the next id to a node. */
  add(node: Node, parent: Known | undefined, own: MaskState): Known {
    const above = parent?.mask ?? 0;
    const known: Known = {
      id: this.#nextId++,
      node,
      parent,
      children: NO_CHILDREN,
      own,
      mask: own > above ? own : above,
      closed: own === 2,
      depth: parent ? parent.depth + 1 : 0,
      props: undefined,
      hash: 0,
    };
    Tag.put(node, known);
    this.#byId.set(known.id, known);
    this.touched.add(known);
    return known;
  }

  /** Forgets a node and all that hangs on it still; what was moved away stays. */
  forget(top: Known): void {
    const stack = [top];
    for (let known = stack.pop(); known; known = stack.pop()) {
      if (this.#byId.get(known.id) !== known) continue;
      this.#byId.delete(known.id);
      if (Tag.of(known.node) === known) Tag.put(known.node, undefined);
      this.touched.delete(known);
      this.digest = (this.digest - known.hash) | 0;
      this.asides.forget(known.id);
      for (const child of known.children) if (child.parent === known) stack.push(child);
    }
  }

  /** Begins anew: ids start at 1 again. */
  clear(): void {
    this.#byId.clear();
    this.touched.clear();
    this.asides.clear();
    this.#nextId = 1;
    this.digest = 0;
  }
}
