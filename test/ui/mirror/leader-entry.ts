// Runs in the leader's documents of the mirror tests: the recorder, with a socket in place of port and shell.
import type { PageWindow } from '../../../inject/natives.ts';
import { type Recorder, startRecorder } from '../../../inject/record/index.ts';
import { hashOf, normalise } from './normalise.ts';
import { randomOperations } from './random-operations.ts';

const native = {
  WebSocket,
  setTimeout: setTimeout.bind(window),
  requestAnimationFrame: requestAnimationFrame.bind(window),
  MessageChannel,
  JSON: JSON.stringify,
};
const config = JSON.parse(document.currentScript?.dataset.config ?? '{}') as {
  masks?: { mask: string[]; hide: string[]; readonly: string[] };
  forgetful?: boolean;
};
let longest = 0;
let saidText = '';
let saidLength = 0;
let recorder: Recorder;
let say: (text: string) => void;
let isListening = false;

/** Begins to record, with a socket and a name of its own. */
function begin(): void {
  const nonce = crypto.randomUUID();
  const socket = new native.WebSocket(`ws://${location.host}/leader${parent === window ? '?page' : ''}`);
  const waiting: string[] = [];
  say = (text) => {
    if (socket.readyState === 1) socket.send(text);
    else waiting.push(text);
  };
  socket.onopen = () => {
    for (const text of waiting.splice(0)) socket.send(text);
  };
  recorder = startRecorder({
    window: window as PageWindow,
    send: (fact) => {
      const json = native.JSON(fact);
      const size = new TextEncoder().encode(json).length;
      longest = Math.max(longest, size);
      saidLength += json.length;
      if (!config.forgetful) saidText += json;
      say(json);
    },
    masks: config.masks ?? { mask: [], hide: [], readonly: [] },
    top: parent === window,
    nonce,
  });
  const mine = recorder;
  socket.onmessage = ({ data }) => {
    if (data === 'resend') mine.resend();
    else mine.repair(JSON.parse(data as string));
  };
  if (parent !== window) parent.postMessage({ tandem: 'frame', nonce }, '*');
  addEventListener(
    'message',
    (event: MessageEvent<{ tandem?: string; nonce?: string }>) => {
      if (event.data?.tandem !== 'frame') return;
      const frame = (event.source as Window).frameElement;
      if (frame?.ownerDocument === document) mine.pairFrame(frame, event.data.nonce!);
    },
    true,
  );
  document.addEventListener('tandem-probe', () => {
    isListening = true;
  });
}
begin();
// As the script in real pages does: document.open() takes all nodes and listeners away, so it begins again.
for (const name of ['open', 'write', 'writeln'] as const) {
  const original = Document.prototype[name] as (...args: string[]) => unknown;
  Object.assign(Document.prototype, {
    [name](this: Document, ...args: string[]) {
      const result = original.apply(this, args);
      isListening = false;
      if (this === document) document.dispatchEvent(new Event('tandem-probe'));
      if (this !== document || isListening) return result;
      recorder.stop();
      say(native.JSON({ type: 'frame.closed' }));
      begin();
      return result;
    },
  });
}

declare global {
  interface Window {
    leader: {
      readonly recorder: Recorder;
      mark(name: string): void;
      /** Marks what has been said so far, in this document and all that are nested in it; waits for those that load. @returns the marks */
      settle(name: string): Promise<string[]>;
      /** Marks what has been said so far, of this document alone. */
      say(name: string): Promise<void>;
      tasks(): Promise<void>;
      frames(): Promise<void>;
      /** The page with all that is nested in it. */
      normalise(): unknown;
      hash(): string;
      operate: typeof randomOperations;
      longest(): number;
      /** All facts so far. */
      said(): string;
    };
  }
}
/** Documents below a window that have a recorder, or will have one. */
function nested(window: Window): Window[] {
  return Array.from({ length: window.length }, (_, i) => window[i]!).filter((frame) => {
    try {
      return (
        frame.document.URL !== 'about:blank' || !!frame.frameElement?.getAttribute('src')?.startsWith('/')
      );
    } catch {
      return false;
    }
  });
}
/**
 * Waits for the documents below a window that load, by this window's own clock: a document that is replaced meanwhile has none
 * any more. @returns the windows that are there then, with what is in them
 */
async function loaded(above: Window): Promise<Window[]> {
  const inner = nested(above).map(async (frame) => {
    for (let tries = 0; !(frame.leader && frame.document.readyState === 'complete') && tries < 200; tries++)
      await new Promise((done) => native.setTimeout.call(window, done, 10));
    return frame.leader && frame.frameElement?.isConnected ? [frame, ...(await loaded(frame))] : [];
  });
  return (await Promise.all(inner)).flat();
}
async function settle(name: string): Promise<string[]> {
  const inner = await loaded(window);
  // Once for all: same pictures.
  await window.leader.frames();
  const marks = inner.map(async (frame, i) => {
    const mark = `${name}.${i}`;
    // One that goes meanwhile never answers.
    const gone = new Promise<void>((done) => native.setTimeout.call(window, done, 3_000));
    await Promise.race([frame.leader?.say(mark), gone]);
    return mark;
  });
  await window.leader.say(name);
  return [name, ...(await Promise.all(marks))];
}
window.leader = {
  settle,
  async say(name) {
    // A large page is said in turns; while it is, the recorder does not know all that is masked.
    for (let before = -1; before !== saidLength || recorder.hideMasked('word') === ''; ) {
      before = saidLength;
      await window.leader.tasks();
    }
    window.leader.mark(name);
  },
  get recorder() {
    return recorder;
  },
  mark: (name) => say(`mark ${name}`),
  /** Long enough for a flush to be done. */
  tasks: async () => {
    for (let i = 0; i < 3; i++)
      await new Promise<void>((resolve) => {
        const { port1, port2 } = new native.MessageChannel();
        port1.onmessage = () => resolve();
        port2.postMessage(0);
      });
  },
  /**
   * Long enough for what the browser says with a picture: a scroll's event comes with the next one, and a layout may scroll
   * anew to keep what is in sight there (scroll anchoring). A hidden page has no pictures, and none of this.
   */
  frames: async () => {
    for (let i = 0; i < 2; i++)
      await new Promise<void>((resolve) => {
        native.requestAnimationFrame(() => resolve());
        native.setTimeout(resolve, document.hidden ? 200 : 2_000);
      });
  },
  normalise: () =>
    normalise(document, {
      rootOf: (element) => element.ownerDocument.defaultView?.leader?.recorder.shadowOf(element) ?? null,
      toFollower: (url) => url.replace(/^http:\/\/www-shop-example--[^/]+/, 'https://www.shop.example'),
    }),
  hash: () => hashOf(window.leader.normalise()),
  operate: randomOperations,
  longest: () => longest,
  said: () => saidText,
};
