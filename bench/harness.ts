import { createHmac, createSecretKey } from 'node:crypto';

/** A figure of a benchmark: what was measured, the promise that it is held against, and what it came to. */
export interface Figure {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  /** The most that was promised; figures without a promise are only told. */
  readonly promised?: number;
  /** The least that was promised, where more is better. */
  readonly promisedAtLeast?: number;
  /** What we would like better still. */
  readonly aim?: number;
  /** Lowest and highest of the runs that `value` is the median of. */
  readonly spread?: readonly [number, number];
}

/** What a ratio is held against. */
export type Promised = Pick<Figure, 'promised' | 'promisedAtLeast' | 'aim'>;

/** Measurements of one part, by the word that asks for them. */
export type Measure = () => Promise<readonly Figure[]>;

/**
 * As much of what a bench counts as `--share` asks for, for those who wait: `--share 0.3` is three tenths; without
 * it all.
 * @throws RangeError where the share is no number above 0 and up to 1
 */
export function shareOf(count: number): number {
  const at = process.argv.indexOf('--share');
  const share = at === -1 ? 1 : Number(process.argv[at + 1]);
  if (!(share > 0 && share <= 1)) {
    throw new RangeError(`--share is above 0 and at most 1, but is ${process.argv[at + 1]}`);
  }
  return Math.ceil(count * share);
}

/** Runs of which one figure is the median. */
const PAIRS = 15;
const CPU_CALLS = 50_000;
const ASYNC_CPU_CALLS = 20_000;
/** Of a figure's calls, before the first that counts: functions live for hours, and V8 takes its time to compile. */
const WARMING = 10;

/**
 * CPU of one call of `operation` as a multiple of one call of `peer`: the median of pairs measured in turn,
 * so that a machine that slows down slows both.
 */
export function cpuRatio(
  name: string,
  operation: () => unknown,
  peer: () => unknown,
  promise: Promised = {},
): Figure {
  const cpu = (work: () => unknown) => {
    const before = process.cpuUsage();
    for (let i = 0; i < CPU_CALLS; i++) work();
    return microseconds(before);
  };
  for (let i = 0; i < WARMING; i++) {
    cpu(peer);
    cpu(operation);
  }
  return ratioFigure(
    name,
    promise,
    Array.from({ length: PAIRS }, () => [cpu(operation), cpu(peer)]),
  );
}

/**
 * The same for an operation that is awaited; so is `peer` where it gives a promise.
 * @param part what of `operation` is not counted: measured in turn too, and taken away
 */
export async function asyncCpuRatio(
  name: string,
  operation: () => unknown,
  peer: () => unknown,
  promise: Promised = {},
  { calls = ASYNC_CPU_CALLS, part }: { readonly calls?: number; readonly part?: () => unknown } = {},
): Promise<Figure> {
  const isAsync = peer() instanceof Promise;
  const cpu = async (work: () => unknown) => {
    const before = process.cpuUsage();
    for (let i = 0; i < calls; i++) await work();
    return microseconds(before);
  };
  const peerCpu = async () => {
    if (isAsync) return cpu(peer);
    const before = process.cpuUsage();
    for (let i = 0; i < calls; i++) peer();
    return microseconds(before);
  };
  const measured = async () => {
    const whole = await cpu(operation);
    return [part === undefined ? whole : whole - (await cpu(part)), await peerCpu()] as const;
  };
  for (let i = 0; i < WARMING; i++) await measured();
  return pairedRatio(name, promise, measured);
}

/** The same for work of any kind of which `measure` gives both sides, in any one unit. */
export async function pairedRatio(
  name: string,
  promise: Promised,
  measure: () => Promise<readonly [number, number]>,
): Promise<Figure> {
  const pairs: (readonly [number, number])[] = [];
  for (let i = 0; i < PAIRS; i++) pairs.push(await measure());
  return ratioFigure(name, promise, pairs);
}

/** How far a thing measured against itself is from 1 on this machine now: the noise in every other ratio. */
export async function noise(): Promise<readonly Figure[]> {
  const key = createSecretKey(Buffer.alloc(64, 1));
  const hmac = () => createHmac('sha256', key).update('a text as long as a key is, more or less').digest();
  return [cpuRatio('one HMAC-SHA256 ÷ the same', hmac, hmac)];
}

function ratioFigure(name: string, promise: Promised, pairs: readonly (readonly [number, number])[]): Figure {
  const ratios = pairs.map(([ours, peer]) => ours / peer);
  return {
    name,
    value: percentile(ratios, 50),
    unit: '×',
    ...promise,
    spread: [Math.min(...ratios), Math.max(...ratios)],
  };
}

function microseconds(before: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(before);
  return user + system;
}

/** The value that `percent` of the values do not exceed. */
export function percentile(values: readonly number[], percent: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil((percent / 100) * sorted.length) - 1)] ?? Number.NaN;
}
