// When the mirror has lost something: it says what it has, is told what differs, and asks for a snapshot when that does not help.
import type { NodeId } from '../../protocol/nodes.ts';
import type { FromView } from '../../protocol/ports.ts';
import { type Account, accountOf, MAX_RANGES } from '../../protocol/repair.ts';

/** How long an answer may take before it is asked again, ms; twice as long each time. */
const ANSWER_WITHIN = 400;
const QUESTIONS = 3;
/** How long a snapshot may take to be announced; twice as long each time, up to that. Then, how long it may take to come. */
const ANNOUNCED_WITHIN = 400;
const LONGEST = 3_000;
const LOADED_WITHIN = 15_000;
/** Snapshots after which a page whose digests never agree is left as it is. They are forgotten after a while, ms. */
const MAX_SNAPSHOTS = 3;
const FORGOTTEN_AFTER = 60_000;
/** Ranges of all documents together. */
const RANGES = 2 * MAX_RANGES;

export type Question = Extract<FromView, { type: 'repair' }>;
export type Why = Extract<FromView, { type: 'resync' }>['why'];

export interface MendingDeps {
  /** What is there by now. */
  has(): Omit<Question, 'type' | 'of' | 'why'>;
  send(message: FromView): void;
  /** Whether the mirror is right may have changed. */
  onState(): void;
}

export class Mending {
  readonly #deps: MendingDeps;
  /** Waits for a snapshot: what comes before it is of no use. */
  #lost = true;
  #question: Question | undefined;
  #questions = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #snapshots: number[] = [];
  /** There was nothing to be asked for. */
  #isIdle = false;
  /** Asks for a snapshot once more. */
  #again = (): void => {};

  constructor(deps: MendingDeps) {
    this.#deps = deps;
  }

  get lost(): boolean {
    return this.#lost;
  }

  /** Changes are not applied: the answer, or the snapshot, has them. */
  get waits(): boolean {
    return this.#lost || this.#question !== undefined;
  }

  get state(): 'live' | 'catching-up' | 'degraded' {
    if (this.#isGivenUp()) return 'degraded';
    return this.waits ? 'catching-up' : 'live';
  }

  #isGivenUp(): boolean {
    const now = performance.now();
    this.#snapshots = this.#snapshots.filter((at) => now - at < FORGOTTEN_AFTER);
    return this.#snapshots.length > MAX_SNAPSHOTS;
  }

  /** Something is missing, or differs. */
  differs(why: Question['why']): void {
    if (this.waits || (why === 'digest' && this.#isGivenUp())) return;
    this.#ask(why, 0);
  }

  #ask(why: Question['why'], tries: number): void {
    // Asked again by the same number: nothing was applied since, so the answer to either will do.
    this.#question ??= { type: 'repair', why, of: ++this.#questions, ...this.#deps.has() };
    this.#wait(ANSWER_WITHIN * 2 ** tries, () => {
      if (tries + 1 < QUESTIONS) this.#ask(why, tries + 1);
      else this.resync('gap');
    });
    this.#deps.send(this.#question);
    this.#deps.onState();
  }

  #wait(time: number, then: () => void): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(then, time);
  }

  /** The question that an answer is to; undefined for one that came too late. */
  questionOf(of: number): Question | undefined {
    return this.#question?.of === of ? this.#question : undefined;
  }

  /** Asks for the first snapshot. */
  start(): void {
    this.#lost = false;
    this.resync('start');
  }

  /** The gateway has nothing to show yet: there is no snapshot to wait for, a page will come by itself. */
  heard(): void {
    if (!this.#lost) return;
    clearTimeout(this.#timer);
    this.#isIdle = true;
  }

  /** Something of a page that is not here: where none was waited for, it has come and was lost. */
  missed(): void {
    if (this.#lost && this.#isIdle) this.#askSnapshot('gap', 0);
  }

  /** Asks for a snapshot. */
  resync(why: Why): void {
    if (this.#lost && why !== 'tampered') return;
    this.#question = undefined;
    this.#lost = true;
    if (why !== 'tampered' && why !== 'start') this.#snapshots.push(performance.now());
    this.#askSnapshot(why, 0);
  }

  #askSnapshot(why: Why, tries: number): void {
    this.#isIdle = false;
    this.#again = () => this.#askSnapshot(why, tries + 1);
    // The question may be lost, and what announces it.
    this.#wait(Math.min(LONGEST, ANNOUNCED_WITHIN * 2 ** tries), this.#again);
    this.#deps.send({ type: 'resync', why });
    this.#deps.onState();
  }

  /** A snapshot is about to be loaded. */
  comes(): void {
    if (this.#lost) this.#wait(LOADED_WITHIN, this.#again);
  }

  /** What came was of no use. */
  failed(): void {
    if (this.#lost) this.#wait(ANNOUNCED_WITHIN, this.#again);
    else this.resync('gap');
  }

  /** All that was missing is there. */
  mended(): void {
    clearTimeout(this.#timer);
    if (!this.waits) return;
    this.#lost = false;
    this.#question = undefined;
    this.#deps.onState();
  }

  stop(): void {
    clearTimeout(this.#timer);
  }
}

/** Ranges for each of so many documents. */
export function rangesOf(documents: number): number {
  return Math.max(32, Math.min(MAX_RANGES, Math.floor(RANGES / documents)));
}

/** What there is of one document. */
export function accountFrom(
  nodes: ReadonlyMap<NodeId, { readonly id: NodeId; readonly hash: number }>,
  asides: Iterable<readonly [number, number]>,
  ranges: number,
): Account {
  let highest = 0;
  const shares: [number, number][] = [...asides].map(([key, hash]) => [key, hash]);
  for (const [id, { hash }] of nodes) {
    highest = Math.max(highest, id);
    shares.push([id, hash]);
  }
  return accountOf(shares, highest, ranges);
}
