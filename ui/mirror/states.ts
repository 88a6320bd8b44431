// Who is hovered, pressed and focused at the leader: attributes that the followers' style sheets ask for.
import type { Op } from '../../protocol/nodes.ts';

type StateOp = Extract<Op, ['state', ...unknown[]]>;
type Kind = StateOp[1];

/** Set on the element; on the way up too for those states that ancestors share. */
const ATTRIBUTES: Record<Kind, { own: string; above?: string }> = {
  hover: { own: 'tandem-hover', above: 'tandem-hover' },
  active: { own: 'tandem-active', above: 'tandem-active' },
  focus: { own: 'tandem-focus', above: 'tandem-focus-within' },
  'focus-visible': { own: 'tandem-focus-visible' },
  target: { own: 'tandem-target' },
};

export class States {
  readonly #nodes = new Map<Kind, Element>();
  readonly #marked = new Map<Kind, Element[]>();

  /** The element in that state, or undefined. */
  find(kind: Kind): Element | undefined {
    return this.#nodes.get(kind);
  }

  show(kind: Kind, node: Node | undefined): void {
    const { own, above } = ATTRIBUTES[kind];
    for (const element of this.#marked.get(kind) ?? [])
      for (const name of [own, above ?? own]) unmark(element, name);
    this.#marked.delete(kind);
    this.#nodes.delete(kind);
    const start = node?.nodeType === 1 ? (node as Element) : (node?.parentElement ?? undefined);
    if (!start) return;
    this.#nodes.set(kind, start);
    const marked = [start];
    mark(start, own);
    if (above) {
      if (above !== own) mark(start, above);
      for (let up = parentOf(start), from: Node = start; up; from = up, up = parentOf(up)) {
        mark(up, above);
        marked.push(up);
        // A host that passes its focus on has it, too.
        if (kind === 'focus' && up.shadowRoot?.delegatesFocus && from.getRootNode() === up.shadowRoot)
          mark(up, own);
      }
    }
    this.#marked.set(kind, marked);
  }
}

/** An attribute, and for a part of a component a name, as nothing else may follow `::part()` in a selector. */
function mark(element: Element, name: string): void {
  element.setAttribute(name, '');
  if (element.hasAttribute('part')) element.part.add(name);
}

function unmark(element: Element, name: string): void {
  element.removeAttribute(name);
  if (element.hasAttribute('part')) element.part.remove(name);
}

/** The parent in the flat tree: slots and hosts count. */
function parentOf(element: Element): Element | undefined {
  if (element.assignedSlot) return element.assignedSlot;
  const parent = element.parentNode;
  if (parent?.nodeType === 11) return (parent as ShadowRoot).host;
  return parent?.nodeType === 1 ? (parent as Element) : undefined;
}
