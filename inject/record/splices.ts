// Changes of children: one splice per changed parent against the list that was sent last, moved nodes by id, new ones as rows.
import { changedPart } from '../../protocol/changed-part.ts';
import { type Known, NO_CHILDREN, SHUT } from './known-tree.ts';
import type { Recording } from './recording.ts';

interface Change {
  parent: Known;
  start: number;
  removed: number;
  inserted: Node[];
}

/**
 * Says the splices for all parents whose children may have changed, with pauses in which the page may go on. The known tree is
 * afterwards as the gateway's will be.
 */
export function* saySplices(recording: Recording, dirty: Iterable<Node>): Generator<void, void, void> {
  const { tree, writer, sender } = recording;
  let changes = [...dirty].flatMap((node) => compare(recording, node) ?? []);
  const removed: Known[] = [];
  for (const { parent, start, removed: count } of changes) {
    for (let i = start; i < start + count; i++) {
      const child = parent.children[i]!;
      // Forgotten ones are new under the same node.
      child.parent = undefined;
      removed.push(child);
    }
  }
  for (let later: Change[] = []; changes.length > 0; changes = later) {
    later = [];
    for (const change of changes) {
      const { parent, start, removed: count, inserted } = change;
      // Sent anew within another change, with all that is in it.
      if (tree.of(parent.node) !== parent) continue;
      // It moves too: how it is masked is known when it has its place.
      if (isLoose(recording, parent)) {
        later.push(change);
        continue;
      }
      sender.children(parent.id, start, count);
      const placed: Known[] = new Array(inserted.length);
      writer.writeInto(parent, inserted, placed);
      while (!writer.run()) yield;
      if (tree.of(parent.node) !== parent) {
        for (const known of placed) if (known.parent === parent) tree.forget(known);
        continue;
      }
      const { children } = parent;
      parent.children =
        children.length === count && inserted.length === 0
          ? NO_CHILDREN
          : [...children.slice(0, start), ...placed, ...children.slice(start + count)];
      tree.touched.add(parent);
    }
    // What is left went with what it was in.
    if (later.length === changes.length) break;
  }
  for (const child of removed) if (child.parent === undefined) tree.forget(child);
}

/** Whether a node is in nothing that has a place. */
function isLoose({ document }: Recording, known: Known): boolean {
  let top = known;
  while (top.parent) top = top.parent;
  return top.node !== document;
}

function compare({ tree, rows, dom, document }: Recording, node: Node): Change | undefined {
  const parent = tree.of(node);
  if (!parent || parent.children === SHUT) return undefined;
  if (node !== document && (!dom.isConnected(node) || dom.ownerDocument(node) !== document)) return undefined;
  const now: Node[] = [];
  rows.pushChildren(parent, now);
  now.reverse();
  const old = parent.children;
  const isSame = (known: Known, other: Node): boolean => known.node === other && tree.of(other) === known;
  const part = changedPart(old, now, isSame);
  return part && { parent, ...part };
}
