import { expect, test } from '@jest/globals';
import { type KeyOwner, refusal } from '../../../core/domain/decision/decision.ts';

test.each([
  ...['tenant_mismatch', 'environment_mismatch', 'product_not_subscribed'].map((same) => [same, same]),
  ...['pending', 'suspended', 'cancelled', 'rejected'].map((state) => [
    `subscription_${state}`,
    'subscription_not_active',
  ]),
  ...['no_token', 'invalid_token', 'token_of_other_client'].map((cause) => [cause, 'invalid_token']),
  ...['no_key', 'unknown_key', 'wrong_secret', 'key_revoked', 'key_expired', 'secret_expired'].map(
    (cause) => [cause, 'authentication_failed'],
  ),
  ...['unknown_tenant', 'tenant_suspended', 'no_client_key', 'wrong_client_key'].map((cause) => [
    cause,
    'authentication_failed',
  ]),
])('of %s a caller is told %s', (cause, code) => {
  expect(refusal(cause as never)).toEqual({ allowed: false, cause, code });
});

test('whose a key is says no more than that', () => {
  const owner: KeyOwner = { tenantId: 'tenant_acme', environment: 'live', keyType: 'secret' };
  const told = refusal('key_revoked', 'key_yAlP9B8aUrgK', { ...owner, name: 'CI' } as KeyOwner);
  expect(told).toMatchObject({ keyId: 'key_yAlP9B8aUrgK' });
  expect(told.owner).toEqual(owner);
});
