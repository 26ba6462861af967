import * as z from 'zod';
import type { MetricName, Metrics } from './metrics.ts';

export type AlarmState = 'OK' | 'ALARM' | 'INSUFFICIENT_DATA';

/** An alarm as CloudWatch shows it. */
export interface AlarmStatus {
  readonly name: string;
  readonly state: AlarmState;
  /** ISO 8601 UTC: since when it is in that state. */
  readonly since: string;
  readonly description: string;
}

/** An alarm that has changed its state. */
export interface AlarmChange extends AlarmStatus {
  readonly arn: string;
  readonly before: AlarmState;
  /** ARNs of the topics that the new state is told to. */
  readonly actions: readonly string[];
}

const dimensions = z
  .array(z.object({ Name: z.string(), Value: z.string() }))
  .default([])
  .transform((list) => Object.fromEntries(list.map(({ Name, Value }) => [Name, Value])));

/** AWS::CloudWatch::Alarm, as far as Keywright declares it. */
const alarmProperties = z.object({
  AlarmDescription: z.string().default(''),
  AlarmActions: z.array(z.string()).default([]),
  OKActions: z.array(z.string()).default([]),
  InsufficientDataActions: z.array(z.string()).default([]),
  ComparisonOperator: z.enum(['GreaterThanThreshold', 'LessThanThreshold']),
  EvaluationPeriods: z.number(),
  Threshold: z.number(),
  TreatMissingData: z.enum(['notBreaching', 'breaching', 'missing', 'ignore']).default('missing'),
  Namespace: z.string().optional(),
  MetricName: z.string().optional(),
  Dimensions: dimensions,
  Period: z.number().optional(),
  Statistic: z.string().optional(),
  ExtendedStatistic: z.string().optional(),
  Metrics: z
    .array(
      z.object({
        Id: z.string(),
        Expression: z.string().optional(),
        MetricStat: z
          .object({
            Metric: z.object({ Namespace: z.string(), MetricName: z.string(), Dimensions: dimensions }),
            Period: z.number(),
            Stat: z.string(),
          })
          .optional(),
      }),
    )
    .optional(),
});

interface Series {
  readonly metric: MetricName;
  readonly statistic: string;
}

interface Alarm {
  readonly name: string;
  readonly arn: string;
  readonly properties: z.output<typeof alarmProperties>;
  /** Several where an expression adds them up. */
  readonly series: readonly Series[];
  readonly periodMilliseconds: number;
  state: AlarmState;
  since: Date;
}

/** CloudWatch's alarms on this machine's metrics: the same thresholds, evaluated when `evaluate` is called. */
export class Alarms {
  readonly #metrics: Metrics;
  readonly #now: () => Date;
  readonly #startedAt: number;
  readonly #alarms: Alarm[] = [];
  readonly #onChange: (change: AlarmChange) => void;

  /** @param onChange hears of each change of state */
  constructor(metrics: Metrics, now: () => Date, onChange: (change: AlarmChange) => void) {
    this.#metrics = metrics;
    this.#now = now;
    this.#startedAt = now().getTime();
    this.#onChange = onChange;
  }

  /**
   * AWS::CloudWatch::Alarm.
   * @throws Error for an expression other than a sum
   */
  create(name: string, declared: unknown, arn = ''): void {
    const properties = alarmProperties.parse(declared);
    this.#alarms.push({
      name,
      arn,
      properties,
      ...seriesOf(name, properties),
      state: 'INSUFFICIENT_DATA',
      since: this.#now(),
    });
  }

  evaluate(): void {
    for (const alarm of this.#alarms) {
      const state = this.#stateOf(alarm);
      if (state === undefined || state === alarm.state) continue;
      const before = alarm.state;
      alarm.state = state;
      alarm.since = this.#now();
      this.#onChange({ ...statusOf(alarm), arn: alarm.arn, before, actions: actionsOf(alarm) });
    }
  }

  list(): readonly AlarmStatus[] {
    return this.#alarms.map(statusOf);
  }

  /** Undefined for no change: data are missing and the alarm ignores that. */
  #stateOf({ properties, series, periodMilliseconds }: Alarm): AlarmState | undefined {
    const { EvaluationPeriods, Threshold, TreatMissingData } = properties;
    const above = properties.ComparisonOperator === 'GreaterThanThreshold';
    const now = this.#now().getTime();
    const currentPeriod = Math.floor(now / periodMilliseconds);
    // What is above its threshold can't come down again in a sum or maximum; what is below can still rise.
    const newest = above ? currentPeriod : currentPeriod - 1;
    const verdicts = Array.from({ length: EvaluationPeriods }, (_, age) => {
      const from = (newest - age) * periodMilliseconds;
      const values = series.map(({ metric, statistic }) =>
        this.#metrics.statistic(metric, statistic, from, from + periodMilliseconds),
      );
      const known = values.filter((value) => value !== undefined);
      if (known.length > 0) {
        const value = known.reduce((sum, one) => sum + one, 0);
        return above ? value > Threshold : value < Threshold;
      }
      // Nothing could be measured before this machine's services were there.
      if (from < this.#startedAt && TreatMissingData === 'breaching') return undefined;
      return TreatMissingData === 'breaching' || (TreatMissingData === 'notBreaching' ? false : undefined);
    });
    if (verdicts.every((verdict) => verdict === true)) return 'ALARM';
    if (verdicts.some((verdict) => verdict === false)) return 'OK';
    return TreatMissingData === 'ignore' ? undefined : 'INSUFFICIENT_DATA';
  }
}

function actionsOf({ state, properties }: Alarm): readonly string[] {
  const { AlarmActions, OKActions, InsufficientDataActions } = properties;
  return { ALARM: AlarmActions, OK: OKActions, INSUFFICIENT_DATA: InsufficientDataActions }[state];
}

function seriesOf(
  name: string,
  properties: z.output<typeof alarmProperties>,
): Pick<Alarm, 'series' | 'periodMilliseconds'> {
  const { Namespace = '', MetricName = '', Dimensions, Period = 0, Metrics: queries } = properties;
  if (queries === undefined) {
    const statistic = properties.Statistic ?? properties.ExtendedStatistic ?? '';
    const metric = { namespace: Namespace, name: MetricName, dimensions: Dimensions };
    return { series: [{ metric, statistic }], periodMilliseconds: Period * 1000 };
  }
  const expression = queries.find(({ Expression }) => Expression !== undefined)?.Expression ?? '';
  const summands = new Set(expression.split('+').map((id) => id.trim()));
  const added = queries.flatMap(({ Id, MetricStat }) => {
    if (MetricStat === undefined) return [];
    if (!summands.delete(Id))
      throw new Error(`The alarm ${name} does not add ${Id} up; only sums are known here.`);
    return [MetricStat];
  });
  if (summands.size > 0) {
    throw new Error(`The alarm ${name} computes ${expression}; only sums of metrics are known here.`);
  }
  return {
    series: added.map(({ Metric, Stat }) => ({
      metric: { namespace: Metric.Namespace, name: Metric.MetricName, dimensions: Metric.Dimensions },
      statistic: Stat,
    })),
    periodMilliseconds: (added[0]?.Period ?? 0) * 1000,
  };
}

function statusOf({ name, state, since, properties }: Alarm): AlarmStatus {
  return { name, state, since: since.toISOString(), description: properties.AlarmDescription };
}
