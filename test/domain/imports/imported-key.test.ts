import { describe, expect, test } from '@jest/globals';
import {
  idOfRow,
  importedSecret,
  importedUseOf,
  keyOfCredential,
  ownerOf,
  releaseAlias,
} from '../../../core/domain/imports/imported-key.ts';
import type { ApiKey } from '../../../core/domain/keys/api-key.ts';
import { fingerprintOf } from '../../../core/domain/keys/foreign-key.ts';
import { KeyFormat } from '../../../core/domain/keys/key-format.ts';
import { Pepper } from '../../../core/domain/keys/pepper.ts';
import type { Subscription } from '../../../core/domain/products/subscription.ts';
import { context, later, NOW } from '../context.ts';

const pepper = Pepper.parse(JSON.stringify({ current: 'v2', v1: 'p'.repeat(64), v2: 'q'.repeat(64) }));
const keyFormat = new KeyFormat('acme');
const given = { keyFormat, pepper, takesDigests: false };
const TEXT = 'issued-elsewhere-0000001';
const fingerprint = fingerprintOf(TEXT);

describe('an issued key', () => {
  test('is kept as a digest of its fingerprint, and its last characters', () => {
    expect(importedSecret({ key: TEXT }, given)).toEqual({
      ...{ fingerprint, digest: pepper.digest(fingerprint), hint: '0001', imported: true },
    });
  });

  test('is kept without a hint where it is too short to lose four characters', () => {
    expect(importedSecret({ key: 'x'.repeat(24) }, given).hint).toBe('xxxx');
    expect(importedSecret({ key: 'x'.repeat(23) }, given).hint).toBe('');
  });

  test('is taken as a digest of those alone who may, and then has no hint', () => {
    const bring = (takesDigests: boolean, param?: string) => () =>
      importedSecret({ sha256: fingerprint }, { ...given, takesDigests }, param);
    expect(bring(true)()).toMatchObject({ fingerprint, digest: pepper.digest(fingerprint), hint: '' });
    const forbidden = (param: string) => expect.objectContaining({ code: 'forbidden', param });
    expect(bring(false)).toThrow(forbidden('sha256'));
    expect(bring(false, 'keys.primary')).toThrow(forbidden('keys.primary'));
  });

  test('that is this operator’s own is none, and is not repeated in the answer', () => {
    const own = keyFormat.mint('sk', 'live', 'yAlP9B8aUrgK', (count) => new Uint8Array(count));
    const bring = () => importedSecret({ key: own }, given, 'row.key');
    expect(bring).toThrow(expect.objectContaining({ code: 'invalid_request', param: 'row.key' }));
    expect(bring).not.toThrow(own);
  });
});

test('a row’s id follows from its keys and where they go, by the oldest digest of each, and from nothing else', () => {
  const digests = (text: string) => pepper.digests(text);
  const place = { tenantId: 'tenant_acme', productId: 'prod_1' };
  const id = idOfRow(place, [digests('a'), digests('b')]);
  expect(id).toMatch(/^[0-9A-Za-z]{12}$/);
  const others = [
    idOfRow({ ...place, tenantId: 'tenant_other' }, [digests('a'), digests('b')]),
    idOfRow({ ...place, productId: 'prod_2' }, [digests('a'), digests('b')]),
    idOfRow({ tenantId: 'tenant_acme' }, [digests('a'), digests('b')]),
    idOfRow(place, [digests('b'), digests('a')]),
    idOfRow(place, [digests('a')]),
    idOfRow(place, [digests('a'), digests('b')], 1),
    idOfRow(place, [digests('a'), digests('b')], 2),
  ];
  expect(new Set([id, ...others]).size).toBe(others.length + 1);
  expect(idOfRow(place, [digests('a').slice(0, 1), digests('b').slice(0, 1)], 0)).toBe(id);
});

test.each([
  ['was not imported', undefined, false, undefined],
  ['was used', { a: NOW.toISOString() }, true, 'used'],
  ['was used by one of two keys', { a: null, b: NOW.toISOString() }, false, 'used'],
  ['waits for its first use', { a: null }, false, 'unused'],
  ['ended before', { a: null }, true, 'ended'],
  ['lost that key before', { gone: null }, false, 'ended'],
  ['has a key that a name of every object is none of', { constructor: null }, false, 'ended'],
] as const)('a credential that %s', (_, imported, isFinal, use) => {
  const digests = { a: pepper.digest('a'), b: pepper.digest('b') };
  const credential = { digests, ...(imported && { imported }) } as never as Parameters<
    typeof importedUseOf
  >[0];
  expect(importedUseOf(credential, isFinal)).toBe(use);
});

