// One co-browsing meeting, from Start to Stop: who takes part, who holds control, what is shared. No HTTP, no sockets.
import {
  Addresses,
  type AddressTable,
  formatOrigin,
  OWN_PREFIX,
  parseOrigin,
  shellOrigin,
  viewOrigin,
} from '../../protocol/address.ts';
import type { Reason } from '../../protocol/reasons.ts';
import { Refused } from '../errors.ts';
import { addressTable } from '../sites/addresses.ts';
import { checkNavigation } from '../sites/allowlist.ts';
import type { Agent, Site } from '../sites/config.ts';
import { CarryOver } from './carry-over.ts';
import { Control, type ControlRecord, type ControlStore } from './control.ts';
import type { Conversation } from './conversation.ts';
import { Documents } from './documents.ts';
import { Emitter } from './emitter.ts';
import { type InviteRecord, Invites } from './invites.ts';
import type { Jar } from './jar.ts';
import { LeftOut } from './left-out.ts';
import { personName } from './names.ts';
import { type Participant, type ParticipantRecord, Participants } from './participants.ts';
import { hashSecret, newSecret, proofOf, sameText, secretIs } from './secrets.ts';

/** What the store keeps of a session, sealed under its sid. */
export interface SessionRecord {
  sid: string;
  cid: string;
  /** Site id. */
  site: string;
  table: AddressTable;
  /** Real URL on which Start was clicked. */
  startUrl: string;
  url: string;
  title: string;
  /** ms since the epoch. */
  started: number;
  participants: ParticipantRecord[];
  control: ControlRecord;
  invites: InviteRecord[];
  /** Hash of the page pass. */
  pass: string | null;
  /** Key of the nonces. */
  secret: string;
  /** Session origins that the customer's browser may hold something of. */
  visited?: string[];
  /** How often the session was brought back after a restart. */
  generation?: number;
  /** How many documents are shared; they themselves are in memory only. */
  documents?: number;
}

/** What happened in a session, for those who pass it on. */
export type SessionChange =
  /** Something of its state: everyone gets it anew. */
  | { type: 'changed' }
  | { type: 'control-asked'; pid: string; name: string }
  | { type: 'control-refused'; pid: string }
  /** A guest was let in. */
  | { type: 'admitted'; pid: string }
  /** No longer a participant, and why. */
  | { type: 'removed'; pid: string; reason: Reason }
  /** The leader shall show this session address. */
  | { type: 'navigate'; url: string }
  | { type: 'history'; go: 'back' | 'forward' | 'reload' }
  /** Somebody wanted to go there, and it is not shared. */
  | { type: 'outside'; url: string }
  /** It ends: nothing may be done in it any more. */
  | { type: 'ending'; reason: Reason };

export interface SessionDeps {
  site: Site;
  conversation: Conversation;
  /** Title of an agent as customers see it. */
  agentTitle: (name: string) => string;
  jar: Jar;
  /** How long a window that is gone may come back, ms. */
  resumeWindow?: number;
  /** Where it is decided who holds control. */
  controlStore?: ControlStore;
}

export class Session {
  readonly sid: string;
  readonly addresses: Addresses;
  readonly conversation: Conversation;
  readonly jar: Jar;
  readonly participants: Participants;
  readonly control: Control;
  readonly invites: Invites;
  readonly documents = new Documents();
  /** State of the customer's page that its first document here begins with. */
  readonly carryOver = new CarryOver();
  /** What pages lack that is not on the list. */
  readonly #leftOut = new LeftOut();
  /** Session origins that the customer's browser may hold something of, to be emptied at the end. */
  readonly visited: Set<string>;
  readonly startUrl: string;
  readonly started: number;
  /** How often it was brought back after a restart of the gateway. */
  readonly generation: number;
  site: Site;
  /** Real URL and title of the shared page. */
  url: string;
  title: string;
  /** Time of the last thing anybody did, ms since the epoch. */
  lastUse = Date.now();
  readonly #secret: string;
  readonly #agentTitle: (name: string) => string;
  readonly #changes = new Emitter<SessionChange>();
  readonly #ended = new AbortController();
  /** Agents whom the customer took out; only his own may come back. */
  readonly #removed = new Set<string>();
  #endReason: Reason | undefined;
  #pass: string | undefined;

