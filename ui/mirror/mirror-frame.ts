// One document of the shared page, shown in a document without scripts.
import type { MirrorFrame as FrameRows, RepairedFrame } from '../../protocol/mirror-messages.ts';
import type { ElementProps, NodeId, Op } from '../../protocol/nodes.ts';
import { type Account, repairOps } from '../../protocol/repair.ts';
import { Animations } from './animations.ts';
import { applySplices, type ChildrenOp, idsOf } from './apply.ts';
import { buildRows, insert, Mismatch, setAttribute } from './build.ts';
import { showPicture } from './canvas.ts';
import { showDefined } from './custom-elements.ts';
import { TopLayer } from './dialogs.ts';
import { Digest } from './digest.ts';
import { fieldOf, Groups, showField } from './fields.ts';
import { Fonts } from './fonts.ts';
import { showLabel } from './frames.ts';
import { showMark } from './marks.ts';
import { showMedia } from './media.ts';
import { accountFrom } from './repair.ts';
import { Scroll } from './scroll.ts';
import { selectIn } from './selection.ts';
import { Sheets } from './sheets.ts';
import { attributeOf, isElement, type Shown } from './shown.ts';
import { showAssigned } from './slots.ts';
import { States } from './states.ts';

/** A selection by nodes; in a field both are the field. */
export interface Selected {
  anchor: Node;
  anchorOffset: number;
  focus: Node;
  focusOffset: number;
}

export interface MirrorFrameDeps {
  /** The document in an iframe element is gone; the element may be too. */
  onFrameGone(iframe: Shown): void;
  /** A node was made or is gone. */
  onNode(node: Node, id: NodeId | undefined): void;
  onView(view: Extract<Op, ['view', ...unknown[]]>): void;
  /** An input has been performed, and what it changed at once is shown. */
  onDone?(seq: number): void;
}

export class MirrorFrame {
  readonly number: number;
  readonly document: Document;
  readonly states = new States();
  selection: Selected | undefined;
  url = '';
  title = '';

