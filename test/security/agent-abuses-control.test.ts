// Attack: an agent with control (or without) reaches for what is protected: passwords, masked and fixed fields, files, other hosts.
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { stateFor } from '../../gateway/session/seen-by.ts';
import { FIELD, pageFacts } from '../gateway/page-facts.ts';
import { startTestGateway, type TestGateway, type TestSocket } from '../gateway/start-gateway.ts';

let test: TestGateway;
let leader: TestSocket;
let agent: TestSocket;
let pid: string;
let sid: string;
let seq = 0;
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

async function giveControl(): Promise<void> {
  leader.send({ type: 'control.give', pid });
  await agent.next('session.changed', ({ state }) => state.control.holder === pid);
}
const epochOfControl = (): number => test.gateway.sessions.find(sid)!.control.epoch;
/** The reason of the refusal, or `performed` when the leader was told to do it. */
async function perform(input: object, control = epochOfControl()): Promise<string> {
  const mine = ++seq;
  leader.events.length = 0;
  agent.send({ type: 'input.perform', seq: mine, epoch: 1, control, input });
  await agent.settled();
  const refusal = agent.events.find((event) => event.type === 'input.refused' && event.seq === mine);
  await leader.settled();
  const done = leader.events.some((event) => event.type === 'input.perform' && event.seq === mine);
  expect(done).toBe(refusal === undefined);
  return refusal ? (refusal.reason as string) : 'performed';
}
async function focus(node: number): Promise<void> {
  leader.fact(1, { type: 'frame.changed', ops: [['state', 'focus', node]] });
  await leader.settled();
}
const press = (node: number, action = 'down') => ({
  type: 'input.pointer',
  frame: 1,
  node,
  x: 0.5,
  y: 0.5,
  action,
  button: 0,
  buttons: 1,
  clicks: 1,
  pointer: 'mouse',
  modifiers: 0,
});
const value = (node: number) => ({ type: 'input.value', frame: 1, node, value: 'planted' });
const type = (text: string) => ({ type: 'input.text', text });
const key = (name: string) => ({ type: 'input.key', key: name, code: name, modifiers: 0, repeat: false });

describe('without control', () => {
  it.each([
    ['press', press(FIELD.text)],
    ['type', type('x')],
    ['set a value', value(FIELD.text)],
    ['scroll', { type: 'input.scroll', frame: 1, node: 1, x: 0, y: 100 }],
    ['press a key', key('Enter')],
  ])('he cannot %s', async (_, input) => {
    expect(await perform(input)).toBe('not-in-control');
  });

  it('he cannot take it, give it to himself, nor keep it after it was taken back', async () => {
    for (const verb of ['control.give', 'control.takeBack']) {
      agent.send({ type: verb, ...(verb === 'control.give' ? { pid } : {}) });
      expect(await agent.next('refused')).toMatchObject({ of: verb, reason: 'only-customer' });
    }
    await giveControl();
    expect(await perform(type('mine'))).toBe('performed');
    leader.send({ type: 'control.takeBack' });
    await leader.settled();
    expect(await perform(type('still mine?'))).toBe('not-in-control');
  });

  it('what he did before it was taken back is not performed when he has got it again', async () => {
    await giveControl();
    const before = epochOfControl();
    leader.send({ type: 'control.takeBack' });
    await leader.settled();
    await giveControl();
    test.logged.length = 0;
    expect(await perform(type('of before'), before)).toBe('stale');
    expect(test.logged.join()).toMatch(/"audit":"input.perform"[^}]*"refused":"stale"/);
    expect(await perform(type('of now'))).toBe('performed');
    expect(await perform(type('of later'), epochOfControl() + 1)).toBe('stale');
  });
});

describe('with control', () => {
  beforeEach(giveControl);

  it('he writes into plain fields', async () => {
    expect(await perform(value(FIELD.text))).toBe('performed');
    await focus(FIELD.text);
    expect(await perform(type('hello'))).toBe('performed');
    expect(await perform(key('Backspace'))).toBe('performed');
  });

  it.each(['password', 'masked', 'readonly', 'card'] as const)(
    'he does not write into a %s field, by value, text or key',
    async (kind) => {
      expect(await perform(value(FIELD[kind]))).toBe('field-protected');
      await focus(FIELD[kind]);
      expect(await perform(type('x'))).toBe('field-protected');
      expect(await perform({ ...type('x'), frame: 1 })).toBe('field-protected');
      expect(await perform(key('Delete'))).toBe('field-protected');
      // Moving on is allowed.
      expect(await perform(key('Tab'))).toBe('performed');
    },
  );

  it('he opens no file dialog of the customer and names no file', async () => {
    expect(await perform(press(FIELD.file))).toBe('file-chooser');
    expect(await perform(press(FIELD.file, 'up'))).toBe('file-chooser');
    expect(await perform(value(FIELD.file))).toBe('file-chooser');
    await focus(FIELD.file);
    expect(await perform(key(' '))).toBe('file-chooser');
  });

  it('he does nothing to nodes that are not there, nor on a page of before', async () => {
    expect(await perform(value(9_999))).toBe('stale');
    expect(await perform({ ...press(FIELD.text), frame: 7 })).toBe('stale');
    for (const fact of pageFacts('http://www.shop.example/next')) leader.fact(2, fact);
    await leader.settled();
    expect(await perform(type('too late'))).toBe('stale');
  });

  it('he does nothing twice: the same number is refused, an earlier one too', async () => {
    const before = seq;
    expect(await perform(value(FIELD.text))).toBe('performed');
    seq = before;
    expect(await perform(value(FIELD.text))).toBe('stale');
    seq = before - 1;
    expect(await perform(value(FIELD.text))).toBe('stale');
    seq = before + 1;
  });

  it('he does not navigate, invite, admit or remove', async () => {
    for (const request of [
      { type: 'session.navigate', url: 'http://www.shop.example/account' },
      { type: 'session.history', go: 'back' },
      { type: 'invite.create' },
      { type: 'guest.admit', pid: 'x' },
      { type: 'participant.remove', pid: 'x' },
    ]) {
      agent.send(request);
      expect((await agent.next('refused')).of).toBe(request.type);
    }
  });

  it('he loses it when he goes away', async () => {
    agent.send({ type: 'session.leave' });
    await leader.next('session.changed', ({ state }) => state.control.holder !== pid);
  });

  it('he is cut off at once by the end', async () => {
    leader.send({ type: 'session.stop' });
    expect(await agent.closed).toBe(4410);
  });
});

it('what the customer types into protected fields is in no byte that the agent gets', async () => {
  const planted = { password: 'pw-4711-planted', masked: 'mask-4711-planted', card: '4111111111111111' };
  for (const [kind, text] of Object.entries(planted))
    leader.fact(1, {
      type: 'frame.changed',
      ops: [
        ['props', FIELD[kind as keyof typeof planted], { value: text }],
        ['attr', FIELD[kind as keyof typeof planted], 'value', text],
      ],
    });
  leader.fact(1, { type: 'frame.changed', ops: [['props', FIELD.text, { value: 'visible-4711' }]] });
  const all = () =>
    agent.bytes
      .map((bytes) => (bytes[0] === 0 ? bytes : gunzipSync(bytes.subarray(1))).toString())
      .join('\n');
  await agent.until(() => (all().includes('visible-4711') ? true : undefined), 'the visible value');
  const session = test.gateway.sessions.find(sid)!;
  const snapshot = JSON.stringify(stateFor(session, session.participants.find(pid)!));
  for (const secret of Object.values(planted)) {
    expect(all()).not.toContain(secret);
    expect(snapshot).not.toContain(secret);
  }
});
