import { BatchWriteCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { AuditEvent } from '../../core/contract/events.ts';
import { itemKey } from '../../core/store/item-keys.ts';
import { ReceiptStore } from '../../core/store/receipt-store.ts';
import { startDynamoDb, type TestDynamoDb } from '../support/dynamodb.ts';
import { ADMIN, TestManagement } from '../support/management.ts';
import { accessLine, consumerOver, delivery, NOON } from '../support/usage.ts';

const owner = { tenantId: 'tenant_acme', environment: 'live', keyType: 'secret' };
const at = (seconds: number) => new Date(NOON + 1000 * seconds).toISOString();

let dynamodb: TestDynamoDb;
let management: TestManagement;
let receipts: ReceiptStore;
let lines = 0;

beforeAll(async () => {
  dynamodb = await startDynamoDb();
  management = new TestManagement(dynamodb);
  receipts = new ReceiptStore(dynamodb.usage);
  for (const tenantId of ['tenant_acme', 'tenant_other'])
    await management.call('POST /v1/tenants', { body: { tenantId, name: tenantId } });
});
afterAll(() => dynamodb.close());

async function newKey(): Promise<string> {
  const body = { name: 'Key', type: 'secret', environment: 'live', role: 'writer' };
  return (await management.call('POST /v1/tenants/tenant_acme/keys', { body })).body.key.keyId;
}

/** An instance of the consumer, with nothing in its memory. */
function newConsumer(own = new ReceiptStore(dynamodb.usage)) {
  return consumerOver(dynamodb.usage, { receipts: own });
}

const admitted = (keyId: string, seconds: number) => {
  lines += 1;
  return accessLine({ id: `line-${lines}`, keyId, secretId: 's1', time: NOON + 1000 * seconds });
};
const refused = (keyId: string, seconds: number, fields: object = { owner }) => {
  lines += 1;
  const line = { message: 'request refused', code: 'authentication_failed', cause: 'key_revoked', keyId };
  return {
    id: `line-${lines}`,
    timestamp: NOON + 1000 * seconds,
    message: JSON.stringify({ ...line, requestId: `request-${lines}`, ...fields }),
  };
};
const tell = (type: string, keyId: string, seconds: number) =>
  receipts.begin({
    type,
    subject: { type: 'apiKey', id: keyId },
    time: at(seconds),
  } as unknown as AuditEvent);

async function receiptOf(keyId: string, claims = ADMIN) {
  dynamodb.settle();
  return management.call(`GET /v1/tenants/tenant_acme/keys/${keyId}/receipt`, { claims });
}

test('the last admitted and the first refused call are exact, whatever instance counts them, again and in any order', async () => {
  const keyId = await newKey();
  const consume = newConsumer();
  await consume(delivery([admitted(keyId, -40)]));
  expect((await receiptOf(keyId)).body).toEqual({
    keyId,
    endedAt: null,
    lastAdmitted: { at: at(-40), isExact: false },
    firstRefusedAt: null,
  });
  // Its log comes before the word that the key has ended.
  await consume(delivery([admitted(keyId, -0.1)]));
  await tell('apiKey.revoked', keyId, 0);
  await tell('apiKey.revoked', keyId, 0);
  const batches = [
    [refused(keyId, 3), refused(keyId, 1.3)],
    [admitted(keyId, 0.7), admitted(keyId, 0.2), refused(keyId, 0.1, {})],
    [refused(keyId, 2), refused(keyId, 0.3, { owner, cause: 'permission_missing' })],
  ];
  await consume(delivery(batches[0] ?? []));
  expect((await receiptOf(keyId)).body).toMatchObject({
    lastAdmitted: { at: at(-0.1), isExact: true },
    firstRefusedAt: at(1.3),
  });
  for (const batch of [...batches, ...batches]) await newConsumer()(delivery(batch));
  expect((await receiptOf(keyId)).body).toEqual({
    keyId,
    endedAt: at(0),
    lastAdmitted: { at: at(0.7), isExact: true },
    firstRefusedAt: at(1.3),
  });
});

test('a key that is disabled and then revoked has ended when it was disabled; one that is let in again has a new end', async () => {
  const keyId = await newKey();
  await tell('apiKey.disabled', keyId, 0);
  await newConsumer()(delivery([admitted(keyId, 1), refused(keyId, 2)]));
  await tell('apiKey.revoked', keyId, 60);
  expect((await receiptOf(keyId)).body).toMatchObject({ endedAt: at(0), firstRefusedAt: at(2) });

  const other = await newKey();
  await tell('apiKey.disabled', other, 0);
  await newConsumer()(delivery([refused(other, 2, { owner, cause: 'key_disabled' })]));
  await tell('apiKey.enabled', other, 10);
  // Told again, and late.
  await tell('apiKey.disabled', other, 0);
  await newConsumer()(delivery([admitted(other, 11)]));
  expect((await receiptOf(other)).body).toMatchObject({ endedAt: null, firstRefusedAt: null });
  await tell('apiKey.disabled', other, 100);
  await tell('apiKey.enabled', other, 10);
  expect((await receiptOf(other)).body).toMatchObject({ endedAt: at(100), firstRefusedAt: null });
});

test('of a key that never ended nothing is written, and nobody else’s key is told of', async () => {
  const keyId = await newKey();
  let writes = 0;
  dynamodb.usage.client.middlewareStack.add(
    (next, { commandName }) =>
      (args) => {
        const { Key } = args.input as { Key?: { pk?: string } };
        if (commandName === 'UpdateItemCommand' && String(Key?.pk).startsWith('ENDED#')) writes += 1;
        return next(args);
      },
    { step: 'initialize', name: 'count receipts' },
  );
  await newConsumer()(delivery([admitted(keyId, 1), refused(keyId, 2)]));
  dynamodb.usage.client.middlewareStack.remove('count receipts');
  expect(writes).toBe(0);
  const others = { ...ADMIN, 'keywright:tenants': '[tenant_other]' };
  expect((await receiptOf(keyId, others)).status).toBe(404);
  expect((await receiptOf('key_nobodyhasit0')).status).toBe(404);
});

test('thousands of keys that end make no batch of logs slow, and the last of them has its receipt', async () => {
  const { client, name } = dynamodb.usage;
  const many = Array.from({ length: 1500 }, (_, i) => `key_${String(i).padStart(12, 'M')}`);
  for (let start = 0; start < many.length; start += 25) {
    let left: Record<string, never> = {
      [name]: many.slice(start, start + 25).map((keyId, i) => ({
        PutRequest: { Item: { ...itemKey.ending(at(start + i - 3000), keyId), keyId } },
      })) as never,
    };
    while (Object.keys(left).length > 0) {
      const { UnprocessedItems = {} } = await client.send(new BatchWriteCommand({ RequestItems: left }));
      left = UnprocessedItems as Record<string, never>;
    }
  }
  const keyId = await newKey();
  await tell('apiKey.revoked', keyId, -10);
  const asked: { input: { Limit?: number } }[] = [];
  const listening = {
    send: (command: never) => {
      if ((command as object) instanceof QueryCommand) asked.push(command);
      return client.send(command);
    },
  };
  const consume = newConsumer(new ReceiptStore({ name, client: listening as never }));
  await consume(delivery([admitted(keyId, -12)]));
  expect(asked.map(({ input }) => input.Limit)).toEqual([1000]);
  expect((await receiptOf(keyId)).body).toMatchObject({ lastAdmitted: { at: at(-12), isExact: true } });
});
