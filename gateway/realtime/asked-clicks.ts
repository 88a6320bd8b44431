// Clicks that only the customer himself can do, asked of him one at a time: lit in his page until he answers, or nobody does.
import type { Input } from '../../protocol/input.ts';
import type { ClickAnswer, ClickKind, SessionEvent } from '../../protocol/session-messages.ts';
import { Refused } from '../errors.ts';
import type { FoundElement } from '../mirror/session-mirror.ts';
import { Rate } from '../rate.ts';
import { newSecret } from '../session/secrets.ts';

/** Nobody answered for so long: it is taken away, ms. */
const UNANSWERED_MS = 60_000;
/** A browser takes a script for asked by a person for five seconds after his click: as long, a refusal belongs to what was performed. */
const NEEDED_WITHIN_MS = 5_000;

/** An element by its frame and node. */
interface At {
  frame: number;
  node: number;
}

export interface AskedClicksDeps {
  find(frame: number, node: number): FoundElement | undefined;
  /** pid of who holds control. */
  holder(): string;
  /** To everybody in the session. */
  tell(event: SessionEvent): void;
  audit(line: Record<string, unknown>): void;
}

export class AskedClicks {
  readonly #deps: AskedClicksDeps;
  /** A page may say at any time that it needs a click: it shall not become a strobe light. */
  readonly #needs = new Rate(0.5, 5);
  #open: ({ id: string; pid: string; what: ClickKind } & At) | undefined;
  #timer: NodeJS.Timeout | undefined;
  /** What was performed last that a page may answer with something it is refused. */
  #last: { pid: string; at: number } | undefined;

  constructor(deps: AskedClicksDeps) {
    this.#deps = deps;
  }

  /**
   * Asks the customer. What was asked before is withdrawn.
   * @throws {Refused} stale when there is no such element, field-protected when nobody but the customer sees it
   */
  ask(pid: string, what: ClickKind, { frame, node }: At): void {
    const element = this.#deps.find(frame, node);
    if (!element) throw new Refused('stale');
    // It would be pointed at blindly, by a number that was guessed.
    if (element.hidden) throw new Refused('field-protected');
    this.#close('withdrawn');
    const id = newSecret().slice(0, 16);
    this.#open = { id, pid, what, frame, node };
    this.#timer = setTimeout(() => this.#close('late'), UNANSWERED_MS).unref();
    this.#deps.audit({ pid, what });
    this.#deps.tell({ type: 'click.asked', ...this.#open });
  }

  /** By who asked. */
  withdraw(pid: string, id: string): void {
    if (this.#open?.id === id && this.#open.pid === pid) this.#close('withdrawn');
  }

  /** An input is about to be performed. */
  performed(pid: string, input: Input): void {
    const acts = input.type === 'input.pointer' ? input.action === 'up' : input.type !== 'input.wheel';
    if (acts) this.#last = { pid, at: performance.now() };
  }

  /**
   * The leader's page says that it was refused something. It is believed only right after the holder of control did something,
   * and the question is then his: a page cannot make somebody ask.
   */
  needed({ frame, node, what }: At & { what: ClickKind }): void {
    const last = this.#last;
    if (!last || last.pid !== this.#deps.holder() || performance.now() - last.at > NEEDED_WITHIN_MS) return;
    const open = this.#open;
    if (open?.frame === frame && open.node === node && open.what === what) return;
    const found = this.#deps.find(frame, node);
    if (found && !found.hidden && this.#needs.take()) this.ask(last.pid, what, { frame, node });
  }

  /** By the leader. An answer to what is not asked (any more) is none. */
  answered(id: string, answer: ClickAnswer): void {
    if (this.#open?.id === id) this.#close(answer);
  }

  /** The page is gone, and its elements with it. */
  gone(): void {
    this.#last = undefined;
    this.#close('gone');
  }

  /** He is gone, and cannot see any more what comes of it. */
  left(pid: string): void {
    if (this.#open?.pid === pid) this.#close('withdrawn');
  }

  #close(answer: ClickAnswer): void {
    clearTimeout(this.#timer);
    const open = this.#open;
    if (!open) return;
    this.#open = undefined;
    this.#deps.audit({ pid: open.pid, what: open.what, answer });
    this.#deps.tell({ type: 'click.answered', id: open.id, answer });
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#open = undefined;
  }
}
