// Taking control back: in force in this window at once, whatever the connection does, and said to the gateway until it knows.
import { holderOf, type OpenSession } from '../session/session.ts';

/** Two Esc within this time take control back, ms. They may come in the page, in a frame of it, and in the window around it. */
const DOUBLE_MS = 600;

export interface TakeBack {
  /** Takes it back. Does nothing when nobody else holds it. */
  now(): void;
  /** One Esc of the customer; the second one takes it back. @param at ms, of `performance.now()` */
  escape(at: number): void;
  /** Whether input of that epoch of control may still be performed. */
  allows(epoch: number): boolean;
  /** Hears of it, with the epoch that is over. */
  onTaken(listener: (epoch: number) => void): void;
  stop(): void;
}

export function startTakeBack(session: OpenSession): TakeBack {
  const listeners = new Set<(epoch: number) => void>();
  /** Epochs of control up to this one are over. */
  let over = 0;
  let escapedAt = Number.NEGATIVE_INFINITY;

  const held = (): number | undefined => {
    const state = session.state.peek();
    const holder = state && holderOf(state);
    return state && holder && holder.pid !== session.pid.peek() ? state.control.epoch : undefined;
  };
  const now = (): void => {
    const epoch = held();
    if (epoch === undefined) return;
    over = Math.max(over, epoch);
    session.ask({ type: 'control.takeBack' });
    for (const listener of listeners) listener(epoch);
  };
  // Said while the connection was down: it is said again.
  const stop = session.onEvent((event) => {
    const epoch = event.type === 'session.welcome' ? held() : undefined;
    if (epoch !== undefined && epoch <= over) session.ask({ type: 'control.takeBack' });
  });

  return {
    now,
    escape(at) {
      const double = at - escapedAt < DOUBLE_MS;
      escapedAt = double ? Number.NEGATIVE_INFINITY : at;
      if (double) now();
    },
    allows: (epoch) => epoch > over && epoch >= (session.state.peek()?.control.epoch ?? 0),
    onTaken: (listener) => void listeners.add(listener),
    stop,
  };
}
