// The heart of the recorder: collects what changed, and says it once per task, the last value of each thing.

import { openingAsides } from '../../protocol/asides.ts';
import type { ChangedProps, ElementProps, NodeId, NodeRow, Op } from '../../protocol/nodes.ts';
import type { PageFact } from '../../protocol/page-facts.ts';
import type { PageWindow } from '../natives.ts';
import { Bytes } from './bytes.ts';
import { captureDom, type Dom } from './dom.ts';
import { Hooks } from './hooks.ts';
import { type Known, KnownTree } from './known-tree.ts';
import { type MaskSelectors, Masks } from './masks.ts';
import { type Asked, digestOf, sayAgain } from './repair.ts';
import { Pictures } from './pictures.ts';
import { PIECE, Rows } from './rows.ts';
import { Sender } from './sender.ts';
import { takeSplices } from './splices.ts';

/** Part of an element's state that one observer knows to read. Writes what is not default into `props`. */
export type ReadProps = (element: Element, tag: string, props: ElementProps, known: Known) => void;

/** One observer of the recorder. */
export interface Observer {
  stop?(): void;
  /** After a snapshot: says again what is not part of the rows. */
  restate?(): void;
  /** A document or shadow root that was just found. */
  root?(root: Document | ShadowRoot): void;
  /** Reads properties of elements. */
  read?: ReadProps;
  /** A shadow root is about to be sent, under a new id. */
  sent?(root: ShadowRoot): void;
  /** An element is about to be sent for the first time. */
  element?(element: Element, tag: string, known: Known): void;
  /** Before each flush, to mark what only a look can tell. */
  look?(): void;
}
export type StartObserver = (recording: Recording) => Observer;

export interface RecordingOptions {
  window: PageWindow;
  send(fact: PageFact): void;
  masks: MaskSelectors;
  top: boolean;
  nonce: string;
  isOwn(node: Node): boolean;
}

