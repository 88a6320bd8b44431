// Nodes as rows: what is sent of an element, a text and a document, masks applied.
import { maskAttribute, maskStyle, maskText } from '../../protocol/masking.ts';
import type { ChangedProps, ElementProps, ElementRow, NodeRow } from '../../protocol/nodes.ts';
import { CDATA, DOCUMENT, type Dom, ELEMENT, FRAGMENT, TEXT } from './dom.ts';
import { type Known, type KnownTree, type MaskState, NO_CHILDREN } from './known-tree.ts';
import type { Masks } from './masks.ts';

const HTML = 'http://www.w3.org/1999/xhtml';
const PREFIX: Record<string, string> = {
  'http://www.w3.org/2000/svg': 'svg:',
  'http://www.w3.org/1998/Math/MathML': 'math:',
};
/** Elements whose children nobody sees, or that show something else instead. */
const CLOSED = new Set([
  'script',
  'noscript',
  'template',
  'iframe',
  'frame',
  'noembed',
  'noframes',
  'object',
  'embed',
  'canvas',
  // What it shows is a copy that the follower's browser makes, too.
  'selectedcontent',
]);
/** Deeper parts are left out: the gateway refuses documents that break browsers. */
const MAX_DEPTH = 900;
/** UTF-16 units of one text in a row or operation; a longer one goes on by `append`. Six bytes each at worst. */
export const PIECE = 8_000;
/** Never of use to a follower, or never his business. */
const UNSENT = /^(?:on|nonce$|integrity$|srcdoc$|ping$|data-tandem)/i;

/** A text that did not fit: goes on with `append`. */
export interface Rest {
  known: Known;
  where: string;
  text: string;
}

export interface RowsDeps {
  dom: Dom;
  document: Document;
  tree: KnownTree;
  masks: Masks;
  isOwn(node: Node): boolean;
  rootOf(element: Element): ShadowRoot | null;
  propsOf(element: Element, tag: string, known: Known): ElementProps | undefined;
  /** A root whose changes must be observed too. */
  onRoot(root: ShadowRoot): void;
  onElement(element: Element, tag: string, known: Known): void;
  /** An attribute that is sent, or a style text ('' for its name), holds a `blob:` address. */
  onBlob(known: Known, tag: string, name: string, value: string): void;
}

export class Rows {
  readonly #deps: RowsDeps;
  /** Texts that were cut, in order. */
  rests: Rest[] = [];

  constructor(deps: RowsDeps) {
    this.#deps = deps;
  }

  /** The tag as on the wire. */
  tagOf(node: Node): string {
    const { dom } = this.#deps;
    const type = dom.nodeType(node);
    if (type === DOCUMENT) return '#document';
    if (type === FRAGMENT) return '#shadow';
    const local = dom.localName(node);
    const namespace = dom.namespace(node);
    if (namespace === HTML) return local;
    return (namespace === null ? '{}' : (PREFIX[namespace] ?? `{${namespace}}`)) + local;
  }

  /** The nodes under this one that are sent, in order: the shadow root first. */
  childrenOf(known: Known): Node[] {
    const list: Node[] = [];
    if (known.closed) return list;
    const { dom, isOwn, rootOf } = this.#deps;
    if (dom.nodeType(known.node) === ELEMENT) {
      const root = rootOf(known.node as Element);
      if (root) list.push(root);
    }
    for (let child = dom.firstChild(known.node); child; child = dom.nextSibling(child)) {
      const type = dom.nodeType(child);
      if (type === ELEMENT ? !isOwn(child) : type === TEXT || type === CDATA) list.push(child);
    }
    return list;
  }

  textOf(known: Known): string {
    const { dom, onBlob } = this.#deps;
    const text = dom.data(known.node);
    const above = known.parent?.node;
    const isStyle = above && dom.nodeType(above) === ELEMENT && dom.localName(above) === 'style';
    if (known.mask) return (isStyle ? maskStyle : maskText)(text);
    if (isStyle && text.includes('blob:')) onBlob(known, '', '', text);
    return text;
  }

  /** The value an attribute is sent with; undefined: it is not sent. */
  attributeOf(known: Known, tag: string, name: string, value: string): string | undefined {
    if (UNSENT.test(name)) return undefined;
    if (tag === 'input' && name === 'value') {
      const type = this.#deps.dom.inputType(known.node);
      if (type === 'hidden' || type === 'file') return undefined;
    }
    if (known.mask) return maskAttribute(name, value);
    if (value.includes('blob:')) this.#deps.onBlob(known, tag, name, value);
    return value;
  }

