// All conversations: how they begin, get an agent, are found by token, end, and come back after a restart.
import type { ConversationView, Offer } from '../../protocol/conversation-messages.ts';
import { MAX_UNANSWERED } from '../../protocol/limits.ts';
import type { ChatMessage } from '../../protocol/session-messages.ts';
import { Refused } from '../errors.ts';
import type { Log } from '../log.ts';
import { isOnSite } from '../sites/allowlist.ts';
import type { Contact } from '../sites/config.ts';
import type { Registry } from '../sites/registry.ts';
import type { Store } from '../store/store.ts';
import type { Author } from './chat.ts';
import { Conversation, type ConversationChange, type ConversationRecord } from './conversation.ts';
import { Emitter } from './emitter.ts';
import { LIFETIMES, type Lifetimes, lookEvery } from './lifetimes.ts';
import { personName } from './names.ts';
import { offerOf } from './offer.ts';
import { hashSecret, newId, newSecret } from './secrets.ts';

/** What of the registry the session core reads. */
export type Sites = Pick<Registry, 'config' | 'onChange' | 'findSite' | 'findAgent' | 'findSiteOfPage'>;

export interface ConversationsDeps {
  sites: Sites;
  store: Store;
  lifetimes?: Lifetimes;
  log: Log;
}

const SPACE = 'conversation';
/** How long a finished conversation can still be read by both sides. */
const KEPT_AFTER_END = 60 * 60_000;
/** Stored in place of the words when `privacy.keepChat` is off. */
const PLACEHOLDER = '[not kept]';

export class Conversations {
  readonly #deps: ConversationsDeps;
  readonly #all = new Map<string, Conversation>();
  /** Token hash → conversation. */
  readonly #tokens = new Map<string, Conversation>();
  readonly #changes = new Emitter<{ conversation: Conversation; change: ConversationChange }>();
  /** Agent's name → consoles that are open now. */
  readonly #consoles = new Map<string, number>();
  readonly #pending = new Set<Promise<unknown>>();
  readonly #sweep: NodeJS.Timeout;
  readonly #lifetimes: Lifetimes;

  private constructor(deps: ConversationsDeps) {
    this.#deps = deps;
    this.#lifetimes = deps.lifetimes ?? LIFETIMES;
    this.#sweep = setInterval(() => this.#endAbandoned(), lookEvery(this.#lifetimes)).unref();
  }