/** A digest goes along this often at most, ms. */
const DIGEST_EVERY = 300;
/** And so often by itself once it is quiet: what was lost last is found by the next, and if that is lost too by one more. */
const QUIET_DIGESTS = 2;
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
  readonly bytes: Bytes;
  readonly pictures: Pictures;
  readonly isOwn: (node: Node) => boolean;
  /** Shadow roots that the page keeps to itself, and those whose opening came late. */
  readonly closedRoots = new WeakMap<Element, ShadowRoot>();

  readonly #options: RecordingOptions;
  readonly #sender: Sender;
  readonly #observers: Observer[] = [];
  /** Of the observers, apart: they are asked of every element. */
  readonly #readers: ReadProps[] = [];
  readonly #elementListeners: NonNullable<Observer['element']>[] = [];
  readonly #roots = new Set<Document | ShadowRoot>();
  readonly #channel: MessageChannel;
  readonly #parents = new Set<Node>();
  readonly #texts = new Set<Node>();
  readonly #attributes = new Map<Element, Set<string>>();
  readonly #props = new Set<Element>();
  readonly #ops = new Map<unknown, () => Op | readonly Op[] | undefined>();
  #started = false;
  #stopped = false;
  #held = false;
  #scheduled = false;
  #digestAt = Number.NEGATIVE_INFINITY;
  #digestTimer: number | undefined;
  /** Digests still to be told. */
  #digests = 0;
  #asked: Asked | undefined;
  #failures = 0;

  constructor(options: RecordingOptions) {
    this.#options = options;
    this.window = options.window;
    this.document = options.window.document;
    this.isOwn = options.isOwn;
    this.dom = captureDom(options.window);
    this.hooks = new Hooks(options.window);
    this.masks = new Masks(options.masks, this.dom, this.document);
    this.bytes = new Bytes(this);
    this.pictures = new Pictures(this);
    this.rows = new Rows({
      dom: this.dom,
      document: this.document,
      tree: this.tree,
      masks: this.masks,
      isOwn: options.isOwn,
      rootOf: (element) => this.rootOf(element),
      propsOf: (element, tag, known) => this.#readProps(element, tag, known),
      onRoot: (root) => {
        this.addRoot(root);
        for (const observer of this.#observers) observer.sent?.(root);
      },
      onBlob: (known, tag, name, value) => this.bytes.seen(known, tag, name, value),
      onElement: (element, tag, known) => {
        for (const hear of this.#elementListeners) hear(element, tag, known);
      },
    });
    this.#channel = new this.dom.MessageChannel();
    this.#channel.port1.onmessage = () => this.#flushScheduled();
    this.#sender = new Sender(options.send, this.dom, () => this.#schedule());
  }

  /** Begins with the observers; the snapshot comes when the document is worth one. */
  start(observers: readonly StartObserver[]): void {
    for (const start of observers) {
      const observer = start(this);
      this.#observers.push(observer);
      if (observer.read) this.#readers.push(observer.read);
      if (observer.element) this.#elementListeners.push(observer.element);
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
    this.#sender.stop();
    for (const observer of this.#observers) observer.stop?.();
    this.hooks.stop();
    this.dom.clearTimeout(this.#digestTimer);
    this.#channel.port1.close();
    this.tree.clear();
  }

  /** Says nothing until {@link flow}; what changes meanwhile collapses to last values. */
  hold(): void {
    this.#held = true;
    this.#sender.hold();
  }

  flow(): void {
    this.#held = false;
    this.#sender.flow();
    this.#schedule();
  }

  /** The shadow root that is recorded of an element. */
  rootOf(element: Element): ShadowRoot | null {
    return this.dom.openRoot(element) ?? this.closedRoots.get(element) ?? null;
  }

  get roots(): Iterable<Document | ShadowRoot> {
    return this.#roots;
  }

  /** Observes a root from now on. */
  addRoot(root: Document | ShadowRoot): void {
    if (this.#roots.has(root)) return;
    this.#roots.add(root);
    for (const observer of this.#observers) observer.root?.(root);
  }

  /** Everything from the start, under new ids. */
  snapshot(): void {
    if (this.#stopped) return;
    this.#started = true;
    this.#forgetChanges();
    this.tree.clear();
    this.rows.rests = [];
    this.bytes.clear();
    this.#sender.clear();
    const { window, document, dom } = this;
    const rows: NodeRow[] = [];
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
    this.#sender.open({
      type: 'frame.opened',
      url,
      title,
      nonce: this.#options.nonce,
      top: this.#options.top,
      masks: this.masks.declared,
      view,
      ...(base === url ? {} : { base }),
    });
    for (const op of openingAsides({ url, title, base, view })) this.tree.asides.note(op);
    const root = this.rows.write(document, undefined, rows);
    this.#sender.snapshot(rows);
    for (const observer of this.#observers) observer.restate?.();
    this.#digestAt = Number.NEGATIVE_INFINITY;
    this.#digests = QUIET_DIGESTS;
    this.#asked = undefined;
    if (root.children.length === 0) this.changed(document);
    this.#schedule();
  }

  #forgetChanges(): void {
    this.#parents.clear();
    this.#texts.clear();
    this.#attributes.clear();
    this.#props.clear();
    this.#ops.clear();
  }

  /** The children of a node may have changed. */
  changed(parent: Node): void {
    this.#parents.add(parent);
    this.#schedule();
  }

  /** The text of a node changed. */
  changedText(node: Node): void {
    this.#texts.add(node);
    this.#schedule();
  }

  /** @param name as on the wire, with its prefix */
  changedAttribute(element: Element, name: string): void {
    const names = this.#attributes.get(element);
    if (names) names.add(name);
    else this.#attributes.set(element, new Set([name]));
    this.#schedule();
  }

  /** State of an element that is no attribute may have changed. */
  changedProps(element: Element | Document): void {
    this.#props.add(element as Element);
    this.#schedule();
  }

  /** Looks at an element in this flush: something may have changed it without a word. */
  recheck(element: Element): void {
    this.#props.add(element);
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

  #readProps(element: Element, tag: string, known: Known): ElementProps | undefined {
    const props: ElementProps = {};
    for (const read of this.#readers) read(element, tag, props, known);
    // Longer than a message takes; it would have come as a resource.
    if (props.src !== undefined && props.src.length > PIECE) delete props.src;
    for (const _ in props) return props;
    return undefined;
  }

  #schedule(): void {
    if (this.#scheduled || !this.#started || this.#stopped) return;
    this.#scheduled = true;
    // A task of its own, as soon as this one is done; animation frames do not come in hidden tabs.
    this.#channel.port2.postMessage(null);
  }

  #flushScheduled(): void {
    this.#scheduled = false;
    try {
      this.flush();
    } catch {
      // What was half said is said again, whole. A page that makes us fail for ever is left alone.
      if (this.#failures++ < MAX_FAILURES) this.snapshot();
      else this.stop();
    }
  }

  /** Says all that changed, now. */
  flush(): void {
    if (this.#stopped || !this.#started) return;
    for (const observer of this.#observers) observer.look?.();
    if (this.#held || this.#sender.busy) return;
    const ops: Op[] = [];
    const { tree, rows, dom } = this;
    if (this.#parents.size > 0) {
      const parents = [...this.#parents];
      this.#parents.clear();
      ops.push(...takeSplices(tree, rows, dom, this.document, parents));
    }
    for (const node of this.#texts) {
      const known = tree.of(node);
      if (!known) continue;
      tree.touched.add(known);
      ops.push(['text', known.id, rows.cutText(known, '', rows.textOf(known))]);
    }
    this.#texts.clear();
    this.#attributeOps(ops);
    this.#propOps(ops);
    const said = [...this.#ops.values()];
    this.#ops.clear();
    for (const make of said) {
      const made = make();
      if (made === undefined) continue;
      if (typeof made[0] === 'string') ops.push(made as Op);
      else ops.push(...(made as readonly Op[]));
    }
    this.appendRests(ops);
    for (const op of ops) tree.asides.note(op);
    const quiet = ops.length === 0;
    if (!quiet || this.#digestDue()) this.#sender.change(ops, this.#takeDigest(quiet));
    this.#repair();
  }

  /** What was cut from long texts, behind what was said of their nodes. */
  appendRests(ops: Op[]): void {
    for (const { known, where, text } of this.rows.rests.splice(0)) this.append(ops, known.id, where, text);
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

  #attributeOps(ops: Op[]): void {
    const { tree, rows, dom } = this;
    for (const [element, names] of this.#attributes) {
      const known = tree.of(element);
      if (!known) continue;
      tree.touched.add(known);
      const tag = rows.tagOf(element);
      for (const name of names) {
        const value = dom.getAttribute(element, name);
        const sent = value === null ? null : rows.attributeOf(known, tag, name, value);
        if (sent === undefined || name.length > 200) continue;
        ops.push(['attr', known.id, name, sent === null ? undefined : rows.cutText(known, `@${name}`, sent)]);
      }
    }
    this.#attributes.clear();
  }

  #propOps(ops: Op[]): void {
    const { tree, rows } = this;
    for (const element of this.#props) {
      const known = tree.of(element);
      if (!known) continue;
      const props = this.#readProps(element, rows.tagOf(element), known);
      const changed = diffProps(known.props, props);
      if (!changed) continue;
      known.props = props;
      tree.touched.add(known);
      ops.push(['props', known.id, rows.cutProps(known, changed)]);
    }
    this.#props.clear();
  }

  #digestDue(): boolean {
    return this.#digests > 0 && this.dom.now() - this.#digestAt >= DIGEST_EVERY;
  }

  /** The digest when it is due; else it goes by itself when it is. */
  #takeDigest(quiet: boolean): number | undefined {
    if (!quiet) this.#digests = QUIET_DIGESTS;
    const due = this.#digestDue();
    if (due) {
      this.#digestAt = this.dom.now();
      if (quiet) this.#digests--;
    }
    if (this.#digests > 0)
      this.#digestTimer ??= this.dom.setTimeout(() => {
        this.#digestTimer = undefined;
        this.#schedule();
      }, DIGEST_EVERY);
    return due ? digestOf(this) : undefined;
  }

  /** Says again what the gateway has otherwise; before everything was said that is new. */
  repair(asked: Asked): void {
    this.#asked = asked;
    this.#schedule();
  }

  #repair(): void {
    const asked = this.#asked;
    if (!asked) return;
    this.#asked = undefined;
    const again = sayAgain(this, asked);
    if (!again) {
      this.rows.rests = [];
      this.snapshot();
      return;
    }
    this.#sender.change(again.ops, digestOf(this), { of: asked.of, ranges: again.ranges });
  }
}

function diffProps(
  before: ElementProps | undefined,
  after: ElementProps | undefined,
): ChangedProps | undefined {
  let changed: Record<string, unknown> | undefined;
  for (const [name, value] of Object.entries(after ?? {})) {
    const old = before?.[name as keyof ElementProps];
    if (old === value || (typeof value === 'object' && JSON.stringify(old) === JSON.stringify(value)))
      continue;
    changed ??= {};
    changed[name] = value;
  }
  for (const name of Object.keys(before ?? {})) {
    if (after?.[name as keyof ElementProps] !== undefined) continue;
    changed ??= {};
    changed[name] = null;
  }
  return changed as ChangedProps | undefined;
}
