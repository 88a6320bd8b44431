// Rows to nodes: elements are made one by one, never from markup.
import type { NodeId, NodeRow } from '../../protocol/nodes.ts';
import { isStyle, NO_ATTRIBUTES, NONE_SHOWN, type Shown } from './shown.ts';

const NAMESPACES: Record<string, string> = {
  svg: 'http://www.w3.org/2000/svg',
  math: 'http://www.w3.org/1998/Math/MathML',
};

const PREFIXES: Record<string, string> = {
  xlink: 'http://www.w3.org/1999/xlink',
  xml: 'http://www.w3.org/XML/1998/namespace',
};

export interface BuildDeps {
  document: Document;
  /** A node that is there already, by id. */
  existing(id: NodeId): Shown | undefined;
  /** Every node made. */
  onMade(shown: Shown): void;
}

/** Thrown when a message does not fit what is shown: the mirror asks for a snapshot. */
export class Mismatch extends Error {}

/**
 * Makes the nodes of rows in preorder. Existing ones that move are put into the lists of children, and into the DOM.
 * @param ids of the rows that are no numbers, in order
 * @param parent under which the topmost will be put: the host of a shadow root that comes late
 * @returns the topmost
 */
export function buildRows(
  rows: readonly NodeRow[],
  ids: Iterator<NodeId>,
  deps: BuildDeps,
  parent?: Shown,
): Shown[] {
  const tops: Shown[] = [];
  const open: { shown: Shown; left: number }[] = [];
  for (const row of rows) {
    while (open.at(-1)?.left === 0) open.pop();
    const above = open.at(-1);
    let shown: Shown;
    if (typeof row === 'number') {
      const existing = deps.existing(row);
      if (!existing) throw new Mismatch(`node ${row} is not here`);
      shown = existing;
    } else {
      const { value } = ids.next();
      if (typeof value !== 'number') throw new Mismatch('more rows than ids');
      shown =
        typeof row === 'string'
          ? makeText(deps.document, value, row)
          : makeElement(deps.document, value, row, above?.shown ?? parent);
      deps.onMade(shown);
    }
    if (above) {
      above.shown.children[above.shown.children.length - above.left--] = shown;
      shown.parent = above.shown;
      // The document's own child comes in last, whole: nothing is laid out before.
      if (above.shown.tag !== '#document') insert(above.shown, shown, null);
    } else tops.push(shown);
    if (typeof row === 'object' && row[2] > 0) {
      // As long as it will be: one that grows takes several times the room.
      shown.children = new Array(row[2]);
      open.push({ shown, left: row[2] });
    }
  }
  if (open.some(({ left }) => left > 0)) throw new Mismatch('rows that end too early');
  return tops;
}

/** Puts a node into its parent's DOM, where that has a place for it: a root has its host, a style sheet's text is set apart. */
export function insert(parent: Shown, child: Shown, before: Node | null): void {
  if (child.tag === '#shadow' || isStyle(parent)) return;
  try {
    // Not by `moveBefore`, which would keep frames and the top layer as they are: Chromium 156 crashes at some of that [measured].
    parent.node.insertBefore(child.node, before);
  } catch {
    // Two document elements, or text in a document: no browser shows that.
  }
}

function makeText(document: Document, id: NodeId, text: string): Shown {
  return {
    id,
    tag: '',
    node: document.createTextNode(text),
    parent: undefined,
    children: NONE_SHOWN,
    attributes: NO_ATTRIBUTES,
    props: undefined,
    hash: 0,
  };
}

function makeElement(
  document: Document,
  id: NodeId,
  [tag, attributes, , props]: Exclude<NodeRow, string | number>,
  above: Shown | undefined,
): Shown {
  let node: Node;
  if (tag === '#document') node = document;
  else if (tag === '#shadow') node = attach(above, attributes);
  else {
    const element = createElement(document, tag);
    for (let i = 0; i < attributes.length; i += 2) setAttribute(element, attributes[i]!, attributes[i + 1]!);
    node = element;
  }
  return { id, tag, node, parent: undefined, children: NONE_SHOWN, attributes, props, hash: 0 };
}

/** A host that takes no root in this browser gets a plain fragment: what is in it is not seen. */
function attach(above: Shown | undefined, attributes: readonly string[]): Node {
  const host = above?.node as Element | undefined;
  try {
    return (
      host?.shadowRoot ??
      host!.attachShadow({
        mode: 'open',
        delegatesFocus: attributes.includes('focus'),
        slotAssignment: attributes.includes('slots') ? 'manual' : 'named',
      })
    );
  } catch {
    return host!.ownerDocument.createDocumentFragment();
  }
}

function createElement(document: Document, tag: string): Element {
  const colon = tag.indexOf(':');
  const namespace = colon > 0 ? NAMESPACES[tag.slice(0, colon)] : undefined;
  try {
    return namespace
      ? document.createElementNS(namespace, tag.slice(colon + 1))
      : document.createElement(tag);
  } catch {
    return document.createElement('tandem-other');
  }
}

/** @param value null removes it */
export function setAttribute(element: Element, name: string, value: string | null): void {
  try {
    const namespace = PREFIXES[name.split(':')[0]!] ?? null;
    // Names stay as they are written: `setAttribute` would make them small on HTML elements, and `removeAttribute` too.
    const isExact = namespace !== null || /[A-Z]/.test(name);
    if (value === null && isExact)
      element.removeAttributeNS(namespace, namespace ? name.split(':')[1]! : name);
    else if (value === null) element.removeAttribute(name);
    else if (isExact) element.setAttributeNS(namespace, name, value);
    else element.setAttribute(name, value);
  } catch {
    // A name that this browser refuses: nobody would have seen it.
  }
}
