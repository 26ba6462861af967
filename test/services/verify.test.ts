import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import middy from '@middy/core';
import { windowAt } from '../../core/domain/limit.ts';
import { managementHandler } from '../../core/http/management-handler.ts';
import { credentialIdOf, itemKey } from '../../core/store/item-keys.ts';
import { verifyOperations } from '../../functions/verify/verify-operations.ts';
import { guardIn } from '../../guard/keywright-guard.ts';
import { startDynamoDb, type TestDynamoDb } from '../support/dynamodb.ts';
import { ADMIN, CONTEXT, type TestAnswer, TestManagement } from '../support/management.ts';
import { startTokenIssuer, type TokenIssuer } from '../support/token-issuer.ts';
import { verification } from '../support/verification.ts';

const BACKEND = 'arn:aws:iam::000000000000:role/backend';
const TENANT = 'tenant_acme';
const ORDERS = 'api_OrdersLive00';
const PAYMENTS = 'api_PaymentLive0';
const KEYS = `/v1/tenants/${TENANT}/keys`;

let dynamodb: TestDynamoDb;
let issuer: TokenIssuer;
let management: TestManagement;
let clientKey: string;
let plans: { immediate: string; approved: string; other: string };

beforeAll(async () => {
  dynamodb = await startDynamoDb();
  issuer = await startTokenIssuer();
  management = new TestManagement(dynamodb);
  await create('/v1/tenants', { tenantId: TENANT, name: 'Acme' });
  await create('/v1/tenants', { tenantId: 'tenant_other', name: 'Other' });
  const routes = [{ method: 'GET', path: '/v1/prices', public: true }];
  const live = { environment: 'live' };
  await create('/v1/apis', { ...live, apiId: ORDERS, name: 'orders', scheme: 'tenant', routes });
  const oauth = { issuer: issuer.issuer, audience: 'payments' };
  const subscribed = { ...live, scheme: 'subscription' };
  await create('/v1/apis', { ...subscribed, apiId: PAYMENTS, name: 'pay', clientKeyRequired: true, oauth });
  const { apiId } = await create('/v1/apis', { ...subscribed, name: 'other' });
  clientKey = (await create(`/v1/apis/${PAYMENTS}/client-key/reveal`)).clientKey;
  const plan = { rateLimits: [{ limit: 5, windowSeconds: 60 }], quota: { limit: 7, period: 'day' } };
  const product = async (body: object): Promise<string> =>
    (await create('/v1/products', { name: 'Payments', plan, ...body })).productId;
  plans = {
    immediate: await product({ apiIds: [PAYMENTS], requiresApproval: false }),
    approved: await product({ apiIds: [PAYMENTS], requiresApproval: true }),
    other: await product({ apiIds: [apiId], requiresApproval: false }),
  };
});
afterAll(async () => {
  await issuer.close();
  await dynamodb.close();
});
beforeEach(() => {
  management = new TestManagement(dynamodb);
});

async function create(path: string, body: object = {}) {
  const answer = await management.call(`POST ${path}`, { body });
  expect(answer.status).toBeLessThan(300);
  return answer.body;
}

const ask = (body: object): Promise<TestAnswer> =>
  management.call('POST /v1/verify', { principal: BACKEND, body });

async function verify(body: object) {
  const answer = await ask(body);
  expect(answer.status).toBe(200);
  return answer.body;
}

async function newKey(change: object = {}): Promise<{ keyId: string; secret: string }> {
  const body = { name: 'Key', type: 'secret', environment: 'live', role: 'writer', ...change };
  const { key, secret } = await create(KEYS, body);
  return { keyId: key.keyId, secret };
}

async function subscribe(productId: string): Promise<{ subscriptionId: string; primaryKey: string }> {
  const request = { tenantId: TENANT, productId, name: 'Billing' };
  const { subscriptionId } = await create('/v1/subscriptions', request);
  return { subscriptionId, ...(await create(`/v1/subscriptions/${subscriptionId}/keys/reveal`)) };
}

const token = (audience = 'payments') =>
  issuer.sign({
    iss: issuer.issuer,
    aud: audience,
    client_id: 'billing',
    // Signatures are checked by the clock of this machine.
    exp: Math.floor(Math.max(Date.now(), management.clock.getTime()) / 1000) + 600,
  });

const route = { apiId: ORDERS, method: 'POST', path: '/v1/orders' };