test('whom a text leads to is a key, or with a product a subscription', () => {
  const alias = { credentialId: '000000000001', tenantId: 'tenant_acme' };
  expect(ownerOf(alias)).toEqual({ type: 'apiKey', id: 'key_000000000001' });
  expect(ownerOf({ ...alias, productId: 'prod_1' })).toEqual({
    type: 'subscription',
    id: 'sub_000000000001',
  });
});

describe('a text is released', () => {
  const alias = { credentialId: '000000000001', tenantId: 'tenant_acme' };
  const digest = pepper.digest(fingerprint);
  const key = {
    ...{ keyId: 'key_000000000001', type: 'secret', status: 'active', digests: { a: digest } },
    secrets: [{ id: 'a', createdAt: NOW.toISOString(), hint: '0001', expiresAt: later(5).toISOString() }],
  } as never as ApiKey;
  const subscription = {
    ...{ subscriptionId: 'sub_000000000001', state: 'active' },
    digests: { primary: pepper.digest('other'), secondary: digest },
  } as never as Subscription;
  const release = (credential: ApiKey | Subscription, now = NOW) =>
    releaseAlias(alias, credential, { fingerprint, pepper }, context({ now }));

  test.each([
    ['was revoked', { ...key, status: 'revoked' }, NOW],
    ['has expired', { ...key, expiresAt: NOW.toISOString() }, NOW],
    ['has another secret by now', { ...key, digests: { a: pepper.digest('other') } }, NOW],
    ['lost that secret to the end of its overlap', key, later(5)],
    ['was cancelled', { ...subscription, state: 'cancelled' }, NOW],
    ['was rejected', { ...subscription, state: 'rejected' }, NOW],
    [
      'has other keys by now',
      { ...subscription, digests: { primary: pepper.digest('x'), secondary: pepper.digest('y') } },
      NOW,
    ],
  ] as [string, ApiKey | Subscription, Date][])('by a credential that %s', (_, credential, now) => {
    const { state, event } = release(credential, now);
    expect(state).toEqual({ ...alias, released: true });
    expect(event).toMatchObject({
      ...{ type: 'apiKey.released', tenantId: 'tenant_acme', data: {} },
      subject: { type: 'apiKey', id: 'key_000000000001' },
    });
  });

  test.each([
    ['is active', key],
    ['is disabled, and may be enabled', { ...key, status: 'disabled' }],
    ['is an active subscription', subscription],
    ['is suspended, and may be resumed', { ...subscription, state: 'suspended' }],
    [
      'can’t be told, under a pepper that is gone',
      {
        ...subscription,
        digests: { primary: { pepper: 'v9', hmac: '' }, secondary: { pepper: 'v9', hmac: '' } },
      },
    ],
  ] as [string, ApiKey | Subscription][])('by none that %s', (_, credential) => {
    const refused = expect.objectContaining({
      code: 'invalid_state',
      message: expect.stringContaining('opens key_000000000001 of tenant_acme still'),
    });
    expect(() => release(credential, later(4))).toThrow(refused);
  });
});

test('a foreign key is checked as a key of its credential’s, of the kind that its header is for', () => {
  const foreign = (scheme: 'tenant' | 'subscription') => ({ kind: 'foreign', scheme, text: TEXT }) as const;
  const as = (scheme: 'tenant' | 'subscription', credential?: object) =>
    keyOfCredential(foreign(scheme), '000000000001', credential as never);
  expect(as('tenant', { type: 'secret', environment: 'sandbox' })).toEqual({
    ...{ kind: 'sk', environment: 'sandbox', id: '000000000001', text: fingerprint },
  });
  expect(as('tenant', { type: 'publishable', environment: 'live' }).kind).toBe('pk');
  expect(as('subscription', { type: 'publishable', environment: 'live' }).kind).toBe('sub');
  expect(as('tenant')).toMatchObject({ kind: 'sk', environment: 'live' });
});
