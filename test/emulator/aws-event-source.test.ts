import type { DynamoDBDocument } from '@aws-sdk/lib-dynamodb';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { DynamoDBRecord } from 'aws-lambda';
import type { EventSourceMappingProperties } from '../../emulator/aws/event-source.ts';
import type { AwsServer } from '../../emulator/aws-server.ts';
import { AwsFixture, Consumer } from '../support/local-aws.ts';
import { callSqs } from '../support/sqs.ts';
import { STREAM_ARN, TABLE } from '../support/things-table.ts';

const TableName = TABLE.TableName;
const QUEUE_ARN = 'arn:aws:sqs:eu-central-1:000000000000:dead';
let fixture: AwsFixture;
let server: AwsServer;
let db: DynamoDBDocument;
let now: Date;

beforeEach(async () => {
  now = new Date('2026-03-01T12:00:00Z');
  fixture = new AwsFixture();
  server = await fixture.start({ now: () => now });
  await server.createTable(TABLE);
  server.createQueue({ QueueName: 'dead' });
  db = fixture.documents(server);
});
afterEach(() => fixture.close());

async function write(...names: string[]) {
  for (const pk of names) await db.put({ TableName, Item: { pk, sk: 's' } });
}

function map(consumer: Consumer, properties: Partial<EventSourceMappingProperties> = {}, on = server) {
  return on.createEventSourceMapping(
    {
      EventSourceArn: STREAM_ARN,
      FunctionName: consumer.name,
      StartingPosition: 'TRIM_HORIZON',
      ...properties,
    },
    consumer,
  );
}

const name = (record: DynamoDBRecord) => record.dynamodb?.Keys?.pk?.S ?? '';
const names = (records: readonly DynamoDBRecord[]) => records.map(name);

/** A consumer that keeps the names of each batch it is called with. */
function recordingConsumer(handle: (batch: string[], records: DynamoDBRecord[]) => unknown) {
  const consumer = new Consumer();
  const batches: string[][] = [];
  consumer.handle = (records) => {
    batches.push(names(records));
    return handle(names(records), records);
  };
  return { consumer, batches };
}

async function deadLetters(): Promise<Record<string, Record<string, unknown>>[]> {
  const { Messages = [] } = await callSqs<{ Messages?: { Body: string }[] }>(server, 'ReceiveMessage', {
    QueueUrl: `${server.url}/000000000000/dead`,
    MaxNumberOfMessages: 10,
  });
  return Messages.map((message) => JSON.parse(message.Body));
}

test('records arrive in order, in batches of at most the batch size', async () => {
  await write('a', 'b', 'c', 'd', 'e');
  const { consumer, batches } = recordingConsumer(() => undefined);
  await map(consumer, { BatchSize: 2 });
  await consumer.received(5);
  await write('f');
  await consumer.received(6);
  expect(batches).toEqual([['a', 'b'], ['c', 'd'], ['e'], ['f']]);
});

test('a reader that starts at LATEST sees only what is written from then on', async () => {
  await write('before');
  const consumer = new Consumer();
  await map(consumer, { StartingPosition: 'LATEST' });
  await write('after');
  expect(names(await consumer.received(1))).toEqual(['after']);
});

test('a batching window gathers what is written meanwhile', async () => {
  const { consumer, batches } = recordingConsumer(() => undefined);
  await write('a');
  await map(consumer, { MaximumBatchingWindowInSeconds: 0.3 });
  await write('b', 'c');
  await consumer.received(3);
  expect(batches).toEqual([['a', 'b', 'c']]);
});

test('after a restart delivery goes on behind the last record that was dealt with', async () => {
  await write('a', 'b', 'c');
  const stuck = Promise.withResolvers<void>();
  const first = new Consumer();
  first.handle = (records) => {
    if (name(records[0] as DynamoDBRecord) === 'a') return undefined;
    stuck.resolve();
    return new Promise(() => undefined);
  };
  await map(first, { BatchSize: 1 });
  await stuck.promise;
  await server.close();

  const again = await fixture.start();
  await again.createTable(TABLE);
  const second = new Consumer();
  await map(second, {}, again);
  expect(names(await second.received(2))).toEqual(['b', 'c']);
});

test('two functions read one stream independently', async () => {
  const [one, two] = [new Consumer('one'), new Consumer('two')];
  await map(one);
  await map(two);
  await write('a', 'b');
  expect(names(await one.received(2))).toEqual(['a', 'b']);
  expect(names(await two.received(2))).toEqual(['a', 'b']);
});

