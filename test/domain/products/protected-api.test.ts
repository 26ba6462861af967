import { expect, test } from '@jest/globals';
import type { ChangeContext } from '../../../core/domain/audit/audit-event.ts';
import {
  createApi,
  repeatedRoute,
  routeProblem,
  updateApi,
} from '../../../core/domain/products/protected-api.ts';

const OCCASION: ChangeContext = {
  now: new Date('2026-11-22T12:00:00.000Z'),
  actor: { type: 'admin', id: 'person-admin', ip: '198.51.100.7' },
  requestId: 'request-1',
  eventId: 'event-1',
};
const get = (path: string) => ({ method: 'GET', path, public: false });

test.each([
  '/',
  '/v1/orders',
  '/v1/orders/{orderId}',
  '/v1/{a}/b/{rest+}',
  '/{proxy+}',
  "/v1/a.b~c_d-e:f@g!'()",
])('%s is a path of a route table', (path) => {
  expect(routeProblem(get(path))).toBeUndefined();
});

test.each([
  '',
  'v1',
  '//',
  '/v1/',
  '/v1//x',
  '/{rest+}/x',
  '/v1/{}',
  '/v1/x{a}',
  '/v1/..',
  '/v1/%41',
  '/v1/a b',
  '/v1?x',
  '/v1/a*',
  '/v1/*',
  '/v1/a;b',
  '/v1/a.',
  '/v1/...',
  '/v1/(S(x))',
  '/v1/\u00fc',
  '/v1/a\\b',
  '/v1/a\n',
])('%j is none', (path) => {
  expect(routeProblem(get(path))).toEqual(expect.any(String));
});

test('only reading routes can be public', () => {
  for (const method of ['GET', 'HEAD', 'ANY']) {
    expect(routeProblem({ method, path: '/v1', public: true })).toBeUndefined();
  }
  for (const method of ['POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']) {
    expect(routeProblem({ method, path: '/v1', public: true })).toEqual(expect.any(String));
  }
});

test('a route that differs from another in its placeholders’ names alone repeats it', () => {
  expect(
    repeatedRoute([get('/v1/{a}'), get('/v1/{a+}'), get('/v1/a'), { ...get('/v1/{b}'), method: 'PUT' }]),
  ).toBe(-1);
  expect(repeatedRoute([get('/v1/{a}/{b}'), get('/v1/a'), get('/v1/{x}/{y}')])).toBe(2);
  expect(repeatedRoute([get('/v1/{a+}'), get('/v1/{b+}')])).toBe(1);
});

test('creating, renaming and giving another route table each leave their event', () => {
  const input = {
    apiId: 'api_OrdersLive00',
    name: 'orders',
    environment: 'live',
    scheme: 'tenant',
    routes: [],
  } as const;
  const { state, event } = createApi(input, undefined, OCCASION);
  expect(event).toMatchObject({
    type: 'api.created',
    tenantId: null,
    subject: { type: 'api', id: input.apiId },
  });
  expect(updateApi(state, { name: 'Orders' }, OCCASION)?.event).toMatchObject({
    type: 'api.updated',
    data: { from: { name: 'orders' }, to: { name: 'Orders' } },
  });
  expect(updateApi(state, { routes: [get('/v1')] }, OCCASION)?.state).toMatchObject({
    routes: [get('/v1')],
    revision: 2,
  });
  expect(updateApi(state, { name: 'orders', routes: [] }, OCCASION)).toBeUndefined();
});
