// How well everybody sees the shared page: told to the customer where it does not come right at once.
import type { ShownState } from '../../protocol/mirror-messages.ts';
import type { SessionEvent } from '../../protocol/session-messages.ts';

type Told = Extract<SessionEvent, { type: 'mirror.state' }>;

/** What is mended sooner is not worth a word, ms. */
const UNNOTICED = 300;

export interface PictureDeps {
  /** How well the gateway itself knows the page. */
  known: () => ShownState;
  /** Tells the leader. */
  tell: (event: Told) => void;
}

export class Picture<Seat extends { participant: { name: string } }> {
  readonly #deps: PictureDeps;
  readonly #shown = new Map<Seat, ShownState>();
  #told = '';
  #timer: NodeJS.Timeout | undefined;

  constructor(deps: PictureDeps) {
    this.#deps = deps;
  }

  /** A follower's window says how well it shows the page. */
  shows(seat: Seat, state: ShownState): void {
    this.#shown.set(seat, state);
    this.changed();
  }

  left(seat: Seat): void {
    if (this.#shown.delete(seat)) this.changed();
  }

  /** Windows of followers by how well they show the page. */
  get shown(): Iterable<ShownState> {
    return this.#shown.values();
  }

  /** Something may have changed. What is right again is told at once, what is not only after a while. */
  changed(): void {
    const next = this.#now();
    if (JSON.stringify(next) === this.#told) {
      clearTimeout(this.#timer);
      this.#timer = undefined;
    } else if (next.state === 'live') this.#tell();
    else this.#timer ??= setTimeout(() => this.#tell(), UNNOTICED).unref();
  }

  /** Another window leads: it has been told nothing. */
  begin(): void {
    this.#told = JSON.stringify({ type: 'mirror.state', state: 'live', names: [] } satisfies Told);
    this.changed();
  }

  #tell(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const event = this.#now();
    const text = JSON.stringify(event);
    if (text === this.#told) return;
    this.#told = text;
    this.#deps.tell(event);
  }

  #now(): Told {
    const known = this.#deps.known();
    // Nobody sees more than the gateway knows.
    if (known === 'degraded' || known === 'catching-up')
      return { type: 'mirror.state', state: known, names: [] };
    for (const state of ['degraded', 'catching-up'] as const) {
      const names = new Set<string>();
      for (const [{ participant }, shown] of this.#shown) if (shown === state) names.add(participant.name);
      if (names.size > 0) return { type: 'mirror.state', state, names: [...names] };
    }
    return { type: 'mirror.state', state: 'live', names: [] };
  }

  stop(): void {
    clearTimeout(this.#timer);
  }
}
