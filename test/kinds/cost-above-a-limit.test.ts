import { randomBytes } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import middy from '@middy/core';
import fc from 'fast-check';
import { Limiter } from '../../core/access/limiter.ts';
import { verifyClient } from '../../core/aws/verify-client.ts';
import type { LimitPolicy } from '../../core/domain/decision/limit.ts';
import { KeyFormat } from '../../core/domain/keys/key-format.ts';
import type { Verification } from '../../core/management/schemas/verify-schemas.ts';
import type { GuardDependencies } from '../../guard/dependencies.ts';
import { type GuardOptions, guardIn } from '../../guard/keywright-guard.ts';
import { LimitCounts } from '../support/limit-counts.ts';
import { CONTEXT } from '../support/management.ts';
import { verification } from '../support/verification.ts';
import { ORDERS, TENANT, VerifyFixture } from '../support/verify-fixture.ts';

let backend: VerifyFixture;
let server: Server;
beforeAll(async () => {
  backend = await VerifyFixture.start();
  // The management API as a guard reaches it.
  server = createServer(async (request, response) => {
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part as Buffer);
    const answer = await backend.ask(JSON.parse(Buffer.concat(parts).toString()));
    response.writeHead(answer.status, { 'content-type': 'application/json' }).end(answer.text);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterAll(async () => {
  await new Promise((resolve) => server.close(resolve));
  await backend.close();
});
beforeEach(() => backend.renew());

const policies = fc.uniqueArray(
  fc.record({
    limit: fc.integer({ min: 1, max: 1000 }),
    period: fc.constantFrom<LimitPolicy['period']>(1, 60, 3600, 'day', 'month'),
  }),
  { minLength: 1, selector: ({ period }) => period },
);

describe('a limiter', () => {
  test('tells of a cost above any of the limits, and asks and counts nothing for it', async () => {
    await fc.assert(
      fc.asyncProperty(policies, fc.integer({ min: 1, max: 1100 }), async (limits, cost) => {
        const store = new LimitCounts();
        const limiter = new Limiter({ store, now: () => 1e12, entries: 10, onWarning: () => undefined });
        const lowest = Math.min(...limits.map(({ limit }) => limit));
        const spending = await limiter.spend('LimitedKey00', limits, cost);
        if (cost <= lowest) {
          expect(spending.admitted).toBe(true);
          return;
        }
        expect(spending).toMatchObject({ admitted: false, code: 'invalid_request', param: 'cost' });
        expect(JSON.stringify(spending)).toContain(`limit of ${lowest} for`);
        expect([store.leases, store.used.size]).toEqual([0, 0]);
        expect(await limiter.spend('LimitedKey00', limits, lowest)).toMatchObject({ admitted: true });
      }),
      { numRuns: 200 },
    );
  });

  test('tells of it whatever else is wrong: the limit used up, the store away', async () => {
    const store = new LimitCounts();
    const limiter = new Limiter({ store, now: () => 1e12, entries: 10, onWarning: () => undefined });
    const limits = [{ limit: 5, period: 60 }];
    await limiter.spend('LimitedKey00', limits, 5);
    expect(await limiter.spend('LimitedKey00', limits, 6)).toMatchObject({ code: 'invalid_request' });
    expect(await limiter.spend('LimitedKey00', limits, 1)).toMatchObject({ code: 'rate_limit_exceeded' });
    store.failure = new Error('away');
    expect(await limiter.spend('OtherKey0000', limits, 6)).toMatchObject({ code: 'invalid_request' });
  });
});

const limited = {
  rateLimits: [
    { limit: 5, windowSeconds: 60 },
    { limit: 9, windowSeconds: 3600 },
  ],
};
const FAULT = { code: 'invalid_request', message: expect.stringContaining('limit of 5 '), param: 'cost' };

describe('POST /v1/verify', () => {
  test.each([6, 9, 10, 1_000_000_000])('answers 400 to a cost of %d where the limit is 5', async (cost) => {
    const { secret } = await backend.newKey(limited);
    const { status, body, headers } = await backend.ask({ key: secret, cost });
    expect([status, body.error]).toEqual([400, expect.objectContaining(FAULT)]);
    expect(headers['retry-after']).toBeUndefined();
    expect(await backend.verify({ key: secret, cost: 5 })).toMatchObject({
      valid: true,
      rateLimits: [{ remaining: 0 }, { remaining: 4 }],
    });
  });

  test('in a batch that is its own result, and the others spend', async () => {
    const { secret } = await backend.newKey(limited);
    const costs = [2, 6, 2, 99, 1];
    const { results } = await backend.verify({ requests: costs.map((cost) => ({ key: secret, cost })) });
    expect(results.map(({ code }: Verification) => code)).toEqual(
      costs.map((cost) => (cost > 5 ? 'invalid_request' : 'valid')),
    );
    expect(results[1]).toEqual({ valid: false, ...FAULT });
    expect(results.at(-1)).toMatchObject({ rateLimits: [{ remaining: 0 }, { remaining: 4 }] });
  });

  test('holds for plans, quotas and default limits alike', async () => {
    const { primaryKey } = await backend.subscribe(backend.plans.immediate);
    expect(await backend.ask({ key: primaryKey, cost: 6 })).toMatchObject({ status: 400 });
    const { secret } = await backend.newKey({ environment: 'sandbox' });
    expect(await backend.ask({ key: secret, cost: 6001 })).toMatchObject({
      status: 400,
      body: { error: { param: 'cost', message: expect.stringContaining('6000') } },
    });
    expect(await backend.verify({ key: secret, cost: 6000 })).toMatchObject({ valid: true });
  });

  test('tells nobody a limit whose key is refused', async () => {
    const { keyId, secret } = await backend.newKey(limited);
    await backend.create(`/v1/tenants/${TENANT}/keys/${keyId}/revoke`);
    for (const key of [secret, `${secret.slice(0, -1)}x`]) {
      expect(await backend.verify({ key, cost: 6 })).toMatchObject({ code: 'authentication_failed' });
    }
  });

  test('the key was used: it is counted, as a 400', async () => {
    const { keyId, secret } = await backend.newKey(limited);
    await backend.ask({ key: secret, cost: 6 });
    const line = backend.management.logged.find((each) => each.includes('key used') && each.includes(keyId));
    expect(JSON.parse(line ?? '{}')).toMatchObject({ keyId, status: expect.anything() });
    expect(line).toContain('400');
  });
});

describe.each(['verify', 'table'] as const)('a guard that asks %s', (access) => {
  const dependencies = (): GuardDependencies => {
    const { clock, keyFormat, pepper } = backend.management;
    const commons = { now: () => clock.getTime(), onWarning: warn, write: () => undefined };
    if (access === 'verify') {
      const { port } = server.address() as AddressInfo;
      const ask = verifyClient(`http://127.0.0.1:${port}/v1/verify`, {
        endpoint: undefined,
        region: 'eu-central-1',
        credentials: () => ({ accessKeyId: 'local', secretAccessKey: 'local', sessionToken: undefined }),
        attemptMilliseconds: 5000,
        deadlineMilliseconds: 5000,
        now: Date.now,
        random: Math.random,
      });
      return {
        ...commons,
        ask: async (question) => (await ask('Verify', question)) as unknown as Verification,
        apiId: undefined,
        format: new KeyFormat(),
        acceptsImported: false,
      };
    }
    const on = { now: () => clock, randomBytes, keyFormat };
    const { limiter, defaultLimits, authorizerOf } = verification(backend.dynamodb, on, () => pepper);
    const authorize = (request: Parameters<ReturnType<typeof authorizerOf>['authorize']>[0]) =>
      authorizerOf(ORDERS).authorize(request);
    return { ...commons, limiter: limiter as Limiter, authorize, defaultLimits };
  };
  const warn = (message: string, cause: unknown) => {
    throw new Error(`${message}: ${cause}`);
  };
  const call = async (options: GuardOptions, secret: string, context: object | undefined) => {
    const handler = middy(async () => ({ statusCode: 200 })).use(guardIn(options, dependencies));
    const event = {
      httpMethod: 'GET',
      path: '/v1/prices',
      resource: '/v1/prices',
      headers: { 'x-api-key': secret, 'x-tn': TENANT },
      requestContext: { authorizer: context },
    };
    return (await handler(event as never, { ...CONTEXT } as never)) as unknown as {
      statusCode: number;
      body: string;
      headers: Record<string, string>;
    };
  };

  test('answers 400 with the limit, and its handler is not called', async () => {
    const { keyId, secret } = await backend.newKey(limited);
    const context = {
      keyId,
      tenantId: TENANT,
      environment: 'live',
      keyType: 'secret',
      limits: '5/60 9/3600',
    };
    const answer = await call({ cost: 6, headers: { 'x-own': '1' } }, secret, context);
    expect(answer).toMatchObject({ statusCode: 400, headers: { 'x-own': '1' } });
    expect(answer.headers['Retry-After']).toBeUndefined();
    expect(JSON.parse(answer.body)).toEqual({ error: { ...FAULT, type: 'invalid_request_error' } });
    expect(await call({ cost: 5 }, secret, context)).toMatchObject({ statusCode: 200 });
  });
});
