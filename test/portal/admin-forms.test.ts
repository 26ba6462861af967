import { describe, expect, test } from '@jest/globals';
import { changesOf, draftOf, fieldsOf } from '../../portal/src/admin/keys/changed-key.ts';
import { keyCommand } from '../../portal/src/admin/keys/key-command.ts';
import { narrowable, reachOf } from '../../portal/src/admin/keys/key-reach.ts';
import { withAddress } from '../../portal/src/admin/keys/new-key.ts';
import { withPolicy, withRule } from '../../portal/src/admin/tenants/key-policies.ts';
import { headIn } from '../../portal/src/admin/watch/head-text.ts';
import { askedBy } from '../../portal/src/shared/explain/asked.ts';
import { wayToMend } from '../../portal/src/shared/explain/mending.ts';
import { keywright } from '../../portal/src/shared/show/command-line.ts';
import { unknownIn } from './support/known-command.ts';

const KEY = {
  ...{ keyId: 'key_0123456789AB', tenantId: 'tenant_acme', name: 'Shop', type: 'secret', role: 'writer' },
  ...{ environment: 'live', permissions: null, allowedCidrs: ['203.0.113.0/24'], allowedOrigins: [] },
  expiresAt: '2027-01-01T08:30:00.000Z',
  rateLimits: [
    { limit: 600, windowSeconds: 60 },
    { limit: 9, windowSeconds: 1 },
  ],
  metadata: { team: 'web' },
} as unknown as Parameters<typeof draftOf>[0];
const NOON = Date.parse('2026-11-22T12:00:00.000Z');

test('an edit sends what was changed and nothing else, so that nobody’s change is undone unseen', () => {
  const [before, first] = [fieldsOf(KEY), draftOf(KEY)];
  const changes = (part: object) => changesOf(before, first, { ...first, ...part }, NOON);
  expect(changes({})).toEqual({});
  expect(changes({ name: ' Shop window ' })).toEqual({ name: 'Shop window' });
  expect(changes({ permissions: ['orders:read'] })).toEqual({ permissions: ['orders:read'] });
  expect(changes({ cidrs: '' })).toEqual({ allowedCidrs: [] });
  expect(changes({ ends: '' })).toEqual({ expiresAt: null });
  expect(changes({ metadata: [] })).toEqual({ metadata: {} });
  // Those of other windows are not in the form, and stay.
  expect(changes({ perMinute: '' })).toEqual({ rateLimits: [{ limit: 9, windowSeconds: 1 }] });
  const narrowed = { ...KEY, permissions: ['orders:read'] };
  const all = { ...draftOf(narrowed), permissions: [] };
  expect(changesOf(fieldsOf(narrowed), draftOf(narrowed), all, NOON)).toEqual({ permissions: null });
});

test('a key policy that asks nothing is taken away where there was one, and else not sent', () => {
  const settings = { requireApproval: false, leakResponse: 'revoke' } as const;
  const before = { ...settings, keyPolicies: { live: { maxLifetimeDays: 90 } } };
  expect(withPolicy(before, 'live', {}, before).keyPolicies).toEqual({ live: null });
  expect(withPolicy(before, 'sandbox', {}, before)).toEqual(before);
  expect(withPolicy(settings, 'sandbox', {}, settings)).toEqual(settings);
  const asked = withPolicy(before, 'sandbox', withRule({}, 'cidrRequired', true), before);
  expect(asked.keyPolicies).toEqual({ ...before.keyPolicies, sandbox: { cidrRequired: true } });
  expect(withRule({ cidrRequired: true, rotateEveryDays: 30 }, 'cidrRequired', false)).toEqual({
    rotateEveryDays: 30,
  });
  expect(withRule({ rotateEveryDays: 30 }, 'rotateEveryDays', undefined)).toEqual({});
});

test('a network that is to be added is, beside those that are there', () => {
  expect(draftOf(KEY, '198.51.100.0/24').cidrs.split('\n')).toEqual(['203.0.113.0/24', '198.51.100.0/24']);
  expect(draftOf(KEY, '203.0.113.0/24').cidrs).toBe('203.0.113.0/24');
  // None for any network: one alone would shut out all others.
  expect(draftOf({ ...KEY, allowedCidrs: [] }, '198.51.100.0/24').cidrs).toBe('');
});

