// The spine: a conversation, Start, the session's sockets, chat, control, Stop and again, by bare clients against a whole gateway.
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { PageFact } from '../../protocol/page-facts.ts';
import {
  cookiesOf,
  OTHER_PAGE,
  SHOP,
  startTestGateway,
  type TestGateway,
  type TestSocket,
} from './start-gateway.ts';

let test: TestGateway;
beforeAll(async () => {
  test = await startTestGateway();
});
afterAll(() => test.stop());
const sockets: TestSocket[] = [];
afterEach(() => {
  for (const { socket } of sockets.splice(0)) socket.close();
});

async function open() {
  const opened = await test.open();
  sockets.push(opened.leader, opened.desk, opened.customer.panel);
  return opened;
}
async function follow(login: string, sid: string) {
  const socket = await test.follow(login, sid);
  sockets.push(socket);
  return socket;
}

const sitePage: PageFact[] = [
  {
    type: 'frame.opened',
    url: `${SHOP}/cart?item=7`,
    title: 'Cart',
    nonce: '',
    masks: ['.secret'],
    view: { width: 800, height: 600, ratio: 1 },
  },
  {
    type: 'frame.snapshot',
    first: 1,
    rows: [
      ['#document', ['mode', 'standards', 'doctype', 'html'], 1],
      ['html', [], 1],
      ['body', [], 4],
      ['p', [], 1],
      'Hello',
      ['input', ['type', 'text'], 0],
      ['input', ['type', 'password'], 0],
      ['input', ['type', 'file'], 0],
    ],
    last: true,
  },
];
const NODE = { text: 6, password: 7, file: 8 };

describe('a conversation', () => {
  it('is seen waiting by the agents of its contact, gets one, and both chat', async () => {
    const anna = await test.signIn('anna');
    const desk = await test.console(anna);
    const state = await desk.next('console.state');
    expect(state.me).toMatchObject({ name: 'anna', cobrowsing: true });
    const customer = await test.begin();
    sockets.push(desk, customer.panel);
    const waiting = await desk.next(
      'conversation.changed',
      ({ conversation }) => conversation.cid === customer.cid,
    );
    expect(waiting.conversation).toMatchObject({ status: 'waiting', customer: 'Cleo' });
    expect(waiting.conversation.cobrowsing).toEqual({ may: false, reason: 'no-agent' });
    desk.send({ type: 'conversation.accept', cid: customer.cid });
    const opened = await customer.panel.next(
      'conversation.changed',
      ({ conversation }) => conversation.status === 'open',
    );
    expect(opened.conversation.cobrowsing).toEqual({ may: true });
    customer.panel.send({ type: 'chat.send', id: 'a', text: 'Hello?' });
    expect((await desk.next('chat.said', ({ message }) => message.id === 'a')).message.text).toBe('Hello?');
    desk.send({ type: 'chat.send', cid: customer.cid, id: 'b', text: 'Hi Cleo' });
    expect(
      (await customer.panel.next('chat.said', ({ message }) => message.id === 'b')).message.from,
    ).toEqual({
      kind: 'agent',
      name: 'Anna Berg',
    });
  });

  it('disappears from the other agents’ lists when one has taken it', async () => {
    const desks = await Promise.all(
      ['anna', 'ben'].map(async (name) => test.console(await test.signIn(name))),
    );
    sockets.push(...desks);
    const customer = await test.begin();
    sockets.push(customer.panel);
    const [anna, ben] = desks as [TestSocket, TestSocket];
    for (const desk of desks)
      await desk.next('conversation.changed', ({ conversation }) => conversation.cid === customer.cid);
    anna.send({ type: 'conversation.accept', cid: customer.cid });
    await ben.next('conversation.gone', ({ cid }) => cid === customer.cid);
    ben.send({ type: 'chat.send', cid: customer.cid, id: 'x', text: 'me too' });
    expect(await ben.next('refused')).toMatchObject({ of: 'chat.send', reason: 'no-conversation' });
  });

  it('tells the panel who can be reached', async () => {
    const { panel } = test.hosts;
    const answer = await test.call(panel, '/panel/api/site?id=shop');
    expect(JSON.parse(answer.text)).toMatchObject({
      id: 'shop',
      contacts: [{ id: 'sales', cobrowsing: { may: true } }],
    });
    expect((await test.call(panel, '/panel/api/site?id=none')).status).toBe(403);
    expect((await test.call(panel, '/panel/api/ping')).status).toBe(204);
  });
});

