// Nodes as rows: what is sent of an element, a text and a document, masks applied.
import { maskAttribute, maskStyle, maskText } from '../../protocol/masking.ts';
import type { ChangedProps } from '../../protocol/nodes.ts';
import { CDATA, DOCUMENT, ELEMENT, FRAGMENT, TEXT } from './dom.ts';
import { type Known, SHUT } from './known-tree.ts';
import type { Recording } from './recording.ts';

const HTML = 'http://www.w3.org/1999/xhtml';
const PREFIX: Record<string, string> = {
  'http://www.w3.org/2000/svg': 'svg:',
  'http://www.w3.org/1998/Math/MathML': 'math:',
};
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

export class Rows {
  readonly #recording: Recording;
  /** Texts that were cut, by node and place. */
  readonly #rests = new Map<string, Rest>();

  constructor(recording: Recording) {
    this.#recording = recording;
  }

  /** Objects that hold a document: frames for followers. */
  readonly framed = new WeakSet<Node>();

  /** The tag as on the wire. */
  tagOf(node: Node, type?: number): string {
    const { dom } = this.#recording;
    type ??= dom.nodeType(node);
    if (type === DOCUMENT) return '#document';
    if (type === FRAGMENT) return '#shadow';
    const local = dom.localName(node);
    const namespace = dom.namespace(node);
    if (namespace === HTML) return local === 'object' && this.framed.has(node) ? 'iframe' : local;
    return (namespace === null ? '{}' : (PREFIX[namespace] ?? `{${namespace}}`)) + local;
  }

  /** Puts the nodes under this one that are sent, and their types, behind two lists: the last first, and the shadow root last of all. */
  pushChildren({ node, children, isHost }: Known, nodes: Node[], types: number[] = []): void {
    if (children === SHUT) return;
    const { dom, isOwn } = this.#recording;
    for (let child = dom.lastChild(node); child; child = dom.previousSibling(child)) {
      const type = dom.nodeType(child);
      if (type === ELEMENT ? isOwn(child) : type !== TEXT && type !== CDATA) continue;
      nodes.push(child);
      types.push(type);
    }
    const root = isHost && this.#recording.rootOf(node as Element);
    if (!root) return;
    nodes.push(root);
    types.push(FRAGMENT);
  }

  textOf(known: Known): string {
    const { dom, bytes } = this.#recording;
    const text = dom.data(known.node);
    const isStyle = known.parent?.isStyle;
    if (known.mask) return (isStyle ? maskStyle : maskText)(text);
    if (isStyle && text.includes('blob:')) bytes.seen(known, '', '', text);
    return text;
  }

  /** The value an attribute is sent with; undefined: it is not sent. */
  attributeOf(known: Known, tag: string, name: string, value: string): string | undefined {
    if (UNSENT.test(name)) return undefined;
    if (tag === 'input' && name === 'value') {
      const type = this.#recording.dom.inputType(known.node);
      if (type === 'hidden' || type === 'file') return undefined;
    }
    if (known.mask) return maskAttribute(name, value);
    if (value.includes('blob:')) this.#recording.bytes.seen(known, tag, name, value);
    return value;
  }

  /** All attributes as sent: name, value, name, value… @param names of an element's attributes, where they are known */
  attributesOf(known: Known, tag: string, names?: readonly string[]): string[] {
    const { dom, document } = this.#recording;
    if (tag === '#document') {
      const { doctype } = document;
      const list = ['mode', document.compatMode === 'BackCompat' ? 'quirks' : 'standards'];
      if (doctype)
        list.push('doctype', `${doctype.name} ${doctype.publicId} ${doctype.systemId}`.trim().slice(0, 500));
      return list;
    }
    if (tag === '#shadow') {
      const { mode, delegatesFocus, slotAssignment } = known.node as ShadowRoot;
      const list: string[] = ['mode', mode];
      if (delegatesFocus) list.push('focus', '');
      if (slotAssignment === 'manual') list.push('slots', slotAssignment);
      return list;
    }
    const element = known.node as Element;
    // By names: a list of `Attr` would make an object of each.
    const all = names ?? dom.attributeNames(element);
    // As long as it will be: one that grows takes several times the room.
    const list: string[] = new Array(all.length * 2);
    let count = 0;
    for (let i = 0; i < all.length; i++) {
      const name = all[i]!;
      const sent = this.attributeOf(known, tag, name, dom.getAttribute(element, name) ?? '');
      if (sent === undefined) continue;
      list[count++] = name;
      list[count++] = sent;
    }
    if (count < list.length) list.length = count;
    return list;
  }

  /** The beginning of a text; the rest waits for {@link takeRests}. What waited of the same text before is no more. */
  cutText(known: Known, where: string, text: string): string {
    if (text.length <= PIECE) {
      if (this.#rests.size > 0) this.#rests.delete(`${known.id}${where}`);
      return text;
    }
    this.#cut(known, where, text.slice(PIECE));
    return text.slice(0, PIECE);
  }

  #cut(known: Known, where: string, text: string): void {
    this.#rests.set(`${known.id}${where}`, { known, where, text });
  }

  /** What was cut from long texts of nodes that are still there. */
  takeRests(): Rest[] {
    const rests = [...this.#rests.values()].filter(
      ({ known }) => this.#recording.tree.find(known.id) === known,
    );
    this.#rests.clear();
    return rests;
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
        this.#cut(known, `@${name}`, value);
      }
    }
    return kept;
  }

  /** Long properties go on by `append`. */
  cutProps<P extends ChangedProps>(known: Known, props: P): P {
    const cut = { ...props };
    for (const name of ['value', 'picture'] as const) {
      const text = cut[name];
      if (text === undefined) continue;
      const begun = this.cutText(known, `.${name}`, text ?? '');
      if (text !== null) (cut as ChangedProps)[name] = begun;
    }
    return cut;
  }
}
