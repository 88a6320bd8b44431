// Asides: what a document says beside its nodes (title, view, style sheets, states …), with their share in the digest.
import { hashNumber, hashText } from './digest.ts';
import type { NodeId, Op } from './nodes.ts';

/**
 * What an aside belongs to: the id of its element or root; 0 for the document; the negative id of a constructed style sheet.
 * Nodes and asides share the ranges of a repair by it.
 */
export type Key = number;

interface Aside {
  hash: number;
  /** The operation that says it whole; kept only where it may have to be said again. */
  op: Op | undefined;
}

/** Names of asides are those of their operations; states are told apart by their kind. */
type Said = [key: Key, name: string, text: string | undefined, numbers: readonly number[]];

const NO_NUMBERS: readonly number[] = [];

/** What an operation says beside the nodes; undefined where it says nothing of the kind. No text and no numbers: back to none. */
function read(op: Op): Said | undefined {
  switch (op[0]) {
    case 'title':
    case 'url':
    case 'base':
      return [0, op[0], op[1], NO_NUMBERS];
    case 'view':
      return [0, 'view', '', [Math.round(op[1]), Math.round(op[2]), Math.round(op[3] * 1_000)]];
    case 'state':
      return [0, `state ${op[1]}`, undefined, op[2] === 0 ? NO_NUMBERS : [op[2]]];
    case 'select':
      return [0, 'select', undefined, op[1] === 0 ? NO_NUMBERS : [op[1], op[2], op[3], op[4]]];
    case 'sheet':
      return [-op[1], 'sheet', op[2], NO_NUMBERS];
    case 'adopt':
      return [op[1], 'adopt', undefined, op[2]];
    case 'rules':
      return [op[1], 'rules', op[2] ?? undefined, NO_NUMBERS];
    case 'frame':
      // By number: the gateway's word that it is empty. Followers know by `mirror.frame` what is in it.
      return typeof op[2] === 'number' ? undefined : [op[1], 'frame', op[2] || undefined, NO_NUMBERS];
  }
  return undefined;
}

/** The operation by which an aside that nobody says any more is taken back; undefined where there always is one. */
export function takenBack(key: Key, name: string): Op | undefined {
  switch (name) {
    case 'adopt':
      return ['adopt', key, []];
    case 'rules':
      return ['rules', key, undefined];
    case 'frame':
      return ['frame', key, ''];
    case 'select':
      return ['select', 0, 0, 0, 0];
  }
  if (name.startsWith('state ')) return ['state', name.slice(6), 0] as Op;
  return undefined;
}

export class Asides {
  /** Sum of all shares. */
  digest = 0;
  readonly #keep: boolean;
  readonly #asides = new Map<Key, Map<string, Aside>>();
  /** Nodes that states and the selection name: these go with them. */
  readonly #named = new Map<string, readonly NodeId[]>();

  /** @param keep whether {@link again} can say them again */
  constructor(keep = false) {
    this.#keep = keep;
  }

  /** Takes note of an operation that was said, or heard. */
  note(op: Op): void {
    if (op[0] === 'append') {
      this.#goesOn(op);
      return;
    }
    const said = read(op);
    if (!said) return;
    const [key, name, text, numbers] = said;
    this.#drop(key, name);
    if (text === undefined && numbers.length === 0) return;
    let hash = hashText(name, hashNumber(key, 0x6173));
    for (const number of numbers) hash = hashNumber(number, hash);
    hash = hashText(text ?? '', hash);
    if (key === 0 && text === undefined)
      this.#named.set(name, numbers.length > 1 ? [numbers[0]!, numbers[2]!] : numbers);
    this.#put(key, name, { hash, op: this.#keep ? op : undefined });
  }

  #goesOn([, id, where, text]: Extract<Op, ['append', ...unknown[]]>): void {
    const isSheet = where === '#sheet';
    if (!isSheet && where !== '#rules') return;
    const key = isSheet ? -id : id;
    const name = isSheet ? 'sheet' : 'rules';
    const before = this.#asides.get(key)?.get(name);
    if (!before) return;
    this.#drop(key, name);
    const { op } = before;
    this.#put(key, name, {
      hash: hashText(text, before.hash),
      op: op && ([name, id, `${op[2] as string}${text}`] as Op),
    });
  }

  #put(key: Key, name: string, aside: Aside): void {
    const asides = this.#asides.get(key);
    if (asides) asides.set(name, aside);
    else this.#asides.set(key, new Map([[name, aside]]));
    this.digest = (this.digest + aside.hash) | 0;
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

  /** Key and name of each. */
  *names(): Generator<[key: Key, name: string, op: Op | undefined]> {
    for (const [key, asides] of this.#asides) for (const [name, { op }] of asides) yield [key, name, op];
  }
}
