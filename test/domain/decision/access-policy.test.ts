import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { accessPolicy, policyAllows } from '../../../core/domain/decision/access-policy.ts';
import { permissionRefusal } from '../../../core/domain/decision/checks.ts';
import type { Caller } from '../../../core/domain/decision/decision.ts';
import { AllowedNetworks } from '../../../core/domain/keys/network.ts';
import type { ApiRoute } from '../../../core/domain/products/protected-api.ts';
import { RouteTable } from '../../../core/domain/products/route-table.ts';
import { Permissions } from '../../../core/domain/tenants/permission.ts';

const stageArn = 'arn:aws:execute-api:eu-central-1:000000000000:a1b2c3/live';
const callerWith = (keyType: Caller['keyType'], permissions: readonly string[]): Caller => ({
  keyId: 'key_yAlP9B8aUrgK',
  credentialId: 'yAlP9B8aUrgK',
  tenantId: 'tenant_acme',
  environment: 'live',
  keyType,
  role: 'any',
  permissions,
  granted: new Permissions(permissions),
  networks: new AllowedNetworks([]),
  origins: [],
  secretId: 's1',
  usageIdentifierKey: undefined,
  digest: { pepper: 'v1', hmac: '' },
  subscription: undefined,
  limits: [],
  oauthClientId: undefined,
  endsAt: Number.POSITIVE_INFINITY,
});

const segment = fc.constantFrom(
  'v1',
  'v2',
  'orders',
  'Orders',
  'catalog',
  'x',
  '*',
  '../..',
  '..;',
  'x.',
  'x.json',
  '',
  '%6frders',
  'a%2fb',
  'v*',
);
const path = fc.array(segment, { minLength: 1, maxLength: 5 }).map((segments) => `/${segments.join('/')}`);
const method = fc.constantFrom('GET', 'HEAD', 'POST', 'DELETE', 'OPTIONS', 'PURGE');
const permission = fc.constantFrom(
  '*:*',
  '*:read',
  'orders:*',
  'orders:read',
  'catalog:write',
  'x:read',
  'v2:read',
);
const route: fc.Arbitrary<ApiRoute> = fc.record(
  {
    method: fc.constantFrom('GET', 'POST', 'ANY'),
    path: fc.constantFrom(
      '/v1/orders/{id}',
      '/v1/orders/x',
      '/v1/catalog/{rest+}',
      '/{any}/x',
      '/orders',
      '/v1/catalog/Orders',
      '/v1/a*b',
    ),
    permission: fc.constantFrom('x:read', 'orders:write', '*:*'),
    public: fc.boolean(),
    scopes: fc.constantFrom(['a'], ['a', 'b']),
  },
  { requiredKeys: ['method', 'path', 'public'] },
);
const caller = fc
  .tuple(
    fc.constantFrom('secret' as const, 'publishable' as const, 'subscription' as const),
    fc.array(permission, { maxLength: 3 }),
    fc.constantFrom(undefined, ['a'], ['a', 'b'], []),
  )
  .map(([keyType, permissions, scopes]) => ({
    ...callerWith(keyType, keyType === 'subscription' ? ['*:*'] : permissions),
    scopes,
  }));

test('a policy is exact on the route at hand and never looser than the decision on any other', () => {
  fc.assert(
    fc.property(
      caller,
      fc.array(route, { maxLength: 3 }),
      method,
      path,
      method,
      path,
      (who, routes, m, p, otherM, otherP) => {
        const table = new RouteTable(routes);
        const may = (aMethod: string, aPath: string) =>
          permissionRefusal(who, table.requirement(aMethod, aPath)) === undefined;
        const policy = accessPolicy(who, routes, { stageArn, method: m, path: p }, may(m, p));
        if (!p.includes('*')) expect(policyAllows(policy, `${stageArn}/${m}${p}`)).toBe(may(m, p));
        if (policyAllows(policy, `${stageArn}/${otherM}${otherP}`)) expect(may(otherM, otherP)).toBe(true);
      },
    ),
    { numRuns: 3000 },
  );
});

test('one answer serves the whole API: a reader of orders may call every order and nothing else', () => {
  const who = callerWith('secret', ['orders:read']);
  const policy = accessPolicy(who, [], { stageArn, method: 'GET', path: '/v1/orders/7' }, true);
  for (const path of ['/v1/orders', '/v1/orders/8', '/v1/orders/8/lines']) {
    expect(policyAllows(policy, `${stageArn}/GET${path}`)).toBe(true);
    expect(policyAllows(policy, `${stageArn}/POST${path}`)).toBe(false);
  }
  expect(policyAllows(policy, `${stageArn}/GET/v1/customers`)).toBe(false);
  expect(policyAllows(policy, `${stageArn.replace('live', 'sandbox')}/GET/v1/orders`)).toBe(false);
});

test('a star that was sent in the path is never a wildcard in the policy', () => {
  const who = callerWith('secret', ['x:read']);
  const routes = [{ method: 'GET', path: '/v1/{id}', permission: 'x:read', public: false }];
  const policy = accessPolicy(who, routes, { stageArn, method: 'GET', path: '/v1/*' }, true);
  expect(policyAllows(policy, `${stageArn}/GET/v1/admin/users`)).toBe(false);
});

test('neither is what a route’s literal or a stored permission holds', () => {
  const routes = [{ method: 'GET', path: '/v1/x*', permission: 'x:read', public: false }];
  const atHand = { stageArn, method: 'GET', path: '/v1/x/7' };
  const policy = accessPolicy(callerWith('secret', ['x:read', 'o*:read']), routes, atHand, true);
  expect(policyAllows(policy, `${stageArn}/GET/v1/x/7`)).toBe(true);
  for (const path of ['/v1/xyz', '/v1/orders/7']) {
    expect(policyAllows(policy, `${stageArn}/GET${path}`)).toBe(false);
  }
});

test('no statement is without a resource, which API Gateway answers with a 500', () => {
  const atHand = { stageArn, method: 'GET', path: '/v1/orders' };
  const { Statement } = accessPolicy(callerWith('publishable', ['orders:read']), [], atHand, false);
  expect(Statement.map(({ Effect, Resource }) => [Effect, Resource])).toEqual([['Deny', [`${stageArn}/*`]]]);
});

test('a policy fits into what API Gateway takes from an authorizer', () => {
  const many = Array.from({ length: 200 }, (_, i) => `resource-${i}:*`);
  const policy = accessPolicy(
    callerWith('secret', many),
    [],
    { stageArn, method: 'GET', path: '/resource-7' },
    true,
  );
  expect(JSON.stringify(policy).length).toBeLessThan(7000);
  expect(policyAllows(policy, `${stageArn}/GET/resource-7`)).toBe(true);
});