describe('a key of the tenant scheme', () => {
  test('is valid, and everything that an authorizer tells backends is told', async () => {
    const { keyId, secret } = await newKey({ permissions: ['orders:*'] });
    expect(await verify({ ...route, key: secret, tenantId: TENANT, ip: '203.0.113.7' })).toEqual({
      valid: true,
      code: 'valid',
      keyId,
      tenantId: TENANT,
      environment: 'live',
      keyType: 'secret',
      role: 'writer',
      permissions: ['orders:*'],
    });
    expect((await verify({ ...route, key: secret })).valid).toBe(true);
    const seen = await dynamodb.lastEvent(itemKey.seenNetwork(credentialIdOf(keyId), '203.0.113.0/24'));
    expect(seen).toMatchObject({ type: 'apiKey.usedFromNewIp', tenantId: TENANT });
  });

  test('that is no good is one code, with the cause beside it', async () => {
    const good = await newKey();
    const [revoked, disabled, expiring] = [
      await newKey(),
      await newKey(),
      await newKey({ expiresAt: '2026-11-22T13:00:00Z' }),
    ];
    await create(`${KEYS}/${revoked.keyId}/revoke`);
    await create(`${KEYS}/${disabled.keyId}/disable`);
    const mint = (id: string) => management.keyFormat.mint('sk', 'live', id, randomBytes);
    const causes = new Map([
      ['sk_live_short', 'malformed_key'],
      [clientKey, 'malformed_key'],
      [mint('NoSuchKey000'), 'unknown_key'],
      [mint(credentialIdOf(good.keyId)), 'wrong_secret'],
      [revoked.secret, 'key_revoked'],
      [disabled.secret, 'key_disabled'],
      [expiring.secret, 'key_expired'],
    ]);
    management.clock = new Date('2026-11-22T14:00:00Z');
    for (const [key, cause] of causes) {
      for (const where of [route, {}]) {
        expect(await verify({ ...where, key })).toMatchObject({
          valid: false,
          code: 'authentication_failed',
          cause,
          answer: {
            status: 401,
            headers: { 'WWW-Authenticate': 'Bearer realm="keywright"' },
            body: { error: { code: 'authentication_failed' } },
          },
        });
      }
    }
  });

  test('of a suspended tenant is no good either', async () => {
    const { secret } = await newKey();
    const suspend = (status: string) => management.call(`PATCH /v1/tenants/${TENANT}`, { body: { status } });
    await suspend('suspended');
    const [there, anywhere] = [await verify({ ...route, key: secret }), await verify({ key: secret })];
    await suspend('active');
    const expected = { valid: false, code: 'authentication_failed', cause: 'tenant_suspended' };
    expect([there, anywhere]).toMatchObject([expected, expected]);
  });

  test('is refused for another tenant, the other environment, and what its role may not', async () => {
    const { secret } = await newKey({ role: 'reader' });
    const sandbox = await newKey({ environment: 'sandbox' });
    const publishable = await newKey({ type: 'publishable', role: 'reader' });
    const rows: [object, string, string, number][] = [
      [{ key: secret, tenantId: 'tenant_other' }, 'tenant_mismatch', 'tenant_mismatch', 403],
      [{ key: sandbox.secret, apiId: ORDERS }, 'environment_mismatch', 'environment_mismatch', 403],
      [{ key: secret, ...route }, 'insufficient_permissions', 'permission_missing', 403],
      [{ key: secret, permission: 'orders:write' }, 'insufficient_permissions', 'permission_missing', 403],
      [
        { key: publishable.secret, ...route, method: 'GET' },
        'insufficient_permissions',
        'route_not_public',
        403,
      ],
      [
        { key: publishable.secret, permission: 'orders:read' },
        'insufficient_permissions',
        'route_not_public',
        403,
      ],
    ];
    for (const [body, code, cause, status] of rows) {
      expect(await verify(body)).toMatchObject({ valid: false, code, cause, answer: { status } });
    }
    const allowed = [
      { key: secret, ...route, method: 'GET', permission: 'customers:read' },
      { key: secret, permission: 'orders:read', tenantId: TENANT },
      { key: sandbox.secret, tenantId: TENANT },
      { key: publishable.secret, apiId: ORDERS, method: 'GET', path: '/v1/prices' },
      { key: publishable.secret },
    ];
    for (const body of allowed) expect(await verify(body)).toMatchObject({ valid: true, code: 'valid' });
  });

  test('is held to its networks and origins; who does not say where it came from is refused', async () => {
    const here = await newKey({ allowedCidrs: ['203.0.113.0/24', '2001:db8::/32'] });
    const shop = await newKey({ allowedOrigins: ['https://shop.example'] });
    const codes = async (key: string, ...sent: object[]) => {
      const answers: string[] = [];
      for (const body of sent) answers.push((await verify({ key, ...body })).code);
      return answers;
    };
    expect(
      await codes(here.secret, { ip: '203.0.113.9' }, { ip: '2001:db8::1' }, { ip: '198.51.100.1' }, {}),
    ).toEqual(['valid', 'valid', 'network_not_allowed', 'network_not_allowed']);
    const [ours, theirs] = ['https://shop.example', 'https://evil.example'];
    expect(await codes(shop.secret, { origin: ours, ...route }, { origin: theirs }, {})).toEqual([
      'valid',
      'origin_not_allowed',
      'origin_not_allowed',
    ]);
  });
});