  /** Brings back what the store kept. */
  static async open(deps: ConversationsDeps): Promise<Conversations> {
    const conversations = new Conversations(deps);
    for (const { value } of await deps.store.list<ConversationRecord>(SPACE)) {
      const lines = await deps.store.list<ChatMessage>(chatSpace(value.cid));
      lines.sort((a, b) => a.key.localeCompare(b.key));
      conversations.#add(
        value,
        lines.map((line) => line.value),
      );
    }
    return conversations;
  }

  #add(record: ConversationRecord, messages: ChatMessage[]): Conversation {
    const limit = () => this.#deps.sites.findSite(record.site)?.options.unanswered ?? MAX_UNANSWERED;
    const conversation = new Conversation(record, messages, limit);
    this.#all.set(record.cid, conversation);
    this.#tokens.set(record.token, conversation);
    let lines = messages.length;
    conversation.on((change) => {
      if (change.type === 'said') this.#keepLine(conversation, lines++, change.message);
      this.#changes.emit({ conversation, change });
    });
    return conversation;
  }

  // ---- keeping ----

  #keep(conversation: Conversation): void {
    const { record } = conversation;
    this.#write(SPACE, record.cid, record, conversation);
  }

  #keepLine(conversation: Conversation, index: number, message: ChatMessage): void {
    const kept =
      this.#deps.sites.config.privacy.keepChat || message.from.kind === 'system'
        ? message
        : { ...message, text: PLACEHOLDER, key: 'chat.not-kept' };
    this.#write(chatSpace(conversation.cid), String(index).padStart(8, '0'), kept, conversation);
  }

  #write(space: string, key: string, value: unknown, conversation: Conversation): void {
    const { ended } = conversation.record;
    const options = {
      seal: sealOf(conversation.cid),
      ...(ended === null ? {} : { expires: ended + KEPT_AFTER_END }),
    };
    this.#track(this.#deps.store.put(space, key, value, options));
  }

  /** A write that fails must not stop the chat; it is logged. */
  #track(work: Promise<unknown>): void {
    const done = work.catch((error: unknown) =>
      this.#deps.log.error({ err: error }, 'conversation not kept'),
    );
    this.#pending.add(done);
    void done.finally(() => this.#pending.delete(done));
  }

  // ---- beginning ----

  /**
   * A customer begins a chat from a page of a site.
   * @param page address of the customer's page
   * @throws {Refused} page-not-listed, malformed (name or contact)
   */
  begin(wish: { page: string; name: string; contact: string; site?: string }): {
    conversation: Conversation;
    token: string;
  } {
    const { sites } = this.#deps;
    // Several sites may use one domain: then the one that the tag names counts, if the page lies on its domains too.
    const site = wish.site === undefined ? sites.findSiteOfPage(wish.page) : sites.findSite(wish.site);
    if (!site || !isOnSite(wish.page, site)) throw new Refused('page-not-listed');
    const contact = this.contactsOf(site.id).find(({ id }) => id === wish.contact);
    if (!contact) throw new Refused('malformed');
    return this.#begin({
      kind: 'chat',
      site: site.id,
      customer: wish.name,
      contact: contact.id,
      agent: null,
    });
  }

  /**
   * A call that is handled elsewhere is announced: the agent is known from the start.
   * @throws {Refused} no-agent, site-off (unknown site), malformed (name)
   */
  announce(call: { site: string; agent: string; customer: string }): {
    conversation: Conversation;
    token: string;
  } {
    const { sites } = this.#deps;
    const agent = sites.findAgent(call.agent);
    if (!agent) throw new Refused('no-agent');
    if (!sites.findSite(call.site)) throw new Refused('site-off');
    return this.#begin({
      kind: 'call',
      site: call.site,
      customer: call.customer,
      contact: agent.name,
      agent: agent.name,
    });
  }

  #begin(of: Pick<ConversationRecord, 'kind' | 'site' | 'customer' | 'contact' | 'agent'>): {
    conversation: Conversation;
    token: string;
  } {
    const token = newSecret();
    const conversation = this.#add(
      {
        cid: newId(20),
        ...of,
        customer: personName(of.customer),
        status: of.agent === null ? 'waiting' : 'open',
        since: new Date().toISOString(),
        token: hashSecret(token),
        ended: null,
      },
      [],
    );
    this.#keep(conversation);
    conversation.changed();
    return { conversation, token };
  }

  /** The contacts offered on a site. */
  contactsOf(siteId: string): Contact[] {
    const ids = this.#deps.sites.findSite(siteId)?.contacts ?? [];
    return this.#deps.sites.config.contacts.filter(({ id }) => ids.includes(id));
  }

  // ---- finding ----

  find(cid: string): Conversation | undefined {
    return this.#all.get(cid);
  }

  /** @throws {Refused} no-conversation */
  getByToken(token: string): Conversation {
    const conversation = this.#tokens.get(hashSecret(token));
    if (!conversation?.tokenIs(token)) throw new Refused('no-conversation');
    return conversation;
  }

  all(): Iterable<Conversation> {
    return this.#all.values();
  }

  /** Agents who may take a waiting conversation. */
  agentsFor(conversation: Conversation): string[] {
    if (conversation.kind === 'call') return [conversation.contact];
    return this.#deps.sites.config.contacts.find(({ id }) => id === conversation.contact)?.agents ?? [];
  }

  /** Whether this agent sees the conversation in his console: his own, or one that waits for him or his group. */
  isFor(conversation: Conversation, agent: string): boolean {
    if (conversation.agent !== null) return conversation.agent === agent;
    return conversation.status === 'waiting' && this.agentsFor(conversation).includes(agent);
  }

  // ---- going on ----

  /**
   * An agent takes a waiting conversation: the first one gets it.
   * @throws {Refused} no-conversation (gone or taken by another), not-allowed (not of the contact)
   */
  accept(cid: string, agent: string): Conversation {
    const conversation = this.#all.get(cid);
    if (!conversation) throw new Refused('no-conversation');
    if (conversation.agent === agent) return conversation;
    if (conversation.status !== 'waiting') throw new Refused('no-conversation');
    if (!this.agentsFor(conversation).includes(agent)) throw new Refused('not-allowed');
    conversation.record.agent = agent;
    conversation.record.status = 'open';
    this.#keep(conversation);
    const title = this.#deps.sites.findAgent(agent)?.title ?? agent;
    conversation.note('chat.agent-joined', `${title} is here.`, { name: title });
    conversation.changed();
    return conversation;
  }

  /** Ends it for both sides; its session ends with it. Nothing happens when it has ended before. */
  end(conversation: Conversation): void {
    if (conversation.status === 'ended') return;
    conversation.record.status = 'ended';
    conversation.record.ended = Date.now();
    conversation.note('chat.finished', 'The conversation has finished.');
    this.#keep(conversation);
    conversation.changed();
  }

  /** @throws {Refused} no-conversation (ended), and as {@link Conversation.say} */
  say(conversation: Conversation, author: Author, id: string, text: string): void {
    if (conversation.status === 'ended') throw new Refused('no-conversation');
    conversation.say(author, id, text);
  }

  /** A console of this agent is open until the returned function is called. */
  arrive(agent: string): () => void {
    this.#consoles.set(agent, (this.#consoles.get(agent) ?? 0) + 1);
    let here = true;
    return () => {
      if (!here) return;
      here = false;
      this.#consoles.set(agent, (this.#consoles.get(agent) ?? 1) - 1);
    };
  }

  /** Whether one of these agents has a console open. */
  isAvailable(agents: string[]): boolean {
    return agents.some((name) => (this.#consoles.get(name) ?? 0) > 0);
  }

  /** Whether Start may be offered in this conversation. */
  offer(conversation: Conversation): Offer {
    if (conversation.status === 'ended') return { may: false, reason: 'no-conversation' };
    const { sites } = this.#deps;
    const agent = conversation.agent === null ? undefined : sites.findAgent(conversation.agent);
    return offerOf(sites.config, sites.findSite(conversation.site), agent);
  }

  view(conversation: Conversation): ConversationView {
    const { sites } = this.#deps;
    const { record } = conversation;
    const agent = record.agent === null ? undefined : sites.findAgent(record.agent);
    return {
      cid: record.cid,
      kind: record.kind,
      site: { id: record.site, title: sites.findSite(record.site)?.title ?? record.site },
      customer: record.customer,
      contact: sites.config.contacts.find(({ id }) => id === record.contact)?.title ?? record.contact,
      agent: record.agent === null ? null : { name: record.agent, title: agent?.title ?? record.agent },
      status: record.status,
      away: conversation.away && record.status !== 'ended',
      since: record.since,
      cobrowsing: this.offer(conversation),
      session: conversation.session,
    };
  }

  /** Everything that happens in any conversation. */
  onChange(listener: (conversation: Conversation, change: ConversationChange) => void): () => void {
    return this.#changes.on(({ conversation, change }) => listener(conversation, change));
  }

  #endAbandoned(now = Date.now()): void {
    for (const conversation of [...this.#all.values()]) {
      const { status, record } = conversation;
      if (status === 'ended') {
        if (now - (record.ended ?? 0) > KEPT_AFTER_END) this.#forget(conversation);
      } else if (!conversation.customerConnected) this.#noteAway(conversation, now);
    }
  }

  /** The customer has neither a page with the panel nor a session window open, or no connection. */
  #noteAway(conversation: Conversation, now: number): void {
    const { resume, absent, call } = this.#lifetimes;
    const gone = now - conversation.goneSince;
    // On the phone he needs no page at all.
    if (conversation.kind === 'call') {
      if (gone > call) this.end(conversation);
      return;
    }
    if (gone > absent) conversation.setAway(true);
    // Its session ends first, by itself and with its own reason.
    if (gone <= resume || conversation.session !== null) return;
    const name = conversation.customer;
    conversation.note('chat.customer-gone', `${name} has left.`, { name });
    this.end(conversation);
  }

  #forget({ cid, record }: Conversation): void {
    this.#all.delete(cid);
    this.#tokens.delete(record.token);
    this.#track(this.#deps.store.destroySeal(sealOf(cid)));
  }

  /** Writes what is not written yet. */
  async close(): Promise<void> {
    clearInterval(this.#sweep);
    await Promise.all(this.#pending);
  }
}

function chatSpace(cid: string): string {
  return `chat:${cid}`;
}

function sealOf(cid: string): string {
  return `conversation:${cid}`;
}
