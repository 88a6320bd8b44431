// Scrolling as a wheel, a key or a scroll bar does: at once, in the nearest part that can still move.
import type { Input } from '../../protocol/input.ts';
import { flatChain, isHtml } from './composed-tree.ts';
import { modifierInit, type Page } from './page.ts';
import { stepField } from './value.ts';

const CTRL = 2;

/** Puts an element (or, given the root element, the document) at an offset. */
export function performScroll(
  page: Page,
  target: Element,
  input: Extract<Input, { type: 'input.scroll' }>,
): void {
  const scroller = target === page.document.documentElement ? rootScroller(page) : target;
  scroller.scrollTo({ left: input.x, top: input.y, behavior: 'instant' });
}

/**
 * Turns the wheel above an element: the page is asked first, then the nearest part that can move does.
 * @param focused where keys go
 */
export function performWheel(
  page: Page,
  target: Element,
  client: { x: number; y: number },
  input: Extract<Input, { type: 'input.wheel' }>,
  focused: Element,
): void {
  const { window } = page;
  const event = new window.WheelEvent('wheel', {
    bubbles: true,
    cancelable: true,
    composed: true,
    view: window,
    clientX: client.x,
    clientY: client.y,
    screenX: client.x + window.screenX,
    screenY: client.y + window.screenY,
    deltaX: input.dx,
    deltaY: input.dy,
    deltaMode: 0,
    // what older pages (and Monaco) ask first: the other way round; by itself it has the wrong sign [measured]
    wheelDeltaX: -1.2 * input.dx,
    wheelDeltaY: -1.2 * input.dy,
    ...modifierInit(input.modifiers),
  } as WheelEventInit);
  if (!page.send(target, event) || (input.modifiers & CTRL) !== 0) return;
  // above the number that is written in, the wheel counts
  if (focused === target && input.dy !== 0 && isHtml(target, 'input') && target.type === 'number')
    stepField(page, target, input.dy < 0 ? 'ArrowUp' : 'ArrowDown');
  else scrollChain(page, target, input.dx, input.dy);
}

/** Moves the nearest part around the element that can still move that way; false when none can. */
export function scrollChain(page: Page, start: Element, dx: number, dy: number): boolean {
  const root = rootScroller(page);
  for (const element of flatChain(start)) {
    if (element === page.document.documentElement || element === page.document.body) continue;
    const style = page.window.getComputedStyle(element);
    const x = dx !== 0 && isScroller(style.overflowX) && element.scrollWidth > element.clientWidth;
    const y = dy !== 0 && isScroller(style.overflowY) && element.scrollHeight > element.clientHeight;
    if (x || y) {
      if (moved(element, x ? dx : 0, y ? dy : 0)) return true;
      if ((y ? style.overscrollBehaviorY : style.overscrollBehaviorX) !== 'auto') return false;
    }
    // what is around it in the tree does not move it
    if (style.position === 'fixed') break;
  }
  const { x, y } = rootMayScroll(page);
  if (moved(root, x ? dx : 0, y ? dy : 0)) return true;
  const style = page.window.getComputedStyle(page.document.documentElement);
  if ((dy !== 0 ? style.overscrollBehaviorY : style.overscrollBehaviorX) === 'auto') page.beyond?.(dx, dy);
  return false;
}

/** The element that scrolls the viewport. */
export function rootScroller(page: Page): Element {
  return page.document.scrollingElement ?? page.document.documentElement;
}

function moved(element: Element, dx: number, dy: number): boolean {
  const { scrollLeft, scrollTop } = element;
  element.scrollBy({ left: dx, top: dy, behavior: 'instant' });
  return element.scrollLeft !== scrollLeft || element.scrollTop !== scrollTop;
}

const isScroller = (overflow: string): boolean => overflow === 'auto' || overflow === 'scroll';

/** The viewport takes the overflow of html, or of body when html leaves it visible. */
function rootMayScroll({ window, document }: Page): { x: boolean; y: boolean } {
  const html = window.getComputedStyle(document.documentElement);
  const body = document.body ? window.getComputedStyle(document.body) : html;
  const style = html.overflowX === 'visible' && html.overflowY === 'visible' ? body : html;
  const may = (overflow: string): boolean => overflow !== 'hidden' && overflow !== 'clip';
  return { x: may(style.overflowX), y: may(style.overflowY) };
}
