// At most one of a kind per animation frame, and 50 a second: the last one counts, and it can be sent ahead of time.

/** Collects values and hands the last on with the next animation frame. */
export interface PerFrame<T> {
  push(value: T): void;
  /** Hands on at once what is waiting, so that the order with other messages stays right. */
  flush(): void;
  stop(): void;
}

/** The gateway takes 120 inputs a second of all kinds; fast displays have more frames than that. */
const EVERY_MS = 20;

/** @param join what becomes of a value that is still waiting when the next comes; by default it is dropped */
export function startPerFrame<T>(take: (value: T) => void, join?: (before: T, next: T) => T): PerFrame<T> {
  let waiting: { value: T } | undefined;
  let request = 0;
  let takenAt = Number.NEGATIVE_INFINITY;
  const flush = (): void => {
    cancelAnimationFrame(request);
    request = 0;
    const { value } = waiting ?? {};
    const some = waiting !== undefined;
    waiting = undefined;
    if (!some) return;
    takenAt = performance.now();
    take(value as T);
  };
  const onFrame = (now: number): void => {
    // a frame may begin a little early
    if (now - takenAt >= EVERY_MS - 4) flush();
    else request = requestAnimationFrame(onFrame);
  };
  return {
    push(value) {
      waiting = { value: waiting && join ? join(waiting.value, value) : value };
      if (request === 0) request = requestAnimationFrame(onFrame);
    },
    flush,
    stop() {
      cancelAnimationFrame(request);
      request = 0;
      waiting = undefined;
    },
  };
}
