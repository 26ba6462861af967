import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { Pepper } from '../../core/domain/keys/pepper.ts';
import { credentialIdOf, itemKey } from '../../core/store/item-keys.ts';
import { startDynamoDb, type TestDynamoDb } from '../support/dynamodb.ts';
import { bringOne, issuedText, sha256Of } from '../support/imports.ts';
import { TestManagement } from '../support/management.ts';
import { createProducts, TENANT_ID } from '../support/subscriptions.ts';
import { BACKEND } from '../support/verify-fixture.ts';

const ORDERS = 'api_OrdersLive00';
let dynamodb: TestDynamoDb;
let management: TestManagement;
let productId: string;
let payments: string;
beforeAll(async () => {
  dynamodb = await startDynamoDb();
  management = new TestManagement(dynamodb);
  productId = (await createProducts(management)).immediate;
  payments = (await management.call(`GET /v1/products/${productId}`)).body.apiIds[0];
  const api = { apiId: ORDERS, name: 'orders', environment: 'live', scheme: 'tenant', routes: [] };
  await management.call('POST /v1/apis', { body: api });
});
afterAll(() => dynamodb.close());
beforeEach(() => {
  management = new TestManagement(dynamodb, { acceptsImported: true });
});

const bringKey = (row: object) => bringOne(management, 'keys', { role: 'reader', ...row });
const bringSubscription = (row: object) => bringOne(management, 'subscriptions', { productId, ...row });

async function verify(body: object, asked = management) {
  const answer = await asked.call('POST /v1/verify', { principal: BACKEND, body });
  expect(answer.status).toBe(200);
  return answer.body;
}
const usesOf = async (id: string) =>
  Object.values(Object((await dynamodb.item(itemKey.credential(credentialIdOf(id))))?.imported));
const route = { apiId: ORDERS, method: 'GET', path: '/v1/orders' };

describe('an imported key', () => {
  test('is valid, whether its text or its digest was brought, and its first use is noted', async () => {
    const [plain, digested] = [issuedText(), issuedText()];
    const rows = [
      [plain, { key: plain }],
      [digested, { sha256: sha256Of(digested) }],
    ] as const;
    for (const [text, row] of rows) {
      const keyId = await bringKey(row);
      const caller = { valid: true, keyId, tenantId: TENANT_ID, keyType: 'secret', role: 'reader' };
      expect(await verify({ ...route, key: text, tenantId: TENANT_ID })).toMatchObject(caller);
      expect(await verify({ key: text })).toMatchObject(caller);
      expect(await usesOf(keyId)).toEqual([management.clock.toISOString()]);
    }
  });

  test('is a text like any other where imported keys are not accepted', async () => {
    const text = issuedText();
    const keyId = await bringKey({ key: text });
    expect(await verify({ key: text }, new TestManagement(dynamodb))).toMatchObject({
      valid: false,
      code: 'authentication_failed',
      cause: 'malformed_key',
    });
    expect(await usesOf(keyId)).toEqual([null]);
  });

  test('is refused for the causes of any other key; a text that nobody brought is unknown', async () => {
    const text = issuedText();
    const keyId = await bringKey({ key: text });
    const rows: [object, string][] = [
      [{ key: text, tenantId: 'tenant_other' }, 'tenant_mismatch'],
      [{ ...route, key: text, method: 'POST' }, 'permission_missing'],
      [{ key: text, scheme: 'subscription' }, 'unknown_key'],
      [{ key: text, apiId: payments }, 'unknown_key'],
      [{ key: issuedText() }, 'unknown_key'],
      [{ key: sha256Of(text) }, 'unknown_key'],
      [{ key: 'too-short' }, 'malformed_key'],
    ];
    for (const [body, cause] of rows) expect(await verify(body)).toMatchObject({ valid: false, cause });
    await management.call(`POST /v1/tenants/${TENANT_ID}/keys/${keyId}/revoke`, { body: {} });
    expect(await verify({ key: text })).toMatchObject({ valid: false, cause: 'key_revoked', keyId });
  });

  test('spends of its limits', async () => {
    const text = issuedText();
    await bringKey({ key: text, rateLimits: [{ limit: 2, windowSeconds: 86_400 }] });
    expect(await verify({ key: text, cost: 2 })).toMatchObject({ valid: true });
    expect(await verify({ key: text })).toMatchObject({ code: 'rate_limit_exceeded' });
  });

  test('is found under an older pepper, and under the new one from its next use on', async () => {
    const text = issuedText();
    const keyId = await bringKey({ key: text });
    const versions = { v1: 'p'.repeat(64), v2: 'q'.repeat(64) };
    management.pepper = Pepper.parse(JSON.stringify({ current: 'v2', ...versions }));
    expect(await verify({ key: text })).toMatchObject({ valid: true, keyId });
    management.pepper = Pepper.parse(JSON.stringify({ current: 'v2', v2: versions.v2 }));
    expect(await verify({ key: text })).toMatchObject({ valid: true, keyId });
  });

  test('never comes back, and no log has it', async () => {
    const text = issuedText();
    await bringKey({ key: text });
    for (const body of [{ key: text }, { key: text, colour: text }, { key: text, scheme: text }]) {
      const answer = await management.call('POST /v1/verify', { principal: BACKEND, body });
      expect(answer.text).not.toContain(text);
    }
    expect(management.logged.join('')).not.toContain(text);
  });
});

describe('an imported key of a subscription', () => {
  test('is valid as sent by its scheme, by its slot', async () => {
    const [primary, secondary] = [issuedText(), issuedText()];
    const subscriptionId = await bringSubscription({
      primary: { key: primary },
      secondary: { sha256: sha256Of(secondary) },
    });
    const sent = { scheme: 'subscription', apiId: payments };
    const caller = { valid: true, subscriptionId, productId, keyType: 'subscription' };
    expect(await verify({ ...sent, key: primary })).toMatchObject({ ...caller, slot: 'primary' });
    expect(await verify({ ...sent, key: secondary })).toMatchObject({ ...caller, slot: 'secondary' });
  });

  test('opens nothing as sent by the other, and each is refused in the words of its own', async () => {
    const text = issuedText();
    await bringSubscription({ primary: { key: text } });
    const [tenant, subscription] = [
      await verify({ key: text }),
      await verify({ scheme: 'subscription', key: issuedText() }),
    ];
    const unknown = { valid: false, cause: 'unknown_key' };
    expect(tenant).toMatchObject({ ...unknown, answer: { body: { error: { type: expect.any(String) } } } });
    expect(subscription).toMatchObject({ ...unknown, answer: { body: { statusCode: 401 } } });
  });
});

test('a key of Keywright’s sent by the other scheme’s header is none', async () => {
  const body = { name: 'Key', type: 'secret', environment: 'live', role: 'writer' };
  const { secret } = (await management.call(`POST /v1/tenants/${TENANT_ID}/keys`, { body })).body;
  expect(await verify({ key: secret, scheme: 'tenant' })).toMatchObject({ valid: true });
  expect(await verify({ key: secret, scheme: 'subscription' })).toMatchObject({ cause: 'malformed_key' });
});
