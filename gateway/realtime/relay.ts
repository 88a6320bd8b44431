// The live side of one session: its leader, its followers, the mirror between them, and what everyone is told.
import { CLOSE } from '../../protocol/close-codes.ts';
import type { Input } from '../../protocol/input.ts';
import { type MirrorMessage, type ShownState, showsNothing } from '../../protocol/mirror-messages.ts';
import type { Reason } from '../../protocol/reasons.ts';
import type { SessionEvent, SessionRequest } from '../../protocol/session-messages.ts';
import { Refused } from '../errors.ts';
import type { Log } from '../log.ts';
import type { LiveMirror } from '../mirror/live-mirror.ts';
import { Rate } from '../rate.ts';
import type { Participant } from '../session/participants.ts';
import { stateFor } from '../session/seen-by.ts';
import type { Session, SessionChange } from '../session/session.ts';
import { AskedClicks } from './asked-clicks.ts';
import type { Connection } from './connection.ts';
import { Focus } from './focus.ts';
import { Follower } from './follower.ts';
import type { Fields } from './input.ts';
import { InputOrder } from './input-order.ts';
import { Leader } from './leader.ts';
import { Picture } from './picture.ts';

/** How long the leader's browser may take to empty the addresses it visited, ms; everything is over within a second. */
const CLEAR_WITHIN = 500;
/** States are told at most so often, ms. */
const TELL_EVERY = 50;
/** Windows of one participant at one time. */
const MAX_WINDOWS = 8;

export type SessionConnection = Connection<SessionEvent, SessionRequest>;

/** One window of one participant in the session. */
export interface Seat {
  readonly participant: Participant;
  readonly connection: SessionConnection;
  /** Set for everyone but the leader, once he is let in. */
  follower?: Follower;
  /** Set for the leader: the customer's newest window. */
  leader?: Leader;
  /** The last state it was told, so that nothing is said twice. */
  told?: string;
  resume?: string;
  /** Highest input `seq` of this window: the same one is never performed twice. */
  lastInput: number;
  readonly order: InputOrder;
  readonly inputs: Rate;
  readonly chats: Rate;
  readonly resyncs: Rate;
  readonly repairs: Rate;
  /** Own pointer; windows send 40 a second. */
  readonly pointers: Rate;
  /** What he draws; windows send 30 messages a second. */
  readonly marks: Rate;
  /** Clicks asked of the customer. */
  readonly clicks: Rate;
  /** Inputs by kind since they were last written to the audit log. */
  readonly performed: Map<string, number>;
}

export function newSeat(participant: Participant, connection: SessionConnection): Seat {
  return {
    participant,
    connection,
    lastInput: -1,
    order: new InputOrder(),
    inputs: new Rate(120, 240),
    chats: new Rate(5, 10),
    resyncs: new Rate(1, 5),
    repairs: new Rate(1, 10),
    pointers: new Rate(45, 90),
    marks: new Rate(45, 90),
    clicks: new Rate(1, 8),
    performed: new Map(),
  };
}

export interface RelayDeps {
  session: Session;
  live: LiveMirror;
  log: Log;
}

export class Relay {
  readonly session: Session;
  readonly live: LiveMirror;
  readonly log: Log;
  readonly #seats = new Set<Seat>();
  readonly #focus = new Focus();
  /** How well everybody sees the page. */
  readonly picture: Picture<Seat>;
  /** Clicks that the customer is asked for. */
  readonly clicks: AskedClicks;
  readonly #stops: (() => void)[];
  #leader: Seat | undefined;
  #telling: NodeJS.Timeout | undefined;
  #toldAt = 0;
  #cleared: (() => void) | undefined;
  /** How well the page was known when it was last said: it is said again, in case that it was lost. */
  #known: ShownState | undefined;
  /** The dialog that the leader's page shows just now. */
  #dialog: Extract<SessionEvent, { type: 'page.dialog' }> | undefined;

