import { gunzipSync } from 'node:zlib';
import { expect, test } from '@jest/globals';
import { accessLogOf } from '../../emulator/api-gateway/resource-list.ts';
import { LogSubscriptions } from '../../emulator/cloudwatch/log-subscriptions.ts';
import type { LambdaFunction } from '../../emulator/lambda.ts';

const FUNCTION_ARN = 'arn:aws:lambda:eu-central-1:000000000000:function:consumer';
const QUEUE_ARN = 'arn:aws:sqs:eu-central-1:000000000000:dead-letters';
interface Delivered {
  readonly awslogs: { readonly data: string };
}

/** Subscriptions of one log group to a function that does `invoke`; `close` delivers what was written. */
function subscriptions(invoke: (event: Delivered) => Promise<unknown>, FilterPattern = '', retries = 2) {
  const resources = {
    Filter: {
      Type: 'AWS::Logs::SubscriptionFilter',
      Properties: { LogGroupName: 'group', FilterPattern, DestinationArn: FUNCTION_ARN },
    },
    Invoke: {
      Type: 'AWS::Lambda::EventInvokeConfig',
      Properties: {
        FunctionName: 'consumer',
        MaximumRetryAttempts: retries,
        DestinationConfig: { OnFailure: { Destination: QUEUE_ARN } },
      },
    },
  };
  const sent: { queue: string; body: string }[] = [];
  const records: [string, string][] = [];
  const logs = new LogSubscriptions({ stacks: [{ resources }] } as never, {
    region: 'eu-central-1',
    now: () => new Date('2026-11-22T12:00:00.000Z'),
    log: () => undefined,
    sendMessage: (queue, body) => sent.push({ queue, body }),
    putRecord: (streamArn, record) => records.push([streamArn, String(record)]),
  });
  const target = { name: 'consumer', invoke } as unknown as LambdaFunction;
  logs.deliverTo({ find: () => target });
  return { logs, sent, records };
}

const dataOf = (event: Delivered) =>
  JSON.parse(gunzipSync(Buffer.from(event.awslogs.data, 'base64')).toString());

test('lines that the filter wants arrive together, compressed, each with an id of its own', async () => {
  const events: Delivered[] = [];
  const { logs } = subscriptions(async (event) => events.push(event), '{ $.message = "request refused" }');
  const refused = (n: number) => JSON.stringify({ message: 'request refused', n });
  for (const line of [refused(1), '{"message":"other"}', 'no JSON', refused(2)]) logs.write('group', line);
  logs.write('another', refused(3));
  await logs.close();
  expect(events).toHaveLength(1);
  const data = dataOf(events[0] as Delivered);
  expect(data).toMatchObject({ messageType: 'DATA_MESSAGE', logGroup: 'group', owner: '000000000000' });
  expect(data.logEvents.map(({ message }: { message: string }) => message)).toEqual([refused(1), refused(2)]);
  expect(data.logEvents[0].timestamp).toBe(Date.parse('2026-11-22T12:00:00.000Z'));
  expect(data.logEvents[0].id).not.toBe(data.logEvents[1].id);
});

test('a line of an access log goes to its log group or, as it is, to its delivery stream', async () => {
  const events: Delivered[] = [];
  const { logs, records } = subscriptions(async (event) => events.push(event));
  const streamArn = 'arn:aws:firehose:eu-central-1:000000000000:deliverystream/amazon-apigateway-lines';
  logs.writeAccess('arn:aws:logs:eu-central-1:000000000000:log-group:group', 'one');
  logs.writeAccess(streamArn, 'two\n');
  await logs.close();
  expect(events.map((event) => dataOf(event).logEvents[0].message)).toEqual(['one']);
  expect(records).toEqual([[streamArn, 'two\n']]);
});

test.each([
  ['HTTP', 'amazon-apigateway-lines'],
  ['REST', 'lines'],
  ['REST', 'amazon-apigateway-'],
] as const)('a stage of %s APIs with the delivery stream %s for its log is refused', (kind, stream) => {
  const DestinationArn = `arn:aws:firehose:eu-central-1:000000000000:deliverystream/${stream}`;
  expect(() => accessLogOf(kind, { Format: '', DestinationArn })).toThrow('writes no access log');
});

test('a delivery that fails once is repeated as it was, and leaves no dead letter', async () => {
  const events: Delivered[] = [];
  const { logs, sent } = subscriptions(async (event) => {
    events.push(event);
    if (events.length === 1) throw new Error('not now');
  });
  logs.write('group', 'a line');
  await logs.close();
  expect(events).toHaveLength(2);
  expect(events[1]).toEqual(events[0]);
  expect(sent).toEqual([]);
});

test('one that fails for good becomes a dead letter from which it can be called again', async () => {
  const events: Delivered[] = [];
  const fail = async (event: Delivered) => {
    events.push(event);
    throw new Error('never');
  };
  const { logs, sent } = subscriptions(fail, '', 0);
  logs.write('group', 'a line');
  await logs.close();
  expect(events).toHaveLength(1);
  expect(sent.map(({ queue }) => queue)).toEqual([QUEUE_ARN]);
  expect(JSON.parse(sent[0]?.body ?? '')).toMatchObject({
    requestContext: { condition: 'RetriesExhausted', approximateInvokeCount: 1 },
    requestPayload: events[0],
  });
});
