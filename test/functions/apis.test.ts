import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { itemKey } from '../../core/store/item-keys.ts';
import { startDynamoDb, type TestDynamoDb } from '../support/dynamodb.ts';
import { TestManagement } from '../support/management.ts';

let dynamodb: TestDynamoDb;
let management: TestManagement;

beforeAll(async () => {
  dynamodb = await startDynamoDb();
});
afterAll(() => dynamodb.close());
beforeEach(() => {
  management = new TestManagement(dynamodb);
});

const API = { name: 'orders', environment: 'live', scheme: 'tenant' };
const OAUTH = { issuer: 'https://issuer.example.com/v2.0', audience: 'payments' };
const create = (body: object = {}, headers = {}) =>
  management.call('POST /v1/apis', { body: { ...API, ...body }, headers });

test('an API is registered with its route table, and read as it was answered', async () => {
  const routes = [
    { method: 'GET', path: '/v1/catalog/{item}', public: true },
    { method: 'POST', path: '/v1/orders', permission: 'sales:write' },
  ];
  const answer = await create({ apiId: 'api_OrdersLive00', clientKeyRequired: false, routes });
  expect(answer).toMatchObject({ status: 201 });
  expect(answer.body).toEqual({
    apiId: 'api_OrdersLive00',
    ...API,
    clientKeyRequired: false,
    ...{ description: null, baseUrl: null, openapi: null },
    routes: [
      { method: 'GET', path: '/v1/catalog/{item}', permission: null, public: true },
      { method: 'POST', path: '/v1/orders', permission: 'sales:write', public: false },
    ],
    oauth: null,
  });
  expect((await management.call('GET /v1/apis/api_OrdersLive00')).body).toEqual(answer.body);
  expect(await dynamodb.lastEvent(itemKey.api('api_OrdersLive00'))).toMatchObject({
    type: 'api.created',
    tenantId: null,
  });
  expect((await create({ apiId: 'api_OrdersLive00' })).body.error.code).toBe('already_exists');
});

test('what was answered can be sent back', async () => {
  const { body } = await create({ routes: [{ method: 'ANY', path: '/v1/{rest+}' }] });
  expect(body.apiId).toMatch(/^api_[0-9A-Za-z]{12}$/);
  const again = await management.call(`PATCH /v1/apis/${body.apiId}`, { body: { routes: body.routes } });
  expect(again).toMatchObject({ status: 200, body });
});

test('an API of the subscription scheme says what its callers must send', async () => {
  const oauth = { ...OAUTH, requiredScopes: ['payments:write'] };
  const { body } = await create({ scheme: 'subscription', clientKeyRequired: true, oauth });
  expect(body).toMatchObject({
    scheme: 'subscription',
    clientKeyRequired: true,
    oauth: { ...oauth, requiredRoles: [] },
  });
  const local = { ...OAUTH, issuer: 'http://localhost:4101' };
  const path = `PATCH /v1/apis/${body.apiId}`;
  const changed = await management.call(path, { body: { clientKeyRequired: false, oauth: local } });
  expect(changed.body).toMatchObject({ clientKeyRequired: false, oauth: local });
  expect(await dynamodb.lastEvent(itemKey.api(body.apiId))).toMatchObject({
    type: 'api.updated',
    data: { from: { clientKeyRequired: true }, to: { clientKeyRequired: false } },
  });
  expect((await management.call(path, { body: { oauth: null } })).body.oauth).toBeNull();
  expect((await create({ scheme: 'subscription' })).body).toMatchObject({
    clientKeyRequired: false,
    oauth: null,
  });
});

test('a repeat with the same Idempotency-Key registers nothing more', async () => {
  const headers = { 'idempotency-key': 'once' };
  const first = await create({}, headers);
  const again = await create({ routes: [] }, headers);
  expect(again).toMatchObject({ status: 200, headers: { 'idempotent-replayed': 'true' }, body: first.body });
  expect((await create({ name: 'other' }, headers)).body.error.code).toBe('idempotency_mismatch');
});

test('a change leaves its event', async () => {
  const { apiId } = (await create()).body;
  const routes = [{ method: 'GET', path: '/v1/menu', public: true }];
  const answer = await management.call(`PATCH /v1/apis/${apiId}`, { body: { name: 'Orders', routes } });
  expect(answer.body).toMatchObject({ name: 'Orders', routes });
  expect(await dynamodb.lastEvent(itemKey.api(apiId))).toMatchObject({
    type: 'api.updated',
    data: { from: { name: 'orders', routes: [] }, to: { name: 'Orders' } },
  });
});

