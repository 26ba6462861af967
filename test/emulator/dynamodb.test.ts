import { crc32 } from 'node:zlib';
import { CreateTableCommand, DynamoDBClient, TransactGetItemsCommand } from '@aws-sdk/client-dynamodb';
import type { DynamoDBDocument } from '@aws-sdk/lib-dynamodb';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { AwsServer } from '../../emulator/aws-server.ts';
import { AwsFixture, Consumer, clientOptions } from '../support/local-aws.ts';
import { fetchOperation } from '../support/signed-fetch.ts';
import { STREAM_ARN, TABLE } from '../support/things-table.ts';

const TableName = TABLE.TableName;
let fixture: AwsFixture;
let server: AwsServer;
let db: DynamoDBDocument;
let now: Date;

beforeEach(async () => {
  now = new Date('2026-03-01T12:00:00Z');
  fixture = new AwsFixture();
  server = await fixture.start({ now: () => now });
  await server.createTable(TABLE);
  db = fixture.documents(server);
});
afterEach(() => fixture.close());

/** Lets a fresh reader of the table's stream receive everything, and returns it. */
async function streamOf(count: number, target = server) {
  const consumer = new Consumer(`reader-${Math.random()}`);
  await target.createEventSourceMapping(
    { EventSourceArn: STREAM_ARN, FunctionName: consumer.name },
    consumer,
  );
  return consumer.received(count);
}

describe('items', () => {
  test('a conditional write that fails changes nothing and can return the item', async () => {
    await db.put({ TableName, Item: { pk: 'a', sk: '1', n: 1 } });
    const write = db.put({
      TableName,
      Item: { pk: 'a', sk: '1', n: 2 },
      ConditionExpression: 'attribute_not_exists(pk)',
      ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
    });
    await expect(write).rejects.toMatchObject({
      name: 'ConditionalCheckFailedException',
      message: 'The conditional request failed',
      Item: { pk: { S: 'a' }, sk: { S: '1' }, n: { N: '1' } },
    });
    expect(await db.get({ TableName, Key: { pk: 'a', sk: '1' } })).toMatchObject({ Item: { n: 1 } });
  });

  test('of two writers with the same condition exactly one wins', async () => {
    await db.put({ TableName, Item: { pk: 'a', sk: '1', revision: 1 } });
    const rivals = Array.from({ length: 10 }, () =>
      db.update({
        TableName,
        Key: { pk: 'a', sk: '1' },
        UpdateExpression: 'SET revision = revision + :one',
        ConditionExpression: 'revision = :read',
        ExpressionAttributeValues: { ':one': 1, ':read': 1 },
      }),
    );
    const outcomes = await Promise.allSettled(rivals);
    expect(outcomes.filter((outcome) => outcome.status === 'fulfilled')).toHaveLength(1);
  });

  test('nested paths are set and removed', async () => {
    await db.put({ TableName, Item: { pk: 'a', sk: '1', roles: { reader: ['x'] }, list: [1, 2] } });
    const { Attributes } = await db.update({
      TableName,
      Key: { pk: 'a', sk: '1' },
      UpdateExpression: 'SET #roles.#new = :role, #list[1] = :two REMOVE #roles.reader',
      ConditionExpression: 'attribute_not_exists(#roles.#new)',
      ExpressionAttributeNames: { '#roles': 'roles', '#new': 'a.b', '#list': 'list' },
      ExpressionAttributeValues: { ':role': ['y'], ':two': 'two' },
      ReturnValues: 'ALL_NEW',
    });
    expect(Attributes).toMatchObject({ roles: { 'a.b': ['y'] }, list: [1, 'two'] });
  });

  test.each([
    ['ALL_OLD', { pk: 'a', sk: '1', n: 1, m: 1 }],
    ['UPDATED_OLD', { n: 1 }],
    ['ALL_NEW', { pk: 'a', sk: '1', n: 2, m: 1 }],
    ['UPDATED_NEW', { n: 2 }],
  ] as const)('an update returns %s', async (ReturnValues, expected) => {
    await db.put({ TableName, Item: { pk: 'a', sk: '1', n: 1, m: 1 } });
    const { Attributes } = await db.update({
      TableName,
      Key: { pk: 'a', sk: '1' },
      UpdateExpression: 'SET n = :two',
      ExpressionAttributeValues: { ':two': 2 },
      ReturnValues,
    });
    expect(Attributes).toEqual(expected);
  });

  test('several are read at once, consistently', async () => {
    await db.put({ TableName, Item: { pk: 'a', sk: '1', n: 1 } });
    await db.put({ TableName, Item: { pk: 'b', sk: '1', n: 2 } });
    const keys = ['a', 'b', 'missing'].map((pk) => ({ pk, sk: '1' }));
    const { Responses, UnprocessedKeys } = await db.batchGet({
      RequestItems: { [TableName]: { Keys: keys, ConsistentRead: true } },
    });
    expect(Responses?.[TableName]?.map((item) => item.n).sort()).toEqual([1, 2]);
    expect(UnprocessedKeys).toEqual({});
  });

  test('an index lists what has its keys, projected, in order, page by page', async () => {
    for (let i = 0; i < 5; i += 1)
      await db.put({
        TableName,
        Item: { pk: `p${i}`, sk: 's', listPk: 'all', listSk: `k${i}`, name: `n${i}`, hidden: true },
      });
    await db.put({ TableName, Item: { pk: 'unlisted', sk: 's' } });
    const names: string[] = [];
    let from: Record<string, unknown> | undefined;
    do {
      const page = await db.query({
        TableName,
        IndexName: 'list',
        KeyConditionExpression: 'listPk = :all',
        ExpressionAttributeValues: { ':all': 'all' },
        Limit: 2,
        ExclusiveStartKey: from,
        ScanIndexForward: false,
      });
      for (const item of page.Items ?? []) {
        expect(Object.keys(item).sort()).toEqual(['listPk', 'listSk', 'name', 'pk', 'sk']);
        names.push(item.name);
      }
      from = page.LastEvaluatedKey;
    } while (from);
    expect(names).toEqual(['n4', 'n3', 'n2', 'n1', 'n0']);
  });

  test('an item leaves its old place in an index when its index key changes or it is deleted', async () => {
    const list = async () =>
      (
        await db.query({
          TableName,
          IndexName: 'list',
          KeyConditionExpression: 'listPk = :all',
          ExpressionAttributeValues: { ':all': 'all' },
        })
      ).Items?.map((item) => item.listSk);
    await db.put({ TableName, Item: { pk: 'a', sk: 's', listPk: 'all', listSk: '1' } });
    await db.put({ TableName, Item: { pk: 'a', sk: 's', listPk: 'all', listSk: '2' } });
    expect(await list()).toEqual(['2']);
    await db.delete({ TableName, Key: { pk: 'a', sk: 's' } });
    expect(await list()).toEqual([]);
  });

  test('survive a restart', async () => {
    await db.put({ TableName, Item: { pk: 'a', sk: '1', n: 1 } });
    await server.close();
    const again = await fixture.start();
    await again.createTable(TABLE);
    const { Item } = await fixture.documents(again).get({ TableName, Key: { pk: 'a', sk: '1' } });
    expect(Item).toEqual({ pk: 'a', sk: '1', n: 1 });
  });
});

