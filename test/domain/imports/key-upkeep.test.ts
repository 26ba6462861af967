import { expect, test } from '@jest/globals';
import type { CredentialRecord, SubscriptionRecord } from '../../../core/domain/decision/decision.ts';
import { needsUpkeep, renewalEvent, upkeepOf } from '../../../core/domain/imports/key-upkeep.ts';
import { fingerprintOf } from '../../../core/domain/keys/foreign-key.ts';
import { Pepper } from '../../../core/domain/keys/pepper.ts';
import { context, NOW } from '../context.ts';

const versions = { v1: 'p'.repeat(64), v2: 'q'.repeat(64) };
const old = Pepper.parse(JSON.stringify({ current: 'v1', ...versions }));
const pepper = Pepper.parse(JSON.stringify({ current: 'v2', ...versions }));
const ID = '000000000001';
const FOREIGN = fingerprintOf('issued-elsewhere-0001');

const key = (digest: object, imported?: Record<string, string | null>) =>
  ({
    ...{
      keyId: `key_${ID}`,
      type: 'secret',
      tenantId: 'tenant_acme',
      secrets: [{ id: 'a' }],
      digests: { a: digest },
    },
    ...(imported && { imported }),
  }) as never as CredentialRecord;
const subscription = (digest: object) =>
  ({
    ...{ subscriptionId: `sub_${ID}`, tenantId: 'tenant_acme', productId: 'prod_1' },
    digests: { primary: { pepper: 'v2', hmac: '' }, secondary: digest },
  }) as never as SubscriptionRecord;

test('there is something to do for an old digest, and for the first use of an imported key, and else nothing', () => {
  const use = (by: Pepper, imported?: Record<string, string | null>) =>
    needsUpkeep({ secretId: 'a', digest: by.digest('x') }, imported && ({ imported } as never), pepper);
  expect([use(old), use(pepper), use(pepper, { a: null })]).toEqual([true, false, true]);
  expect([use(pepper, { a: NOW.toISOString() }), use(pepper, { b: null }), use(pepper, {})]).toEqual([
    false,
    false,
    false,
  ]);
});

test('a key of this operator’s under an old pepper gets a digest under the current one', () => {
  expect(upkeepOf(ID, key(old.digest('text')), 'text', pepper)).toEqual({
    ...{ secretId: 'a', alias: undefined, isFirstUse: false },
    renewal: { from: old.digest('text'), to: pepper.digest('text') },
  });
  expect(upkeepOf(ID, key(pepper.digest('text')), 'text', pepper)).toMatchObject({ renewal: undefined });
});

test('an imported key is to be found under the current pepper too, and its first use is noted once', () => {
  const upkeep = (by: Pepper, use: string | null) =>
    upkeepOf(ID, key(by.digest(FOREIGN), { a: use }), FOREIGN, pepper);
  expect(upkeep(old, null)).toMatchObject({
    ...{ alias: { credentialId: ID, tenantId: 'tenant_acme' }, isFirstUse: true },
  });
  expect(upkeep(pepper, null)).toMatchObject({ alias: undefined, renewal: undefined, isFirstUse: true });
  expect(upkeep(pepper, NOW.toISOString())?.isFirstUse).toBe(false);
  expect(upkeepOf(ID, subscription(old.digest(FOREIGN)), FOREIGN, pepper)).toMatchObject({
    ...{ secretId: 'secondary', alias: { credentialId: ID, tenantId: 'tenant_acme', productId: 'prod_1' } },
  });
});

test('a first use is of an imported key: none of this operator’s own is one', () => {
  expect(upkeepOf(ID, key(old.digest('text'), { a: null }), 'text', pepper)).toMatchObject({
    isFirstUse: false,
  });
});

test('nothing is done on anybody’s word: a text that is not the credential’s leaves nothing to do', () => {
  expect(upkeepOf(ID, key(old.digest('text')), 'other', pepper)).toBeUndefined();
  expect(upkeepOf(ID, undefined, 'text', pepper)).toBeUndefined();
});

test('a renewal is told by the versions of the pepper, and never by a digest', () => {
  const change = { from: old.digest('text'), to: pepper.digest('text') };
  const event = renewalEvent(key(change.from), 'a', change, context());
  expect(event).toMatchObject({
    ...{ type: 'apiKey.updated', tenantId: 'tenant_acme', subject: { type: 'apiKey', id: `key_${ID}` } },
    data: { from: { pepper: 'v1' }, to: { pepper: 'v2' }, secret: 'a' },
  });
  for (const { hmac } of Object.values(change)) expect(JSON.stringify(event)).not.toContain(hmac);
  expect(renewalEvent(subscription(change.from), 'secondary', change, context()).subject).toEqual({
    ...{ type: 'subscription', id: `sub_${ID}` },
  });
});
