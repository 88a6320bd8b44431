// Nodes and operations on the wire: how a page's tree and its changes are written, from recorder to gateway to mirror.
import { MAX_TEXT, MAX_URL } from './limits.ts';
import type { Decoded } from './schema.ts';
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
} from './schema.ts';

/** Ids are given by the recorder, per frame, ascending, never used again within an epoch. 1 is the document. */
export type NodeId = number;
const nodeId = integer(0, 2 ** 31 - 1);
const longText = text(MAX_TEXT);
const coordinate = real(-1e7, 1e7);
const duration = real(-1e12, 1e12);

/** State of an element that is no attribute. Absent = default. */
export const elementProps = object({
  /** Value of input, textarea; dots where masked. */
  value: optional(longText),
  checked: optional(flag),
  indeterminate: optional(flag),
  /** Indices of the chosen options of a select. */
  selected: optional(list(integer(0, 100_000), 10_000)),
  /** Scroll offset of the element (the document's own on the document node), CSS px. */
  scroll: optional(tuple(coordinate, coordinate)),
  /** A dialog opened by showModal. */
  modal: optional(flag),
  /** A popover that is showing. */
  popover: optional(flag),
  /** Shown as `requestFullscreen` asked for. */
  fullscreen: optional(flag),
  /** Of a dialog, popover or fullscreen element in the top layer: a number that is higher the later it came there. */
  layer: optional(integer(1, 2 ** 31 - 1)),
  /** What a popover was opened from: it belongs to that one's popover, and stands beside it. */
  source: optional(nodeId),
  /** A picker (list of choices, calendar, colours) is open. */
  open: optional(flag),
  /** What an image, video or audio really shows (currentSrc). */
  src: optional(text(MAX_TEXT)),
  /** What an image picked by `srcset` measures at the leader, CSS px: says at which density it is shown. */
  natural: optional(tuple(coordinate, coordinate)),
  /** Playing state of video and audio: paused, seconds, speed where it is not 1. */
  media: optional(object({ paused: flag, time: real(0, 1e9), rate: optional(real(-100, 100)) })),
  /** Picture of a canvas or of a video that followers cannot load: a small data: URL, or the name of sent `bytes`; '' where it may not be read. */
  picture: optional(text(MAX_TEXT)),
  /** The sheet of a style or link element is switched off. */
  off: optional(flag),
  /** Custom states of a custom element (`:state(…)`). */
  states: optional(list(text(100), 50)),
  /** Invalid by something that followers' own fields do not see: custom validity, input that cannot be read, a length typed. */
  invalid: optional(flag),
  /** The browser shows a person by now whether his input is valid (`:user-valid`, `:user-invalid`). */
  user: optional(oneOf('valid', 'invalid')),
  /** Words that the browser shows beside the field just now, why it is not valid. */
  says: optional(text(1_000)),
  /** Nodes that script assigned to a slot, where the shadow root's assignment is manual. */
  assigned: optional(list(nodeId, 10_000)),
  /** The element is a custom element that has been defined (`:defined`). */
  defined: optional(flag),
  /** Mask mark: its content was replaced with dots, or it is left out and only its box [width, height] in CSS px is kept. */
  masked: optional(oneOf('mask', 'hide')),
  box: optional(tuple(coordinate, coordinate)),
});
/** A changed property is sent whole; `null` on the wire for "back to default" arrives as absent in `ElementProps`. */
export type ElementProps = Decoded<typeof elementProps>;

/**
 * One node in preorder.
 * - text: a text node
 * - number: an existing node that moves here with its subtree
 * - array: `[tag, attributes as name, value, name, value…, number of children, props?]`. Tags of other namespaces carry a
 *   prefix (`svg:path`, `math:mi`, or `{uri}tag`); `#shadow` is a shadow root (always the first child of its host) and
 *   `#document` the document, with attributes `mode` (`quirks` or `standards`) and `doctype`.
 * Comments and the content of scripts are left out; a script is an empty element.
 */
export type ElementRow = [tag: string, attributes: string[], children: number, props?: ElementProps];
export type NodeRow = string | number | ElementRow;

