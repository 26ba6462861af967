import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { itemKey } from '../../core/store/item-keys.ts';
import { startDynamoDb, type TestDynamoDb } from '../support/dynamodb.ts';
import { ADMIN, type TestClaims, TestManagement } from '../support/management.ts';

const API = 'api_OrdersLive00';
const developerOf = (...tenants: string[]): TestClaims => ({
  ...{ ...ADMIN, sub: `person-${tenants.join()}`, 'keywright:role': 'developer' },
  'keywright:tenants': `[${tenants.join(' ')}]`,
});
const ACME = developerOf('tenant_acme');
const OTHER = developerOf('tenant_other');
let dynamodb: TestDynamoDb;
let management: TestManagement;
const ids: Record<string, string> = {};

beforeAll(async () => {
  dynamodb = await startDynamoDb();
  management = new TestManagement(dynamodb);
  for (const tenantId of ['tenant_acme', 'tenant_other'])
    await management.call('POST /v1/tenants', { body: { tenantId, name: tenantId } });
  const api = { apiId: API, name: 'orders', environment: 'live', scheme: 'subscription' };
  await management.call('POST /v1/apis', { body: api });
  for (const [name, more] of Object.entries({
    everybody: { order: 2 },
    first: { order: -1, requiresApproval: false },
    acme: { visibility: 'tenants', tenantIds: ['tenant_acme'] },
    operators: { visibility: 'hidden' },
  })) {
    management.clock = new Date(management.clock.getTime() + 1000);
    const body = { name, apiIds: [API], ...more };
    ids[name] = (await management.call('POST /v1/products', { body })).body.productId;
  }
});
afterAll(() => dynamodb.close());

type Names = { name: string }[];
const namesOf = (items: Names) => items.map(({ name }) => name);
const list = async (claims: TestClaims, query = {}) =>
  (await management.call('GET /v1/products', { claims, query })).body.items;
const read = (name: string, claims: TestClaims) =>
  management.call(`GET /v1/products/${ids[name]}`, { claims });
const subscribe = (name: string, claims: TestClaims, tenantId: string, more = {}) =>
  management.call('POST /v1/subscriptions', {
    claims,
    body: { tenantId, productId: ids[name], name: 'Mine', ...more },
  });

test('who sees a product is who may subscribe to it; to others it is one that there is not', async () => {
  expect(namesOf(await list(ADMIN))).toEqual(['operators', 'acme', 'first', 'everybody']);
  expect(namesOf(await list(ACME))).toEqual(['acme', 'first', 'everybody']);
  expect(namesOf(await list(OTHER))).toEqual(['first', 'everybody']);
  expect(namesOf(await list(ADMIN, { tenantId: 'tenant_other' }))).toEqual(['first', 'everybody']);
  expect(
    (await management.call('GET /v1/products', { claims: ACME, query: { tenantId: 'tenant_other' } })).status,
  ).toBe(404);
  for (const [name, claims, tenantId, isSeen] of [
    ['acme', ACME, 'tenant_acme', true],
    ['acme', OTHER, 'tenant_other', false],
    ['operators', ACME, 'tenant_acme', false],
    ['everybody', OTHER, 'tenant_other', true],
  ] as const) {
    expect((await read(name, claims)).status).toBe(isSeen ? 200 : 404);
    expect((await subscribe(name, claims, tenantId)).status).toBe(isSeen ? 201 : 400);
  }
  expect((await subscribe('operators', ADMIN, 'tenant_acme')).status).toBe(201);
});

test('whom else a product is for is told to operators alone', async () => {
  const path = `/v1/products/${ids.acme}`;
  const change = async (body: object) =>
    (await management.call(`PATCH ${path}`, { body })).body.tenantIds as string[];
  const both = ['tenant_acme', 'tenant_other'];
  expect(await change({ tenantIds: both })).toEqual(both);
  const seenBy = async (claims: TestClaims, query = {}) => [
    (await read('acme', claims)).body.tenantIds,
    (await list(claims, query)).find(({ productId }: { productId: string }) => productId === ids.acme)
      .tenantIds,
  ];
  expect(await seenBy(ADMIN)).toEqual([both, both]);
  expect(await seenBy(ADMIN, { tenantId: 'tenant_other' })).toEqual([both, ['tenant_other']]);
  expect(await seenBy(ACME)).toEqual([['tenant_acme'], ['tenant_acme']]);
  await change({ visibility: 'public' });
  dynamodb.settle();
  const { body } = await management.call('GET /v1/catalogue', { claims: {} });
  expect(body.items.map((item: { tenantIds: string[] }) => item.tenantIds)).toEqual([[], [], []]);
  await change({ visibility: 'tenants', tenantIds: ['tenant_acme'] });
  dynamodb.settle();
});

