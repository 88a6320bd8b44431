// The selection of the leader, drawn by the browser itself where it is text.
import type { Shown } from './shown.ts';

/** Selects, or (without nodes) selects nothing. What is selected within a field is drawn by the overlay. */
export function selectIn(
  document: Document,
  from: Shown | undefined,
  fromOffset: number,
  to: Shown | undefined,
  toOffset: number,
): void {
  const selection = document.getSelection();
  if (!selection) return;
  if (!from || !to || (from === to && from.tag !== '' && (from.tag === 'input' || from.tag === 'textarea'))) {
    selection.removeAllRanges();
    return;
  }
  try {
    selection.setBaseAndExtent(...place(from, fromOffset), ...place(to, toOffset));
  } catch {
    selection.removeAllRanges();
  }
}

/** Offsets within an element count the nodes that were told of. */
function place(shown: Shown, offset: number): [Node, number] {
  if (shown.tag === '') return [shown.node, Math.min(offset, (shown.node as Text).length)];
  const child = shown.children[offset]?.node;
  if (!child || child.parentNode !== shown.node) return [shown.node, shown.node.childNodes.length];
  return [shown.node, [...shown.node.childNodes].indexOf(child as ChildNode)];
}
