// The style sheets of one document that are no text of its nodes: constructed ones, those that script edited, and what their addresses stand to.
import { maskStyle } from '../../protocol/masking.ts';
import type { NodeId, Op } from '../../protocol/nodes.ts';
import { hasLoaded } from './bases.ts';
import { styleText } from './emit.ts';
import { rewriteFollowerCss } from './follower-css.ts';
import { malformed } from './malformed.ts';
import { FLAG } from './masks.ts';
import type { Surroundings } from './sanitise.ts';
import { type Budget, type FrameTree, type Slot, TreeTooLarge } from './tree.ts';

/** Constructed sheets of one document. */
const MAX_SHEETS = 2_000;

export class Sheets {
  readonly #tree: FrameTree;
  readonly #around: Surroundings;
  readonly #budget: Budget;
  /** Bases of elements, and of constructed sheets (by their negative ids), that are not the document's any more. */
  readonly #bases: Map<NodeId, string>;
  readonly #constructed = new Map<NodeId, string>();
  readonly #adopted = new Map<NodeId, NodeId[]>();
  /** Sheets of style and link elements that script edited. */
  readonly #edited = new Map<NodeId, string>();

  /** @param bases are kept up to date here, and read by all who make addresses for followers */
  constructor(tree: FrameTree, around: Surroundings, bases: Map<NodeId, string>, budget: Budget) {
    this.#tree = tree;
    this.#around = around;
    this.#bases = bases;
    this.#budget = budget;
  }

  /** Gives back what they hold of the session's budget. */
  dispose(): void {
    for (const css of [...this.#constructed.values(), ...this.#edited.values()])
      this.#budget.chars += css.length;
    this.#constructed.clear();
    this.#edited.clear();
  }

  /** A node is gone. */
  forget(id: NodeId): void {
    this.#put(this.#edited, id, undefined);
    this.#bases.delete(id);
    this.#adopted.delete(id);
  }

  /** An element loads anew: from now on it stands to the document's base. */
  loadAnew(id: NodeId): void {
    this.#bases.delete(id);
  }

  /** The base is about to become another: what has loaded keeps that by which it did. */
  keepBase(slot: Slot): void {
    if (hasLoaded(this.#tree, slot)) this.#keepBaseOf(this.#tree.id(slot));
  }

  /** As {@link keepBase}, of all constructed sheets. */
  keepBases(): void {
    for (const id of this.#constructed.keys()) this.#keepBaseOf(-id);
  }

  #keepBaseOf(key: NodeId): void {
    if (!this.#bases.has(key)) this.#bases.set(key, this.#around.base);
  }

  /** Takes a constructed sheet. @throws TreeTooLarge; {Refused} `malformed` */
  construct(id: NodeId, css: string | undefined): void {
    this.#put(this.#constructed, id, css);
    if (this.#constructed.size > MAX_SHEETS) throw malformed('too many style sheets');
  }

  /** A constructed sheet goes on. @param join puts the next piece behind what there was */
  extend(id: NodeId, join: (before: string | undefined) => string): void {
    this.#put(this.#constructed, id, join(this.#constructed.get(id)));
  }

  /** Takes what script made of an element's sheet; undefined when it is its text again. @throws TreeTooLarge */
  edit(id: NodeId, css: string | undefined): void {
    this.#put(this.#edited, id, css);
  }

  /** An edited sheet goes on, as {@link extend}. */
  extendEdited(id: NodeId, join: (before: string | undefined) => string): void {
    this.#put(this.#edited, id, join(this.#edited.get(id)));
  }

  adopt(id: NodeId, sheets: readonly NodeId[]): void {
    this.#adopted.set(
      id,
      sheets.filter((sheet) => this.#constructed.has(sheet)),
    );
  }

  #put(map: Map<NodeId, string>, id: NodeId, css: string | undefined): void {
    this.#budget.chars += (map.get(id)?.length ?? 0) - (css?.length ?? 0);
    if (this.#budget.chars < 0 && css !== undefined) throw new TreeTooLarge('too much text');
    if (css === undefined) map.delete(id);
    else map.set(id, css);
  }

  /** Elements whose sheets script edited. */
  get edited(): Iterable<NodeId> {
    return this.#edited.keys();
  }

  /** Constructed sheets as followers get them, then who adopts them. @param isKnown whether followers have the node */
  *whole(isKnown: (id: NodeId) => boolean): Generator<Op> {
    for (const id of this.#constructed.keys()) yield this.constructedOp(id);
    for (const id of this.#adopted.keys()) if (isKnown(id)) yield this.adoptedOp(id);
  }

  /** A constructed sheet as followers get it. */
  constructedOp(id: NodeId): Op {
    const base = this.#bases.get(-id) ?? this.#around.base;
    return ['sheet', id, rewriteFollowerCss(this.#constructed.get(id) ?? '', base, this.#around.resources)];
  }

  adoptedOp(id: NodeId): Op {
    return ['adopt', id, this.#adopted.get(id) ?? []];
  }

  /** The rules of a style or link element as followers get them. */
  rulesOp(slot: Slot): Op {
    const tree = this.#tree;
    const id = tree.id(slot);
    const edited = this.#edited.get(id);
    if (edited !== undefined) return ['rules', id, this.rewrite(edited, slot)];
    return ['rules', id, tree.isStyle(slot) ? styleText(tree, slot, this.#around) : undefined];
  }

  /** Rules of that element's sheet for followers. */
  rewrite(css: string, slot: Slot): string {
    const shown = this.#tree.flags[slot]! & FLAG.masked ? maskStyle(css) : css;
    return rewriteFollowerCss(shown, this.#baseOf(slot), this.#around.resources);
  }

  /** What relative addresses in the sheet of an element stand to. */
  #baseOf(slot: Slot): string {
    const tree = this.#tree;
    const base = this.#bases.get(tree.id(slot)) ?? this.#around.base;
    const href = tree.tag(slot) === 'link' ? tree.attribute(slot, 'href') : undefined;
    return (href === undefined ? undefined : absolute(href, base)) ?? base;
  }
}

function absolute(url: string, base: string): string | undefined {
  try {
    return new URL(url, base).href;
  } catch {
    return undefined;
  }
}