  constructor({ session, live, log }: RelayDeps) {
    this.session = session;
    this.live = live;
    this.log = log.child({ sid: session.sid });
    this.clicks = new AskedClicks({
      find: (frame, node) => this.live.mirror.find(frame, node),
      holder: () => session.control.holder,
      tell: (event) => this.tellAll(event),
      audit: (line) => this.log.info({ audit: 'click.asked', ...line }),
    });
    this.picture = new Picture<Seat>({
      known: () => this.live.mirror.state,
      tell: (event) => this.tellLeader(event),
    });
    this.#stops = [
      () => this.picture.stop(),
      session.on((change) => this.#pass(change)),
      session.conversation.on((change) => {
        if (change.type !== 'said') return;
        for (const seat of this.#seats)
          if (seat.participant.admitted) seat.connection.send({ type: 'chat.said', message: change.message });
      }),
      live.mirror.onMessage((message) => this.#fanOut(message)),
      live.mirror.onResend((frame) => this.tellLeader({ type: 'page.resend', frame })),
      live.mirror.onQuestion((question) => this.tellLeader({ type: 'page.repair', ...question })),
    ];
  }

  get leader(): Seat | undefined {
    return this.#leader;
  }

  /** What input is checked against. */
  get fields(): Fields {
    const { mirror } = this.live;
    return {
      find: (frame, node) => mirror.find(frame, node),
      focused: (frame) => {
        const at = this.#focus.find(frame);
        return at && mirror.find(at.frame, at.node);
      },
    };
  }

  /** Somebody pressed a file field, or Enter or Space on it: it opens for the customer alone. */
  askForFile(pid: string, input: Input): void {
    const at =
      input.type === 'input.pointer'
        ? input.action === 'up' && input
        : input.type === 'input.key' && /^(Enter| )$/.test(input.key) && this.#focus.find(input.frame);
    if (at) this.clicks.ask(pid, 'file', at);
  }

  // ---- coming and going ----

  /** A window has said who it is. @throws {Refused} too-fast when he has too many open */
  enter(seat: Seat): void {
    if (seat.participant.connections >= MAX_WINDOWS) throw new Refused('too-fast');
    this.#seats.add(seat);
    seat.connection.greeted();
    this.session.connected(seat.participant);
    this.audit('session.hello', seat);
    if (seat.participant.admitted) this.#welcome(seat);
    else seat.connection.send({ type: 'session.waiting', name: seat.participant.name });
  }

  #welcome(seat: Seat): void {
    const { participant, connection } = seat;
    seat.resume = participant.issueResume();
    const state = stateFor(this.session, participant);
    seat.told = JSON.stringify(state);
    connection.send({
      type: 'session.welcome',
      pid: participant.pid,
      kind: participant.kind,
      state,
      chat: this.session.conversation.chat.messages.filter(
        // A guest reads what is said while he is there.
        ({ at }) => participant.kind !== 'guest' || at >= participant.record.since,
      ),
      resume: seat.resume,
    });
    if (participant.kind === 'customer') this.#lead(seat);
    else this.#follow(seat);
  }

  /** The customer's newest window leads; an older one is told so and closed. */
  #lead(seat: Seat): void {
    const before = this.#leader;
    this.#leader = seat;
    if (before) {
      before.connection.send({ type: 'notice', reason: 'replaced' });
      before.connection.close(CLOSE.replaced);
    }
    const { connection } = seat;
    seat.leader = new Leader({ session: this.session, mirror: this.live.mirror, connection });
    seat.leader.start();
    this.picture.begin();
  }

  #follow(seat: Seat): void {
    seat.follower = new Follower({
      connection: seat.connection,
      snapshot: () => this.#snapshotMessage(),
      catchingUp: () => this.live.encode({ type: 'mirror.state', state: 'catching-up' }),
    });
    seat.follower.restart();
    if (this.#dialog) seat.connection.send(this.#dialog);
  }

