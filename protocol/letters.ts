// Letters as a person sees them (extended grapheme clusters, Unicode UAX #29), of however many UTF-16 units.
const letters = new Intl.Segmenter();

/** The letters of a text in their order. */
export function splitLetters(text: string): string[] {
  return Array.from(letters.segment(text), ({ segment }) => segment);
}

/** How many UTF-16 units the first letter has; 0 in an empty text. */
export function firstLetterLength(text: string): number {
  for (const { segment } of letters.segment(text)) return segment.length;
  return 0;
}

/** How many UTF-16 units the last letter has; 0 in an empty text. */
export function lastLetterLength(text: string): number {
  return splitLetters(text).at(-1)?.length ?? 0;
}
