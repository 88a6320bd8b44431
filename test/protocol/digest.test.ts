// The rolling digest: what was put in and taken out leaves no trace, and every part of a node counts.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { advance, hashElement, hashPair, hashTextNode } from '../../protocol/digest.ts';

describe('rolling digest', () => {
  it('comes back when changes are undone, in whatever order they came', () => {
    fc.assert(
      fc.property(fc.array(fc.integer()), fc.integer(), (hashes, start) => {
        let digest = start | 0;
        for (const hash of hashes) digest = advance(digest, 0, hash);
        for (const hash of hashes.toReversed()) digest = advance(digest, hash, 0);
        expect(digest).toBe(start | 0);
      }),
    );
  });

  it('depends on id, tag, attributes, text and the order of children', () => {
    const element = hashElement(5, 'p', hashPair('class', 'a'), [6, 7]);
    expect(hashElement(4, 'p', hashPair('class', 'a'), [6, 7])).not.toBe(element);
    expect(hashElement(5, 'q', hashPair('class', 'a'), [6, 7])).not.toBe(element);
    expect(hashElement(5, 'p', hashPair('class', 'b'), [6, 7])).not.toBe(element);
    expect(hashElement(5, 'p', hashPair('class', 'a'), [7, 6])).not.toBe(element);
    expect(hashTextNode(5, 'a')).not.toBe(hashTextNode(5, 'b'));
    expect(hashTextNode(5, 'a')).not.toBe(hashTextNode(6, 'a'));
  });

  it('does not depend on the order of attributes', () => {
    const one = hashPair('a', '1') + hashPair('b', '2');
    const other = hashPair('b', '2') + hashPair('a', '1');
    expect(one).toBe(other);
  });
});
