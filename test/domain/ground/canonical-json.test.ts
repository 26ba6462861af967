import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { canonicalJson } from '../../../core/domain/ground/canonical-json.ts';

const json = fc.jsonValue({ stringUnit: 'binary' });
const shuffled = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(shuffled);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.entries(value)
      .toReversed()
      .map(([name, member]) => [name, shuffled(member)]),
  );
};

test('the order of names changes nothing, and the text says the value', () => {
  fc.assert(
    fc.property(json, (value) => {
      const text = canonicalJson(value);
      expect(canonicalJson(shuffled(value))).toBe(text);
      expect(canonicalJson(JSON.parse(text))).toBe(text);
    }),
  );
});

test.each([
  new Set(['a']),
  new Map(),
  new Date(0),
  new Uint8Array([1]),
  Number.NaN,
  Number.POSITIVE_INFINITY,
  1n,
  Symbol('a'),
  () => 1,
])('%p is nothing that JSON can say, and looks like nothing else', (value) => {
  expect(() => canonicalJson({ value })).toThrow(TypeError);
});

test('names are sorted by their UTF-16 units, and absent is undefined', () => {
  expect(canonicalJson({ '\u20ac': 1, '\r': 2, '1': 3, '\ud83d\ude00': 4, a: undefined })).toBe(
    '{"\\r":2,"1":3,"\u20ac":1,"\ud83d\ude00":4}',
  );
  expect(canonicalJson(JSON.parse('{"b":1,"__proto__":{"a":2}}'))).toBe('{"__proto__":{"a":2},"b":1}');
});
