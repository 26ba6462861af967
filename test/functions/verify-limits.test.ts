import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import middy from '@middy/core';
import { windowAt } from '../../core/domain/decision/limit.ts';
import { credentialIdOf } from '../../core/store/item-keys.ts';
import { guardIn } from '../../guard/keywright-guard.ts';
import { CONTEXT, TestManagement } from '../support/management.ts';
import { verification } from '../support/verification.ts';
import { BACKEND, TENANT, VerifyFixture } from '../support/verify-fixture.ts';

let backend: VerifyFixture;
beforeAll(async () => {
  backend = await VerifyFixture.start();
});
afterAll(() => backend.close());
beforeEach(() => backend.renew());

describe('limits', () => {
  const limited = { rateLimits: [{ limit: 5, windowSeconds: 60 }] };
  const inWindow = (keyId: string) => {
    const { start } = windowAt(credentialIdOf(keyId), 60, backend.management.clock.getTime());
    backend.management.clock = new Date(start + 3000);
  };

  test('are spent by cost, told, and refuse with what to answer', async () => {
    const { keyId, secret } = await backend.newKey(limited);
    inWindow(keyId);
    const state = (remaining: number) => [{ limit: 5, windowSeconds: 60, remaining, resetSeconds: 57 }];
    expect(await backend.verify({ key: secret })).toMatchObject({ valid: true, rateLimits: state(4) });
    expect(await backend.verify({ key: secret, cost: 3 })).toMatchObject({
      valid: true,
      rateLimits: state(1),
    });
    expect(await backend.verify({ key: secret, cost: 2 })).toEqual({
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
    const { keyId, secret } = await backend.newKey(limited);
    inWindow(keyId);
    const elsewhere = new TestManagement(backend.dynamodb);
    elsewhere.clock = backend.management.clock;
    const left = async () => (await backend.verify({ key: secret, cost: 0 })).rateLimits[0].remaining;
    expect([await left(), await left()]).toEqual([5, 5]);
    await elsewhere.call('POST /v1/verify', { principal: BACKEND, body: { key: secret, cost: 4 } });
    expect(await left()).toBe(1);
    await elsewhere.call('POST /v1/verify', { principal: BACKEND, body: { key: secret, cost: 1 } });
    expect(await backend.verify({ key: secret, cost: 0 })).toMatchObject({ valid: true });
    expect(await left()).toBe(0);
  });

  test('of a plan hold, its quota last', async () => {
    const { subscriptionId, primaryKey } = await backend.subscribe(backend.plans.immediate);
    inWindow(subscriptionId);
    expect(await backend.verify({ key: primaryKey, cost: 5 })).toMatchObject({
      rateLimits: [
        { limit: 5, windowSeconds: 60, remaining: 0 },
        { limit: 7, period: 'day', remaining: 2 },
      ],
    });
    backend.management.clock = new Date(backend.management.clock.getTime() + 60_000);
    expect(await backend.verify({ key: primaryKey, cost: 3 })).toMatchObject({
      code: 'quota_exceeded',
      answer: { status: 429, body: { message: expect.stringMatching(/^Out of call volume quota/) } },
    });
  });

  test('of keys without any are the default ones', async () => {
    const { secret } = await backend.newKey({ environment: 'sandbox' });
    expect((await backend.verify({ key: secret })).rateLimits).toMatchObject([
      { limit: 6000, windowSeconds: 60 },
    ]);
  });

  test('count what guards admit: together never more than the limit, and all of it', async () => {
    const limit = 40;
    const { keyId, secret } = await backend.newKey({ rateLimits: [{ limit, windowSeconds: 60 }] });
    inWindow(keyId);
    const { clock, keyFormat, pepper } = backend.management;
    const dependencies = { now: () => clock, randomBytes, keyFormat };
    const guard = () => {
      const { limiter, defaultLimits } = verification(backend.dynamodb, dependencies, () => pepper);
      const authorize = () => {
        throw new Error('the authorizer has answered already');
      };
      const guarded = { now: () => clock.getTime(), limiter: limiter as never, authorize, defaultLimits };
      return middy(async () => ({ statusCode: 200 })).use(
        guardIn({}, () => ({ ...guarded, onWarning: () => undefined, write: () => undefined })),
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
      const verified = await backend.verify({ key: secret });
      const batch = await backend.verify({ requests: [{ key: secret }, { key: secret }] });
      const admitted = [verified, ...batch.results].filter(({ valid }: { valid: boolean }) => valid).length;
      return admitted + Number((guarded as unknown as { statusCode: number }).statusCode === 200);
    };
    let admitted = 0;
    // Until nobody has anything left of what was leased.
    for (let more = 1; more > 0; admitted += more) {
      const round = await Promise.all(Array.from({ length: 6 }, (_, i) => spend(i)));
      more = round.reduce((sum, one) => sum + one, 0);
    }
    expect(admitted).toBe(limit);
  });
});
