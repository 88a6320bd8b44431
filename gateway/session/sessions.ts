// All sessions: how one is created from a live conversation (R4, R5), kept, brought back after a restart, and ended (R16).
import type { Handover } from '../../protocol/handover.ts';
import type { Reason } from '../../protocol/reasons.ts';
import { Refused } from '../errors.ts';
import type { Log } from '../log.ts';
import { addressTable } from '../sites/addresses.ts';
import { isOnSite, readAddress } from '../sites/allowlist.ts';
import type { Places } from '../sites/places.ts';
import type { Store } from '../store/store.ts';
import type { ControlRecord } from './control.ts';
import { CONTROL_SPACE, keepControlIn } from './control-store.ts';
import type { Conversation } from './conversation.ts';
import type { Conversations, Sites } from './conversations.ts';
import { Jar } from './jar.ts';
import { LIFETIMES, type Lifetimes, lookEvery } from './lifetimes.ts';
import { Participants } from './participants.ts';
import { newSecret, newSid } from './secrets.ts';
import { Session, type SessionRecord } from './session.ts';

export interface SessionsDeps {
  sites: Sites;
  places: Places;
  store: Store;
  conversations: Conversations;
  lifetimes?: Lifetimes;
  log: Log;
}

const SPACE = 'session';
const MAX_SESSIONS = 300;
/** Changes are written together after this time, ms. */
const KEEP_AFTER = 250;

/** Takes a session's sockets and page content down; called between its closing and the end of its data. */
export type TakeDown = (session: Session, reason: Reason) => Promise<void>;

export class Sessions {
  readonly #deps: SessionsDeps;
  readonly #lifetimes: Lifetimes;
  readonly #all = new Map<string, Session>();
  /** Sessions that are being taken down: their addresses only empty themselves. */
  readonly #ending = new Map<string, { session: Session; done: Promise<void> }>();
  readonly #dirty = new Map<string, NodeJS.Timeout>();
  readonly #takeDowns: TakeDown[] = [];
  readonly #writes = new Set<Promise<unknown>>();
  readonly #watch: NodeJS.Timeout;
  readonly #stopListening: (() => void)[];