describe('a key of the subscription scheme', () => {
  const pay = { apiId: PAYMENTS, method: 'POST', path: '/v1/payments' };

  test('is valid with what its API requires, and without naming an API', async () => {
    const { subscriptionId, primaryKey } = await subscribe(plans.immediate);
    const caller = {
      valid: true,
      keyId: subscriptionId,
      tenantId: TENANT,
      keyType: 'subscription',
      subscriptionId,
      productId: plans.immediate,
      slot: 'primary',
    };
    const all = { ...pay, key: primaryKey, clientKey, token: await token() };
    expect(await verify(all)).toMatchObject({ ...caller, oauthClientId: 'billing' });
    expect(await verify({ ...all, token: `Bearer ${await token()}` })).toMatchObject({ valid: true });
    expect(await verify({ key: primaryKey, tenantId: TENANT })).toMatchObject(caller);
  });

  test('is refused in the words of its scheme for each cause', async () => {
    const active = await subscribe(plans.immediate);
    const pending = await subscribe(plans.approved);
    const other = await subscribe(plans.other);
    const [suspended, cancelled] = [await subscribe(plans.immediate), await subscribe(plans.immediate)];
    const rejected = await subscribe(plans.approved);
    await create(`/v1/subscriptions/${suspended.subscriptionId}/suspend`);
    await create(`/v1/subscriptions/${cancelled.subscriptionId}/cancel`);
    await create(`/v1/subscriptions/${rejected.subscriptionId}/reject`);
    const whole = { ...pay, clientKey, token: await token() };
    const rows: [object, string, string, number, string][] = [
      [
        { ...whole, key: pending.primaryKey },
        'subscription_not_active',
        'subscription_pending',
        403,
        'pending',
      ],
      [{ key: suspended.primaryKey }, 'subscription_not_active', 'subscription_suspended', 403, 'suspended'],
      [{ key: cancelled.primaryKey }, 'subscription_not_active', 'subscription_cancelled', 403, 'cancelled'],
      [{ key: rejected.primaryKey }, 'subscription_not_active', 'subscription_rejected', 403, 'rejected'],
      [
        { ...whole, key: other.primaryKey },
        'product_not_subscribed',
        'product_not_subscribed',
        403,
        'product',
      ],
      [
        { ...pay, key: active.primaryKey, token: await token() },
        'authentication_failed',
        'no_client_key',
        401,
        'subscription key',
      ],
      [
        { ...whole, key: active.primaryKey, clientKey: 'ck_live_wrong' },
        'authentication_failed',
        'wrong_client_key',
        401,
        'subscription key',
      ],
      [{ ...pay, key: active.primaryKey, clientKey }, 'invalid_token', 'no_token', 401, 'Access token'],
      [
        { ...whole, key: active.primaryKey, token: await token('elsewhere') },
        'invalid_token',
        'invalid_token',
        401,
        'Access token',
      ],
      [
        { key: active.primaryKey, tenantId: 'tenant_other' },
        'tenant_mismatch',
        'tenant_mismatch',
        403,
        'x-tn',
      ],
      [
        { key: active.primaryKey, apiId: ORDERS },
        'authentication_failed',
        'unknown_key',
        401,
        'subscription key',
      ],
    ];
    for (const [body, code, cause, status, words] of rows) {
      expect(await verify(body)).toMatchObject({
        valid: false,
        code,
        cause,
        answer: { status, body: { statusCode: status, message: expect.stringContaining(words) } },
      });
    }
  });
});