describe('the stream', () => {
  test('has a record of each change as Lambda receives it, and none of a write that changed nothing', async () => {
    await db.put({
      TableName,
      Item: { pk: 'a', sk: '1', tags: new Set(['x', 'y']), m: { p: 1, q: [true] } },
    });
    await db.put({
      TableName,
      Item: { m: { q: [true], p: 1 }, tags: new Set(['y', 'x']), sk: '1', pk: 'a' },
    });
    await db.update({
      TableName,
      Key: { pk: 'a', sk: '1' },
      UpdateExpression: 'SET n = :n REMOVE tags',
      ExpressionAttributeValues: { ':n': 1 },
    });
    await db.delete({ TableName, Key: { pk: 'a', sk: '1' } });
    await db.delete({ TableName, Key: { pk: 'a', sk: '1' } });
    await db.put({ TableName, Item: { pk: 'last', sk: '1' } });

    const records = await streamOf(4);
    const Keys = { pk: { S: 'a' }, sk: { S: '1' } };
    const m = { M: { p: { N: '1' }, q: { L: [{ BOOL: true }] } } };
    const first = { ...Keys, tags: { SS: ['x', 'y'] }, m };
    const reordered = { ...first, tags: { SS: ['y', 'x'] } };
    const second = { ...Keys, m, n: { N: '1' } };
    expect(
      records.map(({ eventName, dynamodb }) => [eventName, dynamodb?.OldImage, dynamodb?.NewImage]),
    ).toEqual([
      ['INSERT', undefined, first],
      ['MODIFY', reordered, second],
      ['REMOVE', second, undefined],
      ['INSERT', undefined, { pk: { S: 'last' }, sk: { S: '1' } }],
    ]);
    expect(records[1]).toEqual({
      eventID: expect.stringMatching(/^[0-9a-f]{32}$/),
      eventName: 'MODIFY',
      eventVersion: '1.1',
      eventSource: 'aws:dynamodb',
      awsRegion: 'eu-central-1',
      eventSourceARN: STREAM_ARN,
      dynamodb: {
        ApproximateCreationDateTime: now.getTime() / 1000,
        Keys,
        OldImage: reordered,
        NewImage: second,
        SequenceNumber: expect.stringMatching(/^\d{21}$/),
        SizeBytes: expect.any(Number),
        StreamViewType: 'NEW_AND_OLD_IMAGES',
      },
    });
  });

  test('has the writes of a batch, each with its own images', async () => {
    await db.put({ TableName, Item: { pk: 'gone', sk: '1', listPk: 'all', listSk: '1' } });
    await db.batchWrite({
      RequestItems: {
        [TableName]: [
          { PutRequest: { Item: { pk: 'new', sk: '1', listPk: 'all', listSk: '2' } } },
          { DeleteRequest: { Key: { pk: 'gone', sk: '1' } } },
        ],
      },
    });
    const records = (await streamOf(3)).slice(1);
    expect(records.map((r) => [r.eventName, r.dynamodb?.Keys?.pk?.S]).sort()).toEqual([
      ['INSERT', 'new'],
      ['REMOVE', 'gone'],
    ]);
    const { Items } = await db.query({
      TableName,
      IndexName: 'list',
      KeyConditionExpression: 'listPk = :all',
      ExpressionAttributeValues: { ':all': 'all' },
    });
    expect(Items?.map((item) => item.pk)).toEqual(['new']);
  });

  test('has no record of a refused write', async () => {
    await db.put({ TableName, Item: { pk: 'a', sk: '1' } });
    const refused = db.delete({
      TableName,
      Key: { pk: 'a', sk: '1' },
      ConditionExpression: 'attribute_exists(nothing)',
    });
    await expect(refused).rejects.toMatchObject({ name: 'ConditionalCheckFailedException' });
    await db.put({ TableName, Item: { pk: 'b', sk: '1' } });
    expect((await streamOf(2)).map((r) => r.eventName)).toEqual(['INSERT', 'INSERT']);
  });

  test('carries only what its view type says', async () => {
    const client = new DynamoDBClient(clientOptions(server));
    fixture.onClose(() => client.destroy());
    await client.send(
      new CreateTableCommand({
        TableName: 'keys-only',
        KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
        AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
        BillingMode: 'PAY_PER_REQUEST',
        StreamSpecification: { StreamEnabled: true, StreamViewType: 'KEYS_ONLY' },
      }),
    );
    await db.put({ TableName: 'keys-only', Item: { id: 'a', secret: 'b' } });
    const consumer = new Consumer();
    const EventSourceArn = STREAM_ARN.replace('things', 'keys-only');
    await server.createEventSourceMapping({ EventSourceArn, FunctionName: consumer.name }, consumer);
    const [record] = await consumer.received(1);
    expect(record?.dynamodb).toMatchObject({ Keys: { id: { S: 'a' } }, StreamViewType: 'KEYS_ONLY' });
    expect(JSON.stringify(record)).not.toContain('secret');
  });
});

