// The panel's conversation: its socket, and its state as signals.
import { type ReadonlySignal, signal } from '@preact/signals';
import type { ConversationView, PanelEvent, PanelRequest } from '../../protocol/conversation-messages.ts';
import type { ChatMessage } from '../../protocol/session-messages.ts';
import { say } from '../design/toasts.ts';
import { type LinkStatus, startLiveSocket } from '../reconnect.ts';
import { sentenceOf } from '../words.ts';

export interface OpenConversation {
  readonly token: string;
  readonly status: ReadonlySignal<LinkStatus>;
  readonly view: ReadonlySignal<ConversationView | undefined>;
  readonly chat: ReadonlySignal<ChatMessage[]>;
  /** Why the last message was not taken. */
  readonly refused: ReadonlySignal<string | undefined>;
  ask(request: PanelRequest): boolean;
  stop(): void;
}

interface ConversationOptions {
  token: string;
  /** The token is not known any more. */
  onLost: () => void;
  onMessage: (message: ChatMessage) => void;
  /** Co-browsing has ended; on this page of the real site, '' when there was none. */
  onEnded: (returnUrl: string) => void;
}

export function openConversation({
  token,
  onLost,
  onMessage,
  onEnded,
}: ConversationOptions): OpenConversation {
  const status = signal<LinkStatus>('connecting');
  const view = signal<ConversationView | undefined>(undefined);
  const chat = signal<ChatMessage[]>([]);
  const refused = signal<string | undefined>(undefined);

  /** The session whose Stop was pressed while the link was down: one press is enough. */
  let stopWanted: string | undefined;

  const take = (event: PanelEvent): void => {
    switch (event.type) {
      case 'conversation.state':
        status.value = 'open';
        view.value = event.conversation;
        chat.value = event.chat;
        if (stopWanted !== undefined && stopWanted === event.conversation.session?.sid)
          socket.send(JSON.stringify({ type: 'session.stop' } satisfies PanelRequest));
        stopWanted = undefined;
        break;
      case 'conversation.changed':
        view.value = event.conversation;
        break;
      case 'chat.said':
        if (chat.value.some(({ id }) => id === event.message.id)) break;
        refused.value = undefined;
        chat.value = [...chat.value, event.message];
        onMessage(event.message);
        break;
      case 'session.ended':
        if (event.reason !== 'stopped-by-customer') say(sentenceOf(event.reason));
        onEnded(event.returnUrl);
        break;
      case 'refused':
        if (event.of === 'chat.send') refused.value = sentenceOf(event.reason);
        else say(sentenceOf(event.reason));
        break;
    }
  };

  const socket = startLiveSocket({
    url: `${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}/panel/socket`,
    hello: async () => JSON.stringify({ type: 'conversation.hello', token } satisfies PanelRequest),
    mayRetry: () => true,
    onText: (json) => take(JSON.parse(json) as PanelEvent),
    onStatus: (next) => {
      status.value = next;
      if (next === 'closed' && view.value?.status !== 'ended') onLost();
    },
  });

  return {
    token,
    status,
    view,
    chat,
    refused,
    ask(request) {
      const sent = socket.send(JSON.stringify(request));
      if (!sent) say(sentenceOf('connection-failed'));
      if (!sent && request.type === 'session.stop') stopWanted = view.value?.session?.sid;
      return sent;
    },
    stop: () => socket.stop(),
  };
}
