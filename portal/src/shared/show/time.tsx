import { useEffect, useState } from 'react';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const UNITS = [
  ['year', 365 * DAY],
  ['month', 30 * DAY],
  ['day', DAY],
  ['hour', HOUR],
  ['minute', MINUTE],
] as const;

const relative = new Intl.RelativeTimeFormat('en', { numeric: 'auto' });
const absolute = new Intl.DateTimeFormat('en-GB', {
  dateStyle: 'medium',
  timeStyle: 'medium',
});
const day = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium' });

/** "3 hours ago", "in 2 days". */
export function relativeTime(time: string | number, now: number): string {
  const distance = new Date(time).getTime() - now;
  const [unit, length] = UNITS.find(([, length]) => Math.abs(distance) >= length) ?? [];
  return unit === undefined ? 'just now' : relative.format(Math.trunc(distance / length), unit);
}

/** "3 hours", in one unit and whole; undefined for less than a minute. */
export function lengthOf(milliseconds: number): string | undefined {
  const [unit, length] = UNITS.find(([, length]) => milliseconds >= length) ?? [];
  if (unit === undefined) return undefined;
  const many = Math.trunc(milliseconds / length);
  return `${many} ${unit}${many === 1 ? '' : 's'}`;
}

const SHORT = { year: 'y', month: 'months', day: 'd', hour: 'h', minute: 'min' } as const;

/** "3 h", where there is little room; undefined for less than a minute. */
export function shortLengthOf(milliseconds: number): string | undefined {
  const [unit, length] = UNITS.find(([, length]) => milliseconds >= length) ?? [];
  return unit && `${Math.trunc(milliseconds / length)} ${SHORT[unit]}`;
}

/** Day, time and seconds, in the reader's own zone. */
export function absoluteTime(time: string | number): string {
  return absolute.format(new Date(time));
}

export function dayOf(time: string | number): string {
  return day.format(new Date(time));
}

/** A time as people say it, with the exact one as its title. */
export function Time({ at, fallback = '–' }: { at: string | null | undefined; fallback?: string }) {
  const now = useNow();
  if (at === null || at === undefined) return <span>{fallback}</span>;
  return (
    <time dateTime={at} title={absoluteTime(at)}>
      {relativeTime(at, now)}
    </time>
  );
}

/** The present, by the minute. */
export function useNow(everyMilliseconds: number = MINUTE): number {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), everyMilliseconds);
    return () => clearInterval(timer);
  }, [everyMilliseconds]);
  return now;
}
