import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import middy from '@middy/core';
import { Limiter } from '../../core/access/limiter.ts';
import { windowAt } from '../../core/domain/decision/limit.ts';
import { embeddedMetrics } from '../../emulator/cloudwatch/metrics.ts';
import type { GuardDependencies } from '../../guard/dependencies.ts';
import { type GuardOptions, guardIn, keywrightGuard } from '../../guard/keywright-guard.ts';
import { LimitCounts } from '../support/limit-counts.ts';
import { CONTEXT } from '../support/management.ts';
import { type RequestPlane, startRequestPlane } from '../support/request-plane.ts';

const ID = 'GuardedKey00';
const CONTEXT_VALUES = {
  keyId: `key_${ID}`,
  tenantId: 'tenant_acme',
  environment: 'sandbox',
  keyType: 'secret',
  role: 'reader',
  permissions: 'orders:read',
  limits: '2/60 100/month',
};
const SUBSCRIPTION = {
  ...CONTEXT_VALUES,
  keyId: `sub_${ID}`,
  keyType: 'subscription',
  permissions: undefined,
};

let plane: RequestPlane;
let store: LimitCounts;
let warnings: string[];
let lines: Record<string, unknown>[];
beforeAll(async () => {
  plane = await startRequestPlane();
});
afterAll(() => plane.close());
beforeEach(() => {
  store = new LimitCounts();
  warnings = [];
  lines = [];
  plane.clock = windowAt(ID, 60, plane.clock + 120_000).start + 3000;
});

// biome-ignore lint/suspicious/noExplicitAny: answers of middy are what the middleware gives
type Handle = (event: unknown) => Promise<any>;

function guarded(
  options: GuardOptions = {},
  answer: unknown = { statusCode: 200, headers: { 'x-own': '1' } },
): Handle {
  const onWarning = (message: string, cause: unknown) => void warnings.push(`${message}: ${cause}`);
  const now = () => plane.clock;
  const authorizer = plane.authorizer(options.apiId === undefined ? {} : { apiId: options.apiId });
  const dependencies: GuardDependencies = {
    now,
    limiter: new Limiter({ store, now, entries: 10, onWarning }),
    authorize: (request) => authorizer.authorize(request),
    defaultLimits: { sandbox: [{ limit: 7, period: 60 }], live: [] },
    onWarning,
    write: (line) => lines.push(JSON.parse(line)),
  };
  const handler = middy(async (_event: unknown, context: { keywright?: unknown }) =>
    typeof answer === 'object' ? { ...answer, caller: context.keywright } : answer,
  ).use(guardIn(options, () => dependencies));
  return (event) => handler(event as never, { ...CONTEXT } as never);
}

const rest = (authorizer: unknown, more: object = {}) => ({
  httpMethod: 'GET',
  path: '/v1/orders',
  headers: {},
  multiValueHeaders: {},
  requestContext: { stage: 'sandbox', requestId: 'r', identity: { sourceIp: '203.0.113.7' }, authorizer },
  ...more,
});
const http = (authorizer: unknown, headers: object = {}) => ({
  version: '2.0',
  rawPath: '/sandbox/v1/orders',
  headers,
  requestContext: {
    stage: 'sandbox',
    requestId: 'r',
    authorizer,
    http: { method: 'GET', path: '/sandbox/v1/orders', sourceIp: '203.0.113.7' },
  },
});
const bodyOf = (answer: { body: string }) => JSON.parse(answer.body);

