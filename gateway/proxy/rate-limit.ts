// Rates by key: so many a second, with a burst of three seconds' worth.
import { Refused } from '../errors.ts';
import { Rate } from '../rate.ts';

const BURST_SECONDS = 3;

export class RateLimit {
  readonly #perSecond: number;
  readonly #rates = new Map<string, Rate>();

  constructor(perSecond: number) {
    this.#perSecond = perSecond;
  }

  /** @throws {Refused} too-fast */
  take(key: string): void {
    if (!this.may(key)) throw new Refused('too-fast');
  }

  /** Counts, too. */
  may(key: string): boolean {
    let rate = this.#rates.get(key);
    if (!rate) {
      rate = new Rate(this.#perSecond, this.#perSecond * BURST_SECONDS);
      this.#rates.set(key, rate);
    }
    return rate.take();
  }

  forget(key: string): void {
    this.#rates.delete(key);
  }
}
