import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { DynamoDBRecord } from 'aws-lambda';
import type { AwsServer } from '../../emulator/aws-server.ts';
import { AwsFixture, Consumer } from '../support/local-aws.ts';
import { fetchOperation } from '../support/signed-fetch.ts';
import { STREAM_ARN, TABLE } from '../support/things-table.ts';

const KB = 1024;
const MB = 1024 * KB;
const TableName = TABLE.TableName;

const fixture = new AwsFixture();
let server: AwsServer;
beforeAll(async () => {
  server = await fixture.start();
  await server.createTable(TABLE);
});
afterAll(() => fixture.close());

interface Refusal {
  readonly __type?: string;
  readonly message?: string;
}

async function call(service: string, target: string, input: object) {
  const response = await fetchOperation(server.url, service, target, input);
  return { status: response.status, body: (await response.json()) as Refusal & Record<string, unknown> };
}
const dynamodb = (operation: string, input: object) =>
  call('dynamodb', `DynamoDB_20120810.${operation}`, input);

const text = (bytes: number) => ({ S: 'x'.repeat(bytes) });
const KEY = { pk: { S: 'a' }, sk: { S: 'b' } };
const put = (Item: object) => dynamodb('PutItem', { TableName, Item });

describe('DynamoDB', () => {
  /** An item of that many bytes: names and values count. */
  const itemOf = (bytes: number) => ({ ...KEY, x: text(bytes - 'pkaskbx'.length) });
  const ITEM_TOO_LARGE = 'Item size has exceeded the maximum allowed size';

  test.each<[string, (bytes: number) => Promise<{ status: number; body: Refusal }>]>([
    ['PutItem', (bytes) => put(itemOf(bytes))],
    [
      'BatchWriteItem',
      (bytes) =>
        dynamodb('BatchWriteItem', {
          RequestItems: { [TableName]: [{ PutRequest: { Item: itemOf(bytes) } }] },
        }),
    ],
    [
      'TransactWriteItems',
      (bytes) =>
        dynamodb('TransactWriteItems', { TransactItems: [{ Put: { TableName, Item: itemOf(bytes) } }] }),
    ],
  ])('%s takes items of 400 KB and none larger', async (_, write) => {
    expect((await write(400 * KB)).status).toBe(200);
    expect(await write(400 * KB + 1)).toMatchObject({
      status: 400,
      body: { __type: expect.stringContaining('#ValidationException'), message: ITEM_TOO_LARGE },
    });
  });

  test('UpdateItem makes no item larger than 400 KB, however small the update', async () => {
    await put(itemOf(400 * KB - 10));
    const add = (S: string) =>
      dynamodb('UpdateItem', {
        TableName,
        Key: KEY,
        UpdateExpression: 'SET y = :y',
        ExpressionAttributeValues: { ':y': { S } },
      });
    expect((await add('123456789')).status).toBe(200);
    expect(await add('1234567890')).toMatchObject({
      status: 400,
      body: { message: 'Item size to update has exceeded the maximum allowed size' },
    });
  });

  const HASH = /Size of hashkey has exceeded the maximum size limit of2048 bytes/;
  const RANGE = /Aggregated size of all range keys has exceeded the size limit of 1024 bytes/;
  const OPERATIONS: [string, (key: object) => Promise<{ status: number; body: Refusal }>][] = [
    ['PutItem', put],
    ['GetItem', (Key) => dynamodb('GetItem', { TableName, Key })],
    ['DeleteItem', (Key) => dynamodb('DeleteItem', { TableName, Key })],
    ['UpdateItem', (Key) => dynamodb('UpdateItem', { TableName, Key })],
    ['BatchGetItem', (key) => dynamodb('BatchGetItem', { RequestItems: { [TableName]: { Keys: [key] } } })],
    [
      'BatchWriteItem',
      (Key) => dynamodb('BatchWriteItem', { RequestItems: { [TableName]: [{ DeleteRequest: { Key } }] } }),
    ],
    [
      'TransactWriteItems',
      (Key) => dynamodb('TransactWriteItems', { TransactItems: [{ Delete: { TableName, Key } }] }),
    ],
  ];
  test.each(OPERATIONS)('%s takes keys of 2,048 and 1,024 bytes and none longer', async (_, run) => {
    expect((await run({ pk: text(2048), sk: text(1024) })).status).toBe(200);
    const refused: [object, RegExp][] = [
      [{ pk: text(2049), sk: text(1) }, HASH],
      [{ pk: text(1), sk: text(1025) }, RANGE],
      // Bytes are counted, and not characters.
      [{ pk: { S: '€'.repeat(683) }, sk: text(1) }, HASH],
      [{ pk: text(1), sk: { S: '€'.repeat(342) } }, RANGE],
    ];
    for (const [key, message] of refused) {
      const { status, body } = await run(key);
      // A transaction names the reason for each action where it is found by one.
      expect({ status, text: JSON.stringify(body) }).toEqual({
        status: 400,
        text: expect.stringMatching(message),
      });
      expect(JSON.stringify(body)).toContain('Validation');
    }
  });

  test("an index's keys have the same bounds", async () => {
    expect((await put({ ...KEY, listPk: text(2048), listSk: text(1024) })).status).toBe(200);
    expect((await put({ ...KEY, listPk: text(2049), listSk: text(1) })).body.message).toMatch(HASH);
    expect((await put({ ...KEY, listPk: text(1), listSk: text(1025) })).body.message).toMatch(RANGE);
  });

  test('an expression has 4 KB at most, and an attribute 32 levels', async () => {
    const update = (UpdateExpression: string) =>
      dynamodb('UpdateItem', { TableName, Key: KEY, UpdateExpression });
    expect((await update('REMOVE y'.padEnd(4096))).status).toBe(200);
    expect((await update('REMOVE y'.padEnd(4097))).body.message).toMatch(
      /^Invalid UpdateExpression: Expression size has exceeded the maximum allowed size/,
    );
    const nested = (levels: number): object => (levels === 0 ? text(1) : { M: { a: nested(levels - 1) } });
    expect((await put({ ...KEY, deep: nested(32) })).status).toBe(200);
    expect((await put({ ...KEY, deep: nested(33) })).body.message).toMatch(/^Nesting Levels have exceeded/);
  });

  test('a page of a Query ends after 1 MB, and a BatchGetItem says what it left', async () => {
    const keys = Array.from({ length: 8 }, (_, i) => ({ pk: { S: 'page' }, sk: { S: String(i) } }));
    for (const key of keys) await put({ ...key, x: text(300 * KB) });
    const query = await dynamodb('Query', {
      TableName,
      KeyConditionExpression: 'pk = :pk',
      ExpressionAttributeValues: { ':pk': { S: 'page' } },
    });
    expect(query.body).toMatchObject({ Count: 4, LastEvaluatedKey: { sk: { S: '3' } } });
    const { body } = await dynamodb('BatchGetItem', { RequestItems: { [TableName]: { Keys: keys } } });
    const found = Object(body.Responses)[TableName].length;
    const left = Object(body.UnprocessedKeys)[TableName].Keys.length;
    expect(found).toBeLessThan(keys.length);
    expect(found + left).toBe(keys.length);
  });

  test.each([
    [
      'BatchGetItem',
      101,
      (key: object) => key,
      (all: object[]) => ({ RequestItems: { [TableName]: { Keys: all } } }),
    ],
    [
      'BatchWriteItem',
      26,
      (Key: object) => ({ DeleteRequest: { Key } }),
      (all: object[]) => ({ RequestItems: { [TableName]: all } }),
    ],
    [
      'TransactWriteItems',
      101,
      (Key: object) => ({ Delete: { TableName, Key } }),
      (all: object[]) => ({ TransactItems: all }),
    ],
  ])('%s takes fewer than %d at once', async (operation, tooMany, one, input) => {
    const all = Array.from({ length: tooMany }, (_, i) => one({ pk: { S: 'n' }, sk: { S: String(i) } }));
    expect((await dynamodb(operation, input(all))).status).toBe(400);
    expect((await dynamodb(operation, input(all.slice(1)))).status).toBe(200);
  });
});

