// How often something may happen in the long run, and how often at once.

export class Bucket {
  readonly #burst: number;
  readonly #every: number;
  #left: number;
  #at = performance.now();

  /** @param every ms after which it may happen once more */
  constructor({ burst, every }: { burst: number; every: number }) {
    this.#burst = burst;
    this.#every = every;
    this.#left = burst;
  }

  /** @returns false when it is too often */
  take(): boolean {
    const now = performance.now();
    this.#left = Math.min(this.#burst, this.#left + (now - this.#at) / this.#every);
    this.#at = now;
    if (this.#left < 1) return false;
    this.#left--;
    return true;
  }
}
