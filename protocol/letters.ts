// Letters as a person sees them (extended grapheme clusters, Unicode UAX #29), of however many UTF-16 units.
const letters = new Intl.Segmenter();

/** The letters of a text in their order. */
export function splitLetters(text: string): string[] {
  return Array.from(letters.segment(text), ({ segment }) => segment);
}

/** How many UTF-16 units the first letter has; 0 in an empty text. */
export function firstLetterLength(text: string): number {
  return letters.segment(text).containing(0)?.segment.length ?? 0;
}

/** How many UTF-16 units the last letter has; 0 in an empty text. */
export function lastLetterLength(text: string): number {
  return letters.segment(text).containing(text.length - 1)?.segment.length ?? 0;
}
