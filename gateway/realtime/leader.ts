// The leader's side: binary page facts into the mirror, and byte credit back.
import { CREDIT_BYTES } from '../../protocol/limits.ts';
import { pageFact, splitFact } from '../../protocol/page-facts.ts';
import { decodeJson, Malformed } from '../../protocol/schema.ts';
import type { Relay, SessionConnection } from './relay.ts';

/** Credit is told after so many bytes, or after this time. */
const TELL_AFTER_BYTES = CREDIT_BYTES / 16;
const TELL_AFTER_MS = 50;

/** Fatal: what is no UTF-8 was not made by our recorder. */
const utf8 = new TextDecoder('utf-8', { fatal: true });

export class Leader {
  readonly #relay: Relay;
  readonly #connection: SessionConnection;
  #taken = 0;
  #told = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(relay: Relay, connection: SessionConnection) {
    this.#relay = relay;
    this.#connection = connection;
  }

  /** A new connection: nothing that was known of the page is taken for sure, every frame is asked anew. */
  start(): void {
    this.#relay.live.mirror.clear();
    this.#connection.send({ type: 'page.resend', frame: 0 });
  }

  /** @throws {Malformed | Refused} for nonsense: the caller closes the connection */
  take(bytes: Buffer): void {
    const parts = splitFact(bytes);
    if (!parts) throw new Malformed('', 'a page fact');
    const { session, live } = this.#relay;
    live.mirror.take(parts.frame, decodeJson(pageFact, decodeText(parts.json)));
    session.showing(live.mirror.url, live.mirror.title);
    session.lastUse = Date.now();
    this.#taken += bytes.length;
    if (this.#taken - this.#told >= TELL_AFTER_BYTES) this.#tell();
    else this.#timer ??= setTimeout(() => this.#tell(), TELL_AFTER_MS);
  }

  #tell(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#told = this.#taken;
    this.#connection.send({ type: 'page.credit', bytes: this.#taken });
  }

  stop(): void {
    clearTimeout(this.#timer);
  }
}

function decodeText(bytes: Uint8Array): string {
  try {
    return utf8.decode(bytes);
  } catch {
    throw new Malformed('', 'UTF-8');
  }
}