describe('Start', () => {
  it('opens a session at the customer’s page, known to both sides', async () => {
    const { sid, joined, desk, customer, leader } = await open();
    expect(joined).toMatchObject({
      kind: 'customer',
      start: `http://${test.hosts.page(sid)}/cart?item=7`,
      state: { sid, url: `${SHOP}/cart?item=7`, sessionUrl: `http://${test.hosts.shell(sid)}/` },
    });
    const told = await desk.next(
      'conversation.changed',
      ({ conversation }) => conversation.session?.sid === sid,
    );
    expect(told.conversation.session.url).toBe(`http://${test.hosts.shell(sid)}/`);
    await customer.panel.next(
      'conversation.changed',
      ({ conversation }) => conversation.session?.sid === sid,
    );
    const welcome = await leader.next('session.welcome');
    expect(welcome.state.participants).toEqual([
      { pid: welcome.pid, name: 'Cleo', kind: 'customer', color: 0, connected: true },
    ]);
  });

  it('is refused a second time while a session runs', async () => {
    const { customer } = await open();
    const answer = await test.start(customer);
    expect(answer.status).toBe(409);
    expect(JSON.parse(answer.text).reason).toBe('already-running');
  });

  it('is refused from a page off the list, without a token, and to a customer whose agent may not', async () => {
    const customer = await test.beginWithAnna();
    sockets.push(customer.panel, customer.desk);
    expect(JSON.parse((await test.start(customer, 'http://evil.example/')).text).reason).toBe(
      'page-not-listed',
    );
    expect((await test.start({ ...customer, token: 'x'.repeat(43) })).status).toBe(401);
    const ben = await test.console(await test.signIn('ben'));
    const other = await test.begin();
    sockets.push(ben, other.panel);
    ben.send({ type: 'conversation.accept', cid: other.cid });
    await other.panel.next('conversation.changed', ({ conversation }) => conversation.status === 'open');
    expect(JSON.parse((await test.start(other)).text).reason).toBe('agent-off');
  });
});

