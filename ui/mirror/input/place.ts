// From a point above the mirror to an element of the page and the place on it.
import type { MirrorBelow } from '../overlay-mirror.ts';

/** An element of the mirror that the leader knows, and where on it: 0…1 across its border box. */
export interface Place {
  element: Element;
  frame: number;
  node: number;
  x: number;
  y: number;
}

/** Fractions beyond this are of no use to anyone and refused by the gateway. */
const FARTHEST = 10;

/** The place at an outer point; with `fallback`, points beside the page belong to its root element. */
export function findPlace(
  mirror: MirrorBelow,
  clientX: number,
  clientY: number,
  fallback = false,
): Place | undefined {
  const hit =
    mirror.elementAt(clientX, clientY) ?? (fallback ? mirror.document()?.documentElement : undefined);
  for (let element: Element | undefined = hit; element; element = composedParent(element)) {
    const id = mirror.idOf(element);
    if (!id) continue;
    return { element, ...id, ...fractionsOn(mirror.rectOf(element), clientX, clientY) };
  }
  return undefined;
}

/** An outer point as fractions of a border box. */
export function fractionsOn(
  { left, top, width, height }: DOMRect,
  clientX: number,
  clientY: number,
): { x: number; y: number } {
  return { x: fraction(clientX - left, width), y: fraction(clientY - top, height) };
}

/** The outer point of a place on an element. */
export function pointOf(
  mirror: MirrorBelow,
  element: Element,
  x: number,
  y: number,
): { x: number; y: number } {
  const { left, top, width, height } = mirror.rectOf(element);
  return { x: left + x * width, y: top + y * height };
}

/** An outer point in the coordinates of the element's own document. */
export function localPoint(
  mirror: MirrorBelow,
  element: Element,
  clientX: number,
  clientY: number,
): { x: number; y: number } {
  const outer = mirror.rectOf(element);
  const inner = element.getBoundingClientRect();
  const scale = inner.width > 0 && outer.width > 0 ? outer.width / inner.width : mirror.scale();
  return { x: inner.left + (clientX - outer.left) / scale, y: inner.top + (clientY - outer.top) / scale };
}

/** Parent through shadow roots. */
export function composedParent(element: Element): Element | undefined {
  const parent = element.assignedSlot ?? element.parentNode;
  if (parent?.nodeType === 1) return parent as Element;
  return (parent as Partial<ShadowRoot> | null)?.host;
}

/** By name: an element of another frame is no instance of this window's classes. */
export function isTag<K extends keyof HTMLElementTagNameMap>(
  element: Node | undefined,
  tag: K,
): element is HTMLElementTagNameMap[K] {
  return (element as Element | undefined)?.localName === tag;
}

/** Modifier keys as a bit field, see protocol/input.ts. */
export function modifiersOf(event: MouseEvent | KeyboardEvent): number {
  return (
    (event.altKey ? 1 : 0) | (event.ctrlKey ? 2 : 0) | (event.metaKey ? 4 : 0) | (event.shiftKey ? 8 : 0)
  );
}

function fraction(offset: number, size: number): number {
  if (size <= 0) return 0.5;
  return Math.round(Math.min(Math.max(offset / size, -FARTHEST), FARTHEST) * 1e4) / 1e4;
}
