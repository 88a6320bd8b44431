// The browser's own readers of a document, taken early: a form's fields may bear the names of its properties, and pages replace much.
import type { PageWindow } from '../natives.ts';
import { OURS } from '../shims/closed-roots.ts';

type Read<T> = (self: unknown) => T;

const CAPITAL = /[A-Z]/;
const NO_NAMES: string[] = [];

/** A method as a function of its object. Bound, as the engine then goes straight to the browser's own: one closure for all costs a quarter more (measured). */
function bound<F extends (self: never, ...args: never[]) => unknown>(method: unknown): F {
  return Function.prototype.call.bind(method as () => unknown) as unknown as F;
}

function reader<T>(owner: object, name: string): Read<T> {
  const get = Object.getOwnPropertyDescriptor(owner, name)?.get;
  return get ? bound<Read<T>>(get) : (self) => (self as Record<string, T>)[name] as T;
}

/** Takes the readers of one window; they work on its nodes whatever the page names its form fields. */
export function captureDom(window: PageWindow) {
  const { Node, Element, Document, CharacterData, HTMLInputElement, HTMLTextAreaElement, HTMLSelectElement } =
    window;
  const methods = Element.prototype;
  const openRoot = reader<ShadowRoot | null>(methods, 'shadowRoot') as (
    self: Element,
    ours: symbol,
  ) => ShadowRoot | null;
  const getAttribute = bound<(self: Element, name: string) => string | null>(methods.getAttribute);
  const getAttributeNS = bound<(self: Element, space: null, name: string) => string | null>(
    methods.getAttributeNS,
  );
  const hasAttributes = bound<(self: Element) => boolean>(methods.hasAttributes);
  const attributeNames = bound<(self: Element) => string[]>(methods.getAttributeNames);
  return {
    nodeType: reader<number>(Node.prototype, 'nodeType'),
    firstChild: reader<Node | null>(Node.prototype, 'firstChild'),
    nextSibling: reader<Node | null>(Node.prototype, 'nextSibling'),
    lastChild: reader<Node | null>(Node.prototype, 'lastChild'),
    previousSibling: reader<Node | null>(Node.prototype, 'previousSibling'),
    parentNode: reader<Node | null>(Node.prototype, 'parentNode'),
    isConnected: reader<boolean>(Node.prototype, 'isConnected'),
    ownerDocument: reader<Document | null>(Node.prototype, 'ownerDocument'),
    data: reader<string>(CharacterData.prototype, 'data'),
    localName: reader<string>(Element.prototype, 'localName'),
    namespace: reader<string | null>(Element.prototype, 'namespaceURI'),
    openRoot: (self: Element) => openRoot(self, OURS),
    scrollLeft: reader<number>(Element.prototype, 'scrollLeft'),
    scrollTop: reader<number>(Element.prototype, 'scrollTop'),
    baseUri: reader<string>(Node.prototype, 'baseURI'),
    title: reader<string>(Document.prototype, 'title'),
    inputValue: reader<string>(HTMLInputElement.prototype, 'value'),
    inputChecked: reader<boolean>(HTMLInputElement.prototype, 'checked'),
    inputIndeterminate: reader<boolean>(HTMLInputElement.prototype, 'indeterminate'),
    inputType: reader<string>(HTMLInputElement.prototype, 'type'),
    textareaValue: reader<string>(HTMLTextAreaElement.prototype, 'value'),
    formElements: reader<Iterable<Element>>(window.HTMLFormElement.prototype, 'elements'),
    options: reader<HTMLOptionsCollection>(HTMLSelectElement.prototype, 'options'),
    // Of HTML elements it finds names in small letters only, and there are others.
    getAttribute: (self: Element, name: string) =>
      getAttribute(self, name) ?? (CAPITAL.test(name) ? getAttributeNS(self, null, name) : null),
    /** Most elements have none, and to say so costs less than an empty list. */
    attributeNames: (self: Element): readonly string[] =>
      hasAttributes(self) ? attributeNames(self) : NO_NAMES,
    matches: bound<(self: Element, selector: string) => boolean>(methods.matches),
    closest: bound<(self: Element, selector: string) => Element | null>(methods.closest),
    queryAll: bound<(self: Element, selector: string) => NodeListOf<Element>>(methods.querySelectorAll),
    box: bound<(self: Element) => DOMRect>(methods.getBoundingClientRect),
    MutationObserver: window.MutationObserver,
    MessageChannel: window.MessageChannel,
    requestAnimationFrame: window.requestAnimationFrame.bind(window),
    setTimeout: window.setTimeout.bind(window),
    clearTimeout: window.clearTimeout.bind(window),
    now: window.performance.now.bind(window.performance),
  };
}
export type Dom = ReturnType<typeof captureDom>;

export const ELEMENT = 1;
export const TEXT = 3;
export const CDATA = 4;
export const DOCUMENT = 9;
export const FRAGMENT = 11;
