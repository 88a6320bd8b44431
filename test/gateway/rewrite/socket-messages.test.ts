// WebSocket frames with mapped text: however bytes and fragments are split, whole messages arrive, and nothing else changes.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { findLiterals } from '../../../gateway/rewrite/literals.ts';
import { findSessionAddresses } from '../../../gateway/rewrite/reverse.ts';
import { FrameError, SocketMessages } from '../../../gateway/rewrite/socket-messages.ts';
import { StreamingEdits } from '../../../gateway/rewrite/splice.ts';
import { addresses, WWW } from './session.ts';

interface Frame {
  opcode: number;
  fin?: boolean;
  rsv?: number;
  payload?: string | Buffer;
}

const newKey = () => Buffer.from([5, 6, 7, 8]);
const up = () =>
  new SocketMessages({
    masked: true,
    newKey,
    rewriter: () => new StreamingEdits(findSessionAddresses(addresses)),
  });
const down = () =>
  new SocketMessages({
    masked: false,
    newKey,
    rewriter: () => new StreamingEdits(findLiterals({ addresses, scheme: 'https', bareHosts: false })),
  });

function encode({ opcode, fin = true, rsv = 0, payload = '' }: Frame, masked: boolean): Buffer {
  const body = Buffer.from(payload as string);
  const { length } = body;
  const extended = length < 126 ? 0 : length < 65_536 ? 2 : 8;
  const head = Buffer.alloc(2 + extended);
  head[0] = (fin ? 0x80 : 0) | (rsv << 4) | opcode;
  head[1] = (masked ? 0x80 : 0) | (extended === 0 ? length : extended === 2 ? 126 : 127);
  if (extended === 2) head.writeUInt16BE(length, 2);
  if (extended === 8) head.writeBigUInt64BE(BigInt(length), 2);
  if (!masked) return Buffer.concat([head, body]);
  const mask = Buffer.from([1, 2, 3, 4]);
  return Buffer.concat([head, mask, Buffer.from(body.map((byte, index) => byte ^ mask[index & 3]!))]);
}

/** All frames in a stream of bytes, unmasked. */
function decode(bytes: Buffer): { opcode: number; fin: boolean; payload: Buffer }[] {
  const frames: { opcode: number; fin: boolean; payload: Buffer }[] = [];
  for (let at = 0; at < bytes.length; ) {
    const one = bytes[at]!;
    const two = bytes[at + 1]!;
    const short = two & 0x7f;
    at += 2;
    let length = short;
    if (short === 126) {
      length = bytes.readUInt16BE(at);
      at += 2;
    } else if (short === 127) {
      length = Number(bytes.readBigUInt64BE(at));
      at += 8;
    }
    const mask = two & 0x80 ? bytes.subarray(at, at + 4) : Buffer.alloc(4);
    if (two & 0x80) at += 4;
    const payload = Buffer.from(
      bytes.subarray(at, at + length).map((byte, index) => byte ^ mask[index & 3]!),
    );
    frames.push({ opcode: one & 15, fin: (one & 0x80) !== 0, payload });
    at += length;
  }
  return frames;
}

/** The messages of a list of frames; control frames as they come. */
function messages(bytes: Buffer): [opcode: number, text: string][] {
  const all: [number, string][] = [];
  let open: { opcode: number; parts: Buffer[] } | undefined;
  for (const { opcode, fin, payload } of decode(bytes)) {
    if (opcode >= 8) {
      all.push([opcode, payload.toString('latin1')]);
      continue;
    }
    if (opcode !== 0) open = { opcode, parts: [] };
    open!.parts.push(payload);
    if (fin) all.push([open!.opcode, Buffer.concat(open!.parts).toString('latin1')]);
  }
  return all;
}

function run(to: SocketMessages, chunks: Iterable<Buffer>): Buffer {
  return Buffer.concat([...chunks].flatMap((chunk) => to.write(chunk)));
}

const real = 'https://www.shop.example/é?a=1';
const session = `http://${WWW}/é?a=1`;

