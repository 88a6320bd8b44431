// What the gateway has of one document: its masked tree, and all that is no node, before anyone is told.
import { isTypedInto } from '../../protocol/masking.ts';
import type { ChangedProps, ElementProps, NodeId, Op } from '../../protocol/nodes.ts';
import type { PageFact } from '../../protocol/page-facts.ts';
import { Looks } from './looks.ts';
import { applyMasks, FLAG, type MaskRules } from './masks.ts';
import type { Resources } from './resources.ts';
import type { Surroundings } from './sanitise.ts';
import { Sheets } from './sheets.ts';
import type { Strings } from './strings.ts';
import { type Budget, FrameTree, NONE, type Slot } from './tree.ts';

export type Opened = Extract<PageFact, { type: 'frame.opened' }>;
export type StateKind = Extract<Op, ['state', ...unknown[]]>[1];
type View = Extract<Op, ['view', ...unknown[]]>;
type Select = Extract<Op, ['select', ...unknown[]]>;

const NOTHING_SELECTED: Select = ['select', 0, 0, 0, 0];

/** What frames of one session share. */
export interface FrameDeps {
  rules: MaskRules;
  resources: Resources;
  strings: Strings;
  budget: Budget;
  toUpstream: (url: string) => string | undefined;
}

export class MirroredDocument {
  readonly deps: FrameDeps;
  readonly tree: FrameTree;
  readonly around: Surroundings;
  readonly sheets: Sheets;
  readonly looks: Looks;
  /** Frames named by iframe elements: nonce → element. */
  readonly nested = new Map<string, NodeId>();
  readonly states = new Map<StateKind, NodeId>();
  url: string;
  title: string;
  view: View;
  selection: Select = NOTHING_SELECTED;

  constructor(frame: number, fact: Opened, deps: FrameDeps) {
    this.deps = deps;
    this.url = fact.url;
    this.title = fact.title;
    const { width, height, ratio } = fact.view;
    this.view = ['view', width, height, ratio];
    this.tree = new FrameTree(deps.strings, deps.budget);
    const resources = deps.resources.ofFrame(frame);
    const base = fact.base ?? fact.url;
    const bases = new Map<NodeId, string>();
    this.around = { base, bases, resources, toUpstream: deps.toUpstream };
    this.sheets = new Sheets(this.tree, this.around, bases, deps.budget);
    this.looks = new Looks(frame, deps.resources, this.around);
  }

  /** Frees what it holds of the session's budget. */
  dispose(): void {
    this.tree.dispose();
    this.looks.dispose();
    this.sheets.dispose();
  }

  /** The address at the site itself. */
  get publicUrl(): string {
    return this.deps.toUpstream(this.url) ?? this.url;
  }

  /** A node is gone. */
  forget(id: NodeId): void {
    this.sheets.forget(id);
    this.looks.forget(id);
    for (const [kind, node] of this.states) if (node === id) this.states.delete(kind);
    if (this.selection[1] === id || this.selection[3] === id) this.selection = NOTHING_SELECTED;
  }

  /** Masks a node and what lies in it. @param fresh its values have just come @param beforeChange hears of each before it is changed */
  mask(slot: Slot, fresh: boolean, beforeChange: (slot: Slot) => void = () => {}): void {
    applyMasks(this.tree, slot, this.deps.rules, fresh, beforeChange);
  }

  isMasked(slot: Slot): boolean {
    return (this.tree.flags[slot]! & FLAG.masked) !== 0;
  }

  /** Whether followers have a node. */
  isKnown(slot: Slot): boolean {
    return (this.tree.flags[slot]! & FLAG.known) !== 0;
  }

  isKnownId(id: NodeId): boolean {
    const slot = this.tree.find(id);
    return slot !== undefined && this.isKnown(slot);
  }

  /** Undefined where followers do not have it. */
  isMaskedId(id: NodeId): boolean | undefined {
    const slot = this.tree.find(id);
    return slot === undefined || !this.isKnown(slot) ? undefined : this.isMasked(slot);
  }

  /**
   * Whom followers hear of as hovered, pressed or focused: nobody that is gone by now or left out; of what lies within a masked part
   * and takes no text, the part as a whole.
   */
  stateOp(kind: StateKind): Extract<Op, ['state', ...unknown[]]> {
    return ['state', kind, this.#statedNode(this.states.get(kind) ?? 0)];
  }

  #statedNode(id: NodeId): NodeId {
    const { tree } = this;
    let slot = tree.find(id);
    if (slot === undefined || !this.isKnown(slot)) return 0;
    if (isTypedInto(tree.tag(slot), tree.attribute(slot, 'type'))) return id;
    while (this.isMasked(slot) && tree.parent[slot] !== NONE) {
      const parent: Slot = tree.parent[slot]!;
      if (!this.isMasked(parent)) break;
      slot = parent;
    }
    return tree.id(slot);
  }

  /** The selection as far as followers have its ends. */
  selectionOp(): Select {
    const [, anchor, , focus] = this.selection;
    return this.isKnownId(anchor) && this.isKnownId(focus) ? this.selection : NOTHING_SELECTED;
  }

  /** Changes properties; null or undefined takes one away. */
  changeProps(slot: Slot, changed: ChangedProps): void {
    const props: Record<string, unknown> = { ...this.tree.props(slot) };
    for (const [name, value] of Object.entries(changed)) {
      this.tree.unmasked.forget(slot, `.${name}`);
      if (value === null || value === undefined) delete props[name];
      else props[name] = value;
    }
    this.tree.setProps(slot, props as ElementProps);
    if (changed.media) this.looks.tookMedia(this.tree.id(slot));
  }
}
