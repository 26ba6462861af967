import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { permissionRefusal } from '../../../core/domain/decision/checks.ts';
import { askedOf, decideAlike, declares } from '../../../core/domain/products/named-requests.ts';
import { type ApiRoute, repeatedRoute } from '../../../core/domain/products/protected-api.ts';
import { RouteTable } from '../../../core/domain/products/route-table.ts';
import { Permissions } from '../../../core/domain/tenants/permission.ts';
import { judgeAsked } from '../../../core/domain/usage/dry-run.ts';

const route = (method: string, path: string, permission?: string, scopes?: readonly string[]): ApiRoute => ({
  ...{ method, path, public: permission === 'public' },
  ...(permission !== undefined && permission !== 'public' && { permission }),
  ...(scopes && { scopes }),
});
const needsOf = (...args: Parameters<typeof askedOf>) =>
  askedOf(...args).map(({ needs }) => needs.map(({ resource, action }) => `${resource}:${action}`).join());

const get = (name: string) => ({ method: 'GET', name });
const ORDERS = [
  route('GET', '/v1/orders/{id}', 'orders:read'),
  route('GET', '/v1/orders/{id}/refund', 'a:read'),
];

test('a request that a route is named after asks what the route of the other table does', () => {
  expect(needsOf(get('/v1/orders/{id}'), ORDERS)).toEqual(['orders:read']);
  expect(needsOf(get('/v1/orders/{order}'), [route('ANY', '/v1/orders/{id}', 'b:write')], ORDERS)).toEqual([
    'b:write',
  ]);
  expect(needsOf(get('/v1/orders/{id}'), [], ORDERS)).toEqual(['orders:read']);
});

test('a more specific route that is new may have been meant, one that was above the name before may not', () => {
  const prices = route('GET', '/v1/orders/prices', 'prices:read');
  const after = [...ORDERS, prices];
  expect(needsOf(get('/v1/orders/{id}'), after, ORDERS)).toEqual(['prices:read', 'orders:read']);
  expect(needsOf(get('/v1/orders/{id}'), after, after)).toEqual(['orders:read']);
});

test('what comes behind a route that matches all of a name decides on none of it', () => {
  const after = [route('GET', '/v1/{rest+}', 'rest:read'), route('GET', '/v1/{a}/{b}', 'two:read')];
  expect(needsOf(get('/v1/orders/{id}'), after, ORDERS)).toEqual(['two:read']);
  expect(needsOf(get('/v1/orders/{id}'), after.slice(0, 1), ORDERS)).toEqual(['rest:read']);
});

test('of a resource’s name are the resource and what is below it, as far as no route was named', () => {
  const after = [
    ...ORDERS,
    route('GET', '/v1/orders', 'list:read'),
    route('GET', '/v1/orders/a/b', 'b:read'),
  ];
  expect(needsOf(get('/v1/orders'), ORDERS)).toEqual(['orders:read']);
  expect(needsOf(get('/v1/orders'), after, ORDERS)).toEqual(['b:read', 'list:read', 'orders:read']);
  expect(needsOf(get('/v1/orders'), after)).toEqual(['list:read', 'orders:read']);
});

test('a resource that its name has a placeholder for is hidden, unless the other route knows it', () => {
  const wide = [route('GET', '/v1/{kind}/{id}', 'a:read')];
  const hidden = (after: ApiRoute[]) =>
    askedOf(get('/v1/{kind}/{id}'), after, wide).map(({ isHidden }) => isHidden);
  expect(hidden([])).toEqual([true]);
  expect(hidden([route('GET', '/v1/orders/{id}')])).toEqual([false, true]);
  expect(hidden([route('GET', '/v1/{a}/{b}', 'b:read')])).toEqual([false]);
});

test('a table declares a name for its method, whatever placeholders are called', () => {
  expect(declares(ORDERS, get('/v1/orders/{other}'))).toBe(true);
  expect(declares(ORDERS, { method: 'HEAD', name: '/v1/orders/{id}' })).toBe(true);
  expect(declares(ORDERS, { method: 'POST', name: '/v1/orders/{id}' })).toBe(false);
  expect(declares(ORDERS, get('/v1/orders/{id+}'))).toBe(false);
});

