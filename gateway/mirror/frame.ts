// One document of the shared page in the gateway: its tree and everything about it that is no node.

import { Asides, openingAsides } from '../../protocol/asides.ts';
import { hashText } from '../../protocol/digest.ts';
import { isTypedInto, maskStyle } from '../../protocol/masking.ts';
import type { MirrorFrame } from '../../protocol/mirror-messages.ts';
import type { ChangedProps, ElementProps, NodeId, Op } from '../../protocol/nodes.ts';
import type { PageFact } from '../../protocol/page-facts.ts';
import {
  type Account,
  accountOf,
  asSteps,
  compareAttributes,
  compareProps,
  differingRanges,
  rangeOf,
  repairOps,
} from '../../protocol/repair.ts';
import { hasLoaded, isRelativeLink, loadsAnew } from './bases.ts';
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
  styleText,
} from './emit.ts';
import { rewriteFollowerCss } from './follower-css.ts';
import { Looks } from './looks.ts';
import { malformed } from './malformed.ts';
import { applyMasks, FLAG, type MaskRules } from './masks.ts';
import type { Resources } from './resources.ts';
import { emittedTag, type Surroundings } from './sanitise.ts';
import { applySplices, type ChildrenOp, RowBuilder, type Splice } from './splices.ts';
import type { Strings } from './strings.ts';
import { type Budget, FrameTree, NONE, type Slot, TreeTooLarge } from './tree.ts';

type Opened = Extract<PageFact, { type: 'frame.opened' }>;
type StateKind = Extract<Op, ['state', ...unknown[]]>[1];

/** What frames of one session share. */
export interface FrameDeps {
  rules: MaskRules;
  resources: Resources;
  strings: Strings;
  budget: Budget;
  toUpstream: (url: string) => string | undefined;
}

/** Longest text that `append` may make. */
const MAX_LONG_TEXT = 4 * 1024 * 1024;

/** Nodes that are said again one by one; beyond it a snapshot is shorter. */
const MAX_AGAIN = 20_000;

/** Messages that one batch may be spread over. */
const MAX_PARTS = 400;

/** What a node was like for followers before a batch. */
interface Before {
  attributes?: string[];
  props?: ElementProps | undefined;
  text?: string;
  /** It was left out already. */
  hid?: boolean;
}

export class Frame {
  readonly number: number;
  readonly top: boolean;
  readonly nonce: string;
  readonly tree: FrameTree;
  url: string;
  title: string;
  /** The snapshot has come whole. */
  complete = false;
  /** Followers have it. */
  shown = false;
  /** Frame and iframe element it hangs in, once both have said so. */
  parent: [frame: number, node: NodeId] | undefined;
  /** Frames named by iframe elements of this document: nonce → element. */
  readonly nested = new Map<string, NodeId>();
  /** Number of the last fact that was taken or skipped. */
  seq: number;
  /** What the recorder said beside the nodes, and what followers were told. */
  readonly asides = new Asides();
  readonly #told = new Asides();

  readonly #deps: FrameDeps;
  readonly #builder: RowBuilder;
  #view: Extract<Op, ['view', ...unknown[]]>;
  readonly #around: Surroundings;
  /** Bases of elements, and of constructed sheets (by their negative ids), that are not the document's any more. */
  readonly #bases = new Map<NodeId, string>();
  readonly #sheets = new Map<NodeId, string>();
  readonly #adopted = new Map<NodeId, NodeId[]>();
  readonly #looks: Looks;
  /** Sheets of style and link elements that script edited. */
  readonly #rules = new Map<NodeId, string>();
  readonly #states = new Map<StateKind, NodeId>();
  #selection: [NodeId, number, NodeId, number] = [0, 0, 0, 0];
  #nextId = 1;
  #parts: Op[] = [];
  #partCount = 0;

  constructor(number: number, top: boolean, fact: Opened, deps: FrameDeps) {
    this.number = number;
    this.seq = fact.seq ?? 0;
    for (const op of openingAsides(fact)) this.asides.note(op);
    this.top = top;
    this.nonce = fact.nonce;
    this.url = fact.url;
    this.title = fact.title;
    const { width, height, ratio } = fact.view;
    this.#view = ['view', width, height, ratio];
    this.#deps = deps;
    this.tree = new FrameTree(deps.strings, deps.budget);
    this.#builder = new RowBuilder(this.tree, true);
    const resources = deps.resources.ofFrame(number);
    const base = fact.base ?? fact.url;
    this.#around = { base, bases: this.#bases, resources, toUpstream: deps.toUpstream };
    this.#looks = new Looks(number, deps.resources, this.#around);
  }

