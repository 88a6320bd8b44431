// What followers are told of one document: as a whole, change by change, and again where theirs differs.
import { Asides } from '../../protocol/asides.ts';
import type { NodeId, Op } from '../../protocol/nodes.ts';
import {
  type Account,
  asSteps,
  compareAttributes,
  compareProps,
  differingRanges,
  rangeOf,
} from '../../protocol/repair.ts';
import { Batch, type Before } from './batch.ts';
import type { MirroredDocument, StateKind } from './document.ts';
import {
  asLiteral,
  attributesOf,
  type Emitted,
  emitSubtree,
  emittedText,
  propsOf,
  rehashEmitted,
  rehashReceived,
  showsChildren,
} from './emit.ts';
import { FLAG } from './masks.ts';
import { emittedTag } from './sanitise.ts';
import { sharesOf } from './shares.ts';
import type { ChildrenOp, Splice } from './splices.ts';
import { NONE, type Slot } from './tree.ts';

/** Nodes that are said again one by one; beyond it a snapshot is shorter. */
const MAX_AGAIN = 20_000;

export class Telling {
  /** Followers have the document. */
  shown = false;
  readonly #document: MirroredDocument;
  /** What they were told beside the nodes. */
  readonly #asides = new Asides();

  constructor(document: MirroredDocument) {
    this.#document = document;
  }

