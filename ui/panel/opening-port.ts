// Messages between the panel's frame and the window it opens at Start; both are of the panel host.

/** Of the window to its opener, when it listens. */
export const OPENING_READY = 'opening-ready';
export interface FromOpening {
  tandem: typeof OPENING_READY;
}

/** Of the frame to the window: for whom it opens, or why it does not. */
export const OPENING = 'opening';
export interface ToOpening {
  tandem?: typeof OPENING;
  agent?: string;
  site?: string;
  error?: string;
}
