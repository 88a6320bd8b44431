// Input: what the holder of control does above the mirror, sent to the leader and performed in the page.
import { MAX_REPLACED, MAX_TEXT, MAX_TRAIL } from './limits.ts';
import {
  type Decoded,
  flag,
  integer,
  list,
  object,
  oneOf,
  optional,
  real,
  text,
  variants,
} from './schema.ts';

const node = integer(0, 2 ** 31 - 1);
const frame = integer(0, 2 ** 31 - 1);
/** Where on an element: 0…1 across its border box, so that it is right on another layout. May lie a little outside. */
const fraction = real(-10, 10);
/** In a viewport, CSS px. */
const coordinate = real(-1e6, 1e6);
/** Of a pen, 0…1; a mouse has half of it while a button is pressed. */
const pressure = optional(real(0, 1));
/** Bit field: 1 alt, 2 ctrl, 4 meta, 8 shift. */
const modifiers = integer(0, 15);

export const input = variants({
  /** Pointer over an element. `down`/`up` are a press; a click follows from them at the leader (`clicks` counts 1, 2, 3). */
  'input.pointer': object({
    frame,
    node,
    x: fraction,
    y: fraction,
    action: oneOf('move', 'down', 'up', 'cancel'),
    button: integer(0, 4),
    buttons: integer(0, 31),
    clicks: integer(0, 3),
    pointer: oneOf('mouse', 'touch', 'pen'),
    modifiers,
    pressure,
    /**
     * While a button is pressed and the pointer is above another document than the one that was pressed: what is there. `node` is then
     * the root element of the pressed one, which says whose the input is: captured pointers stay, what is dragged goes over.
     */
    over: optional(object({ frame, node, x: fraction, y: fraction })),
    /**
     * Only of a press: where it is in the viewport of `node`'s document, CSS px as the follower sees it. When the page has just drawn
     * the element anew, what looks the same at that point is pressed.
     */
    client: optional(object({ x: coordinate, y: coordinate })),
    /** Only of a move that draws: where else it was since the last message, oldest first, on the same element; often nowhere. */
    trail: optional(list(object({ x: fraction, y: fraction, pressure }), MAX_TRAIL)),
  }),
  /** Wheel above an element, CSS px. */
  'input.wheel': object({
    frame,
    node,
    x: fraction,
    y: fraction,
    dx: real(-1e5, 1e5),
    dy: real(-1e5, 1e5),
    modifiers,
  }),
  /**
   * A key that is not text: goes to the focused element, its default action is emulated. `frame` says in which frame that is. With
   * `held` it is one half of a stroke, without it the whole; what is still down when control ends is let go by the leader.
   */
  'input.key': object({
    frame: optional(frame),
    key: text(32),
    code: text(32),
    modifiers,
    repeat: flag,
    held: optional(oneOf('down', 'up')),
  }),
  /**
   * Text typed, pasted or composed (IME), for the focused element of `frame`. `lang` comes with digits: the language of the
   * follower's browser, which shows him the parts of a date in its order.
   */
  'input.text': object({
    frame: optional(frame),
    text: text(MAX_TEXT),
    lang: optional(text(40)),
    /** Of an input method: the whole of what it has made so far; with `unfinished` it goes on. */
    composing: optional(flag),
    unfinished: optional(flag),
    pasted: optional(flag),
    /** Of a paste: the key it was done by, which is down from here on; first the page hears of that. */
    byKey: optional(object({ key: text(32), code: text(32), modifiers, repeat: flag })),
    /** Of a paste: the follower has copied nothing elsewhere since he copied in the page; what the page kept then goes first. */
    copiedHere: optional(flag),
    /** What it stands for: the same text before the caret goes (autocorrection, an accent chosen for a held key). */
    replaces: optional(text(MAX_REPLACED)),
  }),
  /** A field's value, chosen in a picker that the follower's side drew (select, date, colour, range). */
  'input.value': object({
    frame,
    node,
    value: optional(text(MAX_TEXT)),
    checked: optional(flag),
    selected: optional(list(integer(0, 100_000), 10_000)),
  }),
  /** Scroll offset of an element (or node 1: the document), CSS px. */
  'input.scroll': object({ frame, node, x: real(-1e7, 1e7), y: real(-1e7, 1e7) }),
  /** Selection by node and offset, as in a `select` operation. */
  'input.select': object({
    frame,
    anchor: node,
    anchorOffset: integer(0, 1e9),
    focus: node,
    focusOffset: integer(0, 1e9),
  }),
});
/** Something the holder of control did. */
export type Input = Decoded<typeof input>;
