// Reads the YAML text under limits, as plain data, and knows the line of everything in it.
import { isDeepStrictEqual } from 'node:util';
import {
  type Document,
  isAlias,
  isMap,
  isPair,
  isScalar,
  isSeq,
  LineCounter,
  parseDocument,
  visit,
} from 'yaml';
import { type Item, insertItem } from './yaml-insert.ts';

const MAX_BYTES = 1024 * 1024;
const MAX_DEPTH = 32;
const TOO_DEEP = `The file is nested more than ${MAX_DEPTH} levels deep.`;
/** Keys that would reach a prototype where some code assigns by name. */
const FORBIDDEN_KEYS = new Set(['__proto__', 'constructor', 'prototype']);

/** Where in the data: keys and indexes from the root. */
export type Path = readonly (string | number)[];

/** A fault, before the file's name is known. */
export interface Fault {
  line: number;
  message: string;
}

/** Sentences for the faults that the parser itself finds; others keep the parser's own words. */
const SENTENCES: Record<string, string> = {
  DUPLICATE_KEY: 'This key is given twice.',
  TAG_RESOLVE_FAILED: 'Tags (a word after "!") are not possible here.',
  MULTIPLE_DOCS: 'There may be only one document in the file; remove the "---" line.',
  TAB_AS_INDENT: 'Indent with spaces, not with tabs.',
  BAD_INDENT: 'The indentation does not fit the lines above.',
  MISSING_CHAR: 'A quote, bracket or comma is missing.',
  ALIAS_PROPS: 'Aliases and anchors are not possible here.',
};

/**
 * Whether the text nests so deep that parsing it alone would take seconds: brackets, or dashes one behind the other. Rough on
 * purpose (it also counts what is in quotes), so its limit is far above {@link MAX_DEPTH}.
 */
function isFarTooDeep(text: string): boolean {
  const limit = 20 * MAX_DEPTH;
  let depth = 0;
  for (let i = 0; i < text.length; i++) {
    const sign = text[i];
    if (sign === '[' || sign === '{') {
      if (++depth > limit) return true;
    } else if ((sign === ']' || sign === '}') && depth > 0) depth--;
  }
  return /^ *(?:[-?] +){100}/m.test(text);
}

/** A parsed file. `data` holds only what {@link readYaml} let through: plain objects, lists, text, numbers, booleans, null. */
export class YamlSource {
  readonly text: string;
  readonly data: unknown;
  readonly #document: Document;
  readonly #lines: LineCounter;

  constructor(text: string, document: Document, lines: LineCounter) {
    this.text = text;
    this.#document = document;
    this.#lines = lines;
    this.data = document.toJS({ maxAliasCount: 0 });
  }

  /** The line of the value at a path, or of the nearest thing above it that is in the file. */
  lineOf(path: Path): number {
    for (let length = path.length; length > 0; length--) {
      const node = this.#document.getIn(path.slice(0, length), true);
      const start = (node as { range?: [number, number, number] } | undefined)?.range?.[0];
      if (start !== undefined) return this.#lines.linePos(start).line;
    }
    return 1;
  }

  /** The line of a key of the mapping at a path. */
  lineOfKey(path: Path, key: string): number {
    const map = path.length === 0 ? this.#document.contents : this.#document.getIn(path, true);
    const pair = isMap(map)
      ? map.items.find((item) => isScalar(item.key) && item.key.value === key)
      : undefined;
    const start = isScalar(pair?.key) ? pair.key.range?.[0] : undefined;
    return start === undefined ? this.lineOf(path) : this.#lines.linePos(start).line;
  }

  /**
   * The text with one flag changed. Where the file has it, only its word is replaced, so that comments and layout stay to the
   * byte; where it has not, it is added.
   */
  withFlag(path: Path, on: boolean): string {
    const node = this.#document.getIn(path, true);
    const range = isScalar(node) && typeof node.value === 'boolean' ? node.range : undefined;
    if (range) return this.text.slice(0, range[0]) + String(on) + this.text.slice(range[1]);
    const changed = this.#document.clone();
    changed.setIn(path, on);
    return changed.toString({ lineWidth: 0 });
  }

  /**
   * The text with one item more at the end of a list; everything else stays to the byte, comments and layout too, unless the file
   * is laid out in a way that we cannot follow: then comments stay.
   * @param before key behind which the list begins where there is none yet
   */
  withItem(path: Path, item: Item, before: string): string {
    const changed = this.#document.clone() as Document;
    if (isSeq(changed.getIn(path, true))) changed.addIn(path, changed.createNode(item));
    else changed.setIn(path, changed.createNode([item]));
    const text = insertItem(this.text, this.#document, path, item, before);
    const read = text === undefined ? undefined : readYaml(text);
    const isSame =
      read !== undefined &&
      'source' in read &&
      isDeepStrictEqual(read.source.data, changed.toJS({ maxAliasCount: 0 }));
    return text !== undefined && isSame
      ? text
      : changed.toString({ lineWidth: 0, flowCollectionPadding: false });
  }
}

/**
 * Parses YAML 1.2 (core schema): at most 1 MiB and 32 levels, one document, no aliases, anchors, tags, merge keys or doubled
 * keys; keys are texts that name no part of a prototype.
 */
export function readYaml(text: string): { source: YamlSource } | { faults: Fault[] } {
  const refuse = (message: string) => ({ faults: [{ line: 1, message }] });
  if (Buffer.byteLength(text) > MAX_BYTES) return refuse('The file is larger than 1 MiB.');
  if (isFarTooDeep(text)) return refuse(TOO_DEEP);
  const lines = new LineCounter();
  const faults: Fault[] = [];
  const add = (offset: number | undefined, message: string) =>
    faults.push({ line: Math.max(1, lines.linePos(offset ?? 0).line), message });
  let document: Document;
  try {
    document = parseDocument(text, {
      version: '1.2',
      schema: 'core',
      strict: true,
      uniqueKeys: true,
      merge: false,
      prettyErrors: false,
      lineCounter: lines,
    });
    for (const error of [...document.errors, ...document.warnings])
      add(error.pos[0], SENTENCES[error.code] ?? `This is not valid YAML (${error.message.split('\n')[0]}).`);
    refuseTraps(document, add);
  } catch (error) {
    if (error instanceof RangeError) return refuse(TOO_DEEP); // the end of the stack
    throw error;
  }
  if (faults.length > 0) return { faults: faults.sort((a, b) => a.line - b.line) };
  return { source: new YamlSource(text, document, lines) };
}

function refuseTraps(document: Document, add: (offset: number | undefined, message: string) => void): void {
  visit(document, (_key, node, path) => {
    if (isPair(node)) {
      const key = node.key;
      const name = isScalar(key) ? key.value : undefined;
      const offset = (key as { range?: [number, number, number] } | null)?.range?.[0];
      if (typeof name !== 'string') add(offset, 'Keys must be plain words.');
      else if (FORBIDDEN_KEYS.has(name)) add(offset, `The key "${name}" is not possible here.`);
      return undefined;
    }
    const offset = (node as { range?: [number, number, number] } | null)?.range?.[0];
    if (isAlias(node) || (node as { anchor?: string } | null)?.anchor !== undefined)
      add(offset, 'Aliases and anchors are not possible here.');
    const levels = path.filter((above) => isMap(above) || isSeq(above)).length;
    if (levels > MAX_DEPTH) {
      add(offset, TOO_DEEP);
      return visit.SKIP;
    }
    return undefined;
  });
}
