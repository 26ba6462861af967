import { randomUUID } from 'node:crypto';
import type { LambdaFunction } from '../lambda.ts';
import type { InputTransformer } from './input-transformer.ts';

/** AWS::Events::Rule, as far as it says what runs when: by a schedule, or by what events of a bus. */
export interface RuleProperties {
  readonly EventBusName?: string;
  readonly EventPattern?: object;
  readonly ScheduleExpression?: string;
  readonly State?: string;
  readonly Targets?: readonly {
    readonly Arn: string;
    readonly Input?: string;
    readonly InputTransformer?: InputTransformer;
  }[];
}

export interface ScheduleOptions {
  /** The rule's. */
  readonly name: string;
  readonly region: string;
  readonly find: (functionArn: string) => LambdaFunction;
  readonly now: () => Date;
  /** Hears of a run that failed. */
  readonly log: (line: string) => void;
}

const RATE = /^rate\((\d+) (minute|hour|day)s?\)$/;
const UNIT_MILLISECONDS: Readonly<Record<string, number>> = {
  minute: 60_000,
  hour: 3_600_000,
  day: 86_400_000,
};
/** What setTimeout can wait for. */
const LONGEST_TIMER_MILLISECONDS = 2 ** 31 - 1;

/**
 * Calls the targets of a rule that has a schedule, by the clock: `rate(5 minutes)` at :00, :05, :10. What was
 * missed while this machine was off is not made up for, as EventBridge doesn't. Nothing for other rules.
 * @throws Error for a schedule that is not a rate
 */
export function startSchedules(rule: RuleProperties, options: ScheduleOptions): { close(): void }[] {
  const { ScheduleExpression: expression, State = 'ENABLED', Targets = [] } = rule;
  if (expression === undefined || State !== 'ENABLED') return [];
  const period = periodOf(expression, options.name);
  return Targets.map(({ Arn, Input }) => {
    const target = options.find(Arn);
    return repeat(period, options.now, (time) => {
      const event = Input === undefined ? scheduledEvent(time, options) : JSON.parse(Input);
      target
        .invoke(event, 'Event')
        .catch((error) => options.log(`${target.name} failed on schedule: ${error}`));
    });
  });
}

function periodOf(expression: string, name: string): number {
  const [, count, unit = ''] = RATE.exec(expression) ?? [];
  const period = Number(count) * (UNIT_MILLISECONDS[unit] ?? Number.NaN);
  if (period > 0 && period <= LONGEST_TIMER_MILLISECONDS) return period;
  throw new Error(
    `The rule ${name} runs at ${expression}; on this machine a schedule is a rate(…) of at most 24 days.`,
  );
}

/** Calls `run` at each whole multiple of the period. */
function repeat(period: number, now: () => Date, run: (time: Date) => void): { close(): void } {
  let timer: NodeJS.Timeout;
  const wait = (after: number) => {
    const next = (Math.floor(after / period) + 1) * period;
    timer = setTimeout(() => {
      run(new Date(next));
      wait(next);
    }, next - now().getTime()).unref();
  };
  wait(now().getTime());
  return { close: () => clearTimeout(timer) };
}

/** What EventBridge sends for a schedule whose target has no input of its own. */
function scheduledEvent(time: Date, { name, region }: Pick<ScheduleOptions, 'name' | 'region'>) {
  return {
    version: '0',
    id: randomUUID(),
    'detail-type': 'Scheduled Event',
    source: 'aws.events',
    account: '000000000000',
    time: time.toISOString(),
    region,
    resources: [`arn:aws:events:${region}:000000000000:rule/${name}`],
    detail: {},
  };
}
