// Puts changes of children into a tree: all lists are resolved first and placed then, so a node may move between two changed parents.
import type { NodeRow, Op } from '../../protocol/nodes.ts';
import { malformed } from './malformed.ts';
import { type FrameTree, NONE, type Slot } from './tree.ts';

export type ChildrenOp = Extract<Op, ['children', ...unknown[]]>;

/** A splice that has been placed. */
export interface Splice {
  parent: Slot;
  start: number;
  removed: number;
  /** Children that are there now, in order. */
  inserted: Slot[];
}

/** What a batch of splices did. */
export interface Spliced {
  splices: Splice[];
  /** Tops of new or moved subtrees, in the document. */
  placed: Slot[];
  /** Parents that a node left without a splice of their own. */
  left: Slot[];
}

/** Builds subtrees from rows in preorder; may be fed in slices. */
export class RowBuilder {
  /** Of a document: nodes whose children have all come. */
  #done: Slot[] = [];
  readonly #isDocument: boolean;
  /** Children of nodes under construction, to be placed later: a moved node is still elsewhere while lists are resolved. */
  readonly lists: [parent: Slot, children: Slot[]][] = [];
  readonly tops: Slot[] = [];
  readonly moved: Slot[] = [];
  readonly #tree: FrameTree;
  readonly #open: { list: Slot[]; left: number; parent: Slot }[] = [];

  /** @param isDocument a whole document: nothing moves, so each node is put in its place as it comes */
  constructor(tree: FrameTree, isDocument = false) {
    this.#tree = tree;
    this.#isDocument = isDocument;
  }

  /** Nodes that have become whole since the last call, those within a node before it. */
  takeDone(): Slot[] {
    const done = this.#done;
    this.#done = [];
    return done;
  }

  #close(): void {
    while (this.#open.at(-1)?.left === 0) {
      const { parent } = this.#open.pop()!;
      if (this.#isDocument) this.#done.push(parent);
    }
  }

  /** All announced children have come. */
  get complete(): boolean {
    return this.#open.length === 0;
  }

