import { cpus } from 'node:os';

/** A figure of a benchmark: what was measured, the promise that it is held against, and what it came to. */
export interface Figure {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  /** The most that was promised; undefined for figures that are only told. */
  readonly promised?: number;
  /** Lowest and highest of the runs that `value` is the median of. */
  readonly spread?: readonly [number, number];
}

/** Runs of which one figure is the median. */
const PAIRS = 15;

/** CPU nanoseconds that one call takes, over enough calls to outlast the clock's grain. */
function cpuNanoseconds(operation: () => unknown, calls: number): number {
  const before = process.cpuUsage();
  for (let i = 0; i < calls; i++) operation();
  const { user, system } = process.cpuUsage(before);
  return ((user + system) * 1000) / calls;
}

/**
 * CPU of one call of `operation` as a multiple of one call of `peer`: the median of pairs measured in turn,
 * so that a machine that slows down slows both.
 */
export function cpuRatio(
  name: string,
  operation: () => unknown,
  peer: () => unknown,
  promised?: number,
): Figure {
  const calls = 40_000;
  cpuNanoseconds(peer, calls);
  cpuNanoseconds(operation, calls);
  return ratioFigure(name, promised, () => [cpuNanoseconds(operation, calls), cpuNanoseconds(peer, calls)]);
}

/** The same for asynchronous work of which `measure` gives both sides, in any one unit. */
export async function pairedRatio(
  name: string,
  promised: number | undefined,
  measure: () => Promise<readonly [number, number]>,
): Promise<Figure> {
  const pairs: (readonly [number, number])[] = [];
  for (let i = 0; i < PAIRS; i++) pairs.push(await measure());
  const next = pairs.values();
  return ratioFigure(name, promised, () => next.next().value ?? [0, 1]);
}

function ratioFigure(
  name: string,
  promised: number | undefined,
  measure: () => readonly [number, number],
): Figure {
  const ratios = Array.from({ length: PAIRS }, () => {
    const [ours, peer] = measure();
    return ours / peer;
  });
  return {
    name,
    value: percentile(ratios, 50),
    unit: '×',
    ...(promised !== undefined && { promised }),
    spread: [Math.min(...ratios), Math.max(...ratios)],
  };
}

/** The value that `percent` of the values do not exceed. */
export function percentile(values: readonly number[], percent: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil((percent / 100) * sorted.length) - 1)] ?? Number.NaN;
}

/** Prints figures as a table, and as JSON with `--json`. @returns whether every promise was kept */
export function report(title: string, figures: readonly Figure[], json: boolean): boolean {
  if (json) {
    console.log(JSON.stringify({ title, node: process.version, cores: cpus().length, figures }, null, 2));
  } else {
    console.log(`\n${title} (Node ${process.version}, ${cpus().length} cores)\n`);
    for (const figure of figures) console.log(lineOf(figure));
  }
  return figures.every((figure) => kept(figure));
}

function kept({ value, promised }: Figure): boolean {
  return promised === undefined || value <= promised;
}

function lineOf(figure: Figure): string {
  const { name, value, unit, promised, spread } = figure;
  const range = spread === undefined ? '' : `  (${rounded(spread[0])} to ${rounded(spread[1])})`;
  const verdict =
    promised === undefined ? '' : `  promised ≤ ${promised}: ${kept(figure) ? 'kept' : 'BROKEN'}`;
  return `  ${name.padEnd(62)} ${rounded(value).padStart(8)} ${unit}${range}${verdict}`;
}

function rounded(value: number): string {
  return value >= 100 ? value.toFixed(0) : value.toFixed(2);
}
