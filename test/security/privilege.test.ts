// Attack: a participant says what is not his to say. Every verb of the session socket, by every kind of participant.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { SessionRequest } from '../../protocol/session-messages.ts';
import {
  cookiesOf,
  SHOP,
  startTestGateway,
  type TestGateway,
  type TestSocket,
} from '../gateway/start-gateway.ts';

let test: TestGateway;
beforeAll(async () => {
  test = await startTestGateway();
});
afterAll(() => test.stop());

type Verb = SessionRequest['type'];
const INPUT = { type: 'input.text', text: 'x' };
/** Each verb with a body that is well formed. */
const BODY: Record<Verb, object> = {
  'session.hello': { nonce: 'again' },
  'session.stop': {},
  'session.leave': {},
  'session.navigate': { url: `${SHOP}/` },
  'session.history': { go: 'back' },
  'chat.send': { id: 'm', text: 'x' },
  'control.ask': {},
  'control.give': { pid: 'nobody' },
  'control.refuse': { pid: 'nobody' },
  'control.takeBack': {},
  'control.release': {},
  'invite.create': {},
  'invite.revoke': { id: 'none' },
  'guest.admit': { pid: 'nobody' },
  'guest.refuse': { pid: 'nobody' },
  'participant.remove': { pid: 'nobody' },
  'document.open': { id: 'none', page: 1 },
  'document.close': {},
  'document.remove': { id: 'none' },
  'pointer.moved': { frame: 1, node: 1, x: 0, y: 0 },
  'pointer.clicked': { frame: 1, node: 1, x: 0, y: 0 },
  'pointer.left': {},
  'input.perform': { seq: 1, epoch: 0, control: 1, input: INPUT },
  'mark.drawn': { stroke: 1, tool: 'laser', frame: 1, node: 1, points: [[0, 0]], done: true },
  'mark.framed': { frame: 1, node: 1 },
  'mark.cleared': {},
  'click.ask': { frame: 1, node: 1 },
  'click.withdraw': { id: 'none' },
  'click.needed': { frame: 1, node: 1, what: 'play' },
  'click.answered': { id: 'none', answer: 'done' },
  'input.refused': { pid: 'nobody', seq: 1, reason: 'stale' },
  'mirror.resync': { why: 'start' },
  'mirror.repair': { why: 'gap', of: 1, epoch: 1, frames: [] },
  'mirror.shown': { state: 'live' },
  'page.dialog': { kind: 'alert', text: 'x' },
  'page.outOfSight': {},
  'page.visible': { visible: 'hidden' },
  'session.cleared': { addresses: [] },
  ping: { at: 1 },
};
/** What is expected of customer, agent, guest and a guest who still waits: a reason, a close code, or nothing refused. */
type Expected = string | number | null;
const W = 'waiting-admission';
const EXPECTED: Record<Verb, [customer: Expected, agent: Expected, guest: Expected, waiting: Expected]> = {
  'session.hello': [1007, 1007, 1007, 1007],
  'session.stop': [4410, 4410, 'not-allowed', W],
  'session.leave': ['not-allowed', 1000, 1000, 1000],
  'session.navigate': [null, 'not-allowed', 'not-allowed', W],
  'session.history': [null, 'not-allowed', 'not-allowed', W],
  'chat.send': [null, null, null, W],
  'control.ask': ['not-allowed', null, 'not-allowed', W],
  'control.give': ['not-allowed', 'only-customer', 'only-customer', W],
  'control.refuse': [null, 'only-customer', 'only-customer', W],
  'control.takeBack': [null, 'only-customer', 'only-customer', W],
  'control.release': ['not-allowed', 'not-in-control', 'not-in-control', W],
  'invite.create': [null, 'not-allowed', 'not-allowed', W],
  'invite.revoke': [null, 'not-allowed', 'not-allowed', W],
  'guest.admit': ['stale', 'only-customer', 'only-customer', W],
  'guest.refuse': ['stale', 'only-customer', 'only-customer', W],
  'participant.remove': ['stale', 'only-customer', 'only-customer', W],
  'document.open': ['document-unreadable', 'document-unreadable', 'not-allowed', W],
  'document.close': [null, null, 'not-allowed', W],
  'document.remove': [null, null, 'not-allowed', W],
  'pointer.moved': [null, null, null, W],
  'pointer.clicked': [null, null, null, W],
  'pointer.left': [null, null, null, W],
  'input.perform': ['not-allowed', 'not-in-control', 'not-in-control', W],
  'mark.drawn': [null, null, null, W],
  'mark.framed': [null, null, null, W],
  'mark.cleared': [null, null, null, W],
  // There is no page yet to point into.
  'click.ask': ['not-allowed', 'stale', 'not-in-control', W],
  'click.withdraw': ['not-allowed', null, null, W],
  'click.needed': [null, 'not-allowed', 'not-allowed', W],
  'click.answered': [null, 'not-allowed', 'not-allowed', W],
  'input.refused': [null, 'not-allowed', 'not-allowed', W],
  'mirror.resync': ['not-allowed', null, null, W],
  'mirror.repair': ['not-allowed', null, null, W],
  'mirror.shown': ['not-allowed', null, null, W],
  'page.dialog': [null, 'not-allowed', 'not-allowed', W],
  'page.outOfSight': [null, 'not-allowed', 'not-allowed', W],
  'page.visible': [null, null, null, null],
  'session.cleared': [null, 'not-allowed', 'not-allowed', W],
  ping: [null, null, null, null],
};

