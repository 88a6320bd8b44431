// Texts, attributes and properties that changed since they were said: the last value of each is said, once.
import { hashTextNode } from '../../protocol/digest.ts';
import { compareProps } from '../../protocol/repair.ts';
import { ELEMENT } from './dom.ts';
import type { Known } from './known-tree.ts';
import type { Recording } from './recording.ts';

/** By node: the name of the attribute that changed, or several; NONE of texts and properties. */
type Changed = Map<Node, string | Set<string>>;

export class Values {
  readonly #recording: Recording;
  readonly #texts: Changed = new Map();
  readonly #attributes: Changed = new Map();
  readonly #props: Changed = new Map();

  constructor(recording: Recording) {
    this.#recording = recording;
  }

  text(node: Node): void {
    this.#texts.set(node, NONE);
  }

  /** @param name as on the wire, with its prefix */
  attribute(element: Element, name: string): void {
    const names = this.#attributes.get(element);
    if (names === name) return;
    // Of most it is one, and a set of one costs more than all the rest.
    if (names === undefined) this.#attributes.set(element, name);
    else if (typeof names === 'string') this.#attributes.set(element, new Set([names, name]));
    else names.add(name);
  }

  props(element: Element): void {
    this.#props.set(element, NONE);
  }

  get size(): number {
    return this.#texts.size + this.#attributes.size + this.#props.size;
  }

  clear(): void {
    this.#texts.clear();
    this.#attributes.clear();
    this.#props.clear();
  }

  /** What is said is taken from the list before, so that it may change again while the page has its turn; asked then whether to go on. */
  *say(mayGoOn: () => boolean): Generator<void, void, void> {
    const recording = this.#recording;
    const kinds: [Changed, (known: Known, names: string | Set<string>) => void][] = [
      [this.#texts, (known) => this.#sayText(known)],
      [this.#attributes, (known, names) => this.#sayAttributes(known, names)],
      [this.#props, (known) => this.#sayProps(known)],
    ];
    for (const [changed, say] of kinds)
      for (const [node, names] of changed) {
        changed.delete(node);
        const known = recording.tree.of(node);
        if (!known) continue;
        say(known, names);
        if (!recording.isEnough()) continue;
        yield;
        if (!mayGoOn()) return;
      }
  }

  #sayText(known: Known): void {
    const { tree, rows, sender } = this.#recording;
    const text = rows.textOf(known);
    tree.setHash(known, hashTextNode(known.id, text));
    sender.op(['text', known.id, rows.cutText(known, '', text)]);
  }

  #sayAttributes(known: Known, names: string | Set<string>): void {
    const { tree, rows } = this.#recording;
    tree.touched.add(known);
    const tag = rows.tagOf(known.node, ELEMENT);
    if (typeof names === 'string') this.#sayAttribute(known, tag, names);
    else for (const name of names) this.#sayAttribute(known, tag, name);
  }

  #sayAttribute(known: Known, tag: string, name: string): void {
    const { rows, sender, dom } = this.#recording;
    const value = dom.getAttribute(known.node as Element, name);
    let sent = value === null ? null : rows.attributeOf(known, tag, name, value);
    // A value that is told no more is to be forgotten.
    if (sent === undefined && name === 'value') sent = null;
    if (sent === undefined || name.length > 200) return;
    const begun = rows.cutText(known, `@${name}`, sent ?? '');
    sender.op(['attr', known.id, name, sent === null ? undefined : begun]);
  }

  #sayProps(known: Known): void {
    const { tree, rows, sender } = this.#recording;
    const props = this.#recording.readProps(known.node as Element, rows.tagOf(known.node), known);
    const changed = compareProps(known.props, props);
    if (!changed) return;
    known.props = props;
    tree.touched.add(known);
    sender.op(['props', known.id, rows.cutProps(known, changed)]);
  }
}

const NONE = '';
