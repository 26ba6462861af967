import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { permissionRefusal } from '../../../core/domain/decision/checks.ts';
import type { ApiRoute } from '../../../core/domain/products/protected-api.ts';
import { RouteTable } from '../../../core/domain/products/route-table.ts';
import { Permissions } from '../../../core/domain/tenants/permission.ts';
import { dryRunOfRoutes, type TriedCaller } from '../../../core/domain/usage/route-dry-run.ts';

const API = 'api_8sK2mQ4vXz1b';
const OTHER_API = 'api_jy8U8V0Qpt5b';
const route = (method: string, path: string, permission?: string, scopes?: readonly string[]): ApiRoute => ({
  ...{ method, path, public: false },
  ...(permission !== undefined && { permission }),
  ...(scopes && { scopes }),
});
const use = (name: string, apiId = `${API} `) => `${apiId}s1 198.51.100.0/24 ${name}`;
const caller = (permissions: string[], uses: Record<string, number>): TriedCaller => ({
  ...{ keyId: 'key_1', keyType: 'secret', permissions, uses: [uses] },
});
const played = (one: TriedCaller, before: ApiRoute[], after: ApiRoute[]) => {
  const { keys, uses, ...total } = dryRunOfRoutes([one], { apiId: API, before, after });
  return total;
};
const calls = (count: number) => ({ calls: count, refused: 0, admittedAnew: 0, unknown: 0 });
const READ = [route('GET', '/v1/orders/{id}', 'orders:read')];
const ADMIN = [route('GET', '/v1/orders/{id}', 'admin:read')];
const GET = use('GET /v1/orders/{id}');
const own = (permission: string) => caller([permission], { [GET]: 3 });

test.each([
  ['that a key may not call', own('orders:*'), READ, ADMIN, { refused: 3 }],
  ['that a key could not call before', own('admin:*'), READ, ADMIN, { admittedAnew: 3 }],
  ['that a key may call as before', own('*:read'), READ, ADMIN, {}],
  ['that a key may call neither way', own('users:*'), READ, ADMIN, {}],
  ['that is the same', caller([], { other: 4 }), READ, READ, { calls: 4 }],
  ['beyond a count’s bound', caller([], { other: 4 }), READ, ADMIN, { calls: 4, unknown: 4 }],
  [
    'of another API',
    caller([], { [use('GET /v1/orders/{id}', `${OTHER_API} `)]: 4 }),
    READ,
    ADMIN,
    { calls: 0 },
  ],
  [
    'of whichever API',
    caller([], { [use('GET /v1/orders/{id}', '')]: 4 }),
    READ,
    ADMIN,
    { calls: 4, unknown: 4 },
  ],
  ['elsewhere, of whichever API', caller([], { [use('GET /v1/a', '')]: 4 }), READ, ADMIN, { calls: 4 }],
  ['without a name', caller([], { [use('GET -')]: 4 }), READ, ADMIN, { calls: 4, unknown: 4 }],
  [
    'of an unknown method',
    caller([], { [use('OTHER /v1/orders')]: 4 }),
    READ,
    ADMIN,
    { calls: 4, unknown: 4 },
  ],
])('a route %s', (_, one, before, after, expected) => {
  expect(played(one, before, after)).toEqual({ ...calls(3), ...expected });
});

test('of a name that may have been cut nobody knows what came behind', () => {
  const long = `/v1/orders/${'a'.repeat(89)}`;
  const one = caller(['*:read'], { [use(`GET ${long}`)]: 2 });
  expect(played(one, [], [route('GET', `${long}b`, 'orders:write')])).toEqual({ ...calls(2), unknown: 2 });
});

test('scopes that a route did not ask for are unknown, and those that it did stay as they are', () => {
  const subscription = (uses: Record<string, number>) => ({
    ...caller(['*:*'], uses),
    keyType: 'subscription' as const,
  });
  const asking = (...scopes: string[]) => [route('GET', '/v1/orders/{id}', undefined, scopes)];
  const one = subscription({ [GET]: 5 });
  expect(played(one, asking('a'), asking('a', 'b'))).toEqual({ ...calls(5), unknown: 5 });
  expect(played(one, asking('a', 'b'), [...asking('b', 'a'), route('GET', '/v1/orders/{id}/x')])).toEqual(
    calls(5),
  );
  const swapped = [route('GET', '/v1/orders', undefined, ['a']), route('GET', '/v1/orders/{id}')];
  const back = [route('GET', '/v1/orders'), route('GET', '/v1/orders/{id}', undefined, ['a'])];
  const mixed = subscription({ [use('GET /v1/orders')]: 5 });
  expect(played(mixed, swapped.slice(0, 1), back)).toEqual({ ...calls(5), unknown: 5 });
});

test('what it says is what both tables decide on the call, whoever makes it and whatever the token has', () => {
  const paths = [
    '/v1/orders',
    '/v1/orders/7',
    '/v1/orders/7/refund',
    '/v1/users',
    '/v1/users/7',
    '/orders/7',
  ];
  const declared = [
    '/v1/orders',
    '/v1/orders/{id}',
    '/v1/{kind}',
    '/v1/{kind}/{id}',
    '/v1/{rest+}',
    '/{a}/{b}',
  ];
  const table = fc.uniqueArray(
    fc.record({
      method: fc.constantFrom('GET', 'POST', 'ANY'),
      path: fc.constantFrom(...declared),
      permission: fc.constantFrom('orders:read', 'orders:write', 'users:read', undefined),
      scopes: fc.constantFrom(undefined, undefined, ['a'], ['a', 'b']),
    }),
    { maxLength: 5, selector: ({ method, path }) => `${method} ${path}` },
  );
  const routesOf = (
    drawn: {
      method: string;
      path: string;
      permission: string | undefined;
      scopes: readonly string[] | undefined;
    }[],
  ) => drawn.map(({ method, path, permission, scopes }) => route(method, path, permission, scopes));
  const told = { refused: 0, admittedAnew: 0, same: 0, unknown: 0 };
  fc.assert(
    fc.property(
      ...[table, table, fc.constantFrom(...paths), fc.constantFrom('GET', 'HEAD', 'POST')],
      ...[fc.subarray(['orders:*', 'users:read', '*:read']), fc.subarray(['a', 'b'])],
      (one, other, path, method, permissions, scopes) => {
        const [before, after] = [routesOf(one), routesOf(other)];
        const name = new RouteTable(before).nameOf(method, path);
        const { refused, admittedAnew, unknown } = played(
          caller(permissions, { [use(`${method} ${name}`)]: 1 }),
          before,
          after,
        );
        const decided = [before, after].map(
          (routes) =>
            permissionRefusal(
              { keyType: 'secret', granted: Permissions.of(permissions), scopes },
              new RouteTable(routes).requirement(method, path),
            ) === undefined,
        );
        const said = refused ? 'refused' : admittedAnew ? 'admittedAnew' : unknown ? 'unknown' : 'same';
        told[said]++;
        if (said === 'refused') expect(decided[1]).toBe(false);
        if (said === 'same') expect(decided[1]).toBe(decided[0]);
        if (said === 'admittedAnew') expect(decided).not.toEqual([true, false]);
      },
    ),
    { numRuns: 3000 },
  );
  expect(Math.min(...Object.values(told))).toBeGreaterThan(0);
});
