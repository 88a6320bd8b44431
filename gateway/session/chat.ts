// The chat of a conversation: messages with UTC stamps, each once, and the limit on those without an answer.
import { MAX_CHAT } from '../../protocol/limits.ts';
import type { ChatMessage, ParticipantKind } from '../../protocol/session-messages.ts';
import { Refused } from '../errors.ts';
import { newId } from './secrets.ts';

/** Who says something; `key` tells authors of the same name apart. */
export interface Author {
  kind: ParticipantKind;
  name: string;
  key: string;
}

/** Lines kept in memory for a conversation; older ones go, so that a long meeting cannot grow without end. */
const MAX_LINES = 2_000;

export class Chat {
  readonly messages: ChatMessage[];
  readonly #limit: () => number;
  readonly #ids = new Set<string>();
  #unanswered = 0;

  /** @param limit how many messages of the customer's side may go without an answer, asked at each message */
  constructor(messages: ChatMessage[], limit: () => number) {
    this.messages = messages;
    this.#limit = limit;
    for (const message of messages) this.#count(message);
  }

  #count({ from }: ChatMessage): void {
    if (from.kind === 'agent') this.#unanswered = 0;
    else if (from.kind !== 'system') this.#unanswered++;
  }

  #add(message: ChatMessage): void {
    this.#count(message);
    this.messages.push(message);
    if (this.messages.length > MAX_LINES) this.messages.shift();
  }

  /**
   * Adds a message. Undefined when this author already sent one with this id: a resend after a lost connection.
   * @throws {Refused} chat-too-long, chat-unanswered, malformed (empty)
   */
  say(author: Author, id: string, text: string): ChatMessage | undefined {
    const known = `${author.kind} ${author.key} ${id}`;
    if (this.#ids.has(known)) return undefined;
    if (text.length > MAX_CHAT) throw new Refused('chat-too-long', { max: String(MAX_CHAT) });
    if (text.trim() === '') throw new Refused('malformed');
    const max = this.#limit();
    if (author.kind !== 'agent' && this.#unanswered >= max)
      throw new Refused('chat-unanswered', { max: String(max) });
    this.#ids.add(known);
    if (this.#ids.size > MAX_LINES) this.#ids.delete(this.#ids.values().next().value!);
    const message: ChatMessage = {
      id,
      at: new Date().toISOString(),
      from: { kind: author.kind, name: author.name },
      text,
    };
    this.#add(message);
    return message;
  }

  /** Adds a line of the system. @param key locale key with `params` for its holes; `text` is its English fallback */
  note(key: string, text: string, params?: Record<string, string>): ChatMessage {
    const message: ChatMessage = {
      id: newId(12),
      at: new Date().toISOString(),
      from: { kind: 'system', name: '' },
      text,
      key,
      ...(params && { params }),
    };
    this.#add(message);
    return message;
  }
}
