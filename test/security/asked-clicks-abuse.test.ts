// Attack: the lit element as a weapon. Who may ask, what may be pointed at, how often, and what a page may make of it.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { FIELD, pageFacts } from '../gateway/page-facts.ts';
import { cookiesOf, startTestGateway, type TestGateway, type TestSocket } from '../gateway/start-gateway.ts';

let test: TestGateway;
let leader: TestSocket;
let agent: TestSocket;
let pid: string;
let sid: string;
beforeAll(async () => {
  test = await startTestGateway();
});
afterAll(() => test.stop());
beforeEach(async () => {
  const opened = await test.open();
  ({ leader, sid } = opened);
  for (const fact of pageFacts()) leader.fact(1, fact);
  agent = await test.follow(opened.anna, sid);
  ({ pid } = await agent.next('session.welcome'));
  await leader.settled();
});

const at = (node: number) => ({ frame: 1, node });
const asks = () => leader.events.filter(({ type }) => type === 'click.asked');
async function giveControl(): Promise<number> {
  leader.send({ type: 'control.give', pid });
  const { state } = await agent.next('session.changed', ({ state }) => state.control.holder === pid);
  return state.control.epoch;
}
const click = (seq: number, control: number, node: number, action = 'up') => ({
  type: 'input.perform',
  seq,
  epoch: 1,
  control,
  input: {
    type: 'input.pointer',
    ...at(node),
    x: 0.5,
    y: 0.5,
    action,
    button: 0,
    buttons: 0,
    clicks: 1,
    pointer: 'mouse',
    modifiers: 0,
  },
});

describe('asking', () => {
  it('is an agent’s, and a guest’s only while he is in control', async () => {
    leader.send({ type: 'invite.create' });
    const { state } = await leader.next('session.changed', (event) => event.state.invites.length > 0);
    const shell = test.hosts.shell(sid);
    const answer = await test.call(shell, '/join', {
      method: 'POST',
      headers: { Origin: `http://${shell}` },
      body: { invite: new URL(state.invites[0].url).hash.slice(3), name: 'Gus' },
    });
    const guest = await test.socket(shell, '/socket', { Cookie: cookiesOf(answer) });
    guest.send({ type: 'session.hello', nonce: JSON.parse(answer.text).nonce });
    await guest.next('session.waiting');
    guest.send({ type: 'click.ask', ...at(FIELD.text) });
    expect(await guest.next('refused')).toMatchObject({ of: 'click.ask', reason: 'waiting-admission' });
    const waiting = await leader.next('session.changed', (event) => event.state.waiting.length > 0);
    leader.send({ type: 'guest.admit', pid: waiting.state.waiting[0].pid });
    const welcome = await guest.next('session.welcome');
    guest.send({ type: 'click.ask', ...at(FIELD.text) });
    expect(await guest.next('refused')).toMatchObject({ of: 'click.ask', reason: 'not-in-control' });
    expect(asks()).toEqual([]);
    leader.send({ type: 'control.give', pid: welcome.pid });
    await guest.next('session.changed', ({ state: now }) => now.control.holder === welcome.pid);
    guest.send({ type: 'click.ask', ...at(FIELD.text) });
    await leader.next('click.asked', (event) => event.pid === welcome.pid);
  });

  it('points at what is there and seen, at nothing else', async () => {
    for (const [where, reason] of [
      [at(9_999), 'stale'],
      [{ frame: 7, node: FIELD.text }, 'stale'],
    ] as const) {
      agent.send({ type: 'click.ask', ...where });
      expect(await agent.next('refused')).toMatchObject({ of: 'click.ask', reason });
    }
    await leader.settled();
    expect(asks()).toEqual([]);
  });

  it('does not point into what followers do not see', async () => {
    const rows = [['div', ['data-cobrowse', 'hide'], 1] as const, ['button', [], 0] as const];
    leader.fact(1, {
      type: 'frame.changed',
      ops: [
        [
          'children',
          3,
          7,
          0,
          [{ first: 20, rows: rows.map(([tag, attributes, count]) => [tag, [...attributes], count]) }],
        ],
      ],
    });
    await leader.settled();
    agent.send({ type: 'click.ask', ...at(21) });
    expect(await agent.next('refused')).toMatchObject({ of: 'click.ask', reason: 'field-protected' });
    expect(asks()).toEqual([]);
    // The grey box in its place is there for everybody.
    agent.send({ type: 'click.ask', ...at(20) });
    await leader.next('click.asked', ({ node }) => node === 20);
  });

  it('is limited: a flood lights nothing like a strobe', async () => {
    for (let count = 0; count < 100; count++) agent.send({ type: 'click.ask', ...at(FIELD.text) });
    await agent.settled();
    await leader.settled();
    expect(asks().length).toBeLessThanOrEqual(10);
    expect(agent.events.some(({ of, reason }) => of === 'click.ask' && reason === 'too-fast')).toBe(true);
  });

  it('is one at a time: the next one withdraws the one before', async () => {
    agent.send({ type: 'click.ask', ...at(FIELD.text) });
    const first = await leader.next('click.asked');
    agent.send({ type: 'click.ask', ...at(FIELD.password) });
    expect(await leader.next('click.answered')).toMatchObject({ id: first.id, answer: 'withdrawn' });
    await leader.next('click.asked', ({ node }) => node === FIELD.password);
  });

  it('carries no words of the asker, and the sentence is the customer’s own window’s', async () => {
    agent.send({ type: 'click.ask', ...at(FIELD.text), text: 'Your bank wants you to click here' });
    expect(await agent.closed).toBe(1007);
    expect(asks()).toEqual([]);
  });
});

