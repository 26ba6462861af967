import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { ApiKey } from '../../../core/domain/keys/api-key.ts';
import { createKey, rotateKey } from '../../../core/domain/keys/api-key-lifecycle.ts';
import type { ProtectedApi } from '../../../core/domain/products/protected-api.ts';
import type { Subscription } from '../../../core/domain/products/subscription.ts';
import {
  bareKey,
  leakOfApiKey,
  leakOfClientKey,
  leakOfSubscription,
} from '../../../core/domain/security/leak.ts';
import { createTenant } from '../../../core/domain/tenants/tenant.ts';
import { context, later, NOW } from '../context.ts';

const tenant = createTenant({ tenantId: 'tenant_acme', name: 'Acme' }, context()).state;
const secret = (id: string) => ({ id, hint: id.slice(0, 4), digest: { pepper: 'v1', hmac: id } });
const input = { keyId: 'key_1', name: 'A', type: 'secret', environment: 'live', role: 'reader' } as const;
const single = createKey(tenant, input, secret('first'), context()).state;
const key = rotateKey(single, tenant, { overlapSeconds: 60, secret: secret('second') }, context()).state;
const SOURCE = { by: 'github', url: 'https://example.com', place: 'commit' } as const;
const REVOKE = { leakResponse: 'revoke' } as const;
const NOTIFY = { leakResponse: 'notify' } as const;

describe('a leaked secret of a key', () => {
  test('takes the key with it where it is the newest, and the tenant wants that', () => {
    const { outcome, change } = leakOfApiKey(key, 'second', REVOKE, SOURCE, context());
    expect([outcome, change?.state.status, change?.state.revision]).toEqual(['ended', 'revoked', 3]);
    expect(change?.event).toMatchObject({
      ...{ type: 'apiKey.leaked', tenantId: 'tenant_acme', subject: { type: 'apiKey', id: 'key_1' } },
      data: { hint: 'seco', response: 'keyRevoked', source: SOURCE },
    });
  });

  test('ends alone, digest and all, where a rotation has replaced it', () => {
    const { outcome, change } = leakOfApiKey(key, 'first', REVOKE, SOURCE, context());
    expect([outcome, change?.state.status]).toEqual(['ended', 'active']);
    expect(change?.state.secrets.map(({ id }) => id)).toEqual(['second']);
    expect(Object.keys(change?.state.digests ?? {})).toEqual(['second']);
    expect(change?.event.data).toMatchObject({ response: 'secretEnded', hint: 'firs' });
  });

  test('is told once where the tenant wants that, and works on', () => {
    const { outcome, change } = leakOfApiKey(key, 'first', NOTIFY, SOURCE, context());
    expect(outcome).toBe('reported');
    expect(change?.state.secrets.map(({ leakedAt }) => leakedAt)).toEqual([undefined, NOW.toISOString()]);
    expect(change?.state.digests).toEqual(key.digests);
    expect(change?.event.data.response).toBe('notified');
    expect(leakOfApiKey(change?.state as ApiKey, 'first', NOTIFY, SOURCE, context())).toEqual({ outcome });
  });

  test.each([
    ['of a key that was revoked', { ...key, status: 'revoked' as const }, 'second', NOW],
    ['of a key that has expired', { ...key, expiresAt: NOW.toISOString() }, 'second', NOW],
    ['whose overlap is over', key, 'first', later(60_000)],
    ['that the key has no more', key, 'third', NOW],
  ])('%s has ended already', (_, of, id, now) => {
    for (const settings of [REVOKE, NOTIFY])
      expect(leakOfApiKey(of, id, settings, SOURCE, context({ now }))).toEqual({ outcome: 'ended' });
  });

  test('of a publishable key is meant to be seen, and a disabled one’s is none', () => {
    const publishable = { ...key, type: 'publishable' as const };
    expect(leakOfApiKey(publishable, 'second', REVOKE, SOURCE, context())).toEqual({ outcome: 'public' });
    const disabled = { ...key, status: 'disabled' as const };
    expect(leakOfApiKey(disabled, 'second', REVOKE, SOURCE, context()).change).toBeDefined();
  });
});

