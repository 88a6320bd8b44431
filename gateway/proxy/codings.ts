// Content codings (RFC 9110 8.4.1): undone for the rewriters and done again for the browser, at the cheapest level.
import { pipeline, type Readable, type Transform } from 'node:stream';
import zlib from 'node:zlib';
import { Refused } from '../errors.ts';

export type Coding = 'gzip' | 'br' | 'deflate' | 'zstd';

/**
 * The one coding of a body; undefined for none.
 * @throws {Refused} upstream-broken for several on top of each other, or one that we cannot read
 */
export function readCoding(header: string | undefined): Coding | undefined {
  const name = header?.trim().toLowerCase() ?? '';
  switch (name) {
    case '':
    case 'identity':
      return undefined;
    case 'gzip':
    case 'x-gzip':
      return 'gzip';
    case 'br':
    case 'deflate':
    case 'zstd':
      return name;
    default:
      throw new Refused('upstream-broken', {}, `content coding ${name.slice(0, 40)}`);
  }
}

/** Decoded bytes so far, and the encoded ones that they came from. */
export interface Decoded {
  stream: Readable;
  /** Encoded bytes that have been read. */
  encodedBytes(): number;
}

export async function decode(body: Readable, coding: Coding | undefined): Promise<Decoded> {
  if (coding === undefined) return { stream: body, encodedBytes: () => Number.MAX_SAFE_INTEGER };
  const decoder = coding === 'deflate' ? await inflater(body) : createDecoder(coding);
  pipeline(body, decoder, () => {
    // An error destroys the decoder with it; whoever reads that gets it.
  });
  return { stream: decoder, encodedBytes: () => (decoder as { bytesWritten?: number }).bytesWritten ?? 0 };
}

function createDecoder(coding: Exclude<Coding, 'deflate'>): Transform {
  switch (coding) {
    case 'gzip':
      return zlib.createGunzip();
    case 'br':
      return zlib.createBrotliDecompress();
    case 'zstd':
      return zlib.createZstdDecompress();
  }
}

/** "deflate" means zlib (RFC 1950), but some servers send it bare (RFC 1951); the first byte tells. */
async function inflater(body: Readable): Promise<Transform> {
  const first = await firstByte(body);
  return first !== undefined && (first & 0x0f) !== 8 ? zlib.createInflateRaw() : zlib.createInflate();
}

function firstByte(stream: Readable): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const look = () => {
      const chunk = stream.read() as Buffer | null;
      if (chunk === null) {
        if (stream.readableEnded) done(undefined);
        return;
      }
      stream.unshift(chunk);
      done(chunk[0]);
    };
    const done = (value: number | undefined) => {
      stream.off('readable', look).off('end', end).off('error', fail);
      resolve(value);
    };
    const end = () => done(undefined);
    const fail = (error: Error) => {
      done(undefined);
      reject(error);
    };
    stream.on('readable', look).on('end', end).on('error', fail);
  });
}

/** A compressor that lets go of what it has when told: a page that comes slowly must show what is there. */
export interface Encoder {
  stream: Transform;
  flush(): void;
}

export function createEncoder(coding: Coding): Encoder {
  const { constants } = zlib;
  switch (coding) {
    case 'gzip': {
      const stream = zlib.createGzip({ level: 1 });
      return { stream, flush: () => stream.flush(constants.Z_SYNC_FLUSH) };
    }
    case 'deflate': {
      const stream = zlib.createDeflate({ level: 1 });
      return { stream, flush: () => stream.flush(constants.Z_SYNC_FLUSH) };
    }
    case 'br': {
      const stream = zlib.createBrotliCompress({ params: { [constants.BROTLI_PARAM_QUALITY]: 1 } });
      return { stream, flush: () => stream.flush(constants.BROTLI_OPERATION_FLUSH) };
    }
    case 'zstd': {
      const stream = zlib.createZstdCompress({ params: { [constants.ZSTD_c_compressionLevel]: 1 } });
      return { stream, flush: () => stream.flush(constants.ZSTD_e_flush) };
    }
  }
}

/** A whole body decoded; undefined when it is broken or larger than `limit` bytes. */
export function decodeWhole(
  body: Buffer,
  coding: Coding | undefined,
  limit: number,
): Promise<Buffer | undefined> {
  if (coding === undefined) return Promise.resolve(body.length <= limit ? body : undefined);
  const options = { maxOutputLength: limit };
  return new Promise((resolve) => {
    const done = (error: Error | null, result: Buffer) => resolve(error ? undefined : result);
    if (coding === 'br') zlib.brotliDecompress(body, options, done);
    else if (coding === 'zstd') zlib.zstdDecompress(body, options, done);
    else if (coding === 'deflate' && ((body[0] ?? 8) & 0x0f) !== 8) zlib.inflateRaw(body, options, done);
    else zlib.unzip(body, options, done);
  });
}
