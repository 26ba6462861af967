import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { MOST_OPEN, type OpenRequest } from '../../core/domain/products/open-request.ts';
import { itemKey } from '../../core/store/item-keys.ts';
import { startDynamoDb, type TestDynamoDb } from '../support/dynamodb.ts';
import { ADMIN, TestManagement } from '../support/management.ts';
import { createProducts, DEVELOPER, TENANT_ID } from '../support/subscriptions.ts';

const HOUR = 3_600_000;
let dynamodb: TestDynamoDb;
let management: TestManagement;
let products: { approved: string; immediate: string };
beforeEach(async () => {
  dynamodb = await startDynamoDb();
  management = new TestManagement(dynamodb);
  products = await createProducts(management);
});
afterEach(() => dynamodb.close());

const ask = (productId = products.approved, claims: Record<string, string> = DEVELOPER, headers = {}) =>
  management.call('POST /v1/subscriptions', {
    claims,
    headers,
    body: { tenantId: TENANT_ID, productId, name: 'One more' },
  });
const times = async (count: number, work: () => Promise<{ status: number }>) => {
  const answers = await Promise.all(Array.from({ length: count }, work));
  return answers.map(({ status }) => status).sort();
};
const openOf = async (sub = DEVELOPER.sub): Promise<OpenRequest[]> =>
  ((await dynamodb.item(itemKey.openRequests(TENANT_ID, sub)))?.open ?? []) as OpenRequest[];
const stored = async () =>
  (await management.call('GET /v1/subscriptions', { query: { limit: '100' } })).body.items;

/** Counts some that are about to be made, all but so many of the bound. */
async function fill(left: number, productId = products.approved): Promise<void> {
  const requestedAt = management.clock.toISOString();
  for (let i = 0; i < MOST_OPEN.ofProduct - left; i++) {
    const subscriptionId = `sub_${`${i}`.padStart(12, '0')}`;
    await management.subscriptions.count(TENANT_ID, DEVELOPER.sub, {
      subscriptionId,
      productId,
      requestedAt,
    });
  }
}

describe('subscriptions that one developer has open', () => {
  test('are bounded by product, however many are asked for at once; the answer says how to go on', async () => {
    await fill(4);
    expect(await times(8, () => ask())).toEqual([...Array(4).fill(201), ...Array(4).fill(409)]);
    expect(await stored()).toHaveLength(4);
    const { body } = await ask();
    expect(body.error).toMatchObject({
      code: 'invalid_state',
      message: expect.stringMatching(/50 .*cancel.*admin/),
    });
    expect((await ask(products.immediate)).status).toBe(201);
  });

  test('are bounded in all, in an item that does not grow beyond it', async () => {
    const open = Array.from({ length: MOST_OPEN.inAll }, (_, i) => ({
      subscriptionId: `sub_${`${i}`.padStart(12, '0')}`,
      productId: `prod_${i % 10}`,
      requestedAt: management.clock.toISOString(),
    }));
    for (const request of open) await management.subscriptions.count(TENANT_ID, DEVELOPER.sub, request);
    expect((await ask()).status).toBe(409);
    expect(await openOf()).toHaveLength(MOST_OPEN.inAll);
    management.clock = new Date(management.clock.getTime() + 49 * HOUR);
    expect((await ask()).status).toBe(201);
    expect(await openOf()).toHaveLength(1);
  });

  test('make room when they end, in whichever way', async () => {
    await fill(3);
    await times(3, () => ask());
    expect((await ask()).status).toBe(409);
    const [first, second, third] = await stored();
    const end = (one: { subscriptionId: string }, how: string, claims: Record<string, string>) =>
      management.call(`POST /v1/subscriptions/${one.subscriptionId}/${how}`, { claims, body: {} });
    await end(first, 'reject', ADMIN);
    await end(second, 'cancel', DEVELOPER);
    await end(third, 'approve', ADMIN);
    await end(third, 'suspend', ADMIN);
    expect(await times(5, () => ask())).toEqual([201, 201, 409, 409, 409]);
  });

  test('are one developer’s alone: another developer, another tenant and an admin have their own', async () => {
    await fill(0);
    expect((await ask()).status).toBe(409);
    expect((await ask(products.approved, { ...DEVELOPER, sub: 'person-other' })).status).toBe(201);
    expect(await times(3, () => ask(products.approved, ADMIN))).toEqual([201, 201, 201]);
    await management.call('POST /v1/tenants', { body: { tenantId: 'tenant_other', name: 'Other' } });
    const claims = { ...DEVELOPER, 'keywright:tenants': '[tenant_other]' };
    const body = { tenantId: 'tenant_other', productId: products.approved, name: 'Other' };
    expect((await management.call('POST /v1/subscriptions', { claims, body })).status).toBe(201);
  });

  test('count a request and its repeats once, also when its answer was lost', async () => {
    const headers = { 'idempotency-key': 'once' };
    const again = () => ask(products.approved, DEVELOPER, headers);
    expect(new Set(await times(4, again))).toEqual(new Set([200, 201]));
    expect(await openOf()).toHaveLength(1);
    await fill(1);
    expect((await again()).status).toBe(200);
  });

  test('count from the request on where a second admin is asked', async () => {
    await management.call(`PATCH /v1/tenants/${TENANT_ID}`, {
      body: { settings: { requireApproval: true } },
    });
    await fill(4, products.immediate);
    const statuses = await times(8, () => ask(products.immediate));
    expect(statuses).toEqual([...Array(4).fill(202), ...Array(4).fill(409)]);
    const { body } = await management.call('GET /v1/approvals', { query: { limit: '100' } });
    expect(body.items).toHaveLength(4);
  });

  test('take no room where nothing can be made', async () => {
    expect((await ask('prod_000000000000')).status).toBe(400);
    await management.call(`PATCH /v1/tenants/${TENANT_ID}`, { body: { status: 'suspended' } });
    expect((await ask()).status).toBe(409);
    expect(await openOf()).toEqual([]);
  });
});
