// Documents that something is said of and nothing is known of: asked for until they begin, or are not heard of any more.
import { MAX_FRAMES } from '../../protocol/limits.ts';

/** A document is asked for again after, ms; twice as long each time. */
const BEGIN_WITHIN = 400;
const ASKS = 3;
/** One that does not begin all the same is asked for so often at most while it goes on to speak, ms. */
const ASK_EVERY = 2_000;

export class Unknown {
  readonly #ask: (frame: number) => void;
  readonly #asked = new Map<number, { at: number; timer: NodeJS.Timeout | undefined }>();

  /** @param ask asks for a snapshot of a document */
  constructor(ask: (frame: number) => void) {
    this.#ask = ask;
  }

  /** A document has spoken. */
  heard(frame: number): void {
    const asked = this.#asked.get(frame);
    if (asked ? asked.timer || performance.now() - asked.at < ASK_EVERY : this.#asked.size > MAX_FRAMES)
      return;
    this.#askFor(frame, 0);
  }

  #askFor(frame: number, tries: number): void {
    const again = (): void => {
      if (tries + 1 < ASKS) this.#askFor(frame, tries + 1);
      else this.#asked.set(frame, { at: performance.now(), timer: undefined });
    };
    const timer = setTimeout(again, BEGIN_WITHIN * 2 ** tries).unref();
    this.#asked.set(frame, { at: performance.now(), timer });
    this.#ask(frame);
  }

  /** It has begun, or is gone. */
  forget(frame: number): void {
    clearTimeout(this.#asked.get(frame)?.timer);
    this.#asked.delete(frame);
  }

  clear(): void {
    for (const frame of [...this.#asked.keys()]) this.forget(frame);
  }
}
