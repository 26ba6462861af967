import { expect, test } from '@jest/globals';
import { Pace } from '../../core/access/pace.ts';

const START = Date.parse('2026-06-01T12:00:00Z');

function paceOf(seconds: number, perSecond: number, pace = new Pace(), from = START) {
  const step = 1000 / perSecond;
  let now = from;
  for (; now < from + seconds * 1000; now += step) pace.count(1, now);
  return { pace, now };
}

test.each([2, 5, 30])('of requests that come evenly the rate is known after %d seconds', (seconds) => {
  const { pace, now } = paceOf(seconds, 20);
  expect(1000 * pace.rate(now)).toBeGreaterThan(18);
  expect(1000 * pace.rate(now)).toBeLessThan(22);
  expect(pace.run(now)).toBe(seconds * 1000);
});

test('a burst is the rate of a second, and no run', () => {
  const pace = new Pace();
  for (let i = 0; i < 500; i++) pace.count(1, START);
  expect(1000 * pace.rate(START)).toBeLessThan(560);
  expect(pace.run(START)).toBe(0);
});

test.each([
  ['a silence', 4000],
  ['a clock that was set back', -1],
])('%s ends a run, and nothing is known of before', (_, pause) => {
  const { pace, now } = paceOf(30, 20);
  const later = now - 50 + pause;
  pace.count(1, later);
  expect(pace.run(later)).toBe(0);
  expect(1000 * pace.rate(later)).toBeLessThan(1.2);
});

test('a pause that is shorter ends none', () => {
  const { pace, now } = paceOf(30, 20);
  pace.count(1, now - 50 + 3999);
  expect(pace.run(now - 50 + 3999)).toBe(30_000 - 50 + 3999);
});

test('before the first request there is no rate', () => {
  expect(new Pace().rate(START)).toBe(0);
});
