import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { MOST_AN_HOUR, RefusalStore } from '../../core/store/refusal-store.ts';
import { startDynamoDb, type TestDynamoDb } from '../support/dynamodb.ts';
import { ADMIN, type TestClaims, TestManagement } from '../support/management.ts';
import { consumerOver, delivery, NOON } from '../support/usage.ts';

const person = (role: string, tenants: string): TestClaims => ({
  ...ADMIN,
  sub: `person-${role}-${tenants}`,
  'keywright:role': role,
  'keywright:tenants': tenants,
});
const OWN = person('admin', '[tenant_acme]');
const OTHER = person('admin', '[tenant_other]');

let dynamodb: TestDynamoDb;
let management: TestManagement;
let keyId: string;
let consume: ReturnType<typeof consumerOver>;

beforeAll(async () => {
  dynamodb = await startDynamoDb();
  management = new TestManagement(dynamodb);
  for (const tenantId of ['tenant_acme', 'tenant_other'])
    await management.call('POST /v1/tenants', { body: { tenantId, name: tenantId } });
  const body = { name: 'Key', type: 'secret', environment: 'live', role: 'writer' };
  keyId = (await management.call('POST /v1/tenants/tenant_acme/keys', { body })).body.key.keyId;
  consume = consumerOver(dynamodb.usage, { refusals: new RefusalStore(dynamodb.usage) });
});
afterAll(() => dynamodb.close());

const owner = { tenantId: 'tenant_acme', environment: 'live', keyType: 'secret' };
const line = (id: string, requestId: string, fields: object) => ({
  id,
  timestamp: NOON,
  message: JSON.stringify({
    ...{ level: 'INFO', message: 'request refused', code: 'authentication_failed' },
    ...{ sourceIp: '198.51.100.7', requestId, ...fields },
  }),
});
const explain = (requestId: string, claims = OWN) =>
  management.call(`GET /v1/explain/${encodeURIComponent(requestId)}`, {
    claims,
    event: { pathParameters: { requestId } },
  });
async function refused(requestId: string, fields: object): Promise<void> {
  const batch = delivery([line(`line-${requestId}`, requestId, fields)]);
  await consume(batch);
  await consume(batch);
  dynamodb.settle();
}

test('whoever owns the key sees the checks, the first that failed, and what mends it', async () => {
  await refused('own=', { cause: 'key_disabled', keyId, owner });
  const { status, body } = await explain('own=');
  expect(status).toBe(200);
  expect(body.refusals).toHaveLength(1);
  const [one] = body.refusals;
  expect(one).toMatchObject({
    ...{
      at: new Date(NOON).toISOString(),
      status: 401,
      code: 'authentication_failed',
      cause: 'key_disabled',
    },
    ...{ keyId, tenantId: 'tenant_acme', network: '198.51.100.0/24' },
    mend: { operation: 'enableKey' },
  });
  const results = one.checks.map(
    ({ check, result }: { check: string; result: string }) => `${check} ${result}`,
  );
  expect(results.slice(3, 6)).toEqual([
    'secret_matches passed',
    'key_active failed',
    'secret_live not_reached',
  ]);
});

test.each([
  ['its own key, verified', { cause: 'tenant_mismatch', code: 'tenant_mismatch', owner }, 200],
  ['its own key, named without its secret', { cause: 'wrong_secret' }, 200],
  ['a key that nobody has', { cause: 'unknown_key', keyId: 'key_nobodyhasit0' }, 404],
  ['no key', { cause: 'no_key', keyId: undefined }, 404],
  [
    'another tenant’s key, whatever x-tn said',
    { cause: 'tenant_mismatch', owner: { ...owner, tenantId: 'tenant_other' } },
    404,
  ],
])('a tenant’s admin, of %s', async (name, fields, status) => {
  const requestId = Buffer.from(name).toString('base64url').slice(0, 100);
  await refused(requestId, { keyId, ...fields });
  expect((await explain(requestId)).status).toBe(status);
  expect((await explain(requestId, ADMIN)).status).toBe(200);
  const isOthers = 'owner' in fields && fields.owner?.tenantId === 'tenant_other';
  const others = await explain(requestId, OTHER);
  expect(others.status).toBe(isOthers ? 200 : 404);
  if (!isOthers) expect(others.body.error.code).toBe('not_found');
});

test('nobody but admins asks, and what nobody knows is not found', async () => {
  expect((await explain('own=', person('developer', '[tenant_acme]'))).status).toBe(403);
  expect((await explain('own=', person('auditor', '[*]'))).status).toBe(403);
  expect((await explain('never', ADMIN)).status).toBe(404);
});

test('an id that is none is not kept, and stops none of the others', async () => {
  const hostile = ['', 'a b', 'x'.repeat(129), 'WHY#own=', '\n'];
  const lines = hostile.map((requestId, i) => line(`hostile-${i}`, requestId, { cause: 'no_key' }));
  await consume(delivery([...lines, line('good', 'beside-hostile', { cause: 'no_key' })]));
  dynamodb.settle();
  for (const requestId of hostile.slice(1))
    expect([400, 404]).toContain((await explain(requestId, ADMIN)).status);
  expect((await explain('beside-hostile', ADMIN)).status).toBe(200);
});

test('strangers who flood fill their own room, are written no more of, and take nothing from a tenant', async () => {
  let writes = 0;
  dynamodb.usage.client.middlewareStack.add(
    (next, { commandName }) =>
      (args) => {
        if (commandName === 'PutItemCommand') writes += 1;
        return next(args);
      },
    { step: 'initialize', name: 'count writes' },
  );
  for (let batch = 0; batch < 15; batch += 1) {
    const flood = Array.from({ length: 60 }, (_, i) =>
      line(`flood-${batch}-${i}`, `flood-${batch}-${i}`, { cause: 'no_key' }),
    );
    await consume(delivery(flood));
  }
  dynamodb.usage.client.middlewareStack.remove('count writes');
  expect(writes).toBeLessThanOrEqual(MOST_AN_HOUR + 50);
  expect(writes).toBeGreaterThan(MOST_AN_HOUR - 100);
  await refused('after-the-flood', { cause: 'key_expired', keyId, owner });
  expect((await explain('after-the-flood')).status).toBe(200);
  expect((await explain('flood-14-0', ADMIN)).status).toBe(404);
});
