// What people draw above the mirror, and the tools to do it with: laser, marker, frame, and what the customer shall click himself.
import { MAX_POINTS } from '../../protocol/limits.ts';
import { MarkBook } from '../../protocol/mark-book.ts';
import type { Mark, Tool } from '../../protocol/marks.ts';
import { colorOf } from '../../protocol/palette.ts';
import type { FromView, ToView, ViewWords } from '../../protocol/ports.ts';
import { composedParent, findPlace, pointOf } from './input/place.ts';
import type { MirrorBelow } from './overlay-mirror.ts';

type Message = Extract<ToView, { type: Mark['type'] | 'click.asked' | 'click.answered' | 'tool' }>;
type People = Extract<ToView, { type: 'participants' }>;
type At = { frame: number; node: number };

/** Messages of a stroke, and of the own pointer, go out at most this often, ms. */
const SEND_EVERY_MS = 33;
/** Px of an arrow key, and with Shift. */
const STEP = 8;
const LONG_STEP = 48;
/** What a click on a part of it means. */
const WHOLE = 'a,button,input,select,textarea,label,summary,video,audio,[role=button],[role=link],[tabindex]';

export interface OverlayTools {
  take(message: Message): void;
  setPeople(people: People): void;
  setWords(words: ViewWords): void;
  stop(): void;
}

/**
 * @param root above the layer that takes the input of the page
 * @param layer that layer: the wheel turns as without a tool
 */
