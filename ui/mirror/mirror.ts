// The mirror: messages of the gateway in, the shared page in a frame without scripts out.
import {
  type MirrorFrame as FrameRows,
  type MirrorMessage,
  type MirrorSnapshot,
  type ShownState,
  showsNothing,
} from '../../protocol/mirror-messages.ts';
import type { NodeId } from '../../protocol/nodes.ts';
import type { FromView } from '../../protocol/ports.ts';
import { Mismatch } from './build.ts';
import { decodeMirror } from './decode.ts';
import { clearFrame, openFrame } from './frames.ts';
import { InnerFrame } from './inner-frame.ts';
import { MirrorFrame, type Selected } from './mirror-frame.ts';
import { type NodeName, nodeNames } from './node-ids.ts';
import type { MirrorBelow } from './overlay-mirror.ts';
import { Mending, rangesOf } from './repair.ts';
import type { Shown } from './shown.ts';

export interface MirrorDeps {
  /** Where the inner frame goes. */
  place: HTMLElement;
  send(message: FromView): void;
  /** Fetches a snapshot by its path; tests give their own. */
  load?(path: string): Promise<MirrorSnapshot>;
  /** Address of the script-less document. */
  innerPath?: string;
}

/** The leader's frame says that it has another document within this time, ms. */
const LOST_FOR = 400;

export class Mirror implements MirrorBelow {
  readonly #deps: MirrorDeps;
  readonly #inner: InnerFrame;
  readonly #frames = new Map<number, MirrorFrame>();
  /** Which frame is shown in an iframe element. */
  readonly #nested = new Map<Shown, number>();
  #top: MirrorFrame | undefined;
  #epoch = 0;
  #seq = 0;
  readonly #mending: Mending;
  /** How well the gateway knows the page. */
  #state: ShownState = 'waiting';
  #lostTimer: ReturnType<typeof setTimeout> | undefined;
  /** Of the viewport, that the leader has zoomed in on. */
  #part: [number, number, number, number] | undefined;
  readonly #performed = new Set<(seq: number | undefined) => void>();
  /** Messages are applied in order, though some take time to unpack. */
  #queue: Promise<void> | undefined;

