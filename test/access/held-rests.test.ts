import { expect, test } from '@jest/globals';
import { Allowance } from '../../core/access/allowance.ts';
import { windowAt } from '../../core/domain/decision/limit.ts';

const ID = '0123456789AB';
const { start, end } = windowAt(ID, 60, Date.parse('2026-06-01T12:00:00Z'));

test.each([
  ['for a second', end - 1001, end - 1],
  ['for a second that ends with its window', end - 1000, end],
  ['no longer than its window, which ends before', end - 400, end],
])('a rest of a lease is held %s', (_, now, heldUntil) => {
  const allowance = new Allowance(ID, { limit: 100_000, period: 60 }, start);
  let asked = allowance.ask(0, start);
  for (let time = start + 500; time <= now; time += 500) {
    allowance.turn(time, time);
    allowance.count(100, time);
    asked = allowance.ask(100, time);
    if (asked !== undefined) allowance.settle(asked, { used: 0, heldUntil: 0 }, true, time);
    allowance.spend(100);
  }
  allowance.turn(now, now + 5000);
  asked = allowance.ask(100, now);
  expect(asked?.units).toBeGreaterThan(100);
  expect(asked?.heldUntil).toBe(heldUntil);
});
