import { describe, expect, test } from '@jest/globals';
import {
  documentProblems,
  operationsOf,
  shownDocument,
} from '../../../core/domain/products/openapi-document.ts';
import type { ProtectedApi } from '../../../core/domain/products/protected-api.ts';

const api: ProtectedApi = {
  ...{ apiId: 'api_Payments0000', name: 'payments', environment: 'live', scheme: 'subscription' },
  ...{ createdAt: '2026-11-22T12:00:00.000Z', revision: 1, clientKeyRequired: true },
  routes: [
    { method: 'POST', path: '/v1/refunds/{id}', permission: 'refunds:write', public: false },
    { method: 'GET', path: '/v1/prices', public: true },
  ],
  baseUrl: 'https://api.example.com/payments',
  oauth: { issuer: 'https://id.example.com/', audience: 'pay', requiredScopes: [], requiredRoles: [] },
};
const ok = { responses: { 200: { description: 'Done' } } };
const document = {
  openapi: '3.1.1',
  info: { title: 'Payments', version: '1' },
  servers: [{ url: 'https://evil.example' }],
  security: [{ mine: [] }],
  paths: {
    '/v1/refunds/{refundId}': {
      servers: [{ url: '/x' }],
      post: { ...ok, security: [], operationId: 'refund' },
    },
    '/v1/prices': { get: ok },
    '/v1/charges': { get: ok, delete: { ...ok, 'x-internal': true } },
    '/v1/internal': { 'x-internal': true, get: ok },
    '/v1/settlements': { get: { ...ok, 'x-internal': true } },
  },
  components: { schemas: { A: {} }, securitySchemes: { mine: { type: 'http', scheme: 'basic' } } },
};
// biome-ignore lint/suspicious/noExplicitAny: a document is read by names
const shown = (isOperators: boolean, of = api): any => shownDocument(document, of, isOperators);

test('operations are those of methods, wherever else objects stand', () => {
  expect(operationsOf(document).map(({ method, path }) => `${method} ${path}`)).toEqual([
    'post /v1/refunds/{refundId}',
    'get /v1/prices',
    'get /v1/charges',
    'delete /v1/charges',
    'get /v1/internal',
    'get /v1/settlements',
  ]);
  expect(operationsOf({})).toEqual([]);
});

describe('a document as it is shown', () => {
  test('has the permission that each operation takes, by the route table or by default', () => {
    const { paths } = shown(true);
    const permission = (path: string, method: string) => paths[path][method]['x-keywright-permission'];
    expect(permission('/v1/refunds/{refundId}', 'post')).toBe('refunds:write');
    expect(permission('/v1/prices', 'get')).toBeNull();
    expect([permission('/v1/charges', 'get'), permission('/v1/charges', 'delete')]).toEqual([
      'charges:read',
      'charges:write',
    ]);
  });

  test('says where the API is and how to authenticate, whatever its author said', () => {
    const { servers, security, components, paths } = shown(true);
    expect(servers).toEqual([{ url: api.baseUrl }]);
    expect(security).toEqual([{ subscriptionKey: [], clientKey: [], token: [] }]);
    expect(Object.keys(components)).toEqual(['schemas', 'securitySchemes']);
    expect(components.securitySchemes.token.openIdConnectUrl).toBe(
      'https://id.example.com/.well-known/openid-configuration',
    );
    expect(Object.keys(paths['/v1/refunds/{refundId}'])).toEqual(['post']);
    expect(paths['/v1/refunds/{refundId}'].post).not.toHaveProperty('security');
    const { baseUrl, oauth, ...rest } = api;
    const ofTenants = shown(true, { ...rest, scheme: 'tenant' });
    expect(ofTenants).toMatchObject({ servers: [], security: [{ key: [], tenant: [] }] });
  });

  test('keeps what is internal from all but operators', () => {
    for (const path of ['/v1/internal', '/v1/settlements'])
      expect(Object.keys(shown(false).paths)).not.toContain(path);
    expect(Object.keys(shown(false).paths['/v1/charges'])).toEqual(['get']);
    expect(Object.keys(shown(true).paths['/v1/charges'])).toEqual(['get', 'delete']);
    expect(document.paths['/v1/charges']).toHaveProperty('delete');
  });

  test('keeps it from them wherever it stands, and what leads to it', () => {
    const secret = { ...ok, 'x-internal': true, operationId: 'secret' };
    const leads = { $ref: '#/components/pathItems/B' };
    const more = {
      paths: {
        ...document.paths,
        '/v1/a': { $ref: '#/components/pathItems/A' },
        '/v1/b': leads,
        '/v1/c': { get: { ...ok, callbacks: { done: { '{$url}': { post: secret } } } } },
        '/v1/d': { get: { ...ok, parameters: [{ $ref: '#/components/schemas/Secret/x' }, { name: 'q' }] } },
      },
      webhooks: { paid: { post: secret } },
      components: {
        pathItems: {
          A: { get: ok, put: secret, servers: [{ url: 'https://evil.example' }] },
          B: { $ref: '#/components/pathItems/C' },
          C: { 'x-internal': true, get: { ...ok, operationId: 'secret' } },
          Loop: { $ref: '#/components/pathItems/Loop' },
        },
        schemas: { Secret: { 'x-internal': true, x: { name: 'secret' } } },
      },
    };
    const { paths, components } = shownDocument({ ...document, ...more }, api, false) as typeof more;
    expect(JSON.stringify([paths, components])).not.toMatch(/secret|evil|x-internal/);
    expect(Object.keys(paths)).not.toContain('/v1/b');
    expect(paths['/v1/d'].get.parameters).toEqual([{ name: 'q' }]);
    expect(components.pathItems).toEqual({ A: { get: ok }, Loop: more.components.pathItems.Loop });
    const all = JSON.stringify(shownDocument({ ...document, ...more }, api, true));
    expect(all.match(/operationId":"secret/g)).toHaveLength(4);
    expect(all).not.toContain('evil');
  });
});

