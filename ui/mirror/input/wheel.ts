// The wheel above the mirror: with control it turns in the leader's page, without it moves the view where that is zoomed.
import type { Input } from '../../../protocol/input.ts';
import type { MirrorBelow } from '../overlay-mirror.ts';
import { startPerFrame } from './frames.ts';
import { findPlace, modifiersOf } from './place.ts';

type WheelInput = Extract<Input, { type: 'input.wheel' }>;

/** Px of one line, for wheels that count lines. */
const LINE = 40;

export interface WheelDeps {
  layer: HTMLElement;
  mirror: MirrorBelow;
  mayControl(): boolean;
  send(input: WheelInput): void;
}

/** Starts to take the wheel of the layer. */
export function startWheel({ layer, mirror, mayControl, send }: WheelDeps): { stop(): void } {
  const turns = startPerFrame<WheelInput>(send, (before, next) => ({
    ...next,
    dx: before.dx + next.dx,
    dy: before.dy + next.dy,
  }));

  const onWheel = (event: WheelEvent): void => {
    // the browser's own zoom, unless the page may have a use for it (a map, by two fingers too)
    if (event.ctrlKey && !mayControl()) return;
    event.preventDefault();
    const unit = event.deltaMode === 1 ? LINE : event.deltaMode === 2 ? innerHeight : 1;
    const [dx, dy] = [event.deltaX * unit, event.deltaY * unit];
    // Alt pans the zoomed view also while controlling
    if (!mayControl() || event.altKey) {
      findScroller(mirror.element)?.scrollBy({ left: dx, top: dy, behavior: 'instant' });
      return;
    }
    const place = findPlace(mirror, event.clientX, event.clientY);
    if (!place) return;
    const { frame, node, x, y } = place;
    const scale = mirror.scale() || 1;
    turns.push({
      type: 'input.wheel',
      frame,
      node,
      x,
      y,
      dx: limit(dx / scale),
      dy: limit(dy / scale),
      modifiers: modifiersOf(event),
    });
  };
  layer.addEventListener('wheel', onWheel, { passive: false });
  return {
    stop() {
      turns.stop();
      layer.removeEventListener('wheel', onWheel);
    },
  };
}

/** The part around the mirror that scrolls when it is larger than the view. */
function findScroller(frame: Element): Element | undefined {
  for (let element = frame.parentElement; element; element = element.parentElement) {
    if (element === document.body || element === document.documentElement) break;
    const { overflowX, overflowY } = getComputedStyle(element);
    const larger = element.scrollHeight > element.clientHeight || element.scrollWidth > element.clientWidth;
    if (larger && (/auto|scroll/.test(overflowX) || /auto|scroll/.test(overflowY))) return element;
  }
  return document.scrollingElement ?? undefined;
}

const limit = (delta: number): number => Math.min(Math.max(delta, -1e5), 1e5);
