// The contact panel's socket: one conversation, by its token.
import type { WebSocket } from 'ws';
import { CLOSE } from '../../protocol/close-codes.ts';
import { type PanelEvent, type PanelRequest, panelRequest } from '../../protocol/conversation-messages.ts';
import { Refused } from '../errors.ts';
import type { Log } from '../log.ts';
import { Rate } from '../rate.ts';
import type { Conversation } from '../session/conversation.ts';
import type { Conversations } from '../session/conversations.ts';
import type { Sessions } from '../session/sessions.ts';
import { Connection } from './connection.ts';

const HEARTBEAT = 15_000;

export interface PanelSocketDeps {
  conversations: Conversations;
  sessions: Sessions;
  log: Log;
}

/** @param onKnown called when the conversation's token was shown */
export function openPanelSocket(
  deps: PanelSocketDeps,
  socket: WebSocket,
  onKnown?: () => void,
): Connection<PanelEvent, PanelRequest> {
  const { conversations, log } = deps;
  const chats = new Rate(5, 10);
  let conversation: Conversation | undefined;
  let stop: (() => void) | undefined;

  const connection = new Connection<PanelEvent, PanelRequest>(socket, {
    decoder: panelRequest,
    heartbeat: HEARTBEAT,
    log,
    onRequest: (request) => {
      if (!conversation) {
        conversation = enter(request);
        return;
      }
      try {
        if (request.type === 'chat.send' && !chats.take()) throw new Refused('too-fast');
        perform(deps, conversation, request);
      } catch (error) {
        if (!(error instanceof Refused)) throw error;
        log.info({ audit: request.type, cid: conversation.cid, refused: error.reason });
        connection.send({ type: 'refused', of: request.type, reason: error.reason });
      }
    },
    onClose: () => {
      stop?.();
      conversation?.customerLeft();
    },
  });

  function enter(request: PanelRequest): Conversation | undefined {
    if (request.type !== 'conversation.hello') {
      connection.close(CLOSE.unauthenticated);
      return undefined;
    }
    const entered = conversations.getByToken(request.token);
    connection.greeted();
    onKnown?.();
    entered.customerCame();
    stop = entered.on((change) => {
      if (change.type === 'said') connection.send({ type: 'chat.said', message: change.message });
      else if (change.type === 'changed')
        connection.send({ type: 'conversation.changed', conversation: conversations.view(entered) });
      else connection.send({ type: 'session.ended', reason: change.reason, returnUrl: change.returnUrl });
    });
    connection.send({
      type: 'conversation.state',
      conversation: conversations.view(entered),
      chat: entered.chat.messages,
    });
    return entered;
  }
  return connection;
}

function perform(
  { conversations, sessions, log }: PanelSocketDeps,
  conversation: Conversation,
  request: PanelRequest,
): void {
  switch (request.type) {
    case 'chat.send': {
      const author = { kind: 'customer', name: conversation.customer, key: 'customer' } as const;
      conversations.say(conversation, author, request.id, request.text);
      break;
    }
    case 'conversation.end':
      conversations.end(conversation);
      break;
    case 'session.stop':
      if (!conversation.session) throw new Refused('session-ended');
      void sessions.end(conversation.session.sid, 'stopped-by-customer');
      break;
    case 'conversation.hello':
      throw new Refused('malformed');
  }
  log.info({ audit: request.type, cid: conversation.cid, kind: 'customer' });
}
