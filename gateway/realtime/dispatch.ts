// Who may say what in a session, and why not: one line per verb; every refusal of the session socket comes from here.
import type { Reason } from '../../protocol/reasons.ts';
import type { ParticipantKind, Rights, SessionRequest } from '../../protocol/session-messages.ts';
import { Refused } from '../errors.ts';
import { rightsOf } from '../session/seen-by.ts';
import { dialogWords } from './dialog-words.ts';
import { takeInput } from './input.ts';
import type { Relay, Seat } from './relay.ts';

type Verb = Exclude<SessionRequest['type'], 'session.hello'>;
/** Undefined = he may. */
type Rule = (relay: Relay, seat: Seat) => Reason | undefined;

const may: Rule = () => undefined;
const never: Rule = () => 'not-allowed';
/** Controls that only the customer has (R23–R25, admission): nobody decides for him. */
const customers: Rule = () => 'only-customer';
/** Follows the site's `agentMay` and what R18–R22 give to all agents. */
const right =
  (name: keyof Rights): Rule =>
  ({ session }, { participant }) =>
    rightsOf(session, participant)[name] ? undefined : 'not-allowed';
/** Exactly one participant acts on the page at any time. */
const holder: Rule = ({ session }, { participant }) =>
  session.control.holder === participant.pid ? undefined : 'not-in-control';
/** Said of the page by the window that shows it; an older window of the customer has no say. */
const leading: Rule = (relay, seat) => (relay.leader === seat ? undefined : 'not-allowed');
const following: Rule = (_, seat) => (seat.follower ? undefined : 'not-allowed');

// biome-ignore format: it is read as a table
const MAY: Record<Verb, Record<ParticipantKind, Rule>> = {
  //                     customer               agent                    guest
  'session.stop':       { customer: may,        agent: right('stop'),     guest: never },
  'session.leave':      { customer: never,      agent: may,               guest: may },
  'session.navigate':   { customer: may,        agent: right('navigate'), guest: never },
  'session.history':    { customer: may,        agent: right('navigate'), guest: never },
  'chat.send':          { customer: may,        agent: may,               guest: may },
  'control.ask':        { customer: never,      agent: right('control'),  guest: never },
  'control.give':       { customer: may,        agent: customers,         guest: customers },
  'control.refuse':     { customer: may,        agent: customers,         guest: customers },
  'control.takeBack':   { customer: may,        agent: customers,         guest: customers },
  'control.release':    { customer: never,      agent: holder,            guest: holder },
  'invite.create':      { customer: may,        agent: right('invite'),   guest: never },
  'invite.revoke':      { customer: may,        agent: right('invite'),   guest: never },
  'guest.admit':        { customer: may,        agent: customers,         guest: customers },
  'guest.refuse':       { customer: may,        agent: customers,         guest: customers },
  'participant.remove': { customer: may,        agent: customers,         guest: customers },
  'document.open':      { customer: may,        agent: right('share'),    guest: never },
  'document.close':     { customer: may,        agent: right('share'),    guest: never },
  'document.remove':    { customer: may,        agent: right('share'),    guest: never },
  'pointer.moved':      { customer: may,        agent: may,               guest: may },
  'pointer.clicked':    { customer: may,        agent: may,               guest: may },
  'pointer.left':       { customer: may,        agent: may,               guest: may },
  // The customer acts in the page itself, never by message.
  'input.perform':      { customer: never,      agent: holder,            guest: holder },
  'mark.drawn':         { customer: may,        agent: may,               guest: may },
  'mark.framed':        { customer: may,        agent: may,               guest: may },
  'mark.cleared':       { customer: may,        agent: may,               guest: may },
  // Who neither helps nor acts does not tell the customer what to do.
  'click.ask':          { customer: never,      agent: may,               guest: holder },
  'click.withdraw':     { customer: never,      agent: may,               guest: may },
  'click.needed':       { customer: leading,    agent: never,             guest: never },
  'click.answered':     { customer: leading,    agent: never,             guest: never },
  'input.refused':      { customer: leading,    agent: never,             guest: never },
  'mirror.resync':      { customer: following,  agent: following,         guest: following },
  'mirror.repair':      { customer: following,  agent: following,         guest: following },
  'mirror.shown':       { customer: following,  agent: following,         guest: following },
  'page.dialog':        { customer: leading,    agent: never,             guest: never },
  'page.outOfSight':    { customer: leading,    agent: never,             guest: never },
  'page.visible':       { customer: may,        agent: may,               guest: may },
  'session.cleared':    { customer: leading,    agent: never,             guest: never },
  ping:                 { customer: may,        agent: may,               guest: may },
};

/** Verbs that come many times a second and change nothing that lasts: not one audit line each. */
const QUIET: ReadonlySet<Verb> = new Set([
  'pointer.moved',
  'pointer.clicked',
  'pointer.left',
  'mark.drawn',
  'mark.framed',
  'mark.cleared',
  'click.needed',
  'input.perform',
  'mirror.resync',
  'mirror.repair',
  'mirror.shown',
  'page.visible',
  'ping',
]);

/** Verbs that windows say by themselves: they keep no session from being idle. */
const AUTOMATIC: ReadonlySet<Verb> = new Set([
  'mirror.resync',
  'mirror.repair',
  'mirror.shown',
  'page.outOfSight',
  'page.visible',
  'ping',
  'pointer.left',
]);

/** What a guest may say who is not let in yet: nothing that anyone would notice. */
const WAITING_MAY: ReadonlySet<Verb> = new Set(['session.leave', 'page.visible', 'ping']);

