// Splices of children, in two phases: all lists are resolved first and placed then, so a node may move between two changed parents.
import type { Insert, NodeId, Op } from '../../protocol/nodes.ts';
import { fromSteps } from '../../protocol/repair.ts';
import { type BuildDeps, buildRows, insert, Mismatch } from './build.ts';
import type { Shown } from './shown.ts';

export type ChildrenOp = Extract<Op, ['children', ...unknown[]]>;

export interface ApplyDeps extends BuildDeps {
  /** A node and all below it are gone. */
  onGone(shown: Shown): void;
  /** Elements that hold documents, which they would lose if they were moved. */
  readonly frames: Iterable<Shown>;
}

/** @returns the parents that were changed. @throws {Mismatch} when something does not fit what is shown */
export function applySplices(ops: readonly ChildrenOp[], deps: ApplyDeps): Shown[] {
  const placed = new Set<Shown>();
  const from = new Map<Shown, Shown | undefined>();
  const left = new Set<Shown>();
  const resolved = ops.map(([, id, start, count, inserts]) => {
    const parent = deps.existing(id);
    if (!parent || start + count > parent.children.length)
      throw new Mismatch(`a splice that does not fit ${id}`);
    const old = parent.children;
    return { parent, start, count, inserts, old, removed: old.slice(start, start + count) };
  });
  const lists = resolved.map(({ parent, inserts }) => resolveInserts(parent, inserts, deps, placed, from));
  for (const [index, { parent, start, count, old }] of resolved.entries())
    parent.children = [...old.slice(0, start), ...lists[index]!, ...old.slice(start + count)];
  for (const { parent, removed } of resolved)
    for (const child of removed) if (child.parent === parent && !placed.has(child)) child.parent = undefined;
  for (const [index, { parent }] of resolved.entries())
    for (const child of lists[index]!) child.parent = parent;

  for (const { removed } of resolved)
    for (const child of removed)
      if (child.parent === undefined) {
        child.node.parentNode?.removeChild(child.node);
        deps.onGone(child);
      }
  const holders = new Set<Shown>();
  for (const frame of deps.frames)
    for (let up: Shown | undefined = frame; up; up = up.parent) holders.add(up);
  // From above: what goes into something that was below it finds that out of itself already.
  const entries = resolved.map(({ parent, start }, index) => ({ parent, start, list: lists[index]! }));
  if (entries.length > 1) {
    const depths = new Map(entries.map(({ parent }) => [parent, depthOf(parent)]));
    entries.sort((one, other) => depths.get(one.parent)! - depths.get(other.parent)!);
  }
  for (const { parent, start, list } of entries) {
    const before = parent.children[start + list.length]?.node ?? null;
    let anchor = before?.parentNode === parent.node ? before : null;
    // Whatever of a list has changed places, what holds frames stays where it is and the rest comes around it.
    let kept: Node | undefined;
    const stays = list.map(({ node }, i) => {
      if (!holders.has(list[i]!) || node.parentNode !== parent.node) return false;
      if (kept && !(kept.compareDocumentPosition(node) & Node.DOCUMENT_POSITION_FOLLOWING)) return false;
      kept = node;
      return true;
    });
    for (let i = list.length; i-- > 0; ) {
      const child = list[i]!;
      if (!stays[i]) insert(parent, child, anchor);
      if (child.node.parentNode === parent.node) anchor = child.node;
    }
  }
  const changed = new Set(resolved.map(({ parent }) => parent));
  for (const [child, old] of from) {
    // It left a parent that has no splice of its own.
    if (!old || changed.has(old) || child.parent === old) continue;
    old.children = old.children.filter((other) => other !== child);
    left.add(old);
  }
  return [...changed, ...left];
}

function depthOf(shown: Shown): number {
  let depth = 0;
  for (let up = shown.parent; up; up = up.parent) depth++;
  return depth;
}

function resolveInserts(
  parent: Shown,
  inserts: readonly Insert[],
  deps: ApplyDeps,
  placed: Set<Shown>,
  from: Map<Shown, Shown | undefined>,
): Shown[] {
  const list: Shown[] = [];
  for (const item of inserts) {
    if (typeof item === 'number') {
      const existing = deps.existing(item);
      if (!existing) throw new Mismatch(`node ${item} is not here`);
      placed.add(existing);
      from.set(existing, existing.parent);
      list.push(existing);
      continue;
    }
    const hosted: BuildDeps = {
      ...deps,
      existing(id) {
        const shown = deps.existing(id);
        if (shown) {
          placed.add(shown);
          from.set(shown, shown.parent);
        }
        return shown;
      },
    };
    for (const top of buildRows(item.rows, idsOf(item.first, item.ids), hosted, parent)) {
      placed.add(top);
      list.push(top);
    }
  }
  return list;
}

/** Ids as a literal or snapshot gives them. */
export function* idsOf(first: NodeId, differences?: readonly number[]): Generator<NodeId> {
  if (!differences) for (let id = first; ; id++) yield id;
  yield* fromSteps(differences);
}
