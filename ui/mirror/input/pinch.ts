// Two fingers above the mirror: the page hears them as it hears a trackpad, by wheel events, of which a pinch has Ctrl.
import type { Input } from '../../../protocol/input.ts';
import type { MirrorBelow } from '../overlay-mirror.ts';
import { startPerFrame } from './frames.ts';
import { findPlace } from './place.ts';

type WheelInput = Extract<Input, { type: 'input.wheel' }>;

const CTRL = 2;
/** What Chromium says for the natural logarithm of a scale. */
const PER_LOG = 100;

/** Fingers on the layer. */
export interface Pinch {
  /** Whether the event belongs to a gesture of two fingers, until both are lifted. */
  takes(event: PointerEvent): boolean;
  stop(): void;
}

/** @param begin a second finger came down: what the first has begun is over */
export function createPinch(
  mirror: MirrorBelow,
  send: (input: WheelInput) => void,
  begin: (event: PointerEvent) => void,
): Pinch {
  const fingers = new Map<number, { x: number; y: number }>();
  let last: { x: number; y: number; apart: number } | undefined;
  let pinching = false;

  const sum = (before: WheelInput, next: WheelInput): WheelInput => ({
    ...next,
    dx: before.dx + next.dx,
    dy: before.dy + next.dy,
  });
  const zooms = startPerFrame<WheelInput>(send, sum);
  const pans = startPerFrame<WheelInput>(send, sum);

  const measure = (): NonNullable<typeof last> | undefined => {
    const [one, other] = [...fingers.values()];
    if (!one || !other) return undefined;
    const apart = Math.max(Math.hypot(one.x - other.x, one.y - other.y), 1);
    return { x: (one.x + other.x) / 2, y: (one.y + other.y) / 2, apart };
  };
  const move = (): void => {
    const now = measure();
    const place = now && findPlace(mirror, now.x, now.y);
    if (!now || !last || !place) return;
    const { frame, node, x, y } = place;
    const at = { type: 'input.wheel', frame, node, x, y } as const;
    const scale = mirror.scale() || 1;
    zooms.push({ ...at, dx: 0, dy: -PER_LOG * Math.log(now.apart / last.apart), modifiers: CTRL });
    pans.push({ ...at, dx: (last.x - now.x) / scale, dy: (last.y - now.y) / scale, modifiers: 0 });
    last = now;
  };

  return {
    takes(event) {
      const { type, pointerId, pointerType, clientX: x, clientY: y } = event;
      if (pointerType !== 'touch') return false;
      if (type === 'pointerdown' || fingers.has(pointerId)) fingers.set(pointerId, { x, y });
      if (type === 'pointermove') {
        if (pinching) move();
      } else if (type === 'pointerdown') {
        if (fingers.size === 2) {
          if (!pinching) begin(event);
          pinching = true;
          last = measure();
        }
      } else {
        last = undefined;
        const was = pinching;
        // comes after each release of a finger
        if (type === 'pointerleave') fingers.delete(pointerId);
        if (fingers.size === 0) pinching = false;
        return was;
      }
      return pinching;
    },
    stop() {
      zooms.stop();
      pans.stop();
    },
  };
}