describe('a failed batch', () => {
  test('is tried again until it passes, and holds up what follows', async () => {
    let failures = 2;
    const { consumer, batches } = recordingConsumer(() => {
      failures -= 1;
      if (failures >= 0) throw new Error('not yet');
    });
    await write('a', 'b');
    await map(consumer, { BatchSize: 1 });
    await consumer.received(2);
    expect(batches).toEqual([['a'], ['a'], ['a'], ['b']]);
  });

  test('goes on from the first record that it reports', async () => {
    let failing = true;
    const { consumer, batches } = recordingConsumer((batch, records) => {
      const failed = failing && records.filter((record) => ['c', 'd'].includes(name(record))).reverse();
      failing = false;
      if (!failed || failed.length === 0) return { batchItemFailures: [] };
      const batchItemFailures = failed.map((record) => ({ itemIdentifier: record.dynamodb?.SequenceNumber }));
      return batch.length > 0 && { batchItemFailures };
    });
    await write('a', 'b', 'c', 'd');
    await map(consumer, { FunctionResponseTypes: ['ReportBatchItemFailures'] });
    await consumer.received(6);
    expect(batches).toEqual([
      ['a', 'b', 'c', 'd'],
      ['c', 'd'],
    ]);
  });

  test.each([
    ['an empty identifier', { batchItemFailures: [{ itemIdentifier: '' }] }],
    ['a null identifier', { batchItemFailures: [{ itemIdentifier: null }] }],
    ['a misspelt key', { batchItemFailures: [{ identifier: '1' }] }],
  ])('that reports %s is a failure of all of it', async (_, response) => {
    let calls = 0;
    const { consumer, batches } = recordingConsumer(() => {
      calls += 1;
      return calls === 1 ? response : null;
    });
    await write('a', 'b');
    await map(consumer, { FunctionResponseTypes: ['ReportBatchItemFailures'] });
    await consumer.received(4);
    expect(batches).toEqual([
      ['a', 'b'],
      ['a', 'b'],
    ]);
  });

  test('is halved until the bad record is alone, which ends in the queue; the rest passes', async () => {
    const { consumer, batches } = recordingConsumer((batch) => {
      if (batch.includes('bad')) throw new Error('bad');
    });
    await write('a', 'b', 'bad', 'c');
    await map(consumer, {
      BisectBatchOnFunctionError: true,
      MaximumRetryAttempts: 1,
      DestinationConfig: { OnFailure: { Destination: QUEUE_ARN } },
    });
    expect(names(await consumer.received(3))).toEqual(['a', 'b', 'c']);
    expect(batches).toEqual([['a', 'b', 'bad', 'c'], ['a', 'b'], ['bad', 'c'], ['bad'], ['bad'], ['c']]);
    expect(await deadLetters()).toEqual([
      {
        requestContext: {
          requestId: expect.any(String),
          functionArn: 'arn:aws:lambda:eu-central-1:000000000000:function:consumer',
          condition: 'RetryAttemptsExhausted',
          approximateInvokeCount: 2,
        },
        responseContext: { statusCode: 200, executedVersion: '$LATEST', functionError: 'Unhandled' },
        version: '1.0',
        timestamp: now.toISOString(),
        DDBStreamBatchInfo: {
          shardId: expect.any(String),
          startSequenceNumber: expect.stringMatching(/^\d{21}$/),
          endSequenceNumber: expect.stringMatching(/^\d{21}$/),
          approximateArrivalOfFirstRecord: now.toISOString(),
          approximateArrivalOfLastRecord: now.toISOString(),
          batchSize: 1,
          streamArn: STREAM_ARN,
        },
      },
    ]);
  });

  test('is given up when its records are too old', async () => {
    const failed = Promise.withResolvers<void>();
    const { consumer } = recordingConsumer(([name]) => {
      if (name !== 'old') return;
      // Time passes while the first record fails.
      now = new Date(now.getTime() + 40_000);
      failed.resolve();
      throw new Error('not now');
    });
    await map(consumer, {
      BatchSize: 1,
      MaximumRecordAgeInSeconds: 30,
      DestinationConfig: { OnFailure: { Destination: QUEUE_ARN } },
    });
    await write('old');
    await failed.promise;
    await write('new');
    expect(names(await consumer.received(1))).toEqual(['new']);
    expect((await deadLetters()).map((letter) => letter.requestContext?.condition)).toEqual([
      'RecordAgeExceeded',
    ]);
  });

  test('does not age while the server is off', async () => {
    await write('old');
    await server.close();
    now = new Date(now.getTime() + 86_400_000);
    server = await fixture.start({ now: () => now });
    await server.createTable(TABLE);
    const consumer = new Consumer();
    await map(consumer, { MaximumRecordAgeInSeconds: 60 });
    expect(names(await consumer.received(1))).toEqual(['old']);
  });
});

describe('a filter', () => {
  const FilterCriteria = {
    Filters: [{ Pattern: JSON.stringify({ dynamodb: { NewImage: { event: { S: [{ exists: true }] } } } }) }],
  };
  const put = (pk: string, event?: string) =>
    db.put({ TableName, Item: { pk, sk: 's', ...(event && { event }) } });

  test('keeps back the records that do not fit, and a batch of only those calls nobody', async () => {
    const { consumer, batches } = recordingConsumer(() => undefined);
    await put('plain');
    await put('other');
    await put('with', 'event');
    await put('more');
    await map(consumer, { BatchSize: 2, FilterCriteria });
    await consumer.received(1);
    await put('last', 'event');
    await consumer.received(2);
    expect(batches).toEqual([['with'], ['last']]);
  });
});

test('a mapping that asks for what is not available is refused by name', async () => {
  const properties = { TumblingWindowInSeconds: 1 } as Partial<EventSourceMappingProperties>;
  await expect(map(new Consumer(), properties)).rejects.toThrow(/TumblingWindowInSeconds/);
  const filter = { FilterCriteria: { Filters: [{ Pattern: '{"eventName":[{"wildcard":"*"}]}' }] } };
  await expect(map(new Consumer(), filter)).rejects.toThrow(/wildcard/);
  const kinesis = { EventSourceArn: 'arn:aws:kinesis:eu-central-1:000000000000:stream/s' };
  await expect(map(new Consumer(), kinesis)).rejects.toThrow(/not the ARN of a DynamoDB stream/);
});
