import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { credentialIdOf, itemKey } from '../../core/store/item-keys.ts';
import { KEYS, ORDERS, PAYMENTS, TENANT, VerifyFixture } from '../support/verify-fixture.ts';

let backend: VerifyFixture;
beforeAll(async () => {
  backend = await VerifyFixture.start();
});
afterAll(() => backend.close());
beforeEach(() => backend.renew());

const route = { apiId: ORDERS, method: 'POST', path: '/v1/orders' };

describe('a key of the tenant scheme', () => {
  test('is valid, and everything that an authorizer tells backends is told', async () => {
    const { keyId, secret } = await backend.newKey({ permissions: ['orders:*'] });
    expect(await backend.verify({ ...route, key: secret, tenantId: TENANT, ip: '203.0.113.7' })).toEqual({
      valid: true,
      code: 'valid',
      keyId,
      tenantId: TENANT,
      environment: 'live',
      keyType: 'secret',
      role: 'writer',
      permissions: ['orders:*'],
    });
    expect((await backend.verify({ ...route, key: secret })).valid).toBe(true);
    const seen = await backend.dynamodb.lastEvent(
      itemKey.seenNetwork(credentialIdOf(keyId), '203.0.113.0/24'),
    );
    expect(seen).toMatchObject({ type: 'apiKey.usedFromNewIp', tenantId: TENANT });
  });

  test('that is no good is one code, with the cause beside it', async () => {
    const good = await backend.newKey();
    const [revoked, disabled, expiring] = [
      await backend.newKey(),
      await backend.newKey(),
      await backend.newKey({ expiresAt: '2026-11-22T13:00:00Z' }),
    ];
    await backend.create(`${KEYS}/${revoked.keyId}/revoke`);
    await backend.create(`${KEYS}/${disabled.keyId}/disable`);
    const mint = (id: string) => backend.management.keyFormat.mint('sk', 'live', id, randomBytes);
    const causes = new Map([
      ['sk_live_short', 'malformed_key'],
      [backend.clientKey, 'malformed_key'],
      [mint('NoSuchKey000'), 'unknown_key'],
      [mint(credentialIdOf(good.keyId)), 'wrong_secret'],
      [revoked.secret, 'key_revoked'],
      [disabled.secret, 'key_disabled'],
      [expiring.secret, 'key_expired'],
    ]);
    backend.management.clock = new Date('2026-11-22T14:00:00Z');
    for (const [key, cause] of causes) {
      for (const where of [route, {}]) {
        expect(await backend.verify({ ...where, key })).toMatchObject({
          valid: false,
          code: 'authentication_failed',
          cause,
          answer: {
            status: 401,
            headers: { 'WWW-Authenticate': 'Bearer realm="keywright"' },
            body: { error: { code: 'authentication_failed' } },
          },
        });
      }
    }
  });

  test('of a suspended tenant is no good either', async () => {
    const { secret } = await backend.newKey();
    const suspend = (status: string) =>
      backend.management.call(`PATCH /v1/tenants/${TENANT}`, { body: { status } });
    await suspend('suspended');
    const [there, anywhere] = [
      await backend.verify({ ...route, key: secret }),
      await backend.verify({ key: secret }),
    ];
    await suspend('active');
    const expected = { valid: false, code: 'authentication_failed', cause: 'tenant_suspended' };
    expect([there, anywhere]).toMatchObject([expected, expected]);
  });

  test('is refused for another tenant, the other environment, and what its role may not', async () => {
    const { secret } = await backend.newKey({ role: 'reader' });
    const sandbox = await backend.newKey({ environment: 'sandbox' });
    const publishable = await backend.newKey({ type: 'publishable', role: 'reader' });
    const rows: [object, string, string, number][] = [
      [{ key: secret, tenantId: 'tenant_other' }, 'tenant_mismatch', 'tenant_mismatch', 403],
      [{ key: sandbox.secret, apiId: ORDERS }, 'environment_mismatch', 'environment_mismatch', 403],
      [{ key: secret, ...route }, 'insufficient_permissions', 'permission_missing', 403],
      [{ key: secret, permission: 'orders:write' }, 'insufficient_permissions', 'permission_missing', 403],
      [
        { key: publishable.secret, ...route, method: 'GET' },
        'insufficient_permissions',
        'route_not_public',
        403,
      ],
      [
        { key: publishable.secret, permission: 'orders:read' },
        'insufficient_permissions',
        'route_not_public',
        403,
      ],
    ];
    for (const [body, code, cause, status] of rows) {
      expect(await backend.verify(body)).toMatchObject({ valid: false, code, cause, answer: { status } });
    }
    const allowed = [
      { key: secret, ...route, method: 'GET', permission: 'customers:read' },
      { key: secret, permission: 'orders:read', tenantId: TENANT },
      { key: sandbox.secret, tenantId: TENANT },
      { key: publishable.secret, apiId: ORDERS, method: 'GET', path: '/v1/prices' },
      { key: publishable.secret },
    ];
    for (const body of allowed)
      expect(await backend.verify(body)).toMatchObject({ valid: true, code: 'valid' });
  });

  test('is held to its networks and origins; who does not say where it came from is refused', async () => {
    const here = await backend.newKey({ allowedCidrs: ['203.0.113.0/24', '2001:db8::/32'] });
    const shop = await backend.newKey({ allowedOrigins: ['https://shop.example'] });
    const codes = async (key: string, ...sent: object[]) => {
      const answers: string[] = [];
      for (const body of sent) answers.push((await backend.verify({ key, ...body })).code);
      return answers;
    };
    expect(
      await codes(here.secret, { ip: '203.0.113.9' }, { ip: '2001:db8::1' }, { ip: '198.51.100.1' }, {}),
    ).toEqual(['valid', 'valid', 'network_not_allowed', 'network_not_allowed']);
    const [ours, theirs] = ['https://shop.example', 'https://evil.example'];
    expect(await codes(shop.secret, { origin: ours, ...route }, { origin: theirs }, {})).toEqual([
      'valid',
      'origin_not_allowed',
      'origin_not_allowed',
    ]);
  });
});

