// What a client says on a WebSocket, read off its bytes (RFC 6455, section 5.2).

/** @param tell one message's part at a time: each frame's payload, unmasked */
export function readMessages(tell: (payload: Buffer) => void): (bytes: Buffer) => void {
  let left = Buffer.alloc(0);
  return (bytes) => {
    left = Buffer.concat([left, bytes]);
    for (;;) {
      if (left.length < 6) return;
      const short = left[1]! & 0x7f;
      const head = short === 127 ? 10 : short === 126 ? 4 : 2;
      if (left.length < head + 4) return;
      const length =
        short === 127 ? Number(left.readBigUInt64BE(2)) : short === 126 ? left.readUInt16BE(2) : short;
      const end = head + 4 + length;
      if (left.length < end) return;
      const mask = left.subarray(head, head + 4);
      tell(Buffer.from(left.subarray(head + 4, end).map((byte, at) => byte ^ mask[at % 4]!)));
      left = left.subarray(end);
    }
  };
}
