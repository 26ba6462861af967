import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import type { ProtectedApi } from '../../core/domain/products/protected-api.ts';
import { itemKey } from '../../core/store/item-keys.ts';
import { startDynamoDb, type TestDynamoDb } from '../support/dynamodb.ts';
import { ADMIN, SECOND_ADMIN, TestManagement } from '../support/management.ts';
import { atOnce } from '../support/race.ts';

let dynamodb: TestDynamoDb;
let management: TestManagement;

beforeAll(async () => {
  dynamodb = await startDynamoDb();
});
afterAll(() => dynamodb.close());
beforeEach(() => {
  management = new TestManagement(dynamodb);
});

async function createApi(body: object = {}, headers = {}): Promise<string> {
  const api = { name: 'payments', environment: 'live', scheme: 'subscription', ...body };
  return (await management.call('POST /v1/apis', { body: api, headers })).body.apiId;
}
const reveal = (apiId: string) => management.call(`POST /v1/apis/${apiId}/client-key/reveal`);
const regenerate = (apiId: string, claims = ADMIN) =>
  management.call(`POST /v1/apis/${apiId}/client-key/regenerate`, { claims });

/** Whether this is the API's client key, as an authorizer would find out. */
async function isTheKey(apiId: string, text: string): Promise<boolean> {
  const { clientKey } = (await management.apis.get(apiId)) as ProtectedApi;
  return clientKey !== undefined && management.pepper.verifies(text, clientKey.digest);
}

test('an API of the subscription scheme has a client key that names it and its environment', async () => {
  const apiId = await createApi({ environment: 'sandbox' });
  const answer = await reveal(apiId);
  expect(answer).toMatchObject({ status: 200, headers: { 'cache-control': 'no-store' } });
  const { clientKey } = answer.body;
  expect(management.keyFormat.parse(clientKey)).toMatchObject({
    kind: 'ck',
    environment: 'sandbox',
    id: apiId.slice('api_'.length),
  });
  expect(await isTheKey(apiId, clientKey)).toBe(true);
});

test('each showing is on record before it happens, and one that can not be recorded shows nothing', async () => {
  const apiId = await createApi();
  const { clientKey } = (await reveal(apiId)).body;
  const event = await dynamodb.lastEvent(itemKey.api(apiId));
  expect(event).toMatchObject({
    type: 'clientKey.revealed',
    tenantId: null,
    subject: { type: 'api', id: apiId },
    data: { hint: clientKey.slice(-4) },
  });
  management.apis.update = () => Promise.reject(new Error('the table is gone'));
  const answer = await reveal(apiId);
  expect(answer.status).toBe(500);
  expect(answer.text).not.toContain(clientKey);
  expect(await dynamodb.lastEvent(itemKey.api(apiId))).toEqual(event);
});

test('a regenerated client key takes the place of the one before', async () => {
  const apiId = await createApi();
  const before = (await reveal(apiId)).body.clientKey;
  const answer = await regenerate(apiId);
  expect(answer).toMatchObject({ status: 200, headers: { 'cache-control': 'no-store' } });
  const { clientKey } = answer.body;
  expect(await dynamodb.lastEvent(itemKey.api(apiId))).toMatchObject({ type: 'clientKey.regenerated' });
  expect([await isTheKey(apiId, before), await isTheKey(apiId, clientKey)]).toEqual([false, true]);
  expect((await reveal(apiId)).body.clientKey).toBe(clientKey);
});

test('a regeneration that ends before its write leaves the key as it was', async () => {
  const apiId = await createApi();
  const before = (await reveal(apiId)).body.clientKey;
  management.apis.update = () => Promise.reject(new Error('the table is gone'));
  expect((await regenerate(apiId)).status).toBe(500);
  management = new TestManagement(dynamodb);
  expect((await reveal(apiId)).body.clientKey).toBe(before);
});

test('of two regenerations at once one wins, and what it answered is the key', async () => {
  for (let round = 0; round < 10; round++) {
    const apiId = await createApi();
    const answers = await atOnce(management.apis, 2, () =>
      Promise.all([regenerate(apiId), regenerate(apiId, SECOND_ADMIN)]),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409]);
    const winner = answers.find(({ status }) => status === 200);
    expect((await reveal(apiId)).body).toEqual(winner?.body);
  }
});

