// The packing of our own bodies, as Accept-Encoding allows it.
import { expect, test } from 'vitest';
import { chooseCoding } from '../../gateway/content-coding.ts';

test.each([
  ['gzip, deflate, br, zstd', 'br'],
  ['gzip;q=1.0, BR;q=0.2', 'br'],
  ['gzip, br;q=0', 'gzip'],
  ['gzip;q=0.0, br; q = 0', undefined],
  ['brotli, x-gzip', undefined],
  ['identity', undefined],
  ['', undefined],
  [undefined, undefined],
])('Accept-Encoding "%s" is answered with %s', (accepted, coding) => {
  expect(chooseCoding(accepted)).toBe(coding);
});
