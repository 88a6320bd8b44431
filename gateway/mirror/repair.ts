// Mends documents of the leader that differ from their trees: asks what differs first, the whole document then, and gives up in time.
import { MAX_FRAMES } from '../../protocol/limits.ts';
import type { Account } from '../../protocol/repair.ts';
import type { Log } from '../log.ts';
import { Rate } from '../rate.ts';
import type { Frame } from './frame.ts';
import type { Meter } from './meter.ts';

/** A question to the recorder: what the gateway has of a document. */
export interface Question extends Account {
  frame: number;
  /** Its number; the answer names it. */
  of: number;
}

/** How long an answer may take before it is asked again; twice as long each time, ms. */
const ANSWER_WITHIN = 400;
const QUESTIONS = 3;
/** The same for a whole document to begin; three times as long each time, as it costs the page more. */
const BEGIN_WITHIN = 600;
const RESENDS = 3;
/** A page that differs for ever, or says so, costs the gateway no more than this: repairs and snapshots at once, and so many a second in the long run. */
const REPAIRS = { burst: 30, perSecond: 1 };
const SNAPSHOTS = { burst: 6, perSecond: 1 / 20 };
/** What was given up is tried again after, ms. */
const TRY_AGAIN = 30_000;

export interface RepairDeps {
  ask(question: Question): void;
  /** Asks for a snapshot of a document. */
  resend(frame: number): void;
  /** Whether documents are being mended, or were given up, may have changed. */
  onState(): void;
  log: Log;
  meter: Meter;
}

interface Mending {
  /** The open question; undefined while the whole document was asked for. */
  question: Question | undefined;
  tries: number;
  timer: NodeJS.Timeout;
  /** Part of the answer that comes next. */
  part: number;
}

export class Repairs {
  readonly #deps: RepairDeps;
  readonly #mending = new Map<number, Mending>();
  /** Given up for now; `frozen` when it has missed changes, so that nothing later fits. */
  readonly #givenUp = new Map<number, { timer: NodeJS.Timeout; frozen: boolean }>();
  readonly #repairs = new Rate(REPAIRS.perSecond, REPAIRS.burst);
  readonly #snapshots = new Rate(SNAPSHOTS.perSecond, SNAPSHOTS.burst);
  #questions = 0;

  constructor(deps: RepairDeps) {
    this.#deps = deps;
  }

  get state(): 'live' | 'catching-up' | 'degraded' {
    if (this.#givenUp.size > 0) return 'degraded';
    return this.#mending.size > 0 ? 'catching-up' : 'live';
  }

  /** What a document says just now is not applied: it will be part of the answer. */
  isMending(frame: number): boolean {
    return this.#mending.has(frame) || this.#givenUp.get(frame)?.frozen === true;
  }

  /** Something of a document was lost. */
  differs(frame: Frame, by: 'gap' | 'digest'): void {
    const { number } = frame;
    if (this.#mending.has(number) || (by === 'digest' && this.#givenUp.has(number))) return;
    this.#deps.meter.differed('leader', by);
    this.#deps.log.warn({ frame: number, by }, 'the leader and its mirror differ');
    frame.dropParts();
    // A snapshot that has lost a slice cannot be mended.
    if (frame.complete && this.#repairs.take()) this.#ask(frame, 0);
    else this.resend(number, 0, by === 'gap');
  }

  /** @param of the number of the question, when it was asked before: nothing was applied since, so the answer to that one will do */
  #ask(frame: Frame, tries: number, of = ++this.#questions): void {
    const { number } = frame;
    const question = { frame: number, of, ...frame.account() };
    const again = (): void => {
      // Where the gateway itself was busy, the answer may be waiting at the door.
      setImmediate(() => {
        if (this.#mending.get(number)?.timer !== timer) return;
        if (tries + 1 < QUESTIONS) this.#ask(frame, tries + 1, of);
        else this.resend(number);
      });
    };
    const timer = setTimeout(again, ANSWER_WITHIN * 2 ** tries).unref();
    this.#put(number, { question, tries, timer, part: 0 });
    this.#deps.ask(question);
  }

  #put(frame: number, mending: Mending): void {
    clearTimeout(this.#mending.get(frame)?.timer);
    this.#mending.set(frame, mending);
    this.#deps.onState();
  }

  /**
   * A part of an answer has come.
   * @returns the question, when it answers the open one and nothing of it is missing
   */
  answered(frame: Frame, of: number, part: number): Question | undefined {
    const mending = this.#mending.get(frame.number);
    if (mending?.question?.of !== of) return undefined;
    // A question that was asked twice has two answers, one behind the other.
    if (part === 0) {
      mending.part = 0;
      frame.dropParts();
    }
    if (mending.part === part) {
      mending.part++;
      return mending.question;
    }
    frame.dropParts();
    if (mending.tries + 1 < QUESTIONS) this.#ask(frame, mending.tries + 1);
    else this.resend(frame.number);
    return undefined;
  }

  /** What came as an answer has been applied. @param equal whether nothing differs any more */
  applied(frame: number, equal: boolean): void {
    if (!equal) {
      this.resend(frame);
      return;
    }
    this.#deps.meter.mended('leader', 'repair');
    this.#done(frame);
  }

  /** Asks for the whole document. @param frozen it has missed changes already */
  resend(frame: number, tries = 0, frozen = true): void {
    if (this.#mending.size >= MAX_FRAMES && !this.#mending.has(frame)) return;
    if (tries >= RESENDS || !this.#snapshots.take()) {
      this.#giveUp(frame, frozen);
      return;
    }
    const timer = setTimeout(() => this.resend(frame, tries + 1), BEGIN_WITHIN * 3 ** tries).unref();
    this.#put(frame, { question: undefined, tries, timer, part: 0 });
    this.#deps.resend(frame);
  }

  /** Once asked for a whole document, nobody asks again until it begins. */
  isAwaited(frame: number): boolean {
    const mending = this.#mending.get(frame);
    return mending !== undefined && mending.question === undefined;
  }

  #giveUp(frame: number, frozen: boolean): void {
    this.#deps.log.warn({ frame }, 'a document that differs is left as it is');
    this.#deps.meter.mended('leader', 'given-up');
    this.#drop(frame);
    const timer = setTimeout(() => {
      this.#givenUp.delete(frame);
      this.resend(frame);
      this.#deps.onState();
    }, TRY_AGAIN).unref();
    this.#givenUp.set(frame, { timer, frozen });
    this.#deps.onState();
  }

  /** A document began anew. */
  began(frame: number): void {
    if (this.isAwaited(frame)) this.#deps.meter.mended('leader', 'whole');
    this.#done(frame);
  }

  /** The digests agree, or there is nothing to mend any more. */
  #done(frame: number): void {
    this.#drop(frame);
    this.#deps.onState();
  }

  /** The digest is right: what was given up has come right by itself. */
  agrees(frame: number): void {
    if (this.#givenUp.has(frame)) this.#done(frame);
  }

  forget(frame: number): void {
    if (this.#mending.has(frame) || this.#givenUp.has(frame)) this.#done(frame);
  }

  #drop(frame: number): void {
    clearTimeout(this.#mending.get(frame)?.timer);
    clearTimeout(this.#givenUp.get(frame)?.timer);
    this.#mending.delete(frame);
    this.#givenUp.delete(frame);
  }

  clear(): void {
    for (const frame of [...this.#mending.keys(), ...this.#givenUp.keys()]) this.#drop(frame);
  }
}
