import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { startDynamoDb, type TestDynamoDb } from '../support/dynamodb.ts';
import { ADMIN, TestManagement } from '../support/management.ts';
import { createProducts, TENANT_ID } from '../support/subscriptions.ts';

const OTHER_TENANT = 'tenant_other';
let dynamodb: TestDynamoDb;
let management: TestManagement;
/** Everything that there is, newest first. */
const all: { subscriptionId: string; tenantId: string; productId: string; state: string }[] = [];

beforeAll(async () => {
  dynamodb = await startDynamoDb();
  management = new TestManagement(dynamodb);
  const products = await createProducts(management);
  await management.call('POST /v1/tenants', { body: { tenantId: OTHER_TENANT, name: 'Other' } });
  const created: typeof all = [];
  for (let i = 0; i < 12; i++) {
    management.clock = new Date(Date.parse('2026-12-01T00:00:00Z') + i * 1000);
    const body = {
      tenantId: i % 2 === 0 ? TENANT_ID : OTHER_TENANT,
      productId: i % 3 === 0 ? products.approved : products.immediate,
      name: `Number ${i}`,
    };
    created.unshift((await management.call('POST /v1/subscriptions', { body })).body);
  }
  const actions = ['cancel', 'suspend', 'approve', 'reject', 'keys/reveal'];
  for (const [i, { subscriptionId }] of created.entries()) {
    const action = actions[i % actions.length];
    await management.call(`POST /v1/subscriptions/${subscriptionId}/${action}`);
    all.push((await management.call(`GET /v1/subscriptions/${subscriptionId}`)).body);
  }
});
afterAll(() => dynamodb.close());

/** Every page of a list, two at a time. */
async function list(query: Record<string, string>, claims = ADMIN): Promise<object[]> {
  const items: object[] = [];
  let cursor: string | null = '';
  while (cursor !== null) {
    const page = await management.call('GET /v1/subscriptions', {
      claims,
      query: { limit: '2', ...query, ...(cursor !== '' && { cursor }) },
    });
    expect(page.status).toBe(200);
    expect(page.body.items.length).toBeLessThanOrEqual(2);
    items.push(...page.body.items);
    cursor = page.body.nextCursor;
  }
  return items;
}

test('all are listed newest first, in pages, whatever their state', async () => {
  expect(new Set(all.map(({ state }) => state)).size).toBeGreaterThan(3);
  expect(await list({})).toEqual(all);
});

test('every filter, and every two of them, gives exactly what it says', async () => {
  const states = ['pending', 'active', 'suspended', 'cancelled', 'rejected'];
  const productIds = [...new Set(all.map(({ productId }) => productId))];
  const filters: Record<string, string>[] = [
    ...states.map((state) => ({ state })),
    ...productIds.map((productId) => ({ productId })),
    ...[TENANT_ID, OTHER_TENANT].map((tenantId) => ({ tenantId })),
    ...states.flatMap((state) => productIds.map((productId) => ({ state, productId }))),
    ...states.map((state) => ({ state, tenantId: TENANT_ID })),
    ...productIds.map((productId) => ({ productId, tenantId: OTHER_TENANT })),
  ];
  for (const filter of filters) {
    const expected = all.filter((each) =>
      Object.entries(filter).every(([field, value]) => each[field as keyof typeof each] === value),
    );
    expect([filter, await list(filter)]).toEqual([filter, expected]);
  }
});

test('a person is shown those of the tenants that the person acts for', async () => {
  const acting = (tenants: string) => ({ ...ADMIN, 'keywright:tenants': tenants });
  const own = all.filter(({ tenantId }) => tenantId === TENANT_ID);
  expect(await list({}, acting(`[${TENANT_ID}]`))).toEqual(own);
  expect(await list({ state: 'active' }, acting(`[${TENANT_ID} tenant_gone]`))).toEqual(
    own.filter(({ state }) => state === 'active'),
  );
  expect(await list({}, acting(`[${OTHER_TENANT} ${TENANT_ID}]`))).toEqual(all);
  expect(await list({}, acting(''))).toEqual([]);
});

test('a filter that there is not, or a cursor of another list, is a 400', async () => {
  for (const query of [{ state: 'open' }, { productId: 'x' }, { status: 'active' }, { cursor: 'x' }]) {
    expect((await management.call('GET /v1/subscriptions', { query })).status).toBe(400);
  }
  const { nextCursor } = (await management.call('GET /v1/subscriptions', { query: { limit: '1' } })).body;
  const query = { cursor: nextCursor, tenantId: TENANT_ID };
  expect((await management.call('GET /v1/subscriptions', { query })).status).toBe(400);
});
