import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { latencyBucket, latencyPercentile } from '../../../core/domain/usage/latency-bucket.ts';

test('a percentile is at most 10 % off, whatever was counted', () => {
  const latencies = fc.array(fc.integer({ min: 1, max: 30_000 }), { minLength: 1, maxLength: 300 });
  const share = fc.constantFrom(0.5, 0.9, 0.99, 1);
  fc.assert(
    fc.property(latencies, share, (values, p) => {
      const counts: Record<string, number> = {};
      for (const value of values) {
        const bucket = latencyBucket(value);
        counts[bucket] = (counts[bucket] ?? 0) + 1;
      }
      const exact = values.toSorted((a, b) => a - b)[Math.ceil(values.length * p) - 1] ?? 0;
      const read = latencyPercentile(counts, p) ?? 0;
      expect(Math.abs(read / exact - 1)).toBeLessThanOrEqual(0.1);
    }),
  );
});

test('what takes less than a millisecond, for ever, or no time that a clock tells has a bucket too', () => {
  expect([-1, 0, 0.5, 1, Number.NaN].map(latencyBucket)).toEqual([0, 0, 0, 0, 0]);
  expect(latencyBucket(Number.POSITIVE_INFINITY)).toBe(60);
  expect(latencyPercentile({}, 0.5)).toBeNull();
});
