// Repairing what differs: two sides compare sums of hashes over ranges of ids, and only what lies in differing ranges is said again.
import { type Asides, asideOf, type Key, takenBack } from './asides.ts';
import { changedPart } from './changed-part.ts';
import type { ChangedProps, ElementProps, ElementRow, NodeId, NodeRow, Op } from './nodes.ts';

/** Ranges that the nodes of one document are divided into; a subtree was made at one time, so its ids lie together. */
export const MAX_RANGES = 512;
/** Ranges of constructed style sheets, whose ids are counted apart. */
export const SHEET_RANGES = 16;
/** Numbers in one list of sums. */
export const MAX_SUMS = 2 * (MAX_RANGES + SHEET_RANGES);

/** Hashes summed up by range: `[range, sum, range, sum…]`, ranges without any left out. */
export type Sums = number[];

/** What one side has of a document, by which the other finds what differs. */
export interface Account {
  /** Ids in one range. */
  width: number;
  sums: Sums;
}

/** The range of a node or aside. Sheets have the negative ones. */
export function rangeOf(key: Key, width: number): number {
  return key < 0 ? -1 - (-key % SHEET_RANGES) : Math.floor(key / width);
}

/** Sums up hashes by range. */
export function sumUp(
  shares: Iterable<readonly [key: Key, hash: number]>,
  width: number,
): Map<number, number> {
  const sums = new Map<number, number>();
  for (const [key, hash] of shares) {
    const range = rangeOf(key, width);
    sums.set(range, ((sums.get(range) ?? 0) + hash) | 0);
  }
  return sums;
}

/** @param highest the highest id among the shares, or above */
export function accountOf(
  shares: Iterable<readonly [key: Key, hash: number]>,
  highest: NodeId,
  ranges = MAX_RANGES,
): Account {
  const width = Math.max(1, Math.ceil((highest + 1) / ranges));
  return { width, sums: [...sumUp(shares, width)].flat() };
}

/** Ranges in which the sums differ. */
export function differingRanges(
  theirs: Account,
  mine: Iterable<readonly [key: Key, hash: number]>,
): Set<number> {
  const sums = sumUp(mine, theirs.width);
  for (let i = 0; i + 1 < theirs.sums.length; i += 2) {
    const range = theirs.sums[i]!;
    sums.set(range, ((sums.get(range) ?? 0) - theirs.sums[i + 1]!) | 0);
  }
  const differing = new Set<number>();
  for (const [range, difference] of sums) if (difference !== 0) differing.add(range);
  return differing;
}

/** A list of ids, each as difference to the one before. */
export function asSteps(ids: Iterable<NodeId>): number[] {
  const steps: number[] = [];
  let before = 0;
  for (const id of ids) {
    steps.push(id - before);
    before = id;
  }
  return steps;
}

/** The ids that such steps stand for. */
export function* fromSteps(steps: Iterable<number>): Generator<NodeId> {
  let id = 0;
  for (const step of steps) {
    id += step;
    yield id;
  }
}

/** The tree that is repaired. */
export interface Repaired {
  /** '' for a text, undefined for a node that is not there. */
  tag(id: NodeId): string | undefined;
  text(id: NodeId): string;
  attributes(id: NodeId): readonly string[];
  props(id: NodeId): ElementProps | undefined;
  children(id: NodeId): NodeId[];
  asides: Asides;
}

/** What was said does not make a whole: the document must be sent anew. */
export class Unrepairable extends Error {}

interface Stated {
  tag: string;
  text: string;
  attributes: string[];
  props: ElementProps | undefined;
  children: NodeId[];
}

/**
 * The ordinary operations that bring a tree to what was said again of some ranges.
 * @param ranges what lies in them and was not named is not there at the other side
 * @throws {Unrepairable}
 */
export function repairOps(
  said: readonly Op[],
  ranges: ReadonlySet<number>,
  width: number,
  tree: Repaired,
): Op[] {
  const { stated, asides } = readStated(said);
  const ops: Op[] = [];
  for (const [id, node] of stated) {
    const tag = tree.tag(id);
    if (tag === undefined) continue; // comes with the list that names it
    if (tag !== node.tag) throw new Unrepairable(`node ${id} is ${tag || 'a text'}`);
    if (tag === '') {
      if (tree.text(id) !== node.text) ops.push(['text', id, node.text]);
      continue;
    }
    const splice = spliceOf(id, tree.children(id), node.children, stated, tree);
    // Splices first: what is new is there before anything is said of it.
    if (splice) ops.unshift(splice);
    compareAttributes(id, tree.attributes(id), node.attributes, ops);
    const props = compareProps(tree.props(id), node.props);
    if (props) ops.push(['props', id, props]);
  }
  const again = new Set(asides.map((op) => asideOf(op)?.join(' ')));
  for (const [key, name] of tree.asides.all()) {
    if (!ranges.has(rangeOf(key, width)) || again.has(`${key} ${name}`)) continue;
    // It goes with its node.
    if (key > 0 && !stated.has(key)) continue;
    const op = takenBack(key, name);
    if (op) ops.push(op);
  }
  ops.push(...asides);
  return ops;
}

