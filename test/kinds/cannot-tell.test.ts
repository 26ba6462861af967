import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Authorizer } from '../../core/access/authorizer.ts';
import type { AwsCall } from '../../core/aws/aws-call.ts';
import { pepperSource } from '../../core/aws/pepper-source.ts';
import { type Digest, Pepper } from '../../core/domain/keys/pepper.ts';
import { verifyKey } from '../../functions/verify/verify-keys.ts';
import { tableAccess } from '../../guard/table-access.ts';
import { type RequestPlane, startRequestPlane } from '../support/request-plane.ts';

const PEPPERS = { v1: '1'.repeat(64), v2: '2'.repeat(64) };
const pepperOf = (current: 'v1' | 'v2') => Pepper.parse(JSON.stringify({ current, ...PEPPERS }));
const [older, newer] = [pepperOf('v1'), pepperOf('v2')];
const SECOND = 1000;
const MINUTE = 60 * SECOND;

let plane: RequestPlane;
beforeAll(async () => {
  plane = await startRequestPlane();
});
afterAll(() => plane.close());
beforeEach(() => {
  plane.calls.length = 0;
});

/** An instance whose Secrets Manager holds v1 only, until the test rotates it or takes it away. */
function instance(options: { apiId?: string; staleMilliseconds?: number } = {}) {
  const world = { isDown: false, isRotated: false, secrets: 0 };
  const secretsManager = (): AwsCall => async () => {
    world.secrets += 1;
    if (world.isDown) throw new Error('connect ECONNREFUSED');
    const versions = world.isRotated ? { current: 'v2', ...PEPPERS } : { current: 'v1', v1: PEPPERS.v1 };
    return { SecretString: JSON.stringify(versions) };
  };
  const authorizer = plane.authorizer({ ...options, secretsManager });
  const ask = async (headers: object) => {
    const { decision } = await authorizer.authorize(requestOf(headers));
    return decision.allowed ? 'admitted' : decision.cause;
  };
  return Object.assign(world, { authorizer, ask });
}

const requestOf = (headers: object) => ({
  headers: { ...headers },
  ...{ method: 'GET', path: '/v1/orders', sourceIp: '203.0.113.7', requestId: 'r' },
  tenantHeaderVisible: true,
});
const tenant = (key: string) => ({ 'x-api-key': key, 'x-tn': 'tenant_acme' });
const subscribed = (key: string, clientKey?: string) => ({
  'ocp-apim-subscription-key': key,
  'client-key': clientKey,
});
const readings = () => plane.calls.filter((name) => name === 'BatchGetItem').length;

/** A key whose only digest was made under the version. */
async function keyUnder(version: string): Promise<string> {
  const key = await plane.putKey();
  await plane.changeKey(key, { digests: { s1: { ...newer.digest(key), pepper: version } } });
  return key;
}

