// The heart of the recorder: collects what changed, and says it once per task, the last value of each thing.

import { openingAsides } from '../../protocol/asides.ts';
import type { ElementProps, NodeId, Op } from '../../protocol/nodes.ts';
import type { PageFact } from '../../protocol/page-facts.ts';
import type { PageWindow } from '../natives.ts';
import { Bytes } from './bytes.ts';
import { captureDom, type Dom } from './dom.ts';
import { Hooks } from './hooks.ts';
import { type Known, KnownTree } from './known-tree.ts';
import { type MaskSelectors, Masks } from './masks.ts';
import { Pictures } from './pictures.ts';
import { Removed } from './removed.ts';
import { type Asked, digestOf, sayAgain } from './repair.ts';
import { PIECE, Rows } from './rows.ts';
import { Sender } from './sender.ts';
import { saySplices } from './splices.ts';
import { Values } from './values.ts';
import { Writer } from './writer.ts';

/** Part of an element's state that one observer knows to read. Writes what is not default into `props`. */
export type ReadProps = (
  element: Element,
  tag: string,
  props: ElementProps,
  known: Known,
  names: readonly string[],
) => void;

/** One observer of the recorder. */
export interface Observer {
  stop?(): void;
  /** After a snapshot: says again what is not part of the rows. */
  restate?(): void;
  /** A document or shadow root that was just found. */
  root?(root: Document | ShadowRoot): void;
  /** Tags that `read` and `element` are for; all where there is none. */
  tags?: RegExp;
  /** Reads properties of elements. */
  read?: ReadProps;
  /** A shadow root is about to be sent, under a new id. */
  sent?(root: ShadowRoot): void;
  /** An element is about to be sent for the first time. @param isForeign it was another window's */
  element?(element: Element, tag: string, known: Known, isForeign: boolean): void;
  /** Before each flush, to mark what only a look can tell. */
  look?(): void;
}
export type StartObserver = (recording: Recording) => Observer;

export interface RecordingOptions {
  window: PageWindow;
  send(fact: PageFact): void;
  masks: MaskSelectors;
  nonce: string;
  isOwn(node: Node): boolean;
}

const DONE = 'done';
/** A digest goes along this often at most, ms. */
const DIGEST_EVERY = 300;
/** And so often by itself once it is quiet: what was lost last is found by the next, and if that is lost too by one more. */
const QUIET_DIGESTS = 2;
/** The page gets its turn after this long, ms. */
const TURN = 8;
/** What changes oftener than that goes together, ms; but for a few changes after a quiet while, which would wait for a picture else. */
const APART = 8;
const AT_ONCE = 4;
/** Messages of one batch, after which what may wait goes into the next. */
const LONG_BATCH = 200;
/** Snapshots that make good for a fault of ours. */
const MAX_FAILURES = 5;

export class Recording {
  readonly window: PageWindow;
  readonly document: Document;
  readonly dom: Dom;
  readonly hooks: Hooks;
  readonly tree = new KnownTree();
  readonly masks: Masks;
  readonly rows: Rows;
  readonly writer: Writer;
  readonly sender: Sender;
  readonly bytes: Bytes;
  readonly pictures: Pictures;
  readonly removed: Removed;
  readonly isOwn: (node: Node) => boolean;
  /** Shadow roots that the page keeps to itself, and those whose opening came late. */
  readonly closedRoots = new WeakMap<Element, ShadowRoot>();

  readonly #options: RecordingOptions;
  readonly #Element: typeof Element;
  readonly #observers: Observer[] = [];
  /** Who has to do with elements of a tag, found once. */
  readonly #readers = new Map<string, { element: Observer[]; read: Observer[] }>();
  readonly #roots = new Set<Document | ShadowRoot>();
  readonly #channel: MessageChannel;
  readonly #parents = new Set<Node>();
  readonly #values = new Values(this);
  readonly #ops = new Map<unknown, () => Op | readonly Op[] | undefined>();
  /** A snapshot or batch that is being said, a turn at a time. */
  #work: Generator<void, void, void> | undefined;
  #turnEnds = 0;
  #asks = 0;
  #started = false;
  #stopped = false;
  #held = false;
  /** Something is to be said, or looked for. */
  #due = false;
  /** The task for it is on its way. */
  #posted = false;
  /** From when on changes are said at once. */
  #atOnceFrom = Number.NEGATIVE_INFINITY;
  #digestAt = Number.NEGATIVE_INFINITY;
  #digestTimer: number | undefined;
  /** Digests still to be told. */
  #digests = 0;
  #asked: Asked | undefined;
  #failures = 0;

