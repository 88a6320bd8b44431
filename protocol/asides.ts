// Asides: what a document says beside its nodes (title, view, style sheets, states …), with their share in the digest.
import { goneOn, toldOn } from './animations.ts';
import { hashNumber, hashText, hashValue } from './digest.ts';
import type { NodeId, Op } from './nodes.ts';

/**
 * What an aside belongs to: the id of its element or root; 0 for the document; the negative id of a constructed style sheet.
 * Nodes and asides share the ranges of a repair by it.
 */
export type Key = number;

interface Aside {
  hash: number;
  /** The operation that says it whole, and when it was said (ms of the clock); kept only where it may have to be said again. */
  op: Op | undefined;
  at: number;
}

/** Whose aside an operation is, and its name: that of the operation, with what tells several apart. Undefined for what is none. */
export function asideOf(op: Op): [key: Key, name: string] | undefined {
  switch (op[0]) {
    case 'title':
    case 'url':
    case 'base':
    case 'view':
    case 'select':
      return [0, op[0]];
    case 'state':
    case 'font':
      return [0, `${op[0]} ${op[1]}`];
    case 'sheet':
      return [-op[1], 'sheet'];
    case 'animate':
      return [op[1], `animate ${op[2]}`];
    case 'adopt':
    case 'rules':
      return [op[1], op[0]];
    case 'frame':
      // By number it is the gateway's word that the frame is empty; followers know by `mirror.frame` what is in it.
      return typeof op[2] === 'number' ? undefined : [op[1], 'frame'];
  }
  return undefined;
}

/** Whether an operation says that there is no such aside. */
function isNone(op: Op): boolean {
  switch (op[0]) {
    case 'state':
      return op[2] === 0;
    case 'select':
      return op[1] === 0;
    case 'adopt':
      return op[2].length === 0;
    case 'frame':
      return op[2] === '';
    case 'rules':
    case 'font':
      return op[2] === undefined || op[2] === null;
    case 'animate':
      return op[3] === undefined || op[3] === null;
  }
  return false;
}

/** The operation by which an aside that nobody says any more is taken back; undefined where there always is one. */
export function takenBack(key: Key, name: string): Op | undefined {
  const [kind, which] = name.split(' ');
  switch (kind) {
    case 'adopt':
      return ['adopt', key, []];
    case 'rules':
      return ['rules', key, undefined];
    case 'frame':
      return ['frame', key, ''];
    case 'select':
      return ['select', 0, 0, 0, 0];
    case 'state':
      return ['state', which, 0] as Op;
    case 'font':
      return ['font', Number(which), undefined];
    case 'animate':
      return ['animate', key, Number(which), undefined];
  }
  return undefined;
}

/** What a document says of itself at its beginning. */
export function openingAsides(opened: {
  url: string;
  title: string;
  base?: string | undefined;
  view: { width: number; height: number; ratio: number };
}): Op[] {
  const { url, title, base, view } = opened;
  return [
    ['url', url],
    ['title', title],
    ['base', base ?? url],
    ['view', view.width, view.height, view.ratio] as readonly unknown[] as Op,
  ];
}

/** What of an animation is told once, and has a share of its own. */
const PARTS = ['keyframes', 'timing'] as const;

export class Asides {
  /** Sum of all shares. */
  digest = 0;
  readonly #clock: (() => number) | undefined;
  readonly #asides = new Map<Key, Map<string, Aside>>();
  /** Nodes that states and the selection name: these go with them. */
  readonly #named = new Map<string, readonly NodeId[]>();

  /** @param clock ms, never set back; with it {@link all} can say them again */
  constructor(clock?: () => number) {
    this.#clock = clock;
  }

