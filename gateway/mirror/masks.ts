// The gateway's own masking: what the recorder should have masked is masked here again, on the tree, before anything is emitted.

import { hashPair, hashProps, hashTextNode } from '../../protocol/digest.ts';
import {
  isSecretField,
  maskAttribute,
  maskStyle,
  maskText,
  mayChangeMasks,
  readMark,
} from '../../protocol/masking.ts';
import type { ElementProps } from '../../protocol/nodes.ts';
import { compileSelector, type ElementReader, matchesSelector, type Selector } from '../sites/selectors.ts';
import { type FrameTree, NONE, type Slot } from './tree.ts';

/** Bits of {@link FrameTree.flags}. What is masked stays so for the node's life: the recorder sends it anew, under a new id, to show it. */
export const FLAG = {
  /** Itself a password, card or one-time-code field, or was one. */
  secret: 1,
  /** Itself asked to be shown as dots, or left out. */
  mask: 2,
  hide: 4,
  /** Itself not to be edited by agents. */
  readonly: 8,
  /** Shown as dots, for its own or an ancestor's sake. */
  masked: 16,
  /** Within a part that is left out: never emitted. */
  hidden: 32,
  lockedWithin: 64,
  /** Followers have it. */
  known: 128,
} as const;

/** Selectors of one site. */
export class MaskRules {
  readonly #mask: Selector[];
  readonly #hide: Selector[];
  readonly #readonly: Selector[];
  readonly #attributes = new Set<string>();
  /** Some selector looks at ancestors, so a change above may matter below. */
  readonly reachesDown: boolean;

  /** @throws {SelectorError} for selectors outside the grammar (the config was checked before) */
  constructor(masks: { mask: readonly string[]; hide: readonly string[]; readonly: readonly string[] }) {
    this.#mask = masks.mask.map(compileSelector);
    this.#hide = masks.hide.map(compileSelector);
    this.#readonly = masks.readonly.map(compileSelector);
    const all = [...this.#mask, ...this.#hide, ...this.#readonly];
    this.reachesDown = all.some(({ steps }) => steps.length > 1);
    for (const { steps } of all)
      for (const { compound } of steps)
        for (const { name } of compound.attributes) this.#attributes.add(name);
  }

  /** Whether a change of this attribute may change what is masked. */
  looksAt(attribute: string): boolean {
    return mayChangeMasks(attribute) || this.#attributes.has(attribute);
  }

  /** The own bits an element asks for by now. */
  evaluate(tree: FrameTree, slot: Slot): number {
    const reader = readerOf(tree);
    const matches = (selector: Selector): boolean => matchesSelector(selector, slot, reader);
    const mark = readMark(tree.attribute(slot, 'data-cobrowse'));
    const told = tree.props(slot)?.masked;
    let bits = 0;
    if (isSecretField(tree.attribute(slot, 'type'), tree.attribute(slot, 'autocomplete')))
      bits |= FLAG.secret;
    if (mark.mask || told === 'mask' || this.#mask.some(matches)) bits |= FLAG.mask;
    if (mark.hide || told === 'hide' || this.#hide.some(matches)) bits |= FLAG.hide;
    if (mark.readonly || this.#readonly.some(matches)) bits |= FLAG.readonly;
    return bits;
  }
}

function readerOf(tree: FrameTree): ElementReader<Slot> {
  return {
    tag: (slot) => {
      const tag = tree.tag(slot);
      return tag.slice(Math.max(tag.indexOf(':'), tag.indexOf('}')) + 1);
    },
    attribute: (slot, name) => tree.attribute(slot, name),
    parent: (slot) => {
      const parent = tree.parent[slot]!;
      return parent === NONE || tree.tag(parent).startsWith('#') ? undefined : parent;
    },
  };
}

/**
 * Evaluates a subtree, and replaces what it masks for good.
 * @param fresh nothing below was evaluated before; else a node that stays as it is ends the way down, unless selectors reach further
 * @param beforeChange hears of a node whose bits change, while it still is what it was
 */
export function applyMasks(
  tree: FrameTree,
  top: Slot,
  rules: MaskRules,
  fresh: boolean,
  beforeChange: (slot: Slot) => void,
): void {
  for (let slot = top; slot !== NONE; ) {
    const before = tree.flags[slot]!;
    const parent = tree.parent[slot]!;
    const above = parent === NONE ? 0 : tree.flags[parent]!;
    let flags = before & (FLAG.secret | FLAG.mask | FLAG.hide | FLAG.known);
    if (!tree.isText(slot) && !tree.tag(slot).startsWith('#')) flags |= rules.evaluate(tree, slot);
    // A secret field masks its children too: a textarea's text, a select's options.
    if (above & FLAG.masked || flags & (FLAG.secret | FLAG.mask | FLAG.hide)) flags |= FLAG.masked;
    if (above & (FLAG.hide | FLAG.hidden)) flags |= FLAG.hidden | FLAG.masked;
    if (flags & FLAG.readonly || above & FLAG.lockedWithin) flags |= FLAG.lockedWithin;
    const same = flags === before;
    if (!same) beforeChange(slot);
    tree.flags[slot] = flags;
    if (flags & FLAG.masked) maskNode(tree, slot);
    slot = tree.following(slot, top, fresh || !same || rules.reachesDown);
  }
}

/** Replaces what a masked node holds; of what was there only its hash is kept. */
function maskNode(tree: FrameTree, slot: Slot): void {
  const { unmasked } = tree;
  if (tree.isText(slot)) {
    const parent = tree.parent[slot]!;
    const isStyle = parent !== NONE && tree.isStyle(parent);
    const text = tree.text(slot);
    const masked = (isStyle ? maskStyle : maskText)(text);
    if (masked === text) return;
    unmasked.keep(slot, '', hashTextNode(tree.id(slot), text));
    tree.setText(slot, masked);
    return;
  }
  let altered = false;
  const kept: string[] = [];
  const attributes = tree.attributes(slot);
  for (let i = 0; i < attributes.length; i += 2) {
    const name = attributes[i]!;
    const value = maskAttribute(name, attributes[i + 1]!);
    if (value !== undefined) kept.push(name, value);
    if (value === attributes[i + 1]) continue;
    unmasked.keep(slot, name, hashPair(name, attributes[i + 1]!));
    altered = true;
  }
  if (altered) tree.setAttributes(slot, kept);
  const props = tree.props(slot);
  if (!props) return;
  const { value, selected, checked, indeterminate, src, picture, natural, media, states, ...rest } = props;
  const masked: ElementProps = value === undefined ? rest : { ...rest, value: maskText(value) };
  altered = false;
  for (const [name, before] of Object.entries(props)) {
    if (masked[name as keyof ElementProps] === before) continue;
    unmasked.keep(slot, `.${name}`, hashProps({ [name]: before }));
    altered = true;
  }
  if (altered) tree.setProps(slot, masked);
}
