import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { BASE62, randomBase62, toBase62 } from '../../../core/domain/ground/base62.ts';

test('secrets use every digit equally: bytes that would favour some are dropped', () => {
  const allBytes = Uint8Array.from({ length: 256 }, (_, byte) => byte);
  const counts = new Map<string, number>();
  for (const digit of randomBase62(248, () => allBytes)) counts.set(digit, (counts.get(digit) ?? 0) + 1);
  expect(counts.size).toBe(62);
  expect(new Set(counts.values())).toEqual(new Set([4]));
});

test('text has the length that was asked for, also where whole draws are dropped', () => {
  let calls = 0;
  const stubborn = (count: number) => {
    calls += 1;
    return new Uint8Array(count).fill(calls < 3 ? 248 : 61);
  };
  expect(randomBase62(5, stubborn)).toBe('zzzzz');
  expect(calls).toBe(3);
  expect(randomBase62(0, stubborn)).toBe('');
});

test('the last byte that counts is 247, and the first that is dropped 248', () => {
  const bytes = (...values: number[]) => randomBase62(2, () => Uint8Array.from(values));
  expect(bytes(247, 248, 255, 0)).toBe('z0');
  expect(bytes(62, 61)).toBe('0z');
});

test('a number is written with its most significant digit first, and zeros in front up to the width', () => {
  expect([toBase62(0, 3), toBase62(61, 3), toBase62(62, 3), toBase62(62 ** 3 - 1, 3)]).toEqual([
    ...['000', '00z', '010', 'zzz'],
  ]);
  expect(toBase62(62 ** 3, 3)).toBe('000');
});

test('texts of equal width sort as the numbers do', () => {
  const number = fc.integer({ min: 0, max: 62 ** 6 - 1 });
  fc.assert(
    fc.property(number, number, (one, other) => {
      const [a, b] = [toBase62(one, 6), toBase62(other, 6)];
      expect(a < b).toBe(one < other);
      expect([...a].reduce((sum, digit) => sum * 62 + BASE62.indexOf(digit), 0)).toBe(one);
    }),
  );
});
