// WebSocket frames (RFC 6455 section 5): text messages and close reasons are mapped, binary messages and pings pass byte for byte.
import type { TextRewriter } from './splice.ts';

/** A frame breaks the protocol: `code` is what the other side is told. */
export class FrameError extends Error {
  readonly code: 1002 | 1009;

  constructor(code: 1002 | 1009, what: string) {
    super(what);
    this.code = code;
  }
}

export interface SocketMessagesOptions {
  /** Frames of a browser are masked, those of a server are not; the other way round is a fault (RFC 6455 5.1). */
  masked: boolean;
  /** A masking key, four bytes that no page can foresee (RFC 6455 5.3). */
  newKey: () => Buffer;
  /** Makes the rewriter of one text message, which gets latin1 text: a character may be split between fragments. */
  rewriter: () => TextRewriter;
}

const TEXT = 1;
const CLOSE = 8;
const LONGEST_CONTROL = 125;
/** Up to here a message is mapped as a whole and stays one frame: some servers cannot read fragments. */
const WHOLE_UP_TO = 64 * 1024;
const NOTHING = Buffer.alloc(0);

interface Head {
  opcode: number;
  fin: boolean;
  /** Length of the header, mask included. */
  size: number;
  length: number;
}

/**
 * One direction of a WebSocket without extensions. Takes bytes as they come and yields those for the other side. Longer
 * messages are passed on in fragments as they come, so that none is ever held whole.
 */
export class SocketMessages {
  readonly #options: SocketMessagesOptions;
  #parts: Buffer[] = [];
  #have = 0;
  /** Nothing can be done before there are so many bytes. */
  #need = 2;
  /** Of the open frame's payload, still to come. */
  #left = 0;
  #mask: Buffer = NOTHING;
  #maskAt = 0;
  #fin = true;
  /** The open message: its kind, and for a fragmented text its rewriter. */
  #message: 'none' | 'text' | 'other' = 'none';
  #rewriter: TextRewriter | undefined;
  #first = true;
  #out: Buffer[] = [];

  constructor(options: SocketMessagesOptions) {
    this.#options = options;
  }