  readonly #deps: MirrorFrameDeps;
  readonly #nodes = new Map<NodeId, Shown>();
  readonly #sheets: Sheets;
  readonly #scroll: Scroll;
  readonly #digest = new Digest();
  readonly #fonts: Fonts;
  readonly #animations = new Animations();
  readonly #onLoad = ({ target }: Event): void => {
    this.#scroll.putBack();
    const shown = this.#shownAs.get(target as Node);
    if (shown?.props?.natural) showMedia(shown);
  };
  readonly #onAnimation = ({ target }: Event): void => this.#animations.started(target);
  /** Images that are told by their size. */
  readonly #shownAs = new WeakMap<Node, Shown>();
  readonly #topLayer = new TopLayer((id) => this.node(id));
  readonly #groups = new Groups();
  readonly #frames = new Set<Shown>();
  /** Beside which the leader's browser shows something of its own. */
  readonly #noted = new Set<Shown>();
  /** Elements whose state is to be shown once the batch is in place. */
  readonly #due = new Set<Shown>();

  /** Shows a document in place of what was in it. @throws {Mismatch} for rows that are no document */
  constructor(document: Document, frame: FrameRows, deps: MirrorFrameDeps) {
    this.number = frame.frame;
    this.document = document;
    this.#deps = deps;
    this.#sheets = new Sheets(document);
    this.#fonts = new Fonts(document);
    this.#scroll = new Scroll(document);
    // What is emptied and filled again in one go keeps the offset of the page before.
    document.scrollingElement?.scrollTo({ left: 0, top: 0, behavior: 'instant' });
    for (const child of [...document.childNodes])
      if (child.nodeType !== Node.DOCUMENT_TYPE_NODE) child.remove();
    document.adoptedStyleSheets = [];
    const [root] = buildRows(frame.rows, idsOf(0, frame.ids), {
      document,
      existing: () => undefined,
      onMade: (shown) => this.#made(shown),
    });
    if (root?.tag !== '#document') throw new Mismatch('no document');
    // Style sheets first: what comes in is laid out once.
    const isSheet = ([name]: Op): boolean => name === 'rules' || name === 'sheet';
    for (const op of frame.ops) if (isSheet(op)) this.#applyOp(op);
    for (const child of root.children) insert(root, child, null);
    for (const op of frame.ops) if (!isSheet(op)) this.#applyOp(op);
    this.#showDue();
    for (const type of ['load', 'error']) document.addEventListener(type, this.#onLoad, true);
    document.addEventListener('animationstart', this.#onAnimation, true);
  }

  /** Leaves the document as it is, but has no more to do with it. */
  stop(): void {
    for (const type of ['load', 'error']) this.document.removeEventListener(type, this.#onLoad, true);
    this.document.removeEventListener('animationstart', this.#onAnimation, true);
    this.#fonts.clear();
    this.#scroll.stop();
    this.selection = undefined;
  }

  /** Elements beside which the leader's browser shows words, or a picker. */
  *notes(): Generator<{ element: Element; text: string | undefined }> {
    for (const { node, props } of this.#noted) yield { element: node as Element, text: props?.says };
  }

  node(id: NodeId): Node | undefined {
    return this.#nodes.get(id)?.node;
  }

  find(id: NodeId): Shown | undefined {
    return this.#nodes.get(id);
  }

  get digest(): number {
    return this.#digest.read();
  }

  /** What is here, for the gateway to compare. */
  account(ranges: number): Account {
    this.#digest.read();
    return accountFrom(this.#nodes, this.#digest.asides.shares(), ranges);
  }

  /** Brings it to what was said again. @throws {Mismatch | Unrepairable} */
  repair({ said, ranges }: RepairedFrame, width: number): void {
    this.apply(
      repairOps(said, new Set(ranges), width, {
        tag: (id) => this.#nodes.get(id)?.tag,
        text: (id) => (this.#get(id).node as Text).data,
        attributes: (id) => this.#get(id).attributes,
        props: (id) => this.#get(id).props,
        children: (id) => this.#get(id).children.map((child) => child.id),
        asides: this.#digest.asides,
      }),
    );
  }

  #made(shown: Shown): void {
    this.#nodes.set(shown.id, shown);
    this.#deps.onNode(shown.node, shown.id);
    this.#digest.touch(shown);
    if (isFrame(shown)) this.#frames.add(shown);
    if (shown.props || HAS_STATE.has(shown.tag) || shown.tag.includes('-')) this.#due.add(shown);
    else if (shown.attributes.length > 0 && attributeOf(shown, 'popover') !== undefined) this.#due.add(shown);
  }

  #gone(top: Shown): void {
    const stack = [top];
    for (let shown = stack.pop(); shown; shown = stack.pop()) {
      // Its id may be in use again, for what came in its place.
      if (this.#nodes.get(shown.id) === shown) this.#nodes.delete(shown.id);
      this.#deps.onNode(shown.node, undefined);
      this.#digest.gone(shown);
      this.#sheets.gone(shown);
      this.#animations.gone(shown.id);
      this.#scroll.gone(shown);
      this.#due.delete(shown);
      this.#topLayer.gone(shown);
      this.#groups.gone(shown);
      this.#noted.delete(shown);
      if (this.#frames.delete(shown)) this.#deps.onFrameGone(shown);
      for (const child of shown.children) if (child.parent === shown) stack.push(child);
    }
  }

  /** Applies a batch. @throws {Mismatch} when it does not fit what is shown */
  apply(ops: readonly Op[]): void {
    const splices = ops.filter((op): op is ChildrenOp => op[0] === 'children');
    if (splices.length > 0) {
      const parents = applySplices(splices, {
        document: this.document,
        existing: (id) => this.#nodes.get(id),
        onMade: (shown) => this.#made(shown),
        onGone: (shown) => this.#gone(shown),
        frames: this.#frames,
      });
      for (const parent of parents) {
        // What a node has left may be gone itself.
        if (this.#nodes.get(parent.id) !== parent) continue;
        this.#digest.touch(parent);
        const field = fieldOf(parent);
        if (field) this.#due.add(field);
      }
    }
    for (const op of ops) this.#applyOp(op);
    this.#showDue();
    if (splices.length > 0) this.#sheets.putBack();
    this.#scroll.putBackSoon();
    for (const op of ops) if (op[0] === 'done') this.#deps.onDone?.(op[1]);
  }

  #get(id: NodeId): Shown {
    const shown = this.#nodes.get(id);
    if (!shown) throw new Mismatch(`node ${id} is not here`);
    return shown;
  }

  #applyOp(op: Op): void {
    this.#digest.asides.note(op);
    switch (op[0]) {
      case 'text': {
        const shown = this.#get(op[1]);
        (shown.node as Text).data = op[2];
        this.#digest.touch(shown);
        const field = shown.parent && fieldOf(shown.parent);
        if (field) this.#due.add(field);
        return;
      }
      case 'attr':
        this.#setAttribute(this.#get(op[1]), op[2], op[3] ?? null);
        return;
      case 'props': {
        const shown = this.#get(op[1]);
        const props: Record<string, unknown> = { ...shown.props };
        for (const [name, value] of Object.entries(op[2])) {
          if (value === null) delete props[name];
          else props[name] = value;
        }
        shown.props = props as ElementProps;
        this.#digest.touch(shown);
        this.#due.add(shown);
        return;
      }
      case 'sheet':
        this.#sheets.sheet(op[1], op[2]);
        return;
      case 'adopt':
        this.#sheets.adopt(this.#get(op[1]).node, op[2]);
        return;
      case 'rules':
        this.#sheets.rules(this.#get(op[1]), op[2] ?? undefined);
        return;
      case 'append':
        if (op[2] === '#rules') this.#sheets.addRules(this.#get(op[1]), op[3]);
        return;
      case 'animate':
        this.#animations.show(op[1], this.#get(op[1]).node as Element, op[2], op[3]);
        return;
      case 'font':
        this.#fonts.show(op[1], op[2]);
        return;
      case 'frame':
        this.#deps.onFrameGone(this.#get(op[1]));
        return;
      case 'state':
        this.states.show(op[1], this.#nodes.get(op[2])?.node);
        return;
      case 'select':
        this.selection = this.#select(op);
        return;
      case 'view':
        this.#deps.onView(op);
        return;
      case 'title':
        this.title = op[1];
        return;
      case 'url':
        this.url = op[1];
    }
  }

  #setAttribute(shown: Shown, name: string, value: string | null): void {
    const kept: string[] = [];
    for (let i = 0; i < shown.attributes.length; i += 2)
      if (shown.attributes[i] !== name) kept.push(shown.attributes[i]!, shown.attributes[i + 1]!);
    if (value !== null) kept.push(name, value);
    shown.attributes = kept;
    this.#digest.touch(shown);
    // A dialog is closed by its method first.
    if (shown.tag !== 'dialog' || name !== 'open') setAttribute(shown.node as Element, name, value);
    const field = shown.tag === 'option' && fieldOf(shown);
    if (field) this.#due.add(field);
    if (HAS_STATE.has(shown.tag) || shown.props || name === 'popover' || name === 'tandem-label')
      this.#due.add(shown);
  }

  #select([, anchor, anchorOffset, focus, focusOffset]: Extract<Op, ['select', ...unknown[]]>):
    | Selected
    | undefined {
    const from = this.#nodes.get(anchor);
    const to = this.#nodes.get(focus);
    selectIn(this.document, from, anchorOffset, to, focusOffset);
    return from && to ? { anchor: from.node, anchorOffset, focus: to.node, focusOffset } : undefined;
  }

  #showDue(): void {
    for (const shown of this.#due) {
      if (shown.tag === '#document') {
        this.#scroll.show(shown);
        continue;
      }
      if (!isElement(shown)) continue;
      showDefined(shown);
      showMark(shown);
      showField(shown);
      showPicture(shown);
      if (shown.props?.natural) this.#shownAs.set(shown.node, shown);
      showMedia(shown);
      this.#sheets.show(shown);
      this.#topLayer.note(shown);
      this.#groups.note(shown);
      if (shown.props?.says || shown.props?.open) this.#noted.add(shown);
      else this.#noted.delete(shown);
      showAssigned(shown, this.#nodes);
      showLabel(shown);
      this.#scroll.show(shown);
    }
    this.#due.clear();
    this.#groups.show();
    this.#topLayer.show();
  }
}

const isFrame = ({ tag }: Shown): boolean => tag === 'iframe' || tag === 'frame';

/** Tags whose state goes beyond attributes even without a word about it. */
const HAS_STATE = new Set([
  'input',
  'textarea',
  'select',
  'dialog',
  'img',
  'video',
  'audio',
  'canvas',
  'iframe',
  'frame',
  'details',
  'link',
  'details',
]);