describe('time-to-live', () => {
  const seconds = () => Math.floor(now.getTime() / 1000);

  test('deletes what has expired, and its record names the service', async () => {
    await db.put({ TableName, Item: { pk: 'old', sk: '1', ttl: seconds() + 10 } });
    await db.put({ TableName, Item: { pk: 'later', sk: '1', ttl: seconds() + 100 } });
    await db.put({ TableName, Item: { pk: 'ancient', sk: '1', ttl: 1 } });
    await db.put({ TableName, Item: { pk: 'never', sk: '1' } });
    expect(await server.expireItems()).toBe(0);
    now = new Date(now.getTime() + 11_000);
    expect(await server.expireItems()).toBe(1);
    const { Items } = await db.scan({ TableName });
    expect(Items?.map((item) => item.pk).sort()).toEqual(['ancient', 'later', 'never']);
    expect((await streamOf(5)).at(-1)).toMatchObject({
      eventName: 'REMOVE',
      userIdentity: { type: 'Service', principalId: 'dynamodb.amazonaws.com' },
      dynamodb: { OldImage: { pk: { S: 'old' } } },
    });
  });

  test.each([
    ['milliseconds', Date.parse('2026-11-22T12:00:00Z')],
    ['a second after the year 2099', 4_102_444_801],
    ['a text', '1795000000'],
    ['a negative number', -1],
  ])('refuses %s, which DynamoDB would take and never delete', async (_, ttl) => {
    await expect(db.put({ TableName, Item: { pk: 'wrong', sk: '1', ttl } })).rejects.toThrow(
      /The time to live "ttl" is .* DynamoDB expects a number of seconds since 1970/,
    );
    expect((await db.get({ TableName, Key: { pk: 'wrong', sk: '1' } })).Item).toBeUndefined();
    await db.put({ TableName, Item: { pk: 'right', sk: '1', ttl: 4_102_444_800 } });
  });

  test('leaves an item that was given a later expiry', async () => {
    await db.put({ TableName, Item: { pk: 'a', sk: '1', ttl: seconds() + 10 } });
    now = new Date(now.getTime() + 11_000);
    const [, count] = await Promise.all([
      db.update({
        TableName,
        Key: { pk: 'a', sk: '1' },
        UpdateExpression: 'SET #ttl = :later',
        ExpressionAttributeNames: { '#ttl': 'ttl' },
        ExpressionAttributeValues: { ':later': seconds() + 10 },
      }),
      server.expireItems(),
    ]);
    // Whoever came first, an item that was extended before its deletion is there with the new expiry.
    const { Item } = await db.get({ TableName, Key: { pk: 'a', sk: '1' } });
    expect(Item).toMatchObject({ ttl: seconds() + 10 });
    expect(count).toBeLessThanOrEqual(1);
  });
});

