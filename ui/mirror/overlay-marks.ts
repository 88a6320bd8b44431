// The leader's caret, and his selection within fields, drawn above the mirror, which itself never has the focus.
import { isField } from './input/selection.ts';
import type { MirrorBelow, MirrorSelection } from './overlay-mirror.ts';

/** Rectangles drawn for a selection; a longer one is cut, not drawn slowly. */
const MOST = 200;
/** Style that decides where a character of a field stands. */
export const COPIED = [
  'boxSizing',
  'width',
  'height',
  'paddingTop',
  'paddingRight',
  'paddingBottom',
  'paddingLeft',
  'borderTopWidth',
  'borderRightWidth',
  'borderBottomWidth',
  'borderLeftWidth',
  'borderStyle',
  'font',
  'letterSpacing',
  'wordSpacing',
  'textTransform',
  'textIndent',
  'textAlign',
  'direction',
  'tabSize',
  'lineHeight',
] as const;

/** Draws until stopped. Also tells where the caret is, so that an input method opens there. */
export function startMarks(
  root: HTMLElement,
  mirror: MirrorBelow,
  onCaret: (at: { x: number; y: number; height: number }) => void,
): { stop(): void } {
  if (!mirror.selection) return { stop: () => {} };
  let request = 0;
  let drawn = '';
  const measured: Measured = { key: '', rects: [] };

  const draw = (): void => {
    request = requestAnimationFrame(draw);
    const selection = mirror.selection?.();
    const boxes = selection ? boxesOf(mirror, measured, selection).slice(0, MOST) : [];
    const key = boxes
      .map(({ x, y, width, height }) => `${x | 0},${y | 0},${width | 0},${height | 0}`)
      .join(' ');
    if (key === drawn) return;
    drawn = key;
    root.replaceChildren(
      ...boxes.map(({ x, y, width, height }) => {
        const mark = document.createElement('div');
        mark.className = width === 0 ? 'caret' : 'chosen';
        mark.style.left = `${x}px`;
        mark.style.top = `${y}px`;
        mark.style.height = `${height}px`;
        if (width > 0) mark.style.width = `${width}px`;
        return mark;
      }),
    );
    const end = boxes.at(-1);
    if (end) onCaret({ x: end.x + end.width, y: end.y, height: end.height });
  };
  draw();
  return {
    stop() {
      cancelAnimationFrame(request);
      root.replaceChildren();
    },
  };
}

type Field = HTMLInputElement | HTMLTextAreaElement;

interface Measured {
  key: string;
  rects: Box[];
}

interface Box {
  x: number;
  y: number;
  width: number;
  height: number;
}

function boxesOf(mirror: MirrorBelow, measured: Measured, selection: MirrorSelection): Box[] {
  const { anchor, focus, anchorOffset, focusOffset } = selection;
  if (!anchor.isConnected || !focus.isConnected) return [];
  if (isField(anchor)) {
    if (mirror.focused && mirror.focused() !== anchor) return [];
    return boxesInField(
      mirror,
      measured,
      anchor,
      Math.min(anchorOffset, focusOffset),
      Math.max(anchorOffset, focusOffset),
    );
  }
  // selected text outside fields is drawn by the mirror itself; a caret is seen only in editors
  const element = anchor.nodeType === 1 ? (anchor as HTMLElement) : anchor.parentElement;
  const range = anchor.ownerDocument?.createRange();
  if (!element?.isContentEditable || !range || anchor !== focus || anchorOffset !== focusOffset) return [];
  try {
    range.setStart(anchor, anchorOffset);
  } catch {
    return []; // the page changed in between
  }
  // an empty line has no rectangle of its own
  const rect = range.getClientRects()[0] ?? element.getBoundingClientRect();
  const height = Math.min(rect.height, 40);
  return [toOuter(mirror, element, { x: rect.x, y: rect.y, width: 0, height })];
}

/** From the element's document to the view. */
function toOuter(mirror: MirrorBelow, element: Element, { x, y, width, height }: Box): Box {
  const inner = element.getBoundingClientRect();
  const outer = mirror.rectOf(element);
  const scale = inner.width > 0 && outer.width > 0 ? outer.width / inner.width : mirror.scale();
  return {
    x: outer.left + (x - inner.left) * scale,
    y: outer.top + (y - inner.top) * scale,
    width: width * scale,
    height: height * scale,
  };
}

/** @param last the last measured field, so that the page is not laid out again for each frame */
function boxesInField(mirror: MirrorBelow, last: Measured, field: Field, start: number, end: number): Box[] {
  const box = field.getBoundingClientRect();
  const id = mirror.idOf(field);
  const key = [id?.frame, id?.node, mirror.epoch(), start, end, box.width, box.height, field.value].join(' ');
  if (last.key !== key) Object.assign(last, { key, rects: measure(field, start, end) });
  return last.rects
    .map((rect) => ({
      ...rect,
      x: box.left + rect.x - field.scrollLeft,
      y: box.top + rect.y - field.scrollTop,
    }))
    .filter(({ x, y }) => x >= box.left - 1 && x <= box.right + 1 && y >= box.top - 4 && y <= box.bottom)
    .map((rect) => toOuter(mirror, field, rect));
}

/** A field does not tell where its characters are: a copy of it in plain text does. Relative to its border box. */
function measure(field: Field, start: number, end: number): Box[] {
  const { ownerDocument: document } = field;
  const style = document.defaultView?.getComputedStyle(field);
  if (!style || !document.body) return [];
  const copy = document.createElement('div');
  for (const name of COPIED) copy.style[name] = style[name];
  const single = field.localName === 'input';
  Object.assign(copy.style, {
    position: 'fixed',
    left: '0',
    top: '0',
    visibility: 'hidden',
    overflow: 'hidden',
    whiteSpace: single ? 'pre' : 'pre-wrap',
    overflowWrap: single ? 'normal' : 'break-word',
  });
  // the text of an input stands in the middle of its height
  if (single)
    copy.style.lineHeight = `${field.clientHeight - px(style.paddingTop) - px(style.paddingBottom)}px`;
  const value = field.type === 'password' ? '•'.repeat(field.value.length) : field.value;
  const text = document.createTextNode(`${value}\u200b`);
  copy.append(text);
  document.body.append(copy);
  const range = document.createRange();
  range.setStart(text, Math.min(start, value.length));
  range.setEnd(text, Math.min(end, value.length));
  const base = copy.getBoundingClientRect();
  const rects = start === end ? [range.getBoundingClientRect()] : [...range.getClientRects()];
  copy.remove();
  return rects.map(({ x, y, width, height }) => ({
    x: x - base.left,
    y: y - base.top,
    width: start === end ? 0 : width,
    height,
  }));
}

const px = (length: string): number => Number.parseFloat(length) || 0;
