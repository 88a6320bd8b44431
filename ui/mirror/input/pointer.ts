// The pointer above the mirror: shared with everybody, and with control also what presses, drags and selects in the leader's page.
import type { Input } from '../../../protocol/input.ts';
import { MAX_TRAIL } from '../../../protocol/limits.ts';
import type { FromView } from '../../../protocol/ports.ts';
import type { MirrorBelow } from '../overlay-mirror.ts';
import { startPerFrame } from './frames.ts';
import { createPinch } from './pinch.ts';
import { findPlace, fractionsOn, localPoint, modifiersOf, type Place } from './place.ts';
import { grabScrollBar, type HeldBar } from './scroll-bars.ts';
import type { PointerSelection } from './selection.ts';

type PointerInput = Extract<Input, { type: 'input.pointer' }>;
type PointerShare = Extract<FromView, { type: 'pointer' }>;

/** A place in the document that was pressed, and what is under the pointer when that is in another one. */
type PlaceNow = Place & Pick<PointerInput, 'over'>;

/** Own pointer is shared at most this often, ms. */
const SHARE_EVERY_MS = 25;
/** Back and forward buttons are the person's own browser's. */
const LAST_BUTTON = 2;

export interface PointerDeps {
  layer: HTMLElement;
  mirror: MirrorBelow;
  selection: PointerSelection;
  mayControl(): boolean;
  mayShare(): boolean;
  send(input: Input): void;
  share(message: PointerShare): void;
  /** A press begins, with control. */
  onPress(place: Place): void;
  /**
   * A press that the page's element cannot take by events (slider, option of a list): the answer takes the moves instead of the page,
   * `undefined` leaves it to the page.
   */
  grab(place: Place, event: PointerEvent): { move(event: PointerEvent): void } | undefined;
  /** A click of the left button ended on the element it began on. */
  onClick(element: Element): void;
}