  /** The leader's page shows a dialog of the browser, or (`closed`) no more. */
  showDialog(kind: string, words: string): void {
    // What the mirror may not show, its dialogs do not tell either.
    const text = this.live.mirror.shows ? words : '';
    const event = { type: 'page.dialog', kind, text } as const;
    this.#dialog = kind === 'closed' ? undefined : event;
    for (const seat of this.#seats) if (seat.follower) seat.connection.send(event);
  }

  /** A follower wants to begin anew. */
  restart(seat: Seat, why: string): void {
    if (!seat.resyncs.take()) return;
    if (why !== 'start') this.live.meter.mended('follower', 'whole');
    seat.follower?.restart();
  }

  /** Something is missing in a follower's mirror: he gets what differs, or a snapshot where that is too much. */
  repair(seat: Seat, question: Extract<SessionRequest, { type: 'mirror.repair' }>): void {
    // Who asks too often is answered later: he asks again.
    if (!seat.repairs.take()) return;
    this.live.meter.differed('follower', question.why);
    const answer = this.live.mirror.repairFor(question);
    this.live.meter.mended('follower', answer ? 'repair' : 'whole');
    if (answer) seat.follower?.push(this.live.encode(answer));
    else seat.follower?.restart();
  }

  /** What a follower needs to begin: where the page is to be had, or that there is none yet. */
  #snapshotMessage(): Uint8Array {
    const { mirror, encode, publish } = this.live;
    if (!mirror.shows) return encode({ type: 'mirror.state', state: mirror.state });
    return encode({ type: 'mirror.snapshot', ...publish() });
  }