function readStated(said: readonly Op[]): { stated: Map<NodeId, Stated>; asides: Op[] } {
  const stated = new Map<NodeId, Stated>();
  const asides: Op[] = [];
  const get = (id: NodeId): Stated => {
    const node = stated.get(id);
    if (!node) throw new Unrepairable(`more of ${id}, which was not said`);
    return node;
  };
  for (const op of said) {
    switch (op[0]) {
      case 'node':
        stated.set(op[1], {
          tag: op[2],
          text: '',
          attributes: [...op[3]],
          props: op[4] ?? undefined,
          children: [],
        });
        break;
      case 'text':
        stated.set(op[1], { tag: '', text: op[2], attributes: [], props: undefined, children: [] });
        break;
      case 'list': {
        const { children } = get(op[1]);
        for (const id of fromSteps(op[2])) children.push(id);
        break;
      }
      case 'append': {
        const [, id, where, text] = op;
        if (where === '#rules' || where === '#sheet') asides.push(op);
        else goOn(get(id), where, text);
        break;
      }
      default:
        asides.push(op);
    }
  }
  return { stated, asides };
}

function goOn(node: Stated, where: string, text: string): void {
  if (where === '') node.text += text;
  else if (where === '.value' || where === '.picture') {
    const name = where.slice(1) as 'value' | 'picture';
    node.props = { ...node.props, [name]: (node.props?.[name] ?? '') + text };
  } else {
    const at = node.attributes.findIndex((name, i) => i % 2 === 0 && `@${name}` === where);
    if (at < 0) throw new Unrepairable('an attribute goes on that never began');
    node.attributes[at + 1] += text;
  }
}

/** One splice from the children that are there to those that were said. */
function spliceOf(
  id: NodeId,
  old: readonly NodeId[],
  now: readonly NodeId[],
  stated: ReadonlyMap<NodeId, Stated>,
  tree: Repaired,
): Op | undefined {
  const part = changedPart(old, now, (one, other) => one === other);
  if (!part) return undefined;
  const inserts = part.inserted.map((child) => {
    if (tree.tag(child) !== undefined) return child;
    const ids: NodeId[] = [];
    const rows: NodeRow[] = [];
    write(child, ids, rows, stated, tree);
    return { first: child, rows, ids: asSteps(ids) };
  });
  return ['children', id, part.start, part.removed, inserts];
}

/** Deeper than any document is: said in a circle. */
const MAX_DEPTH = 2_000;

/** Rows of a node that is new here, with all that is new in it. */
function write(
  top: NodeId,
  ids: NodeId[],
  rows: NodeRow[],
  stated: ReadonlyMap<NodeId, Stated>,
  tree: Repaired,
  depth = 0,
): void {
  if (tree.tag(top) !== undefined) {
    rows.push(top);
    return;
  }
  const node = stated.get(top);
  if (!node || depth > MAX_DEPTH) throw new Unrepairable(`node ${top} was not said`);
  ids.push(top);
  if (node.tag === '') {
    rows.push(node.text);
    return;
  }
  const row: ElementRow = [node.tag, node.attributes, node.children.length];
  if (node.props) row.push(node.props);
  rows.push(row);
  for (const child of node.children) write(child, ids, rows, stated, tree, depth + 1);
}

/** Operations that make one list of attributes of another. */
export function compareAttributes(
  id: NodeId,
  before: readonly string[],
  after: readonly string[],
  ops: Op[],
): void {
  const old = new Map<string, string>();
  for (let i = 0; i < before.length; i += 2) old.set(before[i]!, before[i + 1]!);
  for (let i = 0; i < after.length; i += 2) {
    if (old.get(after[i]!) !== after[i + 1]) ops.push(['attr', id, after[i]!, after[i + 1]!]);
    old.delete(after[i]!);
  }
  for (const name of old.keys()) ops.push(['attr', id, name, undefined]);
}

/** The properties that changed, `null` for those that went; undefined when none did. */
export function compareProps(
  before: ElementProps | undefined,
  after: ElementProps | undefined,
): ChangedProps | undefined {
  const changed: Record<string, unknown> = {};
  let some = false;
  const put = (name: string, value: unknown): void => {
    changed[name] = value;
    some = true;
  };
  for (const [name, value] of Object.entries(after ?? {})) {
    const old = before?.[name as keyof ElementProps];
    if (old !== value && (typeof value !== 'object' || JSON.stringify(old) !== JSON.stringify(value)))
      put(name, value);
  }
  for (const name of Object.keys(before ?? {}))
    if (after?.[name as keyof ElementProps] === undefined) put(name, null);
  return some ? (changed as ChangedProps) : undefined;
}
