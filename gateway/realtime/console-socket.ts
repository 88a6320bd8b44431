// The console's socket: an agent's own conversations and those that wait for him, live.
import type { WebSocket } from 'ws';
import { CLOSE } from '../../protocol/close-codes.ts';
import {
  type ConsoleEvent,
  type ConsoleRequest,
  consoleRequest,
} from '../../protocol/conversation-messages.ts';
import { Refused } from '../errors.ts';
import type { Log } from '../log.ts';
import { Rate } from '../rate.ts';
import type { Conversation, ConversationChange } from '../session/conversation.ts';
import type { Conversations, Sites } from '../session/conversations.ts';
import type { Agent } from '../sites/config.ts';
import { Connection } from './connection.ts';

const HEARTBEAT = 15_000;
/** A login may end while its console is open: asked so often, ms. */
const LOGIN_CHECK = 30_000;

export interface ConsoleSocketDeps {
  sites: Sites;
  conversations: Conversations;
  log: Log;
}

/** @param signedIn whether the login that opened this socket still holds */
export function openConsoleSocket(
  { sites, conversations, log }: ConsoleSocketDeps,
  agent: Agent,
  signedIn: () => Promise<boolean>,
  socket: WebSocket,
): Connection<ConsoleEvent, ConsoleRequest> {
  const { name } = agent;
  const chats = new Rate(5, 10);
  /** Conversations on this console's list. */
  const listed = new Set<string>();
  const stops: (() => void)[] = [];

  const connection = new Connection<ConsoleEvent, ConsoleRequest>(socket, {
    decoder: consoleRequest,
    heartbeat: HEARTBEAT,
    log,
    onRequest: (request) => {
      try {
        if (request.type === 'chat.send' && !chats.take()) throw new Refused('too-fast');
        perform(request);
        log.info({ audit: request.type, cid: request.cid, agent: name });
      } catch (error) {
        if (!(error instanceof Refused)) throw error;
        log.info({ audit: request.type, cid: request.cid, agent: name, refused: error.reason });
        connection.send({ type: 'refused', of: request.type, reason: error.reason });
      }
    },
    onClose: () => {
      for (const stop of stops) stop();
    },
  });

  function own(cid: string): Conversation {
    const conversation = conversations.find(cid);
    // Another agent's conversation is as unknown as none.
    if (conversation?.agent !== name) throw new Refused('no-conversation');
    return conversation;
  }

  function perform(request: ConsoleRequest): void {
    switch (request.type) {
      case 'conversation.accept':
        conversations.accept(request.cid, name);
        break;
      case 'conversation.end':
        conversations.end(own(request.cid));
        break;
      case 'chat.send': {
        const title = sites.findAgent(name)?.title ?? name;
        conversations.say(
          own(request.cid),
          { kind: 'agent', name: title, key: name },
          request.id,
          request.text,
        );
        break;
      }
    }
  }

  function sendState(): void {
    const me = sites.findAgent(name);
    if (!me) {
      connection.close(CLOSE.unauthenticated);
      return;
    }
    const mine = [...conversations.all()].filter((conversation) => conversations.isFor(conversation, name));
    listed.clear();
    for (const { cid } of mine) listed.add(cid);
    connection.send({
      type: 'console.state',
      me: { name: me.name, title: me.title, roles: me.roles, cobrowsing: me.cobrowsing },
      conversations: mine.map((conversation) => ({
        ...conversations.view(conversation),
        chat: conversation.chat.messages,
      })),
    });
  }

  function pass(conversation: Conversation, change: ConversationChange): void {
    const { cid } = conversation;
    if (!conversations.isFor(conversation, name)) {
      if (listed.delete(cid)) connection.send({ type: 'conversation.gone', cid });
      return;
    }
    if (change.type === 'said') {
      if (listed.has(cid)) connection.send({ type: 'chat.said', cid, message: change.message });
    } else if (listed.has(cid)) {
      connection.send({ type: 'conversation.changed', conversation: conversations.view(conversation) });
    } else {
      // New on the list: with what was said before.
      listed.add(cid);
      connection.send({ type: 'conversation.changed', conversation: conversations.view(conversation) });
      for (const message of conversation.chat.messages) connection.send({ type: 'chat.said', cid, message });
    }
  }

  connection.greeted();
  stops.push(
    conversations.arrive(name),
    conversations.onChange(pass),
    sites.onChange(sendState),
    every(LOGIN_CHECK, () => {
      void signedIn().then(
        (still) => still || connection.close(CLOSE.unauthenticated),
        (error: unknown) => log.error({ err: error }, 'login could not be checked'),
      );
    }),
  );
  sendState();
  return connection;
}

function every(ms: number, work: () => void): () => void {
  const timer = setInterval(work, ms).unref();
  return () => clearInterval(timer);
}
