import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { credentialIdOf, itemKey } from '../../core/store/item-keys.ts';
import type { GuardDependencies } from '../../guard/dependencies.ts';
import { type GuardOptions, guardIn } from '../../guard/keywright-guard.ts';
import { DEVELOPER } from '../support/subscriptions.ts';
import { consumerOver, delivery } from '../support/usage.ts';
import { verification } from '../support/verification.ts';
import { BACKEND, KEYS, ORDERS, PAYMENTS, TENANT, VerifyFixture } from '../support/verify-fixture.ts';

let backend: VerifyFixture;
/** Lines of functions that a subscription delivers, as CloudWatch Logs would. */
let lines: string[];
let batches = 0;
beforeAll(async () => {
  backend = await VerifyFixture.start();
});
afterAll(() => backend.close());
beforeEach(() => {
  backend.renew();
  lines = backend.management.logged;
});

/** What the consumer of logs makes of all lines so far. */
async function deliver(): Promise<void> {
  const { usage } = backend.dynamodb;
  const consume = consumerOver(usage, { countryOf: () => 'US', now: () => backend.management.clock });
  batches += 1;
  const timestamp = backend.management.clock.getTime();
  const wanted = lines.splice(0).filter((line) => /"message":"(request refused|key used)"/.test(line));
  await consume(delivery(wanted.map((message, i) => ({ id: `${batches}-${i}`, timestamp, message }))));
}

async function usageOf(query: Record<string, string>, groupBy = 'cause') {
  const range = { from: '2026-11-22T00:00:00.000Z', to: '2026-11-23T00:00:00.000Z' };
  const answer = await backend.management.call('GET /v1/usage', { query: { ...range, ...query, groupBy } });
  expect(answer.status).toBe(200);
  const groups = answer.body.groups as { group: string; requests: number }[];
  return Object.fromEntries(groups.map(({ group, requests }) => [group, requests]));
}
const requestsOf = async (keyId: string) =>
  Object.values(await usageOf({ keyId }, 'day')).reduce((sum, one) => sum + one, 0);
const lastUseOf = async (keyId: string) =>
  (await backend.management.call(`GET ${KEYS}/${keyId}`)).body.lastUsedAt as string | null;

/** A guard on the deployment's tables, and the answer of its backend. */
function guarded(options: GuardOptions, how: 'verify' | 'table') {
  const { management, dynamodb } = backend;
  const now = () => management.clock.getTime();
  const commons = {
    now,
    onWarning: (message: string) => void warnings.push(message),
    write: (line: string) => void lines.push(line),
  };
  const warnings: string[] = [];
  const asked: Record<string, unknown>[] = [];
  const make = (): GuardDependencies => {
    if (how === 'table') {
      const own = verification(
        dynamodb,
        {
          now: () => management.clock,
          randomBytes: () => Buffer.alloc(10),
          keyFormat: management.keyFormat,
        } as never,
        () => management.pepper,
      );
      return {
        ...commons,
        limiter: own.limiter as never,
        authorize: (request) => own.authorizerOf(options.apiId).authorize(request),
        defaultLimits: own.defaultLimits,
      };
    }
    return {
      ...commons,
      async ask(question) {
        const body = JSON.parse(JSON.stringify(question));
        asked.push(body);
        const answer = await management.call('POST /v1/verify', { principal: BACKEND, body });
        if (answer.status !== 200) throw new Error(`${answer.status} ${answer.text}`);
        return answer.body;
      },
      apiId: options.apiId,
      format: management.keyFormat,
      acceptsImported: false,
    };
  };
  const dependencies = make();
  const guard = guardIn(options, () => dependencies);
  const call = async (headers: Record<string, string>, authorizer?: object, path = '/v1/orders') => {
    const context: { keywright?: { keyId: string } } = {};
    const event = {
      version: '2.0',
      rawPath: path,
      headers,
      requestContext: {
        stage: '$default',
        requestId: 'request-g',
        authorizer: authorizer && { lambda: authorizer },
        http: { method: 'GET', path, sourceIp: '203.0.113.7' },
      },
    };
    const internal = {};
    const refused = (await guard.before({ event, context, internal, response: undefined })) as
      | { statusCode: number; headers: Record<string, string>; body: string }
      | undefined;
    const answer = { statusCode: 200, headers: {} as Record<string, string> };
    await guard.after({ event, context, internal, response: answer });
    return { status: refused?.statusCode ?? 200, answer: refused ?? answer, keyId: context.keywright?.keyId };
  };
  return { call, asked, warnings };
}

