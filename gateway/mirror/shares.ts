// What each node and aside of a document adds to its digest, for two sides to find out where they differ.
import type { Asides } from '../../protocol/asides.ts';
import { type FrameTree, NONE } from './tree.ts';

/** @param hashes of the tree's nodes, as the recorder said them or as followers were told */
export function* sharesOf(
  tree: FrameTree,
  hashes: Int32Array,
  asides: Asides,
): Generator<[key: number, hash: number]> {
  if (tree.root !== NONE)
    for (const slot of tree.walk(tree.root)) if (hashes[slot] !== 0) yield [tree.id(slot), hashes[slot]!];
  yield* asides.shares();
}