const tagName = text(256);
const pairs: Decoder<string[]> = (value, path) => {
  const names = list(longText, 1_000)(value, path);
  if (names.length % 2) throw new Malformed(path, 'pairs of attribute name and value');
  return names;
};
const elementRow = tuple(tagName, pairs, integer(0, 250_000), optional(elementProps));
export const nodeRow: Decoder<NodeRow> = (value, path) => {
  if (typeof value === 'string') return longText(value, path);
  if (typeof value === 'number') return nodeId(value, path);
  const row = elementRow(value, path);
  return (row[3] === undefined ? [row[0], row[1], row[2]] : row) as ElementRow;
};

/** New nodes in preorder, several siblings possible; ids ascend from `first` (rows that are numbers take none). */
const literal = object({ first: nodeId, rows: list(nodeRow, 60_000) });
export interface NodeLiteral {
  first: NodeId;
  rows: NodeRow[];
  /** Only from the gateway to followers: ids of the rows (numbers left out), each as difference to the one before, when they do not ascend by one. */
  ids?: number[];
}
/** An existing node, by id, or new ones. */
export type Insert = NodeId | NodeLiteral;
const insert: Decoder<Insert> = (value, path) =>
  typeof value === 'number' ? nodeId(value, path) : literal(value, path);

/**
 * A Web Animation as it stands. One without `css` is made anew by the mirror; of a CSS animation, which runs there by itself, only
 * the phase is told.
 */
const animation = object({
  /** Name of a CSS animation of the node. */
  css: optional(text(200)),
  /** `::before` and the like. */
  pseudo: optional(text(100)),
  /** Each keyframe as property, value, property, value… (`offset`, `easing`, `composite` among them); absent: as told before. */
  keyframes: optional(list(list(text(4_000), 200), 200)),
  /** Absent `iterations`: without end. Times in ms. */
  timing: optional(
    object({
      delay: duration,
      endDelay: duration,
      duration,
      iterations: optional(duration),
      iterationStart: duration,
      direction: oneOf('normal', 'reverse', 'alternate', 'alternate-reverse'),
      fill: oneOf('none', 'forwards', 'backwards', 'both', 'auto'),
      easing: text(1_000),
    }),
  ),
  /** Where it is, ms, at the time of the message; absent: nowhere yet. */
  time: optional(real(-1e12, 1e12)),
  rate: real(-1e6, 1e6),
  play: oneOf('running', 'paused', 'finished', 'idle'),
});
export type AnimationState = Decoded<typeof animation>;

/** A font face that a script added: family, a `src` descriptor, other descriptors as name, value, name, value… */
const fontFace = object({
  family: text(500),
  source: text(MAX_URL),
  descriptors: list(text(500), 40),
});

