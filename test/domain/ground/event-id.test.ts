import { randomBytes } from 'node:crypto';
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { eventId, eventPosition } from '../../../core/domain/ground/event-id.ts';

test('is a UUID of version 7', () => {
  const zeros = eventId(new Date(0), (count) => new Uint8Array(count));
  const ones = eventId(new Date(0), (count) => new Uint8Array(count).fill(255));
  expect(zeros).toBe('00000000-0000-7000-8000-000000000000');
  expect(ones).toBe('00000000-0000-7fff-bfff-ffffffffffff');
});

test('ids of a later millisecond sort later', () => {
  const times = fc.tuple(fc.integer({ min: 0, max: 2 ** 43 }), fc.integer({ min: 1, max: 2 ** 43 }));
  fc.assert(
    fc.property(times, ([earlier, distance]) => {
      const first = eventId(new Date(earlier), randomBytes);
      expect(first < eventId(new Date(earlier + distance), randomBytes)).toBe(true);
    }),
  );
});

test('events stand by their time first, and those of one time by their id', () => {
  const at = (time: string, id: string) => eventPosition({ time, id });
  expect(at('2026-11-22T12:00:00.000Z', 'b')).toBe('2026-11-22T12:00:00.000Z#b');
  expect(at('2026-11-22T12:00:00.000Z', 'b') < at('2026-11-22T12:00:00.001Z', 'a')).toBe(true);
  expect(at('2026-11-22T12:00:00.000Z', 'a') < at('2026-11-22T12:00:00.000Z', 'b')).toBe(true);
});
