// How often one address may try something: guesses of invites, beginnings of conversations.
import { Refused } from '../errors.ts';

const WINDOW = 60_000;
/** Addresses remembered at one time: made-up ones cannot fill the memory. */
const MAX_ADDRESSES = 10_000;

export class Attempts {
  readonly #perMinute: number;
  readonly #counts = new Map<string, { from: number; count: number }>();

  constructor(perMinute: number) {
    this.#perMinute = perMinute;
  }

  /** Counts one. @throws {Refused} too-fast when there were too many in this minute */
  take(address: string | undefined, now = Date.now()): void {
    this.check(address, now);
    this.count(address, now);
  }

  /** @throws {Refused} too-fast */
  check(address: string | undefined, now = Date.now()): void {
    const entry = this.#counts.get(address ?? '');
    if (entry && now - entry.from < WINDOW && entry.count >= this.#perMinute) throw new Refused('too-fast');
  }

  count(address: string | undefined, now = Date.now()): void {
    const key = address ?? '';
    const entry = this.#counts.get(key);
    if (entry && now - entry.from < WINDOW) entry.count++;
    else {
      this.#counts.delete(key);
      this.#counts.set(key, { from: now, count: 1 });
      if (this.#counts.size > MAX_ADDRESSES) this.#counts.delete(this.#counts.keys().next().value!);
    }
  }
}
