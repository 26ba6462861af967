import { describe, expect, test } from '@jest/globals';
import { keyReplacedLast } from '../../portal/src/developer/subscriptions/replaced-last.ts';

const day = (number: number) => `2026-11-0${number}T00:00:00.000Z`;
const slot = (createdAt: string, lastUsedAt: string | null) => ({ createdAt, lastUsedAt, hint: 'A5EV' });

describe('both keys of a subscription are replaced in an order that cuts nobody off', () => {
  const of = (primary: ReturnType<typeof slot>, secondary: ReturnType<typeof slot>) =>
    keyReplacedLast({ slots: { primary, secondary } });

  test.each([
    ['nobody has sent either', slot(day(1), null), slot(day(1), null), 'primary'],
    ['programs send the primary', slot(day(1), day(2)), slot(day(1), null), 'primary'],
    ['programs send the secondary', slot(day(1), null), slot(day(1), day(2)), 'secondary'],
    ['a fresh secondary waits for its first use', slot(day(1), day(4)), slot(day(3), null), 'primary'],
    ['some programs have moved, others not', slot(day(1), day(6)), slot(day(3), day(5)), 'primary'],
    ['all programs have moved, whoever comes back', slot(day(1), day(4)), slot(day(3), day(6)), 'primary'],
    ['both are new', slot(day(7), null), slot(day(3), day(8)), 'secondary'],
    ['the primary alone was made anew', slot(day(3), day(5)), slot(day(1), null), 'primary'],
  ])('%s', (_when, primary, secondary, last) => {
    expect(of(primary, secondary)).toBe(last);
  });
});
