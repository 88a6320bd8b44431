// Changes of children: one splice per changed parent against the list that was sent last, moved nodes by id, new ones as rows.
import type { Insert, NodeRow, Op } from '../../protocol/nodes.ts';
import type { Dom } from './dom.ts';
import { type Known, type KnownTree, NO_CHILDREN } from './known-tree.ts';
import type { Rows } from './rows.ts';

interface Change {
  parent: Known;
  start: number;
  removed: number;
  nodes: Node[];
  now: Node[];
}

/** The splices for all parents whose children may have changed. The known tree is afterwards as the gateway's will be. */
export function takeSplices(
  tree: KnownTree,
  rows: Rows,
  dom: Dom,
  document: Document,
  dirty: Iterable<Node>,
): Op[] {
  const changes: Change[] = [];
  for (const node of dirty) {
    const parent = tree.of(node);
    if (!parent || parent.closed) continue;
    if (node !== document && (!dom.isConnected(node) || dom.ownerDocument(node) !== document)) continue;
    const change = compare(tree, parent, rows.childrenOf(parent));
    if (change) changes.push(change);
  }
  const removed: Known[] = [];
  for (const { parent, start, removed: count } of changes) {
    for (let i = start; i < start + count; i++) {
      const child = parent.children[i]!;
      // Forgotten ones are new under the same node.
      child.parent = undefined;
      removed.push(child);
    }
  }
  const ops: Op[] = [];
  for (const { parent, start, removed: count, nodes, now } of changes) {
    // Sent anew within another change, with all that is in it.
    if (tree.of(parent.node) !== parent) continue;
    const inserts: Insert[] = [];
    const placed: Known[] = [];
    for (const node of nodes) {
      const first = tree.nextId;
      const list: NodeRow[] = [];
      placed.push(rows.place(node, parent, list));
      const only = list[0];
      const last = inserts.at(-1);
      if (list.length === 1 && typeof only === 'number') inserts.push(only);
      else if (typeof last === 'object') last.rows.push(...list);
      else inserts.push({ first, rows: list });
    }
    const children = now.length === 0 ? NO_CHILDREN : parent.children.slice(0, start);
    if (now.length > 0) {
      for (const known of placed) children.push(known);
      for (let i = start + count; i < parent.children.length; i++) children.push(parent.children[i]!);
    }
    parent.children = children;
    tree.touched.add(parent);
    ops.push(['children', parent.id, start, count, inserts]);
  }
  for (const child of removed) if (child.parent === undefined) tree.forget(child);
  return ops;
}

function compare(tree: KnownTree, parent: Known, now: Node[]): Change | undefined {
  const old = parent.children;
  const isSame = (known: Known, node: Node): boolean => known.node === node && tree.of(node) === known;
  let start = 0;
  while (start < old.length && start < now.length && isSame(old[start]!, now[start]!)) start++;
  let tail = 0;
  while (
    tail < old.length - start &&
    tail < now.length - start &&
    isSame(old[old.length - 1 - tail]!, now[now.length - 1 - tail]!)
  )
    tail++;
  const removed = old.length - start - tail;
  const nodes = now.slice(start, now.length - tail);
  return removed === 0 && nodes.length === 0 ? undefined : { parent, start, removed, nodes, now };
}
