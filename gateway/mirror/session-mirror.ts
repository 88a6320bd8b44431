// The mirror of one session: takes what the leader's documents say, keeps their trees, and says what followers get.
import type { Addresses } from '../../protocol/address.ts';
import { MAX_FRAMES, MAX_NODES } from '../../protocol/limits.ts';
import {
  type MirrorFrame,
  type MirrorMessage,
  type MirrorSnapshot,
  type RepairedFrame,
  type ShownState,
  showsNothing,
} from '../../protocol/mirror-messages.ts';
import type { NodeId } from '../../protocol/nodes.ts';
import type { PageFact } from '../../protocol/page-facts.ts';
import type { Account } from '../../protocol/repair.ts';
import { Refused } from '../errors.ts';
import type { Log } from '../log.ts';
import type { FrameDeps } from './document.ts';
import { Frame } from './frame.ts';
import { malformed } from './malformed.ts';
import { FLAG, MaskRules } from './masks.ts';
import { type Meter, NO_METER } from './meter.ts';
import { Nesting } from './nesting.ts';
import { QuietDigests } from './quiet-digests.ts';
import { type Question, Repairs } from './repair.ts';
import type { Resources } from './resources.ts';
import { Strings } from './strings.ts';
import { TreeTooLarge } from './tree.ts';
import { Unknown } from './unknown.ts';

export type MirrorState = ShownState;
/** What is known of the page by what was said of it. */
type Known = Extract<ShownState, 'waiting' | 'out-of-sight' | 'live' | 'degraded'>;

/** UTF-16 units of texts and attributes that all trees of a session may hold. */
const MAX_CHARS = 24 * 1024 * 1024;

/** What is known of an element, for those who decide about input. */
export interface FoundElement {
  tag: string;
  type?: string;
  masked: boolean;
  /** Followers do not even see that it is there. */
  hidden?: true;
  readonly: boolean;
  file: boolean;
}