async function people() {
  const { sid, leader, anna } = await test.open();
  const agent = await test.follow(anna, sid);
  await agent.next('session.welcome');
  const guest = async (): Promise<{ socket: TestSocket; pid: string }> => {
    leader.events.length = 0;
    leader.send({ type: 'invite.create' });
    const { state } = await leader.next('session.changed', (event) => event.state.invites.length > 0);
    const shell = test.hosts.shell(sid);
    const invite = new URL(state.invites.at(-1).url).hash.slice(3);
    const answer = await test.call(shell, '/join', {
      method: 'POST',
      headers: { Origin: `http://${shell}` },
      body: { invite, name: 'Gus' },
    });
    const socket = await test.socket(shell, '/socket', { Cookie: cookiesOf(answer) });
    socket.send({ type: 'session.hello', nonce: JSON.parse(answer.text).nonce });
    await socket.next('session.waiting');
    const asked = await leader.next('session.changed', (event) => event.state.waiting.length > 0);
    return { socket, pid: asked.state.waiting.at(-1).pid };
  };
  const admitted = await guest();
  leader.send({ type: 'guest.admit', pid: admitted.pid });
  await admitted.socket.next('session.welcome');
  const waiting = await guest();
  return { sid, leader, seats: [leader, agent, admitted.socket, waiting.socket] as const };
}

async function outcome(socket: TestSocket, verb: Verb): Promise<Expected> {
  socket.events.length = 0;
  socket.send({ type: verb, ...BODY[verb] });
  if (verb === 'ping') return null;
  const mark = 77_777;
  socket.send({ type: 'ping', at: mark });
  const code = socket.closed;
  const done = await Promise.race([code, socket.next('pong', ({ at }) => at === mark).catch(() => code)]);
  if (typeof done === 'number') return done;
  if (socket.socket.readyState !== socket.socket.OPEN) return await code;
  const refusal = socket.events.find(({ type }) => type === 'refused' || type === 'input.refused');
  if (refusal && refusal.type === 'refused') expect(refusal.of).toBe(verb);
  // An end that is under way closes a moment later.
  if (!refusal && (verb === 'session.stop' || verb === 'session.leave')) return await code;
  return refusal ? (refusal.reason as string) : null;
}

describe.each(Object.keys(EXPECTED) as Verb[])('%s', (verb) => {
  it('is refused or done as its line in the table says, for each kind', async () => {
    const kinds = ['customer', 'agent', 'guest', 'waiting guest'];
    const ends = EXPECTED[verb].some((expected) => typeof expected === 'number');
    let meeting = await people();
    for (const [index, expected] of EXPECTED[verb].entries()) {
      expect(await outcome(meeting.seats[index]!, verb), `${verb} by the ${kinds[index]}`).toBe(expected);
      if (ends && index < 3) {
        void test.gateway.sessions.end(meeting.sid, 'idle');
        meeting = await people();
      }
    }
    await test.gateway.sessions.end(meeting.sid, 'idle');
  });
});

describe('only a customer starts a session (R4)', () => {
  it('whatever an agent asks, by page, API or socket', async () => {
    const { console, panel } = test.hosts;
    const { desk, anna, cid } = await test.beginWithAnna();
    const body = { url: `${SHOP}/`, cookie: '', local: [], session: [], fields: [], scroll: [0, 0], cid };
    const tries = await Promise.all([
      test.call(console, '/console/api/session', {
        method: 'POST',
        headers: { Origin: `http://${console}`, Cookie: anna },
        body,
      }),
      test.call(console, '/panel/api/session', {
        method: 'POST',
        headers: { Origin: `http://${console}`, Cookie: anna },
        body,
      }),
      test.call(panel, '/panel/api/session', {
        method: 'POST',
        headers: { Origin: `http://${panel}`, Cookie: anna },
        body,
      }),
      test.call(panel, '/panel/api/session', {
        method: 'POST',
        headers: { Origin: `http://${panel}`, Authorization: `Bearer ${anna.split('=')[1]}` },
        body,
      }),
      test.call(console, `/console/api/session/${'a'.repeat(16)}`, {
        method: 'POST',
        headers: { Origin: `http://${console}`, Cookie: anna },
        body: {},
      }),
    ]);
    for (const { status } of tries) expect(status).toBeGreaterThanOrEqual(400);
    desk.send({ type: 'session.start', cid });
    expect(await desk.closed).toBe(1007);
    expect(test.gateway.conversations.find(cid)?.session).toBeNull();
  });
});

describe('switches take effect on what runs', () => {
  it.each([
    ['the system switch', 'system:\n  cobrowsing: true', 'system:\n  cobrowsing: false', 'system-off'],
    ['the agent’s switch', '', '', 'agent-off'],
  ])('%s ends the session within two seconds', async (_, from, to, reason) => {
    const { leader, sid } = await test.open();
    if (reason === 'agent-off') await test.gateway.registry.setAgentCobrowsing('anna', false);
    else await test.editConfig(from, to);
    const begun = performance.now();
    expect(await leader.next('session.ended')).toMatchObject({ reason });
    expect(performance.now() - begun).toBeLessThan(2_000);
    expect((await test.call(test.hosts.shell(sid), '/')).status).toBe(410);
    if (reason === 'agent-off') await test.gateway.registry.setAgentCobrowsing('anna', true);
    else await test.gateway.registry.setCobrowsing(true);
  });
});
