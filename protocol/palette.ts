// The colours of participants, indexed by `color`: pointer labels, avatars, marks in lists. White text on each has contrast ≥ 4.5.

export const PALETTE = [
  '#0b6e6e',
  '#a34c0c',
  '#6a3fb5',
  '#b0305c',
  '#1f6f3f',
  '#2456b8',
  '#8a5a00',
  '#8c2f9e',
  '#4a5a68',
  '#b3261e',
] as const;

/** The colour of a participant; any index gives one. */
export function colorOf(index: number): string {
  return PALETTE[((index % PALETTE.length) + PALETTE.length) % PALETTE.length]!;
}
