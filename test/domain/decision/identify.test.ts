import { randomBytes } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import {
  type ApiRecord,
  type CredentialRecord,
  refusalOf,
  type SubscriptionRecord,
  type TenantRecord,
} from '../../../core/domain/decision/decision.ts';
import { identify, matchingSecret, withOwner } from '../../../core/domain/decision/identify.ts';
import { KeyFormat } from '../../../core/domain/keys/key-format.ts';
import { Pepper } from '../../../core/domain/keys/pepper.ts';
import { RouteTable } from '../../../core/domain/products/route-table.ts';

const now = new Date('2026-06-01T12:00:00.000Z');
const past = '2026-06-01T12:00:00.000Z';
const future = '2026-06-01T12:00:00.001Z';
const pepper = Pepper.parse(JSON.stringify({ current: 'v1', v1: 'p'.repeat(64) }));
const format = new KeyFormat();
const parse = (text: string) => {
  const key = format.parse(text);
  if (key === undefined) throw new Error('not a key');
  return key;
};
const key = parse(format.mint('sk', 'sandbox', 'yAlP9B8aUrgK', randomBytes));
const older = parse(format.mint('sk', 'sandbox', 'yAlP9B8aUrgK', randomBytes));

const credential: CredentialRecord = {
  keyId: 'key_yAlP9B8aUrgK',
  tenantId: 'tenant_acme',
  type: 'secret',
  environment: 'sandbox',
  role: 'reader',
  status: 'active',
  allowedCidrs: ['203.0.113.0/24'],
  rateLimits: [],
  allowedOrigins: ['https://shop.example'],
  secrets: [
    { id: 'new', createdAt: past, hint: 'abcd' },
    { id: 'old', createdAt: past, expiresAt: future, hint: 'efgh' },
  ],
  digests: { new: pepper.digest(key.text), old: pepper.digest(older.text) },
};
const tenant: TenantRecord = {
  tenantId: 'tenant_acme',
  status: 'active',
  roles: { reader: { permissions: ['*:read'], description: '' } },
};
const api: ApiRecord = { apiId: 'api_OrdersSndbox', environment: 'sandbox', scheme: 'tenant', routes: [] };
const sent = (tenantId: string | undefined) => ({ tenantId, clientKey: undefined });
const product = undefined;
const request = {
  method: 'GET',
  path: '/v1/orders',
  sourceIp: '203.0.113.7',
  origin: 'https://shop.example',
};

/** Each check's way to fail, in the contract's order. */
const failures = [
  { cause: 'unknown_key', code: 'authentication_failed', world: { credential: undefined } },
  { cause: 'wrong_secret', code: 'authentication_failed', credential: { digests: {} } },
  { cause: 'key_revoked', code: 'authentication_failed', credential: { status: 'revoked' as const } },
  { cause: 'tenant_mismatch', code: 'tenant_mismatch', tenantId: 'tenant_other' },
  { cause: 'unknown_tenant', code: 'authentication_failed', world: { tenant: undefined } },
  { cause: 'tenant_suspended', code: 'authentication_failed', tenant: { status: 'suspended' as const } },
  { cause: 'environment_mismatch', code: 'environment_mismatch', api: { environment: 'live' as const } },
  { cause: 'network_not_allowed', code: 'network_not_allowed', request: { sourceIp: '198.51.100.1' } },
  { cause: 'origin_not_allowed', code: 'origin_not_allowed', request: { origin: undefined } },
  { cause: 'permission_missing', code: 'insufficient_permissions', request: { method: 'POST' } },
] as const;

function decide(from: readonly (typeof failures)[number][]) {
  const all = Object.assign({}, ...from) as { tenantId?: string };
  const part = (name: string) => Object.assign({}, ...from.map((each) => ({ ...each })[name as 'cause']));
  const records = {
    credential: { ...credential, ...part('credential') },
    tenant: { ...tenant, ...part('tenant') },
    product,
    api: { ...api, ...part('api') },
    ...part('world'),
  };
  const caller = identify(key, sent(all.tenantId ?? 'tenant_acme'), records, pepper, now);
  if ('allowed' in caller) return caller;
  return refusalOf(caller, { ...request, ...part('request') }, new RouteTable(records.api.routes));
}

