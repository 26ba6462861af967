import { expect, test } from '@jest/globals';
import { Allowance } from '../../core/access/allowance.ts';
import { windowAt } from '../../core/domain/decision/limit.ts';

const ID = '0123456789AB';
const HOUR = 3600;
const { start, end } = windowAt(ID, HOUR, Date.parse('2026-06-01T12:00:00Z'));
const HOLD = 20_000;

/** An instance that was asked for 100 units each half second from the window's start to `now`. */
function busyUntil(now: number) {
  const allowance = new Allowance(ID, { limit: 10_000_000, period: HOUR }, start);
  let used = 0;
  for (let time = start; time < now; time += 500) {
    allowance.turn(time, time);
    allowance.count(100, time);
    const asked = allowance.ask(100, time);
    used += asked?.units ?? 0;
    if (asked !== undefined) allowance.settle(asked, { used, heldUntil: 0 }, true, time, time);
    allowance.spend(100);
  }
  allowance.turn(now, now + HOLD);
  allowance.count(100, now);
  return { allowance, asked: allowance.ask(100, now), used };
}

test.each([
  ['for its time', end - HOLD - 1, end - 1],
  ['for a time that ends with its window', end - HOLD, end],
  ['no longer than its window, which ends before', end - 400, end],
])('a rest of a lease is held %s', (_, now, heldUntil) => {
  const { asked } = busyUntil(now);
  expect(asked?.units).toBeGreaterThan(100);
  expect(asked?.heldUntil).toBe(heldUntil);
});

test.each([0, 700, 19_999])('and not past what others were told, if the store took %d ms', (took) => {
  const now = start + 600_000;
  const { allowance, asked, used } = busyUntil(now);
  if (asked === undefined) throw new Error('a lease is needed');
  const steady = 50_000;
  allowance.settle(asked, { used: used + asked.units, heldUntil: 0 }, true, now + took, steady + took);
  allowance.turn(now + HOLD - 1, steady + HOLD - 1);
  expect(allowance.held).toBe(asked.units);
  allowance.turn(now + HOLD, steady + HOLD);
  expect(allowance.held).toBe(0);
});

test('a rest is for half of that time at most, and for a second in the last moment of a window', () => {
  expect(busyUntil(start + 600_000).asked?.units).toBeLessThanOrEqual(100 + 10 * 221);
  const last = busyUntil(end - 400).asked?.units ?? 0;
  expect(last).toBeGreaterThan(100);
  expect(last).toBeLessThanOrEqual(100 + 231);
});
