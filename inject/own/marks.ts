// What the others draw above the page, and what the customer draws with a tool in his own hand.
import { MAX_POINTS } from '../../protocol/limits.ts';
import { type Drawn, MarkBook } from '../../protocol/mark-book.ts';
import type { Mark, Tool } from '../../protocol/marks.ts';
import { colorOf } from '../../protocol/palette.ts';
import type { FromPage, ToPage } from '../../protocol/ports.ts';
import type { Realm } from '../realm.ts';
import { drawn, type Layer } from './layer.ts';
import { isOwn } from './own.ts';

type Told = Extract<ToPage, { type: 'mark' }>;

const SEND_EVERY_MS = 33;
/** What a click in the page consists of; with a tool in hand the page hears nothing of it. */
const TAKEN =
  'pointerdown pointermove pointerup pointercancel mousedown mousemove mouseup click dblclick auxclick contextmenu touchstart touchmove touchend dragstart selectstart'.split(
    ' ',
  );
const SVG = 'http://www.w3.org/2000/svg';

export interface Marks {
  take(message: Told): void;
  setTool(tool: Tool, color: number): void;
}

export interface MarksDeps {
  find(node: number): Node | undefined;
  /** The innermost element under a pointer that followers know; of a masked part, the whole. */
  placeOf(event: PointerEvent): { element: Element; node: number } | undefined;
  tell(message: FromPage): void;
}

