// Stage 3, request body: the way back. No session address reaches an upstream; files and unknown types pass as they are.
import type { IncomingMessage } from 'node:http';
import { PassThrough, pipeline, type Readable, Transform } from 'node:stream';
import type { Addresses } from '../../protocol/address.ts';
import { Refused } from '../errors.ts';
import { boundaryOf, MultipartRewriter } from '../rewrite/multipart.ts';
import { findSessionAddresses } from '../rewrite/reverse.ts';
import { StreamingEdits, type TextRewriter } from '../rewrite/splice.ts';
import { isTextType } from '../rewrite/text-types.ts';
import { type Coding, createEncoder, decode, readCoding } from './codings.ts';

export interface RequestBody {
  /** Headers that describe the body. */
  headers: Record<string, string>;
  /** In place of the browser's body; undefined when that goes untouched, or there is none. */
  body?: Readable;
}

/** Read whole and sent with its length, since some servers refuse chunked requests; larger ones are streamed. */
const WHOLE_UP_TO = 64 * 1024;
const CHUNKED = { 'transfer-encoding': 'chunked' };

/** @throws {Refused} document-too-large (413), malformed when the body breaks off */
export async function requestBody(
  req: IncomingMessage,
  addresses: Addresses,
  limit: number,
): Promise<RequestBody> {
  const length =
    req.headers['content-length'] === undefined ? undefined : Number(req.headers['content-length']);
  const chunked = req.headers['transfer-encoding'] !== undefined;
  if (!chunked && (length === undefined || length === 0)) {
    return { headers: length === 0 ? { 'content-length': '0' } : {} };
  }
  if (length !== undefined && length > limit) throw new Refused('document-too-large');
  const rewriter = rewriterFor(req.headers['content-type'], addresses);
  const coding = requestCoding(req.headers['content-encoding']);
  if (rewriter && coding !== undefined && coding !== 'unknown') {
    const { stream } = await decode(req, coding);
    const body = createEncoder(coding).stream;
    // An error destroys all of them; the transport hears of it by the last.
    pipeline(stream, new MappedBody(rewriter, limit), body, () => {});
    return { headers: CHUNKED, body };
  }
  const plain = coding === undefined ? rewriter : undefined;
  if (length === undefined) return { headers: CHUNKED, body: req.pipe(new MappedBody(plain, limit)) };
  if (!plain) return { headers: { 'content-length': String(length) } };
  if (length > WHOLE_UP_TO) return { headers: CHUNKED, body: req.pipe(new MappedBody(plain, limit)) };
  const whole = await readWhole(req, length);
  const mapped = Buffer.from(plain.write(whole.toString('latin1')) + plain.end(), 'latin1');
  return { headers: { 'content-length': String(mapped.length) }, body: once(mapped) };
}

function rewriterFor(type = '', addresses: Addresses): TextRewriter | undefined {
  if (/^\s*multipart\//i.test(type)) {
    const boundary = boundaryOf(type);
    return boundary === undefined ? undefined : new MultipartRewriter(boundary, addresses);
  }
  return isTextType(type) ? new StreamingEdits(findSessionAddresses(addresses)) : undefined;
}

/** A page may pack what it sends. What we cannot unpack goes as it is, like everything that is no text. */
function requestCoding(header: string | undefined): Coding | 'unknown' | undefined {
  try {
    return readCoding(header);
  } catch {
    return 'unknown';
  }
}

async function readWhole(req: IncomingMessage, length: number): Promise<Buffer> {
  const parts: Buffer[] = [];
  try {
    for await (const part of req) parts.push(part as Buffer);
  } catch (error) {
    throw new Refused('malformed', {}, error);
  }
  const whole = Buffer.concat(parts);
  if (whole.length !== length) throw new Refused('malformed', {}, 'body shorter than announced');
  return whole;
}

function once(body: Buffer): Readable {
  const stream = new PassThrough();
  stream.end(body);
  return stream;
}

/** Maps text back while it passes, and counts what a chunked body does not announce. */
class MappedBody extends Transform {
  readonly #rewriter: TextRewriter | undefined;
  readonly #limit: number;
  #bytes = 0;

  constructor(rewriter: TextRewriter | undefined, limit: number) {
    super();
    this.#rewriter = rewriter;
    this.#limit = limit;
  }

  override _transform(
    chunk: Buffer,
    _encoding: string,
    done: (error?: Error | null, data?: Buffer) => void,
  ): void {
    this.#bytes += chunk.length;
    if (this.#bytes > this.#limit) done(new Refused('document-too-large'));
    else if (!this.#rewriter) done(null, chunk);
    else done(null, Buffer.from(this.#rewriter.write(chunk.toString('latin1')), 'latin1'));
  }

  override _flush(done: (error?: Error | null, data?: Buffer) => void): void {
    done(null, this.#rewriter ? Buffer.from(this.#rewriter.end(), 'latin1') : undefined);
  }
}
