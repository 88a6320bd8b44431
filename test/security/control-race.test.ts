// Attack: races for control. Two who get it at once, input that is under way while it is taken back.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { FIELD, pageFacts } from '../gateway/page-facts.ts';
import { startTestGateway, type TestGateway, type TestSocket } from '../gateway/start-gateway.ts';

let test: TestGateway;
let leader: TestSocket;
let sid: string;
let anna: { socket: TestSocket; pid: string; login: string };
let carl: typeof anna;
beforeAll(async () => {
  test = await startTestGateway();
});
afterAll(() => test.stop());
beforeEach(async () => {
  const opened = await test.open();
  ({ leader, sid } = opened);
  for (const fact of pageFacts()) leader.fact(1, fact);
  const enter = async (login: string) => {
    const socket = await test.follow(login, sid);
    const { pid } = await socket.next('session.welcome');
    return { socket, pid, login };
  };
  anna = await enter(opened.anna);
  carl = await enter(await test.signIn('carl'));
  await leader.settled();
});

const control = () => test.gateway.sessions.find(sid)!.control;
const press = (seq: number, epoch: number) => ({
  type: 'input.perform',
  seq,
  epoch: 1,
  control: epoch,
  input: { type: 'input.value', frame: 1, node: FIELD.text, value: `${seq}` },
});
const performed = () => leader.events.filter(({ type }) => type === 'input.perform');

describe('two agents', () => {
  it('who ask at once are both asked about, and giving it to both leaves one holder', async () => {
    anna.socket.send({ type: 'control.ask' });
    carl.socket.send({ type: 'control.ask' });
    await leader.next('control.asked', ({ pid }) => pid === anna.pid);
    await leader.next('control.asked', ({ pid }) => pid === carl.pid);
    leader.events.length = 0;
    leader.send({ type: 'control.give', pid: anna.pid });
    leader.send({ type: 'control.give', pid: carl.pid });
    await leader.settled();
    await leader.until(() => (control().holder === control().customer ? undefined : true), 'a holder');
    await leader.settled();
    const { holder, epoch } = control();
    expect([anna.pid, carl.pid]).toContain(holder);
    // Both say that they have it, on every epoch there was: only the holder's, of now, are performed.
    for (const [at, { socket }] of [anna, carl].entries())
      for (let old = 1; old <= epoch; old++) socket.send(press(at * 10 + old, old));
    await Promise.all([anna.socket.settled(), carl.socket.settled()]);
    await leader.settled();
    expect(performed()).toHaveLength(1);
    expect(performed()[0]).toMatchObject({ pid: holder, control: epoch });
  });
});

describe('taking back', () => {
  it('while input comes in floods: none is performed after it is acknowledged', async () => {
    for (let round = 0; round < 5; round++) {
      leader.send({ type: 'control.give', pid: anna.pid });
      await anna.socket.next('session.changed', ({ state }) => state.control.holder === anna.pid);
      const { epoch } = control();
      leader.events.length = 0;
      const from = round * 1_000;
      for (let seq = from + 1; seq <= from + 40; seq++) anna.socket.send(press(seq, epoch));
      leader.send({ type: 'control.takeBack' });
      for (let seq = from + 41; seq <= from + 80; seq++) anna.socket.send(press(seq, epoch));
      await leader.next('session.changed', ({ state }) => state.control.holder === control().customer);
      // From here on it is acknowledged.
      const before = performed().length;
      for (let seq = from + 81; seq <= from + 100; seq++) anna.socket.send(press(seq, epoch));
      await anna.socket.settled();
      await leader.settled();
      expect(performed()).toHaveLength(before);
    }
  });

  it('right after giving, in one breath: nobody but the customer has it', async () => {
    leader.send({ type: 'control.give', pid: anna.pid });
    leader.send({ type: 'control.takeBack' });
    await leader.settled();
    await control().settled();
    await leader.settled();
    expect(control().holder).toBe(control().customer);
    for (let epoch = 1; epoch <= control().epoch; epoch++) anna.socket.send(press(epoch, epoch));
    await anna.socket.settled();
    await leader.settled();
    expect(performed()).toEqual([]);
  });
});
