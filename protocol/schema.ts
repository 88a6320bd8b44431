// Small decoders with limits: every message is described once, and the description is both its type and its validator.

/** Turns untrusted data into a value of T, or throws {@link Malformed}. Copies named fields only (no prototype can slip in). */
export type Decoder<T> = (value: unknown, path: string) => T;

/** The type a decoder yields. */
export type Decoded<D> = D extends Decoder<infer T> ? T : never;

/** The data does not have the declared shape; `path` says where. */
export class Malformed extends Error {
  readonly path: string;
  constructor(path: string, expected: string) {
    super(`${path || 'message'}: expected ${expected}`);
    this.name = 'Malformed';
    this.path = path;
  }
}

/** Text of at most `max` UTF-16 units. */
export function text(max: number): Decoder<string> {
  return (value, path) => {
    if (typeof value !== 'string' || value.length > max) throw new Malformed(path, `text of at most ${max}`);
    return value;
  };
}

/** An integer in [min, max]. */
export function integer(min: number, max: number): Decoder<number> {
  return (value, path) => {
    if (!Number.isInteger(value) || (value as number) < min || (value as number) > max)
      throw new Malformed(path, `integer in ${min}…${max}`);
    return value as number;
  };
}

/** A finite number in [min, max]. */
export function real(min: number, max: number): Decoder<number> {
  return (value, path) => {
    if (typeof value !== 'number' || !(value >= min && value <= max))
      throw new Malformed(path, `number in ${min}…${max}`);
    return value;
  };
}

export const flag: Decoder<boolean> = (value, path) => {
  if (typeof value !== 'boolean') throw new Malformed(path, 'true or false');
  return value;
};

/** Exactly one of the listed constants. */
export function oneOf<const T extends readonly (string | number)[]>(...allowed: T): Decoder<T[number]> {
  return (value, path) => {
    if (!allowed.includes(value as T[number])) throw new Malformed(path, `one of ${allowed.join(', ')}`);
    return value as T[number];
  };
}

/** A list of at most `max` items. */
export function list<T>(item: Decoder<T>, max: number): Decoder<T[]> {
  return (value, path) => {
    if (!Array.isArray(value) || value.length > max) throw new Malformed(path, `list of at most ${max}`);
    return value.map((entry, index) => item(entry, `${path}[${index}]`));
  };
}

/** A list of fixed length, each place with its own decoder; trailing optional places may be missing. */
export function tuple<const T extends readonly Decoder<unknown>[]>(
  ...places: T
): Decoder<{ -readonly [K in keyof T]: Decoded<T[K]> }> {
  return (value, path) => {
    if (!Array.isArray(value) || value.length > places.length)
      throw new Malformed(path, `list of ${places.length}`);
    return places.map((place, index) => place(value[index], `${path}[${index}]`)) as {
      -readonly [K in keyof T]: Decoded<T[K]>;
    };
  };
}

/** A record of at most `max` entries whose keys are texts of at most `maxKey`. */
export function record<T>(item: Decoder<T>, max: number, maxKey = 256): Decoder<Map<string, T>> {
  return (value, path) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value))
      throw new Malformed(path, 'object');
    const entries = Object.entries(value);
    if (entries.length > max) throw new Malformed(path, `at most ${max} entries`);
    return new Map(
      entries.map(([key, entry]) => {
        if (key.length > maxKey) throw new Malformed(path, `keys of at most ${maxKey}`);
        return [key, item(entry, `${path}.${key}`)];
      }),
    );
  };
}

/** Absent, or as described. */
export function optional<T>(inner: Decoder<T>): Decoder<T | undefined> {
  return (value, path) => (value === undefined || value === null ? undefined : inner(value, path));
}

type Shape = Record<string, Decoder<unknown>>;
type OptionalKeys<S extends Shape> = { [K in keyof S]: undefined extends Decoded<S[K]> ? K : never }[keyof S];
type Fields<S extends Shape> = { [K in Exclude<keyof S, OptionalKeys<S>>]: Decoded<S[K]> } & {
  [K in OptionalKeys<S>]?: Exclude<Decoded<S[K]>, undefined>;
};
/** What {@link object} yields for a shape. */
export type ObjectOf<S extends Shape> = { [K in keyof Fields<S>]: Fields<S>[K] };

/** An object with exactly the named fields; unknown fields are refused. */
export function object<S extends Shape>(shape: S): Decoder<ObjectOf<S>> {
  const names = Object.keys(shape);
  const known = new Set(names);
  return (value, path) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value))
      throw new Malformed(path, 'object');
    const source = value as Record<string, unknown>;
    for (const key of Object.keys(source))
      if (!known.has(key)) throw new Malformed(path ? `${path}.${key}` : key, 'no such field');
    const result: Record<string, unknown> = {};
    for (const name of names) {
      const field = shape[name]!(
        Object.hasOwn(source, name) ? source[name] : undefined,
        path ? `${path}.${name}` : name,
      );
      if (field !== undefined) result[name] = field;
    }
    return result as ObjectOf<S>;
  };
}

type Variants = Record<string, Decoder<object>>;
/** The union of all variants, each with its `type`. */
export type AnyOf<V extends Variants> = { [K in keyof V & string]: { type: K } & Decoded<V[K]> }[keyof V &
  string];

/** A message told apart by its `type`. */
export function variants<V extends Variants>(table: V): Decoder<AnyOf<V>> {
  return (value, path) => {
    if (typeof value !== 'object' || value === null) throw new Malformed(path, 'object');
    const { type, ...rest } = value as { type?: unknown };
    if (typeof type !== 'string' || !Object.hasOwn(table, type))
      throw new Malformed('type', 'a known message type');
    return { type, ...table[type]!(rest, '') } as AnyOf<V>;
  };
}

/** Parses and decodes a JSON text. @throws {Malformed} also where the text is no JSON. */
export function decodeJson<T>(decoder: Decoder<T>, json: string): T {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch {
    throw new Malformed('', 'JSON');
  }
  return decoder(value, '');
}
