// What is masked on the page must not be readable in its dialogs either: an alert that repeats it shows dots to the others.
import { maskText } from '../../protocol/masking.ts';
import { CDATA, ELEMENT, TEXT } from './dom.ts';
import { SHUT } from './known-tree.ts';
import type { Recording } from './recording.ts';

/** Shorter ones are in half of all words; dots in their place would hide nothing. */
const SHORTEST = 3;

/**
 * Puts dots in place of everything that a masked part or field of this document holds just now.
 * @returns '' while nothing is known yet of what is masked
 */
export function hideMaskedWords(recording: Recording, text: string): string {
  if (text === '') return text;
  const { tree, dom } = recording;
  const secrets = new Set<string>();
  const add = (words: string | null): void => {
    const trimmed = words?.trim() ?? '';
    if (trimmed.length >= SHORTEST) secrets.add(trimmed);
  };
  const read = (node: Node): void => {
    const type = dom.nodeType(node);
    if (type === TEXT || type === CDATA) add(dom.data(node));
    if (type !== ELEMENT) return;
    const tag = dom.localName(node);
    if (tag === 'input') add(dom.inputValue(node));
    else if (tag === 'textarea') add(dom.textareaValue(node));
    add(dom.getAttribute(node as Element, 'value'));
  };
  /** What is left out is in no tree: it is looked through as it stands. */
  const readAll = (node: Node): void => {
    read(node);
    const root = dom.nodeType(node) === ELEMENT ? recording.rootOf(node as Element) : null;
    for (let child = root && dom.firstChild(root); child; child = dom.nextSibling(child)) readAll(child);
    for (let child = dom.firstChild(node); child; child = dom.nextSibling(child)) readAll(child);
  };
  let known = 0;
  for (const { node, mask, children } of tree.all()) {
    known++;
    if (mask === 0) continue;
    if (children === SHUT) readAll(node);
    else read(node);
  }
  if (known === 0 || recording.isBusy) return '';
  let shown = text;
  // The longest first: one may be a part of another.
  for (const secret of [...secrets].sort((a, b) => b.length - a.length))
    shown = shown.split(secret).join(maskText(secret));
  return shown;
}
