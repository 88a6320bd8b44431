// The documents of the customer's page: each says hello to the shell with a port, gets a number, and is known until another takes its place.
import { parseSessionHost } from '../../protocol/address.ts';
import { MAX_FRAMES } from '../../protocol/limits.ts';
import { PAGE_HELLO, type ToPage } from '../../protocol/ports.ts';

/** One document of the page. */
export interface PageDocument {
  /** Its number; never given again. */
  readonly frame: number;
  /** That of the page frame itself, around all others. */
  readonly top: boolean;
  /** Its parent's script speaks for it: a blank frame. */
  readonly inner: boolean;
  /** By which its parent's script knows it. */
  readonly name: string;
  send(message: ToPage): void;
}

interface Entry extends PageDocument {
  port: MessagePort;
  /** Window that said hello: the document's own, or of an inner one its parent's. */
  source: Window;
}

export interface PageDocumentsOptions {
  /** The page frame. */
  element: HTMLIFrameElement;
  /** `host:port` of the shell itself: `<sid>.<base>`. */
  shellHost: string;
  /** A document said hello. */
  onHello: (document: PageDocument) => void;
  /** It says something; of no shape yet. */
  onMessage: (document: PageDocument, data: unknown) => void;
  /** It is gone, or another has taken its place. */
  onGone: (document: PageDocument) => void;
}

export interface PageDocuments {
  readonly size: number;
  get(frame: number): PageDocument | undefined;
  top(): PageDocument | undefined;
  /** The document around this one. */
  around(document: PageDocument): PageDocument | undefined;
  /** The one right inside `document` that it knows by this name. */
  inside(document: PageDocument, name: string): PageDocument | undefined;
  sendAll(message: ToPage): void;
  /** Whether a URL is an address of this session. */
  isSessionAddress(url: string): boolean;
  /** It is not there any more, as it says. That of the page frame stays until the next one comes. */
  close(document: PageDocument): void;
  /** None of them is there any more. */
  closeAll(): void;
  stop(): void;
}

/** How many frames may lie in each other. */
const MAX_DEPTH = 32;

export function startPageDocuments(options: PageDocumentsOptions): PageDocuments {
  const { element, shellHost, onHello, onMessage, onGone } = options;
  const sid = shellHost.split('.')[0] ?? '';
  const base = shellHost.slice(sid.length + 1);
  const entries = new Map<number, Entry>();
  let lastFrame = 0;

  const isPageOrigin = (origin: string): boolean => {
    const prefix = `${location.protocol}//`;
    if (!origin.startsWith(prefix)) return false;
    const role = parseSessionHost(origin.slice(prefix.length), base);
    return role?.role === 'page' && role.sid === sid;
  };

  /** Whether the window is the page frame or lies in it; any page may post to us. */
  const isWithinPage = (source: Window): boolean => {
    let current: Window = source;
    for (let depth = 0; depth < MAX_DEPTH; depth++) {
      if (current === element.contentWindow) return true;
      const above: Window = current.parent;
      if (above === current) return false;
      current = above;
    }
    return false;
  };

  const close = (entry: Entry): void => {
    entry.port.close();
    entries.delete(entry.frame);
    onGone(entry);
  };

  const greet = ({ data, origin, source: from, ports: [port] }: MessageEvent): void => {
    if ((data as { tandem?: unknown } | null)?.tandem !== PAGE_HELLO || !port || !from) return;
    const source = from as Window;
    if (!isPageOrigin(origin) || !isWithinPage(source)) {
      port.close();
      return;
    }
    const { inner: spokenFor, nonce } = data as { inner?: unknown; nonce?: unknown };
    // A blank frame's hello comes from its parent's script: it replaces nobody.
    const inner = spokenFor === true;
    const top = !inner && source === element.contentWindow;
    // A new document of the page frame has replaced all others; a new one of an inner frame only that frame's.
    for (const entry of [...entries.values()]) if (!inner && (top || entry.source === source)) close(entry);
    if (entries.size >= MAX_FRAMES) {
      port.close();
      return;
    }
    const name = typeof nonce === 'string' ? nonce.slice(0, 64) : '';
    const frame = ++lastFrame;
    const send = (message: ToPage): void => port.postMessage(message);
    const entry: Entry = { frame, top, inner, name, send, port, source };
    entries.set(frame, entry);
    port.onmessage = (event) => {
      if (entries.get(frame) === entry) onMessage(entry, event.data);
    };
    onHello(entry);
  };
  addEventListener('message', greet);

  const around = ({ frame }: PageDocument): PageDocument | undefined => {
    const entry = entries.get(frame);
    const outer = entry?.inner ? entry.source : entry?.source.parent;
    return [...entries.values()].find(({ source, inner }) => source === outer && !inner);
  };

  return {
    get size() {
      return entries.size;
    },
    get: (frame) => entries.get(frame),
    top: () => [...entries.values()].find(({ top }) => top),
    around,
    inside: (document, name) =>
      [...entries.values()].find((entry) => entry.name === name && around(entry) === document),
    sendAll(message) {
      for (const { port } of entries.values()) port.postMessage(message);
    },
    isSessionAddress(url) {
      return URL.canParse(url) && isPageOrigin(new URL(url).origin);
    },
    close({ frame }) {
      const entry = entries.get(frame);
      if (entry && !entry.top) close(entry);
    },
    closeAll() {
      for (const entry of [...entries.values()]) close(entry);
    },
    stop() {
      removeEventListener('message', greet);
      for (const { port } of entries.values()) port.close();
      entries.clear();
    },
  };
}
