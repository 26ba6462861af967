/** One value of a metric. */
export interface Datum {
  readonly namespace: string;
  readonly name: string;
  readonly dimensions: Readonly<Record<string, string>>;
  readonly value: number;
}

/** A metric, told from others by all three. */
export type MetricName = Omit<Datum, 'value'>;

/** Longer ago than any alarm looks. */
const KEPT_MILLISECONDS = 26 * 3600 * 1000;
/** Of one metric; the oldest go first. */
const MOST_VALUES = 100_000;

/** CloudWatch's metrics, in memory: what has been put since the start. */
export class Metrics {
  readonly #now: () => Date;
  readonly #values = new Map<string, { readonly at: number; readonly value: number }[]>();

  constructor(now: () => Date) {
    this.#now = now;
  }

  put({ value, ...metric }: Datum): void {
    const name = identity(metric);
    const values = this.#values.get(name) ?? [];
    this.#values.set(name, values);
    const at = this.#now().getTime();
    values.push({ at, value });
    const oldest = values[0];
    if (values.length > MOST_VALUES || (oldest !== undefined && oldest.at < at - KEPT_MILLISECONDS))
      values.shift();
  }

  /**
   * The statistic (`Sum`, `Average`, `Minimum`, `Maximum`, `SampleCount` or a percentile such as `p99`) of
   * the values put from `from` until before `to`, in milliseconds since 1970; undefined when there are none.
   * @throws Error for a statistic that no alarm of Keywright uses
   */
  statistic(metric: MetricName, statistic: string, from: number, to: number): number | undefined {
    const values = (this.#values.get(identity(metric)) ?? [])
      .filter(({ at }) => at >= from && at < to)
      .map(({ value }) => value);
    return values.length === 0 ? undefined : statisticOf(values, statistic);
  }
}

/** The metrics in a log line of CloudWatch's embedded metric format; none in any other line. */
export function embeddedMetrics(line: string): Datum[] {
  const entry = objectIn(line);
  const directives = (entry?._aws as { CloudWatchMetrics?: unknown } | undefined)?.CloudWatchMetrics;
  if (entry === undefined || !Array.isArray(directives)) return [];
  return (directives as Directive[]).flatMap(({ Namespace, Dimensions, Metrics: metrics }) =>
    Dimensions.flatMap((names) =>
      metrics.flatMap(({ Name }) => {
        const dimensions = Object.fromEntries(names.map((name) => [name, String(entry[name])]));
        return [entry[Name]]
          .flat()
          .map((value) => ({ namespace: Namespace, name: Name, dimensions, value: Number(value) }));
      }),
    ),
  );
}

interface Directive {
  readonly Namespace: string;
  readonly Dimensions: readonly (readonly string[])[];
  readonly Metrics: readonly { readonly Name: string }[];
}

function objectIn(line: string): Record<string, unknown> | undefined {
  if (!line.includes('"_aws"')) return undefined;
  try {
    const value: unknown = JSON.parse(line);
    return value !== null && typeof value === 'object' ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

function identity({ namespace, name, dimensions }: MetricName): string {
  const sorted = Object.entries(dimensions).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return JSON.stringify([namespace, name, sorted]);
}

function statisticOf(values: readonly number[], statistic: string): number {
  const sum = values.reduce((total, value) => total + value, 0);
  switch (statistic) {
    case 'Sum':
      return sum;
    case 'Average':
      return sum / values.length;
    case 'Minimum':
      return Math.min(...values);
    case 'Maximum':
      return Math.max(...values);
    case 'SampleCount':
      return values.length;
  }
  const percent = Number(/^p(\d+(?:\.\d+)?)$/.exec(statistic)?.[1] ?? Number.NaN);
  if (Number.isNaN(percent)) throw new Error(`The statistic ${statistic} is not known here.`);
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil((percent / 100) * sorted.length) - 1)] ?? 0;
}
