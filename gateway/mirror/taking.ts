// Applies what a recorder says to one document: every operation is checked, masked and noted in the batch that followers are told from.
import type { Asides } from '../../protocol/asides.ts';
import { hashText } from '../../protocol/digest.ts';
import type { ChangedProps, NodeId, Op } from '../../protocol/nodes.ts';
import { isRelativeLink, loadsAnew } from './bases.ts';
import type { Batch } from './batch.ts';
import type { MirroredDocument } from './document.ts';
import { malformed } from './malformed.ts';
import { applySplices, type ChildrenOp } from './splices.ts';
import type { Telling } from './telling.ts';
import { NONE, type Slot, TreeTooLarge } from './tree.ts';

/** Longest text that `append` may make, UTF-16 units. */
const MAX_LONG_TEXT = 4 * 1024 * 1024;

export class Taking {
  readonly #document: MirroredDocument;
  readonly #telling: Telling;
  /** What the recorder said beside the nodes. */
  readonly #asides: Asides;

  constructor(document: MirroredDocument, asides: Asides, telling: Telling) {
    this.#document = document;
    this.#asides = asides;
    this.#telling = telling;
  }

  /**
   * Applies a whole batch.
   * @param onFrameGone hears of iframe elements that are gone
   * @throws {Refused} `malformed`; TreeTooLarge
   */
  takeAll(ops: readonly Op[], batch: Batch, onFrameGone: (node: NodeId) => void): void {
    const splices: ChildrenOp[] = [];
    for (const op of ops) if (op[0] === 'children') splices.push(op);
    if (splices.length > 0) this.#takeSplices(splices, batch, onFrameGone);
    for (const op of ops) if (op[0] !== 'children' && op[0] !== 'inserts') this.#take(op, batch);
  }