  constructor(deps: MirrorDeps) {
    this.#deps = deps;
    this.#mending = new Mending({
      has: () => {
        const ranges = rangesOf(this.#frames.size);
        return {
          epoch: this.#epoch,
          frames: [...this.#frames].map(([frame, shown]) => ({ frame, ...shown.account(ranges) })),
        };
      },
      send: deps.send,
      onState: () => this.#tellShown(),
    });
    this.#inner = new InnerFrame(deps.place, deps.innerPath ?? '/inner', {
      onTampered: () => {
        this.#forgetPage();
        this.#mending.resync('tampered');
      },
    });
  }

  get element(): HTMLIFrameElement {
    return this.#inner.element;
  }

  /** Asks for what there is to show. */
  start(): void {
    this.#mending.start();
  }

  /** Takes a message of the gateway. Applied at once, unless something before it is still on its way. */
  take(bytes: ArrayBuffer): void {
    const message = decodeMirror(bytes);
    const done = this.#queue ? this.#queue.then(() => this.#apply(message)) : this.#apply(message);
    if (!done) return;
    const queue: Promise<void> = done
      .catch(() => this.#mending.failed())
      .then(() => {
        if (this.#queue === queue) this.#queue = undefined;
      });
    this.#queue = queue;
  }

  /** Everything that came so far is applied. */
  async settled(): Promise<void> {
    while (this.#queue) await this.#queue;
  }

  #apply(message: MirrorMessage | Promise<MirrorMessage>): Promise<void> | undefined {
    if (message instanceof Promise) return message.then((ready) => this.#apply(ready));
    switch (message.type) {
      case 'mirror.state':
        if (showsNothing(message.state)) this.#mending.heard();
        this.#setState(message.state);
        return undefined;
      case 'mirror.snapshot':
        // Asked for twice, or announced twice: there is nothing new in it.
        if (!this.#mending.waits && message.epoch === this.#epoch && message.seq <= this.#seq)
          return undefined;
        return this.#loadSnapshot(message.path);
      case 'mirror.frame':
        return this.#takeFrame(message);
      case 'mirror.changed':
        this.#takeChange(message);
        return undefined;
      case 'mirror.repaired':
        this.#takeRepair(message);
    }
    return undefined;
  }

  async #loadSnapshot(path: string): Promise<void> {
    this.#mending.comes();
    const snapshot = await (this.#deps.load ?? fetchSnapshot)(path);
    const [page, ...nested] = snapshot.frames;
    this.#mending.mended();
    this.#epoch = snapshot.epoch;
    this.#seq = snapshot.seq;
    if (page) await this.#showPage(page);
    for (const frame of nested) this.#showNested(frame);
    if (page) this.#setState(snapshot.state);
  }

  #takeFrame({
    epoch,
    seq,
    frame,
  }: Extract<MirrorMessage, { type: 'mirror.frame' }>): Promise<void> | undefined {
    if (frame.parent === undefined) {
      // Shown already, or said before what is.
      if (this.#mending.lost ? epoch < this.#epoch : epoch <= this.#epoch) return undefined;
      this.#epoch = epoch;
      this.#seq = seq;
      this.#mending.mended();
      return this.#showPage(frame);
    }
    if (!this.#isNext(epoch, seq)) return undefined;
    this.#guard(() => this.#showNested(frame));
    return undefined;
  }

  #takeChange(message: Extract<MirrorMessage, { type: 'mirror.changed' }>): void {
    const { epoch, seq, frame, ops, digest } = message;
    if (!this.#isNext(epoch, seq)) return;
    if (digest !== undefined) this.#setState(message.state ?? 'live');
    this.#guard(() => {
      const shown = this.#frames.get(frame);
      if (!shown) throw new Mismatch(`frame ${frame} is not here`);
      shown.apply(ops);
      this.#lookForLost();
      if (digest !== undefined && shown.digest !== (digest | 0)) this.#mending.differs('digest');
    });
  }

  /** A frame that is moved here loses its document. If it kept it at the leader's all is shown anew; else another one is on its way. */
  #lookForLost(): void {
    const isLost = (): boolean =>
      [...this.#nested].some(
        ([{ node }, number]) =>
          (node as HTMLIFrameElement).contentDocument !== this.#frames.get(number)?.document,
      );
    if (this.#lostTimer !== undefined || !isLost()) return;
    this.#lostTimer = setTimeout(() => {
      this.#lostTimer = undefined;
      if (isLost()) this.#mending.resync('tampered');
    }, LOST_FOR);
  }

  /** Whether a message is the next one. Older ones are known; after a gap, what is missing is asked for. */
  #isNext(epoch: number, seq: number): boolean {
    if (this.#mending.waits) {
      this.#mending.missed();
      return false;
    }
    if (epoch < this.#epoch || (epoch === this.#epoch && seq <= this.#seq)) return false;
    if (epoch !== this.#epoch || seq !== this.#seq + 1) {
      // Another page: nothing of this one is of use.
      if (epoch !== this.#epoch) this.#mending.resync('gap');
      else this.#mending.differs('gap');
      return false;
    }
    this.#seq = seq;
    return true;
  }

  #takeRepair({ epoch, seq, of, frames }: Extract<MirrorMessage, { type: 'mirror.repaired' }>): void {
    const question = this.#mending.questionOf(of);
    if (!question || epoch !== this.#epoch) return;
    try {
      const there = new Set(frames.map(({ frame }) => frame));
      for (const [iframe, number] of [...this.#nested]) if (!there.has(number)) this.#clearNested(iframe);
      for (const frame of frames) {
        if ('rows' in frame) {
          this.#showNested(frame);
          continue;
        }
        const shown = this.#frames.get(frame.frame);
        const asked = question.frames.find((one) => one.frame === frame.frame);
        if (!shown || !asked) throw new Mismatch(`frame ${frame.frame} is not here`);
        if (frame.parent && this.#nested.get(this.#frameElement(frame.parent)) !== frame.frame)
          throw new Mismatch(`frame ${frame.frame} hangs elsewhere`);
        shown.repair(frame, asked.width);
        if (shown.digest !== (frame.digest | 0)) throw new Mismatch('it still differs');
      }
      this.#seq = seq;
      this.#mending.mended();
    } catch {
      this.#mending.resync('digest');
    }
  }

  #guard(work: () => void): void {
    try {
      work();
    } catch {
      this.#mending.differs('gap');
    }
  }

  #setState(state: ShownState): void {
    if (state === this.#state) return;
    this.#state = state;
    this.#inner.element.inert = showsNothing(state);
    this.#tellShown();
  }

  /** The worse of how well the gateway knows the page and how well it is shown here. */
  #tellShown(): void {
    const { width, height } = this.#inner.size;
    const own = this.#mending.state;
    const state = this.#state === 'live' || own === 'degraded' ? own : this.#state;
    this.#deps.send({ type: 'shown', width, height, state: showsNothing(this.#state) ? this.#state : state });
  }

  #forgetPage(): void {
    for (const frame of this.#frames.values()) frame.stop();
    this.#frames.clear();
    this.#nested.clear();
    this.#top = undefined;
  }

  async #showPage(frame: FrameRows): Promise<void> {
    this.#forgetPage();
    const document = await this.#inner.open(isQuirks(frame));
    this.#guard(() => {
      this.#top = this.#makeFrame(document, frame);
      this.#inner.revealWhenStyled();
    });
    this.#tellPerformed(undefined);
  }

  #frameElement([parent, node]: [frame: number, node: NodeId]): Shown {
    const iframe = this.#frames.get(parent)?.find(node);
    if (!iframe || (iframe.tag !== 'iframe' && iframe.tag !== 'frame'))
      throw new Mismatch(`no frame element ${node}`);
    return iframe;
  }

  #showNested(frame: FrameRows): void {
    const iframe = this.#frameElement(frame.parent!);
    this.#clearNested(iframe);
    const document = openFrame(iframe, isQuirks(frame));
    if (!document) throw new Mismatch('a frame element that is not in place');
    this.#nested.set(iframe, frame.frame);
    this.#makeFrame(document, frame);
  }

  #makeFrame(document: Document, frame: FrameRows): MirrorFrame {
    this.#frames.get(frame.frame)?.stop();
    const made = new MirrorFrame(document, frame, {
      onFrameGone: (iframe) => this.#clearNested(iframe),
      onNode: (node, id) =>
        nodeNames.put(node, id === undefined ? undefined : { frame: frame.frame, node: id }),
      onView: ([, width, height, , bars, part]) => {
        if (frame.parent !== undefined) return;
        this.#inner.resize(width, height, bars);
        this.#part = part;
        this.#tellShown();
      },
      onDone: (seq) => this.#tellPerformed(seq),
    });
    this.#frames.set(frame.frame, made);
    return made;
  }

  #clearNested(iframe: Shown): void {
    const number = this.#nested.get(iframe);
    if (number === undefined) return;
    this.#nested.delete(iframe);
    const frame = this.#frames.get(number);
    this.#frames.delete(number);
    if (!frame) return;
    frame.stop();
    for (const [inner] of this.#nested) if (frame.find(inner.id) === inner) this.#clearNested(inner);
    clearFrame(iframe);
  }

  /** `fit`, or outer px per px of the page. */
  zoom(zoom: 'fit' | number): void {
    this.#inner.zoom(zoom);
  }

  stop(): void {
    clearTimeout(this.#lostTimer);
    this.#mending.stop();
    this.#forgetPage();
    this.#inner.stop();
  }

  // What the overlay asks.

  document(): Document | undefined {
    return this.#top?.document;
  }

  epoch(): number {
    return this.#epoch;
  }

  onPerformed(listener: (seq: number | undefined) => void): void {
    this.#performed.add(listener);
  }

  #tellPerformed(seq: number | undefined): void {
    for (const listener of this.#performed) listener(seq);
  }

  scale(): number {
    return this.#inner.scale;
  }

  idOf(node: Node): NodeName | undefined {
    return nodeNames.of(node);
  }

  nodeOf(frame: number, node: NodeId): Node | undefined {
    return this.#frames.get(frame)?.node(node);
  }

  /** The number of the frame that a node is in. */
  frameOf(node: Node): number | undefined {
    return nodeNames.of(node)?.frame;
  }

  elementAt(clientX: number, clientY: number): Element | undefined {
    const outer = this.#inner.element.getBoundingClientRect();
    let x = (clientX - outer.left) / this.#inner.scale;
    let y = (clientY - outer.top) / this.#inner.scale;
    let root: Document | ShadowRoot | undefined = this.#top?.document;
    let found: Element | undefined;
    while (root) {
      const hit: Element | null = root.elementFromPoint(x, y);
      if (!hit || hit === found) break;
      found = hit;
      if (hit.shadowRoot) root = hit.shadowRoot;
      else if (isFrameElement(hit) && hit.contentDocument) {
        const box = hit.getBoundingClientRect();
        x -= box.left + hit.clientLeft;
        y -= box.top + hit.clientTop;
        root = hit.contentDocument;
      } else break;
    }
    return found;
  }

  rectOf(element: Element): DOMRect {
    const { scale } = this.#inner;
    const box = element.getBoundingClientRect();
    let { x, y } = box;
    for (
      let frame = element.ownerDocument.defaultView?.frameElement;
      frame && frame !== this.#inner.element;
      frame = frame.ownerDocument.defaultView?.frameElement
    ) {
      const outer = frame.getBoundingClientRect();
      x += outer.x + frame.clientLeft;
      y += outer.y + frame.clientTop;
    }
    const inner = this.#inner.element.getBoundingClientRect();
    return new DOMRect(inner.x + x * scale, inner.y + y * scale, box.width * scale, box.height * scale);
  }

  isMasked(element: Element): boolean {
    for (let up: Element | null = element; up; up = up.parentElement) {
      const id = nodeNames.of(up);
      if (id && this.#frames.get(id.frame)?.find(id.node)?.props?.masked) return true;
    }
    return false;
  }

  focused(): Element | undefined {
    let frame = this.#top;
    for (;;) {
      const element = frame?.states.find('focus');
      const inner = element && this.#frameIn(element);
      if (!inner) return element;
      frame = inner;
    }
  }

  selection(): Selected | undefined {
    let frame = this.#top;
    for (;;) {
      const element = frame?.states.find('focus');
      const inner = element && this.#frameIn(element);
      if (!inner) return frame?.selection;
      frame = inner;
    }
  }

  *notes(): Generator<{ element: Element; text: string | undefined }> {
    for (const frame of this.#frames.values()) yield* frame.notes();
  }

  part(): DOMRect | undefined {
    if (!this.#part) return undefined;
    const [x, y, width, height] = this.#part;
    const { scale, element } = this.#inner;
    const { left, top } = element.getBoundingClientRect();
    return new DOMRect(left + x * scale, top + y * scale, width * scale, height * scale);
  }

  #frameIn(element: Element): MirrorFrame | undefined {
    for (const [iframe, number] of this.#nested) if (iframe.node === element) return this.#frames.get(number);
    return undefined;
  }
}

function isFrameElement(element: Element): element is HTMLIFrameElement {
  return element.localName === 'iframe' || element.localName === 'frame';
}

function isQuirks({ rows }: FrameRows): boolean {
  const root = rows[0];
  if (!Array.isArray(root)) return false;
  const at = root[1].indexOf('mode');
  return at >= 0 && root[1][at + 1] === 'quirks';
}

async function fetchSnapshot(path: string): Promise<MirrorSnapshot> {
  const response = await fetch(path, { credentials: 'omit', cache: 'no-store' });
  if (!response.ok) throw new Mismatch(`snapshot: ${response.status}`);
  return (await response.json()) as MirrorSnapshot;
}
