// The shell's end of the ports to the customer's page: numbers the frames, forwards their facts within the gateway's credit,
// and hands them what is to be performed. Nothing that a page says is believed beyond its shape.
import { parseSessionHost } from '../../protocol/address.ts';
import type { Input } from '../../protocol/input.ts';
import { CREDIT_BYTES, MAX_FRAMES, MAX_MESSAGE_BYTES, MAX_URL } from '../../protocol/limits.ts';
import { mark, type Tool } from '../../protocol/marks.ts';
import { encodeFact, type PageFact } from '../../protocol/page-facts.ts';
import { type FromPage, PAGE_HELLO, type SpotWords, type ToPage } from '../../protocol/ports.ts';
import {
  type Decoder,
  flag,
  integer,
  list,
  Malformed,
  object,
  oneOf,
  optional,
  real,
  text,
  tuple,
  variants,
} from '../../protocol/schema.ts';
import { CLICK_KINDS, type ClickKind, type SessionEvent } from '../../protocol/session-messages.ts';
import { startPointerPace } from '../session/pointer-pace.ts';
import { holderOf, type OpenSession } from '../session/session.ts';
import type { TakeBack } from './take-back.ts';

const bytes: Decoder<Uint8Array> = (value, path) => {
  if (!(value instanceof Uint8Array)) throw new Malformed(path, 'bytes');
  return value;
};
const number = integer(0, 2 ** 31 - 1);
const form = object({
  method: text(10),
  enctype: text(100),
  fields: list(tuple(text(10_000), text(1_000_000)), 10_000),
});
const fromPage = variants({
  fact: object({ json: bytes }),
  navigate: object({ url: text(MAX_URL), form: optional(form) }),
  external: object({ url: text(MAX_URL) }),
  dialog: object({
    kind: oneOf('alert', 'confirm', 'prompt', 'print', 'file', 'leave', 'permission', 'closed'),
    text: text(100_000),
  }),
  takeBack: object({}),
  ownInput: object({}),
  pointer: object({
    kind: oneOf('moved', 'clicked', 'left'),
    node: number,
    x: real(-100, 100),
    y: real(-100, 100),
  }),
  refused: object({
    pid: text(32),
    seq: integer(0, 2 ** 31),
    reason: oneOf('field-protected', 'file-chooser', 'stale'),
  }),
  escape: object({}),
  needsClick: object({ node: number, what: oneOf(...CLICK_KINDS) }),
  spotAnswer: object({ id: text(64), answer: oneOf('done', 'declined', 'gone') }),
  mark: object({ mark }),
  toolDone: object({}),
  tab: object({ back: flag, into: optional(text(64)) }),
  tabbed: object({}),
  chain: object({ dx: real(-1e5, 1e5), dy: real(-1e5, 1e5) }),
});

/** Where one document of the page is reached. */
interface PagePort {
  frame: number;
  port: MessagePort;
  source: MessageEventSource;
  top: boolean;
  /** Its parent's script speaks for it: the source is the parent. */
  inner: boolean;
  /** By which its parent's script knows it. */
  name: string;
}

export interface PagePortsOptions {
  frame: HTMLIFrameElement;
  session: OpenSession;
  /** `host:port` of the shell itself: `<sid>.<base>`. */
  shellHost: string;
  /** The page wants to go where the session may not follow. */
  onOutside: (url: string) => void;
  /** A tel:, mailto: or sms: link was used. */
  onExternal: (url: string) => void;
  /** The customer used the page while somebody else holds control. */
  onOwnInput: () => void;
  /** The customer pressed something in the page. */
  onOwnPress: () => void;
  takeBack: TakeBack;
  /** What stands beside an element that somebody asks the customer to click on. */
  spotWords: (name: string, what: ClickKind) => SpotWords;
  /** Esc with a tool in hand. */
  onToolDone: () => void;
  /** Session address of where the customer is now, as the gateway knows it. */
  latestStart: () => string;
  /** A document of the site said hello in the page frame. */
  onOpened: () => void;
}

export interface PagePorts {
  /** Shows a session address in the page frame. */
  navigate(url: string): void;
  /** What the customer has in his hand above the page. */
  setTool(tool: Tool): void;
  /** Wipes away what he has drawn. */
  clearMarks(): void;
  /** The focus goes to the element that he is asked to click on. */
  goToSpot(id: string): void;
  /** He would rather not. */
  decline(id: string): void;
  stop(): void;
}

