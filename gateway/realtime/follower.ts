// One follower's queue of mirror bytes: bounded in bytes and time; who falls behind gets one fresh snapshot instead.
import type { SessionEvent } from '../../protocol/session-messages.ts';
import type { Connection } from './connection.ts';

/** Bytes that wait for this follower. */
const MAX_QUEUE_BYTES = 2 * 1_024 * 1_024;
/** Age of the oldest message that waits, ms. */
const MAX_QUEUE_AGE = 2_000;
/** Bytes handed to the network at one time; the rest waits here, where it can still be dropped. */
const WINDOW_BYTES = 256 * 1_024;
/** Little enough to say that a reader has caught up (a heartbeat or a chat line may always be on its way). */
const DRAINED_BYTES = 16 * 1_024;

export interface FollowerDeps {
  connection: Pick<Connection<SessionEvent>, 'open' | 'unsent' | 'sendBytes'>;
  /** The message that says where a fresh snapshot is. */
  snapshot: () => Uint8Array;
  /** The message that says that it is catching up. */
  catchingUp: () => Uint8Array;
}

export class Follower {
  readonly #deps: FollowerDeps;
  #queue: { bytes: Uint8Array; at: number }[] = [];
  #queued = 0;
  #behind = false;

  constructor(deps: FollowerDeps) {
    this.#deps = deps;
  }

  /** Whether it lost the thread and waits for a snapshot. */
  get behind(): boolean {
    return this.#behind;
  }

  /** The next message of the mirror. The same bytes go to every follower. */
  push(bytes: Uint8Array): void {
    if (this.#behind) return;
    const now = performance.now();
    const oldest = this.#queue[0]?.at ?? now;
    if (this.#queued + bytes.length > MAX_QUEUE_BYTES || now - oldest > MAX_QUEUE_AGE) {
      this.#queue = [{ bytes: this.#deps.catchingUp(), at: now }];
      this.#queued = 0;
      this.#behind = true;
    } else {
      this.#queue.push({ bytes, at: now });
      this.#queued += bytes.length;
    }
    this.#pump();
  }

  /** Starts it anew: at its beginning, and when it asks. */
  restart(): void {
    this.#queue = [];
    this.#queued = 0;
    this.#behind = false;
    this.push(this.#deps.snapshot());
  }

  #pump(): void {
    const { connection } = this.#deps;
    while (connection.open && connection.unsent < WINDOW_BYTES) {
      const next = this.#queue.shift();
      if (!next) {
        // Everything went out: what was missed is made good by one snapshot, however much it was.
        if (this.#behind && connection.unsent < DRAINED_BYTES) this.restart();
        return;
      }
      this.#queued = Math.max(0, this.#queued - next.bytes.length);
      connection.sendBytes(next.bytes, () => this.#pump());
    }
  }
}