const sent = (key: string, tenantId = TENANT) => ({ 'x-api-key': key, 'x-tn': tenantId });
/** What an authorizer hands to a backend of a key of the tenant. */
const introduced = (keyId: string, limits = '5/60') => ({
  keyId,
  tenantId: TENANT,
  environment: 'live',
  keyType: 'secret',
  role: 'writer',
  permissions: '*:*',
  secretId: 's1',
  limits,
});

describe('a key that is used in one way alone counts as used', () => {
  test('through verify: requests, status, route, country, secret, last use', async () => {
    const { keyId, secret } = await backend.newKey();
    expect(await lastUseOf(keyId)).toBeNull();
    const question = {
      key: secret,
      tenantId: TENANT,
      apiId: ORDERS,
      method: 'GET',
      path: '/v1/orders/7',
      ip: '203.0.113.7',
    };
    await backend.verify(question);
    await backend.verify({ requests: [question, { key: secret }] });
    await deliver();
    expect(await requestsOf(keyId)).toBe(3);
    expect(await usageOf({ keyId }, 'status')).toEqual({ '200': 3 });
    expect(await usageOf({ keyId }, 'route')).toEqual({ 'GET /v1/orders': 2, 'OTHER -': 1 });
    expect(await usageOf({ keyId }, 'country')).toMatchObject({ US: 2 });
    expect(await lastUseOf(keyId)).toBe('2026-11-22T12:00:00.000Z');
    const { secrets } = (await backend.management.call(`GET ${KEYS}/${keyId}`)).body;
    expect(secrets[0].lastUsedAt).toBe('2026-11-22T12:00:00.000Z');
    const [day] = (
      await backend.management.call('GET /v1/usage', {
        query: { keyId, from: '2026-11-22T00:00:00.000Z', to: '2026-11-23T00:00:00.000Z' },
      })
    ).body.groups;
    // Nobody measured how long its backend took.
    expect([day.p50Milliseconds, day.p99Milliseconds]).toEqual([null, null]);
  });

  test('a subscription’s slot through verify', async () => {
    const { subscriptionId, primaryKey } = await backend.subscribe(backend.plans.immediate);
    const question = {
      key: primaryKey,
      apiId: PAYMENTS,
      method: 'GET',
      path: '/v1/pay',
      clientKey: backend.clientKey,
    };
    await backend.verify({ ...question, token: await backend.token() });
    await deliver();
    expect(await requestsOf(subscriptionId)).toBe(1);
    const { slots } = (await backend.management.call(`GET /v1/subscriptions/${subscriptionId}`)).body;
    expect([slots.primary.lastUsedAt, slots.secondary.lastUsedAt]).toEqual([
      '2026-11-22T12:00:00.000Z',
      null,
    ]);
  });

  test.each(['verify', 'table'] as const)('through a guard with an API of its own, by %s', async (how) => {
    const { keyId, secret } = await backend.newKey();
    const { call } = guarded({ apiId: ORDERS }, how);
    expect(await call(sent(secret))).toMatchObject({ status: 200, keyId });
    expect(await call(sent(secret))).toMatchObject({ status: 200 });
    await deliver();
    expect(await requestsOf(keyId)).toBe(2);
    expect(await lastUseOf(keyId)).not.toBeNull();
  });

  test.each(['verify', 'table'] as const)('who is refused after being identified too, by %s', async (how) => {
    const { keyId, secret } = await backend.newKey({
      role: 'reader',
      rateLimits: [{ limit: 1, windowSeconds: 3600 }],
    });
    const { call } = guarded({ apiId: ORDERS }, how);
    const writing = guarded({ apiId: ORDERS, permission: 'orders:write' }, how);
    expect(await writing.call(sent(secret))).toMatchObject({ status: 403 });
    expect(await call(sent(secret))).toMatchObject({ status: 200 });
    expect(await call(sent(secret))).toMatchObject({ status: 429 });
    await deliver();
    expect(await usageOf({ keyId }, 'status')).toEqual({ '200': 1, '403': 1, '429': 1 });
    expect(await usageOf({ keyId })).toEqual({ permission_missing: 1, rate_limit_exceeded: 1 });
  });
});