describe('the session’s people', () => {
  it('see each other come and go within a second', async () => {
    const { sid, leader, anna } = await open();
    const agent = await follow(anna, sid);
    const welcome = await agent.next('session.welcome');
    expect(welcome).toMatchObject({ kind: 'agent', state: { rights: { navigate: false, share: true } } });
    await leader.next(
      'session.changed',
      ({ state }) =>
        state.participants.length === 2 &&
        state.participants.every((p: { connected: boolean }) => p.connected),
    );
    agent.socket.close();
    await leader.next('session.changed', ({ state }) =>
      state.participants.some((p: { connected: boolean }) => !p.connected),
    );
  });

  it('chat in the session and in the panel alike', async () => {
    const { sid, leader, anna, customer, desk } = await open();
    const agent = await follow(anna, sid);
    await agent.next('session.welcome');
    agent.send({ type: 'chat.send', id: 's1', text: 'in the session' });
    for (const socket of [leader, agent, customer.panel, desk])
      expect((await socket.next('chat.said', ({ message }) => message.id === 's1')).message.text).toBe(
        'in the session',
      );
  });

  it('let a guest in by invitation, after the customer agreed', async () => {
    const { sid, leader, anna } = await open();
    leader.send({ type: 'invite.create' });
    const { state } = await leader.next('session.changed', ({ state }) => state.invites.length === 1);
    const invite = new URL(state.invites[0].url).hash.slice('#i='.length);
    const shell = test.hosts.shell(sid);
    // Link previews fetch the address; nothing is used up by it.
    await test.call(shell, '/join');
    const join = () =>
      test.call(shell, '/join', {
        method: 'POST',
        headers: { Origin: `http://${shell}` },
        body: { invite, name: 'Gus' },
      });
    const answer = await join();
    expect(answer.status).toBe(200);
    expect(answer.headers['set-cookie']?.some((line) => line.startsWith('__Secure-cbp-'))).toBe(false);
    expect((await join()).status).toBe(410);
    const { kind, nonce, state: shown } = JSON.parse(answer.text);
    expect(kind).toBe('guest');
    expect(shown).toMatchObject({ url: '', participants: [] });
    const guest = await test.socket(shell, '/socket', { Cookie: cookiesOf(answer) });
    sockets.push(guest);
    guest.send({ type: 'session.hello', nonce });
    await guest.next('session.waiting');
    guest.send({ type: 'chat.send', id: 'g', text: 'let me in' });
    expect(await guest.next('refused')).toMatchObject({ reason: 'waiting-admission' });
    const asked = await leader.next('session.changed', (event) => event.state.waiting.length === 1);
    const { pid } = asked.state.waiting[0];
    const agent = await follow(anna, sid);
    await agent.next('session.welcome');
    agent.send({ type: 'guest.admit', pid });
    expect(await agent.next('refused')).toMatchObject({ reason: 'only-customer' });
    leader.send({ type: 'guest.admit', pid });
    expect(await guest.next('session.welcome')).toMatchObject({ kind: 'guest' });
    leader.send({ type: 'participant.remove', pid });
    expect(await guest.next('session.ended')).toMatchObject({ reason: 'removed' });
    expect(await guest.closed).toBe(4403);
  });

  it('have one leading window: a second one of the customer takes over', async () => {
    const { sid, cookie, joined, leader } = await open();
    const second = await test.lead({ sid, cookie, joined });
    sockets.push(second);
    expect(await leader.closed).toBe(4409);
    await second.next('session.welcome');
    expect(await second.next('page.resend')).toMatchObject({ frame: 0 });
  });

  it('come back with their cookie, or with the resume secret after a wipe', async () => {
    const { sid, cookie, leader } = await open();
    const { resume } = await leader.next('session.welcome');
    const shell = test.hosts.shell(sid);
    const enter = (headers: Record<string, string>, body: object) =>
      test.call(shell, '/enter', {
        method: 'POST',
        headers: { Origin: `http://${shell}`, ...headers },
        body,
      });
    const back = await enter({ Cookie: cookie }, {});
    expect(JSON.parse(back.text).kind).toBe('customer');
    expect(back.headers['set-cookie']).toBeUndefined();
    expect(JSON.parse((await enter({}, {})).text)).toMatchObject({
      reason: 'signed-out',
      consoleUrl: `http://${test.hosts.console}/session/${sid}`,
    });
    const wiped = await enter({}, { resume });
    expect(wiped.headers['set-cookie']).toHaveLength(2);
    expect((await enter({}, { resume })).status).toBe(401);
  });
});

describe('the mirror', () => {
  it('reaches a follower who was there before, and one who comes later', async () => {
    const { sid, leader, anna } = await open();
    const agent = await follow(anna, sid);
    await agent.next('session.welcome');
    for (const fact of sitePage) leader.fact(1, fact);
    const shown = (socket: TestSocket, type: string) =>
      socket.until(() => socket.bytes.map(decode).find((message) => message.type === type), type);
    expect(JSON.stringify(await shown(agent, 'mirror.frame'))).toContain('Hello');
    await leader.next('page.credit');
    const carl = await follow(await test.signIn('carl'), sid);
    expect(await shown(carl, 'mirror.snapshot')).toMatchObject({ epoch: 1 });
    await agent.next('session.changed', ({ state }) => state.title === 'Cart');
  });

  it('takes facts from the leader only', async () => {
    const { sid, leader, anna } = await open();
    const agent = await follow(anna, sid);
    await agent.next('session.welcome');
    agent.fact(1, sitePage[0]!);
    expect(await agent.closed).toBe(4403);
    leader.socket.send(Buffer.from([0, 0, 0, 1, 0xff, 0xff]));
    expect(await leader.closed).toBe(1007);
  });
});