/** Starts to take pointers of the layer. */
export function startPointerInput(deps: PointerDeps): { stop(): void } {
  const { layer, mirror, selection, mayControl, mayShare, send, share } = deps;
  let press: { pointer: number; button: number; element: Element; clicks: number } | undefined;
  let held: { move(event: PointerEvent): void } | undefined;
  let pressing: PointerEvent | undefined;
  let sharedAt = Number.NEGATIVE_INFINITY;
  let shareTimer: ReturnType<typeof setTimeout> | undefined;
  let isIn = false;

  const shareAt = (kind: 'moved' | 'clicked', clientX: number, clientY: number): void => {
    const place = findPlace(mirror, clientX, clientY);
    if (!place || !mayShare()) return;
    const { frame, node, x, y } = place;
    isIn = true;
    share({ type: 'pointer', kind, frame, node, x, y });
  };
  const shareMove = (clientX: number, clientY: number): void => {
    clearTimeout(shareTimer);
    const wait = sharedAt + SHARE_EVERY_MS - performance.now();
    // where it stops must be seen too, so the last move is sent late rather than dropped
    if (wait > 0) shareTimer = setTimeout(() => shareMove(clientX, clientY), wait);
    else {
      sharedAt = performance.now();
      shareAt('moved', clientX, clientY);
    }
  };

  /**
   * What was pressed in a frame has all that follows, beyond the frame's edges too, as in browsers. What was pressed in the page, or may
   * be dragged, goes over them, unless the pointer was captured: the leader knows.
   */
  const placeNow = (event: PointerEvent, fallback = press !== undefined): PlaceNow | undefined => {
    const { clientX, clientY } = event;
    const place = findPlace(mirror, clientX, clientY, fallback);
    const pressed = press?.element.ownerDocument;
    if (!press || !pressed || place?.element.ownerDocument === pressed) return place;
    const element = pressed.documentElement;
    const id = mirror.idOf(element);
    if (!id) return place;
    const own = { element, ...id, ...fractionsOn(mirror.rectOf(element), clientX, clientY) };
    const stays =
      event.pointerType === 'touch' || (pressed !== mirror.document() && !isDragged(press.element));
    if (!place || stays) return own;
    const { frame, node, x, y } = place;
    return { ...own, over: { frame, node, x, y } };
  };

  const pointerInput = (
    event: PointerEvent,
    action: PointerInput['action'],
    clicks: number,
    place: PlaceNow | undefined = placeNow(event),
    trail?: PointerEvent[],
  ): void => {
    if (!place) return;
    const { element, frame, node, x, y, over } = place;
    const box = trail && mirror.rectOf(element);
    const pointer =
      event.pointerType === 'touch' || event.pointerType === 'pen' ? event.pointerType : 'mouse';
    const button = action === 'move' ? (press?.button ?? 0) : Math.max(event.button, 0);
    // a lost capture is told with the buttons still down
    const buttons = action === 'up' || action === 'cancel' ? 0 : event.buttons & 7;
    const modifiers = modifiersOf(event);
    send({
      type: 'input.pointer',
      ...{ frame, node, x, y, action, button, buttons, clicks, pointer, modifiers },
      ...pressureOf(event),
      ...(over && { over }),
      ...(action === 'down' && { client: localPoint(mirror, element, event.clientX, event.clientY) }),
      ...(box && {
        trail: trail.map((point) => ({
          ...fractionsOn(box, point.clientX, point.clientY),
          ...pressureOf(point),
        })),
      }),
    });
  };

  /** What would make a line of the moves; elsewhere the last one is enough. */
  const draws = (): boolean => press?.element.closest('canvas,svg') != null;
  const moves = startPerFrame<PointerEvent[]>(
    (events) => {
      const event = events.at(-1)!;
      shareMove(event.clientX, event.clientY);
      if (!mayControl()) return;
      if (held) return held.move(event);
      const trail = draws() ? events.flatMap((each) => each.getCoalescedEvents()).slice(0, -1) : undefined;
      pointerInput(event, 'move', 0, undefined, trail?.slice(-MAX_TRAIL));
      if (press?.button === 0 && event.pointerType !== 'touch')
        selection.extend(event.clientX, event.clientY);
      return undefined;
    },
    (before, next) => [...before, ...next],
  );

  /** @param count how often in a row, as the person's system counts it */
  const onDown = (event: PointerEvent, count: number): void => {
    if (event.button > LAST_BUTTON) return;
    moves.flush();
    shareAt('clicked', event.clientX, event.clientY);
    if (!mayControl() || press) return;
    const place = findPlace(mirror, event.clientX, event.clientY);
    if (!place) return;
    layer.setPointerCapture(event.pointerId);
    const clicks = (Math.max(count - 1, 0) % 3) + 1;
    press = { pointer: event.pointerId, button: event.button, element: place.element, clicks };
    deps.onPress(place);
    const bar = grabScrollBar(mirror, place, event.clientX, event.clientY);
    if (bar) {
      held = scrollWith(bar, send);
      return;
    }
    pointerInput(event, 'down', clicks, place);
    held = event.button === 0 ? deps.grab(place, event) : undefined;
    const selects = event.button === 0 && !held && event.pointerType !== 'touch';
    if (selects && !isDraggable(place.element)) selection.begin(place, event.clientX, event.clientY, clicks);
  };

  const onUp = (event: PointerEvent): void => {
    if (press?.pointer !== event.pointerId || press.button !== event.button) return;
    moves.flush();
    const { element, clicks, button } = press;
    const place = placeNow(event);
    const bar = held && 'isBar' in held;
    selection.end();
    if (!bar) pointerInput(event, 'up', clicks, place);
    press = undefined;
    const grabbed = held !== undefined;
    held = undefined;
    if (button === 0 && !grabbed && place?.element === element) deps.onClick(element);
  };

  const cancel = (event: PointerEvent): void => {
    moves.stop();
    selection.end();
    held = undefined;
    if (mayControl()) pointerInput(event, 'cancel', 0, placeNow(event, true));
    press = undefined;
  };
  const onCancel = (event: PointerEvent): void => {
    if (press) cancel(event);
  };
  const onLeave = (event: PointerEvent): void => {
    if (press) return; // captured: it only left the view
    cancel(event);
    clearTimeout(shareTimer);
    if (isIn) share({ type: 'pointer', kind: 'left', frame: 0, node: 0, x: 0, y: 0 });
    isIn = false;
  };

  const pinch = createPinch(mirror, send, cancel);
  const byTwo = (event: PointerEvent): boolean => mayControl() && pinch.takes(event);

  const listeners = {
    pointermove: (event: PointerEvent) => {
      if (!byTwo(event)) moves.push([event]);
    },
    pointerdown: (event: PointerEvent) => {
      if (byTwo(event)) return;
      if (event.pointerType === 'touch') onDown(event, 1);
      else pressing = event;
    },
    pointerup: (event: PointerEvent) => {
      if (!byTwo(event)) onUp(event);
    },
    pointercancel: (event: PointerEvent) => {
      if (!byTwo(event)) onCancel(event);
    },
    pointerleave: (event: PointerEvent) => {
      if (!byTwo(event)) onLeave(event);
    },
    mousedown: (event: MouseEvent) => {
      // the focus is ours to place, and the person's own menus and drags have no sense above a picture
      event.preventDefault();
      const down = pressing;
      pressing = undefined;
      if (down) onDown(down, event.detail);
    },
    contextmenu: (event: Event) => event.preventDefault(),
    dragstart: (event: Event) => event.preventDefault(),
  };
  for (const [type, listener] of Object.entries(listeners))
    layer.addEventListener(type, listener as EventListener);
  return {
    stop() {
      moves.stop();
      pinch.stop();
      clearTimeout(shareTimer);
      for (const [type, listener] of Object.entries(listeners))
        layer.removeEventListener(type, listener as EventListener);
    },
  };
}

/** A mouse has none of its own. */
function pressureOf({ pointerType, pressure }: PointerEvent): { pressure?: number } {
  return pointerType === 'pen' ? { pressure } : {};
}

function scrollWith(bar: HeldBar, send: (input: Input) => void) {
  return {
    isBar: true,
    move: (event: PointerEvent) => send(bar.move(event.clientX, event.clientY)),
  };
}

/** What the page's own drag and drop would take. */
function isDragged(element: Element): boolean {
  return element.closest('[draggable="true"],a[href],img') !== null;
}

/** Where a drag selects nothing. */
function isDraggable(element: Element): boolean {
  return isDragged(element) || element.closest('button,select') !== null;
}