  /** Frees what it holds of the session's budget. */
  dispose(): void {
    this.tree.dispose();
    this.#looks.dispose();
    for (const css of [...this.#sheets.values(), ...this.#rules.values()])
      this.#deps.budget.chars += css.length;
    this.#sheets.clear();
    this.#rules.clear();
  }

  /** Takes a slice of the snapshot. True when it was the last. @throws {Refused} `malformed`; TreeTooLarge */
  takeSlice(fact: Extract<PageFact, { type: 'frame.snapshot' }>): boolean {
    if (this.complete) throw malformed('a snapshot after its last slice');
    if (fact.first !== this.#nextId) throw malformed('a slice out of order');
    for (const row of fact.rows)
      if (typeof row === 'number') throw malformed('an existing node in a snapshot');
    const { tree } = this;
    this.#builder.add(fact.first, fact.rows);
    // Slice by slice, so that a large document does not keep the other sessions waiting at its end.
    for (let id = this.#nextId; id < fact.first + fact.rows.length; id++)
      this.#mask(tree.get(id), true, () => {});
    for (const slot of this.#builder.takeDone()) rehashReceived(tree, slot);
    this.#nextId += fact.rows.length;
    if (!fact.last) return false;
    if (
      !this.#builder.complete ||
      this.#builder.tops.length !== 1 ||
      tree.root === NONE ||
      tree.tag(tree.root) !== '#document'
    )
      throw malformed('a snapshot that is no document');
    this.complete = true;
    return true;
  }

  #mask(slot: Slot, fresh: boolean, beforeChange: (slot: Slot) => void): void {
    applyMasks(this.tree, slot, this.#deps.rules, fresh, beforeChange);
  }

  /** The whole document for followers who have nothing of it. */
  emitWhole(): MirrorFrame {
    const { tree } = this;
    const emitted: Emitted = { ids: [], rows: [] };
    const ops: Op[] = [];
    const first = !this.shown;
    this.shown = true;
    const onStyle = (slot: Slot): unknown => ops.push(this.#rulesOf(slot));
    emitSubtree(tree, tree.root, this.#around, emitted, true, onStyle, first);
    for (const [id] of this.#rules) {
      const slot = tree.find(id);
      if (slot !== undefined && !tree.isStyle(slot) && this.#isKnown(slot)) ops.push(this.#rulesOf(slot));
    }
    for (const id of this.#sheets.keys()) ops.push(this.#sheetOf(id));
    for (const [id, sheets] of this.#adopted) if (this.#knownId(id)) ops.push(['adopt', id, sheets]);
    const mediaOf = (id: NodeId) => tree.props(tree.get(id))?.media;
    ops.push(...this.#looks.whole((id) => this.#maskedId(id), mediaOf));
    for (const [kind, id] of this.#states) {
      const shown = this.#stateOf(id);
      if (shown !== 0) ops.push(['state', kind, shown]);
    }
    if (this.#knownId(this.#selection[0]) && this.#knownId(this.#selection[2]))
      ops.push(['select', ...this.#selection]);
    ops.push(this.#view, ['title', this.title], ['url', this.#publicUrl()]);
    if (first) for (const op of ops) this.#told.note(op);
    const frame: MirrorFrame = {
      frame: this.number,
      rows: emitted.rows,
      ids: asSteps(emitted.ids),
      ops,
      digest: this.toldDigest,
    };
    if (this.parent) frame.parent = this.parent;
    return frame;
  }

  /** Followers have nothing of it any more. */
  withdraw(): void {
    this.shown = false;
    this.#told.clear();
    if (this.tree.root === NONE) return;
    for (const slot of this.tree.walk(this.tree.root)) {
      this.tree.flags[slot]! &= ~FLAG.known;
      this.tree.emitted[slot] = 0;
    }
    this.tree.emittedDigest = 0;
  }

  #isKnown(slot: Slot): boolean {
    return (this.tree.flags[slot]! & FLAG.known) !== 0;
  }

  #knownId(id: NodeId): boolean {
    const slot = this.tree.find(id);
    return slot !== undefined && this.#isKnown(slot);
  }

  /** Undefined where followers do not have it. */
  #maskedId(id: NodeId): boolean | undefined {
    const slot = this.tree.find(id);
    return slot === undefined || !this.#isKnown(slot)
      ? undefined
      : (this.tree.flags[slot]! & FLAG.masked) !== 0;
  }

  /**
   * Whom followers hear of as hovered, pressed or focused: nobody that is gone by now or left out; of what lies within a masked part
   * and takes no text, the part as a whole.
   */
  #stateOf(id: NodeId): NodeId {
    const { tree } = this;
    let slot = tree.find(id);
    if (slot === undefined || !this.#isKnown(slot)) return 0;
    if (isTypedInto(tree.tag(slot), tree.attribute(slot, 'type'))) return id;
    while (tree.flags[slot]! & FLAG.masked && tree.parent[slot] !== NONE) {
      const parent: Slot = tree.parent[slot]!;
      if (!(tree.flags[parent]! & FLAG.masked)) break;
      slot = parent;
    }
    return tree.id(slot);
  }

  #publicUrl(): string {
    return this.#deps.toUpstream(this.url) ?? this.url;
  }

  /** A constructed sheet as followers get it. */
  #sheetOf(id: NodeId): Op {
    const base = this.#bases.get(-id) ?? this.#around.base;
    return ['sheet', id, rewriteFollowerCss(this.#sheets.get(id) ?? '', base, this.#around.resources)];
  }

  #rulesOf(slot: Slot): Op {
    const { tree } = this;
    const id = tree.id(slot);
    const edited = this.#rules.get(id);
    if (edited === undefined)
      return ['rules', id, tree.isStyle(slot) ? styleText(tree, slot, this.#around) : undefined];
    return ['rules', id, this.#rewriteRules(edited, slot)];
  }

  #rewriteRules(css: string, slot: Slot): string {
    const shown = this.tree.flags[slot]! & FLAG.masked ? maskStyle(css) : css;
    return rewriteFollowerCss(shown, this.#baseOf(slot), this.#around.resources);
  }

  /** What relative addresses in the sheet of an element stand to. */
  #baseOf(slot: Slot): string {
    const { tree } = this;
    const base = this.#bases.get(tree.id(slot)) ?? this.#around.base;
    const href = tree.tag(slot) === 'link' ? tree.attribute(slot, 'href') : undefined;
    return (href === undefined ? undefined : absolute(href, base)) ?? base;
  }

  /** The digest of all that the recorder said. */
  get saidDigest(): number {
    return (this.tree.receivedDigest + this.asides.digest) | 0;
  }

  /** The digest of all that followers were told. */
  get toldDigest(): number {
    return (this.tree.emittedDigest + this.#told.digest) | 0;
  }

  /** What came of the recorder's document, for it to compare. */
  account(): Account {
    return accountOf(this.#shares(this.tree.received, this.asides), this.tree.highestId);
  }

  *#shares(hashes: Int32Array, asides: Asides): Generator<[key: number, hash: number]> {
    const { tree } = this;
    if (tree.root !== NONE)
      for (const slot of tree.walk(tree.root)) if (hashes[slot] !== 0) yield [tree.id(slot), hashes[slot]!];
    yield* asides.shares();
  }

  /** Puts the parts of a long batch together; undefined while more is to come. @throws {Refused} `malformed` */
  collect(fact: Extract<PageFact, { type: 'frame.changed' | 'frame.repaired' }>): Op[] | undefined {
    for (const op of fact.ops) {
      if (op[0] !== 'inserts') {
        this.#parts.push(op);
        continue;
      }
      const before = this.#parts.at(-1);
      if (before?.[0] !== 'children') throw malformed('more inserts of nothing');
      before[4].push(...op[1]);
    }
    if (fact.more) {
      if (++this.#partCount > MAX_PARTS) throw malformed('a batch without end');
      return undefined;
    }
    const whole = this.#parts;
    this.#parts = [];
    this.#partCount = 0;
    return whole;
  }

  /**
   * Brings the document to what the recorder said again of some ranges of ids.
   * @param account what it was asked with
   * @returns as {@link takeOps} @throws {Unrepairable | Refused}; the document is of no use then
   */
  takeRepair(
    said: readonly Op[],
    ranges: readonly number[],
    { width }: Account,
    onFrameGone: (node: NodeId) => void,
  ): Op[][] {
    const { tree } = this;
    this.#looks.dropUnderWay();
    const slotOf = (id: NodeId): Slot => tree.get(id);
    const ops = repairOps(said, new Set(ranges), width, {
      tag: (id) => {
        const slot = tree.find(id);
        return slot === undefined ? undefined : tree.tag(slot);
      },
      text: (id) => tree.text(slotOf(id)),
      attributes: (id) => tree.attributes(slotOf(id)),
      props: (id) => tree.props(slotOf(id)),
      children: (id) => tree.childIds(slotOf(id)),
      asides: this.asides,
    });
    tree.bringsBack = true;
    try {
      return this.takeOps(ops, onFrameGone);
    } finally {
      tree.bringsBack = false;
    }
  }

  /** What followers were told of the ranges in which theirs differs; undefined when it is too much. */
  sayAgain(theirs: Account): { ops: Op[]; ranges: number[] } | undefined {
    const { tree } = this;
    const ranges = differingRanges(theirs, this.#shares(tree.emitted, this.#told));
    const differs = (key: number): boolean => ranges.has(rangeOf(key, theirs.width));
    const ops: Op[] = [];
    for (const slot of tree.walk(tree.root)) {
      const id = tree.id(slot);
      if (!this.#isKnown(slot) || !differs(id)) continue;
      if (ops.length > MAX_AGAIN) return undefined;
      if (tree.isText(slot)) ops.push(['text', id, emittedText(tree, slot)]);
      else {
        const tag = emittedTag(tree.tag(slot));
        ops.push([
          'node',
          id,
          tag,
          attributesOf(tree, slot, this.#around),
          propsOf(tree, slot, this.#around),
        ]);
        if (tree.first[slot] !== NONE && showsChildren(tree, slot))
          ops.push(['list', id, asSteps(tree.childIds(slot))]);
      }
      // As it is said now.
      rehashEmitted(tree, slot, this.#around);
    }
    // Sheets before who adopts them: theirs are the negative keys.
    const asides = [...this.#told.all()].filter(([key]) => differs(key)).sort(([a], [b]) => a - b);
    for (const [key, name] of asides) {
      const op = this.#asideOf(key, name);
      if (!op) continue;
      ops.push(op);
      this.#told.note(op);
    }
    return { ops, ranges: [...ranges] };
  }

  /** What followers are told as that aside. */
  #asideOf(key: number, name: string): Op | undefined {
    const [kind, which, part] = name.split(' ');
    switch (part === undefined && kind) {
      case 'title':
        return ['title', this.title];
      case 'url':
        return ['url', this.#publicUrl()];
      case 'view':
        return this.#view;
      case 'select':
        return ['select', ...this.#selection];
      case 'state':
        return ['state', which as StateKind, this.#stateOf(this.#states.get(which as StateKind) ?? 0)];
      case 'font':
        return this.#looks.font(Number(which));
      case 'sheet':
        return this.#sheetOf(-key);
      case 'adopt':
        return ['adopt', key, this.#adopted.get(key) ?? []];
      case 'rules':
        return this.#rulesOf(this.tree.get(key));
      case 'animate':
        return this.#looks.animation(key, Number(which), this.#maskedId(key) ?? true);
    }
    return undefined;
  }

  /** Forgets the parts of a batch that will not be whole. */
  dropParts(): void {
    this.#parts = [];
    this.#partCount = 0;
  }

  /**
   * Applies a batch of the recorder.
   * @param onFrameGone hears of iframe elements that are gone
   * @returns batches for followers, one message each; none while the frame is not shown
   * @throws {Refused} `malformed`; TreeTooLarge
   */
  takeOps(ops: readonly Op[], onFrameGone: (node: NodeId) => void): Op[][] {
    if (!this.complete) throw malformed('changes before the snapshot');
    const batch = new Batch(this);
    const splices: ChildrenOp[] = [];
    for (const op of ops) if (op[0] === 'children') splices.push(op);
    if (splices.length > 0) this.#takeSplices(splices, batch, onFrameGone);
    for (const op of ops) if (op[0] !== 'children' && op[0] !== 'inserts') this.#takeOp(op, batch);
    return this.#finish(batch);
  }

  #takeSplices(ops: ChildrenOp[], batch: Batch, onFrameGone: (node: NodeId) => void): void {
    const { tree } = this;
    const { splices, placed, left } = applySplices(tree, ops, (slot) => {
      const id = tree.id(slot);
      this.#forget(id);
      batch.gone(slot);
      for (const [nonce, node] of this.nested)
        if (node === id) {
          this.nested.delete(nonce);
          onFrameGone(node);
        }
    });
    for (const top of placed) this.#mask(top, tree.received[top] === 0, (slot) => batch.remember(slot));
    for (const splice of splices) batch.structure.push(...this.#emitSplice(splice, batch));
    for (const { parent } of splices) batch.rehash(parent);
    for (const parent of left) batch.rehash(parent);
    for (const top of placed)
      for (let slot = top; slot !== NONE; slot = tree.following(slot, top, tree.received[slot] === 0))
        batch.rehash(slot);
  }

  #forget(id: NodeId): void {
    const css = this.#rules.get(id);
    if (css !== undefined) this.#deps.budget.chars += css.length;
    this.asides.forget(id);
    this.#told.forget(id);
    this.#bases.delete(id);
    this.#rules.delete(id);
    this.#adopted.delete(id);
    this.#looks.forget(id);
    for (const [kind, node] of this.#states) if (node === id) this.#states.delete(kind);
    if (this.#selection[0] === id || this.#selection[2] === id) this.#selection = [0, 0, 0, 0];
  }

  #emitSplice({ parent, start, removed, inserted }: Splice, batch: Batch): Op[] {
    const { tree } = this;
    if (tree.isStyle(parent)) {
      batch.styles.add(parent);
      this.#bases.delete(tree.id(parent));
    }
    if (!this.#isKnown(parent) || !showsChildren(tree, parent)) {
      for (const slot of inserted) this.#unknow(slot, batch);
      return [];
    }
    const inserts: ChildrenOp[4] = [];
    let fresh: Emitted | undefined;
    const flush = (): void => {
      if (fresh) inserts.push(asLiteral(fresh));
      fresh = undefined;
    };
    for (const slot of inserted) {
      if (this.#isKnown(slot)) {
        flush();
        inserts.push(tree.id(slot));
      } else {
        fresh ??= { ids: [], rows: [] };
        emitSubtree(tree, slot, this.#around, fresh, false, (style) => batch.styles.add(style));
      }
    }
    flush();
    return [['children', tree.id(parent), start, removed, inserts]];
  }

  #unknow(top: Slot, batch: Batch): void {
    for (const slot of this.tree.walk(top)) {
      if (!this.#isKnown(slot)) continue;
      this.tree.flags[slot]! &= ~FLAG.known;
      this.#told.forget(this.tree.id(slot));
      batch.rehash(slot);
    }
  }

  #takeOp(op: Exclude<Op, ChildrenOp | Extract<Op, ['inserts', ...unknown[]]>>, batch: Batch): void {
    const { tree } = this;
    this.asides.note(op);
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
        if (loadsAnew(op[2])) this.#bases.delete(op[1]);
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
        this.#put(this.#sheets, op[1], op[2]);
        if (this.#sheets.size > 2_000) throw malformed('too many style sheets');
        batch.ops.push(this.#sheetOf(op[1]));
        return;
      case 'adopt': {
        const slot = tree.getElement(op[1]);
        if (!tree.tag(slot).startsWith('#')) throw malformed('style sheets adopted by an element');
        this.#adopted.set(
          op[1],
          op[2].filter((sheet) => this.#sheets.has(sheet)),
        );
        if (this.#isKnown(slot)) batch.ops.push(['adopt', op[1], this.#adopted.get(op[1])!]);
        return;
      }
      case 'rules': {
        const slot = tree.getElement(op[1]);
        if (!tree.isStyle(slot) && tree.tag(slot) !== 'link')
          throw malformed('rules of an element without a sheet');
        this.#put(this.#rules, op[1], op[2]);
        batch.styles.add(slot);
        return;
      }
      case 'bytes':
        this.#looks.takeBytes(op);
        return;
      case 'animate': {
        const slot = tree.find(op[1]);
        if (slot === undefined || tree.isText(slot) || !this.#looks.takeAnimation(op)) return;
        const masked = this.#maskedId(op[1]);
        if (masked !== undefined) batch.ops.push(this.#looks.animation(op[1], op[2], masked));
        return;
      }
      case 'font':
        this.#looks.takeFont(op);
        batch.ops.push(this.#looks.font(op[1]));
        return;
      case 'frame': {
        const slot = tree.getElement(op[1]);
        if (tree.tag(slot) !== 'iframe' && tree.tag(slot) !== 'frame' && tree.tag(slot) !== 'object')
          throw malformed('a frame in no frame element');
        if (typeof op[2] !== 'string') throw malformed('a frame by number');
        for (const [nonce, node] of this.nested) if (node === op[1]) this.nested.delete(nonce);
        if (op[2] !== '') this.nested.set(op[2], op[1]);
        return;
      }
      case 'state':
        this.#states.set(op[1], op[2]);
        batch.ops.push(['state', op[1], this.#stateOf(op[2])]);
        return;
      case 'select':
        this.#selection = [op[1], op[2], op[3], op[4]];
        batch.ops.push(
          this.#knownId(op[1]) && this.#knownId(op[3])
            ? ['select', ...this.#selection]
            : ['select', 0, 0, 0, 0],
        );
        return;
      case 'done':
        batch.ops.push(op);
        return;
      case 'view':
        this.#view = op;
        batch.ops.push(op);
        return;
      case 'title':
        this.title = op[1];
        batch.ops.push(['title', op[1]]);
        return;
      case 'url':
        this.url = op[1];
        batch.ops.push(['url', this.#publicUrl()]);
        return;
      case 'base':
        this.#rebase(op[1], batch);
        return;
      case 'node':
      case 'list':
        throw malformed('said again without being asked');
    }
  }

  #rebase(base: string, batch: Batch): void {
    const { tree } = this;
    const before = this.#around.base;
    if (base === before) return;
    const keep = (key: NodeId): void => {
      if (!this.#bases.has(key)) this.#bases.set(key, before);
    };
    for (const slot of tree.walk(tree.root)) {
      if (tree.isText(slot)) continue;
      if (isRelativeLink(tree, slot)) batch.remember(slot);
      else if (hasLoaded(tree, slot)) keep(tree.id(slot));
    }
    for (const id of this.#sheets.keys()) keep(-id);
    this.#around.base = base;
  }

  #put(map: Map<NodeId, string>, id: NodeId, css: string | undefined): void {
    this.#deps.budget.chars += (map.get(id)?.length ?? 0) - (css?.length ?? 0);
    if (this.#deps.budget.chars < 0) throw new TreeTooLarge('too much text');
    if (css === undefined) map.delete(id);
    else map.set(id, css);
  }

  #setText(slot: Slot, text: string, batch: Batch): void {
    const { tree } = this;
    batch.remember(slot);
    tree.unmasked.forget(slot, '');
    tree.setText(slot, text);
    this.#mask(slot, true, () => {});
    const parent = tree.parent[slot]!;
    if (tree.isStyle(parent)) {
      batch.styles.add(parent);
      this.#bases.delete(tree.id(parent));
    }
    batch.rehash(slot);
  }

  #attributeChanged(slot: Slot, name: string, batch: Batch): void {
    batch.rehash(slot);
    // What is masked has its new values masked too.
    if (this.#deps.rules.looksAt(name) || this.tree.flags[slot]! & FLAG.masked)
      this.#mask(slot, false, (changed) => batch.remember(changed));
  }

  #setProps(slot: Slot, changed: ChangedProps, batch: Batch): void {
    const { tree } = this;
    batch.remember(slot);
    const props: Record<string, unknown> = { ...tree.props(slot) };
    for (const [name, value] of Object.entries(changed)) {
      tree.unmasked.forget(slot, `.${name}`);
      if (value === null || value === undefined) delete props[name];
      else props[name] = value;
    }
    tree.setProps(slot, props as ElementProps);
    if (changed.media) this.#looks.tookMedia(tree.id(slot));
    batch.rehash(slot);
    if ('masked' in changed || tree.flags[slot]! & FLAG.masked)
      this.#mask(slot, false, (other) => batch.remember(other));
  }

  #append([, id, where, text]: Extract<Op, ['append', ...unknown[]]>, batch: Batch): void {
    const { tree } = this;
    const join = (before: string | undefined): string => {
      if (before === undefined) throw malformed('a text goes on that never began');
      if (before.length + text.length > MAX_LONG_TEXT) throw new TreeTooLarge('a text too long');
      return before + text;
    };
    if (where === '#sheet') {
      this.#put(this.#sheets, id, join(this.#sheets.get(id)));
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
      this.#put(this.#rules, id, join(this.#rules.get(id)));
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

  /** Compares with what followers have, and brings the hashes up to date. */
  #finish(batch: Batch): Op[][] {
    const { tree } = this;
    const later: Op[] = [];
    for (const [slot, before] of batch.before) {
      if (!this.#isKnown(slot)) continue;
      const id = tree.id(slot);
      batch.rehash(slot);
      if (tree.isText(slot)) {
        const text = emittedText(tree, slot);
        if (text !== before.text) batch.ops.push(['text', id, text]);
        continue;
      }
      compareAttributes(id, before.attributes!, attributesOf(tree, slot, this.#around), batch.ops);
      const props = compareProps(before.props, propsOf(tree, slot, this.#around));
      if (props) batch.ops.push(['props', id, props]);
      // Left out from now on: what followers have of it goes.
      if (tree.flags[slot]! & FLAG.hide && tree.first[slot] !== NONE) {
        let count = 0;
        for (const child of tree.children(slot)) {
          count++;
          if (this.#isKnown(child)) this.#unknow(child, batch);
        }
        if (!before.hid) later.push(['children', id, 0, count, []]);
      }
    }
    for (const slot of batch.styles) if (this.#isKnown(slot)) batch.ops.push(this.#rulesOf(slot));
    // A sheet that grows rule by rule is not sent again each time. The pieces of one batch are whole rules together.
    for (const [slot, css] of batch.addedRules)
      if (this.#isKnown(slot) && !batch.styles.has(slot))
        batch.ops.push(['append', tree.id(slot), '#rules', this.#rewriteRules(css, slot)]);
    for (const id of batch.sheets) batch.ops.push(this.#sheetOf(id));
    for (const slot of batch.changed) {
      rehashReceived(tree, slot);
      if (this.shown) rehashEmitted(tree, slot, this.#around);
    }
    if (!this.shown) return [];
    const first = [...batch.structure, ...batch.ops];
    for (const op of first) this.#told.note(op);
    return [first, later].filter((ops) => ops.length > 0);
  }

  /** What a node is like for followers just now. */
  describe(slot: Slot): Before {
    const { tree } = this;
    if (tree.isText(slot)) return { text: emittedText(tree, slot) };
    const hid = (tree.flags[slot]! & FLAG.hide) !== 0;
    return {
      attributes: attributesOf(tree, slot, this.#around),
      props: propsOf(tree, slot, this.#around),
      hid,
    };
  }
}

/** What one batch changes, collected until it is emitted. */
class Batch {
  readonly structure: Op[] = [];
  readonly ops: Op[] = [];
  readonly styles = new Set<Slot>();
  /** Rules put behind those that followers have. */
  readonly addedRules = new Map<Slot, string>();
  readonly sheets = new Set<NodeId>();
  readonly changed = new Set<Slot>();
  readonly before = new Map<Slot, Before>();
  readonly #frame: Frame;

  constructor(frame: Frame) {
    this.#frame = frame;
  }

  /** Keeps what a node was like, before its first change. */
  remember(slot: Slot): void {
    if (this.before.has(slot) || !this.#frame.shown || !(this.#frame.tree.flags[slot]! & FLAG.known)) return;
    this.before.set(slot, this.#frame.describe(slot));
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

function absolute(url: string, base: string): string | undefined {
  try {
    return new URL(url, base).href;
  } catch {
    return undefined;
  }
}