test('one’s own address is added beside the networks that are there, and once', () => {
  expect(withAddress('', '203.0.113.7')).toBe('203.0.113.7');
  expect(withAddress('198.51.100.0/24, ', '203.0.113.7')).toBe('198.51.100.0/24\n203.0.113.7');
  expect(withAddress('203.0.113.7', '203.0.113.7')).toBe('203.0.113.7');
});

describe('what a key can call', () => {
  const route = (method: string, path: string, permission: string | null = null, isPublic = false) =>
    ({ method, path, permission, public: isPublic }) as Parameters<
      typeof reachOf
    >[0][number]['routes'][number];
  const api = (name: string, routes: ReturnType<typeof route>[], part: object = {}) =>
    ({ apiId: name, name, environment: 'live', scheme: 'tenant', routes, ...part }) as Parameters<
      typeof reachOf
    >[0][number];
  const orders = api('orders', [
    route('GET', '/v1/orders', 'orders:read'),
    route('POST', '/v1/orders', 'orders:write'),
    route('GET', '/v1/invoices/{id}'),
    route('ANY', '/v1/refunds'),
    route('GET', '/v1/products', null, true),
  ]);
  const apis = [
    orders,
    api('bare', []),
    api('elsewhere', [route('GET', '/x', null, true)], { environment: 'sandbox' }),
    api('subscribed', [route('GET', '/y', null, true)], { scheme: 'subscription' }),
  ];
  const reach = (permissions: string[], type: 'secret' | 'publishable' = 'secret') =>
    reachOf(apis, { environment: 'live', type, permissions }).map(({ name, routes }) => [name, routes]);

  test('is what the authorizer lets it: by a route’s permission, or else by the path’s resource', () => {
    expect(reach(['orders:*'])).toEqual([
      ['orders', ['GET /v1/orders', 'POST /v1/orders', 'GET /v1/products']],
      ['bare', []],
    ]);
    expect(reach(['*:read'])[0]).toEqual([
      'orders',
      ['GET /v1/orders', 'GET /v1/invoices/{id}', 'GET /v1/refunds', 'GET /v1/products'],
    ]);
    expect(reach(['refunds:read', 'refunds:write'])[0]?.[1]).toContain('ANY /v1/refunds');
  });

  test('is of a publishable one the public routes, whatever its role has', () => {
    expect(reach(['*:*'], 'publishable')).toEqual([['orders', ['GET /v1/products']]]);
  });

  test('can be narrowed one by one, also where the role has everything', () => {
    expect(narrowable(['orders:*', 'stock:read'], apis)).toEqual([
      ...['orders:read', 'orders:write', 'stock:read'],
    ]);
    expect(narrowable(['*:read'], apis, ['stock:write', '*:*'])).toEqual([
      ...['invoices:read', 'orders:read', 'refunds:read', 'stock:read'],
    ]);
    expect(narrowable(['*:*'], [])).toEqual(['*:read', '*:write']);
    // What it is narrowed to already is never out of sight.
    expect(narrowable(['orders:*'], apis, [], ['*:read'])).toContain('*:read');
  });
});

test('of what is pasted to be explained, nothing goes anywhere but the ids of requests and keys', () => {
  const secret = `sk_live_0123456789AB${'x'.repeat(38)}`;
  expect(askedBy(` ${secret}\n`)).toEqual({ kind: 'key', id: 'key_0123456789AB' });
  expect(askedBy(`acme_${secret.replace('sk', 'sub')}`)).toEqual({
    kind: 'subscription',
    id: 'sub_0123456789AB',
  });
  expect(askedBy('JKJaXmPLvHcESHA=')).toEqual({ kind: 'request', id: 'JKJaXmPLvHcESHA=' });
  const uuid = '5f8f1b5e-54a3-4a7c-9f57-0d1b7a3f7c11';
  expect(askedBy(uuid)).toEqual({ kind: 'request', id: uuid });
  for (const other of [
    ...['', 'x', 'Bearer a.b.c', '<script>alert(1)</script>', `${uuid}x`, '../../audit', 'sk-proj-abcdef'],
    secret.slice(0, -1),
    secret.replace('sk', 'ck'),
    'AKIAIOSFODNN7EXAMPLE',
  ])
    expect([other, askedBy(other)]).toEqual([other, undefined]);
});

