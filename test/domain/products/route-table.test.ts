import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { RouteTable, resourceOf } from '../../../core/domain/products/route-table.ts';

const table = new RouteTable([
  { method: 'GET', path: '/v1/catalog/{rest+}', public: true },
  { method: 'GET', path: '/v1/catalog/prices', permission: 'prices:read', public: false },
  { method: 'ANY', path: '/v1/orders/{id}/refund', permission: 'refunds:write', public: false },
  { method: 'GET', path: '/v1/orders/{id}/refund', permission: 'refunds:read', public: false },
  { method: 'POST', path: '/v1/search', permission: 'search:read', public: true },
]);
const EVERYTHING = { needs: [{ resource: '*', action: '*' }], open: false };
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

test('what a backend may take for another path needs a permission on everything, to read it and to write it', () => {
  for (const path of [
    '/v1//catalog/prices',
    '/v1/catalog/../admin',
    '/v1/catalog/.',
    '/v1/catalog/..;/admin',
    '/v1/catalog;x=1/prices',
    '/v1/catalog/%2e%2e/admin',
    '/v1/catalog%2Fprices',
    '/v1/catalog/%252e',
    '/v1/catalog\\prices',
    '/v1/catalog/%5cprices',
    '/v1/catalog/%zz',
    '/v1/catalog/%70rices',
    '/v1/catalog/prices.',
    '/v1/catalog/prices%20',
    '/v1/catalog/\uff0e\uff0e/admin',
    '',
  ]) {
    expect(table.requirement('GET', path)).toEqual(EVERYTHING);
    expect(table.requirement('PUT', path)).toEqual(EVERYTHING);
  }
});

describe('all readings of a path must be granted', () => {
  const raised = new RouteTable([
    { method: 'GET', path: '/v1/files', permission: 'listing:read', public: false },
    { method: 'GET', path: '/v1/files/{path+}', permission: 'content:read', public: false },
    { method: 'GET', path: '/v1/users/@me', permission: 'self:write', public: false },
  ]);
  const needsOf = (path: string) =>
    raised.requirement('GET', path).needs.map(({ resource, action }) => `${resource}:${action}`);

  test('with a slash at its end and without, behind which a rest may be empty', () => {
    expect(table.requirement('GET', '/v1/catalog/prices/')).toEqual(one('prices', 'read'));
    expect(needsOf('/v1/files')).toEqual(['listing:read']);
    expect(needsOf('/v1/files/')).toEqual(['listing:read', 'files:read', 'content:read']);
    expect(needsOf('/v1/files/a')).toEqual(['content:read']);
    expect(needsOf('/v1/files/a/')).toEqual(['content:read']);
  });

  test('the root by its own route where there is one, and otherwise as an empty rest', () => {
    const rest = { method: 'ANY', path: '/{path+}', permission: 'rest:read', public: false };
    const root = { method: 'GET', path: '/', permission: undefined, public: true };
    const of = (...routes: (typeof rest | typeof root)[]) => new RouteTable(routes as never);
    expect(of(rest, root).requirement('GET', '/')).toMatchObject({ open: true });
    expect(of(rest, root).requirement('POST', '/').needs).toContainEqual({
      resource: 'rest',
      action: 'read',
    });
    expect(of(rest).requirement('GET', '/').needs).toContainEqual({ resource: 'rest', action: 'read' });
    expect(of(rest, root).requirement('GET', '/a')).toEqual(one('rest', 'read'));
  });

  test('decoded, and as it was sent', () => {
    expect(needsOf('/v1/users/@me')).toEqual(['self:write']);
    expect(needsOf('/v1/users/%40me')).toEqual(['self:write', 'users:read']);
    expect(needsOf('/v1/users/a%40b.example')).toEqual(['users:read']);
  });

  test('with the extension that some frameworks take for a format', () => {
    expect(needsOf('/v1/files.json')).toEqual(['files.json:read', 'listing:read']);
  });

  test('letters beyond ASCII are read alike, as far as nothing makes ASCII of them', () => {
    expect(needsOf('/v1/users/M%C3%BCller')).toEqual(['users:read']);
    expect(needsOf('/v1/users/Müller')).toEqual(['users:read']);
    expect(needsOf('/v1/f\u0131les')).toEqual(['f\u0131les:read', 'listing:read']);
  });
});

