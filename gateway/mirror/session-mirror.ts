// The mirror of one session: takes what the leader's documents say, keeps their trees, and says what followers get.
import type { Addresses } from '../../protocol/address.ts';
import { MAX_FRAMES, MAX_NODES } from '../../protocol/limits.ts';
import type { MirrorFrame, MirrorMessage, MirrorSnapshot } from '../../protocol/mirror-messages.ts';
import type { NodeId } from '../../protocol/nodes.ts';
import type { PageFact } from '../../protocol/page-facts.ts';
import { Refused } from '../errors.ts';
import type { Log } from '../log.ts';
import { Frame, type FrameDeps } from './frame.ts';
import { malformed } from './malformed.ts';
import { FLAG, MaskRules } from './masks.ts';
import type { Resources } from './resources.ts';
import { Strings } from './strings.ts';
import { TreeTooLarge } from './tree.ts';

export type MirrorState = Extract<MirrorMessage, { type: 'mirror.state' }>['state'];

/** UTF-16 units of texts and attributes that all trees of a session may hold. */
const MAX_CHARS = 24 * 1024 * 1024;
/** A digest goes to followers this often at most, ms. */
const DIGEST_EVERY = 1_000;
/** Resends that one document is asked for because of its digest; a page that differs for ever is left alone. */
const MAX_DIGEST_RESENDS = 5;

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
  readonly #listeners = new Set<(message: MirrorMessage) => void>();
  readonly #resendListeners = new Set<(frame: number) => void>();
  /** Frames that were asked to begin anew; asked once, until they do. */
  readonly #asked = new Set<number>();
  readonly #digestResends = new Map<number, number>();
  /** Frames that are not passed on: too large, or without the site's masks. */
  readonly #refused = new Set<number>();
  readonly #digestDue = new Set<number>();
  #digestTimer: NodeJS.Timeout | undefined;
  #deps: FrameDeps;
  #top: number | undefined;
  #state: MirrorState = 'waiting';
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
  }) {
    this.#epoch = options.firstEpoch ?? 0;
    this.#addresses = options.addresses;
    this.#rules = new MaskRules(options.masks);
    this.#declared = [...options.masks.mask, ...options.masks.hide];
    this.#resources = options.resources;
    this.#log = options.log;
    this.#deps = this.#freshDeps();
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

  get state(): MirrorState {
    return this.#state;
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

  /** Everything that followers may have, at `(epoch, seq)`. */
  snapshot(): MirrorSnapshot {
    const frames: MirrorFrame[] = [];
    const visit = (frame: Frame): void => {
      frames.push(frame.emitWhole());
      for (const nested of this.#frames.values())
        if (nested.shown && nested.parent?.[0] === frame.number) visit(nested);
    };
    if (this.#page?.shown) visit(this.#page);
    return { epoch: this.#epoch, seq: this.#seq, frames };
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

  /** Forgets all pages. */
  clear(): void {
    for (const frame of this.#frames.values()) frame.dispose();
    this.#frames.clear();
    this.#asked.clear();
    this.#refused.clear();
    this.#digestDue.clear();
    this.#digestResends.clear();
    this.#top = undefined;
    this.#deps = this.#freshDeps();
    clearTimeout(this.#digestTimer);
    this.#digestTimer = undefined;
    this.#setState('waiting');
  }

  #setState(state: MirrorState): void {
    if (state === this.#state) return;
    this.#state = state;
    this.#emit({ type: 'mirror.state', state });
  }

  #emit(message: MirrorMessage): void {
    for (const listener of this.#listeners) listener(message);
  }

  #askResend(frame: number): void {
    if (this.#asked.has(frame) || this.#asked.size > MAX_FRAMES) return;
    this.#asked.add(frame);
    for (const listener of this.#resendListeners) listener(frame);
  }

  /**
   * Takes a fact of the leader's document with that number.
   * @throws {Refused} `malformed` for what no recorder of ours would say; the document is forgotten then
   */
  take(number: number, fact: PageFact): void {
    try {
      this.#take(number, fact);
    } catch (error) {
      this.#drop(number);
      if (error instanceof TreeTooLarge) {
        this.#refused.add(number);
        this.#log.warn({ frame: number, why: error.message }, 'mirror degraded');
        this.#setState('degraded');
        return;
      }
      throw error instanceof Refused ? error : malformed(String(error));
    }
  }

  #take(number: number, fact: PageFact): void {
    if (fact.type === 'frame.opened') {
      this.#open(number, fact);
      return;
    }
    const frame = this.#frames.get(number);
    if (!frame) {
      // A document of the page before, on its way out; or one that the gateway knows nothing of, after a restart.
      const late = this.#top !== undefined && number < this.#top;
      if (fact.type !== 'frame.closed' && !late && !this.#refused.has(number)) this.#askResend(number);
      return;
    }
    if (fact.type === 'frame.closed') this.#drop(number);
    else if (fact.type === 'frame.snapshot') {
      if (frame.takeSlice(fact)) {
        this.#checkDigest(frame, fact.digest);
        if (frame.top) this.#showPage(frame);
        else this.#attach(frame);
      }
    } else this.#change(frame, fact);
  }

  #open(number: number, fact: Extract<PageFact, { type: 'frame.opened' }>): void {
    if (this.#top !== undefined && number < this.#top) return;
    this.#asked.delete(number);
    this.#refused.delete(number);
    const again = this.#frames.get(number);
    if (fact.top && this.#top !== number) {
      // Another page: whatever belonged to the one before is on its way out. It stays in sight until this one has come.
      for (const [other, frame] of this.#frames) {
        if (other > number) this.#detach(frame);
        else this.#forget(other, frame);
      }
      this.#asked.clear();
      this.#digestResends.clear();
      this.#top = number;
    } else if (again) this.#drop(number);
    if (fact.top) this.#top = number;
    if (this.#frames.size >= MAX_FRAMES) {
      // The page itself goes on being shown; only this frame of it is not.
      this.#refused.add(number);
      this.#log.warn({ frame: number }, 'too many frames');
      return;
    }
    if (!this.#declared.every((selector) => fact.masks.includes(selector))) {
      this.#refused.add(number);
      this.#log.warn({ frame: number }, 'a recorder that declared no masks');
      if (fact.top) this.#setState('degraded');
      return;
    }
    this.#frames.set(number, new Frame(number, fact, this.#deps));
  }

  /** Forgets a document; followers see an empty frame in its place. */
  #drop(number: number): void {
    const frame = this.#frames.get(number);
    if (!frame) return;
    this.#frames.delete(number);
    frame.dispose();
    for (const nested of this.#frames.values()) if (nested.parent?.[0] === number) this.#detach(nested);
    const parent = frame.parent && this.#frames.get(frame.parent[0]);
    if (frame.shown && parent?.shown) this.#emitOps(parent, [['frame', frame.parent![1], 0]]);
  }

  #forget(number: number, frame: Frame): void {
    frame.dispose();
    this.#frames.delete(number);
    this.#refused.delete(number);
  }

  #detach(frame: Frame): void {
    frame.parent = undefined;
    if (!frame.shown) return;
    frame.withdraw();
    for (const nested of this.#frames.values()) if (nested.parent?.[0] === frame.number) this.#detach(nested);
  }

  #showPage(frame: Frame): void {
    this.#epoch++;
    this.#seq = 0;
    for (const other of this.#frames.values()) if (other !== frame) this.#detach(other);
    this.#setState('live');
    this.#emit({ type: 'mirror.frame', epoch: this.#epoch, seq: this.#seq, frame: frame.emitWhole() });
    this.#attachNested(frame);
  }

  /** Shows a document in the iframe element that named it, once both are there. */
  #attach(frame: Frame): void {
    for (const parent of this.#frames.values()) if (this.#attachTo(parent, frame)) return;
  }

  #attachTo(parent: Frame, frame: Frame): boolean {
    const node = frame.nonce === '' ? undefined : parent.nested.get(frame.nonce);
    const slot = node === undefined ? undefined : parent.tree.find(node);
    if (node === undefined || slot === undefined || !parent.shown || this.#hangsIn(parent, frame))
      return false;
    if (frame.shown && frame.parent?.[0] === parent.number && frame.parent[1] === node) return true;
    this.#detach(frame);
    // A frame that is left out, or lies in masked content, is not shown at all.
    if (parent.tree.flags[slot]! & (FLAG.hidden | FLAG.masked)) return true;
    for (const other of this.#frames.values())
      if (other.parent?.[0] === parent.number && other.parent[1] === node) this.#detach(other);
    frame.parent = [parent.number, node];
    this.#emit({
      type: 'mirror.frame',
      epoch: this.#epoch,
      seq: ++this.#seq,
      frame: frame.emitWhole(),
    });
    this.#attachNested(frame);
    return true;
  }

  #hangsIn(frame: Frame, within: Frame): boolean {
    for (let up: Frame | undefined = frame; up; up = up.parent && this.#frames.get(up.parent[0]))
      if (up === within) return true;
    return false;
  }

  #attachNested(parent: Frame): void {
    for (const nonce of [...parent.nested.keys()])
      for (const frame of [...this.#frames.values()])
        if (frame.nonce === nonce && frame.complete && !frame.top) this.#attachTo(parent, frame);
  }

  #change(frame: Frame, fact: Extract<PageFact, { type: 'frame.changed' }>): void {
    const whole = frame.collect(fact);
    if (!whole) return;
    const batches = frame.takeOps(whole, (node) => {
      for (const nested of this.#frames.values())
        if (nested.parent?.[0] === frame.number && nested.parent[1] === node) this.#detach(nested);
    });
    for (const ops of batches) this.#emitOps(frame, ops);
    if (whole.some(([name]) => name === 'frame')) this.#attachNested(frame);
    this.#checkDigest(frame, fact.digest);
  }

  #emitOps(frame: Frame, ops: Extract<MirrorMessage, { type: 'mirror.changed' }>['ops']): void {
    this.#emit({ type: 'mirror.changed', epoch: this.#epoch, seq: ++this.#seq, frame: frame.number, ops });
    this.#digestDue.add(frame.number);
    this.#digestTimer ??= setTimeout(() => this.#sendDigests(), DIGEST_EVERY).unref();
  }

  /** So that drift is found within a second also when nothing more happens. */
  #sendDigests(): void {
    this.#digestTimer = undefined;
    for (const number of this.#digestDue) {
      const frame = this.#frames.get(number);
      if (frame?.shown)
        this.#emit({
          type: 'mirror.changed',
          epoch: this.#epoch,
          seq: ++this.#seq,
          frame: number,
          ops: [],
          digest: frame.tree.emittedDigest,
        });
    }
    this.#digestDue.clear();
  }

  #checkDigest(frame: Frame, digest: number | undefined): void {
    if (digest === undefined || frame.altered || (digest | 0) === frame.tree.receivedDigest) return;
    const resends = (this.#digestResends.get(frame.number) ?? 0) + 1;
    this.#digestResends.set(frame.number, resends);
    this.#log.warn({ frame: frame.number, resends }, 'the leader and its mirror differ');
    if (resends <= MAX_DIGEST_RESENDS) this.#askResend(frame.number);
  }
}
