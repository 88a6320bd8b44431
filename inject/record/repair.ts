// The recorder's digest, and what is said again where the gateway has something else.
import { hashAttributes, hashElement, hashProps, hashTextNode } from '../../protocol/digest.ts';
import type { NodeId, Op } from '../../protocol/nodes.ts';
import { type Account, asSteps, differingRanges, rangeOf } from '../../protocol/repair.ts';
import { CDATA, TEXT } from './dom.ts';
import type { Known } from './known-tree.ts';
import type { Recording } from './recording.ts';

/** What the gateway has, and the number of its question. */
export interface Asked extends Account {
  of: number;
}

/** Nodes that are said again one by one; beyond it a snapshot is shorter. */
const MAX_AGAIN = 5_000;
/** Children in one operation: a message holds them. */
const MAX_LIST = 2_000;

const isText = (type: number): boolean => type === TEXT || type === CDATA;

/** The digest of all that was said. @param enough stops before it is done: undefined then */
export function digestOf(recording: Recording, enough?: () => boolean): number | undefined {
  const { tree, rows, dom } = recording;
  for (const known of tree.touched) {
    if (enough?.()) return undefined;
    tree.touched.delete(known);
    let hash: number;
    const type = dom.nodeType(known.node);
    if (isText(type)) hash = hashTextNode(known.id, rows.textOf(known));
    else {
      const tag = rows.tagOf(known.node, type);
      const pairs = (hashAttributes(rows.attributesOf(known, tag)) + hashProps(known.props)) | 0;
      hash = hashElement(known.id, tag, pairs, childIds(known));
    }
    tree.setHash(known, hash);
  }
  return (tree.digest + tree.asides.digest) | 0;
}

function childIds({ children }: Known): NodeId[] {
  return children.map(({ id }) => id);
}

function* shares({ tree }: Recording): Generator<[number, number]> {
  for (const known of tree.all()) yield [known.id, tree.hashOf(known)];
  yield* tree.asides.shares();
}

/** What lies in the ranges that differ, masked like all else. Undefined when it is too much. */
export function sayAgain(recording: Recording, asked: Asked): { ops: Op[]; ranges: number[] } | undefined {
  const { tree, rows, dom } = recording;
  digestOf(recording);
  const ranges = differingRanges(asked, shares(recording));
  const differs = (key: number): boolean => ranges.has(rangeOf(key, asked.width));
  const ops: Op[] = [];
  for (const known of tree.all()) {
    if (!differs(known.id)) continue;
    if (ops.length > MAX_AGAIN) return undefined;
    const { id, props } = known;
    const type = dom.nodeType(known.node);
    if (isText(type)) ops.push(['text', id, rows.cutText(known, '', rows.textOf(known))]);
    else {
      const tag = rows.tagOf(known.node, type);
      ops.push([
        'node',
        id,
        tag,
        rows.cutAttributes(known, rows.attributesOf(known, tag)),
        props && rows.cutProps(known, props),
      ]);
      const children = childIds(known);
      for (let at = 0; at < children.length; at += MAX_LIST)
        ops.push(['list', id, asSteps(children.slice(at, at + MAX_LIST))]);
    }
    recording.appendRests(ops);
  }
  const asides = [...tree.asides.all()].filter(([key]) => differs(key));
  // Sheets before who adopts them: of the negative keys, which come first.
  for (const [, , op] of asides.sort(([a], [b]) => a - b)) if (op) recording.sayWhole(ops, op);
  return { ops, ranges: [...ranges] };
}