test('a GET route is a HEAD route too, behind a HEAD route and before ANY', () => {
  const routes = [
    { method: 'ANY', path: '/v1/a', permission: 'any:read', public: false },
    { method: 'GET', path: '/v1/a', permission: 'get:read', public: false },
  ];
  expect(new RouteTable(routes).requirement('HEAD', '/v1/a')).toEqual(one('get', 'read'));
  const head = { method: 'HEAD', path: '/v1/a', permission: 'head:read', public: false };
  expect(new RouteTable([...routes, head]).requirement('HEAD', '/v1/a')).toEqual(one('head', 'read'));
  expect(new RouteTable([...routes, head]).requirement('GET', '/v1/a')).toEqual(one('get', 'read'));
});

test('another case of a restricted route needs what it needs, beside a reading that is open to every key', () => {
  expect(table.requirement('GET', '/v1/catalog/PRICES')).toEqual({
    needs: [{ resource: 'prices', action: 'read' }],
    open: false,
  });
});

describe('the name of what a request was about', () => {
  test.each([
    ['/v1/catalog/shoes', '/v1/catalog/{rest+}'],
    ['/v1/orders/7', '/v1/orders'],
    ['/orders', '/orders'],
    ['/v1/Orders', undefined],
    ['/v1/orders/%2e%2e/7', undefined],
    ['/', undefined],
  ])('%s', (path, name) => {
    expect(table.nameOf('GET', path)).toBe(name);
  });

  test('never holds a key that a caller put anywhere into the path', () => {
    const key = fc.stringMatching(/^(?:pk|sk|sub)_(?:dev|live|test)_[0-9A-Za-z]{20,60}$/);
    const encoded = (text: string) => text.replaceAll(/[_a-f]/g, (c) => `%${c.charCodeAt(0).toString(16)}`);
    const segment = fc.oneof(
      fc.constantFrom('v1', 'catalog', 'prices', 'orders', 'refund', 'search', '', '../..', '%2f'),
      fc.stringMatching(/^[a-z0-9%._~-]{0,12}$/),
    );
    const path = fc.tuple(key, fc.array(segment, { maxLength: 4 }), fc.array(segment, { maxLength: 4 }));
    fc.assert(
      fc.property(
        path,
        fc.boolean(),
        fc.constantFrom('GET', 'PUT'),
        ([text, before, after], plain, method) => {
          const called = `/${[...before, plain ? text : encoded(text), ...after].join('/')}`;
          const name = table.nameOf(method, called) ?? '';
          expect(name).not.toContain(text);
          expect(name).not.toContain(encoded(text));
          expect(name.length).toBeLessThan(60);
        },
      ),
    );
  });
});

describe('scopes of routes', () => {
  const scoped = new RouteTable([
    { method: 'GET', path: '/v1/orders/{id}', public: false, scopes: ['get'] },
    { method: 'ANY', path: '/v1/orders/{id}', public: false, scopes: ['put', 'get'] },
    { method: 'POST', path: '/v1/search', public: false, scopes: ['search'] },
    { method: 'GET', path: '/v1/menu', public: true },
  ]);
  const asked = (method: string, path: string) => scoped.requirement(method, path).scopes;

  test.each([
    ['GET', '/v1/orders/7', ['get']],
    ['HEAD', '/v1/orders/7', ['get']],
    ['DELETE', '/v1/orders/7', ['put', 'get']],
    ['GET', '/v1/menu', undefined],
    ['GET', '/v1/other', undefined],
    // What some backend takes for the route is asked for what the route is.
    ['POST', '/V1/Search', ['search']],
    ['POST', '/v1/search.json', ['search']],
    ['POST', '/v1/search/', ['search']],
  ])('%s %s', (method, path, scopes) => {
    expect(asked(method, path)).toEqual(scopes);
  });

  test.each(['/v1/search;a=b', '/v1//search', '/v1/x/../search', '/v1/%73earch'])(
    'of a path that can be read in other ways, %s, are all that there are',
    (path) => {
      expect(new Set(asked('POST', path))).toEqual(new Set(['get', 'put', 'search']));
    },
  );
});
