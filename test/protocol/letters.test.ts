// Letters of several UTF-16 units are one each.
import { expect, test } from 'vitest';
import { firstLetterLength, lastLetterLength, splitLetters } from '../../protocol/letters.ts';

test.each([
  ['', []],
  ['ab', ['a', 'b']],
  ['e\u0301\r\n', ['e\u0301', '\r\n']],
  ['👍🏽👨‍👩‍👧', ['👍🏽', '👨‍👩‍👧']],
])('"%s"', (text, letters) => {
  expect(splitLetters(text)).toEqual(letters);
  expect(firstLetterLength(text)).toBe(letters.at(0)?.length ?? 0);
  expect(lastLetterLength(text)).toBe(letters.at(-1)?.length ?? 0);
});
