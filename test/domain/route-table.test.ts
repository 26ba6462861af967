import { describe, expect, test } from '@jest/globals';
import { RouteTable, resourceOf } from '../../core/domain/route-table.ts';

const table = new RouteTable([
  { method: 'GET', path: '/v1/catalog/{rest+}', public: true },
  { method: 'GET', path: '/v1/catalog/prices', permission: 'prices:read', public: false },
  { method: 'ANY', path: '/v1/orders/{id}/refund', permission: 'refunds:write', public: false },
  { method: 'GET', path: '/v1/orders/{id}/refund', permission: 'refunds:read', public: false },
  { method: 'POST', path: '/v1/search', permission: 'search:read', public: true },
]);
const everything = (action: 'read' | 'write') => ({ needs: [{ resource: '', action }], open: false });
const one = (resource: string, action: 'read' | 'write', open = false) => ({
  needs: [{ resource, action }],
  open,
});

describe('the default rule: the first segment that is no version', () => {
  test.each([
    ['/v1/orders/7', 'orders'],
    ['/orders', 'orders'],
    ['/v12/v2/orders', 'orders'],
    ['/version/orders', 'version'],
    ['/v1', ''],
    ['/', ''],
  ])('%s', (path, resource) => {
    expect(resourceOf(path)).toBe(resource);
    expect(new RouteTable([]).requirement('GET', path)).toEqual(one(resource, 'read'));
    expect(new RouteTable([]).requirement('HEAD', path)).toEqual(one(resource, 'read'));
    expect(new RouteTable([]).requirement('DELETE', path)).toEqual(one(resource, 'write'));
  });
});

test('the most specific route decides, and a named method before ANY', () => {
  expect(table.requirement('GET', '/v1/catalog/shoes')).toEqual(one('catalog', 'read', true));
  expect(table.requirement('GET', '/v1/catalog/prices')).toEqual(one('prices', 'read'));
  expect(table.requirement('GET', '/v1/orders/7/refund')).toEqual(one('refunds', 'read'));
  expect(table.requirement('PUT', '/v1/orders/7/refund')).toEqual(one('refunds', 'write'));
  expect(table.requirement('GET', '/v1/orders/7/8/refund')).toEqual(one('orders', 'read'));
});

test('a writing route is never open, whatever the table says', () => {
  expect(table.requirement('POST', '/v1/search')).toEqual({
    needs: [{ resource: 'search', action: 'read' }],
    open: false,
  });
});

test('what a backend may take for another path needs a permission on everything', () => {
  for (const path of [
    '/v1//catalog/prices',
    '/v1/catalog/../admin',
    '/v1/catalog/.',
    '/v1/catalog/%2e%2e/admin',
    '/v1/catalog%2Fprices',
    '/v1/catalog/%252e',
    '/v1/catalog\\prices',
    '/v1/catalog/%5cprices',
    '/v1/catalog/%zz',
  ]) {
    expect(table.requirement('GET', path)).toEqual(everything('read'));
  }
});

test('an encoded or slash-ended spelling of a restricted route is that route', () => {
  expect(table.requirement('GET', '/v1/catalog/%70rices')).toEqual(one('prices', 'read'));
  expect(table.requirement('GET', '/v1/catalog/prices/')).toEqual(one('prices', 'read'));
});

test('another case of a restricted route needs what both readings need', () => {
  expect(table.requirement('GET', '/v1/catalog/PRICES')).toEqual({
    needs: [
      { resource: 'catalog', action: 'read' },
      { resource: 'prices', action: 'read' },
    ],
    open: false,
  });
});