describe('the page', () => {
  it('cannot make anybody ask: it is believed only about what a follower did just now', async () => {
    leader.send({ type: 'click.needed', ...at(FIELD.text), what: 'play' });
    await leader.settled();
    expect(asks()).toEqual([]);
    const epoch = await giveControl();
    leader.send({ type: 'click.needed', ...at(FIELD.text), what: 'play' });
    await leader.settled();
    expect(asks()).toEqual([]);
    agent.send(click(1, epoch, FIELD.text));
    await leader.next('input.perform');
    leader.send({ type: 'click.needed', ...at(FIELD.text), what: 'play' });
    expect(await leader.next('click.asked')).toMatchObject({ pid, what: 'play', node: FIELD.text });
    // Nor when control has gone back.
    leader.send({ type: 'control.takeBack' });
    leader.send({ type: 'click.needed', ...at(FIELD.text), what: 'copy' });
    await leader.settled();
    expect(asks()).toEqual([]);
  });

  it('cannot flood with needs', async () => {
    const epoch = await giveControl();
    agent.send(click(1, epoch, FIELD.text));
    await leader.next('input.perform');
    for (let count = 0; count < 100; count++)
      leader.send({ type: 'click.needed', ...at(count % 2 ? FIELD.text : FIELD.password), what: 'play' });
    await leader.settled();
    expect(asks().length).toBeLessThanOrEqual(6);
  });

  it('answers only what is asked now; a forged answer changes nothing', async () => {
    leader.send({ type: 'click.answered', id: 'none', answer: 'done' });
    agent.send({ type: 'click.ask', ...at(FIELD.text) });
    const { id } = await agent.next('click.asked');
    leader.send({ type: 'click.answered', id: `${id}x`, answer: 'done' });
    await leader.settled();
    await agent.settled();
    expect(agent.events.filter(({ type }) => type === 'click.answered')).toEqual([]);
    leader.send({ type: 'click.answered', id, answer: 'declined' });
    expect(await agent.next('click.answered')).toMatchObject({ id, answer: 'declined' });
    leader.send({ type: 'click.answered', id, answer: 'done' });
    await leader.settled();
    await agent.settled();
    expect(agent.events.filter(({ type }) => type === 'click.answered')).toEqual([]);
  });

  it('that is left takes the question with it', async () => {
    agent.send({ type: 'click.ask', ...at(FIELD.text) });
    const { id } = await agent.next('click.asked');
    for (const fact of pageFacts('http://www.shop.example/next')) leader.fact(2, fact);
    expect(await agent.next('click.answered')).toMatchObject({ id, answer: 'gone' });
  });
});

describe('a file field', () => {
  it('that the agent presses opens for the customer alone: he is asked, once for a click', async () => {
    const epoch = await giveControl();
    agent.send(click(1, epoch, FIELD.file, 'down'));
    agent.send(click(2, epoch, FIELD.file, 'up'));
    await agent.settled();
    await leader.settled();
    expect(asks()).toHaveLength(1);
    expect(asks()[0]).toMatchObject({ what: 'file', node: FIELD.file, pid });
    expect(leader.events.filter(({ type }) => type === 'input.perform')).toEqual([]);
  });
});

describe('drawings', () => {
  const stroke = (more: object = {}) => ({
    type: 'mark.drawn',
    stroke: 1,
    tool: 'laser',
    ...at(FIELD.text),
    points: [[0.5, 0.5]],
    done: false,
    ...more,
  });

  it('in floods reach the others thinned out, and nobody is closed for it', async () => {
    for (let count = 0; count < 300; count++) agent.send(stroke());
    await agent.settled();
    await leader.settled();
    const got = leader.events.filter(({ type }) => type === 'mark.drawn').length;
    expect(got).toBeGreaterThan(10);
    expect(got).toBeLessThan(150);
    expect(agent.events.some(({ type }) => type === 'refused')).toBe(false);
  });

  it.each([
    ['too many points', { points: Array.from({ length: 65 }, () => [0, 0]) }],
    ['points beyond all measure', { points: [[1e9, 0]] }],
    ['a point that is none', { points: [['0', 0]] }],
    ['a tool that is none', { tool: 'axe' }],
    ['words', { label: 'x' }],
  ])('with %s are no message of ours', async (_, change) => {
    agent.send(stroke(change));
    expect(await agent.closed).toBe(1007);
    expect(leader.events.filter(({ type }) => type === 'mark.drawn')).toEqual([]);
  });

  it('are told with the drawer’s own name, whoever he says he is', async () => {
    agent.send(stroke({ pid: 'somebody' }));
    expect(await agent.closed).toBe(1007);
  });

  it('and pointers in floods are thinned out too', async () => {
    for (let count = 0; count < 300; count++)
      agent.send({ type: 'pointer.moved', ...at(FIELD.text), x: 0.5, y: 0.5 });
    await agent.settled();
    await leader.settled();
    expect(leader.events.filter(({ type }) => type === 'pointer.moved').length).toBeLessThan(150);
  });
});
