// Token buckets by key: so many a second, with a burst of three seconds' worth.
import { Refused } from '../errors.ts';

const BURST_SECONDS = 3;

export class RateLimit {
  readonly #perSecond: number;
  readonly #buckets = new Map<string, { tokens: number; at: number }>();

  constructor(perSecond: number) {
    this.#perSecond = perSecond;
  }

  /** @throws {Refused} too-fast */
  take(key: string, now = Date.now()): void {
    const most = this.#perSecond * BURST_SECONDS;
    const bucket = this.#buckets.get(key) ?? { tokens: most, at: now };
    bucket.tokens = Math.min(most, bucket.tokens + ((now - bucket.at) / 1_000) * this.#perSecond);
    bucket.at = now;
    this.#buckets.set(key, bucket);
    if (bucket.tokens < 1) throw new Refused('too-fast');
    bucket.tokens -= 1;
  }

  forget(key: string): void {
    this.#buckets.delete(key);
  }
}
