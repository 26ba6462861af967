import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { credentialIdOf, type ItemKey, itemKey } from '../../core/store/item-keys.ts';
import { startDynamoDb, type TestDynamoDb } from '../support/dynamodb.ts';
import { TestManagement } from '../support/management.ts';
import { createProducts, TENANT_ID } from '../support/subscriptions.ts';

let dynamodb: TestDynamoDb;
let management: TestManagement;
let productId = '';
beforeAll(async () => {
  dynamodb = await startDynamoDb();
  management = new TestManagement(dynamodb);
  productId = (await createProducts(management)).immediate;
});
afterAll(() => dynamodb.close());

interface Places {
  readonly subscription: ItemKey;
  readonly other: ItemKey;
  readonly api: ItemKey;
  readonly otherApi: ItemKey;
}
const ids = { subscription: '', other: '', api: '', otherApi: '' };

async function made(): Promise<Places> {
  const body = { tenantId: TENANT_ID, productId, name: 'Shop' };
  const api = { name: 'payments', environment: 'live', scheme: 'subscription' };
  const subscribe = async () =>
    (await management.call('POST /v1/subscriptions', { body })).body.subscriptionId;
  const create = async () => (await management.call('POST /v1/apis', { body: api })).body.apiId;
  Object.assign(ids, { subscription: await subscribe(), other: await subscribe() });
  Object.assign(ids, { api: await create(), otherApi: await create() });
  const credential = (id: string) => itemKey.credential(credentialIdOf(id));
  return {
    ...{ subscription: credential(ids.subscription), other: credential(ids.other) },
    ...{ api: itemKey.api(ids.api), otherApi: itemKey.api(ids.otherApi) },
  };
}

/** What somebody does who may write items, and can't decrypt: gives one place the sealed text of another. */
async function move(from: ItemKey, attribute: string, to: ItemKey, place: string): Promise<void> {
  await dynamodb.main.client.send(
    new UpdateCommand({
      ...{
        TableName: dynamodb.main.name,
        Key: { pk: to.pk, sk: to.sk },
        UpdateExpression: 'SET #to = :text',
      },
      ExpressionAttributeNames: { '#to': place },
      ExpressionAttributeValues: { ':text': (await dynamodb.item(from))?.[attribute] },
    }),
  );
}
const reveal = () => management.call(`POST /v1/subscriptions/${ids.subscription}/keys/reveal`);
const revealClientKey = () => management.call(`POST /v1/apis/${ids.api}/client-key/reveal`);

test.each<[string, keyof Places, string]>([
  ['another subscription’s slot', 'other', 'sealedPrimary'],
  ['its own other slot', 'subscription', 'sealedSecondary'],
  ['an API’s client key', 'api', 'sealedClientKey'],
])('a slot that is given the text of %s shows none', async (_, from, attribute) => {
  const places = await made();
  const before = (await reveal()).body;
  await move(places[from], attribute, places.subscription, 'sealedPrimary');
  expect((await reveal()).body).toEqual({ ...before, primaryKey: null });
  const { key } = (
    await management.call(`POST /v1/subscriptions/${ids.subscription}/keys/primary/regenerate`)
  ).body;
  expect((await reveal()).body).toEqual({ ...before, primaryKey: key });
});

test.each<[string, keyof Places, string]>([
  ['another API’s', 'otherApi', 'sealedClientKey'],
  ['a subscription’s', 'subscription', 'sealedPrimary'],
])('an API that is given the text of %s shows none', async (_, from, attribute) => {
  const places = await made();
  await move(places[from], attribute, places.api, 'sealedClientKey');
  expect(await revealClientKey()).toMatchObject({
    ...{
      status: 409,
      body: { error: { code: 'invalid_state', message: expect.stringContaining('regenerate it') } },
    },
  });
  const { clientKey } = (await management.call(`POST /v1/apis/${ids.api}/client-key/regenerate`)).body;
  expect((await revealClientKey()).body).toEqual({ clientKey });
});

test('a text that was put back after its key was replaced is not shown for the new one', async () => {
  const places = await made();
  const before = await dynamodb.item(places.subscription);
  const { key } = (
    await management.call(`POST /v1/subscriptions/${ids.subscription}/keys/primary/regenerate`)
  ).body;
  expect((await reveal()).body.primaryKey).toBe(key);
  await dynamodb.main.client.send(
    new UpdateCommand({
      TableName: dynamodb.main.name,
      Key: { pk: places.subscription.pk, sk: places.subscription.sk },
      UpdateExpression: 'SET sealedPrimary = :text',
      ExpressionAttributeValues: { ':text': before?.sealedPrimary },
    }),
  );
  expect((await reveal()).body.primaryKey).toBeNull();
});

test('the catalogue shows the text of no other place, whatever an API’s item holds', async () => {
  const api = { name: 'payments', environment: 'sandbox', scheme: 'subscription' };
  const create = async () => (await management.call('POST /v1/apis', { body: api })).body.apiId;
  const [own, other] = [await create(), await create()];
  await management.call('POST /v1/products', { body: { name: 'Both', apiIds: [own, other] } });
  for (const apiId of [own, other]) await management.call(`POST /v1/apis/${apiId}/client-key/publish`);
  const shown = async () => {
    const { items } = (await management.call('GET /v1/catalogue', { claims: {} })).body;
    const product = items.find(({ name }: { name: string }) => name === 'Both');
    return product.apis.find(({ apiId }: { apiId: string }) => apiId === own).clientKey;
  };
  const place = itemKey.api(own);
  const before = await shown();
  expect(before).toEqual(expect.any(String));
  await move(itemKey.api(other), 'publicClientKey', place, 'publicClientKey');
  expect(await shown()).toBeNull();
  await move(place, 'sealedClientKey', place, 'publicClientKey');
  expect(await shown()).toBeNull();
});
