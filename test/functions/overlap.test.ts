import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { startDynamoDb, type TestDynamoDb } from '../support/dynamodb.ts';
import { ADMIN, TestManagement } from '../support/management.ts';
import { accessLine, consumerOver, delivery, type Line, NOON } from '../support/usage.ts';

const MINUTE = 60_000;
const KEYS = '/v1/tenants/tenant_acme/keys';
const person = (role: string, tenants: string) => ({
  ...ADMIN,
  sub: `person-${role}`,
  'keywright:role': role,
  'keywright:tenants': tenants,
});

let dynamodb: TestDynamoDb;
let management: TestManagement;
let consume: ReturnType<typeof consumerOver>;
let keyId: string;
let ids: { newer: string; older: string };

beforeAll(async () => {
  dynamodb = await startDynamoDb();
  management = new TestManagement(dynamodb);
  await management.call('POST /v1/tenants', { body: { tenantId: 'tenant_acme', name: 'Acme' } });
  await management.call('POST /v1/tenants', { body: { tenantId: 'tenant_other', name: 'Other' } });
  const body = { name: 'Key', type: 'secret', environment: 'live', role: 'writer' };
  keyId = (await management.call(`POST ${KEYS}`, { body })).body.key.keyId;
  consume = consumerOver(dynamodb.usage);
});
afterAll(() => dynamodb.close());

const overlap = (claims = ADMIN, path = `${KEYS}/${keyId}/overlap`) =>
  management.call(`GET ${path}`, { claims });
async function call(line: Omit<Line, 'id'>): Promise<void> {
  await consume(delivery([accessLine({ id: `line-${Math.random()}`, keyId, ...line })]));
  dynamodb.settle();
}

test('without an overlap there is nothing old', async () => {
  expect((await overlap()).body).toMatchObject({ old: null, verdict: null, new: { requests24h: 0 } });
});

test('while one lasts it says who still uses the old secret, until that one is quiet', async () => {
  await management.call(`POST ${KEYS}/${keyId}/rotate`, { body: { overlapSeconds: 86_400 } });
  const [newer, older] = (await management.keys.get('tenant_acme', keyId))?.secrets ?? [];
  ids = { newer: newer?.id ?? '', older: older?.id ?? '' };
  expect((await overlap()).body.verdict).toBe('never_used');
  await call({ secretId: ids.older, sourceIp: '198.51.100.7' });
  await call({ secretId: ids.newer, method: 'POST', time: NOON + MINUTE });
  management.clock = new Date(NOON + 4 * MINUTE);
  const { status, body } = await overlap();
  expect(status).toBe(200);
  expect(body).toMatchObject({
    verdict: 'in_use',
    quietFor: 240,
    old: { networks: ['198.51.100.0/24'], routes: ['GET /v1/orders'], requests24h: 1, hint: older?.hint },
    new: { networks: ['8.8.8.0/24'], routes: ['POST /v1/orders'], requests24h: 1, hint: newer?.hint },
  });
  management.clock = new Date(NOON + 6 * MINUTE);
  expect((await overlap()).body).toMatchObject({ verdict: 'quiet', quietFor: 360 });
});

test('whoever may read the key may see it, and nobody else', async () => {
  const statusFor = async (...claims: [string, string]) => (await overlap(person(...claims))).status;
  expect(await statusFor('developer', '[tenant_acme]')).toBe(200);
  expect(await statusFor('auditor', '[tenant_acme]')).toBe(200);
  expect(await statusFor('admin', '[tenant_other]')).toBe(404);
  const byId = `/v1/keys/${keyId}/overlap`;
  expect((await overlap(ADMIN, byId)).body).toEqual((await overlap()).body);
  expect((await overlap(person('developer', '[tenant_acme]'), byId)).status).toBe(200);
  expect((await overlap(person('admin', '[tenant_other]'), byId)).status).toBe(404);
  expect((await overlap(ADMIN, '/v1/keys/key_000000000000/overlap')).status).toBe(404);
  const elsewhere = `/v1/tenants/tenant_other/keys/${keyId}/overlap`;
  expect((await overlap(person('admin', '[tenant_other]'), elsewhere)).status).toBe(404);
  const asked = management.call(`GET ${KEYS}/${keyId}/overlap`, { query: { quietAfterSeconds: '5' } });
  expect((await asked).status).toBe(400);
});