describe('a leaked key of a subscription', () => {
  const subscription: Subscription = {
    ...{ subscriptionId: 'sub_1', tenantId: 'tenant_acme', productId: 'prod_1', name: 'S', revision: 1 },
    ...{ environment: 'live', state: 'active', createdAt: NOW.toISOString(), createdBy: 'x' },
    slots: {
      primary: { createdAt: NOW.toISOString(), hint: 'aaaa' },
      secondary: { createdAt: NOW.toISOString(), hint: 'bbbb' },
    },
    digests: { primary: secret('p').digest, secondary: secret('s').digest },
  };
  const leak = (of: Subscription, settings: typeof REVOKE | typeof NOTIFY) =>
    leakOfSubscription(of, 'secondary', settings, SOURCE, context());

  test('ends where the tenant wants that, and the other one works on', () => {
    const { outcome, change } = leak(subscription, REVOKE);
    expect(outcome).toBe('ended');
    expect(change?.state.digests).toEqual({
      primary: secret('p').digest,
      secondary: { pepper: 'v1', hmac: '' },
    });
    expect(change?.state.slots.secondary.leakedAt).toBe(NOW.toISOString());
    expect(change?.state.slots.primary).toEqual(subscription.slots.primary);
    expect(change?.event).toMatchObject({
      ...{ type: 'apiKey.leaked', subject: { type: 'subscription', id: 'sub_1' } },
      data: { slot: 'secondary', hint: 'bbbb', response: 'slotEnded', source: SOURCE },
    });
  });

  test('is told once where the tenant wants that, and works on', () => {
    const { outcome, change } = leak(subscription, NOTIFY);
    expect([outcome, change?.state.revision, change?.event.data.response]).toEqual([
      'reported',
      2,
      'notified',
    ]);
    expect(change?.state.digests).toEqual(subscription.digests);
    expect(leak(change?.state as Subscription, NOTIFY)).toEqual({ outcome: 'reported' });
  });

  test.each(['cancelled', 'rejected'] as const)('of one that was %s has ended already', (state) => {
    for (const settings of [REVOKE, NOTIFY])
      expect(leak({ ...subscription, state }, settings)).toEqual({ outcome: 'ended' });
  });
});

test('a leaked client key is told once to its API’s admins, and never ended by a report', () => {
  const clientKey = { digest: secret('c').digest, createdAt: NOW.toISOString(), hint: 'cccc' };
  const api = { apiId: 'api_1', clientKey, revision: 1 } as ProtectedApi;
  const { outcome, change } = leakOfClientKey(api, SOURCE, context());
  expect([outcome, change?.state.revision]).toEqual(['reported', 2]);
  expect(change?.state.clientKey).toEqual({ ...clientKey, leakedAt: NOW.toISOString() });
  expect(change?.event).toMatchObject({
    ...{ type: 'apiKey.leaked', tenantId: null, subject: { type: 'api', id: 'api_1' } },
    data: { hint: 'cccc', response: 'notified', source: SOURCE },
  });
  expect(leakOfClientKey(change?.state as ProtectedApi, SOURCE, context())).toEqual({ outcome });
  const { clientKey: _, ...without } = api;
  expect(leakOfClientKey(without, SOURCE, context())).toEqual({ outcome: 'unknown' });
});

describe('a pasted key is read without what is around it', () => {
  const KEY = 'acme_sk_live_0123456789';
  test.each([
    ` ${KEY}\n`,
    `"${KEY}",`,
    `Bearer ${KEY}`,
    `Authorization: Bearer ${KEY}`,
    `x-api-key: ${KEY}`,
    `Ocp-Apim-Subscription-Key: ${KEY}`,
    `"apiKey": "${KEY}"`,
    `token='${KEY}';`,
    `: ${KEY}`,
    `= ${KEY}`,
    `\ufeff“${KEY}”`,
    KEY,
  ])('%j', (text) => {
    expect(bareKey(text)).toBe(KEY);
  });

  test('and keeps what a foreign key may end in', () => {
    expect(bareKey('Bearer abc=')).toBe('abc=');
    expect(bareKey('abc:')).toBe('abc:');
    expect(bareKey('')).toBe('');
  });

  test('and a bare key stays what it is', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'aZ09_-'), minLength: 1 }), (text) => {
        expect(bareKey(text)).toBe(text);
        expect(bareKey(`"Bearer ${text}"`)).toBe(text);
      }),
    );
  });
});