describe('what is put elsewhere', () => {
  test('EventBridge takes 256 KB of events in one call', async () => {
    const put = (bytes: number) => {
      const entry = { Source: 'test', DetailType: 'large', Detail: JSON.stringify({ x: 'x'.repeat(bytes) }) };
      return call('events', 'AWSEvents.PutEvents', { Entries: [entry, entry] });
    };
    const rest = 'testlarge'.length + JSON.stringify({ x: '' }).length;
    expect(await put(128 * KB - rest)).toMatchObject({ status: 200, body: { FailedEntryCount: 0 } });
    expect(await put(128 * KB - rest + 1)).toMatchObject({
      status: 400,
      body: { message: 'Total size of the entries in the request is over the limit.' },
    });
  });

  test('Secrets Manager takes values of 64 KB', async () => {
    const create = (Name: string, SecretString: string) =>
      call('secretsmanager', 'secretsmanager.CreateSecret', { Name, SecretString });
    expect((await create('fits', 'x'.repeat(64 * KB))).status).toBe(200);
    expect(await create('large', '€'.repeat(22 * KB))).toMatchObject({
      status: 400,
      body: { __type: expect.stringContaining('ValidationException') },
    });
  });

  test('SQS takes messages of 1 MB', async () => {
    server.createQueue({ QueueName: 'large' });
    const send = (bytes: number) =>
      call('sqs', 'AmazonSQS.SendMessage', {
        QueueUrl: `${server.url}/000000000000/large`,
        MessageBody: 'x'.repeat(bytes),
      });
    expect((await send(MB)).status).toBe(200);
    expect((await send(MB + 1)).status).toBe(400);
  });

  test('a batch of a stream holds no more than an event of a function may', async () => {
    const count = 40;
    for (let i = 0; i < count; i++)
      await put({ pk: { S: 'stream' }, sk: { S: String(i) }, x: text(300 * KB) });
    const consumer = new Consumer();
    const sizes: number[] = [];
    const mine = (records: readonly DynamoDBRecord[]) =>
      records.filter(({ dynamodb: record }) => record?.Keys?.pk?.S === 'stream');
    consumer.handle = (records) => {
      sizes.push(Buffer.byteLength(JSON.stringify({ Records: records })));
    };
    const EventSourceArn = STREAM_ARN;
    const mapping = { EventSourceArn, FunctionName: 'consumer', BatchSize: 1000 };
    await server.createEventSourceMapping(mapping, consumer);
    for (let wanted = count; mine(consumer.records).length < count; wanted += 1)
      await consumer.received(wanted);
    expect(Math.max(...sizes)).toBeLessThanOrEqual(6_291_456);
    expect(sizes.filter((size) => size > 5 * MB).length).toBeGreaterThan(0);
    const order = mine(consumer.records).map(({ dynamodb: record }) => Number(record?.Keys?.sk?.S));
    expect(order).toEqual(Array.from({ length: count }, (_, i) => i));
  });
});