describe('no request counts twice', () => {
  test.each(['verify', 'table'] as const)(
    'behind an authorizer the access log has it: the guard, by %s, adds none',
    async (how) => {
      const { keyId, secret } = await backend.newKey({ rateLimits: [{ limit: 5, windowSeconds: 60 }] });
      const { call } = guarded({}, how);
      for (let i = 0; i < 5; i++)
        expect(await call(sent(secret), introduced(keyId))).toMatchObject({ status: 200 });
      expect(await call(sent(secret), introduced(keyId))).toMatchObject({ status: 429 });
      await deliver();
      expect(await requestsOf(keyId)).toBe(0);
      expect(await usageOf({ keyId })).toEqual({ rate_limit_exceeded: 1 });
    },
  );

  test('verify is told that a request is counted elsewhere', async () => {
    const { keyId, secret } = await backend.newKey();
    await backend.verify({ key: secret, counted: true });
    await deliver();
    expect(await requestsOf(keyId)).toBe(0);
  });

  test('a refusal that verify wrote down is not written down by the guard as well', async () => {
    const { secret } = await backend.newKey();
    const { call } = guarded({ apiId: ORDERS }, 'verify');
    await call(sent(secret, 'tenant_other'));
    expect(lines.filter((line) => line.includes('"request refused"'))).toHaveLength(1);
  });
});

describe('the owner of a verified key sees why its calls are refused, and nobody is blamed for a stranger’s', () => {
  test('by cause, for the key and for its tenant; the tenant that was named sees nothing', async () => {
    const { keyId, secret } = await backend.newKey({ allowedCidrs: ['198.51.100.0/24'] });
    const before = await usageOf({ tenantId: TENANT });
    const at = { key: secret, tenantId: TENANT, apiId: ORDERS, method: 'GET', path: '/v1/orders' };
    await backend.verify({ ...at, tenantId: 'tenant_other' });
    await backend.verify({ ...at, tenantId: 'tenant_other' });
    await backend.verify({ ...at, ip: '203.0.113.7' });
    await backend.management.call(`POST ${KEYS}/${keyId}/disable`, { body: {} });
    backend.management.clock = new Date(backend.management.clock.getTime() + 10_000);
    await backend.verify(at);
    await deliver();
    const causes = { tenant_mismatch: 2, network_not_allowed: 1, key_disabled: 1 };
    expect(await usageOf({ keyId })).toEqual(causes);
    const after = await usageOf({ tenantId: TENANT });
    for (const [cause, count] of Object.entries(causes))
      expect((after[cause] ?? 0) - (before[cause] ?? 0)).toBe(count);
    expect(await usageOf({ tenantId: 'tenant_other' })).toEqual({});
    const { groups } = (
      await backend.management.call('GET /v1/usage', { query: { keyId, groupBy: 'cause' } })
    ).body;
    expect(groups).toEqual(
      groups.map(() => expect.objectContaining({ environment: 'live', keyType: 'secret', serverErrors: 0 })),
    );
  });

  test('of the other environment, of a product without the API, of a subscription that waits', async () => {
    const sandbox = await backend.newKey({ environment: 'sandbox' });
    await backend.verify({
      key: sandbox.secret,
      tenantId: TENANT,
      apiId: ORDERS,
      method: 'GET',
      path: '/v1/orders',
    });
    const other = await backend.subscribe(backend.plans.other);
    const waiting = await backend.subscribe(backend.plans.approved);
    for (const { primaryKey } of [other, waiting]) {
      await backend.verify({
        key: primaryKey,
        apiId: PAYMENTS,
        method: 'GET',
        path: '/v1/pay',
        clientKey: backend.clientKey,
      });
    }
    await deliver();
    expect(await usageOf({ keyId: sandbox.keyId })).toEqual({ environment_mismatch: 1 });
    expect(await usageOf({ keyId: other.subscriptionId })).toEqual({ product_not_subscribed: 1 });
    expect(await usageOf({ keyId: waiting.subscriptionId })).toEqual({ subscription_pending: 1 });
  });

  test('a stranger who knows a key’s id and not its secret changes nobody’s usage', async () => {
    const { keyId } = await backend.newKey();
    const forged = backend.management.keyFormat.mint('sk', 'live', credentialIdOf(keyId), (n) =>
      Buffer.alloc(n, 7),
    );
    for (let i = 0; i < 20; i++) await backend.verify({ key: forged, tenantId: TENANT, ip: '203.0.113.7' });
    await deliver();
    expect(await usageOf({ keyId })).toEqual({});
    expect(await requestsOf(keyId)).toBe(0);
    expect(await lastUseOf(keyId)).toBeNull();
  });

  test('people of another tenant are told nothing', async () => {
    const { keyId } = await backend.newKey();
    const stranger = { ...DEVELOPER, 'keywright:tenants': '[tenant_other]' };
    const query = { keyId, groupBy: 'cause' };
    expect((await backend.management.call('GET /v1/usage', { query, claims: stranger })).status).toBe(404);
  });
});