describe('behind an authorizer', () => {
  test.each([
    ['REST API', rest(CONTEXT_VALUES)],
    ['HTTP API, payload 1.0', { ...rest(CONTEXT_VALUES), version: '1.0' }],
    ['HTTP API, payload 2.0', http({ lambda: CONTEXT_VALUES })],
  ])('%s: the caller is known, and every answer tells what is left', async (_, event) => {
    const answer = await guarded()(event);
    expect(answer).toMatchObject({
      statusCode: 200,
      caller: { keyId: `key_${ID}`, tenantId: 'tenant_acme', permissions: ['orders:read'] },
      headers: {
        'x-own': '1',
        'RateLimit-Policy': '"60s";q=2;w=60, "month";q=100;w=2592000',
        RateLimit: expect.stringMatching(/^"60s";r=1;t=57, "month";r=99;t=\d+$/),
        'RateLimit-Limit': '2',
        'RateLimit-Remaining': '1',
        'RateLimit-Reset': '57',
      },
    });
  });

  test('429 in the tenant scheme’s words, when to come back, and the handler is not called', async () => {
    const handle = guarded();
    await handle(rest(CONTEXT_VALUES));
    await handle(rest(CONTEXT_VALUES));
    const answer = await handle(rest(CONTEXT_VALUES));
    expect(answer).toMatchObject({
      statusCode: 429,
      headers: {
        'Retry-After': '57',
        'RateLimit-Remaining': '0',
        RateLimit: expect.stringContaining('"60s";r=0;t=57'),
      },
    });
    expect(answer).not.toHaveProperty('caller');
    expect(bodyOf(answer).error).toMatchObject({ code: 'rate_limit_exceeded', type: 'rate_limit_error' });
    plane.clock += 57_000;
    expect(await handle(rest(CONTEXT_VALUES))).toMatchObject({ statusCode: 200 });
  });

  test('429 in Azure’s words for a subscription: rate, and quota', async () => {
    const handle = guarded();
    for (let i = 0; i < 2; i++) await handle(rest(SUBSCRIPTION));
    expect(bodyOf(await handle(rest(SUBSCRIPTION)))).toEqual({
      statusCode: 429,
      message: 'Rate limit is exceeded. Try again in 57 seconds.',
    });
    plane.clock = Date.parse('2026-06-02T16:58:40Z');
    const daily = { ...SUBSCRIPTION, limits: '1/day' };
    await handle(rest(daily));
    expect(bodyOf(await handle(rest(daily)))).toEqual({
      statusCode: 429,
      message: 'Out of call volume quota. Quota will be replenished in 07:01:20.',
    });
    const monthly = { ...SUBSCRIPTION, limits: '1/month' };
    await handle(rest(monthly));
    expect(bodyOf(await handle(rest(monthly))).message).toContain('replenished in 28.07:01:20.');
  });

  test('a permission that the caller lacks is a 403 and spends nothing', async () => {
    const answer = await guarded({ permission: 'orders:write' })(rest(CONTEXT_VALUES));
    expect([answer.statusCode, bodyOf(answer).error.code]).toEqual([403, 'insufficient_permissions']);
    expect(store.used.size).toBe(0);
    expect(await guarded({ permission: 'orders:read' })(rest(CONTEXT_VALUES))).toMatchObject({
      statusCode: 200,
    });
    expect(await guarded({ permission: 'a:write' })(rest(SUBSCRIPTION))).toMatchObject({ statusCode: 200 });
    const publishable = { ...CONTEXT_VALUES, keyType: 'publishable', permissions: '*:*' };
    expect(await guarded({ permission: 'orders:read' })(rest(publishable))).toMatchObject({
      statusCode: 403,
    });
  });

  test('cost: a number, a function of the event, and nothing that is no whole number', async () => {
    const tooMuch = await guarded({ cost: 3 })(rest(CONTEXT_VALUES));
    expect(tooMuch.statusCode).toBe(400);
    const handle = guarded({ cost: (event: { units: number }) => event.units });
    expect(await handle(rest(CONTEXT_VALUES, { units: 2 }))).toMatchObject({
      headers: { 'RateLimit-Remaining': '0' },
    });
    await expect(guarded({ cost: 0.5 })(rest(CONTEXT_VALUES))).rejects.toThrow('cost is 0.5');
  });

  test('DynamoDB is down: 503, and when to come back', async () => {
    store.failure = new Error('no answer');
    const answer = await guarded({ headers: { 'access-control-allow-origin': '*' } })(rest(CONTEXT_VALUES));
    expect(answer).toMatchObject({
      statusCode: 503,
      headers: { 'Retry-After': '1', 'access-control-allow-origin': '*' },
    });
    expect(bodyOf(answer).error.code).toBe('authorizer_unavailable');
    expect(warnings.join()).toContain('no answer');
  });

  test('a caller without limits is let through, and told of none', async () => {
    const answer = await guarded()(rest({ ...CONTEXT_VALUES, limits: undefined }));
    expect(answer).toMatchObject({ statusCode: 200, headers: { 'x-own': '1' } });
    expect(Object.keys(answer.headers)).toEqual(['x-own']);
  });

  test('a bare value is left as it is', async () => {
    expect(await guarded({}, 'hello')(http({ lambda: CONTEXT_VALUES }))).toBe('hello');
  });
});