describe('limits', () => {
  const limited = { rateLimits: [{ limit: 5, windowSeconds: 60 }] };
  const inWindow = (keyId: string) => {
    const { start } = windowAt(credentialIdOf(keyId), 60, management.clock.getTime());
    management.clock = new Date(start + 3000);
  };

  test('are spent by cost, told, and refuse with what to answer', async () => {
    const { keyId, secret } = await newKey(limited);
    inWindow(keyId);
    const state = (remaining: number) => [{ limit: 5, windowSeconds: 60, remaining, resetSeconds: 57 }];
    expect(await verify({ key: secret })).toMatchObject({ valid: true, rateLimits: state(4) });
    expect(await verify({ key: secret, cost: 3 })).toMatchObject({ valid: true, rateLimits: state(1) });
    expect(await verify({ key: secret, cost: 2 })).toEqual({
      valid: false,
      code: 'rate_limit_exceeded',
      cause: 'rate_limit_exceeded',
      keyId,
      rateLimits: state(1),
      retryAfterSeconds: 57,
      answer: {
        status: 429,
        headers: {
          'Content-Type': 'application/json',
          'Retry-After': '57',
          'RateLimit-Policy': '"60s";q=5;w=60',
          RateLimit: '"60s";r=1;t=57',
          'RateLimit-Limit': '5',
          'RateLimit-Remaining': '1',
          'RateLimit-Reset': '57',
        },
        body: { error: expect.objectContaining({ code: 'rate_limit_exceeded' }) },
      },
    });
  });

  test('are looked at by cost 0, as they are by then and not as an instance remembers them', async () => {
    const { keyId, secret } = await newKey(limited);
    inWindow(keyId);
    const elsewhere = new TestManagement(dynamodb);
    elsewhere.clock = management.clock;
    const left = async () => (await verify({ key: secret, cost: 0 })).rateLimits[0].remaining;
    expect([await left(), await left()]).toEqual([5, 5]);
    await elsewhere.call('POST /v1/verify', { principal: BACKEND, body: { key: secret, cost: 4 } });
    expect(await left()).toBe(1);
    await elsewhere.call('POST /v1/verify', { principal: BACKEND, body: { key: secret, cost: 1 } });
    expect(await verify({ key: secret, cost: 0 })).toMatchObject({ valid: true });
    expect(await left()).toBe(0);
  });

  test('of a plan hold, its quota last', async () => {
    const { subscriptionId, primaryKey } = await subscribe(plans.immediate);
    inWindow(subscriptionId);
    expect(await verify({ key: primaryKey, cost: 5 })).toMatchObject({
      rateLimits: [
        { limit: 5, windowSeconds: 60, remaining: 0 },
        { limit: 7, period: 'day', remaining: 2 },
      ],
    });
    management.clock = new Date(management.clock.getTime() + 60_000);
    expect(await verify({ key: primaryKey, cost: 3 })).toMatchObject({
      code: 'quota_exceeded',
      answer: { status: 429, body: { message: expect.stringMatching(/^Out of call volume quota/) } },
    });
  });

  test('of keys without any are the default ones', async () => {
    const { secret } = await newKey({ environment: 'sandbox' });
    expect((await verify({ key: secret })).rateLimits).toMatchObject([{ limit: 6000, windowSeconds: 60 }]);
  });

  test('count what guards admit: together never more than the limit, and all of it', async () => {
    const limit = 40;
    const { keyId, secret } = await newKey({ rateLimits: [{ limit, windowSeconds: 60 }] });
    inWindow(keyId);
    const { clock, keyFormat, pepper } = management;
    const surroundings = { now: () => clock, randomBytes, keyFormat };
    const guard = () => {
      const { limiter, defaultLimits } = verification(dynamodb, surroundings, () => pepper);
      const authorize = () => {
        throw new Error('the authorizer has answered already');
      };
      const guarded = { now: () => clock.getTime(), limiter: limiter as never, authorize, defaultLimits };
      return middy(async () => ({ statusCode: 200 })).use(
        guardIn({}, () => ({ ...guarded, onWarning: () => undefined })),
      );
    };
    const context = {
      keyId,
      tenantId: TENANT,
      environment: 'live',
      keyType: 'secret',
      limits: `${limit}/60`,
    };
    const event = { httpMethod: 'GET', path: '/', headers: {}, requestContext: { authorizer: context } };
    const guards = [guard(), guard()];
    const spend = async (i: number): Promise<number> => {
      const guarded = await guards[i % 2]?.(event as never, { ...CONTEXT } as never);
      const verified = await verify({ key: secret });
      const batch = await verify({ requests: [{ key: secret }, { key: secret }] });
      const admitted = [verified, ...batch.results].filter(({ valid }: { valid: boolean }) => valid).length;
      return admitted + Number((guarded as unknown as { statusCode: number }).statusCode === 200);
    };
    let admitted = 0;
    // Until nobody has anything left of what he leased.
    for (let more = 1; more > 0; admitted += more) {
      const round = await Promise.all(Array.from({ length: 6 }, (_, i) => spend(i)));
      more = round.reduce((sum, one) => sum + one, 0);
    }
    expect(admitted).toBe(limit);
  });
});

