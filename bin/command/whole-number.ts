import { usage } from './exit.ts';

type Range = readonly [least: number, most: number];

/** Options that are numbers, by what stands for their value in help: from what to what each may be. */
export const NUMBERS: Readonly<Record<string, Range>> = {
  '<number>': [0, 1_000_000],
  '<rows>': [1, 10_000],
  '<days>': [0, 36_500],
  '<units>': [0, 1_000_000_000],
  '<seconds>': [0, 31_536_000],
  '[seconds]': [1, 3600],
};

/** What stands for an option's value: `<number>` of `--limit <number>`; '' where it takes none. */
export function placeholderOf(flags: string): string {
  return /[<[].*$/.exec(flags)?.[0] ?? '';
}

/** @throws Exit for what is no whole number of the range */
export function wholeNumber(option: string, text: string, [least, most]: Range): number {
  const number = /^\d{1,10}$/.test(text) ? Number(text) : Number.NaN;
  if (number >= least && number <= most) return number;
  throw usage(`${option}: ${JSON.stringify(text)} is none; expected a whole number from ${least} to ${most}`);
}
