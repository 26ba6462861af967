import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { startDynamoDb, type TestDynamoDb } from '../support/dynamodb.ts';
import { TestManagement } from '../support/management.ts';

const TENANT = '/v1/tenants/tenant_policy';
let dynamodb: TestDynamoDb;
let management: TestManagement;
beforeAll(async () => {
  dynamodb = await startDynamoDb();
  management = new TestManagement(dynamodb);
  for (const tenantId of ['tenant_policy', 'tenant_free'])
    await management.call('POST /v1/tenants', { body: { tenantId, name: tenantId } });
});
afterAll(() => dynamodb.close());

const NEW_KEY = { name: 'Key', type: 'secret', environment: 'live', role: 'writer' };
const create = (body: object = {}, tenant = TENANT) =>
  management.call(`POST ${tenant}/keys`, { body: { ...NEW_KEY, ...body } });
const found = async (path: string, query: Record<string, string>) =>
  (await management.call(`GET ${path}`, { query })).body.items.map(({ keyId }: { keyId: string }) => keyId);

test('a policy binds new keys and rotations, and reports the keys that were there', async () => {
  const { keyId } = (await create()).body.key;
  const elsewhere = (await create({}, '/v1/tenants/tenant_free')).body.key.keyId;
  const live = { cidrRequired: true, maxOverlapSeconds: 3600 };
  const settings = { keyPolicies: { live } };
  expect((await management.call(`PATCH ${TENANT}`, { body: { settings } })).body.settings).toEqual({
    requireApproval: false,
    leakResponse: 'revoke',
    keyPolicies: { live },
  });

  const refused = await create();
  expect(refused).toMatchObject({
    status: 422,
    body: { error: { code: 'out_of_policy', param: 'allowedCidrs' } },
  });
  expect(refused.body.error.details).toMatchObject([
    { param: 'allowedCidrs', expected: 'at least one network, and none of all addresses' },
  ]);
  const rotate = (body: object) => management.call(`POST ${TENANT}/keys/${keyId}/rotate`, { body });
  expect((await rotate({ overlapSeconds: 7200 })).status).toBe(422);
  // Where nothing is said it is a day, and no longer than the policy lets it.
  const rotated = await rotate({});
  const [, old] = rotated.body.key.secrets;
  expect(Date.parse(old.expiresAt) - management.clock.getTime()).toBe(3_600_000);
  expect(rotated.body.key.outOfPolicy).toEqual(['cidrRequired']);
  const good = (await create({ allowedCidrs: ['203.0.113.0/24'] })).body.key;
  expect(good.outOfPolicy).toEqual([]);
  const widened = { body: { allowedCidrs: [] } };
  expect((await management.call(`PATCH ${TENANT}/keys/${good.keyId}`, widened)).status).toBe(422);

  for (const path of [`GET ${TENANT}/keys/${keyId}`, `GET /v1/keys/${keyId}`])
    expect((await management.call(path)).body.outOfPolicy).toEqual(['cidrRequired']);
  expect(await found(`${TENANT}/keys`, { outOfPolicy: 'true' })).toEqual([keyId]);
  expect(await found(`${TENANT}/keys`, { outOfPolicy: 'false' })).toEqual([good.keyId]);
  expect(await found('/v1/keys', { outOfPolicy: 'true' })).toEqual([keyId]);
  expect((await found('/v1/keys', { outOfPolicy: 'false', q: 'Key' })).sort()).toEqual(
    [elsewhere, good.keyId].sort(),
  );
  expect((await management.call('GET /v1/keys', { query: { outOfPolicy: 'yes' } })).status).toBe(400);
});

test('nonsense is no policy', async () => {
  for (const live of [
    { maxLifetimeDays: 0 },
    { maxOverlapSeconds: -1 },
    { colour: 1 },
    { cidrRequired: 'yes' },
  ]) {
    const answer = await management.call(`PATCH ${TENANT}`, {
      body: { settings: { keyPolicies: { live } } },
    });
    expect([live, answer.status]).toEqual([live, 400]);
  }
});
