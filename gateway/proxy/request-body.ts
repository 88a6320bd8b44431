// Stage 3, request body: the way back. No session address reaches an upstream; files and unknown types pass as they are.
import type { IncomingMessage } from 'node:http';
import { PassThrough, type Readable, Transform } from 'node:stream';
import type { Addresses } from '../../protocol/address.ts';
import { Refused } from '../errors.ts';
import { boundaryOf, MultipartRewriter } from '../rewrite/multipart.ts';
import { findSessionAddresses } from '../rewrite/reverse.ts';
import { StreamingEdits, type TextRewriter } from '../rewrite/splice.ts';

export interface RequestBody {
  /** Headers that describe the body. */
  headers: Record<string, string>;
  /** In place of the browser's body; undefined when that goes untouched, or there is none. */
  body?: Readable;
}

/** Read whole and sent with its length, since some servers refuse chunked requests; larger ones are streamed. */
const WHOLE_UP_TO = 64 * 1024;
const TEXT_TYPES =
  /^(?:text\/|application\/(?:x-www-form-urlencoded|graphql|csp-report|x-ndjson|(?:[\w.+-]+[+.])?(?:json|xml))\s*(?:;|$))/i;

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
  const rewriter = rewriterFor(req.headers['content-type'], req.headers['content-encoding'], addresses);
  if (!rewriter && length !== undefined) return { headers: { 'content-length': String(length) } };
  if (rewriter && length !== undefined && length <= WHOLE_UP_TO) {
    const whole = await readWhole(req, length);
    const mapped = Buffer.from(rewriter.write(whole.toString('latin1')) + rewriter.end(), 'latin1');
    return { headers: { 'content-length': String(mapped.length) }, body: once(mapped) };
  }
  return { headers: { 'transfer-encoding': 'chunked' }, body: req.pipe(new MappedBody(rewriter, limit)) };
}

function rewriterFor(type = '', coding: string | undefined, addresses: Addresses): TextRewriter | undefined {
  if (coding !== undefined && coding !== 'identity') return undefined;
  if (/^multipart\/form-data/i.test(type)) {
    const boundary = boundaryOf(type);
    return boundary === undefined ? undefined : new MultipartRewriter(boundary, addresses);
  }
  return TEXT_TYPES.test(type) ? new StreamingEdits(findSessionAddresses(addresses)) : undefined;
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