test('guests see what is public, in the operator’s order, and whose it is to call', async () => {
  const { status, body } = await management.call('GET /v1/catalogue', { claims: {} });
  expect([status, namesOf(body.items)]).toEqual([200, ['first', 'everybody']]);
  expect(body.items[0]).toMatchObject({
    environment: 'live',
    apis: [{ apiId: API, name: 'orders', environment: 'live', operations: null }],
  });
  expect(JSON.stringify(body)).not.toMatch(/tenant_|ck_live_/);
});

test('a developer’s card says how the subscription stands: one that goes on before one that has ended', async () => {
  const mine = async (claims = ACME) =>
    (await list(claims)).find(({ name }: { name: string }) => name === 'first').subscription;
  expect(await mine()).toBeNull();
  const { subscriptionId: id } = (await subscribe('first', ACME, 'tenant_acme')).body;
  management.clock = new Date(management.clock.getTime() + 1000);
  const ended = (await subscribe('first', ACME, 'tenant_acme')).body.subscriptionId;
  await management.call(`POST /v1/subscriptions/${ended}/cancel`, { claims: ACME, body: {} });
  expect(await mine()).toEqual({ id, state: 'active' });
  await management.call(`PATCH /v1/products/${ids.first}`, { body: { requiresApproval: true } });
  await subscribe('first', ACME, 'tenant_acme');
  expect(await mine()).toEqual({ id, state: 'active' });
  await management.call(`PATCH /v1/products/${ids.first}`, { body: { requiresApproval: false } });
  expect([await mine(OTHER), await mine(ADMIN)]).toEqual([null, null]);
});

test('terms are accepted by their version, and a subscription keeps the one that was', async () => {
  const path = `/v1/products/${ids.first}`;
  const alone = await management.call(`PATCH ${path}`, { body: { termsVersion: '2026-10' } });
  expect(alone.body.error).toMatchObject({ code: 'invalid_request', param: 'termsUrl' });
  const terms = { termsUrl: 'https://example.com/terms', termsVersion: '2026-10' };
  expect((await management.call(`PATCH ${path}`, { body: terms })).body).toMatchObject(terms);
  for (const more of [{}, { termsVersion: '2025' }]) {
    const { status, body } = await subscribe('first', ACME, 'tenant_acme', more);
    expect([status, body.error.param]).toEqual([400, 'termsVersion']);
    expect(body.error.message).toContain(terms.termsUrl);
  }
  const made = await subscribe('first', ACME, 'tenant_acme', { termsVersion: '2026-10' });
  expect(made.body.termsVersion).toBe('2026-10');
  await management.call(`PATCH ${path}`, { body: { termsUrl: null, termsVersion: null } });
  const kept = await management.call(`GET /v1/subscriptions/${made.body.subscriptionId}`);
  expect(kept.body.termsVersion).toBe('2026-10');
  expect((await subscribe('first', ACME, 'tenant_acme', { termsVersion: 'x' })).status).toBe(400);
  expect((await subscribe('first', ACME, 'tenant_acme')).body.termsVersion).toBeNull();
});

test('documentation is kept apart from what authorizers read, replaced whole, and taken back by null', async () => {
  const path = `/v1/products/${ids.everybody}`;
  const documentation = '# Orders\n\n<script>alert(1)</script> is shown as text.\n\t- one\n';
  const patch = (value: string | null) =>
    management.call(`PATCH ${path}`, { body: { documentation: value } });
  expect((await patch(documentation)).body.documentation).toBe(documentation);
  expect((await read('everybody', ACME)).body.documentation).toBe(documentation);
  const item = (await dynamodb.item(itemKey.product(String(ids.everybody)))) ?? {};
  expect(Buffer.byteLength(JSON.stringify(item))).toBeLessThan(4000);
  const { revision } = item;
  expect((await patch(documentation)).status).toBe(200);
  expect((await dynamodb.item(itemKey.product(String(ids.everybody))))?.revision).toBe(revision);
  expect((await patch('é'.repeat(25 * 1024))).status).toBe(200);
  for (const bad of ['é'.repeat(25 * 1024 + 1), 'a\u0007b', '\u202eab']) {
    expect((await patch(bad)).body.error).toMatchObject({ code: 'invalid_request', param: 'documentation' });
  }
  expect((await patch(null)).body.documentation).toBeNull();
});

test.each([
  [{ visibility: 'tenants' }, 'tenantIds'],
  [{ visibility: 'friends' }, 'visibility'],
  [{ termsUrl: 'javascript:alert(1)' }, 'termsUrl'],
  [{ termsUrl: 'https://user:secret@example.com' }, 'termsUrl'],
  [{ termsUrl: 'http://example.com' }, 'termsUrl'],
  [{ order: 0.5 }, 'order'],
])('%j is a 400: %s', async (body, param) => {
  const answer = await management.call('POST /v1/products', { body: { name: 'A', apiIds: [API], ...body } });
  expect(answer).toMatchObject({ status: 400, body: { error: { code: 'invalid_request', param } } });
});
