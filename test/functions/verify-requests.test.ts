import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { managementHandler } from '../../core/management/management-handler.ts';
import { verifyOperations } from '../../functions/verify/verify-operations.ts';
import { ADMIN, CONTEXT } from '../support/management.ts';
import { silentLogger } from '../support/silent-logger.ts';
import { verification } from '../support/verification.ts';
import { BACKEND, ORDERS, VerifyFixture } from '../support/verify-fixture.ts';

let backend: VerifyFixture;
beforeAll(async () => {
  backend = await VerifyFixture.start();
});
afterAll(() => backend.close());
beforeEach(() => backend.renew());

const route = { apiId: ORDERS, method: 'POST', path: '/v1/orders' };

describe('a batch', () => {
  test('is answered in its order, each by itself', async () => {
    const { keyId, secret } = await backend.newKey({ rateLimits: [{ limit: 2, windowSeconds: 60 }] });
    const once = { key: secret, ip: '203.0.113.7' };
    const { results } = await backend.verify({
      requests: [once, { key: 'sk_live_wrong' }, once, once, { ...once, cost: 0 }],
    });
    expect(results.map(({ code, keyId: id }: { code: string; keyId?: string }) => [code, id])).toEqual([
      ['valid', keyId],
      ['authentication_failed', undefined],
      ['valid', keyId],
      ['rate_limit_exceeded', keyId],
      ['valid', keyId],
    ]);
  });

  test('takes a hundred, and not one more', async () => {
    const { secret } = await backend.newKey();
    const requests = Array.from({ length: 100 }, () => ({ key: secret }));
    expect((await backend.verify({ requests })).results).toHaveLength(100);
    expect(await backend.ask({ requests: [...requests, { key: secret }] })).toMatchObject({
      status: 400,
      body: { error: { param: 'requests' } },
    });
  });

  test('with an API that does not exist tells so in its place; asked for alone it is a 400', async () => {
    const { secret } = await backend.newKey({ rateLimits: [{ limit: 2, windowSeconds: 60 }] });
    const missing = { key: secret, apiId: 'api_000000000000' };
    const answer = await backend.ask({ requests: [{ key: secret, cost: 2 }, missing] });
    expect(answer).toMatchObject({
      status: 200,
      body: { results: [{ valid: true }, { valid: false, code: 'invalid_request', param: 'apiId' }] },
    });
    expect(await backend.ask(missing)).toMatchObject({ status: 400, body: { error: { param: 'apiId' } } });
    expect(await backend.verify({ key: secret, cost: 0 })).toMatchObject({ rateLimits: [{ remaining: 0 }] });
  });
});

describe('what is asked', () => {
  test.each([
    ['no key', {}, 'key'],
    ['a key and requests', { key: 'x', requests: [{ key: 'x' }] }, 'requests'],
    ['a field beside requests', { requests: [{ key: 'x' }], cost: 2 }, 'requests'],
    ['no requests', { requests: [] }, 'requests'],
    ['a path without a method', { key: 'x', apiId: ORDERS, path: '/v1' }, 'method'],
    ['a method without a path', { key: 'x', apiId: ORDERS, method: 'GET' }, 'path'],
    ['a route of no API', { key: 'x', method: 'GET', path: '/v1' }, 'apiId'],
    ['a path with a query', { key: 'x', apiId: ORDERS, method: 'GET', path: '/v1?a=1' }, 'path'],
    ['an address that is none', { key: 'x', ip: '203.0.113.7 x' }, 'ip'],
    ['a permission for all', { key: 'x', permission: '*:read' }, 'permission'],
    ['a cost below zero', { key: 'x', cost: -1 }, 'cost'],
    ['a share of a cost', { key: 'x', cost: 0.5 }, 'cost'],
    ['what nobody knows', { key: 'x', colour: 'red' }, 'colour'],
  ])('with %s is a 400 that names it', async (_, body, param) => {
    expect(await backend.ask(body)).toMatchObject({
      status: 400,
      body: { error: { code: 'invalid_request', param } },
    });
  });

  test('never comes back with a key, and no log has one', async () => {
    const { secret } = await backend.newKey();
    const requests = [
      { key: secret },
      { key: secret, ...route },
      { key: secret, tenantId: 'tenant_other' },
      { [secret]: 1 },
      { key: secret, apiId: secret },
      { key: secret, path: secret },
      { key: `${secret}x` },
      { requests: [{ key: secret }, { key: secret, colour: secret }] },
    ];
    for (const body of requests) expect((await backend.ask(body)).text).not.toContain(secret);
    expect(backend.management.logged.join('')).not.toContain(secret);
  });
});

test('who did not sign as a principal of AWS is refused, and so is every person', async () => {
  const { secret } = await backend.newKey();
  for (const claims of [ADMIN, {}]) {
    const answer = await backend.management.call('POST /v1/verify', { claims, body: { key: secret } });
    expect(answer).toMatchObject({ status: 403, body: { error: { code: 'forbidden' } } });
  }
});

test('while nothing can be decided the answer is 503; in a batch what could be is told', async () => {
  const { clock, keyFormat, pepper } = backend.management;
  const dependencies = { now: () => clock, randomBytes, keyFormat, logger: silentLogger };
  const working = verification(backend.dynamodb, dependencies, () => pepper);
  const broken = verification(
    { ...backend.dynamodb, endpoint: 'http://127.0.0.1:9' },
    dependencies,
    () => pepper,
  );
  const { secret } = await backend.newKey();
  const limited = await backend.newKey({ rateLimits: [{ limit: 2, windowSeconds: 60 }] });
  const call = async (parts: object, body: object) => {
    const handler = managementHandler(verifyOperations, { ...dependencies, ...working, ...parts });
    const event = {
      routeKey: 'POST /v1/verify',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
      requestContext: {
        accountId: BACKEND.split(':')[4],
        requestId: 'request-1',
        authorizer: { iam: { userArn: BACKEND } },
      },
    };
    const {
      statusCode,
      headers,
      body: text,
    } = (await handler(event as never, CONTEXT)) as {
      statusCode: number;
      headers: object;
      body: string;
    };
    return { statusCode, headers, body: JSON.parse(text) };
  };
  const unavailable = {
    statusCode: 503,
    headers: { 'retry-after': '2' },
    body: { error: { code: 'authorizer_unavailable', type: 'api_error' } },
  };
  const { authorizerOf, limiter } = broken;
  expect(await call({ authorizerOf }, { key: secret })).toMatchObject(unavailable);
  for (const cost of [1, 0]) {
    expect(await call({ limiter }, { key: limited.secret, cost })).toMatchObject(unavailable);
  }
  const requests = [{ key: secret }, { key: limited.secret }, { key: 'sk_live_wrong' }];
  expect(await call({ limiter }, { requests })).toMatchObject({
    statusCode: 200,
    body: {
      results: [
        { code: 'valid' },
        { valid: false, code: 'authorizer_unavailable', answer: { status: 503 } },
        { code: 'authentication_failed' },
      ],
    },
  });
});
