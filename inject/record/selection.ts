// The selection with its direction, in shadow trees too, and the caret or selection within a field.
import type { NodeId, Op } from '../../protocol/nodes.ts';
import { findActive } from './active.ts';
import type { Observer, Recording } from './recording.ts';
import { listenOnRoots } from './root-events.ts';

type Place = [NodeId, number];

export function startSelection(recording: Recording): Observer {
  const { document, dom } = recording;
  let told = '';
  const tell = (): void =>
    recording.say('select', () => {
      const [anchor, focus] = read() ?? [
        [0, 0],
        [0, 0],
      ];
      const op: Op = ['select', ...anchor!, ...focus!];
      const key = op.join();
      if (key === told) return undefined;
      told = key;
      return op;
    });
  const read = (): Place[] | undefined => {
    const active = findActive(recording);
    const selection = document.getSelection();
    const tag = active ? dom.localName(active) : '';
    let places: (Place | undefined)[];
    let backward = false;
    if (tag === 'input' || tag === 'textarea') {
      const field = active as HTMLInputElement;
      const { selectionStart, selectionEnd, selectionDirection } = field;
      const id = recording.idOf(field);
      let start = selectionStart;
      let end = selectionEnd;
      if (start === null) {
        // Numbers and mail addresses do not tell; what is chosen of them is known where it stands there once.
        const { value } = field;
        const chosen = `${selection ?? ''}`;
        start = chosen === '' ? -1 : value.indexOf(chosen);
        end = start + chosen.length;
        if (start < 0 || value.includes(chosen, start + 1)) return undefined;
      }
      backward = selectionDirection === 'backward';
      places =
        id > 0
          ? [
              [id, start],
              [id, end ?? start],
            ]
          : [];
    } else {
      if (!selection || selection.rangeCount === 0) return undefined;
      const roots = [...recording.roots].filter((root) => root !== document) as ShadowRoot[];
      const range: StaticRange =
        selection.getComposedRanges?.({ shadowRoots: roots })[0] ?? selection.getRangeAt(0);
      const { startContainer, startOffset, endContainer, endOffset } = range;
      if (startContainer === endContainer && startOffset === endOffset && !isEditable(startContainer))
        return undefined;
      backward = selection.direction
        ? selection.direction === 'backward'
        : selection.anchorNode !== startContainer || selection.anchorOffset !== startOffset;
      places = [place(startContainer, startOffset), place(endContainer, endOffset)];
    }
    if (!places[0] || !places[1]) return undefined;
    return (backward ? places.reverse() : places) as Place[];
  };
  const isEditable = (node: Node): boolean => {
    const element = dom.nodeType(node) === 1 ? node : dom.parentNode(node);
    return (element as HTMLElement | null)?.isContentEditable ?? false;
  };
  /** Offsets within an element count the children that are sent. */
  const place = (node: Node, offset: number): Place | undefined => {
    const known = recording.tree.of(node);
    if (!known) return undefined;
    if (dom.nodeType(node) === 3) return [known.id, offset];
    let before: Node | null = node.childNodes[offset] ?? null;
    for (; before; before = dom.nextSibling(before)) {
      const index = known.children.findIndex((child) => child.node === before);
      if (index >= 0) return [known.id, index];
    }
    return [known.id, known.children.length];
  };
  return {
    ...listenOnRoots(['selectionchange', 'select', 'keyup', 'input', 'focusin', 'focusout'], tell),
    restate() {
      told = '';
      tell();
    },
  };
}