test('nothing wrong: admitted', () => {
  expect(decide([])).toBeUndefined();
});

test.each(failures.map((failure, index) => [failure.cause, failure, failures.slice(index)] as const))(
  '%s is told alone, and before every later failure',
  (cause, failure, fromHere) => {
    const expected = { allowed: false, cause, code: failure.code, keyId: 'key_yAlP9B8aUrgK' };
    expect(decide([failure])).toEqual(expected);
    expect(decide(fromHere)).toEqual(expected);
  },
);

describe('a subscription', () => {
  const subscriptionKey = parse(format.mint('sub', 'sandbox', 'yAlP9B8aUrgK', randomBytes));
  const subscription: SubscriptionRecord = {
    subscriptionId: 'sub_yAlP9B8aUrgK',
    tenantId: 'tenant_acme',
    productId: 'prod_Payments0000',
    environment: 'sandbox',
    state: 'active',
    digests: { primary: pepper.digest(subscriptionKey.text), secondary: pepper.digest('another') },
  };
  const product = { productId: 'prod_Payments0000', apiIds: [api.apiId], plan: { rateLimits: [] } };
  const payments = { ...api, scheme: 'subscription', clientKeyRequired: true } as const;

  /** Each check's way to fail, in the contract's order. */
  const wrongs = [
    {
      cause: 'wrong_secret',
      subscription: { digests: { primary: pepper.digest('x'), secondary: pepper.digest('y') } },
    },
    { cause: 'tenant_mismatch', tenantId: 'tenant_other' },
    { cause: 'unknown_tenant', world: { tenant: undefined } },
    { cause: 'environment_mismatch', api: { environment: 'live' as const } },
    { cause: 'product_not_subscribed', world: { product: { ...product, apiIds: [] } } },
    { cause: 'subscription_suspended', subscription: { state: 'suspended' as const } },
    { cause: 'no_client_key', clientKey: undefined },
  ] as const;

  test.each(wrongs.map((wrong, i) => [wrong.cause, wrongs.slice(i)] as const))(
    '%s is told before every later failure',
    (cause, fromHere) => {
      const all = Object.assign({}, ...fromHere) as { tenantId?: string };
      const part = (name: string) =>
        Object.assign({}, ...fromHere.map((each) => ({ ...each })[name as 'cause']));
      const records = {
        credential: { ...subscription, ...part('subscription') },
        tenant,
        product,
        api: { ...payments, ...part('api') },
        ...part('world'),
      };
      expect(identify(subscriptionKey, sent(all.tenantId), records, pepper, now)).toMatchObject({ cause });
    },
  );

  test('needs no tenant header', () => {
    const records = {
      credential: subscription,
      tenant,
      product,
      api: { ...payments, clientKeyRequired: false },
    };
    expect(identify(subscriptionKey, sent(undefined), records, pepper, now)).toMatchObject({
      keyId: 'sub_yAlP9B8aUrgK',
    });
  });
});