describe('the protocol', () => {
  test('answers carry request id and checksum', async () => {
    const input = { TableName: 'none', Key: { pk: { S: 'a' }, sk: { S: 'b' } } };
    const response = await fetchOperation(server.url, 'dynamodb', 'DynamoDB_20120810.GetItem', input);
    const body = Buffer.from(await response.arrayBuffer());
    expect(response.status).toBe(400);
    expect(JSON.parse(body.toString())).toEqual({
      __type: 'com.amazonaws.dynamodb.v20120810#ResourceNotFoundException',
      message: 'Requested resource not found',
    });
    expect(response.headers.get('x-amz-crc32')).toBe(String(crc32(body)));
    expect(response.headers.get('x-amzn-requestid')).toMatch(/^[A-Z0-9]{52}$/);
    expect(response.headers.get('content-type')).toBe('application/x-amz-json-1.0');
  });

  test('a write that DynamoDB would not take is a ValidationException', async () => {
    await expect(db.put({ TableName, Item: { pk: 'no sort key' } })).rejects.toMatchObject({
      name: 'ValidationException',
    });
  });

  test('an operation that is not used fails and is named', async () => {
    const client = new DynamoDBClient(clientOptions(server));
    fixture.onClose(() => client.destroy());
    const transaction = new TransactGetItemsCommand({ TransactItems: [] });
    await expect(client.send(transaction)).rejects.toMatchObject({
      name: 'UnknownOperationException',
      message: expect.stringContaining('TransactGetItems'),
    });
    expect(fixture.log).toEqual([expect.stringContaining('TransactGetItems')]);
  });

  test.each([
    ['no signature', { authorization: '' }, 'MissingAuthenticationTokenException'],
    [
      'a signature for another service',
      {
        authorization: `AWS4-HMAC-SHA256 Credential=a/20260301/eu-central-1/sqs/aws4_request, SignedHeaders=host, Signature=${'0'.repeat(64)}`,
      },
      'InvalidSignatureException',
    ],
    [
      'half a signature',
      { authorization: 'AWS4-HMAC-SHA256 Credential=a/20260301/eu-central-1/dynamodb/aws4_request' },
      'IncompleteSignatureException',
    ],
  ])('a request with %s is refused', async (_, headers, type) => {
    const response = await post({ TableName }, headers);
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ __type: `com.amazon.coral.service#${type}` });
  });

  function post(body: object, headers: Record<string, string>) {
    return fetch(server.url, {
      method: 'POST',
      headers: {
        'content-type': 'application/x-amz-json-1.0',
        'x-amz-target': 'DynamoDB_20120810.GetItem',
        'x-amz-date': '20260301T120000Z',
        ...headers,
      },
      body: JSON.stringify(body),
    });
  }
});

test('a table of other keys or indexes than the template has is refused with what to do', async () => {
  const { GlobalSecondaryIndexes: _, ...withoutIndex } = TABLE;
  await expect(server.createTable(withoutIndex)).rejects.toThrow(
    /things was made by another version: .*list.* Remove the data folder/,
  );
});

test('a table of an earlier start is as it was declared last, whether or not it is declared again', async () => {
  await server.close();
  const again = await fixture.start();
  expect(again.dynamodb.declared().map((table) => table.TableName)).toEqual([TableName]);
  await fixture.documents(again).put({ TableName, Item: { pk: 'a', sk: '1' } });
  expect(await streamOf(1, again)).toHaveLength(1);
  const { TimeToLiveSpecification: _, ...withoutEnd } = TABLE;
  await again.createTable(withoutEnd);
  expect(again.dynamodb.declared()).toEqual([withoutEnd]);
});
