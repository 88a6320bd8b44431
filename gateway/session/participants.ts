// The people of a session: kinds, names, colours, connections, and the credentials by which they are known again.
import { MAX_PARTICIPANTS } from '../../protocol/limits.ts';
import { PALETTE } from '../../protocol/palette.ts';
import type { ParticipantKind, ParticipantView } from '../../protocol/session-messages.ts';
import { Refused } from '../errors.ts';
import { LIFETIMES } from './lifetimes.ts';
import { hashSecret, newId, newSecret, secretIs } from './secrets.ts';

/** Windows of one participant that may be resumed. */
const MAX_RESUMES = 8;

/** What is kept of a participant. */
export interface ParticipantRecord {
  pid: string;
  kind: ParticipantKind;
  name: string;
  color: number;
  /** Agent's name in the config, for agents. */
  agent?: string;
  /** Guests wait until the customer lets them in. */
  admitted: boolean;
  /** UTC, ISO 8601; a guest sees the chat from here on. */
  since: string;
  /** Hash of the participant cookie; agents have none. */
  cookie?: string;
  /** Hashes of the resume secrets that are live. */
  resumes?: string[];
}

export class Participant {
  readonly record: ParticipantRecord;
  /** Open connections. */
  connections = 0;
  /** His window is not in sight. */
  hidden = false;
  /** Since when there is none, ms since the epoch. */
  goneSince: number = Date.now();
  /** Hashes of resume secrets, with the time they end (Infinity while their window is connected). */
  readonly #resumes = new Map<string, number>();
  readonly #resumeWindow: number;

  /** @param resumeWindow how long a window that is gone may come back, ms */
  constructor(record: ParticipantRecord, resumeWindow: number = LIFETIMES.resume) {
    this.record = record;
    this.#resumeWindow = resumeWindow;
    // After a restart all windows are gone, and may come back.
    for (const hash of record.resumes ?? []) this.#resumes.set(hash, Date.now() + resumeWindow);
  }

  get pid(): string {
    return this.record.pid;
  }
  get kind(): ParticipantKind {
    return this.record.kind;
  }
  get name(): string {
    return this.record.name;
  }
  get admitted(): boolean {
    return this.record.admitted;
  }
  get connected(): boolean {
    return this.connections > 0;
  }

  get view(): ParticipantView {
    const { pid, name, kind, color } = this.record;
    const { connected, hidden } = this;
    return { pid, name, kind, color, connected, ...(hidden ? { hidden } : {}) };
  }

  /** A new value for the participant cookie; the one before is dead. */
  issueCookie(): string {
    const cookie = newSecret();
    this.record.cookie = hashSecret(cookie);
    return cookie;
  }

  /** A new resume secret for one window. */
  issueResume(): string {
    const secret = newSecret();
    this.#resumes.set(hashSecret(secret), Number.POSITIVE_INFINITY);
    if (this.#resumes.size > MAX_RESUMES) this.#resumes.delete(this.#resumes.keys().next().value!);
    this.record.resumes = [...this.#resumes.keys()];
    return secret;
  }

  /** The window that has this secret is gone: it may come back for two minutes. */
  windowLeft(resume: string): void {
    const hash = hashSecret(resume);
    if (this.#resumes.has(hash)) this.#resumes.set(hash, Date.now() + this.#resumeWindow);
  }

  /** Whether this is a live resume secret; it is used up by it. */
  useResume(resume: string): boolean {
    const hash = hashSecret(resume);
    const until = this.#resumes.get(hash);
    if (this.#resumes.delete(hash)) this.record.resumes = [...this.#resumes.keys()];
    return until !== undefined && until > Date.now();
  }
}

export class Participants {
  readonly #all = new Map<string, Participant>();
  readonly #resumeWindow: number;

  /** @param resumeWindow how long a window that is gone may come back, ms */
  constructor(records: ParticipantRecord[] = [], resumeWindow: number = LIFETIMES.resume) {
    this.#resumeWindow = resumeWindow;
    for (const record of records) this.#all.set(record.pid, new Participant(record, resumeWindow));
  }

  /** @throws {Refused} too-many-sessions when the session is full */
  add(of: Pick<ParticipantRecord, 'kind' | 'name' | 'admitted'> & { agent?: string }): Participant {
    if (this.#all.size >= MAX_PARTICIPANTS) throw new Refused('too-many-sessions');
    const used = new Set([...this.#all.values()].map(({ record }) => record.color));
    let color = 0;
    while (used.has(color) && color < PALETTE.length - 1) color++;
    const record = { pid: newId(12), color, since: new Date().toISOString(), ...of };
    const participant = new Participant(record, this.#resumeWindow);
    this.#all.set(participant.pid, participant);
    return participant;
  }

  find(pid: string): Participant | undefined {
    return this.#all.get(pid);
  }

  /** The participant of an agent; one agent is one participant, however many windows he opens. */
  findAgent(agent: string): Participant | undefined {
    return this.#first(({ record }) => record.agent === agent);
  }

  findByCookie(cookie: string): Participant | undefined {
    return this.#first(({ record }) => secretIs(cookie, record.cookie));
  }

  /** Finds and uses up. */
  takeResume(resume: string): Participant | undefined {
    return this.#first((participant) => participant.useResume(resume));
  }

  #first(holds: (participant: Participant) => boolean): Participant | undefined {
    for (const participant of this.#all.values()) if (holds(participant)) return participant;
    return undefined;
  }

  get customer(): Participant {
    const customer = this.#first(({ kind }) => kind === 'customer');
    if (!customer) throw new Error('a session without a customer');
    return customer;
  }

  remove(pid: string): void {
    this.#all.delete(pid);
  }

  [Symbol.iterator](): IterableIterator<Participant> {
    return this.#all.values();
  }

  get records(): ParticipantRecord[] {
    return [...this.#all.values()].map(({ record }) => record);
  }
}
