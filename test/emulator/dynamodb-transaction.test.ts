import { TransactionCanceledException } from '@aws-sdk/client-dynamodb';
import type { DynamoDBDocument, TransactWriteCommandInput } from '@aws-sdk/lib-dynamodb';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { AwsServer } from '../../emulator/aws-server.ts';
import { AwsFixture, Consumer } from '../support/local-aws.ts';
import { STREAM_ARN, TABLE } from '../support/things-table.ts';

const TableName = TABLE.TableName;
const ABSENT = 'attribute_not_exists(pk)';
type Action = NonNullable<TransactWriteCommandInput['TransactItems']>[number];

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

function write(...TransactItems: Action[]) {
  return db.transactWrite({ TransactItems });
}

function put(pk: string, more: object = {}, ConditionExpression?: string): Action {
  return { Put: { TableName, Item: { pk, sk: 's', ...more }, ConditionExpression } };
}

const Key = (pk: string) => ({ pk, sk: 's' });

async function items() {
  const { Items = [] } = await db.scan({ TableName });
  return Object.fromEntries(Items.map(({ pk, sk: _, ...rest }) => [pk, rest]));
}

async function failure(promise: Promise<unknown>): Promise<TransactionCanceledException> {
  const error = await promise.then(
    () => new Error('It went through'),
    (thrown: Error) => thrown,
  );
  if (error instanceof TransactionCanceledException) return error;
  throw error;
}

test('puts, updates, deletes and checks take effect together, with index and stream', async () => {
  await db.put({ TableName, Item: { pk: 'updated', sk: 's', n: 1 } });
  await db.put({ TableName, Item: { pk: 'deleted', sk: 's', listPk: 'all', listSk: '1' } });
  await db.put({ TableName, Item: { pk: 'checked', sk: 's', n: 7 } });
  await write(
    put('new', { listPk: 'all', listSk: '2' }, ABSENT),
    {
      Update: {
        TableName,
        Key: Key('updated'),
        UpdateExpression: 'ADD n :one SET listPk = :all, listSk = :sk',
        ExpressionAttributeValues: { ':one': 1, ':all': 'all', ':sk': '3' },
      },
    },
    { Delete: { TableName, Key: Key('deleted') } },
    {
      ConditionCheck: {
        TableName,
        Key: Key('checked'),
        ConditionExpression: 'n = :n',
        ExpressionAttributeValues: { ':n': 7 },
      },
    },
  );
  expect(await items()).toEqual({
    new: { listPk: 'all', listSk: '2' },
    updated: { n: 2, listPk: 'all', listSk: '3' },
    checked: { n: 7 },
  });
  const listed = await db.query({
    TableName,
    IndexName: 'list',
    KeyConditionExpression: 'listPk = :all',
    ExpressionAttributeValues: { ':all': 'all' },
  });
  expect(listed.Items?.map((item) => item.pk)).toEqual(['new', 'updated']);
  const consumer = new Consumer();
  await server.createEventSourceMapping(
    { EventSourceArn: STREAM_ARN, FunctionName: consumer.name },
    consumer,
  );
  const records = (await consumer.received(6)).slice(3);
  expect(records.map((record) => [record.eventName, record.dynamodb?.Keys?.pk?.S])).toEqual([
    ['INSERT', 'new'],
    ['MODIFY', 'updated'],
    ['REMOVE', 'deleted'],
  ]);
  expect(records[1]?.dynamodb?.OldImage?.n).toEqual({ N: '1' });
});

test('one failed condition cancels everything, and the reasons stand in the order of the actions', async () => {
  await db.put({ TableName, Item: { pk: 'taken', sk: 's', n: 1 } });
  const taken = put('taken', { n: 2 }, ABSENT);
  const error = await failure(
    write(
      put('new'),
      {
        Put: {
          ...taken.Put,
          TableName,
          Item: taken.Put?.Item,
          ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
        },
      },
      { ConditionCheck: { TableName, Key: Key('nobody'), ConditionExpression: 'attribute_exists(pk)' } },
    ),
  );
  expect(error.message).toBe(
    'Transaction cancelled, please refer cancellation reasons for specific reasons [None, ConditionalCheckFailed, ConditionalCheckFailed]',
  );
  expect(error.CancellationReasons).toEqual([
    { Code: 'None' },
    {
      Code: 'ConditionalCheckFailed',
      Message: 'The conditional request failed',
      Item: { pk: { S: 'taken' }, sk: { S: 's' }, n: { N: '1' } },
    },
    { Code: 'ConditionalCheckFailed', Message: 'The conditional request failed' },
  ]);
  expect(await items()).toEqual({ taken: { n: 1 } });
});

test('an update that can not be made is among the reasons, and nothing is written', async () => {
  await db.put({ TableName, Item: { pk: 'text', sk: 's', n: 'one' } });
  const error = await failure(
    write(put('new'), {
      Update: {
        TableName,
        Key: Key('text'),
        UpdateExpression: 'SET n = n + :one',
        ExpressionAttributeValues: { ':one': 1 },
      },
    }),
  );
  expect(error.CancellationReasons).toEqual([
    { Code: 'None' },
    {
      Code: 'ValidationError',
      Message: 'An operand in the update expression has an incorrect data type',
    },
  ]);
  const keyless = await failure(write({ Put: { TableName, Item: { pk: 'no sort key' } } }));
  expect(keyless.CancellationReasons?.[0]?.Code).toBe('ValidationError');
  expect(await items()).toEqual({ text: { n: 'one' } });
});

