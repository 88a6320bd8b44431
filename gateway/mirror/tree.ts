// One document of a page as a compact tree: columns of integers indexed by slot, with lists of siblings as links.
import type { ElementProps, NodeId } from '../../protocol/nodes.ts';
import { malformed } from './malformed.ts';
import type { Strings } from './strings.ts';
import { Unmasked } from './unmasked.ts';

/** Index into a tree's columns. Slots are used again; ids are not. */
export type Slot = number;
export const NONE: Slot = -1;

/** What the trees of one session may still take. */
export interface Budget {
  nodes: number;
  /** UTF-16 units of texts and attributes. */
  chars: number;
}

/** The budget of the session is used up; the page is too large to be mirrored. */
export class TreeTooLarge extends Error {}

/** Deeper documents make browsers fail, and no page needs it. */
const MAX_DEPTH = 1_500;

export class FrameTree {
  parent = new Int32Array(64);
  first = new Int32Array(64);
  last = new Int32Array(64);
  next = new Int32Array(64);
  previous = new Int32Array(64);
  /** Digest hashes: of the node as received, and as emitted (0 where it is not). */
  received = new Int32Array(64);
  emitted = new Int32Array(64);
  /** Bits of masks.ts. */
  flags = new Uint8Array(64);
  /** Rolling digests over all nodes. */
  receivedDigest = 0;
  emittedDigest = 0;
  readonly unmasked = new Unmasked();
  /** A repair may bring back a node whose id was used before, if it is not now. */
  bringsBack = false;

  readonly #strings: Strings;
  readonly #budget: Budget;
  #ids = new Int32Array(64);
  #tags = new Int32Array(64);
  readonly #data: (string | readonly string[] | undefined)[] = [];
  readonly #props = new Map<Slot, ElementProps>();
  readonly #slots = new IdColumn();
  readonly #free: Slot[] = [];
  #used = 0;
  /** Ids ascend; one that is not above all before was used already. */
  #highest = 0;

  constructor(strings: Strings, budget: Budget) {
    this.#strings = strings;
    this.#budget = budget;
  }

  /** No id was ever above it. */
  get highestId(): NodeId {
    return this.#highest;
  }

  get size(): number {
    return this.#slots.size;
  }

  /** The document's slot; NONE until its row has come. */
  get root(): Slot {
    return this.#slots.get(1) ?? NONE;
  }

  find(id: NodeId): Slot | undefined {
    return this.#slots.get(id);
  }

  /** @throws {Refused} `malformed` */
  get(id: NodeId): Slot {
    const slot = this.#slots.get(id);
    if (slot === undefined) throw malformed(`unknown node ${id}`);
    return slot;
  }

  /** The slot of a node that is no text. @throws {Refused} `malformed` */
  getElement(id: NodeId): Slot {
    const slot = this.get(id);
    if (this.isText(slot)) throw malformed(`node ${id} is a text`);
    return slot;
  }

  id(slot: Slot): NodeId {
    return this.#ids[slot]!;
  }

  isText(slot: Slot): boolean {
    return this.#tags[slot] === 0;
  }

  /** As on the wire; '' for a text. */
  tag(slot: Slot): string {
    return this.#strings.tag(this.#tags[slot]!);
  }

  /** Whether it is an element whose text is a style sheet. */
  isStyle(slot: Slot): boolean {
    const tag = this.tag(slot);
    return tag === 'style' || tag === 'svg:style';
  }

  text(slot: Slot): string {
    return this.#data[slot] as string;
  }

  attributes(slot: Slot): readonly string[] {
    return this.#data[slot] as readonly string[];
  }

  attribute(slot: Slot, name: string): string | undefined {
    const attributes = this.attributes(slot);
    for (let i = 0; i < attributes.length; i += 2) if (attributes[i] === name) return attributes[i + 1];
    return undefined;
  }

  props(slot: Slot): ElementProps | undefined {
    return this.#props.get(slot);
  }

  setText(slot: Slot, text: string): void {
    this.#spend(text.length - this.text(slot).length);
    this.#data[slot] = text;
  }

  setAttributes(slot: Slot, attributes: readonly string[]): void {
    this.#spend(lengthOf(attributes) - lengthOf(this.attributes(slot)));
    this.#data[slot] = this.#strings.share(attributes);
  }