  constructor(record: SessionRecord, deps: SessionDeps) {
    this.sid = record.sid;
    this.addresses = new Addresses(record.table);
    this.conversation = deps.conversation;
    this.site = deps.site;
    this.jar = deps.jar;
    this.#agentTitle = deps.agentTitle;
    this.participants = new Participants(record.participants, deps.resumeWindow);
    this.visited = new Set(record.visited);
    this.control = new Control(this.participants.customer.pid, record.control, deps.controlStore);
    this.invites = new Invites(record.invites);
    this.startUrl = record.startUrl;
    this.url = record.url;
    this.title = record.title;
    this.started = record.started;
    this.generation = record.generation ?? 0;
    this.#secret = record.secret;
    this.#pass = record.pass ?? undefined;
  }

  /** What {@link SessionRecord} says of it now. */
  get record(): SessionRecord {
    return {
      sid: this.sid,
      cid: this.conversation.cid,
      site: this.site.id,
      table: this.addresses.table,
      startUrl: this.startUrl,
      url: this.url,
      title: this.title,
      started: this.started,
      participants: this.participants.records,
      control: this.control.record,
      invites: this.invites.records,
      pass: this.#pass ?? null,
      secret: this.#secret,
      visited: [...this.visited],
      generation: this.generation,
      documents: this.documents.list().length,
    };
  }

  on(listener: (change: SessionChange) => void): () => void {
    return this.#changes.on(listener);
  }

