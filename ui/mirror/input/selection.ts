// Selecting text of the mirror: carets under the pointer, words and paragraphs, and the selected text for copying.
import type { Input } from '../../../protocol/input.ts';
import type { MirrorBelow, MirrorSelection } from '../overlay-mirror.ts';
import { isTag, localPoint, type Place } from './place.ts';

type SelectInput = Extract<Input, { type: 'input.select' }>;
type Caret = { node: Node; offset: number };

/** Selection by pointer above the mirror. */
export interface PointerSelection {
  /** A press: the caret goes there, a second selects the word, a third the paragraph. */
  begin(place: Place, clientX: number, clientY: number, clicks: number): void;
  /** The pressed pointer moved. */
  extend(clientX: number, clientY: number): void;
  end(): void;
  /** What is selected, as text; '' for nothing. */
  text(): string;
}

const TEXT_TYPES = new Set(['text', 'search', 'tel', 'url', 'email', 'number', 'password']);
/** Movement from which a press selects, outer CSS px. */
const DRAG_FROM = 3;

/** An input or textarea with a caret. */
export function isField(node: Node | undefined): node is HTMLInputElement | HTMLTextAreaElement {
  return isTag(node, 'textarea') || (isTag(node, 'input') && TEXT_TYPES.has(node.type));
}

/** Starts selecting; `send` gets what the leader shall select. */
export function createSelection(mirror: MirrorBelow, send: (input: SelectInput) => void): PointerSelection {
  let press: { caret: Caret; element: Element; x: number; y: number; moved: boolean } | undefined;
  let own: MirrorSelection | undefined;

  const select = (anchor: Caret, focus: Caret): void => {
    const from = mirror.idOf(anchor.node);
    const to = mirror.idOf(focus.node);
    if (!from || !to || from.frame !== to.frame) return;
    const same = own?.anchor === anchor.node && own.focus === focus.node;
    if (same && own?.anchorOffset === anchor.offset && own.focusOffset === focus.offset) return;
    own = { anchor: anchor.node, anchorOffset: anchor.offset, focus: focus.node, focusOffset: focus.offset };
    send({
      type: 'input.select',
      frame: from.frame,
      anchor: from.node,
      anchorOffset: anchor.offset,
      focus: to.node,
      focusOffset: focus.offset,
    });
  };

  return {
    begin(place, clientX, clientY, clicks) {
      press = undefined;
      own = undefined;
      const caret = findCaret(mirror, place.element, clientX, clientY);
      if (!caret) return;
      if (clicks >= 2) {
        const [from, to] = clicks === 2 ? wordAt(caret) : paragraphAt(caret);
        select(from, to);
        return;
      }
      press = { caret, element: place.element, x: clientX, y: clientY, moved: false };
      // elsewhere the leader's page itself puts the caret where is pressed
      if (isField(caret.node)) select(caret, caret);
    },
    extend(clientX, clientY) {
      if (!press) return;
      press.moved ||= Math.hypot(clientX - press.x, clientY - press.y) > DRAG_FROM;
      if (!press.moved) return;
      const inField = isField(press.caret.node);
      const under = inField ? press.element : mirror.elementAt(clientX, clientY);
      const caret = under && findCaret(mirror, under, clientX, clientY);
      if (caret && isField(caret.node) === inField && (!inField || caret.node === press.caret.node))
        select(press.caret, caret);
    },
    end() {
      press = undefined;
    },
    text: () => textOf(mirror.selection?.() ?? own),
  };
}

/** The caret at an outer point of an element; undefined where there is no text. */
export function findCaret(
  mirror: MirrorBelow,
  element: Element,
  clientX: number,
  clientY: number,
): Caret | undefined {
  const { x, y } = localPoint(mirror, element, clientX, clientY);
  const shadowRoots: ShadowRoot[] = [];
  for (let root = element.getRootNode(); 'host' in root; root = (root as ShadowRoot).host.getRootNode())
    shadowRoots.push(root as ShadowRoot);
  const caret = element.ownerDocument.caretPositionFromPoint?.(x, y, { shadowRoots });
  if (!caret) return undefined;
  const { offsetNode: node, offset } = caret;
  if (isField(node)) return { node, offset };
  return node.nodeType === 3 || node.childNodes.length > 0 ? { node, offset } : undefined;
}

function wordAt({ node, offset }: Caret): [Caret, Caret] {
  const text = isField(node) ? node.value : node.nodeType === 3 ? (node as Text).data : '';
  for (const { segment, index } of new Intl.Segmenter(undefined, { granularity: 'word' }).segment(text)) {
    const end = index + segment.length;
    if (offset <= end && offset >= index && (offset < end || end === text.length))
      return [
        { node, offset: index },
        { node, offset: end },
      ];
  }
  return [
    { node, offset },
    { node, offset },
  ];
}

function paragraphAt({ node, offset }: Caret): [Caret, Caret] {
  if (isField(node)) {
    const start = node.value.lastIndexOf('\n', Math.max(offset - 1, 0)) + 1;
    const end = node.value.indexOf('\n', offset);
    return [
      { node, offset: start },
      { node, offset: end < 0 ? node.value.length : end },
    ];
  }
  const { ownerDocument: document } = node;
  const view = document?.defaultView;
  let block = node.nodeType === 1 ? (node as Element) : node.parentElement;
  while (view && block?.parentElement && view.getComputedStyle(block).display.startsWith('inline'))
    block = block.parentElement;
  const texts: Text[] = [];
  const walker = document?.createTreeWalker(block ?? node, 4 /* SHOW_TEXT */);
  while (walker?.nextNode()) texts.push(walker.currentNode as Text);
  const [first, last] = [texts[0], texts.at(-1)];
  if (!first || !last) return wordAt({ node, offset });
  return [
    { node: first, offset: 0 },
    { node: last, offset: last.length },
  ];
}

/** The text of a selection; what is masked is masked in the mirror too. */
export function textOf(selection: MirrorSelection | undefined): string {
  if (!selection?.anchor.isConnected || !selection.focus.isConnected) return '';
  const { anchor, anchorOffset, focus, focusOffset } = selection;
  if (isField(anchor))
    return anchor.value.slice(Math.min(anchorOffset, focusOffset), Math.max(anchorOffset, focusOffset));
  const range = anchor.ownerDocument?.createRange();
  if (!range) return '';
  try {
    range.setStart(anchor, anchorOffset);
    range.setEnd(focus, focusOffset);
    // an end before the start makes the range collapse there: it was selected backwards
    if (range.collapsed) range.setEnd(anchor, anchorOffset);
  } catch {
    return ''; // the page changed in between
  }
  return range.toString();
}
