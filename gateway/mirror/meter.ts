// What is counted of repairs, for the operator.

/** `leader`: the leader's page and the gateway differ; `follower`: the gateway and a follower's mirror. */
export type Hop = 'leader' | 'follower';

export interface Meter {
  /** Something was found to differ: by a message that did not come (`gap`), or by the digest. */
  differed(hop: Hop, by: 'gap' | 'digest'): void;
  /** How it was made good: only what differed was said again, or (`whole`) all of a document or page, or not. */
  mended(hop: Hop, how: 'repair' | 'whole' | 'given-up'): void;
}

/** Counts nothing. */
export const NO_METER: Meter = { differed: () => {}, mended: () => {} };