  #takeSplices(ops: ChildrenOp[], batch: Batch, onFrameGone: (node: NodeId) => void): void {
    const { tree, nested } = this.#document;
    const { splices, placed, left } = applySplices(tree, ops, (slot) => {
      const id = tree.id(slot);
      this.#asides.forget(id);
      this.#telling.forget(id);
      this.#document.forget(id);
      batch.gone(slot);
      for (const [nonce, node] of nested)
        if (node === id) {
          nested.delete(nonce);
          onFrameGone(node);
        }
    });
    for (const top of placed)
      this.#document.mask(top, tree.received[top] === 0, (slot) => batch.remember(slot));
    for (const splice of splices) this.#telling.splice(splice, batch);
    for (const { parent } of splices) batch.rehash(parent);
    for (const parent of left) batch.rehash(parent);
    for (const top of placed)
      for (let slot = top; slot !== NONE; slot = tree.following(slot, top, tree.received[slot] === 0))
        batch.rehash(slot);
  }

  #take(op: Exclude<Op, ChildrenOp | Extract<Op, ['inserts', ...unknown[]]>>, batch: Batch): void {
    const { tree, sheets, looks, states } = this.#document;
    const document = this.#document;
    this.#asides.note(op);
    switch (op[0]) {
      case 'text': {
        const slot = tree.get(op[1]);
        if (!tree.isText(slot)) throw malformed('text of an element');
        this.#setText(slot, op[2], batch);
        return;
      }
      case 'attr': {
        const slot = tree.getElement(op[1]);
        batch.remember(slot);
        tree.unmasked.forget(slot, op[2]);
        if (loadsAnew(op[2])) sheets.loadAnew(op[1]);
        tree.setAttribute(slot, op[2], op[3] ?? null);
        this.#attributeChanged(slot, op[2], batch);
        return;
      }
      case 'props':
        this.#setProps(tree.getElement(op[1]), op[2], batch);
        return;
      case 'append':
        this.#append(op, batch);
        return;
      case 'sheet':
        sheets.construct(op[1], op[2]);
        batch.ops.push(sheets.constructedOp(op[1]));
        return;
      case 'adopt': {
        const slot = tree.getElement(op[1]);
        if (!tree.tag(slot).startsWith('#')) throw malformed('style sheets adopted by an element');
        sheets.adopt(op[1], op[2]);
        if (document.isKnown(slot)) batch.ops.push(sheets.adoptedOp(op[1]));
        return;
      }
      case 'rules': {
        const slot = tree.getElement(op[1]);
        if (!tree.isStyle(slot) && tree.tag(slot) !== 'link')
          throw malformed('rules of an element without a sheet');
        sheets.edit(op[1], op[2]);
        batch.styles.add(slot);
        return;
      }
      case 'bytes':
        looks.takeBytes(op);
        return;
      case 'animate': {
        const slot = tree.find(op[1]);
        if (slot === undefined || tree.isText(slot) || !looks.takeAnimation(op)) return;
        const masked = document.isMaskedId(op[1]);
        if (masked !== undefined) batch.ops.push(looks.animation(op[1], op[2], masked));
        return;
      }
      case 'font':
        looks.takeFont(op);
        batch.ops.push(looks.font(op[1]));
        return;
      case 'frame':
        this.#takeFrame(op);
        return;
      case 'state':
        states.set(op[1], op[2]);
        batch.ops.push(document.stateOp(op[1]));
        return;
      case 'select':
        document.selection = op;
        batch.ops.push(document.selectionOp());
        return;
      case 'done':
        batch.ops.push(op);
        return;
      case 'view':
        document.view = op;
        batch.ops.push(op);
        return;
      case 'title':
        document.title = op[1];
        batch.ops.push(op);
        return;
      case 'url':
        document.url = op[1];
        batch.ops.push(['url', document.publicUrl]);
        return;
      case 'base':
        this.#rebase(op[1], batch);
        return;
      case 'node':
      case 'list':
        throw malformed('said again without being asked');
    }
  }

  #takeFrame([, id, nonce]: Extract<Op, ['frame', ...unknown[]]>): void {
    const { tree, nested } = this.#document;
    const tag = tree.tag(tree.getElement(id));
    if (tag !== 'iframe' && tag !== 'frame' && tag !== 'object')
      throw malformed('a frame in no frame element');
    if (typeof nonce !== 'string') throw malformed('a frame by number');
    for (const [other, node] of nested) if (node === id) nested.delete(other);
    if (nonce !== '') nested.set(nonce, id);
  }

  #rebase(base: string, batch: Batch): void {
    const { tree, around, sheets } = this.#document;
    if (base === around.base) return;
    for (const slot of tree.walk(tree.root)) {
      if (tree.isText(slot)) continue;
      if (isRelativeLink(tree, slot)) batch.remember(slot);
      else sheets.keepBase(slot);
    }
    sheets.keepBases();
    around.base = base;
  }

  #setText(slot: Slot, text: string, batch: Batch): void {
    const { tree, sheets } = this.#document;
    batch.remember(slot);
    tree.unmasked.forget(slot, '');
    tree.setText(slot, text);
    this.#document.mask(slot, true);
    const parent = tree.parent[slot]!;
    if (tree.isStyle(parent)) {
      batch.styles.add(parent);
      sheets.loadAnew(tree.id(parent));
    }
    batch.rehash(slot);
  }

  #attributeChanged(slot: Slot, name: string, batch: Batch): void {
    const document = this.#document;
    batch.rehash(slot);
    // What is masked has its new values masked too.
    if (document.deps.rules.looksAt(name) || document.isMasked(slot))
      document.mask(slot, false, (changed) => batch.remember(changed));
  }

  #setProps(slot: Slot, changed: ChangedProps, batch: Batch): void {
    const document = this.#document;
    batch.remember(slot);
    document.changeProps(slot, changed);
    batch.rehash(slot);
    if ('masked' in changed || document.isMasked(slot))
      document.mask(slot, false, (other) => batch.remember(other));
  }

  #append([, id, where, text]: Extract<Op, ['append', ...unknown[]]>, batch: Batch): void {
    const { tree, sheets } = this.#document;
    const join = (before: string | undefined): string => {
      if (before === undefined) throw malformed('a text goes on that never began');
      if (before.length + text.length > MAX_LONG_TEXT) throw new TreeTooLarge('a text too long');
      return before + text;
    };
    if (where === '#sheet') {
      sheets.extend(id, join);
      batch.sheets.add(id);
      return;
    }
    const slot = tree.get(id);
    /** What was masked here goes on by its hash alone. */
    const goOn = (name: string, before: string | undefined, put: (whole: string) => void): void => {
      const said = tree.unmasked.find(slot, name);
      put(join(before ?? (said === undefined ? undefined : '')));
      if (said !== undefined) tree.unmasked.keep(slot, name, hashText(text, said));
    };
    if (where === '') {
      if (!tree.isText(slot)) throw malformed('text of an element');
      goOn('', tree.text(slot), (whole) => this.#setText(slot, whole, batch));
    } else if (tree.isText(slot)) throw malformed('parts of a text');
    else if (where === '#rules') {
      sheets.extendEdited(id, join);
      batch.addedRules.set(slot, (batch.addedRules.get(slot) ?? '') + text);
    } else if (where === '.value' || where === '.picture') {
      const name = where.slice(1) as 'value' | 'picture';
      goOn(where, tree.props(slot)?.[name], (whole) => this.#setProps(slot, { [name]: whole }, batch));
    } else if (where.startsWith('@')) {
      const name = where.slice(1);
      goOn(name, tree.attribute(slot, name), (whole) => {
        batch.remember(slot);
        tree.setAttribute(slot, name, whole);
        this.#attributeChanged(slot, name, batch);
      });
    } else throw malformed('an unknown part');
  }
}