describe('nobody speaks for a caller but an authorizer of Keywright’s', () => {
  test.each([
    ['no authorizer', rest(undefined)],
    ['no context of an authorizer', http(undefined)],
    [
      'headers and query that say so',
      rest(null, { headers: CONTEXT_VALUES, queryStringParameters: CONTEXT_VALUES }),
    ],
    ['the body', rest(null, { body: JSON.stringify({ requestContext: { authorizer: CONTEXT_VALUES } }) })],
    ['claims of a JWT', http({ jwt: { claims: CONTEXT_VALUES } })],
    ['claims of a user pool', rest({ claims: CONTEXT_VALUES })],
    ['a context of another form', rest({ ...CONTEXT_VALUES, keyId: 'me' })],
    ['a context of a REST API in an HTTP API’s event', http(CONTEXT_VALUES)],
  ])('%s: 401, with a challenge', async (_, event) => {
    const answer = await guarded()(event);
    expect(answer).toMatchObject({
      statusCode: 401,
      headers: { 'WWW-Authenticate': 'Bearer realm="keywright"' },
    });
    expect(bodyOf(answer).error).toMatchObject({ code: 'authentication_failed' });
  });

  test('a preflight passes, as authorizers let it', async () => {
    const headers = { origin: 'https://a.example', 'access-control-request-method': 'GET' };
    expect(
      await guarded()(rest(null, { httpMethod: 'OPTIONS', headers, multiValueHeaders: null })),
    ).toMatchObject({
      statusCode: 200,
    });
  });

  test('limits that can’t be read are a 503, and not none', async () => {
    const answer = await guarded()(rest({ ...CONTEXT_VALUES, limits: 'many' }));
    expect(answer.statusCode).toBe(503);
  });
});

describe('where the guard authenticates', () => {
  const options = { apiId: 'api_OrdersSndbox' };
  const headersOf = (key: string) => ({ 'x-api-key': key, 'x-tn': 'tenant_acme' });

  test('a good key is let in under its limits, or those of its environment', async () => {
    const limited = await plane.putKey({ rateLimits: [{ limit: 1, windowSeconds: 60 }] });
    const handle = guarded(options);
    expect(await handle(http(undefined, headersOf(limited)))).toMatchObject({
      statusCode: 200,
      caller: { keyType: 'secret', permissions: ['*:*'] },
      headers: { 'RateLimit-Limit': '1' },
    });
    expect(await handle(http(undefined, headersOf(limited)))).toMatchObject({ statusCode: 429 });
    const other = await plane.putKey();
    expect(await handle(http(undefined, headersOf(other)))).toMatchObject({
      headers: { 'RateLimit-Limit': '7' },
    });
  });

  test('a context is not looked at', async () => {
    expect(await guarded(options)(http({ lambda: CONTEXT_VALUES }))).toMatchObject({ statusCode: 401 });
    expect(await guarded(options)(rest(CONTEXT_VALUES))).toMatchObject({ statusCode: 401 });
  });

  test('a route that the key may not call is a 403', async () => {
    const reader = await plane.putKey({ role: 'orders-reader' });
    const event = http(undefined, headersOf(reader));
    expect(await guarded(options)(event)).toMatchObject({ statusCode: 200 });
    event.requestContext.http.method = 'POST';
    expect(await guarded(options)(event)).toMatchObject({ statusCode: 403 });
  });

  test('the subscription scheme’s 401s each have their own words', async () => {
    await plane.putSubscriptionApi('api_PaymentsSndb');
    const payments = { apiId: 'api_PaymentsSndb', scheme: 'subscription' } as const;
    const missing = await guarded(payments)(http(undefined));
    expect(bodyOf(missing).message).toContain('missing subscription key');
    const headers = { 'ocp-apim-subscription-key': 'sub_dev_nothing' };
    const invalid = await guarded(payments)(http(undefined, headers));
    expect(bodyOf(invalid).message).toContain('invalid subscription key');
    expect(invalid.headers['WWW-Authenticate']).toMatch(/^AzureApiManagementKey realm=/);
  });
});

