import type { DynamoDBDocument } from '@aws-sdk/lib-dynamodb';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import type { DynamoDBRecord } from 'aws-lambda';
import fc from 'fast-check';
import { type AttributeMap, fromAttributes } from '../../core/store/attribute-value.ts';
import type { AwsServer } from '../../emulator/aws-server.ts';
import { AwsFixture, Consumer } from '../support/local-aws.ts';
import { STREAM_ARN, TABLE } from '../support/things-table.ts';

const TableName = TABLE.TableName;
let fixture: AwsFixture;
let server: AwsServer;
let db: DynamoDBDocument;

beforeEach(async () => {
  fixture = new AwsFixture();
  server = await fixture.start();
  await server.createTable(TABLE);
  db = fixture.documents(server);
});
afterEach(() => fixture.close());

const key = fc.constantFrom('a', 'b', 'c').map((pk) => ({ pk, sk: 's' }));
const attributes = fc.record(
  {
    listPk: fc.constantFrom('l1', 'l2'),
    listSk: fc.constantFrom('1', '2', '3'),
    name: fc.string(),
    nested: fc.dictionary(fc.constantFrom('x', 'y'), fc.oneof(fc.integer(), fc.boolean(), fc.constant(null))),
    list: fc.array(fc.string(), { maxLength: 3 }),
  },
  { requiredKeys: [] },
);
type Write = (db: DynamoDBDocument) => Promise<unknown>;
const write: fc.Arbitrary<Write> = fc.oneof(
  fc.tuple(key, attributes).map(
    ([Key, rest]): Write =>
      (c) =>
        c.put({ TableName, Item: { ...rest, ...Key } }),
  ),
  key.map(
    (Key): Write =>
      (c) =>
        c.delete({ TableName, Key }),
  ),
  fc.tuple(key, fc.constantFrom('1', '2')).map(
    ([Key, listSk]): Write =>
      (c) =>
        c.update({
          TableName,
          Key,
          UpdateExpression: 'SET listPk = :one, listSk = :sk REMOVE nested',
          ConditionExpression: 'attribute_exists(pk)',
          ExpressionAttributeValues: { ':one': 'l1', ':sk': listSk },
        }),
  ),
  fc.tuple(attributes, attributes).map(
    ([first, second]): Write =>
      (c) =>
        c.batchWrite({
          RequestItems: {
            [TableName]: [
              { PutRequest: { Item: { ...first, pk: 'a', sk: 's' } } },
              { PutRequest: { Item: { ...second, pk: 'b', sk: 's' } } },
              { DeleteRequest: { Key: { pk: 'c', sk: 's' } } },
            ],
          },
        }),
  ),
);

test('applying the stream to nothing makes the table, and the index lists what has its keys', async () => {
  const consumer = new Consumer();
  await server.createEventSourceMapping(
    { EventSourceArn: STREAM_ARN, FunctionName: consumer.name },
    consumer,
  );
  let ends = 0;
  const property = fc.asyncProperty(fc.array(write, { maxLength: 12 }), async (writes) => {
    await Promise.allSettled(writes.map((one) => one(db)));
    ends += 1;
    await db.put({ TableName, Item: { pk: 'end', sk: 's', ends } });
    await until(consumer, (record) => record.dynamodb?.NewImage?.ends?.N === String(ends));

    const { Items = [] } = await db.scan({ TableName });
    expect(byKey(Items)).toEqual(replay(consumer.records));
    const listed = (await db.scan({ TableName, IndexName: 'list' })).Items ?? [];
    expect(byKey(listed)).toEqual(byKey(Items.filter((item) => item.listPk && item.listSk).map(projected)));
  });
  await fc.assert(property, { numRuns: 40 });
});

async function until(consumer: Consumer, done: (record: DynamoDBRecord) => boolean) {
  while (!consumer.records.some(done)) await consumer.received(consumer.records.length + 1);
}

/** Checks on the way that each old image is the new image before it. */
function replay(records: readonly DynamoDBRecord[]) {
  const items = new Map<string, Record<string, unknown>>();
  for (const { dynamodb } of records) {
    const pk = dynamodb?.Keys?.pk?.S ?? '';
    expect(dynamodb?.OldImage ? toItem(dynamodb.OldImage) : undefined).toEqual(items.get(pk));
    if (dynamodb?.NewImage) items.set(pk, toItem(dynamodb.NewImage));
    else items.delete(pk);
  }
  return items;
}

function toItem(image: object) {
  return fromAttributes(image as AttributeMap);
}

function byKey(items: readonly Record<string, unknown>[]) {
  return new Map(items.map((item) => [item.pk, item]));
}

function projected({ pk, sk, listPk, listSk, name }: Record<string, unknown>) {
  return { pk, sk, listPk, listSk, ...(name !== undefined && { name }) };
}
