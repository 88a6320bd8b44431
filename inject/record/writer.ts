// Writes new nodes as rows, parents before children; stops between any two of them when the page is to have its turn.
import { hashAttributes, hashElement, hashNumber, hashProps, hashTextNode } from '../../protocol/digest.ts';
import type { ElementRow } from '../../protocol/nodes.ts';
import { CDATA, DOCUMENT, ELEMENT, FRAGMENT, TEXT } from './dom.ts';
import { type Known, NO_CHILDREN, SHUT } from './known-tree.ts';
import type { Recording } from './recording.ts';

/** Elements whose children nobody sees, or that show something else instead. */
const CLOSED = new Set(
  // What `selectedcontent` shows is a copy that the follower's browser makes, too.
  'script noscript template iframe frame noembed noframes object embed canvas selectedcontent'.split(' '),
);
/** What may show something else in another place. */
const FIELD = /^(?:input|select|textarea|img)$/;
/** Deeper parts are left out: the gateway refuses documents that break browsers. */
const MAX_DEPTH = 900;

/** A node whose children are being written. The number of them was said before them, so it stands. */
interface Open {
  known: Known;
  children: Known[];
  /** Children that were not written yet: the last entries of {@link Writer.#nodes} once it is the lowest on the stack. */
  left: number;
  /** Its share in the digest so far; none of a node that was there before. */
  hash: number | undefined;
  /** It was moved or forgotten meanwhile: what would have come is left out, as its marks may be others now. */
  cut: boolean;
}

export class Writer {
  /** The page had its turn since the batch began: what was listed then may be elsewhere now. */
  turned = false;
  readonly #recording: Recording;
  readonly #stack: Open[] = [];
  /** What is still to be written, the next one last, and the types of these nodes. */
  readonly #nodes: Node[] = [];
  readonly #types: number[] = [];
  /** Of the lowest node on the stack. */
  #depth = 0;

  constructor(recording: Recording) {
    this.#recording = recording;
  }

  /** Another batch or snapshot begins. */
  begin(): void {
    this.turned = false;
    this.#stack.length = this.#nodes.length = this.#types.length = 0;
  }

  /** The document, from its beginning. */
  writeDocument(): Known {
    this.#depth = 0;
    return this.#write(this.#recording.document, DOCUMENT, undefined);
  }

  /** New children of a node that was there before; {@link run} puts them into `children`. */
  writeInto(known: Known, nodes: readonly Node[], children: Known[]): void {
    this.#depth = 0;
    for (let up = known.parent; up; up = up.parent) this.#depth++;
    const cut = this.turned && !this.#isInPlace(known);
    for (let i = nodes.length - 1; i >= 0; i--) {
      this.#nodes.push(nodes[i]!);
      this.#types.push(this.#recording.dom.nodeType(nodes[i]));
    }
    this.#stack.push({ known, children, left: nodes.length, hash: undefined, cut });
  }

  /** The page had its turn. */
  resume(): void {
    this.turned = true;
    let cut = false;
    for (const open of this.#stack) {
      cut ||= !this.#isInPlace(open.known);
      open.cut = cut;
    }
  }

