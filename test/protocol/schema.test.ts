// Decoders: limits hold at value−1, value, value+1; unknown fields and prototypes do not get in.
import { describe, expect, it } from 'vitest';
import {
  decodeJson,
  flag,
  integer,
  list,
  Malformed,
  object,
  oneOf,
  optional,
  real,
  record,
  text,
  tuple,
  variants,
} from '../../protocol/schema.ts';

const accepts = (decode: () => unknown) => {
  try {
    decode();
    return true;
  } catch (error) {
    if (error instanceof Malformed) return false;
    throw error;
  }
};

describe('limits', () => {
  it.each([
    [2, true],
    [3, true],
    [4, false],
  ])('text and lists of at most 3 with length %i: %s', (length, ok) => {
    expect(accepts(() => text(3)('x'.repeat(length), ''))).toBe(ok);
    expect(accepts(() => list(flag, 3)(Array(length).fill(true), ''))).toBe(ok);
    expect(
      accepts(() => record(flag, 3)(Object.fromEntries(Array.from({ length }, (_, i) => [i, true])), '')),
    ).toBe(ok);
  });

  it.each([
    [-1, false],
    [0, true],
    [9, true],
    [10, false],
    [1.5, false],
    [Number.NaN, false],
    ['1', false],
  ])('integer in 0…9: %s is %s', (value, ok) => {
    expect(accepts(() => integer(0, 9)(value, ''))).toBe(ok);
  });

  it('refuses NaN and infinities as real numbers', () => {
    expect(accepts(() => real(-1e9, 1e9)(Number.NaN, ''))).toBe(false);
    expect(accepts(() => real(-1e9, 1e9)(Number.POSITIVE_INFINITY, ''))).toBe(false);
    expect(real(-1e9, 1e9)(0.5, '')).toBe(0.5);
  });
});

describe('objects', () => {
  const point = object({ x: integer(0, 9), label: optional(text(5)) });

  it('yields exactly the declared fields', () => {
    expect(point({ x: 1 }, '')).toEqual({ x: 1 });
    expect(point({ x: 1, label: 'a' }, '')).toEqual({ x: 1, label: 'a' });
  });

  it('says where the fault is', () => {
    expect(() => object({ a: object({ b: integer(0, 1) }) })({ a: { b: 5 } }, '')).toThrow(
      /a\.b: expected integer/,
    );
    expect(() => point({ x: 1, y: 2 }, '')).toThrow(/y: expected no such field/);
  });

  it('lets no prototype in', () => {
    expect(accepts(() => decodeJson(point, '{"x":1,"__proto__":{"polluted":true}}'))).toBe(false);
    const open = decodeJson(record(flag, 5), '{"__proto__":true}');
    expect([...open.keys()]).toEqual(['__proto__']);
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
  });

  it('does not read inherited fields', () => {
    expect(accepts(() => point(Object.create({ x: 1 }), ''))).toBe(false);
  });
});

describe('variants', () => {
  const message = variants({ 'a.said': object({ text: text(5) }), 'b.done': object({}) });

  it('tells messages apart by type', () => {
    expect(decodeJson(message, '{"type":"a.said","text":"hi"}')).toEqual({ type: 'a.said', text: 'hi' });
    expect(decodeJson(message, '{"type":"b.done"}')).toEqual({ type: 'b.done' });
  });

  it.each([
    '{"type":"c"}',
    '{"type":"toString"}',
    '{}',
    'null',
    '[]',
    '"a.said"',
    '{',
    '{"type":"b.done","x":1}',
  ])('refuses %s', (json) => expect(accepts(() => decodeJson(message, json))).toBe(false));
});

describe('tuples and constants', () => {
  it('decodes each place with its own decoder', () => {
    const decode = tuple(oneOf('text'), integer(0, 9), optional(text(5)));
    expect(decode(['text', 1, 'x'], '')).toEqual(['text', 1, 'x']);
    expect(decode(['text', 1], '')).toEqual(['text', 1, undefined]);
    expect(accepts(() => decode(['attr', 1], ''))).toBe(false);
    expect(accepts(() => decode(['text', 1, 'x', 2], ''))).toBe(false);
  });
});
