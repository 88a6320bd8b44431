// The start tag that is being read: its name and the places of its attributes, of which only those of interest are ever looked at.
import { decodeReferences } from '../links.ts';
import type { SplicedSource } from './spliced-source.ts';

/** One attribute, by positions in the source. */
export interface Attribute {
  /** In lower case. */
  name: string;
  nameStart: number;
  /** -1 where there is no value. */
  valueStart: number;
  valueEnd: number;
  /** Behind the closing quote. */
  end: number;
}

/** Attributes that hold one URL. `data` counts only on `<object>`. */
export const URL_ATTRIBUTES = new Set([
  'href',
  'src',
  'action',
  'formaction',
  'poster',
  'background',
  'xlink:href',
  'data',
]);
/** All that is looked at; others are not even remembered. */
const LOOKED_AT = new Set([
  ...URL_ATTRIBUTES,
  ...[
    'as',
    'content',
    'http-equiv',
    'imagesrcset',
    'integrity',
    'nonce',
    'ping',
    'rel',
    'shadowrootmode',
    'srcdoc',
    'srcset',
    'style',
    'type',
  ],
]);
const LONGEST_NAME = 'shadowrootmode'.length;
const NONE: Attribute[] = [];
/** Name start and end, value start and end, end. */
const SPAN = 5;
/** What a tag has beyond is not looked at. */
const MAX_ATTRIBUTES = 1_000;

export class OpenTag {
  readonly #source: SplicedSource;
  /** In lower case; empty for a tag that is nothing special. */
  name = '';
  /** Of its `<`; -1 when no tag is open. */
  start = -1;
  attributes: readonly Attribute[] = NONE;
  /** Positions of its attributes, {@link SPAN} numbers each: most tags need no look at them. */
  readonly #spans: number[] = [];
  #nameStart = -1;
  #nameEnd = -1;
  #valueStart = -1;
  #valueEnd = -1;

  constructor(source: SplicedSource) {
    this.#source = source;
  }

  open(start: number, name: string): void {
    this.start = start;
    this.name = name;
    this.#spans.length = 0;
    this.attributes = NONE;
  }

  /** Its attributes have been dealt with. */
  close(): void {
    this.start = -1;
  }

  attributeName(start: number, end: number): void {
    this.#nameStart = start;
    this.#nameEnd = end;
    this.#valueStart = -1;
  }

  attributeValue(start: number, end: number): void {
    if (this.#valueStart < 0) this.#valueStart = start;
    this.#valueEnd = end;
  }

  attributeEnd(end: number): void {
    if (this.#nameEnd - this.#nameStart > LONGEST_NAME || this.#spans.length >= MAX_ATTRIBUTES * SPAN) return;
    const valueEnd = this.#valueStart < 0 ? -1 : this.#valueEnd;
    this.#spans.push(this.#nameStart, this.#nameEnd, this.#valueStart, valueEnd, end);
  }

  get hasAttributes(): boolean {
    return this.#spans.length > 0;
  }

  /** Looks at the attributes that are of interest. Of two of a name only the first counts (HTML 13.2.5.33). */
  readAttributes(): void {
    const spans = this.#spans;
    const found: Attribute[] = [];
    for (let at = 0; at < spans.length; at += SPAN) {
      const nameStart = spans[at]!;
      const name = this.#source.slice(nameStart, spans[at + 1]!).toLowerCase();
      if (!LOOKED_AT.has(name) || found.some((other) => other.name === name)) continue;
      found.push({
        name,
        nameStart,
        valueStart: spans[at + 2]!,
        valueEnd: spans[at + 3]!,
        end: spans[at + 4]!,
      });
    }
    this.attributes = found;
  }

  find(name: string): Attribute | undefined {
    return this.attributes.find((attribute) => attribute.name === name);
  }

  /** As it is written. */
  rawValue({ valueStart, valueEnd }: Attribute): string {
    return valueStart < 0 ? '' : this.#source.slice(valueStart, valueEnd);
  }

  /** With its character references decoded; empty for an attribute without value. */
  valueOf(name: string): string | undefined {
    const attribute = this.find(name);
    return attribute && decodeReferences(this.rawValue(attribute));
  }
}
