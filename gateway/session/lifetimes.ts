// How long people may be away and sessions may last before they end by themselves, in ms. Tests give shorter ones.

export interface Lifetimes {
  /** Who lost his connection may come back for so long: to the session, to control that he held, to the conversation. */
  resume: number;
  /** Between two pages of the site nobody is told that the customer is away. */
  absent: number;
  /** Without any use. */
  idle: number;
  /** From the start of a session, whatever happens in it. */
  longest: number;
  /** A call is ended through the API or by the agent; forgotten ones end by themselves. */
  call: number;
}

export const LIFETIMES: Readonly<Lifetimes> = {
  resume: 2 * 60_000,
  absent: 2_000,
  idle: 30 * 60_000,
  longest: 4 * 60 * 60_000,
  call: 4 * 60 * 60_000,
};

/** How often it is looked who has been away for too long: a second, and a tenth of the shortest time. */
export function lookEvery({ resume, absent }: Lifetimes): number {
  return Math.max(20, Math.min(1_000, resume / 10, absent / 2));
}
