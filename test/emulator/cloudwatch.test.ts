import { describe, expect, test } from '@jest/globals';
import { type AlarmStatus, Alarms } from '../../emulator/cloudwatch/alarms.ts';
import { embeddedMetrics, Metrics } from '../../emulator/cloudwatch/metrics.ts';

const START = Date.parse('2026-11-22T12:00:00.000Z');

/** Alarms on a clock that the test moves. */
function monitored() {
  const clock = { now: START };
  const now = () => new Date(clock.now);
  const metrics = new Metrics(now);
  const changes: string[] = [];
  const alarms = new Alarms(metrics, now, ({ name, state }: AlarmStatus) => changes.push(`${name} ${state}`));
  const put = (name: string, value: number, dimensions: Record<string, string> = {}) =>
    metrics.put({ namespace: 'N', name, dimensions, value });
  const pass = (seconds: number) => {
    clock.now += seconds * 1000;
    alarms.evaluate();
  };
  return { alarms, changes, put, pass };
}

const COUNT = {
  Namespace: 'N',
  MetricName: 'Count',
  Statistic: 'Sum',
  Period: 60,
  EvaluationPeriods: 1,
  Threshold: 0,
  ComparisonOperator: 'GreaterThanThreshold',
  TreatMissingData: 'notBreaching',
};

describe('an alarm', () => {
  test('rings in the period that exceeds its threshold, and ends with the next one', () => {
    const { alarms, changes, put, pass } = monitored();
    alarms.create('A', COUNT);
    pass(0);
    put('Count', 1);
    pass(1);
    expect(alarms.list()).toMatchObject([{ name: 'A', state: 'ALARM', since: '2026-11-22T12:00:01.000Z' }]);
    pass(60);
    expect(changes).toEqual(['A OK', 'A ALARM', 'A OK']);
  });

  test('of several periods rings only when all of them exceed it', () => {
    const { alarms, changes, put, pass } = monitored();
    alarms.create('A', { ...COUNT, EvaluationPeriods: 2 });
    put('Count', 1);
    pass(1);
    expect(changes).toEqual(['A OK']);
    pass(59);
    put('Count', 1);
    pass(1);
    expect(changes).toEqual(['A OK', 'A ALARM']);
  });

  test('counts the values of its own dimensions alone', () => {
    const { alarms, changes, put, pass } = monitored();
    alarms.create('A', { ...COUNT, Dimensions: [{ Name: 'type', Value: 'wanted' }] });
    put('Count', 1, { type: 'other' });
    pass(1);
    put('Count', 1, { type: 'wanted' });
    pass(1);
    expect(changes).toEqual(['A OK', 'A ALARM']);
  });

  test('on silence rings after a whole silent period, and not for the time before the start', () => {
    const { alarms, changes, put, pass } = monitored();
    alarms.create('Heartbeat', {
      ...COUNT,
      Threshold: 1,
      ComparisonOperator: 'LessThanThreshold',
      TreatMissingData: 'breaching',
    });
    pass(0);
    put('Count', 1);
    pass(60);
    expect(changes).toEqual(['Heartbeat OK']);
    pass(60);
    expect(changes).toEqual(['Heartbeat OK', 'Heartbeat ALARM']);
  });

  test('adds up the metrics of an expression', () => {
    const { alarms, changes, put, pass } = monitored();
    const query = (Id: string, MetricName: string) => ({
      Id,
      MetricStat: { Metric: { Namespace: 'N', MetricName }, Period: 60, Stat: 'Sum' },
    });
    const { Namespace, MetricName, Statistic, Period, ...rest } = COUNT;
    const Metrics = [{ Id: 'sum', Expression: 'a + b' }, query('a', 'First'), query('b', 'Second')];
    alarms.create('A', { ...rest, Threshold: 2, Metrics });
    put('First', 1);
    put('Second', 1);
    pass(1);
    put('Second', 1);
    pass(1);
    expect(changes).toEqual(['A OK', 'A ALARM']);
  });

  test('that computes anything but a sum is refused when it is made', () => {
    const { alarms } = monitored();
    const Metrics = [{ Id: 'x', Expression: 'RATE(a)' }];
    expect(() => alarms.create('A', { ...COUNT, Metrics })).toThrow('RATE(a)');
  });

  test('on a percentile looks at the slow ones', () => {
    const { alarms, changes, put, pass } = monitored();
    const { Statistic, ...rest } = COUNT;
    alarms.create('Slow', { ...rest, ExtendedStatistic: 'p99', Threshold: 100 });
    for (let i = 0; i < 99; i++) put('Count', 1);
    put('Count', 500);
    pass(1);
    expect(changes).toEqual(['Slow OK']);
    put('Count', 500);
    pass(1);
    expect(changes).toEqual(['Slow OK', 'Slow ALARM']);
  });
});

test('embedded metrics are read with their dimensions, and other lines hold none', () => {
  const line = JSON.stringify({
    _aws: {
      Timestamp: 1,
      CloudWatchMetrics: [
        {
          Namespace: 'Keywright',
          Dimensions: [['cause'], []],
          Metrics: [{ Name: 'Refused', Unit: 'Count' }],
        },
      ],
    },
    Refused: 1,
    cause: 'no_key',
  });
  expect(embeddedMetrics(line)).toEqual([
    { namespace: 'Keywright', name: 'Refused', dimensions: { cause: 'no_key' }, value: 1 },
    { namespace: 'Keywright', name: 'Refused', dimensions: {}, value: 1 },
  ]);
  expect(embeddedMetrics('{"level":"INFO"}')).toEqual([]);
  expect(embeddedMetrics('"_aws" but no JSON')).toEqual([]);
});