  #changed(): void {
    this.#changes.emit({ type: 'changed' });
  }

  // ---- addresses ----

  get shellOrigin(): string {
    return shellOrigin(this.addresses.table);
  }
  get viewOrigin(): string {
    return viewOrigin(this.addresses.table);
  }

  /** Session address of the page to show first, and after a reload of the shell: where the customer is now. */
  get start(): string {
    const at = this.addresses.toSession(this.url || this.startUrl, 'https');
    return at ?? this.addresses.toSession(this.startUrl, 'https') ?? this.shellOrigin;
  }

  /**
   * The page that is shown now, as its recorder says: it is trusted for nothing, so an address off the list is not shown.
   * @param url real URL, or the session address that stands for one
   */
  showing(url: string, title: string): void {
    const parsed = URL.parse(url);
    const upstream = parsed && this.addresses.upstreamOfOrigin(parsed.origin);
    const real = parsed && upstream ? formatOrigin(upstream) + url.slice(parsed.origin.length) : url;
    const origin = URL.parse(real)?.origin;
    const listed = origin === undefined ? undefined : parseOrigin(origin);
    // A page of our own in its place ("outside of the shared site") is nowhere to come back to.
    const isOwn = real.startsWith(OWN_PREFIX, origin?.length);
    const shown = listed && this.addresses.kindOf(listed) && !isOwn ? real : this.url;
    if (shown === this.url && title === this.title) return;
    this.url = shown;
    this.title = title;
    this.#changed();
  }

  /** The leader shall go to a real URL. @throws {Refused} as {@link checkNavigation} */
  navigate(url: string): void {
    let checked: URL;
    try {
      checked = checkNavigation(url, this.addresses);
    } catch (error) {
      this.outside(url);
      throw error;
    }
    const to = this.addresses.toSession(checked.href, 'https');
    if (to === undefined) throw new Refused('address-outside', { host: url });
    this.#changes.emit({ type: 'navigate', url: to });
  }

  /** A session origin has been asked for: its storage and cache in the customer's browser are emptied at the end. */
  visiting(origin: string): void {
    if (this.visited.has(origin)) return;
    this.visited.add(origin);
    this.#changed();
  }

  /** Somebody wanted to go to an address that is not shared. */
  outside(url: string): void {
    this.#changes.emit({ type: 'outside', url });
  }

  /**
   * A part of a page is missing because its host is not on the list.
   * @param page real URL of the page, undefined for the one that is shown
   * @param host as people write it
   */
  leaveOut(page: string | undefined, host: string): void {
    if (this.#leftOut.add(page ?? this.url, host)) this.#changed();
  }

  goInHistory(go: 'back' | 'forward' | 'reload'): void {
    this.#changes.emit({ type: 'history', go });
  }

  // ---- credentials ----

  /** A new value for the page pass; the one before is dead. */
  issuePass(): string {
    const pass = newSecret();
    this.#pass = hashSecret(pass);
    this.#changed();
    return pass;
  }

  /** Whether this is the page pass, in constant time. */
  passIs(value: string): boolean {
    return !this.ended && secretIs(value, this.#pass);
  }

  /**
   * What a participant's window must say first on its socket. It is no credential of its own (the cookie is); it proves that
   * the one who opened the socket could read an answer of the same origin.
   */
  nonceOf(pid: string): string {
    return proofOf(this.#secret, pid);
  }

  nonceIs(pid: string, nonce: string): boolean {
    return sameText(nonce, this.nonceOf(pid));
  }

  // ---- people ----

  /** An agent comes in, or comes back. @throws {Refused} agent-off (R2), session-ended, not-allowed (taken out before), too-many-sessions (full) */
  joinAgent(agent: Agent): Participant {
    this.#live();
    if (!agent.cobrowsing) throw new Refused('agent-off');
    if (this.#removed.has(agent.name) && agent.name !== this.conversation.agent)
      throw new Refused('not-allowed');
    const known = this.participants.findAgent(agent.name);
    if (known) return known;
    const participant = this.participants.add({
      kind: 'agent',
      name: agent.title,
      agent: agent.name,
      admitted: true,
    });
    this.#changed();
    return participant;
  }

  /** A guest with an invitation; he waits until the customer lets him in. @throws {Refused} invite-invalid, malformed (name) */
  joinGuest(invite: string, name: string): Participant {
    this.#live();
    const checked = personName(name);
    this.invites.redeem(invite);
    const guest = this.participants.add({ kind: 'guest', name: checked, admitted: false });
    this.#changed();
    return guest;
  }

  /** @returns false when no such guest waits */
  admit(pid: string): boolean {
    const guest = this.participants.find(pid);
    if (!guest || guest.admitted) return false;
    guest.record.admitted = true;
    guest.record.since = new Date().toISOString();
    this.conversation.note('chat.guest-joined', `${guest.name} has come in.`, { name: guest.name });
    this.#changes.emit({ type: 'admitted', pid });
    this.#changed();
    return true;
  }

  /** Takes a participant out; control that he held falls back to the customer. The customer himself cannot be taken out. */
  remove(pid: string, reason: Reason): boolean {
    const participant = this.participants.find(pid);
    if (!participant || participant.kind === 'customer') return false;
    this.participants.remove(pid);
    if (reason === 'removed' && participant.record.agent !== undefined)
      this.#removed.add(participant.record.agent);
    this.control.left(pid);
    this.#changes.emit({ type: 'removed', pid, reason });
    this.#changed();
    return true;
  }

  /** A connection of his is open from now on. */
  connected(participant: Participant): void {
    participant.connections++;
    participant.hidden = false;
    if (participant.kind === 'customer') {
      this.conversation.customerCame();
      this.conversation.sessionWindow(this.sid, 'open');
    }
    this.lastUse = Date.now();
    this.#changed();
  }

  /** His window has come into sight, or is out of it. */
  visible(participant: Participant, visible: boolean): void {
    if (participant.hidden === !visible) return;
    participant.hidden = !visible;
    this.#changed();
  }

  /** One of his connections is gone. */
  disconnected(participant: Participant): void {
    participant.connections = Math.max(0, participant.connections - 1);
    if (participant.kind === 'customer') {
      this.conversation.customerLeft();
      if (!participant.connected) this.conversation.sessionWindow(this.sid, 'closed');
    }
    participant.goneSince = Date.now();
    this.#changed();
  }

  // ---- what they do ----

  invite(): void {
    this.invites.create();
    this.#changed();
  }

  revokeInvite(id: string): void {
    if (this.invites.revoke(id)) this.#changed();
  }

  askControl(participant: Participant): void {
    if (!this.control.ask(participant.pid)) return;
    this.#changes.emit({ type: 'control-asked', pid: participant.pid, name: participant.name });
    this.#changed();
  }

  /** @throws {Refused} not-allowed when he is not there to take it, stale when control changed hands meanwhile */
  async giveControl(pid: string): Promise<void> {
    const participant = this.participants.find(pid);
    if (!participant?.admitted || !participant.connected) throw new Refused('not-allowed');
    const given = await this.control.give(pid);
    this.#live();
    // Gone while it was being decided.
    if (this.participants.find(pid) !== participant) this.control.left(pid);
    this.#changed();
    if (!given) throw new Refused('stale');
  }

  refuseControl(pid: string): void {
    if (!this.control.refuse(pid)) return;
    this.#changes.emit({ type: 'control-refused', pid });
    this.#changed();
  }

  takeBackControl(): void {
    this.control.takeBack();
    this.#changed();
  }

  /** @returns false when he does not hold it */
  releaseControl(pid: string): boolean {
    const released = this.control.release(pid);
    if (released) this.#changed();
    return released;
  }

  /** He has been away for too long to keep control. */
  dropControl(pid: string): void {
    if (this.control.left(pid)) this.#changed();
  }

  /** @throws {Refused} as {@link Documents.add} */
  share(name: string, bytes: Buffer, by: Participant): string {
    this.#live();
    const { id } = this.documents.add(name, bytes, by.name);
    this.lastUse = Date.now();
    this.#changed();
    return id;
  }

  /** @throws {Refused} document-unreadable */
  openDocument(id: string, page: number): void {
    this.documents.show(id, page);
    this.#changed();
  }

  closeDocument(): void {
    this.documents.hide();
    this.#changed();
  }

  removeDocument(id: string): void {
    this.documents.remove(id);
    this.#changed();
  }

  // ---- what it is about ----

  /** Name of the agent as customers see it; empty when there is none. */
  get agentTitle(): string {
    const { agent } = this.conversation;
    return agent === null ? '' : this.#agentTitle(agent);
  }

  /** Hosts from which parts of the page that is shown are missing, as people write them. */
  get leftOut(): string[] {
    return this.#leftOut.of(this.url);
  }

  /** The site's entry was edited while the session runs: it still lists what it did; what was added, new pages may use. */
  setSite(site: Site): void {
    if (site === this.site) return;
    this.site = site;
    const table = addressTable(site, this.sid, this.addresses.table);
    if (JSON.stringify(table) !== JSON.stringify(this.addresses.table)) this.addresses.extend(table);
    this.#changed();
  }

  // ---- end ----

  #live(): void {
    if (this.ended) throw new Refused('session-ended');
  }

  get ended(): boolean {
    return this.#endReason !== undefined;
  }
  get endReason(): Reason | undefined {
    return this.#endReason;
  }
  /** Aborts when the session ends: for what still runs in its name. */
  get signal(): AbortSignal {
    return this.#ended.signal;
  }

  /** Shuts it at once; what it held is taken down by {@link Sessions.end}. */
  close(reason: Reason): void {
    if (this.ended) return;
    this.#endReason = reason;
    this.#pass = undefined;
    this.carryOver.drop();
    this.#changes.emit({ type: 'ending', reason });
    this.#ended.abort();
  }
}
