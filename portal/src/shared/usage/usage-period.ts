import type { GroupBy } from './usage-groups.ts';

const HOUR_MILLISECONDS = 3_600_000;
const DAY_MILLISECONDS = 24 * HOUR_MILLISECONDS;

const LABELS: Readonly<Record<string, string>> = {
  1: 'Last 24 hours',
  7: 'Last 7 days',
  30: 'Last 30 days',
  90: 'Last 90 days',
  365: 'Last year',
};
/** Hours are counted of a week at most, and a day alone has no course of days. */
const BY_HOUR = ['1', '7'];
const BY_DAY = ['7', '30', '90', '365'];
const OTHERS = ['1', '7', '30', '90', '365'];

/** How long a time can be looked at, in days, with its label; the first is what is shown until another is chosen. */
export function periodsOf(by: GroupBy): { value: string; label: string }[] {
  const days = by === 'hour' ? BY_HOUR : by === 'day' ? BY_DAY : OTHERS;
  return days.map((value) => ({ value, label: LABELS[value] ?? value }));
}

/** The one that the address names, or the usual one. */
export function periodIn(by: GroupBy, wanted: string | null): string {
  const usual = by === 'day' ? '30' : '1';
  return periodsOf(by).some(({ value }) => value === wanted) ? String(wanted) : usual;
}

/** When it begins; the same for a whole hour, so that coming back finds what was read. */
export function beginOf(days: string, now: number): string {
  const hour = Math.floor(now / HOUR_MILLISECONDS) * HOUR_MILLISECONDS;
  return new Date(hour - Number(days) * DAY_MILLISECONDS).toISOString();
}

interface Counted {
  readonly from: string;
  readonly to: string;
  readonly resolution: 'hour' | 'day';
}

/** Which time is counted: whole hours where the reader is, or whole days, which are those of UTC. */
export function periodInWords({ from, to, resolution }: Counted, now: number): string {
  if (resolution === 'hour') {
    const end = Date.parse(to) > now ? 'now' : hour.format(new Date(to));
    return `${hour.format(new Date(from))} until ${end}`;
  }
  const last = new Date(Date.parse(to) - 1);
  return `${utcDay.format(new Date(from))} to ${utcDay.format(last)}, in days of UTC`;
}

const hour = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'short' });
const utcDay = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeZone: 'UTC' });

/** "22 Nov 2026": a day that was counted begins and ends by UTC, wherever the reader is. */
export function countedDay(begin: string): string {
  return utcDay.format(new Date(begin));
}