export function startTools(
  root: HTMLElement,
  layer: HTMLElement,
  mirror: MirrorBelow,
  send: (message: FromView) => void,
): OverlayTools {
  const pane = part('div', 'pane');
  const ink = part('div', 'ink');
  const cross = part('div', 'cross');
  root.append(ink, pane, cross);
  pane.tabIndex = 0;
  pane.setAttribute('role', 'application');
  const still = matchMedia('(prefers-reduced-motion: reduce)');
  const book = new MarkBook();
  let people: People = { type: 'participants', people: [], self: '' };
  let words: ViewWords | undefined;
  let tool: Tool = 'none';
  let asked: (At & { id: string; pid: string }) | undefined;
  let request = 0;

  // ---- drawing ----

  const draw = (): void => {
    request = 0;
    const shapes: Element[] = [];
    const box = (at: At, pid: string, label: string, kind: string, strength = 1): void => {
      const element = elementAt(mirror, at);
      if (!element) return;
      const { left, top, width, height } = mirror.rectOf(element);
      const shape = part('div', `framed ${kind}`);
      shape.style.cssText = `left:${left - 4}px;top:${top - 4}px;width:${width + 8}px;height:${height + 8}px;opacity:${strength};--person:${colorFor(pid)}`;
      shape.append(part('span', 'name', label));
      shapes.push(shape);
    };
    for (const { pid, tool: kind, points, strength, ...at } of book.drawn(performance.now(), still.matches)) {
      if (kind === 'frame') {
        box(at, pid, nameOf(pid), '', strength);
        continue;
      }
      const element = elementAt(mirror, at);
      if (!element) continue;
      const outer = points.map(([x, y]) => pointOf(mirror, element, x, y));
      shapes.push(...strokeOf(outer, kind, colorFor(pid), strength));
    }
    if (asked) box(asked, asked.pid, words?.asked ?? '', 'asked');
    if (hovered && !asked) box(hovered, people.self, '', 'hovered');
    ink.replaceChildren(...shapes);
    // Each frame while there are any: what they hang on may move.
    if (!book.isEmpty || asked) drawSoon();
  };
  const drawSoon = (): void => {
    request ||= requestAnimationFrame(draw);
  };
  const nameOf = (pid: string): string => people.people.find((one) => one.pid === pid)?.name ?? '';
  const colorFor = (pid: string): string => colorOf(people.people.find((one) => one.pid === pid)?.color ?? 0);
  const take = (pid: string, mark: Mark): void => {
    book.take(pid, mark, performance.now());
    drawSoon();
  };

  // ---- using a tool ----

  /** The element under the pointer that a click would be for. */
  let hovered: At | undefined;
  let stroke: (At & { id: number; element: Element; waiting: [number, number][] }) | undefined;
  let strokes = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let movedAt = 0;
  const at = { x: 0, y: 0 };

  const own = (mark: Mark): void => {
    send({ type: 'mark', mark });
    take(people.self, mark);
  };
  const flush = (done: boolean): void => {
    clearTimeout(timer);
    timer = undefined;
    if (!stroke) return;
    const { id, frame, node, waiting } = stroke;
    const kind = tool === 'laser' ? 'laser' : 'marker';
    do {
      const points = waiting.splice(0, MAX_POINTS);
      const last = done && waiting.length === 0;
      send({
        type: 'mark',
        mark: { type: 'mark.drawn', stroke: id, tool: kind, frame, node, points, done: last },
      });
    } while (waiting.length > 0);
    if (!done) return;
    take(people.self, { type: 'mark.drawn', stroke: id, tool: kind, frame, node, points: [], done });
    stroke = undefined;
  };
  const extend = (): void => {
    if (!stroke?.element.isConnected) return;
    const { left, top, width, height } = mirror.rectOf(stroke.element);
    const point: [number, number] = [fraction(at.x - left, width), fraction(at.y - top, height)];
    stroke.waiting.push(point);
    const { id, frame, node } = stroke;
    const kind = tool === 'laser' ? 'laser' : 'marker';
    take(people.self, {
      type: 'mark.drawn',
      stroke: id,
      tool: kind,
      frame,
      node,
      points: [point],
      done: false,
    });
    timer ??= setTimeout(() => flush(false), SEND_EVERY_MS);
  };
  const targetOf = (element: Element): At | undefined => {
    for (let up: Element | undefined = element; up; up = composedParent(up))
      if (up.matches(WHOLE)) return mirror.idOf(up) ?? mirror.idOf(element);
    return mirror.idOf(element);
  };
  const press = (): void => {
    const place = findPlace(mirror, at.x, at.y, true);
    if (!place) return;
    if (tool === 'laser' || tool === 'marker') {
      const { element, frame, node } = place;
      stroke = { id: ++strokes, element, frame, node, waiting: [] };
      extend();
      return;
    }
    const target = targetOf(place.element);
    if (!target) return;
    if (tool === 'frame') own({ type: 'mark.framed', ...target });
    else send({ type: 'ask', ...target });
  };
  const move = (x: number, y: number): void => {
    Object.assign(at, { x, y });
    const place = findPlace(mirror, x, y);
    const picks = tool === 'frame' || tool === 'ask';
    hovered = picks && place ? targetOf(place.element) : undefined;
    if (stroke) extend();
    else if (picks) drawSoon();
    const now = performance.now();
    if (!place || now - movedAt < SEND_EVERY_MS) return;
    movedAt = now;
    const { frame, node } = place;
    send({ type: 'pointer', kind: 'moved', frame, node, x: place.x, y: place.y });
  };
  const crossAt = (): void => {
    cross.style.transform = `translate(${at.x}px,${at.y}px)`;
  };
  const showCross = (on: boolean): void => {
    cross.classList.toggle('on', on && tool !== 'none');
    crossAt();
  };

  const onKey = (event: KeyboardEvent): void => {
    const step = event.shiftKey ? LONG_STEP : STEP;
    const [dx, dy] = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[
      event.key
    ] ?? [0, 0];
    if (dx || dy) {
      move(clamp(at.x + dx! * step, innerWidth), clamp(at.y + dy! * step, innerHeight));
      showCross(true);
    } else if (event.key === 'Enter' || event.key === ' ') {
      // With the keyboard the pen is put down, and lifted by the same key.
      if (stroke) flush(true);
      else if (!event.repeat) press();
    } else if (event.key === 'Escape') {
      if (stroke) flush(true);
      else send({ type: 'toolDone' });
    } else return;
    event.preventDefault();
  };
  pane.addEventListener('keydown', onKey);
  pane.addEventListener(
    'wheel',
    (event) => {
      if (!layer.dispatchEvent(new WheelEvent('wheel', event))) event.preventDefault();
    },
    { passive: false },
  );
  pane.addEventListener('focus', () => {
    if (at.x + at.y === 0) Object.assign(at, { x: innerWidth / 2, y: innerHeight / 2 });
    showCross(pane.matches(':focus-visible'));
  });
  pane.addEventListener('blur', () => showCross(false));
  pane.addEventListener('pointerdown', (event) => {
    if (event.button !== 0) return;
    showCross(false);
    pane.setPointerCapture?.(event.pointerId);
    move(event.clientX, event.clientY);
    press();
  });
  pane.addEventListener('pointermove', (event) => {
    for (const one of stroke ? event.getCoalescedEvents() : []) move(one.clientX, one.clientY);
    move(event.clientX, event.clientY);
  });
  for (const type of ['pointerup', 'pointercancel'] as const) pane.addEventListener(type, () => flush(true));
  pane.addEventListener('pointerleave', () => {
    hovered = undefined;
    drawSoon();
  });

  const setTool = (next: Tool): void => {
    flush(true);
    tool = next;
    hovered = undefined;
    pane.hidden = tool === 'none';
    if (tool === 'none') showCross(false);
    drawSoon();
  };
  setTool('none');

  return {
    take(message) {
      if (message.type === 'tool') setTool(message.tool);
      else if (message.type === 'click.asked') {
        asked = message;
        drawSoon();
      } else if (message.type === 'click.answered') {
        if (asked?.id === message.id) asked = undefined;
      } else {
        const { pid, ...mark } = message;
        take(pid, mark);
      }
    },
    setPeople(message) {
      people = message;
    },
    setWords(now) {
      words = now;
      pane.setAttribute('aria-label', words.tool);
    },
    stop() {
      cancelAnimationFrame(request);
      clearTimeout(timer);
      for (const one of [ink, pane, cross]) one.remove();
    },
  };
}

