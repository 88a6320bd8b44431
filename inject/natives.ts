// The browser's own functions of one window, taken before any page script could replace them.

/** A window with its constructors; also that of a same-origin child frame. */
export type PageWindow = Window & typeof globalThis;

type Get<T> = (self: unknown) => T;
type Set = (self: unknown, value: unknown) => void;

/** Reads a getter of a prototype once, so that later replacements by the page do not reach us. */
function getter<T>(owner: object, name: string): Get<T> {
  const get = Object.getOwnPropertyDescriptor(owner, name)?.get;
  const { apply } = Reflect;
  return get ? (self) => apply(get, self, []) as T : (self) => (self as Record<string, T>)[name] as T;
}

function setter(owner: object, name: string): Set {
  const set = Object.getOwnPropertyDescriptor(owner, name)?.set;
  const { apply } = Reflect;
  return set
    ? (self, value) => void apply(set, self, [value])
    : (self, value) => {
        (self as Record<string, unknown>)[name] = value;
      };
}

/** A method of a prototype as a function of its object. */
// biome-ignore lint/complexity/noBannedTypes: the one place where any method is taken
function method<R>(fn: Function): (self: unknown, ...args: unknown[]) => R {
  const { apply } = Reflect;
  return (self, ...args) => apply(fn, self, args) as R;
}

/**
 * JSON.stringify that a page's `Array.prototype.toJSON` (Prototype.js) cannot change.
 * @param window whose built-in prototypes are watched
 */
export function honestStringify(window: PageWindow): (value: unknown) => string {
  const { stringify } = window.JSON;
  const { deleteProperty, defineProperty, getOwnPropertyDescriptor } = window.Reflect;
  const prototypes = [window.Array.prototype, window.String.prototype, window.Object.prototype];
  return (value) => {
    const found: [object, PropertyDescriptor][] = [];
    for (const owner of prototypes) {
      const descriptor = getOwnPropertyDescriptor(owner, 'toJSON');
      if (descriptor && deleteProperty(owner, 'toJSON')) found.push([owner, descriptor]);
    }
    try {
      return stringify(value);
    } finally {
      for (const [owner, descriptor] of found) defineProperty(owner, 'toJSON', descriptor);
    }
  };
}

/** Takes the originals of a window. Call it before any script of the page runs in it. */
export function captureNatives(window: PageWindow) {
  const { Document, Element, EventTarget, Event, HTMLFormElement, MessagePort, Node } = window;
  const { HTMLAnchorElement, History, Window } = window;
  const document = window.document;
  const frames = [window.HTMLIFrameElement, window.HTMLFrameElement, window.HTMLObjectElement].map(
    (type) => [type, getter<PageWindow | null>(type.prototype, 'contentWindow')] as const,
  );
  const setFiles = setter(window.HTMLInputElement.prototype, 'files');
  return {
    apply: window.Reflect.apply,
    construct: window.Reflect.construct,
    URL: window.URL,
    Promise: window.Promise,
    DOMException: window.DOMException,
    Error: window.Error,
    FormData: window.FormData,
    MessageChannel: window.MessageChannel,
    Proxy: window.Proxy,
    encoder: new window.TextEncoder(),
    parse: window.JSON.parse,
    stringify: honestStringify(window),
    encodeURIComponent: window.encodeURIComponent,
    decodeURIComponent: window.decodeURIComponent,
    setTimeout: window.setTimeout.bind(window),
    clearTimeout: window.clearTimeout.bind(window),
    requestAnimationFrame: window.requestAnimationFrame.bind(window),
    now: window.performance.now.bind(window.performance),
    random: () => window.crypto.randomUUID?.() ?? String(window.crypto.getRandomValues(new Uint32Array(4))),
    listen: method<void>(EventTarget.prototype.addEventListener),
    unlisten: method<void>(EventTarget.prototype.removeEventListener),
    dispatch: method<boolean>(EventTarget.prototype.dispatchEvent),
    Event,
    preventDefault: method<void>(Event.prototype.preventDefault),
    stopImmediate: method<void>(Event.prototype.stopImmediatePropagation),
    composedPath: method<EventTarget[]>(Event.prototype.composedPath),
    isPrevented: getter<boolean>(Event.prototype, 'defaultPrevented'),
    createElement: (tag: string): HTMLElement =>
      Reflect.apply(Document.prototype.createElement, document, [tag]) as HTMLElement,
    append: method<Node>(Node.prototype.appendChild),
    remove: method<void>(Element.prototype.remove),
    query: method<Element | null>(Document.prototype.querySelector),
    queryAll: method<NodeListOf<Element>>(Document.prototype.querySelectorAll),
    getAttribute: method<string | null>(Element.prototype.getAttribute),
    setAttribute: method<void>(Element.prototype.setAttribute),
    removeAttribute: method<void>(Element.prototype.removeAttribute),
    attachShadow: method<ShadowRoot>(Element.prototype.attachShadow),
    isConnected: getter<boolean>(Node.prototype, 'isConnected'),
    rootOf: method<Node>(Node.prototype.getRootNode),
    /** Of an iframe, frame or object. */
    contentWindow: (frame: unknown): PageWindow | null => {
      for (const [type, read] of frames) if (frame instanceof type) return read(frame);
      return null;
    },
    linkUrl: getter<string>(HTMLAnchorElement.prototype, 'href'),
    submit: method<void>(HTMLFormElement.prototype.submit),
    /** As if the person had chosen that file. */
    choose: (field: HTMLInputElement, file: File): void => {
      const chosen = new window.DataTransfer();
      chosen.items.add(file);
      setFiles(field, chosen.files);
    },
    post: method<void>(MessagePort.prototype.postMessage),
    /** Of this window, for any window: called on another same-origin window its shim would make that one the source. */
    postTo: method<void>(window.postMessage),
    cookie: getter<string>(Document.prototype, 'cookie'),
    setCookie: setter(Document.prototype, 'cookie'),
    pushState: method<void>(History.prototype.pushState),
    /** The real ones: the page's own `parent` is shimmed in the page frame. */
    parent: window.parent,
    top: window.top ?? window,
    Window,
  };
}
/** Originals of one window. */
export type Natives = ReturnType<typeof captureNatives>;
