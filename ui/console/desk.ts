// The agent's desk: his conversations and those that wait for him, live, as signals.
import { type ReadonlySignal, type Signal, signal } from '@preact/signals';
import type { ConsoleEvent, ConsoleRequest, ConversationView } from '../../protocol/conversation-messages.ts';
import type { Me } from '../../protocol/http-api.ts';
import type { ChatMessage } from '../../protocol/session-messages.ts';
import { call, RefusedCall } from '../call.ts';
import { say } from '../design/toasts.ts';
import { type LinkStatus, startLiveSocket } from '../reconnect.ts';
import { sentenceOf } from '../words.ts';

/** One conversation on the list. */
export interface DeskConversation {
  readonly cid: string;
  readonly view: Signal<ConversationView>;
  readonly chat: Signal<ChatMessage[]>;
  /** Messages of the customer since it was last looked at. */
  readonly unread: Signal<number>;
}

export interface Desk {
  readonly status: ReadonlySignal<LinkStatus>;
  readonly me: ReadonlySignal<Me>;
  readonly conversations: ReadonlySignal<DeskConversation[]>;
  readonly selected: ReadonlySignal<string | undefined>;
  select(cid: string | undefined): void;
  ask(request: ConsoleRequest): boolean;
  stop(): void;
}

const SELECTED = 'tandem selected';

/** @param onSignedOut the login is not valid any more */
export function openDesk(signedIn: Me, onSignedOut: () => void): Desk {
  const status = signal<LinkStatus>('connecting');
  const me = signal(signedIn);
  const conversations = signal<DeskConversation[]>([]);
  const selected = signal(sessionStorage.getItem(SELECTED) ?? undefined);

  const find = (cid: string) => conversations.value.find((entry) => entry.cid === cid);
  const add = (view: ConversationView, chat: ChatMessage[]): void => {
    conversations.value = [
      ...conversations.value,
      { cid: view.cid, view: signal(view), chat: signal(chat), unread: signal(0) },
    ];
  };
  const select = (cid: string | undefined): void => {
    selected.value = cid;
    if (cid === undefined) sessionStorage.removeItem(SELECTED);
    else sessionStorage.setItem(SELECTED, cid);
    const entry = cid === undefined ? undefined : find(cid);
    if (entry) entry.unread.value = 0;
  };

  const takeAll = (all: (ConversationView & { chat: ChatMessage[] })[]): void => {
    const kept: DeskConversation[] = [];
    for (const { chat, ...view } of all) {
      const known = find(view.cid);
      if (known) {
        known.view.value = view;
        known.chat.value = chat;
        kept.push(known);
      } else kept.push({ cid: view.cid, view: signal(view), chat: signal(chat), unread: signal(0) });
    }
    conversations.value = kept;
    if (selected.value !== undefined && !find(selected.value)) select(undefined);
    const own = kept.find(({ view }) => view.value.status === 'open');
    if (selected.value === undefined && own) select(own.cid);
  };

  const take = (event: ConsoleEvent): void => {
    switch (event.type) {
      case 'console.state':
        status.value = 'open';
        me.value = event.me;
        takeAll(event.conversations);
        break;
      case 'conversation.changed': {
        const { conversation } = event;
        const known = find(conversation.cid);
        const accepted = known?.view.value.status === 'waiting' && conversation.status === 'open';
        if (known) known.view.value = conversation;
        else add(conversation, []);
        if (accepted) select(conversation.cid);
        break;
      }
      case 'conversation.gone':
        conversations.value = conversations.value.filter(({ cid }) => cid !== event.cid);
        if (selected.value === event.cid) select(undefined);
        break;
      case 'chat.said': {
        const known = find(event.cid);
        if (!known || known.chat.value.some(({ id }) => id === event.message.id)) break;
        known.chat.value = [...known.chat.value, event.message];
        const seen = selected.value === event.cid && !document.hidden;
        // Who waits is counted as waiting, not by his messages.
        const counts = event.message.from.kind === 'customer' && known.view.value.status !== 'waiting';
        if (counts && !seen) known.unread.value++;
        break;
      }
      case 'refused':
        say(sentenceOf(event.reason));
        break;
    }
  };

  const socket = startLiveSocket({
    url: `${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}/console/socket`,
    // The login cookie is the credential; asking for it first tells a lost login from a lost line.
    hello: async () => {
      await call<Me>('/console/api/me');
      return undefined;
    },
    mayRetry: (error) => !(error instanceof RefusedCall) || error.status >= 500 || error.status === 429,
    onText: (json) => take(JSON.parse(json) as ConsoleEvent),
    onStatus: (next) => {
      status.value = next;
      if (next === 'closed') onSignedOut();
    },
  });

  const look = (): void => {
    if (!document.hidden && selected.value !== undefined) select(selected.value);
  };
  document.addEventListener('visibilitychange', look);

  return {
    status,
    me,
    conversations,
    selected,
    select,
    ask(request) {
      const sent = socket.send(JSON.stringify(request));
      if (!sent) say(sentenceOf('connection-failed'));
      return sent;
    },
    stop() {
      document.removeEventListener('visibilitychange', look);
      socket.stop();
    },
  };
}
