import { expect, test } from '@jest/globals';
import { REFUSALS } from '../../../core/contract/refusals.ts';
import { CAUSES, type Cause, type CauseMeaning, meaningOf } from '../../../core/domain/decision/causes.ts';

const causesWhere = (holds: (meaning: CauseMeaning) => boolean) =>
  Object.keys(CAUSES).filter((cause) => holds(meaningOf(cause)));

test('a cause without a row does not compile', () => {
  const { no_key, ...others } = CAUSES;
  // @ts-expect-error Property 'no_key' is missing
  const incomplete: Readonly<Record<Cause, CauseMeaning>> = others;
  expect([no_key.code, 'no_key' in incomplete]).toEqual(['authentication_failed', false]);
});

test('every code has a cause', () => {
  const codes = new Set(Object.values(CAUSES).map(({ code }) => code));
  expect([...codes].sort()).toEqual(Object.keys(REFUSALS).sort());
});

test('a key’s owner hears of no refusal that came before its secret was verified', () => {
  expect(causesWhere(({ against }) => !against.includes('owner'))).toEqual([
    ...['no_key', 'malformed_key', 'two_keys', 'no_tenant', 'unknown_key', 'wrong_secret'],
    ...['no_context', 'unknown_api', 'unavailable'],
  ]);
});

test('a made-up key counts against nobody but the network that it came from', () => {
  expect(causesWhere(({ against }) => against.join() === 'network')).toEqual([
    ...['no_key', 'malformed_key', 'two_keys', 'unknown_key'],
  ]);
});

test('refusals of an identified caller count against no network, and an outage against nobody', () => {
  expect(causesWhere(({ against }) => against.join() === 'owner')).toEqual([
    ...['network_not_allowed', 'origin_not_allowed', 'permission_missing', 'scope_missing'],
    'route_not_public',
    ...['rate_limit_exceeded', 'quota_exceeded'],
  ]);
  expect(causesWhere(({ against }) => against.length === 0)).toEqual(['unavailable']);
});

test('only who presents what is no valid key is taken to guess', () => {
  expect(causesWhere(({ sign }) => sign === 'guess')).toEqual([
    ...['malformed_key', 'unknown_key', 'wrong_secret'],
  ]);
  expect(causesWhere(({ sign }) => sign === 'ended')).toEqual([
    ...['key_revoked', 'key_disabled', 'key_expired', 'secret_expired'],
  ]);
});

test('what is sent beside a key ends no grace; what is said of key, tenant or subscription does', () => {
  expect(causesWhere(({ endsGrace }) => endsGrace)).toEqual([
    ...['unknown_key', 'wrong_secret', 'key_revoked', 'key_disabled', 'key_expired', 'secret_expired'],
    ...['unknown_tenant', 'tenant_suspended', 'environment_mismatch', 'product_not_subscribed'],
    ...['subscription_pending', 'subscription_suspended', 'subscription_cancelled', 'subscription_rejected'],
  ]);
});

test.each(['subscription_of_tomorrow', 'constructor'])('%s, which is no cause, grants nothing', (cause) => {
  expect(meaningOf(cause)).toMatchObject({ code: 'authentication_failed', endsGrace: true });
});