  /** The digest of all that followers were told. */
  get digest(): number {
    return (this.#document.tree.emittedDigest + this.#asides.digest) | 0;
  }

  /** The whole document for followers who have nothing of it. */
  whole(): { rows: Emitted['rows']; ids: number[]; ops: Op[] } {
    const { tree, around, sheets, looks, states } = this.#document;
    const document = this.#document;
    const emitted: Emitted = { ids: [], rows: [] };
    const ops: Op[] = [];
    const first = !this.shown;
    this.shown = true;
    const onStyle = (slot: Slot): unknown => ops.push(sheets.rulesOp(slot));
    emitSubtree(tree, tree.root, around, emitted, true, onStyle, first);
    for (const id of sheets.edited) {
      const slot = tree.find(id);
      if (slot !== undefined && !tree.isStyle(slot) && document.isKnown(slot)) ops.push(sheets.rulesOp(slot));
    }
    ops.push(...sheets.whole((id) => document.isKnownId(id)));
    const mediaOf = (id: NodeId) => tree.props(tree.get(id))?.media;
    ops.push(...looks.whole((id) => document.isMaskedId(id), mediaOf));
    for (const kind of states.keys()) {
      const op = document.stateOp(kind);
      if (op[2] !== 0) ops.push(op);
    }
    const selection = document.selectionOp();
    if (selection[1] !== 0) ops.push(selection);
    ops.push(document.view, ['title', document.title], ['url', document.publicUrl]);
    if (first) for (const op of ops) this.#asides.note(op);
    return { rows: emitted.rows, ids: asSteps(emitted.ids), ops };
  }

  /** Followers have nothing of it any more. */
  withdraw(): void {
    const { tree } = this.#document;
    this.shown = false;
    this.#asides.clear();
    if (tree.root === NONE) return;
    for (const slot of tree.walk(tree.root)) {
      tree.flags[slot]! &= ~FLAG.known;
      tree.emitted[slot] = 0;
    }
    tree.emittedDigest = 0;
  }

  /** A node is gone. */
  forget(id: NodeId): void {
    this.#asides.forget(id);
  }

  /** What followers were told of the ranges in which theirs differs; undefined when it is too much. */
  again(theirs: Account): { ops: Op[]; ranges: number[] } | undefined {
    const { tree, around } = this.#document;
    const ranges = differingRanges(theirs, sharesOf(tree, tree.emitted, this.#asides));
    const differs = (key: number): boolean => ranges.has(rangeOf(key, theirs.width));
    const ops: Op[] = [];
    for (const slot of tree.walk(tree.root)) {
      const id = tree.id(slot);
      if (!this.#document.isKnown(slot) || !differs(id)) continue;
      if (ops.length > MAX_AGAIN) return undefined;
      if (tree.isText(slot)) ops.push(['text', id, emittedText(tree, slot)]);
      else {
        const tag = emittedTag(tree.tag(slot));
        ops.push(['node', id, tag, attributesOf(tree, slot, around), propsOf(tree, slot, around)]);
        if (tree.first[slot] !== NONE && showsChildren(tree, slot))
          ops.push(['list', id, asSteps(tree.childIds(slot))]);
      }
      // As it is said now.
      rehashEmitted(tree, slot, around);
    }
    // Sheets before who adopts them: theirs are the negative keys.
    const asides = [...this.#asides.all()].filter(([key]) => differs(key)).sort(([a], [b]) => a - b);
    for (const [key, name] of asides) {
      const op = this.#asideOf(key, name);
      if (!op) continue;
      ops.push(op);
      this.#asides.note(op);
    }
    return { ops, ranges: [...ranges] };
  }

  /** What followers are told as that aside. */
  #asideOf(key: number, name: string): Op | undefined {
    const { tree, sheets, looks } = this.#document;
    const document = this.#document;
    const [kind, which, part] = name.split(' ');
    switch (part === undefined && kind) {
      case 'title':
        return ['title', document.title];
      case 'url':
        return ['url', document.publicUrl];
      case 'view':
        return document.view;
      case 'select':
        return document.selectionOp();
      case 'state':
        return document.stateOp(which as StateKind);
      case 'font':
        return looks.font(Number(which));
      case 'sheet':
        return sheets.constructedOp(-key);
      case 'adopt':
        return sheets.adoptedOp(key);
      case 'rules':
        return sheets.rulesOp(tree.get(key));
      case 'animate':
        return looks.animation(key, Number(which), document.isMaskedId(key) ?? true);
    }
    return undefined;
  }

  /** A batch to collect what changes. */
  begin(): Batch {
    return new Batch((slot) =>
      this.shown && this.#document.isKnown(slot) ? this.#describe(slot) : undefined,
    );
  }

  /** What a node is like for followers just now. */
  #describe(slot: Slot): Before {
    const { tree, around } = this.#document;
    if (tree.isText(slot)) return { text: emittedText(tree, slot) };
    const hid = (tree.flags[slot]! & FLAG.hide) !== 0;
    return { attributes: attributesOf(tree, slot, around), props: propsOf(tree, slot, around), hid };
  }

  /** Puts into the batch that children have come, gone or moved. */
  splice({ parent, start, removed, inserted }: Splice, batch: Batch): void {
    const { tree, around, sheets } = this.#document;
    const document = this.#document;
    if (tree.isStyle(parent)) {
      batch.styles.add(parent);
      sheets.loadAnew(tree.id(parent));
    }
    if (!document.isKnown(parent) || !showsChildren(tree, parent)) {
      for (const slot of inserted) this.#unknow(slot, batch);
      return;
    }
    const inserts: ChildrenOp[4] = [];
    let fresh: Emitted | undefined;
    const flush = (): void => {
      if (fresh) inserts.push(asLiteral(fresh));
      fresh = undefined;
    };
    for (const slot of inserted) {
      if (document.isKnown(slot)) {
        flush();
        inserts.push(tree.id(slot));
      } else {
        fresh ??= { ids: [], rows: [] };
        emitSubtree(tree, slot, around, fresh, false, (style) => batch.styles.add(style));
      }
    }
    flush();
    batch.structure.push(['children', tree.id(parent), start, removed, inserts]);
  }

  #unknow(top: Slot, batch: Batch): void {
    const { tree } = this.#document;
    for (const slot of tree.walk(top)) {
      if (!this.#document.isKnown(slot)) continue;
      tree.flags[slot]! &= ~FLAG.known;
      this.#asides.forget(tree.id(slot));
      batch.rehash(slot);
    }
  }

  /**
   * Compares with what followers have, and brings the hashes up to date.
   * @returns batches for followers, one message each; none while the document is not shown
   */
  finish(batch: Batch): Op[][] {
    const { tree, around, sheets } = this.#document;
    const document = this.#document;
    const later: Op[] = [];
    for (const [slot, before] of batch.before) {
      if (!document.isKnown(slot)) continue;
      const id = tree.id(slot);
      batch.rehash(slot);
      if (tree.isText(slot)) {
        const text = emittedText(tree, slot);
        if (text !== before.text) batch.ops.push(['text', id, text]);
        continue;
      }
      compareAttributes(id, before.attributes!, attributesOf(tree, slot, around), batch.ops);
      const props = compareProps(before.props, propsOf(tree, slot, around));
      if (props) batch.ops.push(['props', id, props]);
      // Left out from now on: what followers have of it goes.
      if (tree.flags[slot]! & FLAG.hide && tree.first[slot] !== NONE) {
        let count = 0;
        for (const child of tree.children(slot)) {
          count++;
          if (document.isKnown(child)) this.#unknow(child, batch);
        }
        if (!before.hid) later.push(['children', id, 0, count, []]);
      }
    }
    for (const slot of batch.styles) if (document.isKnown(slot)) batch.ops.push(sheets.rulesOp(slot));
    // A sheet that grows rule by rule is not sent again each time. The pieces of one batch are whole rules together.
    for (const [slot, css] of batch.addedRules)
      if (document.isKnown(slot) && !batch.styles.has(slot))
        batch.ops.push(['append', tree.id(slot), '#rules', sheets.rewrite(css, slot)]);
    for (const id of batch.sheets) batch.ops.push(sheets.constructedOp(id));
    for (const slot of batch.changed) {
      rehashReceived(tree, slot);
      if (this.shown) rehashEmitted(tree, slot, around);
    }
    if (!this.shown) return [];
    const first = [...batch.structure, ...batch.ops];
    for (const op of first) this.#asides.note(op);
    return [first, later].filter((ops) => ops.length > 0);
  }
}
