// The words of the page's own dialogs, for followers: short, and without card numbers, whatever the page has let through.
import { maskText } from '../../protocol/masking.ts';

/** Characters of a dialog's words that are passed on. */
const MAX_WORDS = 500;
/** 13 to 19 digits, perhaps in groups: what a payment card has. */
const LONG_NUMBER = /\d(?:[ -]?\d){12,18}/g;

/** Recorders mask what the page masks; a card number that stands nowhere else on the page is found here. */
export function dialogWords(text: string): string {
  return text
    .slice(0, MAX_WORDS)
    .replace(LONG_NUMBER, (found) => (isCardNumber(found) ? maskText(found) : found));
}

/** The check digit by Luhn (ISO/IEC 7812-1). */
function isCardNumber(text: string): boolean {
  const digits = text.replace(/\D/g, '');
  let sum = 0;
  for (let index = 0; index < digits.length; index++) {
    const digit = Number(digits[digits.length - 1 - index]);
    const doubled = index % 2 === 1 ? digit * 2 : digit;
    sum += doubled > 9 ? doubled - 9 : doubled;
  }
  return sum % 10 === 0;
}
