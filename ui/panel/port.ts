// Messages between the panel script on the customer's page and the panel's frame. The script posts the hello with a port.
import type { Handover } from '../../protocol/handover.ts';

/** `postMessage` of the frame to its parent when it listens: `{ tandem: 'panel-ready' }`. */
export const PANEL_READY = 'panel-ready';
/** `postMessage` of the script to the frame, with the port: `{ tandem: 'panel', page }`. */
export const PANEL_HELLO = 'panel';

/** Script → frame. */
export type FromScript =
  /** Answer to `collect`. */
  | { type: 'handover'; handover: Handover; sealed?: string }
  /** The person opened or closed the panel. */
  | { type: 'shown'; open: boolean }
  /** The site's own code brings the token of a call's conversation. */
  | { type: 'attach'; token: string }
  | { type: 'resized'; width: number; height: number };

/** Frame → script. */
export type FromPanel =
  /** There is something to offer on this page: show the launcher. */
  | {
      type: 'ready';
      open: boolean;
      size: { width: number; height: number } | null;
      words: { open: string; close: string; resize: string; frame: string };
    }
  /** With `seal`: what the site's endpoint answers to the challenge goes with it; the page's scripts see it sealed only. */
  | { type: 'collect'; seal?: { path: string; challenge: string } }
  | { type: 'unread'; count: number; label: string }
  | { type: 'show'; open: boolean }
  /** The session has ended on this page of the real site; `pressed`: the customer wants to go there. */
  | { type: 'return'; url: string; pressed: boolean }
  | { type: 'started'; sid: string }
  | { type: 'stopped'; reason: string };
