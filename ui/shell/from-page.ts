// Decodes what the customer's page says on a port to the shell. Nothing of it is believed beyond its shape.
import { MAX_DRAGGED, MAX_DRAGGED_TYPES, MAX_URL } from '../../protocol/limits.ts';
import { mark } from '../../protocol/marks.ts';
import type { FromPage } from '../../protocol/ports.ts';
import {
  type Decoder,
  flag,
  integer,
  list,
  Malformed,
  object,
  oneOf,
  optional,
  real,
  text,
  tuple,
  variants,
} from '../../protocol/schema.ts';
import { CLICK_KINDS } from '../../protocol/session-messages.ts';

const bytes: Decoder<Uint8Array> = (value, path) => {
  if (!(value instanceof Uint8Array)) throw new Malformed(path, 'bytes');
  return value;
};
const number = integer(0, 2 ** 31 - 1);
const fieldText = text(1_000_000);
const form = object({
  method: text(10),
  enctype: text(100),
  fields: list(
    tuple(text(10_000), (value, path) => (value instanceof File ? value : fieldText(value, path))),
    10_000,
  ),
});
const decode = variants({
  fact: object({ json: bytes }),
  navigate: object({ url: text(MAX_URL), form: optional(form) }),
  external: object({ url: text(MAX_URL) }),
  dialog: object({
    kind: oneOf('alert', 'confirm', 'prompt', 'print', 'file', 'leave', 'permission', 'closed'),
    text: text(100_000),
  }),
  takeBack: object({}),
  ownInput: object({}),
  pointer: object({
    kind: oneOf('moved', 'clicked', 'left'),
    node: number,
    x: real(-100, 100),
    y: real(-100, 100),
  }),
  refused: object({
    pid: text(32),
    seq: integer(0, 2 ** 31),
    reason: oneOf('field-protected', 'file-chooser', 'stale'),
  }),
  escape: object({}),
  needsClick: object({ node: number, what: oneOf(...CLICK_KINDS) }),
  spotAnswer: object({ id: text(64), answer: oneOf('done', 'declined', 'gone') }),
  mark: object({ mark }),
  toolDone: object({}),
  tab: object({ back: flag, into: optional(text(64)) }),
  tabbed: object({}),
  gone: object({}),
  beyond: object({
    seq: integer(0, 2 ** 31),
    mine: flag,
    drag: optional(
      object({
        data: list(tuple(text(200), text(MAX_DRAGGED)), MAX_DRAGGED_TYPES),
        allowed: oneOf(
          ...([
            'none',
            'copy',
            'copyLink',
            'copyMove',
            'link',
            'linkMove',
            'move',
            'all',
            'uninitialized',
          ] as const),
        ),
      }),
    ),
  }),
  dropped: object({ seq: integer(0, 2 ** 31), effect: oneOf('none', 'copy', 'link', 'move') }),
  chain: object({ dx: real(-1e5, 1e5), dy: real(-1e5, 1e5) }),
});

/** The message, or undefined when it has not the shape of one. */
export function decodeFromPage(data: unknown): FromPage | undefined {
  try {
    return decode(data, '') as FromPage;
  } catch (error) {
    if (error instanceof Malformed) return undefined;
    throw error;
  }
}
