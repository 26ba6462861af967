import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { startDynamoDb, type TestDynamoDb } from '../support/dynamodb.ts';
import { ADMIN, type TestClaims, TestManagement } from '../support/management.ts';
import { accessLine, consumerOver, delivery, type Line, NOON } from '../support/usage.ts';

const person = (role: string, tenants: string): TestClaims => ({
  ...ADMIN,
  sub: `person-${role}`,
  'keywright:role': role,
  'keywright:tenants': tenants,
});
const route = (method: string, path: string, permission?: string, scopes?: string[]) => ({
  ...{ method, path, permission, scopes, public: false },
});
const BEFORE = [
  route('GET', '/v1/orders/{id}', 'orders:read'),
  route('PUT', '/v1/orders/{id}', 'orders:write'),
];
const SCOPED = [route('GET', '/v1/payments', undefined, ['pay'])];
const ISSUER = { issuer: 'https://idp.example', audience: 'payments' };

let dynamodb: TestDynamoDb;
let management: TestManagement;
let apiId: string;
let otherApiId: string;
let subscribedApiId: string;
let reader: string;
let writer: string;
let elsewhere: string;
let kept: string;

const made = async (call: string, body: object) => (await management.call(call, { body })).body;

async function keyOf(tenantId: string, role: string): Promise<string> {
  const body = { name: 'Key', type: 'secret', environment: 'live', role };
  const { key } = await made(`POST /v1/tenants/${tenantId}/keys`, body);
  return key.keyId as string;
}

async function subscribe(productId: string): Promise<string> {
  const body = { tenantId: 'tenant_acme', productId, name: 'Shop' };
  return (await made('POST /v1/subscriptions', body)).subscriptionId;
}

async function consume(lines: readonly Line[]): Promise<void> {
  const consumer = consumerOver(dynamodb.usage);
  await consumer(delivery(lines.map(accessLine)));
}

beforeAll(async () => {
  dynamodb = await startDynamoDb();
  management = new TestManagement(dynamodb);
  for (const tenantId of ['tenant_acme', 'tenant_other'])
    await management.call('POST /v1/tenants', { body: { tenantId, name: tenantId } });
  const api = { name: 'orders', environment: 'live', scheme: 'tenant', routes: BEFORE };
  apiId = (await made('POST /v1/apis', api)).apiId;
  otherApiId = (await made('POST /v1/apis', { ...api, name: 'other' })).apiId;
  const subscribed = { name: 'payments', environment: 'live', scheme: 'subscription', routes: SCOPED };
  subscribedApiId = (await made('POST /v1/apis', { ...subscribed, oauth: ISSUER })).apiId;
  const product = { name: 'Payments', apiIds: [subscribedApiId], requiresApproval: false };
  const { productId } = await made('POST /v1/products', product);
  reader = await keyOf('tenant_acme', 'reader');
  writer = await keyOf('tenant_acme', 'writer');
  elsewhere = await keyOf('tenant_other', 'reader');
  kept = await subscribe(productId);
  const cancelled = await subscribe(productId);
  // Of a product that holds the API no more when it is asked.
  const other = { ...subscribed, name: 'refunds', routes: [] };
  const { apiId: refundsApiId } = await made('POST /v1/apis', other);
  const both = { ...product, name: 'All', apiIds: [subscribedApiId, refundsApiId] };
  const { productId: narrowedId } = await made('POST /v1/products', both);
  const narrowed = await subscribe(narrowedId);
  const revoked = await keyOf('tenant_acme', 'reader');
  const one = { route: '/v1/orders/{id}', apiId };
  const subscription = { route: '/v1/payments', keyType: 'subscription', apiId: subscribedApiId };
  await consume([
    { id: '1', ...one, keyId: reader, sourceIp: '198.51.100.7' },
    { id: '2', ...one, keyId: reader, sourceIp: '198.51.100.8' },
    { id: '3', ...one, keyId: writer },
    { id: '4', ...one, keyId: elsewhere, tenantId: 'tenant_other' },
    { id: '5', ...one, keyId: reader, apiId: otherApiId },
    { id: '6', ...one, keyId: reader, time: NOON - 9 * 86_400_000 },
    { id: '7', ...one, keyId: reader, apiId: undefined },
    { id: '8', ...one, keyId: revoked },
    { id: '9', ...one, keyId: reader, method: 'PUT', status: 403 },
    { id: '10', ...subscription, keyId: kept },
    { id: '11', ...subscription, keyId: cancelled },
    { id: '12', ...subscription, keyId: narrowed },
  ]);
  await management.call(`POST /v1/tenants/tenant_acme/keys/${revoked}/disable`, { body: {} });
  await management.call(`POST /v1/subscriptions/${cancelled}/cancel`, { body: {} });
  await management.call(`PATCH /v1/products/${narrowedId}`, { body: { apiIds: [refundsApiId] } });
  dynamodb.settle();
});
afterAll(() => dynamodb.close());

