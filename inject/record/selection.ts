// The selection, and the caret or selection within a field.
import type { NodeId, Op } from '../../protocol/nodes.ts';
import type { Observer, Recording } from './recording.ts';

export function startSelection(recording: Recording): Observer {
  const { document, dom } = recording;
  let told = '';
  const tell = (): void =>
    recording.say('select', () => {
      const op = read();
      const key = op.join();
      if (key === told) return undefined;
      told = key;
      return op;
    });
  const read = (): Op => {
    const none: Op = ['select', 0, 0, 0, 0];
    let active = document.activeElement;
    for (
      let root = active && recording.rootOf(active);
      root?.activeElement;
      root = recording.rootOf(root.activeElement)
    )
      active = root.activeElement;
    const tag = active ? dom.localName(active) : '';
    if (active && (tag === 'input' || tag === 'textarea')) {
      const id = recording.idOf(active);
      const { selectionStart, selectionEnd } = active as HTMLInputElement;
      if (id === 0 || selectionStart === null) return none;
      return ['select', id, selectionStart, id, selectionEnd ?? selectionStart];
    }
    const selection = document.getSelection();
    if (!selection?.anchorNode || !selection.focusNode) return none;
    if (selection.isCollapsed && !(selection.anchorNode.parentElement?.isContentEditable ?? false))
      return none;
    const anchor = place(selection.anchorNode, selection.anchorOffset);
    const focus = place(selection.focusNode, selection.focusOffset);
    return anchor && focus ? ['select', ...anchor, ...focus] : none;
  };
  /** Offsets within an element count the children that are sent. */
  const place = (node: Node, offset: number): [NodeId, number] | undefined => {
    const known = recording.tree.of(node);
    if (!known) return undefined;
    if (dom.nodeType(node) === 3) return [known.id, offset];
    const before = node.childNodes[offset];
    if (!before) return [known.id, known.children.length];
    const index = known.children.findIndex((child) => child.node === before);
    return [known.id, Math.max(index, 0)];
  };
  const types = ['selectionchange', 'select', 'keyup', 'input'];
  for (const type of types) document.addEventListener(type, tell, { capture: true, passive: true });
  return {
    restate() {
      told = '';
      tell();
    },
    stop() {
      for (const type of types) document.removeEventListener(type, tell, { capture: true });
    },
  };
}