  /** A window is gone. */
  leave(seat: Seat): void {
    if (!this.#seats.delete(seat)) return;
    seat.order.stop();
    seat.leader?.stop();
    this.picture.left(seat);
    if (this.#leader === seat) this.#leader = undefined;
    if (seat.resume !== undefined) seat.participant.windowLeft(seat.resume);
    this.auditInputs(seat);
    this.session.disconnected(seat.participant);
    if (!this.session.ended) this.tellAll({ type: 'pointer.left', pid: seat.participant.pid }, seat);
    if (!seat.participant.connected) this.clicks.left(seat.participant.pid);
    if (seat.leader) this.#cleared?.();
  }

  // ---- telling ----

  tellLeader(event: SessionEvent): void {
    this.#leader?.connection.send(event);
  }

  /** Every window of one participant. */
  tell(pid: string, event: SessionEvent): void {
    for (const seat of this.#seats) if (seat.participant.pid === pid) seat.connection.send(event);
  }

  /** Everyone who has been let in. */
  tellAll(event: SessionEvent, except?: Seat): void {
    for (const seat of this.#seats)
      if (seat !== except && seat.participant.admitted) seat.connection.send(event);
  }

  /** Pointers: what a slow reader misses is not missed. */
  tellAllLossy(event: SessionEvent, except: Seat): void {
    for (const seat of this.#seats)
      if (seat !== except && seat.participant.admitted) seat.connection.sendLossy(event);
  }

  #pass(change: SessionChange): void {
    switch (change.type) {
      case 'changed':
        this.#tellStateSoon();
        break;
      case 'control-asked':
        this.tell(this.session.control.customer, {
          type: 'control.asked',
          pid: change.pid,
          name: change.name,
        });
        break;
      case 'control-refused':
        this.tell(change.pid, { type: 'control.refused' });
        break;
      case 'admitted':
        for (const seat of this.#seats) if (seat.participant.pid === change.pid) this.#welcome(seat);
        break;
      case 'removed':
        this.#showOut(change.pid, change.reason);
        break;
      case 'navigate':
        this.tellLeader({ type: 'page.navigate', url: change.url });
        break;
      case 'history':
        this.tellLeader({ type: 'page.history', go: change.go });
        break;
      case 'ending':
        break;
    }
  }

  #showOut(pid: string, reason: Reason): void {
    for (const seat of [...this.#seats]) {
      if (seat.participant.pid !== pid) continue;
      seat.connection.send({ type: 'session.ended', reason, returnUrl: '' });
      seat.connection.close(reason === 'left' ? CLOSE.done : CLOSE.forbidden, reason);
    }
  }

  /** Several changes of one moment are told once; a page that changes its title all the time cannot flood anyone. */
  #tellStateSoon(): void {
    if (this.#telling) return;
    const wait = Math.max(0, this.#toldAt + TELL_EVERY - performance.now());
    this.#telling = setTimeout(() => {
      this.#telling = undefined;
      this.#toldAt = performance.now();
      if (this.session.ended) return;
      for (const seat of this.#seats) {
        if (!seat.participant.admitted) continue;
        const state = stateFor(this.session, seat.participant);
        const text = JSON.stringify(state);
        if (text === seat.told) continue;
        seat.told = text;
        seat.connection.send({ type: 'session.changed', state });
      }
    }, wait);
  }

  #fanOut(message: MirrorMessage): void {
    this.#focus.take(message);
    // A new page, or none: what the one before showed is gone with it.
    const left =
      (message.type === 'mirror.state' && message.state !== this.#known && showsNothing(message.state)) ||
      (message.type === 'mirror.frame' && !message.frame.parent);
    if (message.type === 'mirror.state') {
      this.#known = message.state;
      this.picture.changed();
    }
    if (left && this.#dialog) this.showDialog('closed', '');
    if (left) this.clicks.gone();
    let bytes: Uint8Array | undefined;
    for (const { follower } of this.#seats) {
      if (!follower) continue;
      // Encoded once, and only when somebody follows.
      bytes ??= this.live.encode(message);
      follower.push(bytes);
    }
    // What waited for inputs of before: their effect is known now, or their page is gone.
    if (left) this.#inputDone(Number.POSITIVE_INFINITY);
    if (message.type !== 'mirror.changed') return;
    for (const op of message.ops) if (op[0] === 'done') this.#inputDone(op[1]);
  }

  #inputDone(seq: number): void {
    for (const { order } of this.#seats) order.done(seq);
  }

  // ---- audit ----

  /** One line per command or refusal: who, what, why not; never a value. */
  audit(verb: string, { participant }: Seat, refused?: Reason): void {
    this.log.info({ audit: verb, pid: participant.pid, kind: participant.kind, ...(refused && { refused }) });
  }

  /** Inputs come by the hundred: they are counted by kind and written when the window or its control ends. */
  auditInputs(seat: Seat): void {
    if (seat.performed.size === 0) return;
    const counts = Object.fromEntries(seat.performed);
    this.log.info({ audit: 'input.perform', pid: seat.participant.pid, counts });
    seat.performed.clear();
  }

  // ---- end ----

  /** By the leader: the addresses have been emptied. */
  cleared(): void {
    this.#cleared?.();
  }

  /** Shows everyone out; the leader's browser empties the addresses it visited first. */
  async end(reason: Reason): Promise<void> {
    const returnUrl = this.session.url || this.session.startUrl;
    for (const seat of [...this.#seats]) {
      if (seat === this.#leader) continue;
      seat.connection.send({
        type: 'session.ended',
        reason,
        returnUrl: seat.participant.kind === 'customer' ? returnUrl : '',
      });
      seat.connection.close(CLOSE.ended);
    }
    const addresses = [...this.session.visited];
    if (this.#leader && addresses.length > 0) {
      await new Promise<void>((resolve) => {
        this.#cleared = resolve;
        setTimeout(resolve, CLEAR_WITHIN);
        this.tellLeader({ type: 'session.clear', addresses });
      });
    }
    const leader = this.#leader?.connection;
    leader?.send({ type: 'session.ended', reason, returnUrl });
    leader?.close(CLOSE.ended);
    this.stop();
    this.live.mirror.clear();
    this.live.resources.clear();
  }

  /** Lets go of everything without ending the session: the gateway stops. */
  stop(code?: number): void {
    for (const stop of this.#stops) stop();
    this.clicks.stop();
    clearTimeout(this.#telling);
    if (code !== undefined) for (const seat of [...this.#seats]) seat.connection.close(code);
  }
}
