// Puts an item at the end of a list of a YAML text, in the manner of what stands there: every other byte stays as it is.
import { type Document, isMap, isScalar, isSeq, type Node, type YAMLMap, type YAMLSeq } from 'yaml';
import type { Path } from './yaml-source.ts';

/** A text, or a mapping of texts, numbers and lists of texts. */
export type Item = string | Record<string, string | number | string[]>;

/** Reads as text in every place without quotes. */
const PLAIN = /^[A-Za-z][\w-]*(?:[ .][A-Za-z][\w-]*)+$/;

/**
 * @param before key of the same mapping behind which the list begins, where there is none yet
 * @returns undefined where the text is laid out in a way that this does not know
 */
export function insertItem(
  text: string,
  document: Document,
  path: Path,
  item: Item,
  before: string,
): string | undefined {
  const list = document.getIn(path, true);
  if (isSeq(list)) return list.flow ? intoFlow(text, list, item) : intoBlock(text, list, item);
  const above = document.getIn(path.slice(0, -1), true);
  const key = path.at(-1);
  return isMap(above) && typeof key === 'string' ? newList(text, above, key, item, before) : undefined;
}

function intoFlow(text: string, list: YAMLSeq, item: Item): string | undefined {
  const last = list.items.at(-1) as Node | undefined;
  const at = last ? last.range?.[1] : list.range?.[0];
  return at === undefined
    ? undefined
    : `${text.slice(0, at)}${last ? ', ' : '['}${flow(item)}${text.slice(last ? at : at + 1)}`;
}

function intoBlock(text: string, list: YAMLSeq, item: Item): string | undefined {
  const last = list.items.at(-1) as Node | undefined;
  if (!last?.range) return undefined;
  const lineStart = text.lastIndexOf('\n', last.range[0] - 1) + 1;
  const lead = /^( *)-( +)$/.exec(text.slice(lineStart, last.range[0]));
  if (!lead) return undefined;
  const [, indent = '', gap = ' '] = lead;
  const isFlow = typeof item === 'string' || (isMap(last) && last.flow === true);
  const lines = isFlow ? [flow(item)] : Object.entries(item).map(([key, value]) => `${key}: ${flow(value)}`);
  const added = lines.map((line, index) => `${indent}${index === 0 ? '-' : ' '}${gap}${line}\n`).join('');
  return addLines(text, last.range[1], added);
}

function newList(text: string, above: YAMLMap, key: string, item: Item, before: string): string | undefined {
  const pair = above.items.find((one) => isScalar(one.key) && one.key.value === before);
  const { range: keyRange } = (pair?.key ?? {}) as Partial<Node>;
  const { range } = (pair?.value ?? {}) as Partial<Node>;
  if (!keyRange || !range) return undefined;
  const entry = `${key}: [${flow(item)}]`;
  if (above.flow) return `${text.slice(0, range[1])}, ${entry}${text.slice(range[1])}`;
  const column = keyRange[0] - (text.lastIndexOf('\n', keyRange[0] - 1) + 1);
  return addLines(text, range[1], `${' '.repeat(column)}${entry}\n`);
}

/** Below the line in which something ends, behind a comment that may stand there. */
function addLines(text: string, end: number, lines: string): string {
  const at = text[end - 1] === '\n' ? end : text.indexOf('\n', end) + 1;
  if (at > 0) return text.slice(0, at) + lines + text.slice(at);
  return `${text}\n${lines.slice(0, -1)}`;
}

function flow(value: Item | number | string[]): string {
  if (Array.isArray(value)) return `[${value.map(flow).join(', ')}]`;
  if (typeof value === 'object')
    return `{ ${Object.entries(value)
      .map(([key, one]) => `${key}: ${flow(one)}`)
      .join(', ')} }`;
  if (typeof value === 'number') return String(value);
  // JSON's texts are YAML's too.
  return /^https?$/.test(value) || PLAIN.test(value) ? value : JSON.stringify(value);
}