  /** @param steps ids of the rows, where they do not ascend by one. @throws {Refused} `malformed` */
  add(first: number, rows: readonly NodeRow[], steps?: readonly number[]): void {
    let id = steps ? 0 : first - 1;
    let at = 0;
    const nextId = (): number => (id += steps?.[at++] ?? 1);
    for (const row of rows) {
      this.#close();
      const above = this.#open.at(-1);
      let slot: Slot;
      if (typeof row === 'number') {
        slot = this.#tree.get(row);
        if (isFixed(this.#tree, slot)) throw malformed('a document or shadow root moves');
        this.moved.push(slot);
      } else if (typeof row === 'string') slot = this.#tree.createText(nextId(), row);
      else {
        slot = this.#tree.createElement(nextId(), row[0], row[1], row[3]);
        this.#checkPlace(row[0], above);
      }
      if (above) {
        above.left--;
        if (this.#isDocument) this.#tree.link(above.parent, slot, NONE);
        else above.list.push(slot);
      } else this.tops.push(slot);
      if (typeof row === 'object' && row[2] > 0) {
        const list: Slot[] = [];
        if (!this.#isDocument) this.lists.push([slot, list]);
        this.#open.push({ list, left: row[2], parent: slot });
        if (this.#open.length > 1_000) throw malformed('nested too deep');
      } else if (this.#isDocument) this.#done.push(slot);
    }
    this.#close();
  }

  #checkPlace(tag: string, above: { list: Slot[]; parent: Slot } | undefined): void {
    if (tag === '#shadow') {
      if (above && (above.list.length > 0 || this.#tree.first[above.parent] !== NONE))
        throw malformed('a shadow root that is no first child');
    } else if (tag === '#document') {
      if (above || this.#tree.size > 1) throw malformed('a document within');
    } else if (tag.startsWith('#')) throw malformed(`unknown node kind ${tag}`);
  }

  /** Links what was built. Moved nodes must have been unlinked before. */
  place(): void {
    for (const [parent, children] of this.lists)
      for (const child of children) this.#tree.link(parent, child, NONE);
  }
}

function isFixed(tree: FrameTree, slot: Slot): boolean {
  return tree.tag(slot).startsWith('#');
}

/**
 * Applies all `children` operations of a batch.
 * @throws {Refused} `malformed` for unknown ids, ranges that do not fit, circles. The tree is then of no use any more.
 */
export function applySplices(
  tree: FrameTree,
  ops: readonly ChildrenOp[],
  onGone: (slot: Slot) => void,
): Spliced {
  const resolved = ops.map((op) => resolve(tree, op));
  const changed = new Map(resolved.map((entry) => [entry.parent, entry]));
  if (changed.size < resolved.length) throw malformed('two splices of one parent');

  const moved = new Set<Slot>();
  const left: Slot[] = [];
  for (const { builder, moves } of resolved)
    for (const slot of [...builder.moved, ...moves]) {
      if (moved.has(slot)) throw malformed('a node put in two places');
      moved.add(slot);
      const old = changed.get(tree.parent[slot]!);
      if (old && !old.removedSet.has(slot)) throw malformed('a node moves and stays');
      if (!old && tree.parent[slot] !== NONE) left.push(tree.parent[slot]!);
    }

  const leftIds = left.map((slot) => tree.id(slot));
  for (const { removedSlots } of resolved) for (const slot of removedSlots) tree.unlink(slot);
  for (const slot of moved) tree.unlink(slot);
  for (const { parent, builder, inserted, before } of resolved) {
    builder.place();
    for (const slot of inserted) tree.link(parent, slot, before);
  }
  for (const slot of moved) tree.checkDepth(slot);
  for (const { parent } of resolved) tree.checkDepth(parent);
  for (const { removedSlots } of resolved)
    for (const slot of removedSlots) if (tree.parent[slot] === NONE) freeOnce(tree, slot, onGone);

  const splices = resolved
    .filter(({ parent, id }) => tree.find(id) === parent)
    .map(({ parent, start, removed, inserted }) => ({ parent, start, removed, inserted }));
  return {
    splices,
    placed: splices.flatMap((splice) => splice.inserted),
    left: left.filter((slot, i) => tree.find(leftIds[i]!) === slot),
  };
}

function freeOnce(tree: FrameTree, slot: Slot, onGone: (slot: Slot) => void): void {
  if (tree.find(tree.id(slot)) === slot) tree.free(slot, onGone);
}

function resolve(tree: FrameTree, [, id, start, removed, inserts]: ChildrenOp) {
  const parent = tree.getElement(id);
  const removedSlots: Slot[] = [];
  let at = tree.first[parent]!;
  for (let i = 0; i < start + removed; i++) {
    if (at === NONE) throw malformed('a splice beyond the children');
    if (i >= start) {
      if (isFixed(tree, at)) throw malformed('a shadow root is taken away');
      removedSlots.push(at);
    }
    at = tree.next[at]!;
  }
  const hasShadow = tree.first[parent] !== NONE && tree.tag(tree.first[parent]!) === '#shadow';
  if (hasShadow && start === 0 && inserts.length > 0) throw malformed('a child before the shadow root');
  const builder = new RowBuilder(tree);
  const moves: Slot[] = [];
  const inserted: Slot[] = [];
  for (const insert of inserts) {
    if (typeof insert === 'number') {
      if (!builder.complete) throw malformed('rows that end too early');
      const slot = tree.get(insert);
      if (isFixed(tree, slot)) throw malformed('a document or shadow root moves');
      moves.push(slot);
      inserted.push(slot);
    } else {
      const before = builder.tops.length;
      builder.add(insert.first, insert.rows, insert.ids);
      for (const top of builder.tops.slice(before)) {
        const late = start > 0 || inserted.length > 0 || tree.tag(parent).startsWith('#');
        if (tree.tag(top) === '#shadow' && late) throw malformed('a shadow root that is no first child');
        inserted.push(top);
      }
    }
  }
  if (!builder.complete) throw malformed('rows that end too early');
  return {
    id,
    parent,
    start,
    removed,
    removedSlots,
    removedSet: new Set(removedSlots),
    builder,
    moves,
    inserted,
    before: at,
  };
}