describe('the life of a key and its secrets', () => {
  const identified = (change: Partial<CredentialRecord>, presented = key) =>
    identify(
      presented,
      sent('tenant_acme'),
      { credential: { ...credential, ...change }, tenant, product, api },
      pepper,
      now,
    );

  test('disabled and expired keys are refused, each by its cause', () => {
    expect(identified({ status: 'disabled' })).toMatchObject({ cause: 'key_disabled' });
    expect(identified({ expiresAt: past })).toMatchObject({ cause: 'key_expired' });
    expect(identified({ status: 'revoked', expiresAt: past })).toMatchObject({ cause: 'key_revoked' });
  });

  test('the old secret works until its overlap ends, to the millisecond', () => {
    expect(identified({}, older)).toMatchObject({ secretId: 'old', endsAt: Date.parse(future) });
    const [newest, old] = credential.secrets;
    if (newest === undefined || old === undefined) throw new Error('two secrets expected');
    expect(identified({ secrets: [newest, { ...old, expiresAt: past }] }, older)).toMatchObject({
      cause: 'secret_expired',
    });
  });

  test('what was decided ends with the key', () => {
    expect(identified({})).toMatchObject({ endsAt: Number.POSITIVE_INFINITY });
    expect(identified({ expiresAt: future })).toMatchObject({ endsAt: Date.parse(future) });
  });

  test('a key whose kind or environment is not the record’s is unknown', () => {
    expect(identified({ type: 'publishable' })).toMatchObject({ cause: 'unknown_key' });
    expect(identified({ environment: 'live' })).toMatchObject({ cause: 'unknown_key' });
  });

  test('a role that was deleted grants nothing', () => {
    expect(identified({ role: 'gone' })).toMatchObject({ permissions: [] });
  });

  test('without a tenant header the key’s own tenant counts', () => {
    expect(identify(key, sent(undefined), { credential, tenant, product, api }, pepper, now)).toMatchObject({
      tenantId: 'tenant_acme',
    });
  });
});

test('a publishable key reads public routes and nothing else, and needs no permission for them', () => {
  const text = parse(format.mint('pk', 'sandbox', 'yAlP9B8aUrgK', randomBytes));
  const publishable: CredentialRecord = {
    ...credential,
    type: 'publishable',
    role: 'none',
    allowedCidrs: [],
    allowedOrigins: [],
    digests: { new: pepper.digest(text.text) },
  };
  const routes = new RouteTable([{ method: 'ANY', path: '/v1/catalog/{rest+}', public: true }]);
  const caller = identify(
    text,
    sent('tenant_acme'),
    { credential: publishable, tenant, product, api },
    pepper,
    now,
  );
  if ('allowed' in caller) throw new Error(caller.cause);
  const ask = (method: string, path: string) =>
    refusalOf(caller, { method, path, sourceIp: undefined, origin: undefined }, routes)?.cause;
  expect(ask('GET', '/v1/catalog/shoes')).toBeUndefined();
  expect(ask('POST', '/v1/catalog/shoes')).toBe('route_not_public');
  expect(ask('GET', '/v1/orders')).toBe('route_not_public');
});

test('whose the key is goes with a refusal only where its secret was verified', () => {
  const refusal = (cause: 'unknown_key' | 'wrong_secret' | 'key_revoked' | 'tenant_mismatch') =>
    ({ allowed: false, code: 'authentication_failed', cause, keyId: credential.keyId }) as const;
  const records = { credential, tenant, product, api };
  const owner = { tenantId: 'tenant_acme', environment: 'sandbox', keyType: 'secret' };
  for (const cause of ['key_revoked', 'tenant_mismatch'] as const)
    expect(withOwner(refusal(cause), records)).toEqual({ ...refusal(cause), owner });
  for (const cause of ['unknown_key', 'wrong_secret'] as const)
    expect(withOwner(refusal(cause), records)).toEqual(refusal(cause));
  expect(withOwner(refusal('key_revoked'), { ...records, credential: undefined })).not.toHaveProperty(
    'owner',
  );
  const caller = identify(key, sent('tenant_acme'), records, pepper, now);
  expect(withOwner(caller, records)).toBe(caller);
});

test('the secret that a text is comes with its end, and neither of two is missed', () => {
  const find = (text: string) => matchingSecret(text, credential, pepper);
  expect(find(key.text)).toEqual({
    id: 'new',
    digest: credential.digests.new,
    endsAt: Number.POSITIVE_INFINITY,
  });
  expect(find(older.text)).toMatchObject({ id: 'old', endsAt: Date.parse(future) });
  expect([find('x'), find(''), matchingSecret(key.text, undefined, pepper)]).toEqual([
    undefined,
    undefined,
    undefined,
  ]);
});
