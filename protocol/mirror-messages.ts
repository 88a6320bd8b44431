// What a follower gets of the page: binary messages on the session socket, passed through a port to the view frame unread.
import type { ChangedProps, ElementProps, NodeRow, Op } from './nodes.ts';

/** First byte of a binary message to a follower. */
export const PACKING = { json: 0, gzip: 1 } as const;

/** One document of the page, as it stands. Rows never hold existing nodes; `ids` are the rows' ids, each as difference to the one before. */
export interface MirrorFrame {
  frame: number;
  /** Where it hangs: frame and iframe element; absent for the page frame. */
  parent?: [frame: number, node: number];
  rows: NodeRow[];
  ids: number[];
  /** Operations that complete it: sheet, adopt, rules, font, animate, frame, state, select, view, title, url. */
  ops: Op[];
  /** Digest of the frame's emitted tree, `ops` included. */
  digest?: number;
}

/** Of a document that a follower has, what lies in the ranges of ids in which his differs; said as in `frame.repaired`. */
export interface RepairedFrame {
  frame: number;
  parent?: [frame: number, node: number];
  ranges: number[];
  said: Op[];
  digest: number;
}

/** `out-of-sight`: the leader looks at a document that no recorder is in, such as a PDF or an error page of the browser. */
export type ShownState = 'waiting' | 'out-of-sight' | 'live' | 'paused' | 'catching-up' | 'degraded';

/** Whether there is no page to be seen. */
export function showsNothing(state: ShownState): boolean {
  return state === 'waiting' || state === 'out-of-sight';
}

/** The whole page at `(epoch, seq)`; fetched once from `view` host, brotli- or gzip-coded. */
export interface MirrorSnapshot {
  epoch: number;
  seq: number;
  frames: MirrorFrame[];
  /** How well the gateway itself knows the page. */
  state: ShownState;
}

/** Messages to a follower. The gateway made every byte of them from its tree; they are trusted by the mirror. */
export type MirrorMessage =
  /** Load this path of the view host, show it, then apply what follows. */
  | { type: 'mirror.snapshot'; epoch: number; seq: number; path: string }
  /**
   * One whole document. Without a `parent` it is a new page: all that was shown is gone, and `epoch` is new. With one it is put into that
   * iframe, in place of what was there.
   */
  | { type: 'mirror.frame'; epoch: number; seq: number; frame: MirrorFrame }
  /** Changes of one frame. A gap in `seq` asks for a repair, another epoch for a snapshot. `digest` is of all that was told of the frame. */
  | {
      type: 'mirror.changed';
      epoch: number;
      seq: number;
      frame: number;
      ops: Op[];
      digest?: number;
      /** Goes with a digest where it is not `live`. */
      state?: ShownState;
    }
  /**
   * To one follower, who asked by `mirror.repair`: every document that is shown, parents first. Others that he has are gone. With it he
   * is at `seq`, whatever he missed.
   */
  | {
      type: 'mirror.repaired';
      epoch: number;
      seq: number;
      /** Number of his question. */
      of: number;
      frames: (MirrorFrame | RepairedFrame)[];
    }
  /**
   * How well the gateway knows the page: not at all yet (`waiting`), as it is (`live`), being mended (`catching-up`), not as it is
   * (`degraded`: too large, not masked by its recorder, or not to be mended). Said twice more, in case that it was lost.
   */
  | { type: 'mirror.state'; state: ShownState };

export type { ChangedProps, ElementProps };