  private constructor(deps: SessionsDeps) {
    this.#deps = deps;
    this.#lifetimes = deps.lifetimes ?? LIFETIMES;
    this.#watch = setInterval(() => this.#endLeft(), lookEvery(this.#lifetimes)).unref();
    this.#stopListening = [
      deps.conversations.onChange((conversation) => {
        if (conversation.status === 'ended' && conversation.session)
          void this.end(conversation.session.sid, 'conversation-ended');
      }),
    ];
  }

  /** Brings back what the store kept; a leader who does not come back in two minutes has left. */
  static async open(deps: SessionsDeps): Promise<Sessions> {
    const sessions = new Sessions(deps);
    for (const { key, value } of await deps.store.list<SessionRecord>(SPACE)) {
      const conversation = deps.conversations.find(value.cid);
      const site = deps.sites.findSite(value.site);
      if (!conversation || conversation.status === 'ended' || !site) {
        await sessions.#forget(key);
        continue;
      }
      const kept = await deps.store.get<unknown>(jarSpace(key), 'jar');
      const control = await deps.store.get<ControlRecord>(CONTROL_SPACE, key);
      const record = {
        ...value,
        generation: (value.generation ?? 0) + 1,
        // Written with each change of holder, the record of the session only a little later.
        control: control?.value ?? value.control,
      };
      const session = sessions.#add(record, conversation, site, new Jar(kept?.value));
      if (value.documents) {
        conversation.note(
          'chat.documents-lost',
          'Documents that were shared must be shared again: the connection was interrupted.',
        );
      }
      sessions.#keepSoon(session);
    }
    return sessions;
  }

  #add(record: SessionRecord, conversation: Conversation, site: Session['site'], jar: Jar): Session {
    const session = new Session(record, {
      conversation,
      site,
      jar,
      agentTitle: (name) => this.#deps.sites.findAgent(name)?.title ?? name,
      resumeWindow: this.#lifetimes.resume,
      controlStore: keepControlIn(this.#deps.store, record.sid, record.started + this.#lifetimes.longest),
    });
    this.#all.set(session.sid, session);
    session.on((change) => {
      if (change.type === 'changed') this.#keepSoon(session);
    });
    jar.onChange(() => this.#keepSoon(session));
    const window = session.generation > 0 ? 'closed' : 'opening';
    conversation.setSession({ sid: session.sid, url: `${session.shellOrigin}/`, window });
    return session;
  }

  /**
   * Starts a session in a live conversation. The caller has shown the conversation's own token: nothing else may start one.
   * @param sealed `Set-Cookie` texts that the site itself handed over
   * @throws {Refused} the offer's reason, no-conversation, page-not-listed, already-running, too-many-sessions
   */
  async create(
    conversation: Conversation,
    handover: Handover,
    sealed: readonly string[] = [],
  ): Promise<Session> {
    const { conversations, sites, places } = this.#deps;
    if (conversation.status === 'ended') throw new Refused('no-conversation');
    const offer = conversations.offer(conversation);
    if (!offer.may) throw new Refused(offer.reason);
    const site = sites.findSite(conversation.site);
    if (!site) throw new Refused('site-off');
    if (!isOnSite(handover.url, site)) throw new Refused('page-not-listed');
    if (conversation.session) throw new Refused('already-running');
    if (this.#all.size >= MAX_SESSIONS) throw new Refused('too-many-sessions');

    const url = readAddress(handover.url).url.href;
    const sid = newSid();
    const participants = new Participants();
    const customer = participants.add({ kind: 'customer', name: conversation.customer, admitted: true });
    const jar = new Jar();
    // First: what a page's script says can then not take the place of an HttpOnly cookie.
    jar.take(sealed, url);
    for (const pair of handover.cookie.split(';')) {
      // Only name and value are readable: path, domain and life stay unknown, so the widest host-only cookie is made.
      const cookie = pair.trim();
      if (cookie !== '') jar.setFromScript(url, `${cookie}; path=/`);
    }
    const session = this.#add(
      {
        sid,
        cid: conversation.cid,
        site: site.id,
        table: addressTable(site, sid, places),
        startUrl: url,
        url,
        title: '',
        started: Date.now(),
        participants: participants.records,
        control: { holder: customer.pid, epoch: 1 },
        invites: [],
        pass: null,
        secret: newSecret(),
      },
      conversation,
      site,
      jar,
    );
    session.carryOver.keep({ ...handover, url });
    conversation.note('chat.session-started', 'Co-browsing has started.');
    await this.#keepNow(session);
    return session;
  }

  /** A running session. */
  find(sid: string): Session | undefined {
    return this.#all.get(sid);
  }

  /** A running session, or one whose addresses are being emptied (`ended` is true then, for a second at most). */
  findAlsoEnding(sid: string): Session | undefined {
    return this.#all.get(sid) ?? this.#ending.get(sid)?.session;
  }

  all(): Iterable<Session> {
    return this.#all.values();
  }

  /** Called for each session that ends, before its data go. */
  onEnd(takeDown: TakeDown): void {
    this.#takeDowns.push(takeDown);
  }

  /** Ends a session: after it, nothing of it is left in memory, on disk or in the store. Twice does no harm. */
  end(sid: string, reason: Reason): Promise<void> {
    const running = this.#all.get(sid);
    if (!running) return this.#ending.get(sid)?.done ?? Promise.resolve();
    this.#all.delete(sid);
    running.close(reason);
    const done = this.#takeAllDown(running, reason).finally(() => this.#ending.delete(sid));
    this.#ending.set(sid, { session: running, done });
    return done;
  }

  async #takeAllDown(session: Session, reason: Reason): Promise<void> {
    const { sid, conversation } = session;
    const returnUrl = session.url || session.startUrl;
    // The conversation first: the panel's button goes back to Start while the addresses are still being emptied.
    if (conversation.status !== 'ended') conversation.note('chat.session-ended', 'Co-browsing has ended.');
    conversation.sessionEnded(sid, reason, returnUrl);
    const results = await Promise.allSettled(this.#takeDowns.map((takeDown) => takeDown(session, reason)));
    for (const result of results)
      if (result.status === 'rejected')
        this.#deps.log.error({ sid, err: result.reason }, 'taking down failed');
    session.documents.clear();
    await this.#forget(sid);
    this.#deps.log.info({ audit: 'session.ended', sid, cid: conversation.cid, reason });
  }

  async #forget(sid: string): Promise<void> {
    clearTimeout(this.#dirty.get(sid));
    this.#dirty.delete(sid);
    await this.#deps.store.delete(SPACE, sid);
    await this.#deps.store.delete(CONTROL_SPACE, sid);
    await this.#deps.store.destroySeal(sid);
  }

  // ---- keeping ----

  #keepSoon(session: Session): void {
    if (session.ended || this.#dirty.has(session.sid)) return;
    const timer = setTimeout(() => {
      this.#track(this.#keepNow(session));
    }, KEEP_AFTER);
    this.#dirty.set(session.sid, timer.unref());
  }

  async #keepNow(session: Session): Promise<void> {
    const { sid } = session;
    clearTimeout(this.#dirty.get(sid));
    this.#dirty.delete(sid);
    if (session.ended) return;
    const { store } = this.#deps;
    const options = { seal: sid, expires: session.started + this.#lifetimes.longest };
    await store.put(SPACE, sid, session.record, options);
    await store.put(jarSpace(sid), 'jar', session.jar.toJSON(), options);
    // Ended while it was being written: what was written goes too.
    if (session.ended) await this.#forget(sid);
  }

  #track(work: Promise<unknown>): void {
    const done = work.catch((error: unknown) => this.#deps.log.error({ err: error }, 'session not kept'));
    this.#writes.add(done);
    void done.finally(() => this.#writes.delete(done));
  }

  // ---- time ----

  #endLeft(now = Date.now()): void {
    const { resume, idle, longest } = this.#lifetimes;
    for (const session of [...this.#all.values()]) {
      const { customer } = session.participants;
      if (!customer.connected && now - customer.goneSince > resume)
        void this.end(session.sid, 'customer-gone');
      else if (now - session.lastUse > idle) void this.end(session.sid, 'idle');
      else if (now - session.started > longest) void this.end(session.sid, 'too-long');
      else this.#dropGone(session, now);
    }
  }

  #dropGone(session: Session, now: number): void {
    for (const participant of [...session.participants]) {
      if (participant.connected || participant.kind === 'customer') continue;
      // Control that he held falls back with him, not before: the customer can take it back at any time.
      if (now - participant.goneSince > this.#lifetimes.resume) session.remove(participant.pid, 'left');
    }
  }

  /** Writes what is not written yet; the sessions themselves come back at the next start. */
  async close(): Promise<void> {
    clearInterval(this.#watch);
    for (const stop of this.#stopListening) stop();
    await Promise.all([...this.#ending.values()].map(({ done }) => done));
    await Promise.all(
      [...this.#dirty.keys()].map((sid) => this.#all.get(sid)).map((s) => s && this.#keepNow(s)),
    );
    await Promise.all(this.#writes);
  }
}

function jarSpace(sid: string): string {
  return `jar:${sid}`;
}
