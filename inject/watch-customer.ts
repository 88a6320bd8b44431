// What the customer does with mouse and keys while we watch: his pointer for the others, Esc Esc, and own input while another holds control.
import { isOwn } from './own/own.ts';
import type { Realm } from './realm.ts';

const ESC_ESC_MS = 600;
const OWN_INPUT_EVERY_MS = 1_000;
const POINTER_EVERY_MS = 25;

/** Looks for what the browser itself calls trusted: what is performed for a follower never is. */
export function startWatchingCustomer(
  realm: Realm,
  options: {
    idOf(node: Node): number;
    /** Whether what it holds is kept from followers. */
    isMasked(element: Element): boolean;
    isControlled(): boolean;
    /** Esc twice. */
    takeBack(): void;
    /** Whether he does what he was asked to do: that is no wish for control. */
    isAsked(event: Event): boolean;
  },
): { placeOf(event: PointerEvent): Place | undefined } {
  const { window, natives } = realm;
  const listen = (type: string, listener: (event: Event) => void) => realm.listen(window, type, listener);
  let escapedAt = Number.NEGATIVE_INFINITY;
  let toldAt = Number.NEGATIVE_INFINITY;
  const onOwnInput = (event: Event) => {
    if (!event.isTrusted || !options.isControlled()) return;
    const now = natives.now();
    if (event.type === 'keydown' && (event as KeyboardEvent).key === 'Escape') {
      if ((event as KeyboardEvent).repeat) return;
      if (now - escapedAt < ESC_ESC_MS) {
        escapedAt = Number.NEGATIVE_INFINITY;
        options.takeBack();
      } else {
        escapedAt = now;
        realm.tell({ type: 'escape' });
      }
      return;
    }
    if (options.isAsked(event)) return;
    if (now - toldAt < OWN_INPUT_EVERY_MS) return;
    toldAt = now;
    realm.tell({ type: 'ownInput' });
  };
  for (const type of ['pointerdown', 'keydown', 'wheel']) listen(type, onOwnInput);

  let sentAt = Number.NEGATIVE_INFINITY;
  let waiting: { event: PointerEvent; path: EventTarget[] } | undefined;
  const send = (kind: 'moved' | 'clicked', event: PointerEvent, path = natives.composedPath(event)) => {
    sentAt = natives.now();
    waiting = undefined;
    const place = placeOf(realm, event, options, path);
    if (!place) return;
    const { node, x, y } = place;
    realm.tell({ type: 'pointer', kind, node, x, y });
  };
  listen('pointermove', (event) => {
    if (!event.isTrusted) return;
    const rest = sentAt + POINTER_EVERY_MS - natives.now();
    if (rest <= 0) return send('moved', event as PointerEvent);
    if (!waiting)
      natives.setTimeout(() => {
        if (waiting) send('moved', waiting.event, waiting.path);
      }, rest);
    // An event knows its path only while it is under way.
    waiting = { event: event as PointerEvent, path: natives.composedPath(event) };
  });
  listen('pointerdown', (event) => {
    if (event.isTrusted) send('clicked', event as PointerEvent);
  });
  realm.listen(window.document, 'pointerleave', (event) => {
    if (event.isTrusted && event.target === window.document)
      realm.tell({ type: 'pointer', kind: 'left', node: 0, x: 0, y: 0 });
  });
  return { placeOf: (event) => placeOf(realm, event, options) };
}

/** Where something is: the innermost element that followers know, and where on its border box, 0…1. */
export interface Place {
  element: Element;
  node: number;
  x: number;
  y: number;
}

function placeOf(
  realm: Realm,
  event: PointerEvent,
  { idOf, isMasked }: { idOf(node: Node): number; isMasked(element: Element): boolean },
  path: EventTarget[] = realm.natives.composedPath(event),
): Place | undefined {
  let place: Place | undefined;
  for (const target of path) {
    if (!(target instanceof realm.window.Element) || isOwn(target)) continue;
    const node = idOf(target);
    // Where he is within a masked part tells what he enters there, on the keys of a PIN pad for one: it is the middle of the whole part.
    if (isMasked(target)) {
      if (node > 0) place = { element: target, node, x: 0.5, y: 0.5 };
      continue;
    }
    if (place) break;
    if (!(node > 0)) continue;
    const { left, top, width, height } = target.getBoundingClientRect();
    const part = (value: number, size: number) => (size > 0 ? Math.round((value / size) * 1e4) / 1e4 : 0);
    return {
      element: target,
      node,
      x: clamp(part(event.clientX - left, width)),
      y: clamp(part(event.clientY - top, height)),
    };
  }
  return place;
}

const clamp = (value: number) => Math.max(-100, Math.min(100, value));
