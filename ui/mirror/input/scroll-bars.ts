// Scroll bars of the mirror: dragging one, or pressing beside its thumb, sends offsets (the leader's bar cannot be grabbed by events).
import type { Input } from '../../../protocol/input.ts';
import type { MirrorBelow } from '../overlay-mirror.ts';
import { localPoint, type Place } from './place.ts';

type ScrollInput = Extract<Input, { type: 'input.scroll' }>;

/** A scroll bar that is held. */
export interface HeldBar {
  move(clientX: number, clientY: number): ScrollInput;
}

/** The bar under a press; undefined when it is none. */
export function grabScrollBar(
  mirror: MirrorBelow,
  place: Place,
  clientX: number,
  clientY: number,
): HeldBar | undefined {
  const { element } = place;
  const document = element.ownerDocument;
  const root = element === document.documentElement;
  const point = localPoint(mirror, element, clientX, clientY);
  const box = element.getBoundingClientRect();
  // the bars of the document lie beside its root element's client area, whatever that is scrolled to
  const left = root ? 0 : box.left + element.clientLeft;
  const top = root ? 0 : box.top + element.clientTop;
  const { clientWidth: width, clientHeight: height } = element;
  const inside = { x: point.x - left, y: point.y - top };
  const outer = root
    ? { x: document.defaultView?.innerWidth ?? width, y: document.defaultView?.innerHeight ?? height }
    : { x: (element as HTMLElement).offsetWidth, y: (element as HTMLElement).offsetHeight };
  const onVertical = inside.x >= width && inside.x < outer.x && element.scrollHeight > height;
  const onHorizontal = inside.y >= height && inside.y < outer.y && element.scrollWidth > width;
  if (width === 0 || onVertical === onHorizontal) return undefined;

  const start = { x: element.scrollLeft, y: element.scrollTop };
  const { frame, node } = place;
  return {
    move(toX, toY) {
      const to = localPoint(mirror, element, toX, toY);
      const ratio = onVertical ? element.scrollHeight / height : element.scrollWidth / width;
      const by = (onVertical ? to.y - point.y : to.x - point.x) * ratio;
      return {
        type: 'input.scroll',
        frame,
        node,
        x: onVertical ? start.x : Math.max(0, start.x + by),
        y: onVertical ? Math.max(0, start.y + by) : start.y,
      };
    },
  };
}