describe('a key whose digest can’t be verified for lack of the pepper', () => {
  test('is told that there is no answer, and is admitted as soon as there is one', async () => {
    const key = await keyUnder('v2');
    const one = instance();
    expect(await one.ask(tenant(await plane.putKey()))).toBe('admitted');
    plane.clock += SECOND;
    expect(await one.ask(tenant(key))).toBe('unavailable');
    one.isRotated = true;
    plane.clock += SECOND;
    expect(await one.ask(tenant(key))).toBe('admitted');
  });

  test('nor is it refused while Secrets Manager is away', async () => {
    const key = await keyUnder('v2');
    const one = instance();
    await one.ask(tenant(await plane.putKey()));
    one.isDown = true;
    for (let asked = 0; asked < 5; asked++) {
      plane.clock += SECOND;
      expect(await one.ask(tenant(key))).toBe('unavailable');
    }
    Object.assign(one, { isDown: false, isRotated: true });
    plane.clock += SECOND;
    expect(await one.ask(tenant(key))).toBe('admitted');
  });

  test('goes on for its minute where it was admitted before its digest was renewed', async () => {
    const key = await plane.putKey();
    const one = instance();
    expect(await one.ask(tenant(key))).toBe('admitted');
    await plane.changeKey(key, { digests: { s1: newer.digest(key) } });
    one.isDown = true;
    plane.clock += 4 * SECOND;
    expect(await one.ask(tenant(key))).toBe('admitted');
    plane.clock += 55 * SECOND;
    expect(await one.ask(tenant(key))).toBe('admitted');
    plane.clock += SECOND;
    expect(await one.ask(tenant(key))).toBe('unavailable');
    Object.assign(one, { isDown: false, isRotated: true });
    plane.clock += SECOND;
    expect(await one.ask(tenant(key))).toBe('admitted');
  });

  test.each([
    ['the key was revoked', { status: 'revoked' as const }],
    ['its network is not allowed any more', { allowedCidrs: ['198.51.100.0/24'] }],
    ['its secret was replaced', { secrets: [{ id: 's2', createdAt: 'later', hint: 'zzzz' }] }],
  ])('but not where the same reading says that %s', async (_, change) => {
    const key = await plane.putKey();
    const one = instance();
    expect(await one.ask(tenant(key))).toBe('admitted');
    await plane.changeKey(key, { digests: { s1: newer.digest(key), s2: newer.digest('x') }, ...change });
    one.isDown = true;
    plane.clock += 4 * SECOND;
    expect(await one.ask(tenant(key))).not.toBe('admitted');
  });

  test('nor where its slot was regenerated', async () => {
    const apiId = 'api_Regenerates0';
    await plane.putSubscriptionApi(apiId);
    await plane.putProduct('prod_Regenerates', [apiId]);
    const { primary, secondary } = await plane.putSubscription({ productId: 'prod_Regenerates' });
    const slot = (createdAt: string) => ({ createdAt, hint: 'aaaa' });
    const slots = { primary: slot('1'), secondary: slot('1') };
    await plane.changeKey(primary, { slots } as object);
    const one = instance({ apiId });
    expect([await one.ask(subscribed(primary)), await one.ask(subscribed(secondary))]).toEqual([
      'admitted',
      'admitted',
    ]);
    await plane.changeKey(primary, {
      slots: { ...slots, primary: slot('2') },
      digests: { primary: newer.digest('another'), secondary: newer.digest(secondary) },
    } as object);
    one.isDown = true;
    plane.clock += 4 * SECOND;
    expect(await one.ask(subscribed(primary))).toBe('unavailable');
    expect(await one.ask(subscribed(secondary))).toBe('admitted');
  });
});

describe('of several digests', () => {
  test('one that is known and matches admits, whatever the other is under, and asks nobody', async () => {
    await fc.assert(
      fc.asyncProperty(fc.boolean(), fc.constantFrom('v2', 'v9', 'garbage', ''), async (isFirst, version) => {
        const key = await plane.putKey();
        const odd = { pepper: version, hmac: 'x' };
        const digests = isFirst ? { s1: odd, s2: older.digest(key) } : { s1: older.digest(key), s2: odd };
        const secret = (id: string) => ({ id, createdAt: 'x', hint: 'aaaa' });
        await plane.changeKey(key, { digests, secrets: [secret('s1'), secret('s2')] });
        const one = instance();
        expect(await one.ask(tenant(key))).toBe('admitted');
        expect(one.secrets).toBe(1);
      }),
      { numRuns: 10 },
    );
  });

  test('none that is known matches: then it can’t be told, unless all are known', async () => {
    const key = await plane.putKey();
    const guess = plane.format.mint('sk', 'sandbox', plane.format.parse(key)?.id ?? '', randomBytes);
    const one = instance();
    expect(await one.ask(tenant(guess))).toBe('wrong_secret');
    await plane.changeKey(key, {
      digests: { s1: older.digest(key), s2: newer.digest('x') },
      secrets: ['s1', 's2'].map((id) => ({ id, createdAt: 'x', hint: 'aaaa' })),
    });
    plane.clock += 3 * SECOND;
    expect(await one.ask(tenant(guess))).toBe('unavailable');
    expect(await one.ask(tenant(key))).toBe('admitted');
  });

  test('a client key under an unknown version can’t be told either; what is checked before it can', async () => {
    const apiId = 'api_RenewsClient';
    const digest = { ...newer.digest('nothing'), pepper: 'v2' };
    const clientKey = { digest, createdAt: 'x', hint: 'aaaa' };
    await plane.putSubscriptionApi(apiId, { clientKeyRequired: true, clientKey } as object);
    await plane.putProduct('prod_RenewsClien', [apiId]);
    const { primary } = await plane.putSubscription({ productId: 'prod_RenewsClien' });
    const suspended = await plane.putSubscription({ productId: 'prod_RenewsClien', state: 'suspended' });
    const client = plane.format.mint('ck', 'sandbox', 'RenewsClient', randomBytes);
    const one = instance({ apiId });
    expect(await one.ask(subscribed(primary, client))).toBe('unavailable');
    expect(await one.ask(subscribed(primary))).toBe('no_client_key');
    expect(await one.ask(subscribed(suspended.primary, client))).toBe('subscription_suspended');
    one.isRotated = true;
    plane.clock += SECOND;
    expect(await one.ask(subscribed(primary, client))).toBe('wrong_client_key');
  });
});

