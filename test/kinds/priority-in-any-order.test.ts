import { describe, expect, test } from '@jest/globals';
import { acceptToken } from '../../core/domain/decision/access-token.ts';
import { RouteTable } from '../../core/domain/products/route-table.ts';

/** All orders of a few items. */
function orders<Item>(items: readonly Item[]): Item[][] {
  if (items.length < 2) return [[...items]];
  return items.flatMap((item, at) => orders(items.toSpliced(at, 1)).map((rest) => [item, ...rest]));
}

const route = (method: string, path: string, permission: string) => ({
  method,
  path,
  permission,
  public: false,
});

describe('which route decides depends on no order in which they are declared', () => {
  const routes = [
    route('GET', '/v1/orders/open', 'literal:read'),
    route('GET', '/v1/orders/{id}', 'placeholder:read'),
    route('GET', '/v1/orders/{rest+}', 'rest:read'),
    route('ANY', '/v1/orders/open', 'any:read'),
    route('HEAD', '/v1/orders/open', 'head:read'),
  ];
  const tables = orders(routes).map((order) => new RouteTable(order));

  test.each([
    ['GET', '/v1/orders/open', 'literal', 'a literal before a placeholder, a method before ANY'],
    ['HEAD', '/v1/orders/open', 'head', 'HEAD before GET'],
    ['PUT', '/v1/orders/open', 'any', 'ANY for what has no method of its own'],
    ['GET', '/v1/orders/7', 'placeholder', 'a placeholder before a rest'],
    ['GET', '/v1/orders/7/lines', 'rest', 'a rest for what lies deeper'],
  ])('%s %s: %s (%s)', (method, path, resource) => {
    const found = tables.map((table) => table.requirement(method, path).needs.map((need) => need.resource));
    expect(new Set(found.map((needs) => needs.join(' ')))).toEqual(new Set([resource]));
    const names = tables.map((table) => table.nameOf(method, path));
    expect(new Set(names).size).toBe(1);
  });

  test('segment by segment: the earlier one decides', () => {
    const deep = [
      route('GET', '/v1/{a}/x/{c}', 'late:read'),
      route('GET', '/v1/a/{b}/{c}', 'early:read'),
      route('GET', '/{v}/a/x/c', 'last:read'),
    ];
    for (const order of orders(deep))
      expect(new RouteTable(order).requirement('GET', '/v1/a/x/c').needs).toEqual([
        { resource: 'early', action: 'read' },
      ]);
  });
});

test('a token’s client is named by the same claim, in whatever order its claims stand', () => {
  const claims = { client_id: 'first', azp: 'second', appid: 'third', cid: 'fourth' };
  const base = { exp: 1, aud: 'api', scope: 'pay' };
  const requirement = { issuer: 'i', audience: 'api', requiredScopes: ['pay'], requiredRoles: [] };
  for (const order of orders(Object.entries(claims)))
    for (let left = 0; left < order.length; left++) {
      const some = Object.fromEntries([...Object.entries(base), ...order.slice(left)]);
      const expected = Object.keys(claims).find((name) => name in some) as keyof typeof claims;
      expect(acceptToken({}, some, requirement)).toEqual({ clientId: claims[expected], expiresAt: 1000 });
    }
});
