// Attack: WebSocket frames made to cost more than they say: floods, fragments, huge and broken frames.
import { randomBytes } from 'node:crypto';
import { connect, type Socket } from 'node:net';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startTestGateway, type TestGateway } from '../gateway/start-gateway.ts';

let test: TestGateway;
let session: Awaited<ReturnType<TestGateway['open']>>;
beforeAll(async () => {
  test = await startTestGateway();
});
afterAll(() => test.stop());
beforeEach(async () => {
  session = await test.open();
});
const raws: Socket[] = [];
afterEach(() => {
  for (const raw of raws.splice(0)) raw.destroy();
});

/** A bare socket after the upgrade, and the close code that comes on it. */
async function rawSocket(): Promise<{ raw: Socket; closed: Promise<number> }> {
  const { sid, cookie } = session;
  const host = test.hosts.shell(sid);
  const raw = connect(test.gateway.port, '127.0.0.1');
  raws.push(raw);
  raw.on('error', () => {});
  raw.write(
    `GET /socket HTTP/1.1\r\nHost: ${host}\r\nOrigin: http://${host}\r\nCookie: ${cookie}\r\nConnection: Upgrade\r\n` +
      `Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ${randomBytes(16).toString('base64')}\r\n\r\n`,
  );
  let bytes = Buffer.alloc(0);
  const closed = new Promise<number>((resolve) => {
    raw.on('data', (chunk: Buffer) => {
      bytes = Buffer.concat([bytes, chunk]);
      const head = bytes.indexOf('\r\n\r\n');
      if (head < 0) return;
      for (let at = head + 4; at + 2 <= bytes.length; ) {
        const size = bytes[at + 1]!;
        const length = size === 126 ? bytes.readUInt16BE(at + 2) : size;
        const start = at + (size === 126 ? 4 : 2);
        if (bytes[at] === 0x88) resolve(bytes.readUInt16BE(start));
        at = start + length;
      }
    });
    raw.on('close', () => resolve(1006));
  });
  await new Promise((resolve) => raw.once('data', resolve));
  return { raw, closed };
}

/** One masked frame of a client (mask of zeros). */
function frame(first: number, payload: Buffer, claimed = payload.length): Buffer {
  const head =
    claimed < 126
      ? Buffer.from([first, 0x80 | claimed])
      : claimed < 65_536
        ? Buffer.from([first, 0xfe, claimed >> 8, claimed & 255])
        : Buffer.concat([
            Buffer.from([first, 0xff, 0, 0, 0, 0]),
            Buffer.from(new Uint32Array([claimed]).buffer).reverse(),
          ]);
  return Buffer.concat([head, Buffer.alloc(4), payload]);
}

describe('a socket is closed with its code', () => {
  it('for 100,000 tiny fragments of one message', async () => {
    const { raw, closed } = await rawSocket();
    raw.write(frame(0x01, Buffer.from('x')));
    raw.write(Buffer.concat(Array.from({ length: 100_000 }, () => frame(0x00, Buffer.from('x')))));
    expect([1008, 1009]).toContain(await closed);
  });

  it('for a message that says it is huge, before it has come', async () => {
    const { raw, closed } = await rawSocket();
    raw.write(frame(0x02, Buffer.alloc(10), 1 << 30));
    expect(await closed).toBe(1009);
  });

  it('for one byte more than 64 KiB', async () => {
    const { raw, closed } = await rawSocket();
    raw.write(frame(0x02, Buffer.alloc(64 * 1_024 + 1)));
    expect(await closed).toBe(1009);
  });

  it('for text that is no UTF-8', async () => {
    const { raw, closed } = await rawSocket();
    raw.write(frame(0x81, Buffer.from([0xc3, 0x28])));
    expect(await closed).toBe(1007);
  });

  it('for a compressed frame: compression was not agreed', async () => {
    const { raw, closed } = await rawSocket();
    raw.write(frame(0xc1, Buffer.from('x')));
    expect(await closed).toBe(1002);
  });

  it('for a flood of pings', async () => {
    const { raw, closed } = await rawSocket();
    raw.write(Buffer.concat(Array.from({ length: 10_000 }, () => frame(0x89, Buffer.alloc(0)))));
    expect(await closed).toBe(1008);
  });

  it.each([
    'nonsense',
    '[]',
    '{"type":"session.hello"}',
    '{"type":"constructor"}',
    '{"type":"session.stop","__proto__":{"x":1}}',
    '{"type":"chat.send","id":"1","text":7}',
  ])('for the text %s', async (text) => {
    const { leader } = session;
    leader.socket.send(text);
    expect(await leader.closed).toBe(1007);
    expect(({} as { x?: unknown }).x).toBeUndefined();
  });

  it('for messages faster than any window of ours sends them', async () => {
    const { leader } = session;
    for (let i = 0; i < 5_000; i++) leader.socket.send('{"type":"page.visible","visible":"hidden"}');
    expect(await leader.closed).toBe(1008);
  });
});

it('a chat faster than five a second is refused, the connection stays', async () => {
  const { leader } = session;
  for (let i = 0; i < 30; i++) leader.send({ type: 'chat.send', id: `m${i}`, text: 'x' });
  expect(await leader.next('refused', ({ reason }) => reason === 'too-fast')).toMatchObject({
    of: 'chat.send',
  });
  await leader.settled();
});

it('a chat message of 1 MiB closes the connection; one of 501 characters too', async () => {
  const { leader, customer } = session;
  leader.send({ type: 'chat.send', id: 'm', text: 'x'.repeat(2 ** 20) });
  expect(await leader.closed).toBe(1009);
  customer.panel.send({ type: 'chat.send', id: 'm', text: 'x'.repeat(501) });
  expect(await customer.panel.closed).toBe(1007);
});

it('the gateway serves others on', async () => {
  expect((await test.call(test.hosts.console, '/healthz')).status).toBe(200);
});
