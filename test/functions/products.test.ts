import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { itemKey } from '../../core/store/item-keys.ts';
import { startDynamoDb, type TestDynamoDb } from '../support/dynamodb.ts';
import { ADMIN, SECOND_ADMIN, TestManagement } from '../support/management.ts';
import { atOnce } from '../support/race.ts';

let dynamodb: TestDynamoDb;
let management: TestManagement;
const LIVE = ['api_OrdersLive00', 'api_CatalogLive0'];
const SANDBOX = 'api_OrdersSndbox';

beforeAll(async () => {
  dynamodb = await startDynamoDb();
  management = new TestManagement(dynamodb);
  for (const apiId of [...LIVE, SANDBOX]) {
    const environment = apiId === SANDBOX ? 'sandbox' : 'live';
    await management.call('POST /v1/apis', { body: { apiId, name: apiId, environment, scheme: 'tenant' } });
  }
});
afterAll(() => dynamodb.close());
beforeEach(() => {
  management = new TestManagement(dynamodb);
});

const PLAN = {
  rateLimits: [{ limit: 100, windowSeconds: 60 }],
  quota: { limit: 10_000, period: 'month' },
};
const create = (body: object = {}, headers = {}) =>
  management.call('POST /v1/products', { body: { name: 'Shop', apiIds: LIVE, ...body }, headers });

test('a product is created with its plan, and read as it was answered', async () => {
  const answer = await create({ description: 'All of it', requiresApproval: false, plan: PLAN });
  expect(answer.status).toBe(201);
  const { productId } = answer.body;
  expect(productId).toMatch(/^prod_[0-9A-Za-z]{12}$/);
  expect(answer.body).toEqual({
    productId,
    name: 'Shop',
    description: 'All of it',
    environment: 'live',
    apiIds: LIVE,
    apis: LIVE.map((apiId) => ({ apiId, name: apiId, environment: 'live', operations: null })),
    requiresApproval: false,
    plan: PLAN,
    ...{ visibility: 'public', tenantIds: [], documentation: null, order: 0 },
    ...{ termsUrl: null, termsVersion: null },
  });
  expect((await management.call(`GET /v1/products/${productId}`)).body).toEqual(answer.body);
  expect(await dynamodb.item(itemKey.product(productId))).toMatchObject({ environment: 'live' });
  expect(await dynamodb.lastEvent(itemKey.product(productId))).toMatchObject({
    type: 'product.created',
    tenantId: null,
    subject: { type: 'product', id: productId },
    data: { apiIds: LIVE, plan: PLAN },
  });
});

test('a product that says nothing more asks for approval and limits nothing', async () => {
  expect((await create()).body).toMatchObject({
    description: '',
    requiresApproval: true,
    plan: { rateLimits: [], quota: null },
  });
});

test('a repeat with the same Idempotency-Key creates nothing more', async () => {
  const headers = { 'idempotency-key': 'once' };
  const first = await create({}, headers);
  const again = await create({}, headers);
  expect(again).toMatchObject({ status: 200, headers: { 'idempotent-replayed': 'true' }, body: first.body });
  expect((await create({ name: 'Other' }, headers)).body.error.code).toBe('idempotency_mismatch');
});

test('a product has the id that was asked for, which is nobody else’s', async () => {
  const productId = 'prod_OrdersLive00';
  expect((await create({ productId })).body.productId).toBe(productId);
  expect((await create({ productId })).body.error.code).toBe('already_exists');
  const headers = { 'idempotency-key': 'named' };
  expect((await create({ productId: 'prod_OrdersLive01' }, headers)).status).toBe(201);
  expect((await create({ productId: 'prod_OrdersLive01' }, headers)).status).toBe(200);
  const other = await create({ productId: 'prod_OrdersLive02' }, headers);
  expect(other.body.error.code).toBe('idempotency_mismatch');
});

test('what was answered can be sent back, and a change leaves its event', async () => {
  const { productId, apis, environment, ...body } = (await create({ plan: PLAN })).body;
  const same = await management.call(`PATCH /v1/products/${productId}`, { body });
  expect(same).toMatchObject({ status: 200, body });
  const plan = { rateLimits: [], quota: null };
  const changed = await management.call(`PATCH /v1/products/${productId}`, {
    body: { apiIds: [LIVE[0]], plan, requiresApproval: false },
  });
  expect(changed.body).toMatchObject({ apiIds: [LIVE[0]], plan, requiresApproval: false, name: 'Shop' });
  expect(await dynamodb.lastEvent(itemKey.product(productId))).toMatchObject({
    type: 'product.updated',
    data: { from: { apiIds: LIVE, plan: PLAN }, to: { apiIds: [LIVE[0]], requiresApproval: false } },
  });
});

test('of two admins changing it at once, one wins and the other is told', async () => {
  const { productId } = (await create()).body;
  const rename = (name: string, claims: typeof ADMIN) =>
    management.call(`PATCH /v1/products/${productId}`, { claims, body: { name } });
  const answers = await atOnce(management.products, 2, () =>
    Promise.all([rename('A', ADMIN), rename('B', SECOND_ADMIN)]),
  );
  expect(answers.map(({ status }) => status).sort()).toEqual([200, 409]);
});

describe('a 400 names what is wrong', () => {
  test.each([
    [{ apiIds: [] }, 'apiIds'],
    [{ apiIds: ['orders'] }, 'apiIds.0'],
    [{ apiIds: ['api_000000000000'] }, 'apiIds'],
    [{ apiIds: [LIVE[0], SANDBOX] }, 'apiIds'],
    [{ environment: 'live' }, 'environment'],
    [{ plan: { rateLimits: [{ limit: 0, windowSeconds: 60 }] } }, 'plan.rateLimits.0.limit'],
    [{ plan: { quota: { limit: 5, period: 'week' } } }, 'plan.quota.period'],
    [{ requiresApproval: 'yes' }, 'requiresApproval'],
  ])('%j: %s', async (body, param) => {
    const answer = await create(body);
    expect(answer).toMatchObject({ status: 400, body: { error: { code: 'invalid_request', param } } });
  });

  test('also that a product stays in its environment', async () => {
    const { productId } = (await create()).body;
    const answer = await management.call(`PATCH /v1/products/${productId}`, { body: { apiIds: [SANDBOX] } });
    expect(answer).toMatchObject({ status: 400, body: { error: { param: 'apiIds' } } });
  });
});

test('the list is newest first, in pages', async () => {
  const ids: string[] = [];
  for (let i = 0; i < 4; i++) {
    management.clock = new Date(Date.parse('2026-12-01T00:00:00Z') + i * 1000);
    ids.unshift((await create()).body.productId);
  }
  const page = await management.call('GET /v1/products', { query: { limit: '3' } });
  const rest = await management.call('GET /v1/products', {
    query: { limit: '1', cursor: page.body.nextCursor },
  });
  expect([...page.body.items, ...rest.body.items].map(({ productId }) => productId)).toEqual(ids);
});