describe('a key of the subscription scheme', () => {
  const pay = { apiId: PAYMENTS, method: 'POST', path: '/v1/payments' };

  test('is valid with what its API requires, and without naming an API', async () => {
    const { subscriptionId, primaryKey } = await backend.subscribe(backend.plans.immediate);
    const caller = {
      valid: true,
      keyId: subscriptionId,
      tenantId: TENANT,
      keyType: 'subscription',
      subscriptionId,
      productId: backend.plans.immediate,
      slot: 'primary',
    };
    const all = { ...pay, key: primaryKey, clientKey: backend.clientKey, token: await backend.token() };
    expect(await backend.verify(all)).toMatchObject({ ...caller, oauthClientId: 'billing' });
    expect(await backend.verify({ ...all, token: `Bearer ${await backend.token()}` })).toMatchObject({
      valid: true,
    });
    expect(await backend.verify({ key: primaryKey, tenantId: TENANT })).toMatchObject(caller);
  });

  test('is refused in the words of its scheme for each cause', async () => {
    const active = await backend.subscribe(backend.plans.immediate);
    const pending = await backend.subscribe(backend.plans.approved);
    const other = await backend.subscribe(backend.plans.other);
    const [suspended, cancelled] = [
      await backend.subscribe(backend.plans.immediate),
      await backend.subscribe(backend.plans.immediate),
    ];
    const rejected = await backend.subscribe(backend.plans.approved);
    await backend.create(`/v1/subscriptions/${suspended.subscriptionId}/suspend`);
    await backend.create(`/v1/subscriptions/${cancelled.subscriptionId}/cancel`);
    await backend.create(`/v1/subscriptions/${rejected.subscriptionId}/reject`);
    const whole = { ...pay, clientKey: backend.clientKey, token: await backend.token() };
    const rows: [object, string, string, number, string][] = [
      [
        { ...whole, key: pending.primaryKey },
        'subscription_not_active',
        'subscription_pending',
        403,
        'pending',
      ],
      [{ key: suspended.primaryKey }, 'subscription_not_active', 'subscription_suspended', 403, 'suspended'],
      [{ key: cancelled.primaryKey }, 'subscription_not_active', 'subscription_cancelled', 403, 'cancelled'],
      [{ key: rejected.primaryKey }, 'subscription_not_active', 'subscription_rejected', 403, 'rejected'],
      [
        { ...whole, key: other.primaryKey },
        'product_not_subscribed',
        'product_not_subscribed',
        403,
        'product',
      ],
      [
        { ...pay, key: active.primaryKey, token: await backend.token() },
        'authentication_failed',
        'no_client_key',
        401,
        'subscription key',
      ],
      [
        { ...whole, key: active.primaryKey, clientKey: 'ck_live_wrong' },
        'authentication_failed',
        'wrong_client_key',
        401,
        'subscription key',
      ],
      [
        { ...pay, key: active.primaryKey, clientKey: backend.clientKey },
        'invalid_token',
        'no_token',
        401,
        'Access token',
      ],
      [
        { ...whole, key: active.primaryKey, token: await backend.token('elsewhere') },
        'invalid_token',
        'invalid_token',
        401,
        'Access token',
      ],
      [
        { key: active.primaryKey, tenantId: 'tenant_other' },
        'tenant_mismatch',
        'tenant_mismatch',
        403,
        'x-tn',
      ],
      [
        { key: active.primaryKey, apiId: ORDERS },
        'authentication_failed',
        'unknown_key',
        401,
        'subscription key',
      ],
    ];
    for (const [body, code, cause, status, words] of rows) {
      expect(await backend.verify(body)).toMatchObject({
        valid: false,
        code,
        cause,
        answer: { status, body: { statusCode: status, message: expect.stringContaining(words) } },
      });
    }
  });
});