  /** Takes note of an operation that was said, or heard. */
  note(op: Op): void {
    if (op[0] === 'append') {
      this.#goesOn(op);
      return;
    }
    const of = asideOf(op);
    if (!of) return;
    const [key, name] = of;
    const before = this.#asides.get(key)?.get(name);
    if (op[0] === 'animate') {
      this.#noteParts(key, name, op, before?.op);
      return;
    }
    this.#drop(key, name);
    if (isNone(op)) return;
    let hash = hashText(name, hashNumber(key, 0x6173));
    // A text comes last, so that it can go on.
    if (op[0] === 'sheet' || op[0] === 'rules') hash = hashText(op[2] ?? '', hash);
    else hash = hashValue(op, hash);
    if (op[0] === 'state') this.#named.set(name, [op[2]]);
    else if (op[0] === 'select') this.#named.set(name, [op[1], op[3]]);
    this.#put(key, name, hash, op);
  }

  /** Of an animation, keyframes and timing stay as they were where they are not told; where it is just now is nobody's to say. */
  #noteParts(
    key: Key,
    name: string,
    op: Extract<Op, ['animate', ...unknown[]]>,
    before: Op | undefined,
  ): void {
    const [kind, id, number, state] = op;
    this.#drop(key, name);
    if (!state) {
      for (const part of PARTS) this.#drop(key, `${name} ${part}`);
      return;
    }
    const { time: _time, keyframes: _keyframes, timing: _timing, ...rest } = state;
    const hashOf = (what: string, value: unknown): number =>
      hashValue(value, hashText(what, hashNumber(number, hashNumber(key, 0x616e))));
    for (const part of PARTS) {
      if (!state[part]) continue;
      this.#drop(key, `${name} ${part}`);
      this.#put(key, `${name} ${part}`, hashOf(part, state[part]), undefined);
    }
    const told = before?.[0] === 'animate' ? (before[3] ?? undefined) : undefined;
    this.#put(key, name, hashOf('', rest), [kind, id, number, toldOn(told, state)]);
  }

  #goesOn([, id, where, text]: Extract<Op, ['append', ...unknown[]]>): void {
    const isSheet = where === '#sheet';
    if (!isSheet && where !== '#rules') return;
    const key = isSheet ? -id : id;
    const name = isSheet ? 'sheet' : 'rules';
    const before = this.#asides.get(key)?.get(name);
    if (!before) return;
    this.#drop(key, name);
    this.#put(key, name, hashText(text, before.hash), [
      name,
      id,
      `${(before.op?.[2] as string) ?? ''}${text}`,
    ]);
  }

  #put(key: Key, name: string, hash: number, op: Op | undefined): void {
    const aside: Aside = { hash, op: this.#clock && op, at: this.#clock?.() ?? 0 };
    const asides = this.#asides.get(key);
    if (asides) asides.set(name, aside);
    else this.#asides.set(key, new Map([[name, aside]]));
    this.digest = (this.digest + hash) | 0;
  }

  #drop(key: Key, name: string): void {
    const asides = this.#asides.get(key);
    const aside = asides?.get(name);
    if (!asides || !aside) return;
    this.digest = (this.digest - aside.hash) | 0;
    asides.delete(name);
    if (asides.size === 0) this.#asides.delete(key);
    if (key === 0) this.#named.delete(name);
  }

  /** A node is gone, and with it what was said of it. */
  forget(id: NodeId): void {
    const asides = this.#asides.get(id);
    if (asides) for (const name of [...asides.keys()]) this.#drop(id, name);
    for (const [name, nodes] of this.#named) if (nodes.includes(id)) this.#drop(0, name);
  }

  clear(): void {
    this.#asides.clear();
    this.#named.clear();
    this.digest = 0;
  }

  /** The shares by key. */
  *shares(): Generator<[key: Key, hash: number]> {
    for (const [key, asides] of this.#asides) for (const { hash } of asides.values()) yield [key, hash];
  }

  /** All of them; with the operation that says it again, where it is kept. */
  *all(): Generator<[key: Key, name: string, op: Op | undefined]> {
    for (const [key, asides] of this.#asides)
      for (const [name, { op, at }] of asides) yield [key, name, op && this.#asOfNow(op, at)];
  }

  /** A running animation has gone on since it was told. */
  #asOfNow(op: Op, at: number): Op {
    if (op[0] !== 'animate' || !op[3] || !this.#clock) return op;
    return ['animate', op[1], op[2], goneOn(op[3], this.#clock() - at)];
  }
}
