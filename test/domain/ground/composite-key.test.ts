import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { compositeKey } from '../../../core/domain/ground/composite-key.ts';

/** Texts that are hard to keep apart once they are joined, and the words that stand for nothing. */
const awkward = fc.constantFrom(
  ...['', ' ', '-', '0:', '1:a', 'a', 'a b', 'b', '"', '","', '\\', 'null', 'undefined', '#', '\n', '\ud800'],
  undefined,
);
const part = fc.oneof(awkward, fc.string({ maxLength: 6 }), fc.string({ unit: 'binary', maxLength: 4 }));

test('is the same for the same parts and for no others, whatever they hold', () => {
  const parts = fc.array(part, { maxLength: 5 });
  fc.assert(
    fc.property(parts, parts, (left, right) => {
      const same = left.length === right.length && left.every((each, i) => each === right[i]);
      expect(compositeKey(...left) === compositeKey(...right)).toBe(same);
    }),
    { numRuns: 1000 },
  );
});

test('is not made of two parts by moving the border between them', () => {
  const border = fc.tuple(fc.string(), fc.string(), fc.string({ minLength: 1 }));
  fc.assert(
    fc.property(border, ([before, after, moved]) => {
      expect(compositeKey(before, moved + after)).not.toBe(compositeKey(before + moved, after));
    }),
  );
});

test('tells a part that is absent from an empty one, from a word for it, and from no part at all', () => {
  const keys = [[undefined], [''], ['-'], ['undefined'], ['null'], [], ['', ''], [undefined, undefined]];
  expect(new Set(keys.map((parts) => compositeKey(...parts))).size).toBe(keys.length);
});
