// Walking the page as its reader sees it: through slots and shadow roots, open or closed.
import { editContextOf } from './edit-context.ts';

const HTML = 'http://www.w3.org/1999/xhtml';

/** The parent in the flat tree: the slot of a slotted node, the host of a shadow root. */
export function flatParent(node: Node): Node | null {
  return (node as Element).assignedSlot ?? node.parentNode ?? (node as Partial<ShadowRoot>).host ?? null;
}

/** The element and its ancestors in the flat tree, innermost first. */
export function* flatChain(element: Element): Generator<Element> {
  for (let node: Node | null = element; node; node = flatParent(node))
    if (node.nodeType === 1) yield node as Element;
}

/** The nearest of the element and its ancestors for which the test holds. */
export function flatClosest(element: Element, test: (candidate: Element) => boolean): Element | undefined {
  for (const candidate of flatChain(element)) if (test(candidate)) return candidate;
  return undefined;
}

/** The innermost element that contains both; undefined when they are in different trees. */
export function commonAncestor(one: Element, other: Element): Element | undefined {
  const chain = new Set(flatChain(one));
  return flatClosest(other, (candidate) => chain.has(candidate));
}

/** The innermost element at a point of the viewport, within shadow trees too. */
export function elementAt(
  document: Document,
  x: number,
  y: number,
  shadowOf: (element: Element) => ShadowRoot | null,
): Element | undefined {
  let found: Element | undefined;
  for (let root: Document | ShadowRoot | null = document; root; ) {
    const hit: Element | null = root.elementFromPoint(x, y);
    if (!hit || hit === found) break;
    found = hit;
    root = shadowOf(hit);
  }
  return found;
}

/** The element that a node stands for: itself, its parent for text, the root element for a document. */
export function elementOf(node: Node): Element | undefined {
  if (node.nodeType === 1) return node as Element;
  if (node.nodeType === 9) return (node as Document).documentElement;
  if (node.nodeType === 11) return (node as ShadowRoot).host;
  return node.parentElement ?? (node.parentNode as Partial<ShadowRoot> | null)?.host;
}

/** Whether it is an HTML element of that name; by name and namespace, because a page may replace the constructors. */
export function isHtml<K extends keyof HTMLElementTagNameMap>(
  node: Node | null | undefined,
  name: K,
): node is HTMLElementTagNameMap[K] {
  const element = node as Element | null | undefined;
  return element?.nodeType === 1 && element.localName === name && element.namespaceURI === HTML;
}

const TEXT_TYPES = new Set(['text', 'search', 'tel', 'url', 'email', 'number', 'password']);

/** An input or textarea that has a caret. */
export function isTextField(node: Node | null | undefined): node is HTMLInputElement | HTMLTextAreaElement {
  return isHtml(node, 'textarea') || (isHtml(node, 'input') && TEXT_TYPES.has(node.type));
}

/** Whether it is an editor: contenteditable, with an EditContext, or in a document in designMode. */
export function isEditor(node: Node | null | undefined): node is HTMLElement {
  const element = node as HTMLElement | null | undefined;
  return (
    element?.nodeType === 1 &&
    (element.isContentEditable ||
      editContextOf(element) !== undefined ||
      element.ownerDocument.designMode === 'on')
  );
}

/** Whether nothing of it can be used: disabled, inert, or behind a modal dialog. */
export function isUnusable(element: Element): boolean {
  let inModal = false;
  for (const candidate of flatChain(element)) {
    if (candidate.matches(':disabled') || (candidate as HTMLElement).inert) return true;
    if (candidate.matches(':modal')) inModal = true;
  }
  return !inModal && element.ownerDocument.querySelector(':modal') !== null;
}