describe('a 400 names what is wrong', () => {
  const route = { method: 'GET', path: '/v1/orders' };
  test.each([
    [{ scheme: 'both' }, 'scheme'],
    [{ clientKeyRequired: true }, 'clientKeyRequired'],
    [{ oauth: OAUTH }, 'oauth'],
    [{ environment: 'dev' }, 'environment'],
    [{ apiId: 'orders' }, 'apiId'],
    [{ routes: [{ ...route, method: 'get' }] }, 'routes.0.method'],
    [{ routes: [route, { ...route, path: 'v1' }] }, 'routes.1.path'],
    [{ routes: [{ ...route, permission: 'orders' }] }, 'routes.0.permission'],
    [{ routes: [{ ...route, method: 'POST', public: true }] }, 'routes.0.path'],
    [{ routes: [route, route] }, 'routes.1'],
    [{ routes: Array.from({ length: 101 }, (_, i) => ({ ...route, path: `/${i}` })) }, 'routes'],
  ])('%j: %s', async (body, param) => {
    const answer = await create(body);
    expect(answer).toMatchObject({ status: 400, body: { error: { code: 'invalid_request', param } } });
  });

  test.each([
    [{ clientKeyRequired: 1 }, 'clientKeyRequired'],
    [{ oauth: { ...OAUTH, issuer: 'http://issuer.example.com' } }, 'oauth.issuer'],
    [{ oauth: { ...OAUTH, issuer: 'https://issuer.example.com?a=1' } }, 'oauth.issuer'],
    [{ oauth: { ...OAUTH, issuer: 'https://me@issuer.example.com' } }, 'oauth.issuer'],
    [{ oauth: { ...OAUTH, issuer: 'issuer.example.com' } }, 'oauth.issuer'],
    [{ oauth: { issuer: OAUTH.issuer } }, 'oauth.audience'],
    [{ oauth: { ...OAUTH, requiredScopes: ['two scopes'] } }, 'oauth.requiredScopes.0'],
    [{ oauth: { ...OAUTH, requiredRoles: 'admin' } }, 'oauth.requiredRoles'],
    [{ oauth: { ...OAUTH, jwksUri: 'https://evil.example.com' } }, 'oauth.jwksUri'],
    [{ oauth: OAUTH, routes: [{ ...route, scopes: ['two scopes'] }] }, 'routes.0.scopes.0'],
    [{ oauth: OAUTH, routes: [{ ...route, scopes: 'get' }] }, 'routes.0.scopes'],
    [{ routes: [{ ...route, scopes: ['get'] }] }, 'routes'],
  ])('of the subscription scheme: %j: %s', async (body, param) => {
    const answer = await create({ scheme: 'subscription', ...body });
    expect(answer).toMatchObject({ status: 400, body: { error: { code: 'invalid_request', param } } });
  });

  test('and everything that is, also where fields are told apart by another', async () => {
    const paramsOf = async (body: object) =>
      (await create(body)).body.error.details.map(({ param }: { param: string }) => param);
    expect(await paramsOf({ clientKeyRequired: true, oauth: OAUTH })).toEqual(['clientKeyRequired', 'oauth']);
    expect(await paramsOf({ scheme: 'subscription', routes: [{ ...route, scopes: ['get'] }] })).toEqual([
      'routes',
    ]);
  });

  test('a change can not give the tenant scheme what only the subscription scheme has', async () => {
    const { apiId } = (await create()).body;
    for (const [body, param] of [
      [{ clientKeyRequired: true }, 'clientKeyRequired'],
      [{ oauth: OAUTH }, 'oauth'],
    ] as const) {
      const answer = await management.call(`PATCH /v1/apis/${apiId}`, { body });
      expect(answer).toMatchObject({ status: 400, body: { error: { code: 'invalid_request', param } } });
    }
    const { clientKeyRequired, oauth } = (await management.call(`GET /v1/apis/${apiId}`)).body;
    const same = await management.call(`PATCH /v1/apis/${apiId}`, { body: { clientKeyRequired, oauth } });
    expect(same.status).toBe(200);
  });
});

test('routes ask for scopes of a token where one is asked for, and it stays asked for', async () => {
  const routes = [
    { method: 'GET', path: '/v1/orders', permission: null, public: false, scopes: ['orders.get'] },
  ];
  const { apiId } = (await create({ scheme: 'subscription', oauth: OAUTH, routes })).body;
  const change = async (body: object) => management.call(`PATCH /v1/apis/${apiId}`, { body });
  expect((await management.call(`GET /v1/apis/${apiId}`)).body.routes).toEqual(routes);
  expect(await change({ oauth: null })).toMatchObject({ status: 400, body: { error: { param: 'oauth' } } });
  const [{ scopes, ...bare }] = routes as [(typeof routes)[0]];
  expect((await change({ routes: [{ ...bare, scopes: [] }] })).body.routes).toEqual([bare]);
  expect((await change({ oauth: null })).status).toBe(200);
  expect(await change({ routes })).toMatchObject({ status: 400, body: { error: { param: 'routes' } } });
});

test('the list is newest first, in pages', async () => {
  const ids: string[] = [];
  for (let i = 0; i < 4; i++) {
    management.clock = new Date(Date.parse('2026-12-01T00:00:00Z') + i * 1000);
    ids.unshift((await create()).body.apiId);
  }
  const page = await management.call('GET /v1/apis', { query: { limit: '3' } });
  const rest = await management.call('GET /v1/apis', { query: { limit: '1', cursor: page.body.nextCursor } });
  const listed = [...page.body.items, ...rest.body.items].map(({ apiId }) => apiId);
  expect(listed).toEqual(ids);
});
