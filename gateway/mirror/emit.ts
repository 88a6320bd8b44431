// A tree as followers get it: rows, properties and style texts made from the masked tree, and the digest of what was made.
import { hashAttributes, hashElement, hashPair, hashProps, hashTextNode } from '../../protocol/digest.ts';
import type { ElementProps, NodeLiteral, NodeRow } from '../../protocol/nodes.ts';
import { asSteps } from '../../protocol/repair.ts';
import { followerUrl, rewriteFollowerCss } from './follower-css.ts';
import { FLAG } from './masks.ts';
import { emitsChildren, emittedAttributes, emittedTag, type Surroundings } from './sanitise.ts';
import { type FrameTree, NONE, type Slot } from './tree.ts';

/** Rows with their ids. */
export interface Emitted {
  ids: number[];
  rows: NodeRow[];
}

/** Whether the children of a node reach followers at all. */
export function showsChildren(tree: FrameTree, slot: Slot): boolean {
  return !(tree.flags[slot]! & (FLAG.hide | FLAG.hidden)) && emitsChildren(tree.tag(slot));
}

/** The text of a style element is emitted as nothing: its `rules` operation carries it rewritten. */
export function emittedText(tree: FrameTree, slot: Slot): string {
  const parent = tree.parent[slot]!;
  return parent !== NONE && tree.isStyle(parent) ? '' : tree.text(slot);
}

export function attributesOf(tree: FrameTree, slot: Slot, around: Surroundings): string[] {
  return emittedAttributes(tree.tag(slot), tree.attributes(slot), ownSurroundings(tree, slot, around));
}

function ownSurroundings(tree: FrameTree, slot: Slot, around: Surroundings): Surroundings {
  const base = around.bases?.get(tree.id(slot));
  return base === undefined ? around : { ...around, base };
}

export function propsOf(tree: FrameTree, slot: Slot, around: Surroundings): ElementProps | undefined {
  const flags = tree.flags[slot]!;
  const told = tree.props(slot);
  if (!told && !(flags & (FLAG.hide | FLAG.mask | FLAG.secret))) return undefined;
  const props: ElementProps = { ...told };
  delete props.masked;
  if (flags & FLAG.hide) props.masked = 'hide';
  else if (flags & (FLAG.mask | FLAG.secret)) props.masked = 'mask';
  if (props.src !== undefined) {
    const src = followerUrl(props.src, around.base, around.resources);
    if (src === undefined) delete props.src;
    else props.src = src;
  }
  // '' says that there is a picture which nobody may read.
  if (props.picture) {
    const picture = followerUrl(props.picture, around.base, around.resources);
    if (picture === undefined || !/^(?:\/r\/|data:image\/(?:png|webp|jpeg);base64,)/.test(picture))
      delete props.picture;
    else props.picture = picture;
  }
  const type = tree.tag(slot) === 'input' ? tree.attribute(slot, 'type')?.trim().toLowerCase() : undefined;
  if (type === 'hidden' || type === 'file') delete props.value;
  return Object.keys(props).length > 0 ? props : undefined;
}

/** The rewritten style text of a style element. */
export function styleText(tree: FrameTree, slot: Slot, around: Surroundings): string {
  let css = '';
  for (let child = tree.first[slot]!; child !== NONE; child = tree.next[child]!)
    if (tree.isText(child)) css += tree.text(child);
  return rewriteFollowerCss(css, ownSurroundings(tree, slot, around).base, around.resources);
}

/**
 * Emits a subtree into rows.
 * @param whole for a follower who knows nothing; else nodes that followers know are named by id, and not gone into
 * @param onStyle hears of every style element emitted
 * @param hashed whether the hashes of what is emitted are brought up to date by the way
 */
