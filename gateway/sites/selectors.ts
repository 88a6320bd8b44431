// The restricted selectors of masks: type, class, id, attribute, descendant, child. Compiled at config load, evaluated on any tree.

/** One `[name operator "value"]`. */
export interface AttributeTest {
  /** Lower case. */
  name: string;
  operator: 'exists' | '=' | '~=' | '|=' | '^=' | '$=' | '*=';
  value: string;
  ignoreCase: boolean;
}

/** What one element must fulfil, e.g. `input.card[name="number"]`. */
export interface Compound {
  /** Lower case; undefined: any element. */
  tag?: string;
  ids: string[];
  classes: string[];
  attributes: AttributeTest[];
}

/** How a compound stands to the one on its left. */
export type Combinator = 'descendant' | 'child';

/** A compiled selector. `steps` are in the order written; the combinator of the first is `descendant` and means nothing. */
export interface Selector {
  text: string;
  steps: { combinator: Combinator; compound: Compound }[];
}

/** The selector is not in the restricted grammar; the message is a sentence for the operator. */
export class SelectorError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'SelectorError';
  }
}

const MAX_LENGTH = 500;
const MAX_STEPS = 16;
/** An identifier; a backslash before a sign that is no hex digit stands for that sign (`md\:flex`). */
const IDENTIFIER = /-?(?:[A-Za-z_\u0080-\uffff]|\\[^0-9a-fA-F\n])(?:[\w\u0080-\uffff-]|\\[^0-9a-fA-F\n])*/y;
const ATTRIBUTE =
  /\[\s*([A-Za-z_][\w:.-]*)\s*(?:([~|^$*]?=)\s*("[^"\\\n]*"|'[^'\\\n]*'|[\w-]+)\s*([iIsS])?\s*)?\]/y;
const COMBINATOR = /\s*>\s*|\s+/y;

/** Attributes whose values HTML compares without case unless told otherwise (HTML 4.16.2 "case-sensitivity of selectors"). */
const CASELESS = new Set(
  (
    'accept accept-charset align alink axis bgcolor charset checked clear codetype color compact declare defer dir ' +
    'direction disabled enctype face frame hreflang http-equiv lang language link media method multiple nohref noresize ' +
    'noshade nowrap readonly rel rev rules scope scrolling selected shape target text type valign valuetype vlink'
  ).split(' '),
);

const OUTSIDE: [sign: RegExp, sentence: string][] = [
  [/^,/, 'lists with a comma are not possible here; write each selector as its own entry'],
  [/^::?/, 'pseudo-classes and pseudo-elements are not possible here'],
  [/^\*/, '"*" is not possible here; name a type, class, id or attribute'],
  [/^[+~]/, 'sibling combinators are not possible here; only descendants (space) and children (">")'],
  [/^\[/, 'this attribute part is not well formed'],
];

/**
 * Compiles one selector of the restricted grammar.
 * @throws {SelectorError} with a sentence that says what is not possible
 */
export function compileSelector(text: string): Selector {
  const source = text.trim();
  if (source === '') throw new SelectorError('The selector is empty.');
  if (source.length > MAX_LENGTH)
    throw new SelectorError(`The selector is longer than ${MAX_LENGTH} characters.`);
  const steps: Selector['steps'] = [];
  let at = 0;
  let combinator: Combinator = 'descendant';
  for (;;) {
    const read = readCompound(source, at);
    steps.push({ combinator, compound: read.compound });
    if (steps.length > MAX_STEPS) throw new SelectorError(`The selector has more than ${MAX_STEPS} parts.`);
    at = read.end;
    if (at === source.length) return { text: source, steps };
    COMBINATOR.lastIndex = at;
    const gap = COMBINATOR.exec(source);
    if (!gap) throw refuse(source, at);
    combinator = gap[0].includes('>') ? 'child' : 'descendant';
    at = COMBINATOR.lastIndex;
  }
}

function refuse(source: string, at: number): SelectorError {
  const rest = source.slice(at);
  const known = OUTSIDE.find(([sign]) => sign.test(rest))?.[1] ?? 'this is not understood';
  const where = rest === '' ? 'at the end' : `at "${rest.slice(0, 20)}"`;
  return new SelectorError(`The selector "${source.slice(0, 80)}" cannot be used: ${where}, ${known}.`);
}

function readCompound(source: string, start: number): { compound: Compound; end: number } {
  const compound: Compound = { ids: [], classes: [], attributes: [] };
  let at = start;
  const identifier = (from: number): string => {
    IDENTIFIER.lastIndex = from;
    const match = IDENTIFIER.exec(source);
    if (!match) throw refuse(source, from);
    at = IDENTIFIER.lastIndex;
    return match[0].replace(/\\(.)/g, '$1');
  };
  for (;;) {
    const sign = source[at];
    if (sign === '.') compound.classes.push(identifier(at + 1));
    else if (sign === '#') compound.ids.push(identifier(at + 1));
    else if (sign === '[') {
      ATTRIBUTE.lastIndex = at;
      const match = ATTRIBUTE.exec(source);
      if (!match) throw refuse(source, at);
      at = ATTRIBUTE.lastIndex;
      compound.attributes.push(attributeTest(match));
    } else if (at === start) compound.tag = identifier(at).toLowerCase();
    else return { compound, end: at };
  }
}

function attributeTest(match: RegExpExecArray): AttributeTest {
  const name = match[1]!.toLowerCase();
  const flag = match[4]?.toLowerCase();
  return {
    name,
    operator: (match[2] as AttributeTest['operator'] | undefined) ?? 'exists',
    value: (match[3] ?? '').replace(/^(["'])(.*)\1$/s, '$2'),
    ignoreCase: flag === 'i' || (flag === undefined && CASELESS.has(name)),
  };
}

/** How to read the elements of some tree. */
export interface ElementReader<E> {
  /** Local name; its case does not matter. */
  tag(element: E): string;
  attribute(element: E, name: string): string | null | undefined;
  /** The parent element within the same tree (a shadow root ends it), or undefined. */
  parent(element: E): E | null | undefined;
}

/** Whether an element matches. Time is linear in its depth, whatever the selector. */
export function matchesSelector<E>(selector: Selector, element: E, reader: ElementReader<E>): boolean {
  const { steps } = selector;
  const last = steps.length - 1;
  if (!matchesCompound(steps[last]!.compound, element, reader)) return false;
  if (last === 0) return true;
  const path: E[] = [];
  for (let up = reader.parent(element); up; up = reader.parent(up)) path.push(up);
  // From the root down: `anywhere[i]` when some ancestor so far ends a match of steps 0…i, `above[i]` when the one just above does.
  const anywhere = new Array<boolean>(last).fill(false);
  let above = new Array<boolean>(last).fill(false);
  for (let depth = path.length - 1; depth >= 0; depth--) {
    const here = steps.slice(0, last).map(({ combinator, compound }, i) => {
      const joined = i === 0 || (combinator === 'child' ? above[i - 1]! : anywhere[i - 1]!);
      return joined && matchesCompound(compound, path[depth]!, reader);
    });
    for (let i = 0; i < last; i++) anywhere[i] ||= here[i]!;
    above = here;
  }
  return steps[last]!.combinator === 'child' ? above[last - 1]! : anywhere[last - 1]!;
}

/** Whether an element fulfils one compound. */
export function matchesCompound<E>(compound: Compound, element: E, reader: ElementReader<E>): boolean {
  if (compound.tag !== undefined && reader.tag(element).toLowerCase() !== compound.tag) return false;
  if (compound.ids.length > 0) {
    const id = reader.attribute(element, 'id');
    if (!compound.ids.every((wanted) => wanted === id)) return false;
  }
  if (compound.classes.length > 0) {
    const words = new Set((reader.attribute(element, 'class') ?? '').split(/[\t\n\f\r ]+/));
    if (!compound.classes.every((wanted) => words.has(wanted))) return false;
  }
  return compound.attributes.every((test) => fulfils(test, reader.attribute(element, test.name)));
}

function fulfils(test: AttributeTest, present: string | null | undefined): boolean {
  if (present === null || present === undefined) return false;
  if (test.operator === 'exists') return true;
  const actual = test.ignoreCase ? present.toLowerCase() : present;
  const value = test.ignoreCase ? test.value.toLowerCase() : test.value;
  switch (test.operator) {
    case '=':
      return actual === value;
    case '~=':
      return value !== '' && actual.split(/[\t\n\f\r ]+/).includes(value);
    case '|=':
      return actual === value || actual.startsWith(`${value}-`);
    case '^=':
      return value !== '' && actual.startsWith(value);
    case '$=':
      return value !== '' && actual.endsWith(value);
    case '*=':
      return value !== '' && actual.includes(value);
  }
}
