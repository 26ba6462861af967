import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { startDynamoDb, type TestDynamoDb } from '../support/dynamodb.ts';
import { ADMIN, type TestClaims, TestManagement } from '../support/management.ts';
import { accessLine, consumerOver, delivery, NOON } from '../support/usage.ts';

const TENANT = '/v1/tenants/tenant_acme';
const person = (role: string, tenants: string): TestClaims => ({
  ...ADMIN,
  sub: `person-${role}`,
  'keywright:role': role,
  'keywright:tenants': tenants,
});

let dynamodb: TestDynamoDb;
let management: TestManagement;
let keyIds: string[];

beforeAll(async () => {
  dynamodb = await startDynamoDb();
  management = new TestManagement(dynamodb);
  await management.call('POST /v1/tenants', { body: { tenantId: 'tenant_acme', name: 'Acme' } });
  await management.call('POST /v1/tenants', { body: { tenantId: 'tenant_other', name: 'Other' } });
  const body = { name: 'Key', type: 'secret', environment: 'live', role: 'writer' };
  const create = async () =>
    (await management.call(`POST ${TENANT}/keys`, { body })).body.key.keyId as string;
  keyIds = [await create(), await create()];
  await management.call('POST /v1/apis', {
    body: {
      ...{ name: 'orders', environment: 'live', scheme: 'tenant' },
      routes: [{ method: 'POST', path: '/v1/search/{index}', permission: 'search:read', public: false }],
    },
  });
  const consume = consumerOver(dynamodb.usage);
  const [first = '', second = ''] = keyIds;
  const day = 86_400_000;
  await consume(
    delivery([
      accessLine({ id: '1', keyId: first, sourceIp: '198.51.100.7' }),
      accessLine({ id: '2', keyId: first, method: 'POST', sourceIp: '198.51.100.8', time: NOON - 6 * day }),
      accessLine({ id: '3', keyId: first, method: 'POST', route: '/v1/search/{index}' }),
      accessLine({ id: '4', keyId: second, method: 'DELETE' }),
      accessLine({ id: '5', keyId: second, method: 'DELETE', time: NOON - 8 * day }),
    ]),
  );
  dynamodb.settle();
});
afterAll(() => dynamodb.close());

const tryRole = (body: object, claims = ADMIN) =>
  management.call(`POST ${TENANT}/roles/writer/dry-run`, { body, claims });
const tryKey = (body: object, claims = ADMIN, path = `${TENANT}/keys/${keyIds[0]}`) =>
  management.call(`POST ${path}/dry-run`, { body, claims });

test('a role’s new permissions are played against the week of all keys that have it, by what APIs declare', async () => {
  const { status, body } = await tryRole({ permissions: ['*:read'] });
  expect(status).toBe(200);
  expect(body).toMatchObject({
    keysLookedAt: 2,
    isAll: true,
    calls: 4,
    refused: 2,
    admittedAnew: 0,
    unknown: 0,
  });
  expect(body.keys).toEqual(expect.arrayContaining(keyIds.map((keyId) => ({ keyId, refused: 1 }))));
  expect(body.uses).toContainEqual({
    ...{ keyId: keyIds[0], network: '198.51.100.0/24', route: 'POST /v1/orders', requests: 1 },
  });
  expect((await management.call(`GET ${TENANT}/roles/writer`)).body.permissions).toEqual(['*:*']);
});

test.each([
  ['another role', { role: 'reader' }, { refused: 1, unknown: 0 }],
  ['permissions of its own', { permissions: ['orders:*'] }, { refused: 1, unknown: 0 }],
  ['networks', { allowedCidrs: ['8.8.0.0/16'] }, { refused: 2, unknown: 0 }],
  ['a part of a network', { allowedCidrs: ['8.8.8.0/25'] }, { refused: 2, unknown: 1 }],
])('a key is tried with %s, and stays as it is', async (_, body, expected) => {
  const before = (await management.call(`GET ${TENANT}/keys/${keyIds[0]}`)).body;
  expect((await tryKey(body)).body).toMatchObject({ calls: 3, ...expected });
  expect((await management.call(`GET ${TENANT}/keys/${keyIds[0]}`)).body).toEqual(before);
});

test('it is for admins of the tenant, and what can’t be is said', async () => {
  expect((await tryKey({ role: 'reader' }, person('developer', '[tenant_acme]'))).status).toBe(403);
  expect((await tryKey({ role: 'reader' }, { ...ADMIN, amr: '[pwd]' })).status).toBe(403);
  expect((await tryRole({ permissions: [] }, person('admin', '[tenant_other]'))).status).toBe(404);
  const elsewhere = `/v1/tenants/tenant_other/keys/${keyIds[0]}`;
  expect((await tryKey({ role: 'reader' }, ADMIN, elsewhere)).status).toBe(404);
  expect((await tryKey({ role: 'nobody' })).body.error).toMatchObject({
    code: 'invalid_request',
    param: 'role',
  });
  expect((await tryKey({})).status).toBe(400);
});