  constructor(options: RecordingOptions) {
    this.#options = options;
    this.#Element = options.window.Element;
    this.window = options.window;
    this.document = options.window.document;
    this.isOwn = options.isOwn;
    this.dom = captureDom(options.window);
    this.hooks = new Hooks(options.window);
    this.masks = new Masks(options.masks, this.dom, this.document);
    this.bytes = new Bytes(this);
    this.pictures = new Pictures(this);
    this.removed = new Removed(this);
    this.sender = new Sender(options.send);
    this.rows = new Rows(this);
    this.writer = new Writer(this);
    this.#channel = new this.dom.MessageChannel();
    this.#channel.port1.onmessage = () => {
      this.#posted = false;
      if (this.#due) this.#turn();
    };
  }

  /** Begins with the observers; the snapshot comes when the document is worth one. */
  start(observers: readonly StartObserver[]): void {
    for (const start of observers) {
      const observer = start(this);
      this.#observers.push(observer);
    }
    this.addRoot(this.document);
    if (this.document.readyState !== 'loading') {
      this.snapshot();
      return;
    }
    // A page that streams slowly is shown as it grows; most are whole before that.
    const begin = (): void => {
      if (!this.#started && !this.#stopped) this.snapshot();
    };
    this.document.addEventListener('DOMContentLoaded', begin, { once: true, capture: true });
    this.dom.setTimeout(begin, 150);
  }

  stop(): void {
    this.#stopped = true;
    for (const observer of this.#observers) observer.stop?.();
    this.hooks.stop();
    this.dom.clearTimeout(this.#digestTimer);
    this.#channel.port1.close();
    this.removed.clear();
    this.tree.clear();
  }

  /** Says nothing until {@link flow}; what changes meanwhile collapses to last values. */
  hold(): void {
    this.#held = true;
  }

  flow(): void {
    this.#held = false;
    this.#schedule();
  }

  /** The shadow root that is recorded of an element. */
  rootOf(element: Element): ShadowRoot | null {
    return this.dom.openRoot(element) ?? this.closedRoots.get(element) ?? null;
  }

  get roots(): Iterable<Document | ShadowRoot> {
    return this.#roots;
  }

  /** A shadow root is about to be sent. */
  sendsRoot(root: ShadowRoot): void {
    this.addRoot(root);
    for (const observer of this.#observers) observer.sent?.(root);
  }

  /** An element is about to be sent for the first time. */
  sendsElement(element: Element, tag: string, known: Known): void {
    // Asked of every element: the browser's own answer first.
    const isForeign = !(element instanceof this.#Element) && this.hooks.reach(element);
    for (const observer of this.#readersOf(tag).element) observer.element!(element, tag, known, isForeign);
  }

  #readersOf(tag: string): { element: Observer[]; read: Observer[] } {
    let readers = this.#readers.get(tag);
    if (!readers) {
      const asked = this.#observers.filter(({ tags }) => !tags || tags.test(tag));
      readers = { element: asked.filter(({ element }) => element), read: asked.filter(({ read }) => read) };
      this.#readers.set(tag, readers);
    }
    return readers;
  }

  /** Roots that were not observed before this batch: what changed within them nobody has heard. */
  readonly unseen = new Set<Node>();

  /** Observes a root from now on. */
  addRoot(root: Document | ShadowRoot): void {
    if (this.#roots.has(root)) return;
    this.#roots.add(root);
    this.unseen.add(root);
    // One that came with its host from another window adopts sheets by that one's setters.
    this.hooks.reach(root);
    for (const observer of this.#observers) observer.root?.(root);
  }

  /** Everything from the start, under new ids. */
  snapshot(): void {
    if (this.#stopped) return;
    this.#started = true;
    this.#forgetChanges();
    this.removed.clear();
    this.tree.clear();
    this.bytes.clear();
    this.rows.takeRests();
    this.writer.begin();
    const { window, document, dom } = this;
    for (const observer of this.#observers) observer.look?.();
    this.#forgetChanges();
    const url = window.location.href.slice(0, 8_000);
    const base = dom.baseUri(document).slice(0, 8_000);
    const view = {
      width: window.innerWidth,
      height: window.innerHeight,
      ratio: window.devicePixelRatio || 1,
    };
    const title = dom.title(document).slice(0, 1_000);
    this.sender.open({
      type: 'frame.opened',
      url,
      title,
      nonce: this.#options.nonce,
      masks: this.masks.declared,
      view,
      ...(base === url ? {} : { base }),
    });
    for (const op of openingAsides({ url, title, base, view })) this.tree.asides.note(op);
    this.#digestAt = Number.NEGATIVE_INFINITY;
    this.#digests = QUIET_DIGESTS;
    this.#asked = undefined;
    this.#work = this.#sayDocument();
    if (!this.#held) this.#goOn();
  }

  *#sayDocument(): Generator<void, void, void> {
    const { document, writer } = this;
    const root = writer.writeDocument();
    while (!writer.run()) yield;
    this.sender.end();
    for (const observer of this.#observers) observer.restate?.();
    if (root.children.length === 0) this.changed(document);
  }

  #forgetChanges(): void {
    this.#parents.clear();
    this.#values.clear();
    this.#ops.clear();
  }

  /** The children of a node may have changed. */
  changed(parent: Node): void {
    this.#parents.add(parent);
    this.#schedule();
  }

  /** The text of a node changed. */
  changedText(node: Node): void {
    this.#values.text(node);
    this.#schedule();
  }

  /** @param name as on the wire, with its prefix */
  changedAttribute(element: Element, name: string): void {
    this.#values.attribute(element, name);
    this.#schedule();
  }

  /** State of an element that is no attribute may have changed. */
  changedProps(element: Element | Document): void {
    this.#values.props(element as Element);
    this.#schedule();
  }

  /** Looks at an element in this flush: something may have changed it without a word. */
  recheck(element: Element): void {
    this.#values.props(element);
  }

  /** An operation of its own; a later one with the same key replaces it. */
  say(key: string | object, make: () => Op | readonly Op[] | undefined): void {
    this.#ops.set(key, make);
    this.#schedule();
  }

  /** Something may have changed that an observer finds in its `look`. */
  lookSoon(): void {
    this.#schedule();
  }

  /** Sends an element and all in it anew, because it is masked differently from now on. */
  renew(element: Element): void {
    const known = this.tree.of(element);
    if (!known) return;
    const parent = this.dom.parentNode(element);
    this.tree.forget(known);
    if (parent) this.changed(parent);
  }

  idOf(node: Node | null): NodeId {
    return this.tree.of(node)?.id ?? 0;
  }

  /** Id of the node, or of the nearest one above it that is sent. */
  nearestId(node: Node | null): NodeId {
    for (let up = node; up; up = this.dom.parentNode(up) ?? (up as ShadowRoot).host ?? null) {
      const id = this.idOf(up);
      if (id > 0) return id;
    }
    return 0;
  }

  /** What is not default of an element's state beyond its attributes. @param names of these */
  readProps(
    element: Element,
    tag: string,
    known: Known,
    names: readonly string[] = tag[0] === '#' ? [] : this.dom.attributeNames(element),
  ): ElementProps | undefined {
    const props: ElementProps = {};
    for (const observer of this.#readersOf(tag).read) observer.read!(element, tag, props, known, names);
    // Longer than a message takes; it would have come as a resource.
    if (props.src !== undefined && props.src.length > PIECE) delete props.src;
    for (const _ in props) return props;
    return undefined;
  }

  #schedule(): void {
    if (!this.#started || this.#stopped) return;
    this.#due = true;
    if (this.#posted) return;
    this.#posted = true;
    // A task of its own, as soon as this one is done; animation frames do not come in hidden tabs.
    this.#channel.port2.postMessage(null);
  }

  /**
   * Says what changed now, between two steps of the page: the task for it may come behind what the browser draws. What an input did
   * is not known before the page is done with it.
   */
  sayNow(): void {
    if (this.#due && !this.#work && !this.#ops.has(DONE) && this.dom.now() >= this.#atOnceFrom) this.#turn();
  }

  /** An input with that number has been performed. */
  done(seq: number): void {
    this.say(DONE, () => ['done', seq]);
  }

  /** Whether the page is to have its turn. Asked after each node or operation; the clock is read now and then. */
  isEnough(): boolean {
    return (++this.#asks & 63) === 0 && this.dom.now() > this.#turnEnds;
  }

  /** Something is half said: of what the page holds, not all is known. */
  get isBusy(): boolean {
    return this.#work !== undefined;
  }

  /** Says what changed, or goes on with it. */
  #turn(): void {
    this.#due = false;
    const now = this.dom.now();
    this.#atOnceFrom = Math.min(Math.max(this.#atOnceFrom, now - (AT_ONCE - 1) * APART), now) + APART;
    if (this.#stopped || !this.#started) return;
    try {
      for (const observer of this.#observers) observer.look?.();
      if (this.#held) return;
      if (this.sender.isOverlong) {
        this.snapshot();
        return;
      }
      if (this.#work) this.writer.resume();
      else {
        this.unseen.clear();
        this.#work = this.#sayChanges();
      }
      this.#goOn();
    } catch {
      // What was half said is said again, whole. A page that makes us fail for ever is left alone.
      if (this.#failures++ < MAX_FAILURES) this.snapshot();
      else this.stop();
    }
  }

  #goOn(): void {
    this.#turnEnds = this.dom.now() + TURN;
    const work = this.#work;
    if (work?.next().done && this.#work === work) this.#work = undefined;
    else this.#schedule();
  }

  /** All that changed: first of lists of children, then the last value of everything else. */
  *#sayChanges(): Generator<void, void, void> {
    const { sender, writer } = this;
    writer.begin();
    sender.begin();
    if (this.#parents.size > 0) {
      const parents = [...this.#parents];
      this.#parents.clear();
      yield* saySplices(this, parents);
    }
    // What has moved meanwhile may be masked otherwise now: no word of it before its new place is known.
    const stands = (): boolean => !(writer.turned && this.#parents.size > 0);
    const mayGoOn = (): boolean => stands() && sender.parts < LONG_BATCH;
    if (mayGoOn()) yield* this.#values.say(mayGoOn);
    if (stands()) {
      const said = [...this.#ops.values()];
      this.#ops.clear();
      for (const make of said) {
        const made = make();
        if (made === undefined) continue;
        if (typeof made[0] === 'string') this.#say(made as Op);
        else for (const op of made as readonly Op[]) this.#say(op);
      }
    }
    const rests: Op[] = [];
    this.appendRests(rests);
    for (const op of rests) {
      if (sender.parts > LONG_BATCH) {
        sender.end();
        sender.begin();
      }
      this.#say(op);
      if (this.isEnough()) yield;
    }
    const quiet = sender.isEmpty;
    const digest = this.#takeDigest(quiet);
    if (!quiet || digest !== undefined) sender.end(digest === undefined ? {} : { digest });
    if (this.#parents.size + this.#values.size + this.#ops.size > 0) this.#schedule();
    this.#repair();
  }

  #say(op: Op): void {
    this.tree.asides.note(op);
    this.sender.op(op);
  }

  /** What was cut from long texts, behind what was said of their nodes. */
  appendRests(ops: Op[]): void {
    for (const { known, where, text } of this.rows.takeRests()) this.append(ops, known.id, where, text);
  }

  /** An aside as a whole, in pieces if it is long. */
  sayWhole(ops: Op[], op: Op): void {
    if (op[0] !== 'sheet' && op[0] !== 'rules') {
      ops.push(op);
      return;
    }
    const [name, id, css = ''] = op;
    ops.push([name, id, css.slice(0, PIECE)]);
    this.append(ops, id, `#${name}`, css.slice(PIECE));
  }

  /** A long text in pieces, behind what was said of it before. */
  append(ops: Op[], id: NodeId, where: string, text: string): void {
    for (let at = 0; at < text.length; at += 8_000)
      ops.push(['append', id, where, text.slice(at, at + 8_000)]);
  }

  #digestDue(): boolean {
    return this.#digests > 0 && this.dom.now() - this.#digestAt >= DIGEST_EVERY;
  }

  /** The digest when it is due; else it goes by itself when it is. Of what was said in one turn only: else something may be half said. */
  #takeDigest(quiet: boolean): number | undefined {
    if (!quiet) this.#digests = QUIET_DIGESTS;
    let digest: number | undefined;
    if (!this.writer.turned && this.#digestDue()) {
      digest = digestOf(this, () => this.isEnough());
      if (digest === undefined) this.#schedule();
      else {
        this.#digestAt = this.dom.now();
        if (quiet) this.#digests--;
      }
    }
    if (this.#digests > 0)
      this.#digestTimer ??= this.dom.setTimeout(() => {
        this.#digestTimer = undefined;
        this.#schedule();
      }, DIGEST_EVERY);
    return digest;
  }

  /** Says again what the gateway has otherwise; before everything was said that is new. */
  repair(asked: Asked): void {
    this.#asked = asked;
    this.#schedule();
  }

  #repair(): void {
    const asked = this.#asked;
    if (!asked) return;
    if (this.writer.turned) {
      this.#schedule();
      return;
    }
    this.#asked = undefined;
    const again = sayAgain(this, asked);
    const digest = again && digestOf(this);
    if (digest === undefined) {
      this.snapshot();
      return;
    }
    this.sender.begin(asked.of);
    for (const op of again!.ops) this.sender.op(op);
    this.sender.end({ ranges: again!.ranges, digest });
    this.bytes.again();
  }
}
