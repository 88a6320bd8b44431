// A follower's queue: order, bounds, and the one snapshot after it fell behind.
import { describe, expect, it } from 'vitest';
import { Follower } from '../../../gateway/realtime/follower.ts';

/** A network that takes nothing until it is told to. */
function network() {
  const sent: string[] = [];
  const waiting: { bytes: Uint8Array; done: () => void }[] = [];
  return {
    sent,
    connection: {
      open: true,
      get unsent() {
        return waiting.reduce((sum, { bytes }) => sum + bytes.length, 0);
      },
      sendBytes(bytes: Uint8Array, done: () => void) {
        waiting.push({ bytes, done });
      },
    },
    /** Takes one message, or all. */
    take(count = Number.POSITIVE_INFINITY) {
      for (let i = 0; i < count && waiting.length > 0; i++) {
        const { bytes, done } = waiting.shift()!;
        sent.push(Buffer.from(bytes.subarray(0, 12)).toString());
        done();
      }
    },
  };
}
const message = (name: string, size = 10) => Buffer.from(name.padEnd(Math.max(12, size), '.'));
const short = (names: string[]) => names.map((name) => name.replace(/\.+$/, ''));

function follow() {
  const net = network();
  let snapshots = 0;
  const follower = new Follower({
    connection: net.connection,
    snapshot: () => message(`snapshot ${++snapshots}`),
    catchingUp: () => message('catching up'),
  });
  return { net, follower };
}

describe('a follower', () => {
  it('begins with a snapshot and gets everything in order', () => {
    const { net, follower } = follow();
    follower.restart();
    for (let i = 0; i < 5; i++) follower.push(message(`m${i}`));
    net.take();
    expect(short(net.sent)).toEqual(['snapshot 1', 'm0', 'm1', 'm2', 'm3', 'm4']);
  });

  it('keeps what it cannot send in its own queue, where it can still be dropped', () => {
    const { net, follower } = follow();
    for (let i = 0; i < 20; i++) follower.push(message(`m${i}`, 100_000));
    expect(net.connection.unsent).toBeLessThan(400_000);
    net.take();
    expect(net.sent).toHaveLength(20);
  });

  it('that takes less than it is owed is dropped at 2 MiB, told so, and gets one snapshot when it has caught up', () => {
    const { net, follower } = follow();
    for (let i = 0; i < 40; i++) follower.push(message(`m${i}`, 100_000));
    expect(follower.behind).toBe(true);
    for (let i = 40; i < 400; i++) follower.push(message(`m${i}`, 100_000));
    net.take();
    const sent = short(net.sent);
    expect(sent.slice(-2)).toEqual(['catching up', 'snapshot 1']);
    expect(sent.length).toBeLessThan(10);
    expect(follower.behind).toBe(false);
    follower.push(message('after'));
    net.take();
    expect(short(net.sent).at(-1)).toBe('after');
  });

  it('that is closed is sent nothing more', () => {
    const { net, follower } = follow();
    net.connection.open = false;
    follower.push(message('m'));
    net.take();
    expect(net.sent).toEqual([]);
  });
});