export class SessionMirror {
  readonly #addresses: Addresses;
  readonly #rules: MaskRules;
  readonly #declared: readonly string[];
  readonly #resources: Resources;
  readonly #log: Log;
  readonly #frames = new Map<number, Frame>();
  readonly #nesting = new Nesting(this.#frames, (frame) => {
    this.#seq++;
    this.#emitFrame(frame);
  });
  readonly #digests = new QuietDigests({
    digest: (frame) => this.#emitDigest(frame),
    state: () => this.#emit({ type: 'mirror.state', state: this.#told }),
  });
  readonly #listeners = new Set<(message: MirrorMessage) => void>();
  readonly #resendListeners = new Set<(frame: number) => void>();
  readonly #questionListeners = new Set<(question: Question) => void>();
  readonly #unknown = new Unknown((frame) => this.#askResend(frame));
  readonly #repairs: Repairs;
  readonly #meter: Meter;
  /** Frames that are not passed on: too large, or without the site's masks. */
  readonly #refused = new Set<number>();
  #deps: FrameDeps;
  #top: number | undefined;
  #known: Known = 'waiting';
  #told: MirrorState = 'waiting';
  #behind = false;
  #epoch: number;
  #seq = 0;

  /** @throws {SelectorError} for mask selectors outside the restricted grammar */
  constructor(options: {
    addresses: Addresses;
    masks: { mask: readonly string[]; hide: readonly string[]; readonly: readonly string[] };
    resources: Resources;
    log: Log;
    /** Epochs begin after it: followers of before a restart must see that what comes is newer. */
    firstEpoch?: number;
    meter?: Meter;
  }) {
    this.#epoch = options.firstEpoch ?? 0;
    this.#addresses = options.addresses;
    this.#rules = new MaskRules(options.masks);
    this.#declared = [...options.masks.mask, ...options.masks.hide];
    this.#resources = options.resources;
    this.#log = options.log;
    this.#deps = this.#freshDeps();
    this.#meter = options.meter ?? NO_METER;
    this.#repairs = new Repairs({
      ask: (question) => {
        for (const listener of this.#questionListeners) listener(question);
      },
      resend: (frame) => this.#askResend(frame),
      onState: () => this.#tellState(),
      log: options.log,
      meter: this.#meter,
    });
  }

  #freshDeps(): FrameDeps {
    return {
      rules: this.#rules,
      resources: this.#resources,
      strings: new Strings(),
      budget: { nodes: MAX_NODES, chars: MAX_CHARS },
      toUpstream: (url) => this.#addresses.toUpstream(url),
    };
  }

  /** Counts pages shown: ids of nodes mean something within an epoch only. */
  get epoch(): number {
    return this.#epoch;
  }

  /** Counts messages within an epoch. */
  get seq(): number {
    return this.#seq;
  }

  /** How well it knows the page. */
  get state(): MirrorState {
    if (this.#known !== 'live') return this.#known;
    const { state } = this.#repairs;
    return state === 'live' && this.#behind ? 'catching-up' : state;
  }

  /** The leader has said more than the gateway has taken yet. */
  set behind(behind: boolean) {
    this.#behind = behind;
    this.#tellState();
  }

  /** Whether there is a page, complete or not, that followers may have. */
  get shows(): boolean {
    return !showsNothing(this.#known);
  }

  get #page(): Frame | undefined {
    return this.#top === undefined ? undefined : this.#frames.get(this.#top);
  }

  /** Real address of the page, '' while there is none. */
  get url(): string {
    const page = this.#page;
    return page ? (this.#addresses.toUpstream(page.url) ?? page.url) : '';
  }

  get title(): string {
    return this.#page?.title ?? '';
  }

  /** Nodes of all documents. */
  get nodes(): number {
    let count = 0;
    for (const frame of this.#frames.values()) count += frame.tree.size;
    return count;
  }

  /** What followers get from now on. @returns stops listening */
  onMessage(listener: (message: MirrorMessage) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Hears of documents whose recorder is to send a snapshot. @returns stops listening */
  onResend(listener: (frame: number) => void): () => void {
    this.#resendListeners.add(listener);
    return () => this.#resendListeners.delete(listener);
  }

  /** Hears of documents of which the recorder is to say again what differs. @returns stops listening */
  onQuestion(listener: (question: Question) => void): () => void {
    this.#questionListeners.add(listener);
    return () => this.#questionListeners.delete(listener);
  }

  /** What followers see, parents first. */
  #shownFrames(): Frame[] {
    return this.#page?.shown ? this.#nesting.shownFrom(this.#page) : [];
  }

  /** Everything that followers may have, at `(epoch, seq)`. */
  snapshot(): MirrorSnapshot {
    const frames = this.#shownFrames().map((frame) => frame.emitWhole());
    return { epoch: this.#epoch, seq: this.#seq, frames, state: this.state };
  }

  /**
   * What makes one follower's mirror equal.
   * @param has of each document that he has, what is in it
   * @returns undefined when only a snapshot does
   */
  repairFor(question: {
    of: number;
    epoch: number;
    frames: (Account & { frame: number })[];
  }): Extract<MirrorMessage, { type: 'mirror.repaired' }> | undefined {
    if (question.epoch !== this.#epoch || !this.#page?.shown) return undefined;
    const has = new Map(question.frames.map((entry) => [entry.frame, entry]));
    const frames: (MirrorFrame | RepairedFrame)[] = [];
    for (const frame of this.#shownFrames()) {
      const { number, parent } = frame;
      const theirs = has.get(number);
      const again = theirs && frame.sayAgain(theirs);
      if (again) {
        const { ranges, ops } = again;
        frames.push({
          frame: number,
          ranges,
          said: ops,
          digest: frame.toldDigest,
          ...(parent && { parent }),
        });
      } else if (frame.top) return undefined;
      else frames.push(frame.emitWhole());
    }
    return { type: 'mirror.repaired', epoch: this.#epoch, seq: this.#seq, of: question.of, frames };
  }

  /** An element by what input says of it; undefined when it is not there. */
  find(frame: number, node: NodeId): FoundElement | undefined {
    const tree = this.#frames.get(frame)?.tree;
    const slot = tree?.find(node);
    if (tree === undefined || slot === undefined || tree.isText(slot)) return undefined;
    const flags = tree.flags[slot]!;
    const tag = tree.tag(slot);
    const type = tree.attribute(slot, 'type')?.trim().toLowerCase();
    return {
      tag,
      ...(type === undefined ? {} : { type }),
      masked: (flags & (FLAG.masked | FLAG.hidden)) !== 0,
      ...((flags & FLAG.hidden) !== 0 && { hidden: true }),
      readonly: (flags & FLAG.lockedWithin) !== 0,
      file: tag === 'input' && type === 'file',
    };
  }

  /** The leader looks at something that is not shared: what he saw before is not to be taken for it. */
  outOfSight(): void {
    this.clear('out-of-sight');
  }

  /** Forgets all pages. */
  clear(known: Known = 'waiting'): void {
    for (const frame of this.#frames.values()) frame.dispose();
    this.#frames.clear();
    this.#unknown.clear();
    this.#refused.clear();
    this.#digests.forgetDocuments();
    this.#repairs.clear();
    this.#top = undefined;
    this.#deps = this.#freshDeps();
    this.#know(known);
  }

  #know(known: Known): void {
    this.#known = known;
    this.#tellState();
  }

  #tellState(): void {
    const { state } = this;
    if (state === this.#told) return;
    this.#told = state;
    this.#emit({ type: 'mirror.state', state });
    this.#digests.stateChanged();
  }

  #emit(message: MirrorMessage): void {
    for (const listener of this.#listeners) listener(message);
  }

  #askResend(frame: number): void {
    for (const listener of this.#resendListeners) listener(frame);
  }

  /**
   * Takes a fact of the leader's document with that number.
   * @param page the shell saw it come from the page frame. The document's own word is not taken for it: a nested one would become
   * what everybody sees
   * @throws {Refused} `malformed` for what no recorder of ours would say; the document is forgotten then
   */
  take(number: number, fact: PageFact, page = false): void {
    try {
      this.#take(number, fact, page);
    } catch (error) {
      this.#drop(number);
      if (error instanceof TreeTooLarge) {
        this.#refused.add(number);
        this.#log.warn({ frame: number, why: error.message }, 'mirror degraded');
        this.#know('degraded');
        return;
      }
      throw error instanceof Refused ? error : malformed(String(error));
    }
  }

  #take(number: number, fact: PageFact, page: boolean): void {
    if (fact.type === 'frame.opened') {
      this.#open(number, fact, page);
      return;
    }
    const frame = this.#frames.get(number);
    if (!frame) {
      // A document of the page before, on its way out; or one that the gateway knows nothing of, after a restart.
      const late = this.#top !== undefined && number < this.#top;
      if (fact.type === 'frame.closed') this.#unknown.forget(number);
      else if (!late && !this.#refused.has(number) && !this.#repairs.isAwaited(number))
        this.#unknown.heard(number);
      return;
    }
    if (fact.type === 'frame.closed') {
      this.#drop(number);
      this.#repairs.forget(number);
      return;
    }
    const { seq } = fact;
    // Said twice, or overtaken by what was taken for a gap.
    if (seq !== undefined && seq <= frame.seq) return;
    const missed = seq !== undefined && seq !== frame.seq + 1;
    if (seq !== undefined) frame.seq = seq;
    if (fact.type === 'frame.repaired') this.#takeRepair(frame, fact);
    else if (missed) this.#repairs.differs(frame, 'gap');
    else if (this.#repairs.isMending(number)) return;
    else if (fact.type === 'frame.changed') this.#change(frame, fact);
    else if (frame.takeSlice(fact)) {
      if (frame.top) this.#showPage(frame);
      else this.#nesting.attach(frame);
    }
  }

  #takeRepair(frame: Frame, fact: Extract<PageFact, { type: 'frame.repaired' }>): void {
    const { number } = frame;
    const question = this.#repairs.answered(frame, fact.of, fact.part);
    const said = question && frame.collect(fact);
    if (!said) return;
    try {
      const batches = frame.takeRepair(said, fact.ranges ?? [], question, (node) =>
        this.#nesting.detachAt(frame, node),
      );
      for (const ops of batches) this.#emitOps(frame, ops);
    } catch (error) {
      if (error instanceof TreeTooLarge) throw error;
      // Asked for by the gateway, and found not to fit: no reason to send anybody away. Only so many are tried.
      this.#log.warn({ frame: number, why: String(error) }, 'a repair that does not fit');
      this.#drop(number);
      this.#repairs.resend(number);
      return;
    }
    this.#nesting.attachNested(frame);
    this.#repairs.applied(number, fact.digest === undefined || (fact.digest | 0) === frame.saidDigest);
  }

  #open(number: number, fact: Extract<PageFact, { type: 'frame.opened' }>, page: boolean): void {
    if (this.#top !== undefined && number < this.#top) return;
    const again = this.#frames.get(number);
    if (again && fact.seq !== undefined && fact.seq <= again.seq) return; // said twice
    this.#unknown.forget(number);
    this.#refused.delete(number);
    this.#repairs.began(number);
    if (page && this.#top !== number) {
      // Another page: whatever belonged to the one before is on its way out. It stays in sight until this one has come.
      for (const [other, frame] of this.#frames) {
        if (other > number) this.#nesting.detach(frame);
        else this.#forget(other, frame);
      }
      this.#unknown.clear();
      this.#repairs.clear();
      this.#top = number;
    } else if (again) this.#drop(number);
    if (page) this.#top = number;
    if (this.#frames.size >= MAX_FRAMES) {
      // The page itself goes on being shown; only this frame of it is not.
      this.#refused.add(number);
      this.#log.warn({ frame: number }, 'too many frames');
      return;
    }
    if (!this.#declared.every((selector) => fact.masks.includes(selector))) {
      this.#refused.add(number);
      this.#log.warn({ frame: number }, 'a recorder that declared no masks');
      if (page) this.#know('degraded');
      return;
    }
    this.#frames.set(number, new Frame(number, page, fact, this.#deps));
  }

  /** Forgets a document; followers see an empty frame in its place. */
  #drop(number: number): void {
    const frame = this.#frames.get(number);
    if (!frame) return;
    this.#frames.delete(number);
    frame.dispose();
    this.#nesting.detachAllIn(frame);
    const parent = frame.parent && this.#frames.get(frame.parent[0]);
    if (frame.shown && parent?.shown) this.#emitOps(parent, [['frame', frame.parent![1], 0]]);
  }

  #forget(number: number, frame: Frame): void {
    frame.dispose();
    this.#frames.delete(number);
    this.#refused.delete(number);
  }

  #showPage(frame: Frame): void {
    this.#epoch++;
    this.#seq = 0;
    for (const other of this.#frames.values()) if (other !== frame) this.#nesting.detach(other);
    this.#know('live');
    this.#emitFrame(frame);
    this.#nesting.attachNested(frame);
  }

  #change(frame: Frame, fact: Extract<PageFact, { type: 'frame.changed' }>): void {
    const whole = frame.collect(fact);
    if (!whole) return;
    const batches = frame.takeOps(whole, (node) => this.#nesting.detachAt(frame, node));
    for (const ops of batches) this.#emitOps(frame, ops);
    if (whole.some(([name]) => name === 'frame')) this.#nesting.attachNested(frame);
    this.#checkDigest(frame, fact.digest);
  }

  #emitOps(frame: Frame, ops: Extract<MirrorMessage, { type: 'mirror.changed' }>['ops']): void {
    this.#emit({ type: 'mirror.changed', epoch: this.#epoch, seq: ++this.#seq, frame: frame.number, ops });
    this.#digests.changed(frame.number);
  }

  #emitFrame(frame: Frame): void {
    this.#emit({ type: 'mirror.frame', epoch: this.#epoch, seq: this.#seq, frame: frame.emitWhole() });
    this.#digests.changed(frame.number);
  }

  #emitDigest(number: number): void {
    const frame = this.#frames.get(number);
    if (!frame?.shown) return;
    this.#emit({
      type: 'mirror.changed',
      epoch: this.#epoch,
      seq: ++this.#seq,
      frame: number,
      ops: [],
      digest: frame.toldDigest,
      ...(this.state !== 'live' && { state: this.state }),
    });
  }

  #checkDigest(frame: Frame, digest: number | undefined): void {
    if (digest === undefined) return;
    if ((digest | 0) === frame.saidDigest) this.#repairs.agrees(frame.number);
    else this.#repairs.differs(frame, 'digest');
  }
}