  /** @throws {FrameError} */
  write(chunk: Buffer): Buffer[] {
    this.#parts.push(chunk);
    this.#have += chunk.length;
    if (this.#have < this.#need) return [];
    let bytes = this.#parts.length === 1 ? chunk : Buffer.concat(this.#parts, this.#have);
    this.#need = 1;
    for (let used = this.#step(bytes); used > 0; used = this.#step(bytes)) bytes = bytes.subarray(used);
    this.#parts = bytes.length === 0 ? [] : [bytes];
    this.#have = bytes.length;
    this.#need = Math.max(this.#need, this.#have + 1);
    const out = this.#out;
    this.#out = [];
    return out;
  }

  /** A close frame of the gateway's own in this direction. */
  closing(code: number): Buffer {
    const payload = Buffer.alloc(2);
    payload.writeUInt16BE(code);
    return this.#frame(CLOSE, true, payload);
  }

  /** @returns how many bytes were dealt with; 0 when more are needed */
  #step(bytes: Buffer): number {
    if (this.#left > 0) return bytes.length === 0 ? 0 : this.#payload(bytes);
    const head = this.#readHead(bytes);
    if (!head) return 0;
    const all = head.size + head.length;
    const isControl = head.opcode >= CLOSE;
    const isWhole = isControl || (head.opcode === TEXT && head.fin && head.length <= WHOLE_UP_TO);
    if (isWhole) {
      if (bytes.length < all) {
        this.#need = all;
        return 0;
      }
      this.#wholeFrame(head, bytes.subarray(0, all));
      return all;
    }
    this.#openFrame(head, bytes);
    return head.size;
  }

  /** @throws {FrameError} also for what only an extension could mean: none was offered */
  #readHead(bytes: Buffer): Head | undefined {
    if (bytes.length < 2) {
      this.#need = 2;
      return undefined;
    }
    const [one, two] = bytes as unknown as [number, number];
    const opcode = one & 0x0f;
    const fin = (one & 0x80) !== 0;
    if ((one & 0x70) !== 0) throw new FrameError(1002, 'reserved bits');
    if (two >> 7 !== Number(this.#options.masked)) throw new FrameError(1002, 'mask');
    const short = two & 0x7f;
    const extended = short === 126 ? 2 : short === 127 ? 8 : 0;
    const size = 2 + extended + (this.#options.masked ? 4 : 0);
    if (opcode >= CLOSE) {
      if (opcode > 10 || !fin || short > LONGEST_CONTROL) throw new FrameError(1002, 'control frame');
      if (opcode === CLOSE && short === 1) throw new FrameError(1002, 'close code');
    } else if (opcode > 2 || (opcode === 0) !== (this.#message !== 'none')) {
      throw new FrameError(1002, 'order of fragments');
    }
    if (bytes.length < size) {
      this.#need = size;
      return undefined;
    }
    const length =
      extended === 0
        ? short
        : extended === 2
          ? bytes.readUInt16BE(2)
          : bytes.readUInt32BE(2) * 2 ** 32 + bytes.readUInt32BE(6);
    if (length > Number.MAX_SAFE_INTEGER) throw new FrameError(1009, 'length of a frame');
    return { opcode, fin, size, length };
  }

  #wholeFrame({ opcode, size, length }: Head, frame: Buffer): void {
    if ((opcode !== TEXT && opcode !== CLOSE) || length === 0) {
      this.#out.push(frame);
      return;
    }
    const mask = frame.subarray(size - 4, size);
    const payload = frame.subarray(size);
    const plain = this.#options.masked ? xor(payload, mask, 0) : payload;
    const from = opcode === CLOSE ? 2 : 0;
    const rewriter = this.#options.rewriter();
    const text = plain.toString('latin1', from);
    const mapped = rewriter.write(text) + rewriter.end();
    if (mapped === text) {
      this.#out.push(frame);
      return;
    }
    const bytes = Buffer.concat([plain.subarray(0, from), Buffer.from(mapped, 'latin1')]);
    // The browser's key is as good for the changed bytes: what matters is that no page can foresee it (RFC 6455 5.3).
    this.#out.push(
      this.#frame(opcode, true, opcode === CLOSE ? cutText(bytes, LONGEST_CONTROL) : bytes, mask),
    );
  }

  #openFrame({ opcode, fin, size, length }: Head, bytes: Buffer): void {
    if (opcode !== 0) {
      this.#message = opcode === TEXT ? 'text' : 'other';
      this.#first = true;
      this.#rewriter = opcode === TEXT ? this.#options.rewriter() : undefined;
    }
    this.#fin = fin;
    this.#left = length;
    if (this.#message === 'text') {
      this.#mask = this.#options.masked ? Buffer.from(bytes.subarray(size - 4, size)) : NOTHING;
      this.#maskAt = 0;
    } else this.#out.push(bytes.subarray(0, size));
    if (length === 0) this.#endFrame();
  }

  #payload(bytes: Buffer): number {
    const part = bytes.subarray(0, Math.min(this.#left, bytes.length));
    this.#left -= part.length;
    if (this.#rewriter) {
      const plain = this.#options.masked ? xor(part, this.#mask, this.#maskAt) : part;
      this.#maskAt += part.length;
      this.#text(this.#rewriter.write(plain.toString('latin1')), false);
    } else this.#out.push(part);
    if (this.#left === 0) this.#endFrame();
    return part.length;
  }

  #endFrame(): void {
    if (!this.#fin) return;
    if (this.#rewriter) this.#text(this.#rewriter.end(), true);
    this.#rewriter = undefined;
    this.#message = 'none';
  }

  #text(text: string, last: boolean): void {
    if (text === '' && !last) return;
    this.#out.push(this.#frame(this.#first ? TEXT : 0, last, Buffer.from(text, 'latin1')));
    this.#first = false;
  }

  #frame(opcode: number, fin: boolean, payload: Buffer, key?: Buffer): Buffer {
    const { masked } = this.#options;
    const { length } = payload;
    const extended = length < 126 ? 0 : length < 65_536 ? 2 : 8;
    const size = 2 + extended + (masked ? 4 : 0);
    const head = Buffer.alloc(size);
    head[0] = (fin ? 0x80 : 0) | opcode;
    head[1] = (masked ? 0x80 : 0) | (extended === 0 ? length : extended === 2 ? 126 : 127);
    if (extended === 2) head.writeUInt16BE(length, 2);
    else if (extended === 8) {
      head.writeUInt32BE(Math.floor(length / 2 ** 32), 2);
      head.writeUInt32BE(length % 2 ** 32, 6);
    }
    if (!masked) return Buffer.concat([head, payload]);
    const mask = key ?? this.#options.newKey();
    mask.copy(head, size - 4);
    return Buffer.concat([head, xor(payload, mask, 0)]);
  }
}

/** @param at how many bytes of the frame came before: the key goes on from there */
function xor(bytes: Buffer, mask: Buffer, at: number): Buffer {
  const out = Buffer.allocUnsafe(bytes.length);
  for (let index = 0; index < bytes.length; index++) out[index] = bytes[index]! ^ mask[(at + index) & 3]!;
  return out;
}

/** Cuts UTF-8 where a character begins. */
function cutText(bytes: Buffer, longest: number): Buffer {
  if (bytes.length <= longest) return bytes;
  let end = longest;
  while (end > 0 && (bytes[end]! & 0xc0) === 0x80) end--;
  return bytes.subarray(0, end);
}