test('each refusal is a line that is counted by its cause, as an authorizer’s is', async () => {
  await guarded({ cost: 2 })(rest(CONTEXT_VALUES));
  await guarded()(rest(CONTEXT_VALUES));
  await guarded({ permission: 'orders:write' })(rest(CONTEXT_VALUES));
  await guarded({ permission: 'a:read' })(rest({ ...CONTEXT_VALUES, keyType: 'publishable' }));
  await guarded()(rest(undefined));
  const headers = { 'x-api-key': await plane.putKey({ id: ID, status: 'revoked' }), 'x-tn': 'tenant_acme' };
  await guarded({ apiId: 'api_OrdersSndbox' })(http(undefined, headers));
  store.failure = new Error('no answer');
  await guarded()(rest(CONTEXT_VALUES));
  expect(lines.map(({ cause, code, keyId }) => [cause, code, keyId])).toEqual([
    ['rate_limit_exceeded', 'rate_limit_exceeded', `key_${ID}`],
    ['permission_missing', 'insufficient_permissions', `key_${ID}`],
    ['route_not_public', 'insufficient_permissions', `key_${ID}`],
    ['no_context', 'authentication_failed', undefined],
    ['key_revoked', 'authentication_failed', `key_${ID}`],
    ['unavailable', 'authorizer_unavailable', `key_${ID}`],
  ]);
  const line = { message: 'request refused', sourceIp: '203.0.113.7', requestId: 'r', Refused: 1 };
  expect(lines).toEqual(lines.map(() => expect.objectContaining(line)));
  const counted = lines.flatMap((each) => embeddedMetrics(JSON.stringify(each)));
  expect(counted.filter(({ name }) => name === 'Refused')).toHaveLength(6);
  expect(counted.filter(({ name }) => name === 'AuthorizerUnavailable')).toEqual([
    { namespace: 'Keywright', name: 'AuthorizerUnavailable', dimensions: {}, value: 1 },
  ]);
});

test('who is let through leaves no line', async () => {
  await guarded({ permission: 'orders:read' })(rest(CONTEXT_VALUES));
  await guarded()(
    rest(null, {
      httpMethod: 'OPTIONS',
      headers: { origin: 'https://a.example', 'access-control-request-method': 'GET' },
      multiValueHeaders: null,
    }),
  );
  expect(lines).toEqual([]);
});

test('variables that are missing are named', async () => {
  const handler = middy(async () => undefined).use(keywrightGuard());
  const region = process.env.AWS_REGION;
  delete process.env.AWS_REGION;
  try {
    await expect(handler({} as never, { ...CONTEXT } as never)).rejects.toThrow('AWS_REGION');
  } finally {
    if (region !== undefined) process.env.AWS_REGION = region;
  }
});
