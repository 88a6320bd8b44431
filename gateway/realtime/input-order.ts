// Keys of a follower that cannot be judged yet: until the leader has done what came before them nobody knows where the focus is.
// They wait, and everything behind them, so that nothing is lost and nothing overtakes.

/** Longer nobody waits for the leader, ms: then it is judged by what is known. */
const LONGEST_MS = 2_000;
/** So many wait at most. */
const MOST = 120;

/**
 * Passes an input on, or throws why not.
 * @param last it may not wait (any more)
 * @returns false when it cannot be judged yet
 */
export type Attempt = (last: boolean) => boolean;

interface Waiting {
  attempt: Attempt;
  until: number;
  passed(): void;
  refused(error: unknown): void;
}

/** The inputs of one window, in the order in which it sent them. */
export class InputOrder {
  #waiting: Waiting[] = [];
  #timer: NodeJS.Timeout | undefined;
  #underWay: number | undefined;

  /** Whether the leader still has something to do that may move the focus. */
  get isUnderWay(): boolean {
    return this.#underWay !== undefined;
  }

  /** Whether no more may wait. */
  get isFull(): boolean {
    return this.#waiting.length >= MOST;
  }

  /** @returns undefined when it is passed on at once; throws what `attempt` throws */
  take(attempt: Attempt): Promise<void> | undefined {
    if (this.#waiting.length === 0 && attempt(!this.isUnderWay)) return undefined;
    return new Promise((passed, refused) => {
      this.#waiting.push({ attempt, until: performance.now() + LONGEST_MS, passed, refused });
      this.#wake();
    });
  }

  /** An input that may move the focus was passed on to the leader. */
  passed(seq: number): void {
    this.#underWay = seq;
  }

  /** The leader has done this input and all before it, and the mirror shows it. */
  done(seq: number): void {
    if (this.#underWay === undefined || seq < this.#underWay) return;
    this.#underWay = undefined;
    this.#goOn();
  }

  #goOn(): void {
    const now = performance.now();
    for (let first = this.#waiting[0]; first; first = this.#waiting[0]) {
      const { attempt, until, passed, refused } = first;
      try {
        if (!attempt(!this.isUnderWay || now >= until)) break;
        passed();
      } catch (error) {
        refused(error);
      }
      this.#waiting.shift();
    }
    this.#wake();
  }

  #wake(): void {
    clearTimeout(this.#timer);
    const first = this.#waiting[0];
    if (!first) return;
    this.#timer = setTimeout(() => this.#goOn(), Math.max(0, first.until - performance.now())).unref();
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#waiting = [];
  }
}
