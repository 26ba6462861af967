import { DomainError } from './domain-error.ts';

/** `from` is inclusive, `to` exclusive; both are whole milliseconds of the years 0000 to 9999. */
export interface TimeRange {
  readonly from: Date;
  readonly to: Date;
}

/** As a caller gives one: ISO 8601 in UTC. */
export interface AskedRange {
  readonly from?: string | undefined;
  readonly to?: string | undefined;
}

export interface RangeRules {
  readonly now: Date;
  /** True where a range without a `to` has no end: what is listed may be of times to come. */
  readonly isOpen?: true;
  /** How far before `to` the range begins where no `from` is given; without, at the beginning of time. */
  readonly usualMilliseconds?: number;
  /** The longest that a range may be; without, any. */
  readonly longest?: { readonly milliseconds: number; readonly message: string };
}

/** Times sort as texts as long as their years have four digits. */
const EARLIEST = Date.parse('0000-01-01T00:00:00.000Z');
export const LATEST_TIME = Date.parse('9999-12-31T23:59:59.999Z');

/**
 * The range that a list is asked for; without a `to` it ends after what has just happened, unless it is open.
 * @throws DomainError `invalid_request` for a time that is none of ours, or a range that is empty or too long
 */
export function timeRange(
  asked: AskedRange,
  { now, isOpen, usualMilliseconds, longest }: RangeRules,
): TimeRange {
  const end = isOpen ? LATEST_TIME : now.getTime() + 1;
  const to = asked.to === undefined ? end : timeOf(asked.to, 'to');
  const usual = usualMilliseconds === undefined ? EARLIEST : Math.max(EARLIEST, to - usualMilliseconds);
  const from = asked.from === undefined ? usual : timeOf(asked.from, 'from');
  if (from >= to) throw badRange('from must be earlier than to, which is now where it is not given');
  if (longest !== undefined && to - from > longest.milliseconds) throw badRange(longest.message);
  return { from: new Date(from), to: new Date(to) };
}

/** The answer to a range that can't be given. */
export function badRange(message: string): DomainError {
  return new DomainError('invalid_request', message, { param: 'from' });
}

function timeOf(text: string, param: 'from' | 'to'): number {
  const time = Date.parse(text);
  if (time >= EARLIEST && time <= LATEST_TIME) return time;
  throw new DomainError('invalid_request', `${param}: expected a time of the years 0000 to 9999 in UTC`, {
    param,
  });
}
