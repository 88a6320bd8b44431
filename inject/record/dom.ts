// The browser's own readers of a document, taken early: a form's fields may bear the names of its properties, and pages replace much.
import type { PageWindow } from '../natives.ts';
import { OURS } from '../shims/closed-roots.ts';

type Read<T> = (self: unknown) => T;

const NOTHING: [] = [];
const CAPITAL = /[A-Z]/;

function reader<T>(owner: object, name: string, given: unknown[] = NOTHING): Read<T> {
  const get = Object.getOwnPropertyDescriptor(owner, name)?.get;
  const { apply } = Reflect;
  if (!get) return (self) => (self as Record<string, T>)[name] as T;
  return (self) => apply(get, self, given) as T;
}

/** Takes the readers of one window; they work on its nodes whatever the page names its form fields. */
export function captureDom(window: PageWindow) {
  const { Node, Element, Document, CharacterData, HTMLInputElement, HTMLTextAreaElement, HTMLSelectElement } =
    window;
  const {
    getAttribute,
    getAttributeNS,
    getAttributeNames,
    matches,
    closest,
    querySelectorAll,
    getBoundingClientRect,
    attachShadow,
  } = Element.prototype;
  const { apply } = Reflect;
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
    openRoot: reader<ShadowRoot | null>(Element.prototype, 'shadowRoot', [OURS]),
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
      (apply(getAttribute, self, [name]) ??
        (CAPITAL.test(name) ? apply(getAttributeNS, self, [null, name]) : null)) as string | null,
    attributeNames: (self: Element) => apply(getAttributeNames, self, NOTHING) as string[],
    matches: (self: Element, selector: string) => apply(matches, self, [selector]) as boolean,
    closest: (self: Element, selector: string) => apply(closest, self, [selector]) as Element | null,
    queryAll: (self: Element, selector: string) =>
      apply(querySelectorAll, self, [selector]) as NodeListOf<Element>,
    box: (self: Element) => apply(getBoundingClientRect, self, NOTHING) as DOMRect,
    attachShadow,
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