describe('text messages', () => {
  test.each([
    ['up', up, true, session, real],
    ['down', down, false, real, session],
  ] as const)('%s are mapped, wherever the bytes are cut', (_name, make, masked, sent, expected) => {
    const bytes = Buffer.concat([
      encode({ opcode: 1, payload: `{"u":"${sent}"}` }, masked),
      encode({ opcode: 9, payload: 'ping' }, masked),
      encode({ opcode: 1, payload: 'plain' }, masked),
    ]);
    const wanted = [
      [1, Buffer.from(`{"u":"${expected}"}`).toString('latin1')],
      [9, 'ping'],
      [1, 'plain'],
    ];
    for (let at = 0; at <= bytes.length; at++)
      expect(messages(run(make(), [bytes.subarray(0, at), bytes.subarray(at)]))).toEqual(wanted);
    expect(
      messages(
        run(
          make(),
          [...bytes].map((byte) => Buffer.from([byte])),
        ),
      ),
    ).toEqual(wanted);
  });

  test('in fragments, with pings in between, are mapped across them', () => {
    const body = Buffer.from(`${'a'.repeat(900)}${session}${'b'.repeat(900)}`);
    for (let at = 895; at < 990; at++) {
      const bytes = Buffer.concat([
        encode({ opcode: 1, fin: false, payload: body.subarray(0, at) }, true),
        encode({ opcode: 9, payload: 'p' }, true),
        encode({ opcode: 0, fin: false, payload: '' }, true),
        encode({ opcode: 0, payload: body.subarray(at) }, true),
      ]);
      expect(messages(run(up(), [bytes])).at(-1)).toEqual([
        1,
        `${'a'.repeat(900)}${Buffer.from(real).toString('latin1')}${'b'.repeat(900)}`,
      ]);
    }
  });

  test('that are long are passed on in fragments while they come', () => {
    const to = up();
    const bytes = encode({ opcode: 1, payload: `${'x'.repeat(1_000_000)}${session}` }, true);
    const first = run(to, [bytes.subarray(0, 500_000)]);
    expect(first.length).toBeGreaterThan(490_000);
    const all = Buffer.concat([first, run(to, [bytes.subarray(500_000)])]);
    expect(decode(all).length).toBeGreaterThan(1);
    expect(messages(all)).toEqual([[1, `${'x'.repeat(1_000_000)}${Buffer.from(real).toString('latin1')}`]]);
  });

  test('without an address are the same bytes', () => {
    const bytes = encode({ opcode: 1, payload: 'https://other.example/' }, true);
    expect(run(up(), [bytes]).equals(bytes)).toBe(true);
    expect(run(down(), [encode({ opcode: 1 }, false)])).toHaveLength(2);
  });

  test('of every shape and cut are what one replacement over the whole makes', () => {
    const piece = fc.oneof(
      fc.constant(Buffer.from(session)),
      fc.constant(Buffer.from(`"${WWW}"`)),
      fc.string({ unit: 'grapheme', maxLength: 300 }).map((text) => Buffer.from(text)),
    );
    fc.assert(
      fc.property(
        fc.array(fc.array(piece, { maxLength: 4 }), { maxLength: 5 }),
        fc.array(fc.nat(2_000), { maxLength: 8 }),
        (texts, cuts) => {
          const bytes = Buffer.concat(
            texts.flatMap((parts) =>
              parts.length === 0
                ? [encode({ opcode: 2, payload: session }, true)]
                : parts.map((payload, index) =>
                    encode({ opcode: index === 0 ? 1 : 0, fin: index === parts.length - 1, payload }, true),
                  ),
            ),
          );
          const at = [0, ...cuts.filter((cut) => cut < bytes.length).sort((a, b) => a - b), bytes.length];
          const chunks = at.slice(1).map((end, index) => bytes.subarray(at[index], end));
          const got = messages(run(up(), chunks));
          expect(got).toEqual(
            texts.map((parts) =>
              parts.length === 0
                ? [2, Buffer.from(session).toString('latin1')]
                : [
                    1,
                    Buffer.concat(parts)
                      .toString('latin1')
                      .replaceAll(`http://${WWW}`, 'https://www.shop.example')
                      .replaceAll(WWW, 'www.shop.example'),
                  ],
            ),
          );
        },
      ),
      { numRuns: 200 },
    );
  });
});

test('binary messages and pings are not touched', () => {
  const bytes = Buffer.concat([
    encode({ opcode: 2, fin: false, payload: session }, true),
    encode({ opcode: 10, payload: session }, true),
    encode({ opcode: 0, payload: Buffer.alloc(100_000, 7) }, true),
  ]);
  expect(run(up(), [bytes.subarray(0, 70_000), bytes.subarray(70_000)]).equals(bytes)).toBe(true);
});

test('the reason of a close is mapped, and cut where it has become too long', () => {
  const close = (reason: string) => Buffer.concat([Buffer.from([0x0f, 0xa0]), Buffer.from(reason)]);
  const [[, got] = [0, '']] = messages(run(up(), [encode({ opcode: 8, payload: close(session) }, true)]));
  expect(got).toBe(close(real).toString('latin1'));
  const long = `${real}${'é'.repeat(40)}`;
  const [frame] = decode(run(down(), [encode({ opcode: 8, payload: close(long) }, false)]));
  expect(frame!.payload.length).toBeLessThanOrEqual(125);
  expect(frame!.payload.subarray(2).toString()).toMatch(/^http:\/\/www-shop-example--[^�]*é$/);
});

test.each([
  ['compressed, though nobody offered that', { opcode: 1, rsv: 4, payload: 'x' }, 1002],
  ['an unknown kind', { opcode: 3, payload: 'x' }, 1002],
  ['a fragment of nothing', { opcode: 0, payload: 'x' }, 1002],
  ['a ping in fragments', { opcode: 9, fin: false }, 1002],
  ['half a close code', { opcode: 8, payload: 'x' }, 1002],
] as [string, Frame, number][])('%s is a fault', (_name, frame, code) => {
  expect(() => up().write(encode(frame, true))).toThrow(expect.objectContaining({ code }));
});

test('a missing mask, a second beginning and a length beyond all bounds are faults', () => {
  expect(() => up().write(encode({ opcode: 1, payload: 'x' }, false))).toThrow(FrameError);
  expect(() => down().write(encode({ opcode: 1, payload: 'x' }, true))).toThrow(FrameError);
  const to = up();
  to.write(encode({ opcode: 1, fin: false, payload: 'x' }, true));
  expect(() => to.write(encode({ opcode: 1, payload: 'x' }, true))).toThrow(FrameError);
  const huge = Buffer.from([0x82, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]);
  expect(() => down().write(huge)).toThrow(expect.objectContaining({ code: 1009 }));
});