test.each<[string, Action[], RegExp]>([
  ['no action', [], /length less than or equal to 100 and greater than or equal to 1/],
  [
    'more than 100 actions',
    Array.from({ length: 101 }, (_, n) => put(`p${n}`)),
    /length less than or equal to 100/,
  ],
  ['two actions on one item', [put('a'), { Delete: { TableName, Key: Key('a') } }], /multiple operations/],
  ['an action of two kinds', [{ ...put('a'), Delete: { TableName, Key: Key('b') } }], /only contain one of/],
  [
    'a check without condition',
    [{ ConditionCheck: { TableName, Key: Key('a'), ConditionExpression: undefined } }],
    /transactItems\.1\.member\.conditionCheck\.conditionExpression/,
  ],
  ['a bad expression', [put('a', {}, 'nonsense(')], /Invalid ConditionExpression/],
  [
    'more than 4 MB',
    Array.from({ length: 12 }, (_, n) => put(`p${n}`, { text: 'x'.repeat(380_000) })),
    /4 MB/,
  ],
])('%s is refused as a whole', async (_, actions, message) => {
  await expect(write(...actions)).rejects.toMatchObject({
    name: 'ValidationException',
    message: expect.stringMatching(message),
  });
  expect(await items()).toEqual({});
});

test('a table that does not exist is refused', async () => {
  await expect(write(put('a'), { Delete: { TableName: 'none', Key: Key('a') } })).rejects.toMatchObject({
    name: 'ResourceNotFoundException',
  });
});

test('a repeated token does nothing, one of another transaction is refused, after 10 minutes it is new', async () => {
  const add: Action = {
    Update: {
      TableName,
      Key: Key('a'),
      UpdateExpression: 'ADD n :one',
      ExpressionAttributeValues: { ':one': 1 },
    },
  };
  const once = () => db.transactWrite({ TransactItems: [add], ClientRequestToken: 'token-1' });
  await once();
  await once();
  expect(await items()).toEqual({ a: { n: 1 } });
  const other = db.transactWrite({ TransactItems: [put('b')], ClientRequestToken: 'token-1' });
  await expect(other).rejects.toMatchObject({ name: 'IdempotentParameterMismatchException' });

  now = new Date(now.getTime() + 10 * 60_000 + 1);
  await server.expireItems();
  await once();
  expect(await items()).toEqual({ a: { n: 2 } });
});

/** Moves an amount between two of three accounts, unless that would make one poor. */
const transfer = fc.record({
  from: fc.constantFrom('a', 'b', 'c'),
  to: fc.constantFrom('a', 'b', 'c'),
  amount: fc.integer({ min: 1, max: 5 }),
  single: fc.boolean(),
});

test('transactions and single writes at once lose nothing and make nothing', async () => {
  const change = (pk: string, amount: number) => ({
    TableName,
    Key: Key(pk),
    UpdateExpression: 'ADD n :amount',
    ConditionExpression: 'n >= :least',
    ExpressionAttributeValues: { ':amount': amount, ':least': Math.max(0, -amount) },
  });
  const property = fc.asyncProperty(
    fc.array(transfer, { minLength: 2, maxLength: 12 }),
    async (transfers) => {
      await Promise.all(['a', 'b', 'c'].map((pk) => db.put({ TableName, Item: { ...Key(pk), n: 8 } })));
      const outcomes = await Promise.allSettled(
        transfers.map(({ from, to, amount, single }) =>
          single || from === to
            ? db.update(change(to, amount))
            : write({ Update: change(from, -amount) }, { Update: change(to, amount) }),
        ),
      );
      const expected: Record<string, number> = { a: 8, b: 8, c: 8 };
      for (const [i, { from, to, amount, single }] of transfers.entries()) {
        const outcome = outcomes[i];
        if (outcome?.status === 'rejected') {
          // A single write waits for the transaction; transactions give way to whoever has the item.
          expect(outcome.reason).toMatchObject({
            name: 'TransactionCanceledException',
            message: expect.stringMatching(/TransactionConflict|ConditionalCheckFailed/),
          });
          continue;
        }
        expected[to] = (expected[to] ?? 0) + amount;
        if (!single && from !== to) expected[from] = (expected[from] ?? 0) - amount;
      }
      const found = await items();
      for (const pk of ['a', 'b', 'c']) expect([pk, found[pk]?.n]).toEqual([pk, expected[pk]]);
    },
  );
  await fc.assert(property, { numRuns: 40 });
});

test('a transaction that meets another on its item is canceled as a conflict', async () => {
  const rivals = Array.from({ length: 20 }, (_, n) => write(put('shared', { n }), put(`own${n}`)));
  const outcomes = await Promise.allSettled(rivals);
  const won = outcomes.flatMap((outcome, n) => (outcome.status === 'fulfilled' ? [n] : []));
  const found = await items();
  expect(
    Object.keys(found)
      .filter((pk) => pk !== 'shared')
      .sort(),
  ).toEqual(won.map((n) => `own${n}`).sort());
  const conflicts = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason] : []));
  expect(conflicts.length).toBeGreaterThan(0);
  for (const { CancellationReasons } of conflicts)
    expect(CancellationReasons).toEqual([
      { Code: 'TransactionConflict', Message: 'Transaction is ongoing for the item' },
      { Code: 'None' },
    ]);
});