describe('control', () => {
  async function withAgent() {
    const opened = await open();
    for (const fact of sitePage) opened.leader.fact(1, fact);
    const agent = await follow(opened.anna, opened.sid);
    const { pid } = await agent.next('session.welcome');
    await opened.leader.next('page.credit');
    return { ...opened, agent, pid };
  }
  const click = (node: number) => ({
    type: 'input.pointer',
    frame: 1,
    node,
    x: 0.5,
    y: 0.5,
    action: 'down',
    button: 0,
    buttons: 1,
    clicks: 1,
    pointer: 'mouse',
    modifiers: 0,
  });

  it('is asked for, given, used, and taken back at once', async () => {
    const { leader, agent, pid } = await withAgent();
    agent.send({ type: 'input.perform', seq: 1, epoch: 1, control: 1, input: click(NODE.text) });
    expect(await agent.next('input.refused')).toMatchObject({ seq: 1, reason: 'not-in-control' });
    agent.send({ type: 'control.ask' });
    expect(await leader.next('control.asked')).toMatchObject({ pid, name: 'Anna Berg' });
    leader.send({ type: 'control.give', pid });
    await agent.next('session.changed', ({ state }) => state.control.holder === pid);
    agent.send({ type: 'input.perform', seq: 2, epoch: 1, control: 2, input: click(NODE.text) });
    expect(await leader.next('input.perform')).toMatchObject({ pid, seq: 2, input: { node: NODE.text } });
    agent.send({ type: 'input.perform', seq: 2, epoch: 1, control: 2, input: click(NODE.text) });
    expect(await agent.next('input.refused')).toMatchObject({ seq: 2, reason: 'stale' });
    agent.send({ type: 'input.perform', seq: 3, epoch: 0, control: 2, input: click(NODE.text) });
    expect(await agent.next('input.refused')).toMatchObject({ seq: 3, reason: 'stale' });
    leader.send({ type: 'control.takeBack' });
    await agent.next('session.changed', ({ state }) => state.control.holder !== pid);
    agent.send({ type: 'input.perform', seq: 4, epoch: 1, control: 2, input: click(NODE.text) });
    expect(await agent.next('input.refused')).toMatchObject({ seq: 4, reason: 'not-in-control' });
  });

  it('never reaches protected fields', async () => {
    const { leader, agent, pid } = await withAgent();
    leader.send({ type: 'control.give', pid });
    await agent.next('session.changed', ({ state }) => state.control.holder === pid);
    const refusal = async (seq: number, input: object) => {
      agent.send({ type: 'input.perform', seq, epoch: 1, control: 2, input });
      return (await agent.next('input.refused', (event) => event.seq === seq)).reason;
    };
    expect(await refusal(1, { type: 'input.value', frame: 1, node: NODE.password, value: 'x' })).toBe(
      'field-protected',
    );
    expect(await refusal(2, click(NODE.file))).toBe('file-chooser');
    leader.fact(1, { type: 'frame.changed', ops: [['state', 'focus', NODE.password]] });
    await leader.settled();
    expect(await refusal(3, { type: 'input.text', frame: 1, text: 'x' })).toBe('field-protected');
    expect(
      await refusal(4, { type: 'input.key', key: 'Backspace', code: '', modifiers: 0, repeat: false }),
    ).toBe('field-protected');
    agent.send({
      type: 'input.perform',
      seq: 5,
      epoch: 1,
      control: 2,
      input: { type: 'input.key', key: 'Tab', code: '', modifiers: 0, repeat: false },
    });
    expect(await leader.next('input.perform')).toMatchObject({ seq: 5 });
  });
});

describe('navigation', () => {
  it('is the customer’s, within the list', async () => {
    const { sid, leader, anna } = await open();
    const agent = await follow(anna, sid);
    await agent.next('session.welcome');
    agent.send({ type: 'session.navigate', url: OTHER_PAGE });
    expect(await agent.next('refused')).toMatchObject({ of: 'session.navigate', reason: 'not-allowed' });
    leader.send({ type: 'session.navigate', url: OTHER_PAGE });
    expect(await leader.next('page.navigate')).toMatchObject({
      url: `http://${test.hosts.page(sid)}/other?x=1`,
    });
    await leader.next('session.navigating');
    leader.send({ type: 'session.navigate', url: 'http://static.shop.example/x.css' });
    expect(await leader.next('refused')).toMatchObject({ reason: 'resource-only' });
    leader.send({ type: 'session.navigate', url: 'http://127.0.0.1/' });
    expect(await leader.next('refused')).toMatchObject({ reason: 'address-outside' });
  });
});

