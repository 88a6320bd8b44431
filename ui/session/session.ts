// A session as one participant sees it: its socket, its state as signals, and what he may ask for.
import { type ReadonlySignal, signal } from '@preact/signals';
import { CLOSE } from '../../protocol/close-codes.ts';
import type { Reason } from '../../protocol/reasons.ts';
import type {
  ChatMessage,
  ClickAnswer,
  ClickKind,
  ParticipantKind,
  ParticipantView,
  SessionEvent,
  SessionRequest,
  SessionState,
} from '../../protocol/session-messages.ts';
import { RefusedCall } from '../call.ts';
import { say } from '../design/toasts.ts';
import { type LinkStatus, startLiveSocket } from '../reconnect.ts';
import { sentenceOf } from '../words.ts';
import { watchAnswers } from './late-answers.ts';

/** How well the shared page is shown, and who does not see it as it should be. */
export type Picture = Pick<Extract<SessionEvent, { type: 'mirror.state' }>, 'state' | 'names'>;

/** Why and how it ended; `returnUrl` is the last page at the real site, '' when there was none. */
export interface SessionEnd {
  reason: Reason;
  returnUrl: string;
}

/** A click that the customer is asked for, or (`answer`) was. */
export interface AskedClick {
  id: string;
  /** Who asks. */
  pid: string;
  what: ClickKind;
  answer?: ClickAnswer;
}

export interface OpenSession {
  readonly status: ReadonlySignal<LinkStatus>;
  readonly pid: ReadonlySignal<string>;
  readonly kind: ReadonlySignal<ParticipantKind | undefined>;
  /** Undefined until the welcome. */
  readonly state: ReadonlySignal<SessionState | undefined>;
  readonly chat: ReadonlySignal<ChatMessage[]>;
  /** Round trip to the gateway in milliseconds. */
  readonly delay: ReadonlySignal<number | undefined>;
  /** What comes of the gateway comes late, the shared page too. */
  readonly late: ReadonlySignal<boolean>;
  /** A guest who is not let in yet, by the name he gave. */
  readonly waitingAs: ReadonlySignal<string | undefined>;
  readonly ended: ReadonlySignal<SessionEnd | undefined>;
  /** For the customer: how well the others see the page. */
  readonly picture: ReadonlySignal<Picture>;
  /** A dialog that the leader's page shows just now, in words. */
  readonly dialog: ReadonlySignal<{ kind: string; text: string } | undefined>;
  /** The click that is asked for now, or the last one with its answer. */
  readonly asked: ReadonlySignal<AskedClick | undefined>;
  /** False when the link is down: nothing was sent. */
  ask(request: SessionRequest): boolean;
  sendBinary(bytes: Uint8Array<ArrayBuffer>): boolean;
  onEvent(listener: (event: SessionEvent) => void): () => void;
  onBinary(listener: (bytes: ArrayBuffer) => void): () => void;
  stop(): void;
}

interface SessionOptions {
  socketUrl: string;
  /** A fresh nonce for each connection. */
  nonce: () => Promise<string>;
}

/** What windows say by themselves: nobody waits for it, so nobody is told that it was not sent. */
const UNASKED: ReadonlySet<SessionRequest['type']> = new Set([
  'pointer.moved',
  'pointer.clicked',
  'pointer.left',
  'mark.drawn',
  'mark.framed',
  'mark.cleared',
  'click.needed',
  'click.answered',
  'input.refused',
  'mirror.resync',
  'mirror.repair',
  'mirror.shown',
  'page.dialog',
  'page.outOfSight',
  'session.cleared',
]);