/** Every operation and its shape. */
const ops = {
  /**
   * `['children', parent, start, removed, inserts]`: one splice of the children that the parent had *before the batch*.
   * All splices of a batch are resolved first and placed then, so a node may move from one parent to another. A node that is
   * under no parent after the batch is gone.
   */
  children: tuple(oneOf('children'), nodeId, integer(0, 250_000), integer(0, 250_000), list(insert, 60_000)),
  /** `['inserts', inserts]`: what the `children` operation before it inserts, continued; rows may go on within a subtree. */
  inserts: tuple(oneOf('inserts'), list(insert, 60_000)),
  /** `['text', node, text]` */
  text: tuple(oneOf('text'), nodeId, longText),
  /**
   * `['append', node, where, text]`: a text too long for one message goes on. `where` is '' (a text node), `@name` (an attribute),
   * `.value` (the property), `#rules` (of a style or link element) or `#sheet` (the node is then a constructed sheet's id).
   */
  append: tuple(oneOf('append'), nodeId, text(256), longText),
  /** `['attr', node, name, value or null]` */
  attr: tuple(oneOf('attr'), nodeId, text(256), optional(longText)),
  /** `['props', node, props]`: the named properties change, the others stay; `null` resets one. */
  props: tuple(oneOf('props'), nodeId, (value: unknown, path: string) => changedProps(value, path)),
  /** `['sheet', sheet, css]`: a constructed style sheet was made or changed. Sheet ids are the recorder's own. */
  sheet: tuple(oneOf('sheet'), nodeId, longText),
  /** `['adopt', document or shadow root, sheets]`: adoptedStyleSheets. */
  adopt: tuple(oneOf('adopt'), nodeId, list(nodeId, 1_000)),
  /** `['rules', style or link element, css or null]`: its sheet was edited by script (CSSOM); null = as its source says. */
  rules: tuple(oneOf('rules'), nodeId, optional(longText)),
  /**
   * `['bytes', name, base64, more]`: a picture or font that the page made itself, in pieces; an empty last piece says that it will not
   * come. `name` is a `blob:` address of the page, or one beginning with `tandem:`. Never passed on to followers, who load it.
   */
  bytes: tuple(oneOf('bytes'), text(MAX_URL), text(MAX_TEXT), optional(flag)),
  /** `['animate', node, number, state or null]`: an animation of the node, by the recorder's number for it; null: it is over or cancelled. */
  animate: tuple(oneOf('animate'), nodeId, integer(1, 2 ** 31 - 1), optional(animation)),
  /** `['font', number, face or null]`: a font face is in `document.fonts`, or not any more. */
  font: tuple(oneOf('font'), integer(1, 2 ** 31 - 1), optional(fontFace)),
  /** `['frame', iframe element, nonce]`: the frame inside it said hello with that nonce. Gateway to follower: the frame's number. */
  frame: tuple(oneOf('frame'), nodeId, (value: unknown, path: string) =>
    typeof value === 'number' ? integer(0, 2 ** 31 - 1)(value, path) : text(64)(value, path),
  ),
  /** `['state', kind, node or 0]`: who is hovered, active, focused; `focus-visible` also says that a ring is shown. */
  state: tuple(oneOf('state'), oneOf('hover', 'active', 'focus', 'focus-visible', 'target'), nodeId),
  /** `['select', anchor, offset, focus, offset]`: the selection, in shadow trees too; in a field, node twice. All 0 = none. */
  select: tuple(oneOf('select'), nodeId, integer(0, 1e9), nodeId, integer(0, 1e9)),
  /** `['done', seq]`: the input with that number has been performed; what it changed at once stands before it. Of no document: never in a snapshot. */
  done: tuple(oneOf('done'), integer(0, 2 ** 31)),
  /**
   * `['view', width, height, ratio, bars?, part?]`: viewport in CSS px, scrollbars included; devicePixelRatio; `[right, bottom]` width of
   * its scrollbars; `[x, y, width, height]` of the part that is seen where the person has zoomed in with two fingers.
   */
  view: tuple(
    oneOf('view'),
    real(0, 1e5),
    real(0, 1e5),
    real(0.01, 100),
    optional(tuple(real(0, 200), real(0, 200))),
    optional(tuple(coordinate, coordinate, real(0, 1e5), real(0, 1e5))),
  ) as Decoder<
    [
      op: 'view',
      width: number,
      height: number,
      ratio: number,
      bars?: [number, number] | undefined,
      part?: [number, number, number, number] | undefined,
    ]
  >,
  /** `['title', text]` */
  title: tuple(oneOf('title'), text(1_000)),
  /**
   * `['node', node, tag, attributes, props?]`: only when something is said again (a repair): all of one element, root or document but
   * its children. `text` says a text node whole then, whether it was there or not.
   */
  node: tuple(oneOf('node'), nodeId, tagName, pairs, optional(elementProps)),
  /** `['list', node, ids]`: only in a repair: its children in order, each id as difference to the one before. Another one goes on. */
  list: tuple(oneOf('list'), nodeId, list(integer(-(2 ** 31), 2 ** 31), 20_000)),
  /** `['base', address]`: what relative addresses stand to from now on. */
  base: tuple(oneOf('base'), text(MAX_URL)),
  /** `['url', address]`: the document's address changed without a load (pushState, hash). */
  url: tuple(oneOf('url'), text(MAX_URL)),
} satisfies Record<string, Decoder<unknown[]>>;

/** Properties with `null` for "back to default", as sent by a `props` operation. */
export type ChangedProps = { [K in keyof ElementProps]?: ElementProps[K] | null };
function changedProps(value: unknown, path: string): ChangedProps {
  const decoded: ChangedProps = elementProps(value, path);
  for (const [name, entry] of Object.entries(value as object))
    if (entry === null) decoded[name as keyof ElementProps] = null as never;
  return decoded;
}

/** One change of a page. See {@link ops}' members for the meaning of each. */
export type Op = { [K in keyof typeof ops]: Decoded<(typeof ops)[K]> }[keyof typeof ops];
export type OpName = keyof typeof ops;

/** Decodes one operation. */
export const op: Decoder<Op> = (value, path) => {
  const name: unknown = Array.isArray(value) ? value[0] : undefined;
  if (typeof name !== 'string' || !Object.hasOwn(ops, name)) throw new Malformed(path, 'a known operation');
  return ops[name as OpName](value, path) as Op;
};