describe('Stop', () => {
  it('ends everything within a second; the chat goes on, and Start makes another session', async () => {
    const { sid, cookie, leader, anna, customer, desk } = await open();
    const agent = await follow(anna, sid);
    await agent.next('session.welcome');
    await test.call(test.hosts.page(sid), '/', { headers: { Cookie: cookie } });
    const begun = performance.now();
    leader.send({ type: 'session.stop' });
    expect(await agent.next('session.ended')).toMatchObject({ reason: 'stopped-by-customer' });
    expect(await agent.closed).toBe(4410);
    const { addresses } = await leader.next('session.clear');
    expect(addresses).toEqual([`http://${test.hosts.page(sid)}`]);
    leader.send({ type: 'session.cleared', addresses });
    expect(await leader.next('session.ended')).toMatchObject({ returnUrl: `${SHOP}/cart?item=7` });
    expect(await leader.closed).toBe(4410);
    expect(performance.now() - begun).toBeLessThan(1_000);
    expect(await customer.panel.next('session.ended')).toMatchObject({ reason: 'stopped-by-customer' });

    for (const host of [test.hosts.shell(sid), test.hosts.page(sid)])
      expect((await test.call(host, '/', { headers: { Cookie: cookie } })).status).toBe(410);
    expect(
      await test.dial(test.hosts.shell(sid), '/socket', {
        Origin: `http://${test.hosts.shell(sid)}`,
        Cookie: cookie,
      }),
    ).toBe(410);
    expect(test.gateway.sessions.findAlsoEnding(sid)).toBeUndefined();

    customer.panel.send({ type: 'chat.send', id: 'after', text: 'thanks' });
    await desk.next('chat.said', ({ message }) => message.id === 'after');
    const again = await test.start(customer);
    expect(again.status).toBe(201);
    expect(JSON.parse(again.text).url).not.toContain(sid);
  });

  it('does not wait for a browser that empties nothing', async () => {
    const { sid, cookie, leader, customer } = await open();
    await test.call(test.hosts.page(sid), '/', { headers: { Cookie: cookie } });
    const begun = performance.now();
    customer.panel.send({ type: 'session.stop' });
    expect(await leader.closed).toBe(4410);
    expect(performance.now() - begun).toBeLessThan(1_000);
  });

  it('is the agent’s too, and no other agent’s without a seat', async () => {
    const { sid, leader, anna } = await open();
    const agent = await follow(anna, sid);
    await agent.next('session.welcome');
    agent.send({ type: 'session.stop' });
    expect(await leader.next('session.ended')).toMatchObject({ reason: 'stopped-by-agent' });
  });
});

describe('a restart of the gateway', () => {
  it('brings the session back: the same cookie enters, the leader is asked for its page', async () => {
    const { sid, cookie, customer } = await open();
    await test.restart();
    const shell = test.hosts.shell(sid);
    const back = await test.call(shell, '/enter', {
      method: 'POST',
      headers: { Origin: `http://${shell}`, Cookie: cookie },
      body: {},
    });
    expect(back.status).toBe(200);
    const leader = await test.lead({ sid, cookie, joined: JSON.parse(back.text) });
    sockets.push(leader);
    await leader.next('session.welcome');
    expect(await leader.next('page.resend')).toMatchObject({ frame: 0 });
    const panel = await test.socket(test.hosts.panel, '/panel/socket');
    sockets.push(panel);
    panel.send({ type: 'conversation.hello', token: customer.token });
    expect((await panel.next('conversation.state')).conversation.session.sid).toBe(sid);
  });
});

/** A message to followers as JSON; short ones are not packed. */
function decode(bytes: Buffer): { type: string } {
  return bytes[0] === 0 ? JSON.parse(bytes.subarray(1).toString()) : { type: 'packed' };
}
