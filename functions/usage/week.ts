import { DAY_MILLISECONDS } from '../../core/domain/usage/overlap-use.ts';
import { dayOf } from '../../core/domain/usage/usage-tally.ts';

const DAYS = 7;
/** Credentials whose counts are read at once. */
export const READ_AT_ONCE = 10;

/** The days that a change is played against. */
export interface Week {
  readonly first: string;
  readonly last: string;
  readonly from: string;
  readonly to: string;
}

export function weekUntil(now: Date): Week {
  const [first, last] = [dayOf(now.getTime() - DAYS * DAY_MILLISECONDS), dayOf(now.getTime())];
  return { first, last, from: `${first}T00:00:00.000Z`, to: now.toISOString() };
}
