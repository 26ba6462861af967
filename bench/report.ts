import type { Figure } from './harness.ts';

/** Whether a figure is what was promised of it. */
export function isKept({ value, promised, promisedAtLeast }: Figure): boolean {
  return (
    (promised === undefined || value <= promised) &&
    (promisedAtLeast === undefined || value >= promisedAtLeast)
  );
}

/** A part's figures as lines of text. */
export function textTable(figures: readonly Figure[]): string {
  const lines = figures.map((figure) => {
    const promise = promiseOf(figure);
    const verdict = isPromise(figure)
      ? `  promised ${promise}: ${isKept(figure) ? 'kept' : 'BROKEN'}`
      : promise && `  ${promise}`;
    const spread = spreadOf(figure);
    const range = spread === '' ? '' : `  (${spread})`;
    return `  ${figure.name.padEnd(66)} ${rounded(figure.value).padStart(8)} ${figure.unit}${range}${verdict}`;
  });
  return lines.join('\n');
}

/** A part's figures as a table of a Markdown page. */
export function markdownTable(figures: readonly Figure[]): string {
  const rows = figures.map((figure) => {
    const promise = promiseOf(figure);
    const verdict = isPromise(figure) ? (isKept(figure) ? 'kept' : '**not kept**') : '';
    const value = `${rounded(figure.value)}${figure.unit === '' ? '' : ` ${figure.unit}`}`;
    return `| ${figure.name} | ${value} | ${spreadOf(figure)} | ${promise} | ${verdict} |`;
  });
  return ['| figure | median | lowest to highest | promised | |', '|---|---|---|---|---|', ...rows].join(
    '\n',
  );
}

/**
 * A page with the section between `<!-- bench:part -->` and `<!-- /bench:part -->` replaced.
 * @throws Error when the page has no such section
 */
export function withSection(page: string, part: string, text: string): string {
  const [open, close] = [`<!-- bench:${part} -->`, `<!-- /bench:${part} -->`];
  const [start, end] = [page.indexOf(open), page.indexOf(close)];
  if (start === -1 || end < start)
    throw new Error(`the page has no section between "${open}" and "${close}"`);
  return `${page.slice(0, start + open.length)}\n${text}\n${page.slice(end)}`;
}

function isPromise({ promised, promisedAtLeast }: Figure): boolean {
  return promised !== undefined || promisedAtLeast !== undefined;
}

function promiseOf({ promised, promisedAtLeast, aim }: Figure): string {
  return [
    ...(promised === undefined ? [] : [`≤ ${promised}`]),
    ...(promisedAtLeast === undefined ? [] : [`≥ ${promisedAtLeast}`]),
    ...(aim === undefined ? [] : [`aim ${aim}`]),
  ].join(', ');
}

function spreadOf({ spread }: Figure): string {
  return spread === undefined ? '' : `${rounded(spread[0])} to ${rounded(spread[1])}`;
}

function rounded(value: number): string {
  return value >= 100 ? value.toFixed(0) : value.toFixed(2);
}
