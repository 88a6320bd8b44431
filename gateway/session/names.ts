// Names that people give themselves: trimmed, of one line, of bounded length.
import { Refused } from '../errors.ts';

const MAX_NAME = 60;
/** Controls and the marks that turn the direction of text: they would let a name disguise itself in a list. */
const INVISIBLE = /[\p{Cc}\p{Zl}\p{Zp}\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]/gu;

/** @throws {Refused} malformed, when nothing is left of it */
export function personName(value: string): string {
  const name = value.replace(INVISIBLE, ' ').replace(/\s+/g, ' ').trim().slice(0, MAX_NAME).trim();
  if (name === '') throw new Refused('malformed');
  return name;
}
