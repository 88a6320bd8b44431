// WebSocket close codes (RFC 6455 section 7.4; 4000–4999 are ours) and what the other side should do.

export const CLOSE = {
  /** Normal end, nothing to do. */
  done: 1000,
  /** The gateway is going away or restarting: come back. */
  goingAway: 1001,
  /** A message did not have the declared shape. Do not come back with the same. */
  malformed: 1007,
  /** A rule was broken (rate, order of messages). */
  policy: 1008,
  /** A message was too large. */
  tooBig: 1009,
  /** No or wrong credentials. */
  unauthenticated: 4401,
  /** Known, but not allowed here. */
  forbidden: 4403,
  /** The other side read too slowly for too long: come back, a fresh snapshot follows. */
  tooSlow: 4408,
  /** Another window of the same participant took over. */
  replaced: 4409,
  /** The session or conversation has ended. */
  ended: 4410,
} as const;