const fraction = (offset: number, size: number): number =>
  size > 0 ? Math.round(Math.min(Math.max(offset / size, -999), 999) * 1e4) / 1e4 : 0;
const clamp = (value: number, most: number): number => Math.min(Math.max(value, 1), most - 1);

function part(tag: 'div' | 'span', className: string, text = ''): HTMLElement {
  const element = document.createElement(tag);
  element.className = className;
  element.textContent = text;
  return element;
}

function elementAt(mirror: MirrorBelow, { frame, node }: At): Element | undefined {
  const found = mirror.nodeOf(frame, node);
  const element =
    found?.nodeType === 9 ? (found as Document).documentElement : (found as Element | undefined);
  return element?.nodeType === 1 && element.isConnected ? element : undefined;
}

/** A line, and for a laser the point that it comes from; its trail gets weaker towards its end. */
function strokeOf(
  points: { x: number; y: number }[],
  kind: 'laser' | 'marker',
  color: string,
  strength: number,
): Element[] {
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  svg.style.opacity = `${strength}`;
  svg.style.color = color;
  const add = (tag: string, attributes: Record<string, string | number>): void => {
    const shape = document.createElementNS(svg.namespaceURI, tag);
    for (const [name, value] of Object.entries(attributes)) shape.setAttribute(name, `${value}`);
    svg.append(shape);
  };
  const line = (part: { x: number; y: number }[], opacity: number): void =>
    add('polyline', { points: part.map(({ x, y }) => `${x},${y}`).join(' '), 'stroke-opacity': opacity });
  if (kind === 'marker') line(points.length > 1 ? points : [...points, ...points], 1);
  else {
    const pieces = 8;
    for (let piece = 0; piece < pieces; piece++) {
      const from = Math.floor((points.length * piece) / pieces);
      const to = Math.floor((points.length * (piece + 1)) / pieces);
      if (to > from) line(points.slice(Math.max(from - 1, 0), to), (piece + 1) / pieces);
    }
    const head = points.at(-1);
    if (head) add('circle', { cx: head.x, cy: head.y, r: 6 });
  }
  return [svg];
}
