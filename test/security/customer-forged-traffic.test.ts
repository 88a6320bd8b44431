// Attack: a page (or a customer) that forges the recorder's traffic: random, broken and hostile frames.
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { encodeFact } from '../../protocol/page-facts.ts';
import { pageFacts, TEXT_NODE } from '../gateway/page-facts.ts';
import { startTestGateway, type TestGateway, type TestSocket } from '../gateway/start-gateway.ts';

const WIRE = { frame: 1, page: true };

let test: TestGateway;
beforeAll(async () => {
  test = await startTestGateway();
});
afterAll(() => test.stop());

/** A steady random source, so that a failure can be run again. */
function randomOf(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) | 0;
    return (state >>> 8) % below;
  };
}
const all = (socket: TestSocket): string =>
  socket.bytes.map((bytes) => (bytes[0] === 0 ? bytes : gunzipSync(bytes.subarray(1))).toString()).join('\n');

describe('forged facts', () => {
  it('of a nested document that says it is the page itself do not become what followers see', async () => {
    const { sid, leader, anna } = await test.open();
    const agent = await test.follow(anna, sid);
    for (const good of pageFacts()) leader.fact(1, good);
    await agent.until(() => (all(agent).includes('Hello') ? true : undefined), 'the page');
    for (const forged of pageFacts('http://www.shop.example/forged', 'Pay here'))
      leader.fact(2, forged, false);
    leader.fact(1, { type: 'frame.changed', ops: [['text', TEXT_NODE, 'still the page']] });
    await agent.until(() => (all(agent).includes('still the page') ? true : undefined), 'the change');
    expect(all(agent)).not.toContain('Pay here');
    expect(test.gateway.sessions.find(sid)?.url).not.toContain('forged');
  });

  it.each([
    ['an unknown fact', { type: 'frame.exploded' }],
    ['an unknown operation', { type: 'frame.changed', ops: [['run', 'alert(1)']] }],
    ['an unknown field', { type: 'frame.changed', ops: [], script: 'alert(1)' }],
    ['a prototype', JSON.parse('{"type":"frame.changed","ops":[],"__proto__":{"x":1}}')],
    [
      'a row of the wrong shape',
      { type: 'frame.snapshot', first: 1, rows: [['div', ['onclick'], 0]], last: true },
    ],
    [
      'a negative number of children',
      { type: 'frame.snapshot', first: 1, rows: [['div', [], -1]], last: true },
    ],
    ['an id out of range', { type: 'frame.changed', ops: [['text', -1, 'x']] }],
    ['an unknown node', { type: 'frame.changed', ops: [['text', 4_711, 'x']] }],
    ['a cycle', { type: 'frame.changed', ops: [['children', 4, 0, 0, [3]]] }],
  ])('with %s close the connection, and followers get nothing of it', async (_, fact) => {
    const { sid, leader, anna } = await test.open();
    const agent = await test.follow(anna, sid);
    await agent.next('session.welcome');
    for (const good of pageFacts()) leader.fact(1, good);
    await leader.settled();
    leader.socket.send(encodeFact(WIRE, Buffer.from(JSON.stringify(fact))));
    expect(await leader.closed).toBe(1007);
    await agent.settled();
    expect(all(agent)).not.toMatch(/alert|onclick|exploded/);
    expect(({} as { x?: unknown }).x).toBeUndefined();
  });

  it('never put a script, a handler or a script address in front of a follower', async () => {
    const { sid, leader, anna } = await test.open();
    const agent = await test.follow(anna, sid);
    await agent.next('session.welcome');
    const [opened, snapshot] = pageFacts();
    leader.fact(1, opened!);
    if (snapshot?.type === 'frame.snapshot') {
      const rows = [...snapshot.rows];
      rows[2] = ['body', ['onload', 'evil-1()'], 10];
      rows.push(
        ['script', ['src', 'http://www.shop.example/evil-2.js'], 1],
        'evil-3()',
        ['a', ['href', 'javascript:evil-4()'], 0],
        ['iframe', ['srcdoc', '<script>evil-5()</script>', 'src', 'javascript:evil-6()'], 0],
      );
      leader.fact(1, { ...snapshot, rows });
    }
    await leader.settled();
    leader.fact(1, {
      type: 'frame.changed',
      ops: [
        ['attr', 4, 'onclick', 'evil-7()'],
        ['text', TEXT_NODE, 'done'],
      ],
    });
    await agent.until(() => (all(agent).includes('"done"') ? true : undefined), 'the last change');
    expect(all(agent)).not.toMatch(/evil-\d/);
  });
});

describe('fuzzing', () => {
  it('100 sessions’ worth of random frames crash nothing, and other sessions do not notice', {
    timeout: 120_000,
  }, async () => {
    const reference = await test.open();
    const onlooker = await test.follow(await test.signIn('carl'), reference.sid);
    await onlooker.next('session.welcome');
    for (const fact of pageFacts(undefined, 'untouched')) reference.leader.fact(1, fact);
    await onlooker.until(() => (all(onlooker).includes('untouched') ? true : undefined), 'the page');
    const before = onlooker.bytes.length;

    const random = randomOf(4_711);
    const { sid, cookie, joined } = await test.open();
    const anyWire = () => ({ frame: random(4), page: random(2) === 1 });
    const shapes = [
      () => Buffer.from(Array.from({ length: random(200) }, () => random(256))),
      () => encodeFact(anyWire(), Buffer.from(JSON.stringify(mutate(pageFacts()[random(2)], random)))),
      () => encodeFact(anyWire(), Buffer.from(JSON.stringify(pageFacts()[0]).slice(0, random(300)))),
      () =>
        encodeFact(
          WIRE,
          Buffer.from(
            JSON.stringify({
              type: 'frame.changed',
              ops: [['children', random(14), random(4), random(4), [random(14)]]],
            }),
          ),
        ),
    ];
    for (let round = 0; round < 100; round++) {
      const leader = await test.lead({ sid, cookie, joined });
      for (const fact of pageFacts()) leader.fact(1, fact);
      for (let i = 0; i < 100 && leader.socket.readyState === leader.socket.OPEN; i++)
        leader.socket.send(shapes[random(shapes.length)]!());
      leader.socket.close();
      expect([1005, 1007, 4401, 4409]).toContain(await leader.closed);
    }
    expect((await test.call(test.hosts.console, '/healthz')).status).toBe(200);
    await onlooker.settled();
    // Digests, and once more that the page is known, are all that may have come.
    const since = onlooker.bytes.slice(before).map((bytes) => bytes.toString());
    expect(since.filter((text) => !/"ops":\[\]|"mirror.state","state":"live"/.test(text))).toEqual([]);
    expect(test.logged.filter((line) => line.includes('"level":50'))).toEqual([]);
  });
});

/** One value somewhere in it is replaced by something else. */
function mutate(value: unknown, random: (below: number) => number): unknown {
  const odd = [null, -1, 2 ** 40, '', 'x'.repeat(1_000), [], {}, true, Number.MAX_SAFE_INTEGER, '\ud800'];
  if (typeof value !== 'object' || value === null || random(4) === 0) return odd[random(odd.length)];
  const copy: Record<string, unknown> | unknown[] = Array.isArray(value) ? [...value] : { ...value };
  const keys = Object.keys(copy);
  const key = keys[random(Math.max(1, keys.length))];
  if (key !== undefined) Reflect.set(copy, key, mutate(Reflect.get(copy, key), random));
  return copy;
}