test('what mends a refusal leads to a page of the tenant whose key it is', () => {
  const refusal = { cause: 'network_not_allowed', keyId: 'key_0123456789AB', tenantId: 'tenant_acme' };
  const way = (part: object, operation: string | null) =>
    wayToMend({ ...refusal, ...part, mend: { operation } })?.href;
  const key = '/admin/tenants/tenant_acme/keys/key_0123456789AB';
  expect(way({ network: '198.51.100.0/24' }, 'updateKey')).toBe(`${key}/edit?network=198.51.100.0%2F24`);
  expect(way({ network: '-' }, 'updateKey')).toBe(`${key}/edit?`);
  expect(way({ cause: 'key_disabled' }, 'enableKey')).toBe(`${key}?do=enable`);
  expect(way({ keyId: 'sub_0123456789AB' }, 'enableKey')).toBeUndefined();
  expect(way({ tenantId: null }, 'enableKey')).toBeUndefined();
  expect(way({}, null)).toBeUndefined();
  expect(way({}, 'constructor')).toBeUndefined();
  expect(way({ tenantId: '../x', keyId: null }, 'createKey')).toBe('/admin/tenants/..%2Fx/keys/new');
});

test('a head is read as it is written, and as nothing else', () => {
  const hash = 'd3'.repeat(32);
  expect(headIn(` 28:${hash} `)).toEqual({ seq: 28, hash });
  for (const other of ['', '28', `0:${hash}`, `28:${hash}0`, `28:${hash.toUpperCase()}`])
    expect(headIn(other)).toBeUndefined();
});

test('a command says what a form says, each value as one word of a shell', () => {
  const command = (fields: Parameters<typeof keyCommand>[2]) =>
    keyCommand('tenant_acme', ['update', 'key_1'], fields);
  expect(
    keywright(['subscriptions', 'reject', 'sub_1'], { reason: "it's late; $(rm x)", note: undefined }),
  ).toBe("keywright subscriptions reject sub_1 --reason 'it'\\''s late; $(rm x)'");
  expect(keywright(['keys', 'get', ''])).toBe("keywright keys get ''");
  expect(command(KEY)).toBe(
    "keywright keys update key_1 --tenant tenant_acme --name Shop --type secret --environment live --role writer --permissions none --expires 2027-01-01T08:30:00.000Z --cidrs 203.0.113.0/24 --origins '' --rate-limits 600/60s,9/1s --metadata 'team=web'",
  );
  expect(command({ expiresAt: null, permissions: ['orders:read', 'invoices:*'] })).toBe(
    "keywright keys update key_1 --tenant tenant_acme --permissions 'orders:read,invoices:*' --expires never",
  );
  // What the command would read otherwise has none.
  for (const metadata of [{ team: 'a,b' }, { 'a=b': 'c' }, { 'a,b': 'c' }])
    expect(command({ metadata })).toBeUndefined();
});

test('a command that is not there, and options that it does not take, are told', async () => {
  const unknown = async (text: string) => (await unknownIn(text)).length;
  expect(await unknown("keywright keys revoke key_1 --tenant tenant_acme --reason 'it'\\''s late'")).toBe(0);
  expect(await unknown("keywright apis update api_1 --file - <<'END'\n{}\nEND")).toBe(0);
  expect(await unknown('keywright apis client-key regenerate api_1')).toBe(0);
  for (const text of [
    ...['', 'keywright keys burn key_1', 'keywright key revoke key_1', 'keywright keys revoke'],
    ...['keywright keys revoke key_1 key_2', 'keywright keys revoke key_1 --why x'],
  ])
    expect([text, await unknown(text)]).toEqual([text, 1]);
});