describe('a key with an odd version', () => {
  const odd = ['', 'v', 'v0', 'v01', 'V2', 'v2 ', 'v1234567', 'garbage', '__proto__', 'current'];

  test.each(odd)(
    'costs no call of Secrets Manager where no pepper has such a version: %p',
    async (version) => {
      const key = await keyUnder(version);
      const one = instance();
      for (let n = 0; n < 20; n++) {
        expect(await one.ask(tenant(key))).toBe('unavailable');
        plane.clock += 3 * SECOND;
      }
      expect(one.secrets).toBe(1);
    },
  );

  test('costs ever fewer where the secret could have it, and a reading of the table a second', async () => {
    const key = await keyUnder('v9');
    const one = instance();
    await one.ask(tenant(key));
    const [secrets, table] = [one.secrets, readings()];
    for (let n = 0; n < 600; n++) {
      plane.clock += SECOND / 10;
      await one.ask(tenant(key));
    }
    // After 1, 2, 4, 8, 16 seconds; then after 32.
    expect(one.secrets - secrets).toBeLessThanOrEqual(6);
    expect(readings() - table).toBeLessThanOrEqual(61);
  });

  test('takes nothing from others: all versions together are looked for once a second', async () => {
    let clock = 0;
    let asked = 0;
    const call: AwsCall = async () => {
      asked += 1;
      return { SecretString: JSON.stringify({ current: 'v1', v1: PEPPERS.v1 }) };
    };
    const source = pepperSource(call, 'pepper', () => clock);
    await source.current();
    for (let n = 0; n < 1000; n++) {
      clock += 10;
      await source.knowing(`v${100 + n}`);
    }
    expect(asked).toBeLessThanOrEqual(11);
  });
});

test('guard and verify say the same: that nobody can tell now', async () => {
  const key = await keyUnder('v9');
  const authorizer: Authorizer = instance().authorizer;
  const limiter = { spend: async () => ({ admitted: true, states: [] }) as const };
  const access = tableAccess({
    limiter,
    authorize: (request) => authorizer.authorize(request),
    defaultLimits: { sandbox: [], live: [] },
    now: () => plane.clock,
    write: () => undefined,
  });
  const admission = await access.admit(requestOf(tenant(key)), { permission: undefined, cost: () => 1 });
  expect(admission).toHaveProperty('refusal.code', 'authorizer_unavailable');
  const verification = await verifyKey({ key, tenantId: 'tenant_acme' }, 'r', {
    authorizerOf: () => instance().authorizer,
    limiter: { ...limiter, look: limiter.spend },
    defaultLimits: { sandbox: [], live: [] },
    write: () => undefined,
    now: () => new Date(plane.clock),
    randomBytes,
    keyFormat: plane.format,
  });
  expect(verification).toMatchObject({
    valid: false,
    code: 'authorizer_unavailable',
    answer: { status: 503 },
  });
});

test('an imported key under an unknown version can’t be told, and is admitted once it can', async () => {
  const text = `legacy-${randomBytes(16).toString('hex')}`;
  const place = await plane.putImportedKey(text);
  const id = place.pk.split('#')[1] ?? '';
  const known = plane.format.mint('sk', 'sandbox', id, randomBytes);
  const { digests } = (await plane.item(place)) as { digests: { s1: Digest } };
  await plane.changeKey(known, { digests: { s1: { ...digests.s1, pepper: 'v9' } } });
  const authorizer = plane.authorizer({ acceptsImported: true });
  const { decision } = await authorizer.authorize(requestOf(tenant(text)));
  expect(decision).toMatchObject({ allowed: false, cause: 'unavailable' });
  await plane.changeKey(known, { digests });
  plane.clock += MINUTE;
  expect((await authorizer.authorize(requestOf(tenant(text)))).decision.allowed).toBe(true);
});
