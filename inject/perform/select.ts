// A selection as dragging over text makes it: in a field by offsets, else between two places of the tree.
import type { Input } from '../../protocol/input.ts';
import { isTextField } from './composed-tree.ts';
import type { Page } from './page.ts';

/** Selects from one node and offset to another. */
export function performSelect(
  page: Page,
  anchor: Node,
  focus: Node,
  { anchorOffset, focusOffset }: Extract<Input, { type: 'input.select' }>,
): void {
  if (isTextField(anchor)) {
    if (anchor !== focus || anchor.selectionStart === null) return; // email and number have no offsets
    const direction = anchorOffset > focusOffset ? 'backward' : 'forward';
    const start = Math.min(anchorOffset, focusOffset);
    anchor.setSelectionRange(start, Math.max(anchorOffset, focusOffset), direction);
    return;
  }
  page.document
    .getSelection()
    ?.setBaseAndExtent(anchor, clamp(anchor, anchorOffset), focus, clamp(focus, focusOffset));
}

/** The page may have changed since the follower saw it. */
function clamp(node: Node, offset: number): number {
  const length = node.nodeType === 3 ? (node as Text).length : node.childNodes.length;
  return Math.min(offset, length);
}