test('two tables decide alike where they differ elsewhere', () => {
  const other = [
    ...ORDERS,
    route('GET', '/v1/users/{id}', 'a:read'),
    route('POST', '/v1/orders/{id}', 'a:read'),
  ];
  expect(decideAlike(get('/v1/orders/{id}'), ORDERS, other)).toBe(true);
  expect(decideAlike(get('/v1/orders'), ORDERS, other)).toBe(true);
  expect(decideAlike(get('/v1/users'), ORDERS, other)).toBe(false);
  expect(decideAlike(get('/v1/{all+}'), ORDERS, other)).toBe(false);
});

const METHODS = ['GET', 'HEAD', 'POST', 'PUT'];
const literal = fc.constantFrom('v1', 'v2', 'orders', 'users', 'a');
const path = fc
  .tuple(
    fc.array(fc.oneof({ weight: 3, arbitrary: literal }, fc.constantFrom('{x}', '{y}')), { maxLength: 4 }),
    fc.constantFrom('', '', '{rest+}', '{x}', 'orders'),
  )
  .map(([segments, last]) => `/${[...segments, last].filter(Boolean).join('/')}`);
const drawn = fc
  .record({
    method: fc.constantFrom('GET', 'HEAD', 'POST', 'ANY'),
    path,
    permission: fc.constantFrom('orders:read', 'orders:write', 'a:*', '*:read', undefined, 'public'),
    scopes: fc.constantFrom(undefined, undefined, ['one'], ['two']),
  })
  .map(({ method, path: to, permission, scopes }) =>
    route(method, to, permission === 'public' && method === 'POST' ? undefined : permission, scopes),
  );
const tableOf = (routes: ApiRoute[]) =>
  routes.filter((_, index) => repeatedRoute(routes.slice(0, index + 1)) === -1);
const table = fc.array(drawn, { maxLength: 6 }).map(tableOf);
/** A table, and one that shares some of its routes. */
const tables = fc
  .tuple(table, table, fc.array(fc.boolean(), { minLength: 6, maxLength: 6 }))
  .map(([before, others, keep]) => ({
    before,
    after: tableOf([...before.filter((_, i) => keep[i]), ...others]),
  }));
const called = fc
  .array(fc.oneof(literal, fc.constantFrom('7', 'other')), { minLength: 1, maxLength: 5 })
  .map((segments) => `/${segments.join('/')}`);
const granted = fc.array(fc.constantFrom('orders:read', 'orders:*', 'users:*', 'a:*', '*:read', '*:write'), {
  maxLength: 3,
});
const keyType = fc.constantFrom('secret' as const, 'publishable' as const);

test('what is known of a name holds of every path that has it, in the table it is of and in any other', () => {
  let known = 0;
  fc.assert(
    fc.property(
      ...[tables, called, fc.constantFrom(...METHODS), granted, keyType],
      ({ before, after }, to, method, permissions, type) => {
        const name = new RouteTable(before).nameOf(method, to);
        if (name === undefined) return;
        const caller = { keyType: type, granted: Permissions.of(permissions), scopes: ['one', 'two'] };
        for (const routes of [before, after]) {
          const requirement = new RouteTable(routes).requirement(method, to);
          const said = askedOf({ method, name }, routes, before);
          const sets = said.map(({ scopes = [] }) => scopes.join());
          expect(sets).toContain((requirement.scopes ?? []).join());
          const judged = judgeAsked(caller, said);
          if (judged === 'unknown') continue;
          known++;
          const refusal = permissionRefusal(caller, requirement);
          expect(refusal === undefined ? 'admitted' : 'refused').toBe(judged);
        }
      },
    ),
    { numRuns: 3000 },
  );
  expect(known).toBeGreaterThan(2000);
});

test('tables that decide alike on a name ask the same of every path that has it, in whatever table', () => {
  let alike = 0;
  fc.assert(
    fc.property(
      tables,
      table,
      called,
      fc.constantFrom(...METHODS),
      ({ before, after }, naming, to, method) => {
        for (const namedBy of [before, naming]) {
          const name = new RouteTable(namedBy).nameOf(method, to);
          if (name === undefined || !decideAlike({ method, name }, before, after)) continue;
          alike++;
          const [was, is] = [before, after].map((routes) => new RouteTable(routes).requirement(method, to));
          expect(is).toEqual(was);
        }
      },
    ),
    { numRuns: 2000 },
  );
  expect(alike).toBeGreaterThan(300);
});
