import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  formatPolicies,
  limitRefusal,
  parsePolicies,
  policiesOf,
  secondsLeft,
  windowAt,
  windowOf,
} from '../../../core/domain/decision/limit.ts';

const NOW = Date.parse('2026-11-22T12:34:56.789Z');
const at = (text: string) => Date.parse(text);

describe('policies', () => {
  test('are a key’s rate limits or a plan’s, and its quota, shortest window first', () => {
    const rates = [
      { limit: 1000, windowSeconds: 60 },
      { limit: 10, windowSeconds: 1 },
    ];
    expect(formatPolicies(policiesOf(rates, { limit: 100_000, period: 'month' }))).toBe(
      '10/1 1000/60 100000/month',
    );
    expect(policiesOf([])).toEqual([]);
  });

  test('two for windows of one length are the lower of them', () => {
    const rates = [
      { limit: 7, windowSeconds: 60 },
      { limit: 5, windowSeconds: 60 },
      { limit: 9, windowSeconds: 60 },
    ];
    expect(policiesOf(rates)).toEqual([{ limit: 5, period: 60 }]);
  });

  test('are read as they were written', () => {
    const period = fc.oneof(fc.integer({ min: 1, max: 2_678_400 }), fc.constantFrom('day', 'month'));
    const policy = fc.record({ limit: fc.integer({ min: 1, max: 1e12 }), period });
    fc.assert(
      fc.property(fc.array(policy), (policies) => {
        const typed = policies as ReturnType<typeof parsePolicies>;
        expect(parsePolicies(formatPolicies(typed))).toEqual(typed);
      }),
    );
  });

  test.each(['1000', '0/60', '10/0', '10/week', '10/1,5/2', '10/1  5/2', '-1/60', '1e3/60', 'undefined'])(
    '%s is none',
    (text) => {
      expect(() => parsePolicies(text)).toThrow(TypeError);
    },
  );
});

describe('windows', () => {
  test('follow each other without gap or overlap, whoever looks and when', () => {
    const credential = fc.stringMatching(/^[0-9A-Za-z]{12}$/);
    const period = fc.constantFrom(1, 7, 60, 3600, 2_678_400, 'day' as const, 'month' as const);
    fc.assert(
      fc.property(credential, period, fc.integer({ min: 0, max: 4e12 }), (id, period, now) => {
        const window = windowAt(id, period, now);
        const { start, end } = window;
        expect(start <= now && now < end).toBe(true);
        expect(windowAt(id, period, start)).toEqual(window);
        expect(windowAt(id, period, end - 1)).toEqual(window);
        expect(windowOf(id, period, window.index)).toEqual(window);
        expect(windowAt(id, period, end).start).toBe(end);
        expect(windowAt(id, period, end).index).toBe(window.index + 1);
        if (typeof period === 'number') expect(end - start).toBe(period * 1000);
      }),
    );
  });

  test('of different credentials turn at different moments', () => {
    const ends = Array.from({ length: 100 }, (_, i) => windowAt(`Credential${i}`, 60, NOW).end);
    expect(new Set(ends).size).toBeGreaterThan(90);
  });

  test('of quotas are the calendar’s, in UTC', () => {
    expect(windowAt('a', 'day', NOW)).toEqual({
      id: 'day#20779',
      index: 20_779,
      start: at('2026-11-22T00:00:00Z'),
      end: at('2026-11-23T00:00:00Z'),
    });
    expect(windowAt('a', 'month', at('2026-12-31T23:59:59.999Z'))).toEqual({
      id: 'month#683',
      index: 683,
      start: at('2026-12-01T00:00:00Z'),
      end: at('2027-01-01T00:00:00Z'),
    });
  });
});

describe('a refusal', () => {
  const state = (period: number | 'day', end: number) => ({
    policy: { limit: 1, period },
    window: { id: '', index: 0, start: 0, end },
    remaining: 0,
    heldUntil: 0,
  });

  test('lasts until the last of the windows that refuse has ended', () => {
    const minute = state(60, NOW + 1500);
    const day = state('day', NOW + 90_000);
    expect(limitRefusal([minute, day], [minute, day], NOW)).toMatchObject({
      code: 'quota_exceeded',
      retryAfterSeconds: 90,
    });
    expect(limitRefusal([minute], [minute, day], NOW)).toMatchObject({
      code: 'rate_limit_exceeded',
      retryAfterSeconds: 2,
    });
  });

  test('is never told to be over already', () => {
    expect(secondsLeft({ id: '', index: 0, start: 0, end: NOW }, NOW)).toBe(1);
  });
});
