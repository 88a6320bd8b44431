// Tells the others where a person's pointer is, at a pace that the gateway takes, and always where it stopped.
import type { SessionRequest } from '../../protocol/session-messages.ts';

/** Moves go out at most this often, ms: the gateway takes 45 a second. */
const EVERY_MS = 25;

/** What a pointer does; after `left` it is shown nowhere. */
export interface PointerDoes {
  kind: 'moved' | 'clicked' | 'left';
  frame: number;
  node: number;
  x: number;
  y: number;
}

/** A move that comes too early waits for its turn, and the last of those that wait counts. Clicks and leaving go out at once. */
export function startPointerPace(ask: (request: SessionRequest) => void): {
  take(does: PointerDoes): void;
  stop(): void;
} {
  let told = Number.NEGATIVE_INFINITY;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const tell = ({ kind, ...at }: PointerDoes): void => {
    if (kind === 'left') ask({ type: 'pointer.left' });
    else ask({ type: `pointer.${kind}`, ...at });
  };
  return {
    take(does) {
      // the newer word: what waits is of before
      clearTimeout(timer);
      if (does.kind !== 'moved') return tell(does);
      const move = (): void => {
        told = performance.now();
        tell(does);
      };
      const wait = told + EVERY_MS - performance.now();
      if (wait <= 0) move();
      else timer = setTimeout(move, wait);
    },
    stop: () => clearTimeout(timer),
  };
}