test('references that lead to references are followed once each, however many begin on the way', () => {
  const length = 300;
  let reads = 0;
  const step = (after: number) =>
    Object.defineProperty({}, '$ref', {
      enumerable: true,
      get: () => {
        reads += 1;
        return `#/components/parameters/P${after}`;
      },
    });
  const parameters = Object.fromEntries(
    Array.from({ length }, (_, i) => [`P${i}`, i === length - 1 ? { 'x-internal': true } : step(i + 1)]),
  );
  const get = { ...ok, parameters: Array.from({ length }, (_, i) => step(i)) };
  const of = { ...document, paths: { '/v1/long': { get } }, components: { parameters } };
  const seen = shownDocument(of, api, false) as typeof of;
  expect([seen.paths['/v1/long'].get.parameters, seen.components.parameters]).toEqual([[], {}]);
  expect(reads).toBeLessThan(20 * length);
});

describe('what is wrong with a document', () => {
  const problems = (more: object) => documentProblems({ ...document, ...more });
  const refersTo = ($ref: string) =>
    problems({ components: { schemas: { A: {}, 'a/b~c': {} }, x: { $ref } } });

  test('is nothing of a good one', () => {
    expect(problems({})).toEqual([]);
    for (const ref of ['#/components/schemas/A', '#/components/schemas/a~1b~0c', '#/paths/~1v1~1prices/get'])
      expect(refersTo(ref)).toEqual([]);
  });

  test.each([
    'https://evil.example/schema.json',
    'schemas/a.json',
    '//evil.example/a',
    'file:///etc/passwd',
    '#',
    '#/components/schemas/B',
    '#/components/schemas/constructor',
    `#/${'a/'.repeat(2000)}`,
  ])('is a reference to %s', (ref) => {
    expect(refersTo(ref)).toMatchObject([{ at: '/components/x/$ref' }]);
  });

  test('is a second operation of one name, and is said by its place', () => {
    const paths = { '/a/b': { get: { operationId: 'a' }, put: { operationId: 'a' } } };
    expect(problems({ paths })).toMatchObject([{ at: '/paths/~1a~1b/put/operationId' }]);
  });

  test('is found however deep it stands', () => {
    let deep: object = { $ref: 'x' };
    for (let i = 0; i < 5000; i++) deep = { deep };
    expect(problems({ components: { deep } })).toHaveLength(1);
  });
});