describe('a batch', () => {
  test('is answered in its order, each by itself', async () => {
    const { keyId, secret } = await newKey({ rateLimits: [{ limit: 2, windowSeconds: 60 }] });
    const once = { key: secret, ip: '203.0.113.7' };
    const { results } = await verify({
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
    const { secret } = await newKey();
    const requests = Array.from({ length: 100 }, () => ({ key: secret }));
    expect((await verify({ requests })).results).toHaveLength(100);
    expect(await ask({ requests: [...requests, { key: secret }] })).toMatchObject({
      status: 400,
      body: { error: { param: 'requests' } },
    });
  });

  test('with an API that does not exist is a 400 by its place, and nobody has spent anything', async () => {
    const { secret } = await newKey({ rateLimits: [{ limit: 2, windowSeconds: 60 }] });
    const missing = { key: secret, apiId: 'api_000000000000' };
    const answer = await ask({ requests: [{ key: secret, cost: 2 }, missing] });
    expect(answer).toMatchObject({
      status: 400,
      body: { error: { code: 'invalid_request', param: 'requests.1.apiId' } },
    });
    expect(await ask(missing)).toMatchObject({ status: 400, body: { error: { param: 'apiId' } } });
    expect(await verify({ key: secret, cost: 2 })).toMatchObject({ valid: true });
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
    ['a path with a blank', { key: 'x', apiId: ORDERS, method: 'GET', path: '/v1 1.2.3.4' }, 'path'],
    ['an address that is none', { key: 'x', ip: '203.0.113.7 x' }, 'ip'],
    ['a permission for all', { key: 'x', permission: '*:read' }, 'permission'],
    ['a cost below zero', { key: 'x', cost: -1 }, 'cost'],
    ['a share of a cost', { key: 'x', cost: 0.5 }, 'cost'],
    ['what nobody knows', { key: 'x', colour: 'red' }, 'colour'],
  ])('with %s is a 400 that names it', async (_, body, param) => {
    expect(await ask(body)).toMatchObject({
      status: 400,
      body: { error: { code: 'invalid_request', param } },
    });
  });

  test('never comes back with a key, and no log has one', async () => {
    const { secret } = await newKey();
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
    for (const body of requests) expect((await ask(body)).text).not.toContain(secret);
    expect(management.logged.join('')).not.toContain(secret);
  });
});

test('who did not sign as a principal of AWS is refused, and so is every person', async () => {
  const { secret } = await newKey();
  for (const claims of [ADMIN, {}]) {
    const answer = await management.call('POST /v1/verify', { claims, body: { key: secret } });
    expect(answer).toMatchObject({ status: 403, body: { error: { code: 'forbidden' } } });
  }
});

test('while nothing can be decided the answer is 503; in a batch what could be is told', async () => {
  const { clock, keyFormat, pepper } = management;
  const surroundings = { now: () => clock, randomBytes, keyFormat };
  const working = verification(dynamodb, surroundings, () => pepper);
  const broken = verification({ ...dynamodb, endpoint: 'http://127.0.0.1:9' }, surroundings, () => pepper);
  const { secret } = await newKey();
  const limited = await newKey({ rateLimits: [{ limit: 2, windowSeconds: 60 }] });
  const call = async (parts: object, body: object) => {
    const handler = managementHandler(verifyOperations, { ...surroundings, ...working, ...parts });
    const event = {
      routeKey: 'POST /v1/verify',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
      requestContext: { requestId: 'request-1', authorizer: { iam: { userArn: BACKEND } } },
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
    body: { error: { code: 'dependency_unavailable' } },
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