export function openSession({ socketUrl, nonce }: SessionOptions): OpenSession {
  const status = signal<LinkStatus>('connecting');
  const pid = signal('');
  const kind = signal<ParticipantKind | undefined>(undefined);
  const state = signal<SessionState | undefined>(undefined);
  const chat = signal<ChatMessage[]>([]);
  const delay = signal<number | undefined>(undefined);
  const answers = watchAnswers();
  const waitingAs = signal<string | undefined>(undefined);
  const ended = signal<SessionEnd | undefined>(undefined);
  const dialog = signal<{ kind: string; text: string } | undefined>(undefined);
  const asked = signal<AskedClick | undefined>(undefined);
  const picture = signal<Picture>({ state: 'live', names: [] });
  const listeners = new Set<(event: SessionEvent) => void>();
  const binaryListeners = new Set<(bytes: ArrayBuffer) => void>();

  /** Pressed while the link was down: one press is enough. */
  let stopWanted = false;

  const take = (event: SessionEvent): void => {
    switch (event.type) {
      case 'session.welcome':
        pid.value = event.pid;
        kind.value = event.kind;
        waitingAs.value = undefined;
        state.value = event.state;
        chat.value = event.chat;
        // What was asked while nobody listened is not known; an answer would not be heard either.
        asked.value = undefined;
        status.value = 'open';
        if (document.visibilityState === 'hidden') tellVisible();
        if (stopWanted) socket.send(JSON.stringify({ type: 'session.stop' } satisfies SessionRequest));
        break;
      case 'session.changed':
        state.value = event.state;
        break;
      case 'session.waiting':
        waitingAs.value = event.name;
        status.value = 'open';
        break;
      case 'session.ended':
        ended.value = { reason: event.reason, returnUrl: event.returnUrl };
        break;
      case 'chat.said':
        // A reconnect may bring a message twice.
        if (!chat.value.some(({ id }) => id === event.message.id))
          chat.value = [...chat.value, event.message];
        break;
      case 'mirror.state':
        picture.value = { state: event.state, names: event.names };
        break;
      case 'page.dialog':
        dialog.value = event.kind === 'closed' ? undefined : { kind: event.kind, text: event.text };
        break;
      case 'click.asked':
        asked.value = { id: event.id, pid: event.pid, what: event.what };
        break;
      case 'click.answered':
        if (asked.value?.id === event.id) asked.value = { ...asked.value, answer: event.answer };
        break;
      case 'pong':
        delay.value = Math.max(0, Math.round(performance.now() - event.at));
        answers.answered(delay.value);
        break;
      case 'refused':
        // The dialog says it where the address was typed; of the end the whole page speaks.
        if (event.of !== 'session.navigate' && event.reason !== 'session-ended')
          say(sentenceOf(event.reason));
        break;
      case 'notice':
        // The whole window says so.
        if (event.reason !== 'replaced') say(sentenceOf(event.reason, event.params));
        break;
    }
    tell(event);
  };
  const tell = (event: SessionEvent): void => {
    for (const listener of listeners) listener(event);
  };

  const socket = startLiveSocket({
    url: socketUrl,
    hello: async () =>
      JSON.stringify({ type: 'session.hello', nonce: await nonce() } satisfies SessionRequest),
    mayRetry: (error) => !(error instanceof RefusedCall) || error.status >= 500 || error.status === 429,
    onText: (json) => take(JSON.parse(json) as SessionEvent),
    onBinary: (bytes) => {
      for (const listener of binaryListeners) listener(bytes);
    },
    onStatus: (next, { code, error }) => {
      status.value = next;
      if (next !== 'open') {
        delay.value = undefined;
        answers.forget();
      }
      if (next !== 'closed' || ended.value) return;
      if (error instanceof RefusedCall) ended.value = { reason: error.reason as Reason, returnUrl: '' };
      else if (code === CLOSE.replaced) ended.value = { reason: 'replaced', returnUrl: '' };
      else if (code === CLOSE.ended) ended.value = { reason: 'session-ended', returnUrl: '' };
      else if (code === CLOSE.forbidden) ended.value = { reason: 'not-allowed', returnUrl: '' };
      else if (code !== undefined) ended.value = { reason: 'connection-failed', returnUrl: '' };
    },
    pulse: () => {
      answers.asked();
      return JSON.stringify({ type: 'ping', at: performance.now() } satisfies SessionRequest);
    },
  });

  const tellVisible = (): void => {
    const request: SessionRequest = {
      type: 'page.visible',
      visible: document.visibilityState === 'hidden' ? 'hidden' : 'visible',
    };
    socket.send(JSON.stringify(request));
  };
  document.addEventListener('visibilitychange', tellVisible);

  return {
    status,
    pid,
    kind,
    state,
    chat,
    delay,
    late: answers.late,
    waitingAs,
    ended,
    dialog,
    picture,
    asked,
    ask(request) {
      const sent = socket.send(JSON.stringify(request));
      if (!sent && !UNASKED.has(request.type)) say(sentenceOf('connection-failed'));
      if (!sent && request.type === 'session.stop') stopWanted = true;
      // The gateway tells it to the others; the own view has to know too.
      if (request.type === 'mark.cleared') tell({ ...request, pid: pid.peek() });
      return sent;
    },
    sendBinary: (bytes) => socket.send(bytes),
    onEvent(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    onBinary(listener) {
      binaryListeners.add(listener);
      return () => binaryListeners.delete(listener);
    },
    stop() {
      document.removeEventListener('visibilitychange', tellVisible);
      socket.stop();
    },
  };
}

/** A new id for a message of ours. */
export function newId(): string {
  return crypto.randomUUID();
}

/** Who holds control; undefined before the welcome or when he is gone. */
export function holderOf(state: SessionState): ParticipantView | undefined {
  return state.participants.find(({ pid }) => pid === state.control.holder);
}