describe('a guard that asks verify', () => {
  test('spends as a guard at the table does, from the same items, and tells what is left', async () => {
    const { keyId, secret } = await backend.newKey({ rateLimits: [{ limit: 4, windowSeconds: 3600 }] });
    const guards = [guarded({}, 'verify'), guarded({}, 'table'), guarded({ apiId: ORDERS }, 'verify')];
    const answers: number[] = [];
    for (let i = 0; i < 9; i++) {
      const result = await guards[i % 3]?.call(
        sent(secret),
        i % 3 === 2 ? undefined : introduced(keyId, '4/3600'),
      );
      answers.push(result?.status ?? 0);
    }
    expect(answers.filter((status) => status === 200)).toHaveLength(4);
    expect(answers.filter((status) => status === 429)).toHaveLength(5);
    const { answer } = (await guarded({}, 'verify').call(sent(secret), introduced(keyId, '4/3600'))) as {
      answer: { headers: Record<string, string> };
    };
    expect(answer.headers).toMatchObject({
      'RateLimit-Limit': '4',
      'RateLimit-Remaining': '0',
      'Retry-After': expect.any(String),
    });
    expect(answer.headers['RateLimit-Policy']).toBe('"3600s";q=4;w=3600');
  });

  test('asks nothing for a caller without limits, and spends for nobody but whose key the request holds', async () => {
    const own = await backend.newKey();
    const other = await backend.newKey();
    const { call, asked, warnings } = guarded({}, 'verify');
    expect(await call(sent(own.secret), introduced(own.keyId, ''))).toMatchObject({ status: 200 });
    expect(asked).toEqual([]);
    expect(await call(sent(own.secret), introduced(other.keyId))).toMatchObject({ status: 401 });
    expect(warnings).toHaveLength(1);
    expect(
      await backend.dynamodb.item(itemKey.limits(credentialIdOf(other.keyId), 'eu-central-1')),
    ).toBeUndefined();
    expect(await call({}, introduced(own.keyId))).toMatchObject({ status: 503 });
  });

  test.each([
    ['a tenant that is no id', { 'x-tn': 'x'.repeat(2100) }, 403],
    ['no tenant', { 'x-tn': undefined }, 401],
    ['an origin with blanks', { origin: 'a b' }, 200],
    ['an origin of 9,000 characters', { origin: 'o'.repeat(9000) }, 200],
    ['no key', { 'x-api-key': undefined }, 401],
    ['a text that is no key', { 'x-api-key': 'x'.repeat(5000) }, 401],
    ['two keys', { authorization: 'another' }, 401],
  ])('gives %s the answer that an authorizer gives, and rings no alarm', async (_, headers, status) => {
    const { secret } = await backend.newKey();
    const another = await backend.newKey();
    const authorization = 'authorization' in headers ? { authorization: `Bearer ${another.secret}` } : {};
    const { call, warnings } = guarded({ apiId: ORDERS }, 'verify');
    const result = await call(JSON.parse(JSON.stringify({ ...sent(secret), ...headers, ...authorization })));
    expect([result.status, warnings]).toEqual([status, []]);
    expect(lines.some((line) => line.includes('authorizer_unavailable'))).toBe(false);
  });

  test.each(['/v1/orders/ä b?c#d', `/v1/${'x'.repeat(9000)}`, '/v1/\ud800', 'v1', ''])(
    'is refused no answer for the path %#',
    async (path) => {
      const { secret } = await backend.newKey();
      const { call, warnings } = guarded({ apiId: ORDERS }, 'verify');
      expect([(await call(sent(secret), undefined, path)).status, warnings]).toEqual([200, []]);
    },
  );

  test('a bad key is a 401 whatever tenant is named beside it', async () => {
    const { call } = guarded({ apiId: ORDERS }, 'verify');
    const unknown = backend.management.keyFormat.mint('sk', 'live', 'unknownkey00', (n) =>
      Buffer.alloc(n, 7),
    );
    expect(await call(sent(unknown, 'nobody'))).toMatchObject({ status: 401 });
  });
});

test('no line of verify’s or of a guard’s holds a key, a token or a path', async () => {
  const { keyId, secret } = await backend.newKey({ rateLimits: [{ limit: 1, windowSeconds: 60 }] });
  const path = `/v1/orders/${secret}`;
  await backend.verify({ key: secret, tenantId: TENANT, apiId: ORDERS, method: 'GET', path });
  for (const how of ['verify', 'table'] as const) {
    await guarded({ apiId: ORDERS }, how).call(sent(secret), undefined, path);
    await guarded({}, how).call(sent(secret), introduced(keyId), path);
  }
  expect(lines.join('\n')).toContain(keyId);
  expect(lines.join('\n')).not.toContain(secret);
});
