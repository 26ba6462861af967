import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { ROUTES } from '../../core/contract/routes.ts';
import { startDynamoDb, type TestDynamoDb } from '../support/dynamodb.ts';
import { ADMIN, type TestClaims, TestManagement } from '../support/management.ts';

// Kind: what one answer hides from somebody, another shows: a product that others do not see, by the list of APIs.

const MARK = 'project-nightingale';
const [THEIRS, OWN] = ['tenant_theirs', 'tenant_own'];
const of = (role: string, ...tenants: string[]): TestClaims => ({
  ...ADMIN,
  sub: `person-${role}-${tenants.join('-')}`,
  'keywright:role': role,
  'keywright:tenants': `[${tenants.join(' ')}]`,
});

let dynamodb: TestDynamoDb;
let management: TestManagement;
let ids: Record<string, string>;
beforeAll(async () => {
  dynamodb = await startDynamoDb();
  management = new TestManagement(dynamodb);
  const post = async (path: string, body: object, claims = ADMIN) =>
    (await management.call(`POST ${path}`, { body, claims })).body;
  for (const tenantId of [THEIRS, OWN]) await post('/v1/tenants', { tenantId, name: tenantId });
  const api = { environment: 'sandbox', scheme: 'subscription', name: MARK, description: MARK };
  const { apiId } = await post('/v1/apis', {
    ...api,
    baseUrl: `https://${MARK}.example.com`,
    routes: [{ method: 'GET', path: `/v1/${MARK}` }],
  });
  const info = { title: MARK, version: '1' };
  const openapi = { openapi: '3.1.1', info, paths: {} };
  await management.call(`PUT /v1/apis/${apiId}/openapi`, { body: openapi });
  const product = { name: MARK, description: MARK, apiIds: [apiId] };
  const { productId } = await post('/v1/products', {
    ...product,
    ...{ visibility: 'tenants', tenantIds: [THEIRS] },
  });
  await post('/v1/subscriptions', { tenantId: THEIRS, productId, name: 'Theirs' }, of('developer', THEIRS));
  ids = { tenantId: OWN, apiId, productId, role: 'reader' };
  await dynamodb.settle?.();
});
afterAll(() => dynamodb.close());

const pathOf = (template: string) => template.replace(/\{(\w+)\}/g, (_, name: string) => ids[name] ?? '');
/** What anybody could ask of it: all that reads, and names nothing that only its own tenant has. */
const READING = ROUTES.filter(
  ({ key, iam }) =>
    key.startsWith('GET ') &&
    !iam &&
    !/\{(?!tenantId|apiId|productId|role\})/.test(key) &&
    !/openapi\.json/.test(key),
).map(({ key }) => key);

describe.each(['admin', 'developer', 'auditor'])(
  'a product that others do not see, to a person of another tenant (%s)',
  (role) => {
    test.each(READING)('is not shown by %s', async (route) => {
      const { text } = await management.call(pathOf(route), { claims: of(role, OWN) });
      expect(text).not.toContain(MARK);
    });
  },
);

test('its API is shown to whose tenant sees it, and to subscribers once it is hidden from all', async () => {
  const shown = async (claims: TestClaims) => [
    (await management.call(pathOf('GET /v1/apis'), { claims })).text.includes(MARK),
    (await management.call(pathOf('GET /v1/apis/{apiId}'), { claims })).status,
    (await management.call(pathOf('GET /v1/apis/{apiId}/openapi'), { claims })).status,
  ];
  const claims = of('developer', THEIRS);
  expect(await shown(claims)).toEqual([true, 200, 200]);
  await management.call(pathOf('PATCH /v1/products/{productId}'), { body: { visibility: 'hidden' } });
  await dynamodb.settle?.();
  expect(await shown(claims)).toEqual([true, 200, 200]);
  expect(await shown(of('developer', OWN))).toEqual([false, 404, 404]);
  expect(await shown(ADMIN)).toEqual([true, 200, 200]);
});
