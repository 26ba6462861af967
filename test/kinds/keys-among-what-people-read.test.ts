import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { KeyFormat } from '../../core/domain/keys/key-format.ts';
import { holdsKey } from '../../core/management/carried-key.ts';
import { startDynamoDb, type TestDynamoDb } from '../support/dynamodb.ts';
import { TestManagement } from '../support/management.ts';

// Kind: a request that may bring keys, in fields of their own, brings one in a field that is kept and shown, as a
// table with its columns exchanged does.

const TENANT = 'tenant_columns';
const PRINCIPAL = 'arn:aws:iam::000000000000:role/rotation';
const FOREIGN = 'legacy-7Qm3"ZkT0vRb9LxWc';
const format = new KeyFormat();
/** Fixed length is what makes it look like one: its last two characters are the key's first. */
const behindDecoy = (key: string) => `sk_dev_${'A'.repeat(key.length - 'sk_live_'.length - 2)}${key}`;
const newKey = () => format.mint('sk', 'live', '0123456789AB', randomBytes);

let dynamodb: TestDynamoDb;
let management: TestManagement;
let productId: string;
beforeAll(async () => {
  dynamodb = await startDynamoDb();
  management = new TestManagement(dynamodb);
  await management.call('POST /v1/tenants', { body: { tenantId: TENANT, name: 'Columns' } });
  const api = { name: 'pay', environment: 'live', scheme: 'subscription' };
  const { apiId } = (await management.call('POST /v1/apis', { body: api })).body;
  const product = { name: 'Payments', apiIds: [apiId] };
  productId = (await management.call('POST /v1/products', { body: product })).body.productId;
});
afterAll(() => dynamodb.close());
let before: string;
beforeEach(async () => {
  before = JSON.stringify(await dynamodb.everything());
});

type Row = Record<string, unknown>;
const keyRow = (fields: Row) => ({
  kind: 'keys',
  row: { name: 'Books', type: 'secret', environment: 'live', role: 'reader', key: FOREIGN, ...fields },
});
const subscriptionRow = (fields: Row) => ({
  kind: 'subscriptions',
  row: { name: 'Books', productId, primary: { key: FOREIGN }, ...fields },
});

describe.each([
  ['the name of an imported key', 'name', (text: string) => keyRow({ name: text })],
  ['its metadata', 'metadata', (text: string) => keyRow({ metadata: { note: `was ${text}` } })],
  ['the name of an imported subscription', 'name', (text: string) => subscriptionRow({ name: text })],
])('%s', (_, param, rowWith) => {
  test.each([
    ['one of Keywright’s keys', newKey()],
    ['one that letters touch on both sides', `x${newKey()}y`],
    ['one that is escaped', newKey().replaceAll('_', '%5F')],
    ['one that what looks like a key reaches into', behindDecoy(newKey())],
    ['the text that the row brings', FOREIGN],
  ])('holds no key: %s', async (__, text) => {
    const { kind, row } = rowWith(text);
    const path = `POST /v1/tenants/${TENANT}/${kind}/import`;
    const answer = await management.call(path, { body: { rows: [row] } });
    expect(answer.body.results).toMatchObject([{ row: 0, result: 'invalid', param }]);
    expect(answer.text).not.toContain(text);
    expect(JSON.stringify(await dynamodb.everything())).toBe(before);
  });
});

test('the turn of a rotation is not named by a key', async () => {
  const body = { secret: newKey(), clientRequestToken: newKey() };
  const registered = { principal: PRINCIPAL, body };
  const answer = await management.call('POST /v1/rotation/key_0123456789AB', registered);
  expect(answer).toMatchObject({ status: 400, body: { error: { param: 'clientRequestToken' } } });
});

test('a key is found whatever stands right before and after it, and another vendor’s is none', () => {
  const key = newKey();
  for (const text of [key, `x${key}y`, `KEY_${key}`, `${key}${key}`, `9${key}_`])
    expect([text.replaceAll(key, 'KEY'), holdsKey(text, format)]).toEqual([
      text.replaceAll(key, 'KEY'),
      true,
    ]);
  const others = new KeyFormat('acme').mint('sk', 'live', '0123456789AB', randomBytes);
  expect(holdsKey(others, format)).toBe(false);
});