  /** Writes on. False when it is enough for now, and there is more. */
  run(): boolean {
    const stack = this.#stack;
    for (let open = stack.at(-1); open; open = stack.at(-1)) {
      if (open.left === 0) {
        stack.pop();
        if (open.hash !== undefined) this.#recording.tree.setHash(open.known, open.hash);
        continue;
      }
      const at = open.children.length - open.left--;
      const child = this.#place(this.#nodes.pop()!, this.#types.pop()!, open);
      open.children[at] = child;
      if (open.hash !== undefined) open.hash = hashNumber(child.id, open.hash);
      if (this.#recording.isEnough()) return false;
    }
    return true;
  }

  /** Whether a node is still where it was when it was sent, with all above it. */
  #isInPlace(known: Known): boolean {
    const { tree, document } = this.#recording;
    for (let up = known; ; up = up.parent) {
      if (tree.of(up.node) !== up) return false;
      if (!up.parent) return up.node === document;
      if (!this.#isUnder(up.node, up.parent.node)) return false;
    }
  }

  #isUnder(node: Node, parent: Node): boolean {
    return (this.#recording.dom.parentNode(node) ?? (node as ShadowRoot).host) === parent;
  }

  /** Writes a node where it now belongs: by id when the gateway has it and may keep it as it is, else anew. */
  #place(node: Node, type: number, { known: parent, cut }: Open): Known {
    const { tree, sender } = this.#recording;
    const known = tree.of(node);
    // Gone from here meanwhile, or sent already in this batch or in a place that stays as it is: made good in the next one.
    if (this.turned && (cut || !this.#isUnder(node, parent.node) || known?.parent)) {
      this.#recording.changed(parent.node);
      sender.row('', tree.nextId);
      return tree.skip(parent.node);
    }
    if (known) {
      const { unseen } = this.#recording;
      const isUnseen = unseen.size > 0 && unseen.has(parent.node.getRootNode());
      if (!isUnseen && this.#mayMove(known, parent)) {
        // Its old parent may be one that is not looked at any more.
        const old = known.parent;
        if (old && old !== parent && old.children.includes(known)) {
          old.children = old.children.filter((child) => child !== known);
          tree.touched.add(old);
        }
        known.parent = parent;
        // Its state may depend on what it is in.
        if (type === ELEMENT && FIELD.test(this.#recording.dom.localName(node)))
          this.#recording.changedProps(node as Element);
        sender.row(known.id, tree.nextId);
        return known;
      }
      tree.forget(known);
    }
    return this.#write(node, type, parent);
  }

  #write(node: Node, type: number, parent: Known | undefined): Known {
    const recording = this.#recording;
    const { tree, rows, sender } = recording;
    if (type === TEXT || type === CDATA) {
      const known = tree.add(node, parent, 0);
      const text = rows.textOf(known);
      tree.setHash(known, hashTextNode(known.id, text));
      sender.row(rows.cutText(known, '', text), known.id);
      return known;
    }
    const tag = rows.tagOf(node, type);
    const element = type === ELEMENT ? (node as Element) : undefined;
    const names = element && recording.dom.attributeNames(element);
    const known = tree.add(node, parent, element ? recording.masks.own(element, tag, names) : 0, tag);
    const attributes = rows.attributesOf(known, tag, names);
    const row: ElementRow = [tag, rows.cutAttributes(known, attributes), 0];
    if (element) {
      recording.sendsElement(element, tag, known);
      known.props = recording.readProps(element, tag, known, names);
      if (known.props) row[3] = rows.cutProps(known, known.props);
    } else if (type === FRAGMENT) recording.sendsRoot(node as ShadowRoot);
    const pairs = hashAttributes(attributes) + hashProps(known.props);
    const hash = hashElement(known.id, tag, pairs | 0, NO_CHILDREN as never[]);
    if (known.own === 2 || CLOSED.has(tag) || this.#depth + this.#stack.length >= MAX_DEPTH)
      known.children = SHUT;
    const before = this.#nodes.length;
    rows.pushChildren(known, this.#nodes, this.#types);
    const left = this.#nodes.length - before;
    row[2] = left;
    sender.row(row, known.id);
    if (left === 0) tree.setHash(known, hash);
    else {
      // Its own list from the beginning, so that it goes with all that was written of it.
      const children: Known[] = new Array(left);
      known.children = children;
      this.#stack.push({ known, children, left, hash, cut: false });
    }
    return known;
  }

  /** What is masked differently in its new place is sent anew. */
  #mayMove(known: Known, parent: Known): boolean {
    const { dom, masks, rows } = this.#recording;
    if (dom.nodeType(known.node) !== ELEMENT) return known.mask === parent.mask;
    const own = masks.own(known.node as Element, rows.tagOf(known.node));
    if (own !== known.own || Math.max(own, parent.mask) !== known.mask) return false;
    return (
      !masks.reachesDown ||
      (masks.selectors !== '' && dom.queryAll(known.node as Element, masks.selectors).length === 0)
    );
  }
}