test('registering an API that there is does not touch its client key', async () => {
  const headers = { 'idempotency-key': 'once' };
  const apiId = await createApi({ apiId: 'api_PaymentsLive' }, headers);
  const { clientKey } = (await reveal(apiId)).body;
  expect(await createApi({ apiId }, headers)).toBe(apiId);
  await createApi({ apiId });
  expect((await reveal(apiId)).body).toEqual({ clientKey });
});

test('an API of the tenant scheme has none', async () => {
  const apiId = await createApi({ scheme: 'tenant' });
  for (const answer of [await reveal(apiId), await regenerate(apiId)]) {
    expect(answer).toMatchObject({ status: 409, body: { error: { code: 'invalid_state' } } });
  }
});

const publish = (apiId: string, un = '') => management.call(`POST /v1/apis/${apiId}/client-key/${un}publish`);
/** What whoever comes along is shown of an API. */
async function seenByAll(apiId: string): Promise<unknown> {
  const { items } = (await management.call('GET /v1/catalogue', { claims: {} })).body;
  return items
    .flatMap(({ apis }: { apis: { apiId: string }[] }) => apis)
    .find((api: { apiId: string }) => api.apiId === apiId)?.clientKey;
}

test('a sandbox API’s is shown to everybody while it is published, whichever it is then', async () => {
  const apiId = await createApi({ environment: 'sandbox' });
  await management.call('POST /v1/products', { body: { name: 'Payments', apiIds: [apiId] } });
  expect(await seenByAll(apiId)).toBeNull();
  expect((await publish(apiId)).body.clientKeyPublished).toBe(true);
  expect(await dynamodb.lastEvent(itemKey.api(apiId))).toMatchObject({
    ...{ type: 'clientKey.revealed', data: { published: true } },
  });
  const { clientKey } = (await reveal(apiId)).body;
  expect(await seenByAll(apiId)).toBe(clientKey);
  const next = (await regenerate(apiId)).body.clientKey;
  expect(await seenByAll(apiId)).toBe(next);
  expect((await management.call('POST /v1/leaks', { claims: {}, body: { keys: [next] } })).body).toEqual({
    outcomes: ['public'],
  });
  const { revision } = (await dynamodb.item(itemKey.api(apiId))) ?? {};
  expect((await publish(apiId)).status).toBe(200);
  expect((await dynamodb.item(itemKey.api(apiId)))?.revision).toBe(revision);
  expect((await publish(apiId, 'un')).body.clientKeyPublished).toBeUndefined();
  expect(await seenByAll(apiId)).toBeNull();
  const seen = JSON.stringify(await dynamodb.everything()) + management.logged.join('');
  for (const key of [clientKey, next]) expect(seen).not.toContain(key);
});

test('published and replaced at once, it is shown to everybody as it is, or not at all', async () => {
  for (let round = 0; round < 5; round++) {
    const apiId = await createApi({ environment: 'sandbox' });
    await management.call('POST /v1/products', { body: { name: 'Payments', apiIds: [apiId] } });
    await atOnce(management.apis, 2, () => Promise.all([regenerate(apiId), publish(apiId)]));
    const shown = await seenByAll(apiId);
    if (shown !== null) expect(shown).toBe((await reveal(apiId)).body.clientKey);
  }
});

test('a live API’s can’t be published, and one of the tenant scheme has none', async () => {
  for (const body of [{}, { environment: 'sandbox', scheme: 'tenant' }]) {
    const apiId = await createApi(body);
    expect(await publish(apiId)).toMatchObject({ status: 409, body: { error: { code: 'invalid_state' } } });
    expect((await publish(apiId, 'un')).body.clientKeyPublished).toBeUndefined();
  }
});

test('no client key is stored in the clear or logged', async () => {
  const apiId = await createApi();
  const keys = [(await reveal(apiId)).body.clientKey, (await regenerate(apiId)).body.clientKey];
  const seen = JSON.stringify(await dynamodb.everything()) + management.logged.join('');
  for (const key of keys) expect(seen).not.toContain(key);
});
