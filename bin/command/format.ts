/** How values are written for people; nothing here reads or prints. */

/** What a cell shows: nothing is a dash on a terminal and empty in a pipe. */
export type Cell = string | number | boolean | null | undefined;

export interface Column<Item> {
  readonly name: string;
  readonly of: (item: Item) => Cell;
  readonly align?: 'right';
}

/** A column that shows the field of its name. */
export function field<Item>(name: keyof Item & string, align?: 'right'): Column<Item> {
  return { name, of: (item) => cellOf(item[name]), ...(align && { align }) };
}

/** A column that shows a time. */
export function time<Item>(name: string, of: (item: Item) => string | null | undefined): Column<Item> {
  return { name, of: (item) => localTime(of(item)) };
}

/** Any value as one cell. */
export function cellOf(value: unknown): Cell {
  if (value === null || value === undefined) return value;
  if (typeof value === 'string') return ISO_TIME.test(value) ? localTime(value) : value;
  if (typeof value === 'number' || typeof value === 'boolean') return value;
  if (Array.isArray(value) && value.every((each) => typeof each !== 'object')) return value.join(' ');
  return JSON.stringify(value);
}

const ISO_TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z$/;

const PARTS = new Intl.DateTimeFormat('en-GB', {
  ...{ year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit' },
  timeZoneName: 'short',
} as const);

/** In the time zone at hand, which is named: `2026-11-28 15:26 UTC`. */
export function localTime(iso: string | null | undefined): string | undefined {
  if (iso === null || iso === undefined) return undefined;
  const parts = Object.fromEntries(
    PARTS.formatToParts(new Date(iso)).map(({ type, value }) => [type, value]),
  );
  return `${parts.year}-${parts.month}-${parts.day} ${parts.hour}:${parts.minute} ${parts.timeZoneName}`;
}

/** To the millisecond, in the time zone at hand: `2026-11-28 15:26:04.190 UTC`. */
export function exactTime(iso: string | null | undefined): string | undefined {
  const [date, minute, ...zone] = localTime(iso)?.split(' ') ?? [];
  if (date === undefined || iso === null || iso === undefined) return undefined;
  // Whole seconds are the same in every zone.
  return [date, `${minute}:${new Date(iso).toISOString().slice(17, 23)}`, ...zone].join(' ');
}

/** Seconds as people say them: `6 h`, `90 min`, `7 d`. */
export function durationInWords(seconds: number): string {
  for (const [unit, length] of [
    ['d', 86_400],
    ['h', 3600],
    ['min', 60],
  ] as const)
    if (seconds > 0 && seconds % length === 0) return `${seconds / length} ${unit}`;
  return `${seconds} s`;
}

/** How long ago, in one unit: `2 s ago`, `4 min ago`, `3 h ago`, `12 d ago`; `never`. */
export function ago(iso: string | null | undefined, now: Date): string {
  if (iso === null || iso === undefined) return 'never';
  const seconds = Math.max(0, Math.round((now.getTime() - Date.parse(iso)) / 1000));
  if (seconds < 60) return `${seconds} s ago`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ago`;
  return seconds < 172_800 ? `${Math.floor(seconds / 3600)} h ago` : `${Math.floor(seconds / 86_400)} d ago`;
}

/** That something was used, and when: `was used 4 min ago`, `was never used`. */
export function wasUsed(iso: string | null | undefined, now: Date): string {
  return iso === null || iso === undefined ? 'was never used' : `was used ${ago(iso, now)}`;
}

/** `41,200`. */
export function count(number: number): string {
  return Math.round(number).toLocaleString('en-US');
}

/** `1 row`, `41,200 rows`. */
export function countOf(number: number, noun: string): string {
  return `${count(number)} ${noun}${number === 1 ? '' : 's'}`;
}

const DURATION_SECONDS = { s: 1, m: 60, h: 3600, d: 86_400 } as const;

/** Seconds of `90s`, `30m`, `6h`, `7d` or `0`; undefined for anything else. */
export function secondsOf(text: string): number | undefined {
  const [, digits, unit] = /^(\d{1,6})([smhd]?)$/.exec(text) ?? [];
  if (digits === undefined) return undefined;
  return Number(digits) * DURATION_SECONDS[(unit || 's') as keyof typeof DURATION_SECONDS];
}

/** The nearest of some words to a mistyped one; undefined where none is near. */
export function nearest(word: string, words: readonly string[]): string | undefined {
  const near = words
    .map((each) => [each, distance(word, each)] as const)
    .filter(([each, steps]) => steps < Math.min(3, each.length))
    .sort(([, a], [, b]) => a - b);
  return near[0]?.[0];
}

/** Levenshtein's. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = Number(row[j - 1]) + Number(a[i - 1] !== b[j - 1]);
      next.push(Math.min(replaced, Number(row[j]) + 1, Number(next[j - 1]) + 1));
    }
    row = next;
  }
  return Number(row[b.length]);
}

/** The entries of a list with commas; undefined where nothing was given. */
export function listOf(text: string | undefined): string[] | undefined {
  return text
    ?.split(',')
    .map((each) => each.trim())
    .filter((each) => each !== '');
}
