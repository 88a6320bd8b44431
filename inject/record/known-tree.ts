// What the gateway knows of the document: ids, parents and lists of children as they were sent last.
import { Asides } from '../../protocol/asides.ts';
import { createNodeField } from '../../protocol/node-field.ts';
import type { ElementProps, NodeId } from '../../protocol/nodes.ts';

/** 0: shown, 1: as dots, 2: left out. */
export type MaskState = 0 | 1 | 2;

/** Never changed in place: most nodes have none. */
export const NO_CHILDREN: Known[] = [];
/** Of a node whose children are never sent. */
export const SHUT: Known[] = [];

/** What an element's tag says of it: found once for each tag, and kept with the node, as asking the node costs more than all else (measured). */
const TRAIT = {
  /** Its texts are CSS. */
  style: 1,
  /** A field whose state follows from what is in it. */
  field: 2,
  /** May have a shadow root. */
  host: 4,
} as const;
/** Elements that take a shadow root (DOM 4.2.14 "valid shadow host name"). */
const HOSTS = /^[^:{]*-|^(?:article|aside|blockquote|body|div|footer|h[1-6]|header|main|nav|p|section|span)$/;
const MAX_TAGS = 1_000;
const traits = new Map<string, number>();

function traitsOf(tag: string): number {
  let found = traits.get(tag);
  if (found === undefined) {
    found = HOSTS.test(tag) ? TRAIT.host : 0;
    if (tag === 'style' || tag === 'svg:style') found |= TRAIT.style;
    if (tag === 'textarea' || tag === 'select') found |= TRAIT.field;
    if (traits.size < MAX_TAGS) traits.set(tag, found);
  }
  return found;
}

/** A node that was sent. There may be 250,000 of these: each field is a megabyte. */
export class Known {
  readonly node: Node;
  /** Undefined while it is being moved, or for good. */
  parent: Known | undefined;
  children: Known[] = NO_CHILDREN;
  props: ElementProps | undefined;
  /** 128 times its id, and below it its traits, and both mask states of two bits each. */
  readonly #bits: number;

  constructor(id: NodeId, node: Node, parent?: Known, own: MaskState = 0, tag = '') {
    const above = parent?.mask ?? 0;
    this.#bits = id * 128 + (tag === '' ? 0 : traitsOf(tag)) * 16 + (own > above ? own : above) * 4 + own;
    this.node = node;
    this.parent = parent;
    this.props = undefined;
  }

  get id(): NodeId {
    return Math.floor(this.#bits / 128);
  }

  /** Whether its texts are CSS. */
  get isStyle(): boolean {
    return (this.#bits & (TRAIT.style * 16)) !== 0;
  }

  /** Whether it is a field whose state follows from what is in it. */
  get isField(): boolean {
    return (this.#bits & (TRAIT.field * 16)) !== 0;
  }

  /** Whether it may have a shadow root. */
  get isHost(): boolean {
    return (this.#bits & (TRAIT.host * 16)) !== 0;
  }

  /** What its own marks say. */
  get own(): MaskState {
    return (this.#bits & 3) as MaskState;
  }

  /** What holds here with all above. */
  get mask(): MaskState {
    return ((this.#bits >> 2) & 3) as MaskState;
  }
}

/** A node's entry, in the node. */
const entries = createNodeField<Known>();

/** Ids of one page of the table: a page whose nodes are all gone goes too. */
const PAGE_BITS = 9;
const PAGE = 1 << PAGE_BITS;

/** Nodes by id, and their shares in the digest, which would cost three times as much as fields. */
interface Page {
  readonly known: (Known | undefined)[];
  readonly hashes: Int32Array;
  left: number;
}

export class KnownTree {
  #pages: (Page | undefined)[] = [];
  #nextId: NodeId = 1;
  /** Sum of the nodes' hashes. */
  digest = 0;
  /** What was said beside the nodes. */
  readonly asides = new Asides(() => performance.now());
  /** Changed since their hash was taken. */
  readonly touched = new Set<Known>();

  of(node: Node | null): Known | undefined {
    const known = node === null ? undefined : entries.of(node);
    // A document is recorded again after it was stopped: what an earlier recorder knew is none of ours.
    return known !== undefined && this.find(known.id) === known ? known : undefined;
  }

  /** The id that a node has, or had when it was forgotten; 0 for one that never had any. */
  lastIdOf(node: Node): NodeId {
    return entries.of(node)?.id ?? 0;
  }

  find(id: NodeId): Known | undefined {
    return this.#pages[id >>> PAGE_BITS]?.known[id & (PAGE - 1)];
  }

  get nextId(): NodeId {
    return this.#nextId;
  }

  *all(): Generator<Known> {
    for (const page of this.#pages) for (const known of page?.known ?? []) if (known) yield known;
  }

  /** Gives the next id to a node. @param tag of all but texts */
  add(node: Node, parent: Known | undefined, own: MaskState, tag?: string): Known {
    const known = new Known(this.#nextId++, node, parent, own, tag);
    entries.put(node, known);
    const at = known.id >>> PAGE_BITS;
    let page = this.#pages[at];
    if (!page) {
      page = { known: new Array(PAGE).fill(undefined), hashes: new Int32Array(PAGE), left: 0 };
      this.#pages[at] = page;
    }
    page.known[known.id & (PAGE - 1)] = known;
    page.left++;
    return known;
  }

  /** Uses the next id up for an entry that no node has. */
  skip(node: Node): Known {
    return new Known(this.#nextId++, node);
  }

  hashOf({ id }: Known): number {
    return this.#pages[id >>> PAGE_BITS]!.hashes[id & (PAGE - 1)]!;
  }

  /** Puts a node's share in the digest, unless it is gone by now. */
  setHash(known: Known, hash: number): void {
    const page = this.#pages[known.id >>> PAGE_BITS];
    const at = known.id & (PAGE - 1);
    if (page?.known[at] !== known) return;
    this.digest = (this.digest - page.hashes[at]! + hash) | 0;
    page.hashes[at] = hash;
  }

  /** Forgets a node and all that hangs on it still; what was moved away stays. */
  forget(top: Known): void {
    const stack = [top];
    for (let known = stack.pop(); known; known = stack.pop()) {
      if (this.find(known.id) !== known) continue;
      this.setHash(known, 0);
      const at = known.id >>> PAGE_BITS;
      const page = this.#pages[at]!;
      page.known[known.id & (PAGE - 1)] = undefined;
      if (--page.left === 0 && at !== this.#nextId >>> PAGE_BITS) this.#pages[at] = undefined;
      this.touched.delete(known);
      this.asides.forget(known.id);
      // A list that is being written has gaps.
      for (const child of known.children) if (child?.parent === known) stack.push(child);
      // A page that keeps one of its nodes does not keep all others by us.
      known.parent = undefined;
      known.children = NO_CHILDREN;
    }
  }

  /** Begins anew: ids start at 1 again. */
  clear(): void {
    this.#pages = [];
    this.touched.clear();
    this.asides.clear();
    this.#nextId = 1;
    this.digest = 0;
  }
}