  /** @param value null removes it */
  setAttribute(slot: Slot, name: string, value: string | null): void {
    const kept: string[] = [];
    let put = value === null;
    const attributes = this.attributes(slot);
    for (let i = 0; i < attributes.length; i += 2) {
      if (attributes[i] !== name) kept.push(attributes[i]!, attributes[i + 1]!);
      else if (!put) {
        kept.push(name, value!);
        put = true;
      }
    }
    if (!put) kept.push(name, value!);
    if (kept.length > 2_000) throw malformed('too many attributes');
    this.setAttributes(slot, kept);
  }

  setProps(slot: Slot, props: ElementProps | undefined): void {
    this.#spend(propsLength(props) - propsLength(this.#props.get(slot)));
    if (props === undefined || Object.keys(props).length === 0) this.#props.delete(slot);
    else this.#props.set(slot, props);
  }

  /** Makes a text node that is under no parent yet. @throws {Refused} for an id used before; {@link TreeTooLarge} */
  createText(id: NodeId, text: string): Slot {
    const slot = this.#take(id, 0);
    this.#data[slot] = '';
    this.setText(slot, text);
    return slot;
  }

  /** Makes an element, shadow root or document that is under no parent yet. @throws as {@link createText} */
  createElement(id: NodeId, tag: string, attributes: string[], props: ElementProps | undefined): Slot {
    const slot = this.#take(id, this.#strings.tagIndex(tag));
    this.#data[slot] = [];
    this.setAttributes(slot, attributes);
    if (props) this.setProps(slot, props);
    return slot;
  }