export interface DispatchDeps {
  end: (sid: string, reason: Reason) => void;
}

/** Does what a participant asked for, or tells him why not. */
export function dispatch(deps: DispatchDeps, relay: Relay, seat: Seat, request: SessionRequest): void {
  const { participant, connection } = seat;
  const verb = request.type;
  // Its place is the first message; a second one is a broken window.
  if (verb === 'session.hello') throw new Refused('malformed');
  const refuse = (error: unknown): void => {
    if (!(error instanceof Refused)) throw error;
    relay.audit(verb, seat, error.reason);
    if (request.type === 'input.perform')
      connection.send({ type: 'input.refused', seq: request.seq, reason: error.reason });
    else connection.send({ type: 'refused', of: verb, reason: error.reason });
  };
  const done = (): void => {
    if (!AUTOMATIC.has(verb)) relay.session.lastUse = Date.now();
    if (!QUIET.has(verb)) relay.audit(verb, seat);
  };
  try {
    if (relay.session.ended && verb !== 'session.cleared') throw new Refused('session-ended');
    if (!participant.admitted && !WAITING_MAY.has(verb)) throw new Refused('waiting-admission');
    const reason = MAY[verb][participant.kind](relay, seat);
    if (reason) throw new Refused(reason);
    const waiting = perform(deps, relay, seat, request);
    // What the store decides. Fails as everything does: a refusal is told, a fault of ours closes the connection.
    if (waiting) waiting.then(done).catch((error: unknown) => connection.attempt(() => refuse(error)));
    else done();
  } catch (error) {
    refuse(error);
  }
}

/** @returns a promise for what is decided by the store */
function perform(
  { end }: DispatchDeps,
  relay: Relay,
  seat: Seat,
  request: SessionRequest,
): Promise<void> | undefined {
  const { session } = relay;
  const { participant, connection } = seat;
  const { pid } = participant;
  switch (request.type) {
    case 'session.stop':
      end(session.sid, participant.kind === 'customer' ? 'stopped-by-customer' : 'stopped-by-agent');
      break;
    case 'session.leave':
      session.remove(pid, 'left');
      break;
    case 'session.navigate':
      session.navigate(request.url);
      connection.send({ type: 'session.navigating' });
      break;
    case 'session.history':
      session.goInHistory(request.go);
      break;
    case 'chat.send': {
      if (!seat.chats.take()) throw new Refused('too-fast');
      const { kind, name } = participant;
      const key = kind === 'customer' ? 'customer' : (participant.record.agent ?? pid);
      session.conversation.say({ kind, name, key }, request.id, request.text);
      break;
    }
    case 'control.ask':
      session.askControl(participant);
      break;
    case 'control.give':
      return session.giveControl(request.pid);
    case 'control.refuse':
      session.refuseControl(request.pid);
      break;
    case 'control.takeBack':
      session.takeBackControl();
      break;
    case 'control.release':
      relay.auditInputs(seat);
      session.releaseControl(pid);
      break;
    case 'invite.create':
      session.invite();
      break;
    case 'invite.revoke':
      session.revokeInvite(request.id);
      break;
    case 'guest.admit':
      if (!session.admit(request.pid)) throw new Refused('stale');
      break;
    case 'guest.refuse':
      if (session.participants.find(request.pid)?.admitted !== false) throw new Refused('stale');
      session.remove(request.pid, 'guest-refused');
      break;
    case 'participant.remove':
      if (!session.remove(request.pid, 'removed')) throw new Refused('stale');
      break;
    case 'document.open':
      session.openDocument(request.id, request.page);
      break;
    case 'document.close':
      session.closeDocument();
      break;
    case 'document.remove':
      session.removeDocument(request.id);
      break;
    case 'pointer.moved':
    case 'pointer.clicked':
      // What comes too often is left out: the next one says the same better.
      if (seat.pointers.take()) relay.tellAllLossy({ ...request, pid }, seat);
      break;
    case 'mark.drawn':
    case 'mark.framed':
    case 'mark.cleared':
      if (seat.marks.take()) relay.tellAllLossy({ ...request, pid }, seat);
      break;
    case 'click.ask':
      if (!seat.clicks.take()) throw new Refused('too-fast');
      relay.clicks.ask(pid, 'click', request);
      break;
    case 'click.withdraw':
      relay.clicks.withdraw(pid, request.id);
      break;
    case 'click.needed':
      relay.clicks.needed(request);
      break;
    case 'click.answered':
      relay.clicks.answered(request.id, request.answer);
      break;
    case 'pointer.left':
      relay.tellAllLossy({ type: 'pointer.left', pid }, seat);
      break;
    case 'input.perform':
      return takeInput(relay, seat, request);
    case 'input.refused':
      relay.tell(request.pid, { type: 'input.refused', seq: request.seq, reason: request.reason });
      break;
    case 'mirror.resync':
      relay.restart(seat, request.why);
      break;
    case 'mirror.repair':
      relay.repair(seat, request);
      break;
    case 'mirror.shown':
      relay.picture.shows(seat, request.state);
      break;
    case 'page.dialog':
      relay.showDialog(request.kind, dialogWords(request.text));
      break;
    case 'page.outOfSight':
      relay.live.mirror.outOfSight();
      break;
    case 'session.cleared':
      relay.cleared();
      break;
    case 'ping':
      connection.send({ type: 'pong', at: request.at });
      break;
    case 'page.visible':
      // Of the leader's window only: who else looks away changes nothing for the others.
      if (relay.leader === seat) session.visible(participant, request.visible === 'visible');
      break;
    case 'session.hello':
      break;
  }
  return undefined;
}
