// What relative addresses stand to once the document's address has changed: what was loaded before keeps its picture.
import type { FrameTree, Slot } from './tree.ts';

const RELATIVE = /^(?![a-z][a-z\d+.-]*:|\/|#|$)/i;
const LOADING = /^(?:src|poster|href|xlink:href)$/i;
const LINK = /^(?:a|area|svg:a)$/;

/** A link goes where its address leads from where the page is now. */
export function isRelativeLink(tree: FrameTree, slot: Slot): boolean {
  return LINK.test(tree.tag(slot)) && RELATIVE.test(tree.attribute(slot, 'href')?.trim() ?? '');
}

/** Whether an element has loaded, or names, something by an address that a new base would change. */
export function hasLoaded(tree: FrameTree, slot: Slot): boolean {
  if (tree.isStyle(slot)) return true;
  if (LINK.test(tree.tag(slot))) return false;
  const attributes = tree.attributes(slot);
  for (let i = 0; i < attributes.length; i += 2) {
    const value = attributes[i + 1]!;
    if (LOADING.test(attributes[i]!) ? RELATIVE.test(value.trim()) : value.includes('url(')) return true;
  }
  return false;
}

/** Whether a change of this attribute loads anew. */
export function loadsAnew(attribute: string): boolean {
  return LOADING.test(attribute) || attribute === 'style';
}
