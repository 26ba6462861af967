import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import type { PublishedEvent } from '../../emulator/aws/event-bridge.ts';
import { eventRule } from '../../emulator/aws/event-rule.ts';
import type { RuleProperties } from '../../emulator/aws/schedule.ts';

const LAMBDA = 'arn:aws:lambda:eu-central-1:000000000000:function:ends';
const LOG_GROUP = 'arn:aws:logs:eu-central-1:000000000000:log-group:audit';
const RULE: RuleProperties = {
  EventBusName: 'keywright',
  EventPattern: { source: ['keywright'], 'detail-type': ['apiKey.revoked'] },
  Targets: [{ Arn: LAMBDA }, { Arn: LOG_GROUP }],
};
const event = (type: string): PublishedEvent => ({
  version: '0',
  id: `event of ${type}`,
  'detail-type': type,
  source: 'keywright',
  account: '000000000000',
  time: '2026-11-22T12:00:00Z',
  region: 'eu-central-1',
  resources: [],
  detail: {},
});

let calls: string[];
let failures: number;
let log: string[];
let told: string[];
let queued: [string, string][];
const target = {
  name: 'ends',
  invoke: async (received: unknown) => {
    calls.push((received as PublishedEvent)['detail-type']);
    failures -= 1;
    if (failures >= 0) throw new Error('throttled');
  },
  warm: async () => {},
  stop: async () => {},
};
const rule = (properties = RULE) =>
  eventRule(properties, {
    find: () => target,
    log: (line) => void log.push(line),
    publish: ({ message }) => void told.push(message),
    send: (queueArn, body) =>
      void queued.push([queueArn, (JSON.parse(body) as PublishedEvent)['detail-type']]),
  });

beforeEach(() => {
  jest.useFakeTimers();
  [calls, failures, log, told, queued] = [[], 0, [], [], []];
});
afterEach(() => {
  jest.useRealTimers();
});

test('a queue gets the events that fit, whole', () => {
  const Arn = 'arn:aws:sqs:eu-central-1:000000000000:mail';
  const hear = rule({ ...RULE, Targets: [{ Arn }] });
  hear(event('apiKey.revoked'), 'keywright');
  hear(event('apiKey.created'), 'keywright');
  expect([queued, calls]).toEqual([[[Arn, 'apiKey.revoked']], []]);
});

test('a function is called with the events of its bus that fit the pattern, and with no others', () => {
  const hear = rule();
  hear(event('apiKey.revoked'), 'keywright');
  hear(event('apiKey.created'), 'keywright');
  hear(event('apiKey.revoked'), 'default');
  rule({ ...RULE, State: 'DISABLED' })(event('apiKey.revoked'), 'keywright');
  expect(calls).toEqual(['apiKey.revoked']);
});

test('a call that fails is repeated after a minute and after two more, and then given up aloud', async () => {
  failures = 3;
  rule()(event('apiKey.revoked'), 'keywright');
  await jest.advanceTimersByTimeAsync(59_000);
  expect(calls).toHaveLength(1);
  await jest.advanceTimersByTimeAsync(1000);
  expect(calls).toHaveLength(2);
  expect(log).toEqual([]);
  await jest.advanceTimersByTimeAsync(120_000);
  expect(calls).toHaveLength(3);
  expect(log).toEqual(['ends failed with event event of apiKey.revoked: Error: throttled']);
});

test('a topic is told what the transformer makes of the event', () => {
  const TOPIC = 'arn:aws:sns:eu-central-1:000000000000:alarms';
  const InputTransformer = {
    InputPathsMap: {
      type: '$.detail-type',
      key: '$.detail.key',
      tenant: '$.detail.tenant',
      gone: '$.detail.x.y',
    },
    InputTemplate: '"<type> of <key>, <tenant>, <gone>, <unknown>"',
  };
  const detail = { key: 'say "key"\n', tenant: null };
  const hear = rule({ ...RULE, Targets: [{ Arn: TOPIC, InputTransformer }] });
  hear({ ...event('apiKey.revoked'), detail }, 'keywright');
  hear({ ...event('apiKey.created'), detail }, 'keywright');
  expect(told).toEqual(['"apiKey.revoked of say \\"key\\"\\n, null, , <unknown>"']);
});
