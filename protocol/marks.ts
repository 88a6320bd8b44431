// What people draw above the page for one another: laser, marker and a framed element. Anchored to elements, gone after a while.
import { MAX_POINTS } from './limits.ts';
import { type Decoded, flag, integer, list, object, oneOf, real, tuple, variants } from './schema.ts';

const number = integer(0, 2 ** 31 - 1);
/** Places on an element: 0…1 across its border box. A stroke may lead far out of the element it began on. */
const place = tuple(real(-1_000, 1_000), real(-1_000, 1_000));

/** What may be drawn. `stroke` is the drawer's own number: what comes with the same one goes on. */
export const markShapes = {
  /** Points of a stroke, in order; the last ones say `done`. */
  'mark.drawn': object({
    stroke: number,
    tool: oneOf('laser', 'marker'),
    frame: number,
    node: number,
    points: list(place, MAX_POINTS),
    done: flag,
  }),
  /** A frame around an element. */
  'mark.framed': object({ frame: number, node: number }),
  /** The drawer wipes his own away. */
  'mark.cleared': object({}),
};
export const mark = variants(markShapes);
/** Something drawn. */
export type Mark = Decoded<typeof mark>;

/** What a participant may have in his hand above the page. `ask` asks the customer to click, see session-messages.ts. */
export const TOOLS = ['none', 'laser', 'marker', 'frame', 'ask'] as const;
export type Tool = (typeof TOOLS)[number];