export function emitSubtree(
  tree: FrameTree,
  top: Slot,
  around: Surroundings,
  into: Emitted,
  whole: boolean,
  onStyle: (slot: Slot) => void,
  hashed = false,
): void {
  for (let slot = top; slot !== NONE; ) {
    let deep = true;
    if (!whole && tree.flags[slot]! & FLAG.known) {
      into.rows.push(tree.id(slot));
      deep = false;
    } else {
      tree.flags[slot]! |= FLAG.known;
      into.ids.push(tree.id(slot));
      if (tree.isText(slot)) {
        const text = emittedText(tree, slot);
        into.rows.push(text);
        if (hashed) setEmitted(tree, slot, hashTextNode(tree.id(slot), text));
      } else {
        deep = showsChildren(tree, slot);
        const children = deep ? tree.childIds(slot) : [];
        const count = children.length;
        const tag = emittedTag(tree.tag(slot));
        const attributes = attributesOf(tree, slot, around);
        const props = propsOf(tree, slot, around);
        into.rows.push(props ? [tag, attributes, count, props] : [tag, attributes, count]);
        if (tree.isStyle(slot)) onStyle(slot);
        if (hashed) {
          const pairs = (hashAttributes(attributes) + hashProps(props)) | 0;
          setEmitted(tree, slot, hashElement(tree.id(slot), tag, pairs, children));
        }
      }
    }
    slot = tree.following(slot, top, deep);
  }
}

/** New nodes as they go into a splice. */
export function asLiteral({ ids, rows }: Emitted): NodeLiteral {
  const first = ids[0] ?? 0;
  if (ids.every((id, i) => id === first + i)) return { first, rows };
  return { first, rows, ids: asSteps(ids) };
}

/** Brings the hash of a node as received up to date: as it was said, before the gateway masked anything. */
export function rehashReceived(tree: FrameTree, slot: Slot): void {
  const hash = tree.isText(slot)
    ? (tree.unmasked.find(slot, '') ?? hashTextNode(tree.id(slot), tree.text(slot)))
    : hashElement(tree.id(slot), tree.tag(slot), receivedPairs(tree, slot), tree.childIds(slot));
  tree.receivedDigest = (tree.receivedDigest - tree.received[slot]! + hash) | 0;
  tree.received[slot] = hash;
}

function receivedPairs(tree: FrameTree, slot: Slot): number {
  const unmasked = tree.unmasked.of(slot);
  const props = tree.props(slot);
  if (!unmasked) return (hashAttributes(tree.attributes(slot)) + hashProps(props)) | 0;
  let sum = 0;
  for (const hash of unmasked.values()) sum = (sum + hash) | 0;
  const attributes = tree.attributes(slot);
  for (let i = 0; i < attributes.length; i += 2)
    if (!unmasked.has(attributes[i]!)) sum = (sum + hashPair(attributes[i]!, attributes[i + 1]!)) | 0;
  for (const [name, value] of Object.entries(props ?? {}))
    if (!unmasked.has(`.${name}`)) sum = (sum + hashProps({ [name]: value })) | 0;
  return sum;
}

/** Brings the hash of a node as emitted up to date; 0 where followers do not have it. */
export function rehashEmitted(tree: FrameTree, slot: Slot, around: Surroundings): void {
  let hash = 0;
  if (tree.flags[slot]! & FLAG.known) {
    hash = tree.isText(slot)
      ? hashTextNode(tree.id(slot), emittedText(tree, slot))
      : hashElement(
          tree.id(slot),
          emittedTag(tree.tag(slot)),
          (hashAttributes(attributesOf(tree, slot, around)) + hashProps(propsOf(tree, slot, around))) | 0,
          showsChildren(tree, slot) ? tree.childIds(slot) : [],
        );
  }
  setEmitted(tree, slot, hash);
}

function setEmitted(tree: FrameTree, slot: Slot, hash: number): void {
  tree.emittedDigest = (tree.emittedDigest - tree.emitted[slot]! + hash) | 0;
  tree.emitted[slot] = hash;
}