/** Draws until the page is gone. */
export function startMarks(realm: Realm, layer: Layer, deps: MarksDeps): Marks {
  const { window, natives } = realm;
  const book = new MarkBook();
  const people = new Map<string, { name: string; color: number }>();
  const still = window.matchMedia?.('(prefers-reduced-motion: reduce)');
  let ink: HTMLElement | undefined;
  let asked = false;
  let tool: Tool = 'none';
  let stroke: { id: number; element: Element; node: number; waiting: [number, number][] } | undefined;
  let strokes = 0;
  let timer = 0;

  const draw = (): void => {
    asked = false;
    if (!ink) {
      ink = drawn(realm, 'ink');
      natives.append(layer.show(), ink);
    }
    const shapes = book.drawn(natives.now(), still?.matches ?? false).flatMap((mark) => {
      const element = elementOf(window, deps.find(mark.node));
      if (!element || !natives.isConnected(element)) return [];
      const box = element.getBoundingClientRect();
      const { name, color } = people.get(mark.pid) ?? { name: '', color: 0 };
      if (mark.tool !== 'frame') return [shapeOf(mark, box, colorOf(color))];
      const frame = drawn(realm, 'framed');
      frame.style.cssText = `left:${box.left - 4}px;top:${box.top - 4}px;width:${box.width + 8}px;height:${box.height + 8}px;opacity:${mark.strength};color:${colorOf(color)}`;
      const label = drawn(realm, 'framed-name');
      label.textContent = name;
      frame.append(label);
      return [frame];
    });
    ink.replaceChildren(...shapes);
    if (!book.isEmpty) drawSoon();
  };
  const drawSoon = (): void => {
    if (asked) return;
    asked = true;
    natives.requestAnimationFrame(draw);
  };
  const shapeOf = ({ tool: kind, points, strength }: Drawn, box: DOMRect, color: string): Element => {
    const svg = window.document.createElementNS(SVG, 'svg');
    svg.style.cssText = `opacity:${strength};color:${color}`;
    const at = points.map(([x, y]) => [box.left + x * box.width, box.top + y * box.height] as const);
    const add = (tag: string, attributes: Record<string, unknown>): void => {
      const shape = window.document.createElementNS(SVG, tag);
      for (const [name, value] of Object.entries(attributes))
        natives.setAttribute(shape, name, `${value as string}`);
      natives.append(svg, shape);
    };
    // The trail gets weaker towards its end.
    const pieces = kind === 'laser' ? 8 : 1;
    for (let piece = 0; piece < pieces; piece++) {
      const from = Math.max(Math.floor((at.length * piece) / pieces) - 1, 0);
      const part = at.slice(from, Math.floor((at.length * (piece + 1)) / pieces));
      if (part.length > 0)
        add('polyline', {
          points: [...part, part.at(-1)!].join(' '),
          'stroke-opacity': (piece + 1) / pieces,
        });
    }
    const head = at.at(-1);
    if (head && kind === 'laser') add('circle', { cx: head[0], cy: head[1], r: 6 });
    return svg;
  };

  // ---- the customer's own ----

  const own = (mark: Mark): void => {
    book.take('', mark, natives.now());
    drawSoon();
  };
  const flush = (done: boolean): void => {
    natives.clearTimeout(timer);
    timer = 0;
    if (!stroke) return;
    const { id, node, waiting } = stroke;
    const kind = tool === 'laser' ? 'laser' : 'marker';
    do {
      const points = waiting.splice(0, MAX_POINTS);
      const last = done && waiting.length === 0;
      deps.tell({
        type: 'mark',
        mark: { type: 'mark.drawn', stroke: id, tool: kind, frame: 0, node, points, done: last },
      });
    } while (waiting.length > 0);
    if (!done) return;
    own({ type: 'mark.drawn', stroke: id, tool: kind, frame: 0, node, points: [], done });
    stroke = undefined;
  };
  const extend = ({ clientX, clientY }: PointerEvent): void => {
    if (!stroke || !natives.isConnected(stroke.element)) return;
    const { left, top, width, height } = stroke.element.getBoundingClientRect();
    const part = (offset: number, size: number): number =>
      size > 0 ? Math.round(Math.max(-999, Math.min(999, offset / size)) * 1e4) / 1e4 : 0;
    const point: [number, number] = [part(clientX - left, width), part(clientY - top, height)];
    stroke.waiting.push(point);
    const { id, node } = stroke;
    const kind = tool === 'laser' ? 'laser' : 'marker';
    own({ type: 'mark.drawn', stroke: id, tool: kind, frame: 0, node, points: [point], done: false });
    timer ||= natives.setTimeout(() => flush(false), SEND_EVERY_MS);
  };
  const onEvent = (event: Event): void => {
    if (tool === 'none' || !event.isTrusted || isOwn(event.target as Node)) return;
    natives.stopImmediate(event);
    if (event.cancelable) natives.preventDefault(event);
    const pointer = event as PointerEvent;
    if (event.type === 'pointermove' && stroke) extend(pointer);
    else if (event.type === 'pointerup' || event.type === 'pointercancel') flush(true);
    else if (event.type === 'pointerdown' && pointer.button === 0) {
      const place = deps.placeOf(pointer);
      if (!place) return;
      const { element, node } = place;
      if (tool === 'frame') {
        const mark: Mark = { type: 'mark.framed', frame: 0, node };
        deps.tell({ type: 'mark', mark });
        own(mark);
        return;
      }
      stroke = { id: ++strokes, element, node, waiting: [] };
      extend(pointer);
    }
  };
  for (const type of TAKEN) realm.listen(window, type, onEvent);
  realm.listen(window, 'keydown', (event) => {
    if (tool === 'none' || !event.isTrusted || (event as KeyboardEvent).key !== 'Escape') return;
    natives.stopImmediate(event);
    deps.tell({ type: 'toolDone' });
  });

  return {
    take({ by, name, color, mark }) {
      if (mark.type === 'mark.cleared') book.clear(by);
      else {
        people.set(by, { name, color });
        book.take(by, mark, natives.now());
      }
      drawSoon();
    },
    setTool(next, color) {
      flush(true);
      tool = next;
      people.set('', { name: '', color });
    },
  };
}

function elementOf(window: Window & typeof globalThis, node: Node | undefined): Element | undefined {
  if (node instanceof window.Document) return node.documentElement;
  return node instanceof window.Element ? node : undefined;
}
