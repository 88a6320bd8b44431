// The rolling digest: an incremental sum of node hashes, computed alike by recorder, gateway and mirror.

const PRIME = 0x01000193;

/** 32-bit FNV-1a over UTF-16 units, chained through `seed`. */
export function hashText(text: string, seed = 0x811c9dc5): number {
  let hash = seed | 0;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), PRIME);
  return hash;
}

/** Chains a number into a hash. */
export function hashNumber(value: number, seed: number): number {
  let hash = Math.imul(seed ^ (value & 0xffff), PRIME);
  hash = Math.imul(hash ^ (value >>> 16), PRIME);
  return hash;
}

/** Hash of one text node. */
export function hashTextNode(id: number, text: string): number {
  return hashText(text, hashNumber(id, 0x7e47));
}

/** Hash of a set of attributes or properties: a sum, so that order does not count. */
export function hashPair(name: string, value: string): number {
  return hashText(value, hashText(name, 0x61747472));
}

/**
 * Hash of one element, shadow root or document: its id, tag, the sum of {@link hashPair} over attributes and properties,
 * and its children's ids in order.
 */
export function hashElement(id: number, tag: string, pairs: number, children: ArrayLike<number>): number {
  let hash = hashText(tag, hashNumber(id, 0x656c));
  hash = hashNumber(pairs, hash);
  for (let i = 0; i < children.length; i++) hash = hashNumber(children[i]!, hash);
  return hash;
}

/** The digest after a node's hash changed from `before` to `after` (0 where the node was not there). */
export function advance(digest: number, before: number, after: number): number {
  return (digest - before + after) | 0;
}

/** Sum of the pairs of attributes as written in a row: name, value, name, value… */
export function hashAttributes(attributes: ArrayLike<string>): number {
  let sum = 0;
  for (let i = 0; i + 1 < attributes.length; i += 2)
    sum = (sum + hashPair(attributes[i]!, attributes[i + 1]!)) | 0;
  return sum;
}

const { keys } = Object;

/** Chains a value of JSON, in whatever order its keys come; what is undefined or null counts as absent. */
export function hashValue(value: unknown, seed: number): number {
  if (typeof value !== 'object') return hashText(String(value), seed);
  let sum = seed;
  for (const key of keys(value ?? {})) {
    const inner = (value as Record<string, unknown>)[key];
    if (inner !== undefined && inner !== null) sum = (sum + hashValue(inner, hashText(key, seed))) | 0;
  }
  return sum;
}

/** The share of one property in the sum of pairs. */
export function hashProp(name: string, value: unknown): number {
  return hashValue(value, hashText(name, 0x2e));
}

/** Sum of the shares of properties, as they were said. Where a medium that plays has got to is nobody's to say. */
export function hashProps(props: { readonly [name: string]: unknown } | undefined): number {
  if (props === undefined) return 0;
  let sum = 0;
  for (const name of keys(props)) {
    const value = props[name] as { paused?: boolean } | null | undefined;
    if (value === undefined || value === null) continue;
    const timeless = name === 'media' && !value.paused ? { ...value, time: 0 } : value;
    sum = (sum + hashProp(name, timeless)) | 0;
  }
  return sum;
}
