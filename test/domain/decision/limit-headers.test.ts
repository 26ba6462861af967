import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { LimitState, Period } from '../../../core/domain/decision/limit.ts';
import { limitHeaders } from '../../../core/domain/decision/limit-headers.ts';

const NOW = 1_000_000;
const state = (
  limit: number,
  period: Period,
  remaining: number,
  start = NOW,
  end = NOW + 60_000,
): LimitState => ({
  policy: { limit, period },
  window: { id: 'w', index: 1, start, end },
  remaining,
  heldUntil: 0,
});

test('who has no limits is told of none', () => {
  expect(limitHeaders([], NOW)).toEqual({});
});

test('every limit is told by name, and the older fields tell of the one of which the smallest share is left', () => {
  const minute = state(100, 60, 50, NOW - 30_000, NOW + 29_001);
  const day = state(1000, 'day', 400, NOW, NOW + 86_400_000);
  const month = state(10, 'month', 5, NOW, NOW + 2_592_000_000);
  expect(limitHeaders([minute, day, month], NOW)).toEqual({
    'RateLimit-Policy': '"60s";q=100;w=59, "day";q=1000;w=86400, "month";q=10;w=2592000',
    RateLimit: '"60s";r=50;t=30, "day";r=400;t=86400, "month";r=5;t=2592000',
    'RateLimit-Limit': '1000',
    'RateLimit-Remaining': '400',
    'RateLimit-Reset': '86400',
  });
});

test('of two that are equally scarce the first is told, and a window that is over is told as one second', () => {
  const headers = limitHeaders([state(10, 1, 5, NOW - 1000, NOW), state(100, 60, 50)], NOW);
  expect(headers).toMatchObject({ 'RateLimit-Limit': '10', 'RateLimit-Reset': '1' });
});

test('no limit of the caller’s has a smaller share left than the one that is told', () => {
  const some = fc.tuple(fc.integer({ min: 1, max: 1000 }), fc.nat(1000));
  fc.assert(
    fc.property(fc.array(some, { minLength: 1, maxLength: 5 }), (limits) => {
      const states = limits.map(([limit, used], i) => state(limit, i + 1, Math.max(0, limit - used)));
      const headers = limitHeaders(states, NOW);
      const told = Number(headers['RateLimit-Remaining']) / Number(headers['RateLimit-Limit']);
      for (const { remaining, policy } of states)
        expect(remaining / policy.limit).toBeGreaterThanOrEqual(told);
      expect(headers['RateLimit-Policy']?.split(', ')).toHaveLength(states.length);
    }),
  );
});