const tryApi = (routes: readonly object[], claims = ADMIN, id = apiId) =>
  management.call(`POST /v1/apis/${id}/dry-run`, { body: { routes }, claims });

test('says whose calls of the week another table would refuse, of all tenants, and changes nothing', async () => {
  const { status, body } = await tryApi(BEFORE.map((one) => ({ ...one, permission: 'orders:write' })));
  expect(status).toBe(200);
  expect(body).toMatchObject({ keysLookedAt: 3, isAll: true, calls: 6, refused: 3, admittedAnew: 0 });
  expect(body.unknown).toBe(1);
  expect(body.keys).toEqual([
    { tenantId: 'tenant_acme', keyId: reader, refused: 2 },
    { tenantId: 'tenant_other', keyId: elsewhere, refused: 1 },
  ]);
  expect(body.uses).toContainEqual({
    ...{ keyId: reader, network: '198.51.100.0/24', route: 'GET /v1/orders/{id}', requests: 2 },
  });
  expect((await management.call(`GET /v1/apis/${apiId}`)).body.routes).toMatchObject([
    { method: 'GET', permission: 'orders:read' },
    { method: 'PUT', permission: 'orders:write' },
  ]);
});

test('says what would be let in that is refused, and that the same table changes nothing', async () => {
  const { body } = await tryApi(BEFORE.map((one) => ({ ...one, permission: 'orders:read' })));
  expect(body).toMatchObject({ calls: 6, refused: 0, admittedAnew: 1, unknown: 0, keys: [], uses: [] });
  expect((await tryApi(BEFORE)).body).toMatchObject({ calls: 6, refused: 0, admittedAnew: 0, unknown: 0 });
});

test('of subscriptions only scopes can tell, and what was cancelled or has lost the API is not counted', async () => {
  const more = [route('GET', '/v1/payments', undefined, ['pay', 'more'])];
  const { body } = await tryApi(more, ADMIN, subscribedApiId);
  expect(body).toMatchObject({ keysLookedAt: 1, calls: 1, refused: 0, unknown: 1 });
  const { body: same } = await tryApi(SCOPED, ADMIN, subscribedApiId);
  expect(same).toMatchObject({ keysLookedAt: 1, calls: 1, unknown: 0 });
});

test('it is for operators with a second factor, who see all tenants', async () => {
  for (const claims of [
    person('admin', '[tenant_acme]'),
    person('developer', '[tenant_acme]'),
    person('developer', '[*]'),
    { ...ADMIN, amr: '[pwd]' },
  ]) {
    const { status, body } = await tryApi([], claims);
    expect(status).toBe(403);
    expect(JSON.stringify(body)).not.toContain('key_');
  }
  expect((await tryApi([], ADMIN, 'api_000000000000')).status).toBe(404);
});

test.each([
  ['a path that is none', [route('GET', 'orders')], 'routes.0.path'],
  ['a route twice', [route('GET', '/v1/{a}'), route('GET', '/v1/{b}')], 'routes.1'],
  ['a permission that is none', [route('GET', '/v1/a', 'read')], 'routes.0.permission'],
])('refuses a table with %s', async (_, routes, param) => {
  const { status, body } = await tryApi(routes);
  expect([status, body.error.code, body.error.param]).toEqual([400, 'invalid_request', param]);
});