const CLOSED = new TextEncoder().encode(JSON.stringify({ type: 'frame.closed' } satisfies PageFact));
/** Facts that wait for credit, bytes: beyond it they are dropped and a snapshot is asked for. */
const QUEUE_BYTES = 2 * CREDIT_BYTES;
/** Longer nobody waits for a document to do a Tab, ms. */
const TABBING_MS = 500;
/** So long after a Tab into another frame keys may still name the one it left, ms. */
const TABBED_MS = 1000;
const EXTERNAL = /^(tel|mailto|sms):/i;

export function startPagePorts(options: PagePortsOptions): PagePorts {
  const {
    frame: element,
    session,
    shellHost,
    onOutside,
    onExternal,
    onOwnInput,
    onOwnPress,
    onOpened,
    takeBack,
  } = options;
  const sid = shellHost.split('.')[0] ?? '';
  const base = shellHost.slice(sid.length + 1);
  const ports = new Map<number, PagePort>();
  let lastFrame = 0;
  let focused: number | undefined;
  let tabbed: { from: number; at: number } | undefined;
  /** A document that does a Tab, and what comes behind it: nobody knows yet which document that is for. */
  let tabbing: { entry: PagePort; late: ReturnType<typeof setTimeout> } | undefined;
  const behind: Extract<SessionEvent, { type: 'input.perform' }>[] = [];
  let greetedSinceLoad = false;

  // ---- facts to the gateway, within its credit -------------------------------------------------------------------
  let sent = 0;
  let taken = 0;
  let queue: Uint8Array<ArrayBuffer>[] = [];
  let queued = 0;
  let held = false;
  let lost = false;
  let welcomed = session.status.peek() === 'open';
  let wasWelcomed = welcomed;
  const stopWatching = session.status.subscribe((status) => {
    if (status !== 'open') welcomed = false;
  });

  const toAll = (message: ToPage): void => {
    for (const { port } of ports.values()) port.postMessage(message);
  };

  const flush = (): void => {
    while (queue.length > 0 && sent - taken < CREDIT_BYTES) {
      const next = queue[0]!;
      if (!session.sendBinary(next)) break;
      queue.shift();
      queued -= next.length;
      sent += next.length;
    }
    const full = queue.length > 0;
    if (full && !held) {
      held = true;
      toAll({ type: 'hold' });
    } else if (held && !full && sent - taken < CREDIT_BYTES / 2) {
      held = false;
      toAll({ type: 'flow' });
      if (lost) {
        lost = false;
        toAll({ type: 'resend' });
      }
    }
  };

  const forward = ({ frame, top }: PagePort, json: Uint8Array): void => {
    // Without a connection there is nothing to keep: the next one begins with snapshots.
    if (!welcomed || json.length + 4 > MAX_MESSAGE_BYTES) return;
    if (queued > QUEUE_BYTES) {
      lost = true;
      return;
    }
    const message = encodeFact({ frame, page: top }, json) as Uint8Array<ArrayBuffer>;
    queue.push(message);
    queued += message.length;
    flush();
  };

  /** A new connection knows nothing of what was under way; the gateway asks it for snapshots right after the welcome. */
  const restart = (): void => {
    welcomed = true;
    sent = 0;
    taken = 0;
    queue = [];
    queued = 0;
    lost = false;
    held = false;
    toAll({ type: 'flow' });
  };

  // ---- hellos ----------------------------------------------------------------------------------------------------
  const isPageOrigin = (origin: string): boolean => {
    const prefix = `${location.protocol}//`;
    if (!origin.startsWith(prefix)) return false;
    const role = parseSessionHost(origin.slice(prefix.length), base);
    return role?.role === 'page' && role.sid === sid;
  };

  /** Whether the window is the page frame or lies in it; any page may post to us. */
  const isWithinPage = (source: Window): boolean => {
    let current: Window = source;
    for (let depth = 0; depth < 32; depth++) {
      if (current === element.contentWindow) return true;
      const above: Window = current.parent;
      if (above === current) return false;
      current = above;
    }
    return false;
  };

  const close = (entry: PagePort): void => {
    entry.port.close();
    ports.delete(entry.frame);
    if (focused === entry.frame) focused = undefined;
    if (tabbing?.entry === entry) endTab();
    forward(entry, CLOSED);
  };

  const greet = ({ data, origin, source, ports: given }: MessageEvent): void => {
    const port = given[0];
    if ((data as { tandem?: unknown } | null)?.tandem !== PAGE_HELLO || !port || !source) return;
    if (!isPageOrigin(origin) || !isWithinPage(source as Window)) {
      port.close();
      return;
    }
    // A blank frame's hello comes from its parent's script: it replaces nobody.
    const inner = (data as { inner?: unknown }).inner === true;
    const top = !inner && source === element.contentWindow;
    // A new document of the page frame has replaced all others; a new one of an inner frame only that frame's.
    for (const entry of [...ports.values()]) if (!inner && (top || entry.source === source)) close(entry);
    if (ports.size >= MAX_FRAMES) {
      port.close();
      return;
    }
    const { nonce } = data as { nonce?: unknown };
    const name = typeof nonce === 'string' ? nonce.slice(0, 64) : '';
    const entry: PagePort = { frame: ++lastFrame, port, source, top, inner, name };
    ports.set(entry.frame, entry);
    port.onmessage = (event) => take(entry, event.data);
    port.postMessage(controlNow());
    if (tool !== 'none') port.postMessage(toolNow());
    if (held) port.postMessage({ type: 'hold' } satisfies ToPage);
    if (top) {
      greetedSinceLoad = true;
      onOpened();
    }
  };

  const loaded = (): void => {
    // A document without our script (a PDF, an error page of the browser): what was mirrored before is not there any more.
    if (!greetedSinceLoad) {
      for (const entry of [...ports.values()]) close(entry);
      session.ask({ type: 'page.outOfSight' });
    }
    greetedSinceLoad = false;
    onOpened();
  };

  // ---- what pages say --------------------------------------------------------------------------------------------
  const pointer = startPointerPace(session.ask);
  const take = (entry: PagePort, data: unknown): void => {
    if (ports.get(entry.frame) !== entry) return;
    let message: FromPage;
    try {
      message = fromPage(data, '') as FromPage;
    } catch (error) {
      if (error instanceof Malformed) return;
      throw error;
    }
    switch (message.type) {
      case 'fact':
        forward(entry, message.json);
        break;
      case 'navigate':
        wish(message);
        break;
      case 'external':
        if (EXTERNAL.test(message.url)) onExternal(message.url);
        break;
      case 'dialog':
        session.ask({ type: 'page.dialog', kind: message.kind, text: message.text.slice(0, 1_000) });
        break;
      case 'takeBack':
        takeBack.now();
        break;
      case 'escape':
        takeBack.escape(performance.now());
        break;
      case 'needsClick':
        session.ask({ type: 'click.needed', frame: entry.frame, node: message.node, what: message.what });
        break;
      case 'spotAnswer':
        session.ask({ type: 'click.answered', id: message.id, answer: message.answer });
        break;
      case 'mark':
        // Only what he has in his hand draws.
        if (tool === 'none') break;
        if (message.mark.type === 'mark.cleared') session.ask(message.mark);
        else session.ask({ ...message.mark, frame: entry.frame });
        break;
      case 'toolDone':
        options.onToolDone();
        break;
      case 'ownInput':
        if (otherHolder() !== null) onOwnInput();
        break;
      case 'pointer': {
        const { kind, node, x, y } = message;
        if (kind === 'clicked') onOwnPress();
        pointer.take({ kind, frame: entry.frame, node, x, y });
        break;
      }
      case 'tab':
        tab(entry, message);
        break;
      case 'tabbed':
        if (tabbing?.entry === entry) endTab();
        break;
      case 'chain':
        if (otherHolder() !== null)
          aroundOf(entry)?.port.postMessage({ ...message, from: entry.name } satisfies ToPage);
        break;
      case 'refused':
        session.ask({
          type: 'input.refused',
          pid: message.pid,
          seq: message.seq,
          reason: message.reason,
        });
        break;
    }
  };

  const isSessionAddress = (url: string): boolean => {
    try {
      return isPageOrigin(new URL(url).origin);
    } catch {
      return false;
    }
  };

  const topPort = (): PagePort | undefined => [...ports.values()].find(({ top }) => top);

  const wish = ({ url, form: fields }: Extract<FromPage, { type: 'navigate' }>): void => {
    if (!isSessionAddress(url)) {
      onOutside(url);
      return;
    }
    const top = topPort();
    // The page's own script does it, so that Referer, history and a form's body are the page's.
    if (top)
      top.port.postMessage({ type: 'navigate', url, ...(fields ? { form: fields } : {}) } satisfies ToPage);
    else if (!fields) element.src = url;
  };

  const move = (go: Extract<ToPage, { type: 'history' }>['go']): void => {
    const top = topPort();
    if (top) top.port.postMessage({ type: 'history', go } satisfies ToPage);
    // A page of the gateway's own (off the list, upstream down) has no script; its steps are in the window's history too.
    else if (go === 'reload') element.src = `${element.src}`;
    else if (lastFrame > 0) history[go]();
  };

  // ---- what the gateway says -------------------------------------------------------------------------------------
  /** The document around a frame's. */
  const aroundOf = ({ source, inner }: PagePort): PagePort | undefined => {
    const around = inner ? source : (source as Window).parent;
    return [...ports.values()].find((entry) => entry.source === around && !entry.inner);
  };

  /** Tab of a follower goes from one document to another, and his keys with it. */
  const tab = (entry: PagePort, { back, into }: Extract<FromPage, { type: 'tab' }>): void => {
    if (otherHolder() === null) return;
    const to =
      into === undefined
        ? aroundOf(entry)
        : [...ports.values()].find((inner) => inner.name === into && aroundOf(inner) === entry);
    if (!to) return;
    focused = to.frame;
    tabbed = { from: entry.frame, at: performance.now() };
    to.port.postMessage({ type: 'tab', back, ...(into ? {} : { from: entry.name }) } satisfies ToPage);
    if (tabbing?.entry === entry) beginTab(to);
  };
  const beginTab = (entry: PagePort): void => {
    clearTimeout(tabbing?.late);
    // With one document alone there is nowhere else to go.
    tabbing = ports.size > 1 ? { entry, late: setTimeout(endTab, TABBING_MS) } : undefined;
  };
  const endTab = (): void => {
    clearTimeout(tabbing?.late);
    tabbing = undefined;
    while (behind.length > 0 && !tabbing) perform(behind.shift()!);
  };

  /** Where a key goes: its sender may not have seen yet that the focus has moved to another frame. */
  const frameOfKey = (named: number | undefined): number | undefined => {
    const late = tabbed?.from === named && performance.now() - (tabbed?.at ?? 0) < TABBED_MS;
    return late ? focused : named;
  };

  const perform = (event: Extract<SessionEvent, { type: 'input.perform' }>): void => {
    const { pid, seq, control, input } = event;
    if (tabbing) {
      behind.push(event);
      return;
    }
    // Taken back while it was under way: nothing more is performed, whatever the gateway knows by now.
    if (!takeBack.allows(control)) {
      session.ask({ type: 'input.refused', pid, seq, reason: 'stale' });
      return;
    }
    const isKey = input.type === 'input.key' || input.type === 'input.text';
    const named = isKey ? frameOfKey(input.frame) : input.frame;
    const target = ports.get(named ?? focused ?? topPort()?.frame ?? 0);
    if (!target) {
      session.ask({ type: 'input.refused', pid, seq, reason: 'stale' });
      return;
    }
    if (takesFocus(input)) focused = target.frame;
    target.port.postMessage({ type: 'perform', pid, seq, control, input } satisfies ToPage);
    if (input.type === 'input.key' && input.key === 'Tab') beginTab(target);
  };

  const hear = (event: SessionEvent): void => {
    switch (event.type) {
      case 'session.welcome':
        restart();
        // A page that was asked for while the gateway was away is an error page of the browser now.
        if (wasWelcomed && !topPort()) element.src = options.latestStart();
        wasWelcomed = true;
        break;
      case 'page.credit':
        taken = Math.max(taken, event.bytes);
        flush();
        break;
      case 'page.resend':
        if (event.frame === 0) toAll({ type: 'resend' });
        else ports.get(event.frame)?.port.postMessage({ type: 'resend' } satisfies ToPage);
        break;
      case 'page.repair': {
        const { frame, of, width, sums } = event;
        ports.get(frame)?.port.postMessage({ type: 'repair', of, width, sums } satisfies ToPage);
        break;
      }
      case 'page.navigate':
        if (isSessionAddress(event.url)) element.src = event.url;
        break;
      case 'page.history':
        move(event.go);
        break;
      case 'input.perform':
        perform(event);
        break;
      case 'pointer.moved':
      case 'pointer.clicked': {
        const who = session.state.peek()?.participants.find(({ pid }) => pid === event.pid);
        if (!who) break;
        ports.get(event.frame)?.port.postMessage({
          type: 'pointer',
          pid: event.pid,
          name: who.name,
          color: who.color,
          kind: event.type === 'pointer.moved' ? 'moved' : 'clicked',
          node: event.node,
          x: event.x,
          y: event.y,
        } satisfies ToPage);
        break;
      }
      case 'mark.drawn':
      case 'mark.framed':
      case 'mark.cleared': {
        const who = session.state.peek()?.participants.find(({ pid }) => pid === event.pid);
        if (!who) break;
        const { pid: by, ...drawn } = event;
        const message: ToPage = { type: 'mark', by, name: who.name, color: who.color, mark: drawn };
        if (drawn.type === 'mark.cleared') toAll(message);
        else ports.get(drawn.frame)?.port.postMessage(message);
        break;
      }
      case 'click.asked': {
        const target = ports.get(event.frame);
        const who = session.state.peek()?.participants.find(({ pid }) => pid === event.pid);
        toAll({ type: 'unspot', id: '' });
        if (!target || !who) session.ask({ type: 'click.answered', id: event.id, answer: 'gone' });
        else
          target.port.postMessage({
            type: 'spot',
            id: event.id,
            node: event.node,
            what: event.what,
            color: who.color,
            words: options.spotWords(who.name, event.what),
          } satisfies ToPage);
        break;
      }
      case 'click.answered':
        toAll({ type: 'unspot', id: event.id });
        break;
      case 'pointer.left':
        toAll({ type: 'pointer', pid: event.pid, name: '', color: 0, kind: 'left', node: 0, x: 0, y: 0 });
        break;
    }
  };

  const otherHolder = (): string | null => {
    const state = session.state.peek();
    const holder = state && holderOf(state);
    return holder && holder.pid !== session.pid.peek() ? holder.name : null;
  };
  const controlNow = (): ToPage => {
    const epoch = session.state.peek()?.control.epoch ?? 0;
    return { type: 'control', by: takeBack.allows(epoch) ? otherHolder() : null, epoch };
  };
  let told = '';
  const tellControl = (): void => {
    const message = controlNow();
    const key = JSON.stringify(message);
    if (key === told) return;
    told = key;
    toAll(message);
  };
  const stopTelling = session.state.subscribe(tellControl);
  takeBack.onTaken(tellControl);

  let tool: Tool = 'none';
  const toolNow = (): ToPage => {
    const self = session.state.peek()?.participants.find(({ pid }) => pid === session.pid.peek());
    return { type: 'tool', tool, color: self?.color ?? 0 };
  };

  const stopHearing = session.onEvent(hear);
  addEventListener('message', greet);
  element.addEventListener('load', loaded);

  return {
    navigate(url) {
      if (isSessionAddress(url)) element.src = url;
    },
    setTool(next) {
      if (next === tool) return;
      tool = next;
      toAll(toolNow());
    },
    clearMarks() {
      toAll({ type: 'mark', by: '', name: '', color: 0, mark: { type: 'mark.cleared' } });
      session.ask({ type: 'mark.cleared' });
    },
    goToSpot(id) {
      element.focus();
      toAll({ type: 'goToSpot', id });
    },
    decline(id) {
      toAll({ type: 'unspot', id });
      session.ask({ type: 'click.answered', id, answer: 'declined' });
    },
    stop() {
      pointer.stop();
      clearTimeout(tabbing?.late);
      removeEventListener('message', greet);
      element.removeEventListener('load', loaded);
      stopHearing();
      stopWatching();
      stopTelling();
      for (const { port } of ports.values()) port.close();
      ports.clear();
    },
  };
}

function takesFocus(input: Input): boolean {
  return (input.type === 'input.pointer' && input.action === 'down') || input.type === 'input.value';
}
