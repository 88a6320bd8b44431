// The leader's side: binary page facts into the mirror, and byte credit back.
import { CREDIT_BYTES } from '../../protocol/limits.ts';
import { type PageFact, pageFact, splitFact } from '../../protocol/page-facts.ts';
import { decodeJson, Malformed } from '../../protocol/schema.ts';
import type { SessionMirror } from '../mirror/session-mirror.ts';
import type { Session } from '../session/session.ts';
import type { SessionConnection } from './relay.ts';

/** Credit is told after so many bytes, or after this time. */
const TELL_AFTER_BYTES = CREDIT_BYTES / 16;
const TELL_AFTER_MS = 50;
/** Share of the gateway's time that one leader may take for long, and how much of it at once, ms: a large snapshot is not slowed. */
const SHARE = 0.25;
const BURST_MS = 1_000;
/** Who waits longer than that may know, ms. */
const NOTICED = 300;

/** Fatal: what is no UTF-8 was not made by our recorder. */
const utf8 = new TextDecoder('utf-8', { fatal: true });

export interface LeaderDeps {
  session: Pick<Session, 'showing' | 'lastUse'>;
  mirror: Pick<SessionMirror, 'take' | 'clear' | 'url' | 'title' | 'behind'>;
  connection: Pick<SessionConnection, 'send' | 'pause' | 'resume'>;
}

export class Leader {
  readonly #deps: LeaderDeps;
  #taken = 0;
  #told = 0;
  #timer: NodeJS.Timeout | undefined;
  /** Working time of the gateway that this leader may still take at once, ms. */
  #spare = BURST_MS;
  #at = performance.now();
  #pause: NodeJS.Timeout | undefined;

  constructor(deps: LeaderDeps) {
    this.#deps = deps;
  }

  /** A new connection: nothing that was known of the page is taken for sure, every frame is asked anew. */
  start(): void {
    this.#deps.mirror.clear();
    this.#deps.connection.send({ type: 'page.resend', frame: 0 });
  }

  /** @throws {Malformed | Refused} for nonsense: the caller closes the connection */
  take(bytes: Buffer): void {
    const parts = splitFact(bytes);
    if (!parts) throw new Malformed('', 'a page fact');
    const { session, mirror } = this.#deps;
    const begun = performance.now();
    const fact = decodeJson(pageFact, decodeText(parts.json));
    mirror.take(parts.frame, fact, parts.page);
    session.showing(mirror.url, mirror.title);
    if (isUse(fact)) session.lastUse = Date.now();
    this.#slowDown(begun, performance.now());
    this.#taken += bytes.length;
    if (this.#taken - this.#told >= TELL_AFTER_BYTES) this.#tell();
    else this.#timer ??= setTimeout(() => this.#tell(), TELL_AFTER_MS);
  }

  #tell(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#told = this.#taken;
    this.#deps.connection.send({ type: 'page.credit', bytes: this.#taken });
  }

  /** A page that sends more than the gateway can take is read more slowly, so that it takes no time from other sessions. */
  #slowDown(begun: number, now: number): void {
    this.#spare = Math.min(BURST_MS, this.#spare + (now - this.#at) * SHARE) - (now - begun);
    this.#at = now;
    if (this.#spare < 0 && !this.#pause) {
      const wait = -this.#spare / SHARE;
      const { mirror, connection } = this.#deps;
      if (wait > NOTICED) mirror.behind = true;
      connection.pause();
      this.#pause = setTimeout(() => {
        this.#pause = undefined;
        mirror.behind = false;
        connection.resume();
      }, wait);
    }
  }

  stop(): void {
    clearTimeout(this.#timer);
    clearTimeout(this.#pause);
    this.#deps.mirror.behind = false;
  }
}

/** Whether the customer did something, as against a page that changes by itself. */
function isUse(fact: PageFact): boolean {
  if (fact.type === 'frame.opened') return true;
  // What draws or plays by itself goes on without anybody there.
  return (
    fact.type === 'frame.changed' &&
    fact.ops.some(
      (op) =>
        op[0] === 'select' ||
        (op[0] === 'props' &&
          Object.keys(op[2]).some((name) => !/^(?:picture|media|src|natural)$/.test(name))),
    )
  );
}

function decodeText(bytes: Uint8Array): string {
  try {
    return utf8.decode(bytes);
  } catch {
    throw new Malformed('', 'UTF-8');
  }
}