  /** All attributes as sent: name, value, name, value… */
  attributesOf(known: Known, tag: string): string[] {
    const list: string[] = [];
    const { dom, document } = this.#deps;
    if (tag === '#document') {
      const { doctype } = document;
      list.push('mode', document.compatMode === 'BackCompat' ? 'quirks' : 'standards');
      if (doctype)
        list.push('doctype', `${doctype.name} ${doctype.publicId} ${doctype.systemId}`.trim().slice(0, 500));
      return list;
    }
    if (tag === '#shadow') {
      const { mode, delegatesFocus, slotAssignment } = known.node as ShadowRoot;
      list.push('mode', mode);
      if (delegatesFocus) list.push('focus', '');
      if (slotAssignment === 'manual') list.push('slots', slotAssignment);
      return list;
    }
    // By names: a list of `Attr` would make an object of each.
    for (const name of dom.attributeNames(known.node as Element)) {
      const sent = this.attributeOf(known, tag, name, dom.getAttribute(known.node as Element, name) ?? '');
      if (sent !== undefined) list.push(name, sent);
    }
    return list;
  }

  /** Writes a new node and all below it. Known nodes below are named by id, and taken out of the list they were in. */
  write(node: Node, parent: Known | undefined, rows: NodeRow[]): Known {
    const { dom, tree, masks, onRoot, onElement, propsOf } = this.#deps;
    const type = dom.nodeType(node);
    if (type === TEXT || type === CDATA) {
      const known = tree.add(node, parent, 0);
      rows.push(this.#cut(known, '', this.textOf(known)));
      return known;
    }
    const tag = this.tagOf(node);
    const own: MaskState = type === ELEMENT ? masks.own(node as Element, tag) : 0;
    const known = tree.add(node, parent, own);
    if (CLOSED.has(tag) || known.depth >= MAX_DEPTH) known.closed = true;
    const row: ElementRow = [tag, this.cutAttributes(known, this.attributesOf(known, tag)), 0];
    rows.push(row);
    if (type === ELEMENT) {
      onElement(node as Element, tag, known);
      const props = propsOf(node as Element, tag, known);
      if (props) {
        known.props = props;
        row[3] = this.cutProps(known, props);
      }
    } else if (type === FRAGMENT) onRoot(node as ShadowRoot);
    const nodes = this.childrenOf(known);
    if (nodes.length === 0) return known;
    row[2] = nodes.length;
    const children: Known[] = new Array(nodes.length);
    for (let i = 0; i < nodes.length; i++) children[i] = this.place(nodes[i]!, known, rows);
    known.children = children;
    return known;
  }

  /** Writes a node where it now belongs: by id when the gateway has it and may keep it as it is, else anew. */
  place(node: Node, parent: Known, rows: NodeRow[]): Known {
    const { tree } = this.#deps;
    const known = tree.of(node);
    if (!known || !this.#mayMove(known, parent)) {
      if (known) tree.forget(known);
      return this.write(node, parent, rows);
    }
    // Its old parent may be one that is not looked at any more.
    const old = known.parent;
    if (old && old !== parent && old.children.includes(known)) {
      old.children = old.children.filter((child) => child !== known);
      tree.touched.add(old);
    }
    known.parent = parent;
    rows.push(known.id);
    return known;
  }

  /** What is masked differently in its new place is sent anew. */
  #mayMove(known: Known, parent: Known): boolean {
    const { dom, masks } = this.#deps;
    if (dom.nodeType(known.node) !== ELEMENT) return known.mask === parent.mask;
    const own = masks.own(known.node as Element, this.tagOf(known.node));
    if (own !== known.own || Math.max(own, parent.mask) !== known.mask) return false;
    return (
      !masks.reachesDown ||
      (masks.selectors !== '' && dom.queryAll(known.node as Element, masks.selectors).length === 0)
    );
  }

  #cut(known: Known, where: string, text: string): string {
    if (text.length <= PIECE) return text;
    this.rests.push({ known, where, text: text.slice(PIECE) });
    return text.slice(0, PIECE);
  }

  /** Long attributes go on by `append`. */
  cutAttributes(known: Known, attributes: string[]): string[] {
    let length = 0;
    for (const part of attributes) length += part.length;
    if (length <= PIECE) return attributes;
    const kept: string[] = [];
    for (let i = 0; i < attributes.length; i += 2) {
      const name = attributes[i]!;
      const value = attributes[i + 1]!;
      // At most a thousand entries go into a row, and what is short stays together.
      if (value.length <= 200 && kept.length < 100) kept.push(name, value);
      else if (name.length < 200) {
        kept.push(name, '');
        this.rests.push({ known, where: `@${name}`, text: value });
      }
    }
    return kept;
  }

  /** Long properties go on by `append`. */
  cutProps<P extends ChangedProps>(known: Known, props: P): P {
    const cut = { ...props };
    if (typeof cut.value === 'string') cut.value = this.#cut(known, '.value', cut.value);
    if (typeof cut.picture === 'string') cut.picture = this.#cut(known, '.picture', cut.picture);
    return cut;
  }

  /** A text or attribute of its own operation. */
  cutText(known: Known, where: string, text: string): string {
    return this.#cut(known, where, text);
  }
}

export { NO_CHILDREN };
