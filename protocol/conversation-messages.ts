// Text messages of the conversation: the contact panel's socket (one conversation) and the console's (all of an agent).
import { MAX_CHAT } from './limits.ts';
import type { Reason } from './reasons.ts';
import { type Decoded, object, text, variants } from './schema.ts';
import type { ChatMessage } from './session-messages.ts';

const cid = text(32);
const messageId = text(64);

/** From the contact panel. */
export const panelRequest = variants({
  /** First message: the conversation token. */
  'conversation.hello': object({ token: text(128) }),
  'chat.send': object({ id: messageId, text: text(MAX_CHAT) }),
  'conversation.end': object({}),
  'session.stop': object({}),
});
export type PanelRequest = Decoded<typeof panelRequest>;

/** Whether Start may be offered, and if not, why. */
export type Offer = { may: true } | { may: false; reason: Reason };

export interface ConversationView {
  cid: string;
  kind: 'chat' | 'call';
  site: { id: string; title: string };
  customer: string;
  contact: string;
  agent: { name: string; title: string } | null;
  status: 'waiting' | 'open' | 'ended';
  /** The customer has no page of the site and no session window open just now, or no connection. */
  away: boolean;
  /** UTC, ISO 8601. */
  since: string;
  cobrowsing: Offer;
  /** The running co-browsing session. */
  session: RunningSession | null;
}

export interface RunningSession {
  sid: string;
  url: string;
  /** The customer's window: not yet there, there, or closed (or without a connection). */
  window: 'opening' | 'open' | 'closed';
}

/** To the contact panel. */
export type PanelEvent =
  | { type: 'conversation.state'; conversation: ConversationView; chat: ChatMessage[] }
  | { type: 'conversation.changed'; conversation: ConversationView }
  | { type: 'chat.said'; message: ChatMessage }
  | { type: 'session.ended'; reason: Reason; returnUrl: string }
  | { type: 'refused'; of: string; reason: Reason };

/** From an agent's console. */
export const consoleRequest = variants({
  'conversation.accept': object({ cid }),
  'conversation.end': object({ cid }),
  'chat.send': object({ cid, id: messageId, text: text(MAX_CHAT) }),
});
export type ConsoleRequest = Decoded<typeof consoleRequest>;

/** To an agent's console. */
export type ConsoleEvent =
  | {
      type: 'console.state';
      me: { name: string; title: string; roles: string[]; cobrowsing: boolean };
      /** Waiting ones that this agent may accept, and his own with their chat. */
      conversations: (ConversationView & { chat: ChatMessage[] })[];
    }
  | { type: 'conversation.changed'; conversation: ConversationView }
  /** Taken by another agent, or gone. */
  | { type: 'conversation.gone'; cid: string }
  | { type: 'chat.said'; cid: string; message: ChatMessage }
  | { type: 'refused'; of: string; reason: Reason };