  #take(id: NodeId, tag: number): Slot {
    if (this.bringsBack ? id < 1 || this.#slots.get(id) !== undefined : id <= this.#highest)
      throw malformed(`id ${id} was used before`);
    if (this.#budget.nodes < 1) throw new TreeTooLarge('too many nodes');
    this.#budget.nodes--;
    this.#highest = Math.max(id, this.#highest);
    const slot = this.#free.pop() ?? this.#used++;
    if (slot >= this.#ids.length) this.#grow();
    this.#ids[slot] = id;
    this.#tags[slot] = tag;
    this.parent[slot] = this.first[slot] = this.last[slot] = this.next[slot] = this.previous[slot] = NONE;
    this.received[slot] = this.emitted[slot] = 0;
    this.flags[slot] = 0;
    this.#slots.set(id, slot);
    return slot;
  }

  #spend(chars: number): void {
    this.#budget.chars -= chars;
    if (this.#budget.chars < 0) throw new TreeTooLarge('too much text');
  }

  #grow(): void {
    const wider = (column: Int32Array): Int32Array<ArrayBuffer> => {
      const copy = new Int32Array(Math.ceil(column.length * 1.5));
      copy.set(column);
      return copy;
    };
    this.parent = wider(this.parent);
    this.first = wider(this.first);
    this.last = wider(this.last);
    this.next = wider(this.next);
    this.previous = wider(this.previous);
    this.received = wider(this.received);
    this.emitted = wider(this.emitted);
    this.#ids = wider(this.#ids);
    this.#tags = wider(this.#tags);
    const flags = new Uint8Array(this.#ids.length);
    flags.set(this.flags);
    this.flags = flags;
  }

  children(slot: Slot): Slot[] {
    const list: Slot[] = [];
    for (let child = this.first[slot]!; child !== NONE; child = this.next[child]!) list.push(child);
    return list;
  }

  childIds(slot: Slot): NodeId[] {
    const list: NodeId[] = [];
    for (let child = this.first[slot]!; child !== NONE; child = this.next[child]!)
      list.push(this.#ids[child]!);
    return list;
  }

  /** Puts an unlinked node under a parent, before one of its children or (NONE) last. */
  link(parent: Slot, child: Slot, before: Slot): void {
    const after = before === NONE ? this.last[parent]! : this.previous[before]!;
    this.parent[child] = parent;
    this.previous[child] = after;
    this.next[child] = before;
    if (after === NONE) this.first[parent] = child;
    else this.next[after] = child;
    if (before === NONE) this.last[parent] = child;
    else this.previous[before] = child;
  }

  /** Takes a node from its parent; it stays known. */
  unlink(child: Slot): void {
    const parent = this.parent[child]!;
    if (parent === NONE) return;
    const before = this.previous[child]!;
    const after = this.next[child]!;
    if (before === NONE) this.first[parent] = after;
    else this.next[before] = after;
    if (after === NONE) this.last[parent] = before;
    else this.previous[after] = before;
    this.parent[child] = this.previous[child] = this.next[child] = NONE;
  }

  /** All nodes of a subtree in preorder, itself first. */
  *walk(top: Slot): Generator<Slot, void, undefined> {
    let slot = top;
    for (;;) {
      yield slot;
      slot = this.following(slot, top);
      if (slot === NONE) return;
    }
  }

  /** The next node of `top`'s subtree in preorder, or NONE. @param deep whether to go into `slot`'s own children */
  following(slot: Slot, top: Slot, deep = true): Slot {
    const child = deep ? this.first[slot]! : NONE;
    if (child !== NONE) return child;
    for (let up = slot; up !== top; up = this.parent[up]!) {
      const sibling = this.next[up]!;
      if (sibling !== NONE) return sibling;
    }
    return NONE;
  }

  /** Forgets a subtree. `onGone` hears of every node before it goes. */
  free(top: Slot, onGone?: (slot: Slot) => void): void {
    this.unlink(top);
    for (const slot of [...this.walk(top)]) {
      onGone?.(slot);
      this.receivedDigest = (this.receivedDigest - this.received[slot]!) | 0;
      this.emittedDigest = (this.emittedDigest - this.emitted[slot]!) | 0;
      if (this.isText(slot)) this.#budget.chars += this.text(slot).length;
      else this.#budget.chars += lengthOf(this.attributes(slot)) + propsLength(this.#props.get(slot));
      this.#budget.nodes++;
      this.#slots.delete(this.#ids[slot]!);
      this.#props.delete(slot);
      this.unmasked.forget(slot);
      this.#data[slot] = undefined;
      this.#free.push(slot);
    }
  }

  /** Gives all it holds back to the budget. The tree is not to be used any more. */
  dispose(): void {
    for (let slot = 0; slot < this.#used; slot++) {
      if (this.#data[slot] === undefined) continue;
      this.#budget.nodes++;
      if (this.isText(slot)) this.#budget.chars += this.text(slot).length;
      else this.#budget.chars += lengthOf(this.attributes(slot)) + propsLength(this.#props.get(slot));
    }
    this.#slots.clear();
    this.#props.clear();
    this.#data.length = 0;
  }

  /**
   * Steps up to the root.
   * @throws {Refused} `malformed` when the way is too long, or leads in a circle
   */
  checkDepth(slot: Slot): void {
    let steps = 0;
    for (let up = this.parent[slot]!; up !== NONE; up = this.parent[up]!)
      if (++steps > MAX_DEPTH || up === slot) throw malformed('a node too deep, or within itself');
  }
}

/** Slots by id: a column while most ids live (a tenth of a map), a map once a long-lived page has used up many. */
class IdColumn {
  /** Slot + 1 by id; 0 where there is none. */
  #column = new Int32Array(64);
  #map: Map<NodeId, Slot> | undefined;
  size = 0;

  get(id: NodeId): Slot | undefined {
    if (this.#map) return this.#map.get(id);
    const entry = this.#column[id];
    return entry === undefined || entry === 0 ? undefined : entry - 1;
  }

  set(id: NodeId, slot: Slot): void {
    this.size++;
    if (!this.#map && id >= this.#column.length) this.#makeRoom(id);
    if (this.#map) this.#map.set(id, slot);
    else this.#column[id] = slot + 1;
  }

  #makeRoom(id: NodeId): void {
    if (id > 8 * (this.size + 4_096)) {
      this.#map = new Map();
      for (const [known, entry] of this.#column.entries()) if (entry !== 0) this.#map.set(known, entry - 1);
      this.#column = new Int32Array(0);
      return;
    }
    const column = new Int32Array(Math.ceil((id + 64) * 1.25));
    column.set(this.#column);
    this.#column = column;
  }

  delete(id: NodeId): void {
    this.size--;
    if (this.#map) this.#map.delete(id);
    else this.#column[id] = 0;
  }

  clear(): void {
    this.#column = new Int32Array(0);
    this.#map = undefined;
    this.size = 0;
  }
}

function lengthOf(attributes: readonly string[]): number {
  let length = 0;
  for (const part of attributes) length += part.length;
  return length;
}

function propsLength(props: ElementProps | undefined): number {
  if (!props) return 0;
  return (
    (props.value?.length ?? 0) +
    (props.src?.length ?? 0) +
    (props.picture?.length ?? 0) +
    (props.selected?.length ?? 0) +
    32
  );
}
