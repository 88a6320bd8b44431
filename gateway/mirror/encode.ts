// Messages to followers as bytes: one byte of packing, then JSON, compressed once for all when that pays.
import { gzipSync } from 'node:zlib';
import { GZIP_FROM_BYTES } from '../../protocol/limits.ts';
import { type MirrorMessage, PACKING } from '../../protocol/mirror-messages.ts';

/** Long ones are packed at the fastest level: they are rare, and everyone waits for them. */
const FAST_FROM_BYTES = 64 * 1024;

/** The bytes of a message; the same for every follower. */
export function encodeMirror(message: MirrorMessage): Uint8Array {
  const json = Buffer.from(JSON.stringify(message));
  if (json.length < GZIP_FROM_BYTES) return Buffer.concat([Buffer.of(PACKING.json), json]);
  const packed = gzipSync(json, { level: json.length < FAST_FROM_BYTES ? 6 : 1 });
  return Buffer.concat([Buffer.of(PACKING.gzip), packed]);
}
