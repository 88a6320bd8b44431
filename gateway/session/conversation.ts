// One conversation of a customer with an agent: chat here, or a call handled elsewhere. A session lives only inside one.

import type { RunningSession } from '../../protocol/conversation-messages.ts';
import type { Reason } from '../../protocol/reasons.ts';
import type { ChatMessage } from '../../protocol/session-messages.ts';
import { type Author, Chat } from './chat.ts';
import { Emitter } from './emitter.ts';
import { secretIs } from './secrets.ts';

/** What the store keeps of a conversation; the chat's lines are kept one by one. */
export interface ConversationRecord {
  cid: string;
  kind: 'chat' | 'call';
  /** Site id. */
  site: string;
  customer: string;
  /** Contact id; for a call the agent's name. */
  contact: string;
  /** Agent's name once there is one. */
  agent: string | null;
  status: 'waiting' | 'open' | 'ended';
  /** UTC, ISO 8601. */
  since: string;
  /** Hash of the conversation token. */
  token: string;
  /** Time of the end, ms since the epoch. */
  ended: number | null;
}

export type ConversationChange =
  | { type: 'changed' }
  | { type: 'said'; message: ChatMessage }
  | { type: 'session-ended'; sid: string; reason: Reason; returnUrl: string };

export class Conversation {
  readonly record: ConversationRecord;
  readonly chat: Chat;
  /** The running co-browsing session. */
  session: RunningSession | null = null;
  /** The customer has been without a connection for longer than it takes to change the page. */
  away = false;
  /** Since when he has had none, ms since the epoch. */
  goneSince = Date.now();
  /** Open connections of the customer: panels on the site, and windows of the session. */
  #connections = 0;
  readonly #changes = new Emitter<ConversationChange>();

  constructor(record: ConversationRecord, messages: ChatMessage[], unanswered: () => number) {
    this.record = record;
    this.chat = new Chat(messages, unanswered);
  }

  get cid(): string {
    return this.record.cid;
  }
  get kind(): 'chat' | 'call' {
    return this.record.kind;
  }
  /** Site id. */
  get site(): string {
    return this.record.site;
  }
  /** The customer's name. */
  get customer(): string {
    return this.record.customer;
  }
  /** Contact id. */
  get contact(): string {
    return this.record.contact;
  }
  /** The agent's name; null while it waits for one. */
  get agent(): string | null {
    return this.record.agent;
  }
  get status(): 'waiting' | 'open' | 'ended' {
    return this.record.status;
  }

  /** Whether this is the conversation's token, in constant time. */
  tokenIs(token: string): boolean {
    return secretIs(token, this.record.token);
  }

  /** @throws {Refused} as {@link Chat.say} */
  say(author: Author, id: string, text: string): void {
    const message = this.chat.say(author, id, text);
    if (message) this.#changes.emit({ type: 'said', message });
  }

  /** A line of the system in the chat. */
  note(key: string, text: string, params?: Record<string, string>): void {
    this.#changes.emit({ type: 'said', message: this.chat.note(key, text, params) });
  }

  get customerConnected(): boolean {
    return this.#connections > 0;
  }

  /** One more connection of the customer is open. */
  customerCame(): void {
    this.#connections++;
    this.setAway(false);
  }

  /** One of them is gone. */
  customerLeft(): void {
    this.#connections = Math.max(0, this.#connections - 1);
    this.goneSince = Date.now();
  }

  setAway(away: boolean): void {
    if (away === this.away) return;
    this.away = away;
    this.changed();
  }

  /** Tells those who look on that something of it changed. */
  changed(): void {
    this.#changes.emit({ type: 'changed' });
  }

  /** The running session is there, or (null) gone. */
  setSession(session: RunningSession | null): void {
    this.session = session;
    this.changed();
  }

  /** The customer's window in the session is there, or gone. */
  sessionWindow(sid: string, window: 'open' | 'closed'): void {
    const { session } = this;
    if (session?.sid === sid && session.window !== window) this.setSession({ ...session, window });
  }

  /** The session has ended: everyone in the conversation is told why and where the customer may go on. */
  sessionEnded(sid: string, reason: Reason, returnUrl: string): void {
    if (this.session?.sid === sid) this.session = null;
    this.#changes.emit({ type: 'session-ended', sid, reason, returnUrl });
    this.changed();
  }

  on(listener: (change: ConversationChange) => void): () => void {
    return this.#changes.on(listener);
  }
}
