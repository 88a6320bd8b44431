// What a leader's page says of itself: binary messages `[page bit, frame number: uint32 big-endian][UTF-8 JSON]` on the session socket.
import { MAX_URL } from './limits.ts';
import { nodeRow, op } from './nodes.ts';
import { MAX_SUMS, SHEET_RANGES } from './repair.ts';
import { type Decoded, flag, integer, list, object, optional, real, text, variants } from './schema.ts';

const digest = integer(-(2 ** 31), 2 ** 32);
/**
 * Counts the facts of one recorder, from 1. A gap or a step back says that one was lost, doubled or overtaken. Who does not count is
 * taken at his word: what does not fit is then nonsense.
 */
const seq = optional(integer(1, 2 ** 31 - 1));

export const pageFact = variants({
  /** A document began in this frame; all that was known of the frame before is gone. Its snapshot follows. */
  'frame.opened': object({
    seq,
    url: text(MAX_URL),
    title: text(1_000),
    /** What relative addresses stand to, where that is not `url` (a `<base>`, about:blank). */
    base: optional(text(MAX_URL)),
    /** Told to the parent document too, which names it in a `frame` operation: so the trees are nested. '' in the page frame. */
    nonce: text(64),
    /** Selectors this recorder masks and hides by, as given to it: a page whose recorder declared none is not passed on. */
    masks: list(text(500), 200),
    view: object({ width: real(0, 1e5), height: real(0, 1e5), ratio: real(0.01, 100) }),
  }),
  /** A slice of the snapshot: rows in preorder with ids ascending from `first`; the last slice says so. */
  'frame.snapshot': object({
    seq,
    first: integer(1, 2 ** 31 - 1),
    rows: list(nodeRow, 60_000),
    last: flag,
    digest: optional(digest),
  }),
  /**
   * Changes of one flush. `digest` is of the tree and the asides after them; it comes a few times a second while something changes,
   * and twice when it has become quiet, with no changes.
   */
  'frame.changed': object({
    seq,
    ops: list(op, 60_000),
    digest: optional(digest),
    /** The batch is too long for one message: it goes on in the next, and is applied with the last. */
    more: optional(flag),
  }),
  /**
   * Answers a `page.repair`: what lies in these ranges of ids, said again whole by `node`, `text`, `list` and the operations of asides.
   * Nodes of the ranges that are not named are not there. The last part names the ranges.
   */
  'frame.repaired': object({
    seq,
    /** Number of the request. */
    of: integer(0, 2 ** 31 - 1),
    /** Parts of an answer are counted from 0. */
    part: integer(0, 10_000),
    ops: list(op, 60_000),
    more: optional(flag),
    ranges: optional(list(integer(-SHEET_RANGES, 2 ** 31 - 1), MAX_SUMS)),
    digest: optional(digest),
  }),
  /** The document is gone (navigation, frame removed). */
  'frame.closed': object({}),
});
/** A message of the recorder. */
export type PageFact = Decoded<typeof pageFact>;

/** A fact's frame number on the wire, and whether the shell saw it come from the page frame itself. */
export interface FactSource {
  frame: number;
  /** Said by the shell alone: a nested document, which may be hostile, cannot pose as the page. */
  page: boolean;
}

/** Puts the page bit and the frame number before the JSON of a fact. */
export function encodeFact({ frame, page }: FactSource, json: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(4 + json.length);
  bytes[0] = ((frame >>> 24) & 0x7f) | (page ? 0x80 : 0);
  bytes[1] = frame >>> 16;
  bytes[2] = frame >>> 8;
  bytes[3] = frame;
  bytes.set(json, 4);
  return bytes;
}

/** Takes them off; undefined when the message is too short. */
export function splitFact(bytes: Uint8Array): (FactSource & { json: Uint8Array }) | undefined {
  if (bytes.length < 5) return undefined;
  const frame = ((bytes[0]! & 0x7f) << 24) | (bytes[1]! << 16) | (bytes[2]! << 8) | bytes[3]!;
  return { frame, page: (bytes[0]! & 0x80) !== 0, json: bytes.subarray(4) };
}
