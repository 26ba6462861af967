import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { type RuleProperties, startSchedules } from '../../emulator/aws/schedule.ts';

const START = new Date('2026-11-22T12:03:20.000Z');
const ARN = 'arn:aws:lambda:eu-central-1:000000000000:function:sweep';

let calls: unknown[];
let log: string[];
let running: { close(): void }[];
let fail = false;

beforeEach(() => {
  jest.useFakeTimers({ now: START });
  [calls, log, running, fail] = [[], [], [], false];
});
afterEach(() => {
  for (const schedule of running) schedule.close();
  jest.useRealTimers();
});

function start(rule: RuleProperties): void {
  const target = {
    name: 'sweep',
    invoke: async (event: unknown) => {
      calls.push([new Date().toISOString(), event]);
      if (fail) throw new Error('out of order');
    },
    warm: async () => {},
    stop: async () => {},
  };
  running = startSchedules(rule, {
    name: 'rule',
    region: 'eu-central-1',
    find: (arn) => {
      expect(arn).toBe(ARN);
      return target;
    },
    now: () => new Date(),
    log: (line) => void log.push(line),
  });
}

describe('a rule with a schedule', () => {
  test('calls its target by the clock, with its own input', async () => {
    start({ ScheduleExpression: 'rate(5 minutes)', Targets: [{ Arn: ARN, Input: '{"measure":"age"}' }] });
    await jest.advanceTimersByTimeAsync(12 * 60_000);
    expect(calls).toEqual([
      ['2026-11-22T12:05:00.000Z', { measure: 'age' }],
      ['2026-11-22T12:10:00.000Z', { measure: 'age' }],
      ['2026-11-22T12:15:00.000Z', { measure: 'age' }],
    ]);
  });

  test('calls it with what EventBridge says of a schedule where it has no input', async () => {
    start({ ScheduleExpression: 'rate(1 hour)', Targets: [{ Arn: ARN }] });
    await jest.advanceTimersByTimeAsync(3_600_000);
    expect(calls).toEqual([
      [
        '2026-11-22T13:00:00.000Z',
        expect.objectContaining({
          'detail-type': 'Scheduled Event',
          source: 'aws.events',
          time: '2026-11-22T13:00:00.000Z',
          resources: ['arn:aws:events:eu-central-1:000000000000:rule/rule'],
        }),
      ],
    ]);
  });

  test('goes on after a run that failed, and says so', async () => {
    start({ ScheduleExpression: 'rate(1 minute)', Targets: [{ Arn: ARN }] });
    fail = true;
    await jest.advanceTimersByTimeAsync(120_000);
    expect(calls).toHaveLength(2);
    expect(log).toEqual(Array(2).fill('sweep failed on schedule: Error: out of order'));
  });

  test('is still once it is closed, or where it is disabled or has no schedule', async () => {
    start({ ScheduleExpression: 'rate(1 minute)', State: 'DISABLED', Targets: [{ Arn: ARN }] });
    expect(running).toEqual([]);
    start({ Targets: [{ Arn: 'arn:aws:logs:eu-central-1:000000000000:log-group:events' }] });
    expect(running).toEqual([]);
    start({ ScheduleExpression: 'rate(1 minute)', Targets: [{ Arn: ARN }] });
    for (const schedule of running) schedule.close();
    await jest.advanceTimersByTimeAsync(600_000);
    expect(calls).toEqual([]);
  });

  test.each(['cron(0 12 * * ? *)', 'rate(5 fortnights)', 'rate(0 minutes)', 'rate(25 days)'])(
    'that runs at %s is refused by name',
    (expression) => {
      expect(() => start({ ScheduleExpression: expression, Targets: [{ Arn: ARN }] })).toThrow(
        `The rule rule runs at ${expression}`,
      );
    },
  );
});
