// Attack: a follower stops reading, so that what he is owed piles up in the gateway.
import { randomBytes } from 'node:crypto';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { MAX_TEXT } from '../../protocol/limits.ts';
import type { MirrorMessage } from '../../protocol/mirror-messages.ts';
import { pageFacts, TEXT_NODE } from '../gateway/page-facts.ts';
import { startTestGateway, type TestGateway, type TestSocket } from '../gateway/start-gateway.ts';

let test: TestGateway;
beforeAll(async () => {
  test = await startTestGateway();
});
afterAll(() => test.stop());

const decoded = new WeakMap<Buffer, MirrorMessage>();
function messages(socket: TestSocket): MirrorMessage[] {
  return socket.bytes.map((bytes) => {
    const known = decoded.get(bytes);
    if (known) return known;
    const json = bytes[0] === 0 ? bytes.subarray(1) : gunzipSync(bytes.subarray(1));
    const message = JSON.parse(json.toString()) as MirrorMessage;
    decoded.set(bytes, message);
    return message;
  });
}
const textOf = (message: MirrorMessage): string => JSON.stringify(message);

it('is dropped from the stream, costs bounded memory, delays nobody, and gets one snapshot when he reads again', {
  timeout: 60_000,
}, async () => {
  const { sid, leader, anna } = await test.open();
  const slow = await test.follow(anna, sid);
  const quick = await test.follow(await test.signIn('carl'), sid);
  for (const one of [slow, quick]) await one.next('session.welcome');
  for (const fact of pageFacts()) leader.fact(1, fact);
  await quick.until(() => messages(quick).find(({ type }) => type === 'mirror.frame'), 'the page');

  slow.socket.pause();
  // Text that does not compress, so that what is said to be 20 MB is 20 MB on the wire.
  let last = '';
  const rounds = Math.ceil((20 * 2 ** 20) / MAX_TEXT);
  for (let i = 0; i < rounds; i++) {
    last = `${i} ${noise(MAX_TEXT - 20)}`;
    leader.fact(1, { type: 'frame.changed', ops: [['text', TEXT_NODE, last]] });
    if (i % 10 === 9) await leader.settled();
  }
  const all = await quick.until(() => {
    const found = messages(quick).filter(
      (message) => message.type === 'mirror.changed' && message.ops.length > 0,
    );
    return found.length >= rounds ? found : undefined;
  }, 'every change');
  // A boolean: 48 KiB of noise would be no help in a report.
  expect(textOf(all.at(-1)!).includes(last.slice(0, 40))).toBe(true);

  slow.bytes.length = 0;
  slow.socket.resume();
  const caughtUp = await slow.until(
    () => messages(slow).find(({ type }) => type === 'mirror.snapshot'),
    'a snapshot',
  );
  expect(caughtUp).toMatchObject({ path: expect.stringMatching(/^\/s\//) });
  const said = messages(slow).map((message) =>
    message.type === 'mirror.state' ? message.state : message.type,
  );
  expect(said.indexOf('catching-up')).toBeGreaterThanOrEqual(0);
  expect(said.indexOf('catching-up')).toBeLessThan(said.indexOf('mirror.snapshot'));
  // What was queued for him would all arrive now: a bound on it is a bound on the gateway's memory.
  const received = slow.bytes.reduce((sum, bytes) => sum + bytes.length, 0);
  expect(received).toBeLessThan(8 * 2 ** 20);

  // From here on he is a follower like any other.
  leader.fact(1, { type: 'frame.changed', ops: [['text', TEXT_NODE, 'after']] });
  await slow.until(
    () => messages(slow).find((message) => textOf(message).includes('"after"')),
    'what comes next',
  );
});

function noise(length: number): string {
  return randomBytes(length).toString('base64').slice(0, length);
}
