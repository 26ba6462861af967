import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Authorizer } from '../../core/access/authorizer.ts';
import type { Headers } from '../../core/domain/decision/credentials.ts';
import { type RequestPlane, startRequestPlane } from '../support/request-plane.ts';

const OPEN = 'api_AsksForNone0';
const CLOSED = 'api_AsksForOne00';
const TOKENS = 'api_AsksForToken';
/** How many keys one instance remembers here: few, so that a flood is short. */
const ENTRIES = 4;
const FLOOD = 40;

let plane: RequestPlane;
let clientKey: string;
beforeAll(async () => {
  plane = await startRequestPlane();
  await plane.putSubscriptionApi(OPEN);
  clientKey = await plane.putSubscriptionApi(CLOSED, { clientKeyRequired: true });
  const oauth = { issuer: 'https://issuer.example', audience: 'a', requiredScopes: [], requiredRoles: [] };
  await plane.putSubscriptionApi(TOKENS, { oauth });
  await plane.putProduct('prod_Payments0000', [OPEN, CLOSED, TOKENS]);
});
afterAll(() => plane.close());
beforeEach(() => {
  plane.calls.length = 0;
});

const tokens = { verify: async () => ({ clientId: 'client-1', expiresAt: Number.POSITIVE_INFINITY }) };
const instance = (apiId: string) => plane.authorizer({ apiId, cacheEntries: ENTRIES, tokens });
const ask = async (
  authorizer: Authorizer,
  headers: Headers,
  path = '/v1/orders/7',
  sourceIp = '203.0.113.7',
) => {
  const request = { headers, method: 'GET', path, sourceIp, requestId: 'r', tenantHeaderVisible: true };
  const { decision } = await authorizer.authorize(request);
  return decision.allowed ? 'admitted' : decision.cause;
};
const subscribed = (key: string, client?: string, token?: string): Headers => ({
  'ocp-apim-subscription-key': key,
  'client-key': client,
  authorization: token && `Bearer ${token}`,
});
const tenant = (key: string, tenantId = 'tenant_acme'): Headers => ({ 'x-api-key': key, 'x-tn': tenantId });
const reads = () => plane.calls.filter((name) => name === 'BatchGetItem').length;
const flood = (make: (i: number) => Promise<unknown>) =>
  Promise.all(Array.from({ length: FLOOD }, (_, i) => make(i)));
const clientKeyOf = (i: number) =>
  plane.format.mint('ck', 'sandbox', `Client${i}`.padEnd(12, '0'), randomBytes);

/** What a key's holder can vary, each on an API that has others to push out. */
const FLOODS: readonly {
  readonly what: string;
  readonly api: string;
  readonly victim: (key: string) => Headers;
  readonly attack: (authorizer: Authorizer, key: string, i: number) => Promise<unknown>;
}[] = [
  {
    what: 'client keys that the API asks for none of',
    api: OPEN,
    victim: (key) => subscribed(key),
    attack: (authorizer, key, i) => ask(authorizer, subscribed(key, clientKeyOf(i))),
  },
  {
    what: 'wrong client keys',
    api: CLOSED,
    victim: (key) => subscribed(key, clientKey),
    attack: (authorizer, key, i) =>
      ask(authorizer, subscribed(key, i % 2 === 0 ? clientKeyOf(i) : `junk ${i}`)),
  },
  {
    what: 'pairs of tenants',
    api: OPEN,
    victim: (key) => subscribed(key),
    attack: (authorizer, key, i) =>
      ask(authorizer, { ...subscribed(key), 'x-tn': `tenant_acme, tenant_${i}00` }),
  },
  {
    what: 'tokens',
    api: TOKENS,
    victim: (key) => subscribed(key, undefined, 'token'),
    attack: (authorizer, key, i) => ask(authorizer, subscribed(key, undefined, `token-${i}`)),
  },
  {
    what: 'other tenants’ names',
    api: 'api_OrdersSndbox',
    victim: (key) => tenant(key),
    attack: (authorizer, key, i) =>
      ask(authorizer, tenant(key, i % 2 === 0 ? `tenant_other${i}` : `junk ${i}`)),
  },
  {
    what: 'paths, addresses and origins',
    api: 'api_OrdersSndbox',
    victim: (key) => tenant(key),
    attack: (authorizer, key, i) =>
      ask(
        authorizer,
        { ...tenant(key), origin: `https://${i}.example` },
        `/v1/orders/${i}`,
        `203.0.113.${i}`,
      ),
  },
];

const isSubscribed = (api: string) => api !== 'api_OrdersSndbox';
const newKey = async (api: string) =>
  isSubscribed(api) ? (await plane.putSubscription()).primary : plane.putKey();

describe.each(FLOODS)('the holder of one key, by $what,', ({ api, victim, attack }) => {
  test('pushes nobody else out of memory', async () => {
    const authorizer = instance(api);
    const others = await Promise.all(Array.from({ length: ENTRIES - 1 }, () => newKey(api)));
    const mine = await newKey(api);
    for (const key of others) expect(await ask(authorizer, victim(key))).toBe('admitted');
    expect(await ask(authorizer, victim(mine))).toBe('admitted');
    await flood((i) => attack(authorizer, mine, i));
    plane.calls.length = 0;
    for (const key of others) expect(await ask(authorizer, victim(key))).toBe('admitted');
    expect(plane.calls).toEqual([]);
  });

  test('pushes nobody’s refusal out of memory either', async () => {
    const authorizer = instance(api);
    const refused = await Promise.all(Array.from({ length: ENTRIES - 1 }, () => newKey(api)));
    for (const key of refused) {
      await plane.changeKey(key, isSubscribed(api) ? { state: 'suspended' } : { status: 'revoked' });
      expect(await ask(authorizer, victim(key))).not.toBe('admitted');
    }
    const mine = await newKey(api);
    await flood((i) => attack(authorizer, mine, i));
    plane.calls.length = 0;
    for (const key of refused) expect(await ask(authorizer, victim(key))).not.toBe('admitted');
    expect(plane.calls).toEqual([]);
  });

  test('takes nobody the minute in which nothing can be read', async () => {
    let isDown = false;
    const authorizer = plane.authorizer({
      apiId: api,
      cacheEntries: ENTRIES,
      tokens,
      dynamodb: (call) => (operation, input) =>
        isDown ? Promise.reject(new Error('connect ECONNREFUSED')) : call(operation, input),
    });
    const [other, mine] = [await newKey(api), await newKey(api)];
    expect(await ask(authorizer, victim(other))).toBe('admitted');
    await flood((i) => attack(authorizer, mine, i));
    isDown = true;
    plane.clock += 10_000;
    expect(await ask(authorizer, victim(other))).toBe('admitted');
  });
});

describe('what an API does not ask for costs nothing', () => {
  test('client keys, sent to an API that asks for none', async () => {
    const authorizer = instance(OPEN);
    const { primary } = await plane.putSubscription();
    await ask(authorizer, subscribed(primary));
    plane.calls.length = 0;
    await flood((i) => ask(authorizer, subscribed(primary, clientKeyOf(i))));
    await flood((i) => ask(authorizer, subscribed(primary, `junk ${i}`)));
    expect(plane.calls).toEqual([]);
  });

  test('other tenants’ names, once one was refused', async () => {
    const authorizer = instance('api_OrdersSndbox');
    const key = await plane.putKey();
    expect(await ask(authorizer, tenant(key, 'tenant_other'))).toBe('tenant_mismatch');
    plane.calls.length = 0;
    const causes = await flood((i) => ask(authorizer, tenant(key, `tenant_other${i}`)));
    expect(new Set(causes)).toEqual(new Set(['tenant_mismatch']));
    expect(plane.calls).toEqual([]);
    expect(await ask(authorizer, tenant(key))).toBe('admitted');
  });

  test('names of tenants beside a key that nobody has', async () => {
    const authorizer = instance('api_OrdersSndbox');
    const unknown = plane.format.mint('sk', 'sandbox', 'NoSuchKey000', randomBytes);
    await ask(authorizer, tenant(unknown, 'tenant_other'));
    plane.calls.length = 0;
    await flood((i) => ask(authorizer, tenant(unknown, `tenant_other${i}`)));
    expect(plane.calls).toEqual([]);
  });
});

test('a client key that is asked for is asked for again as soon as the API does, and told apart', async () => {
  const api = 'api_ChangesMind0';
  const own = await plane.putSubscriptionApi(api);
  await plane.putProduct('prod_Changing0000', [api]);
  const { primary } = await plane.putSubscription({ productId: 'prod_Changing0000' });
  const authorizer = instance(api);
  expect(await ask(authorizer, subscribed(primary, own))).toBe('admitted');
  expect(await ask(authorizer, subscribed(primary))).toBe('admitted');
  const regenerated = await plane.putSubscriptionApi(api, { clientKeyRequired: true });
  plane.clock += 3000;
  expect(await ask(authorizer, subscribed(primary))).toBe('no_client_key');
  expect(await ask(authorizer, subscribed(primary, own))).toBe('wrong_client_key');
  expect(await ask(authorizer, subscribed(primary, regenerated))).toBe('admitted');
  expect(await ask(authorizer, subscribed(primary))).toBe('no_client_key');
  await plane.putSubscriptionApi(api);
  plane.clock += 3000;
  expect(await ask(authorizer, subscribed(primary))).toBe('admitted');
});

test('in whatever order one key’s requests come, memory gives the answer that reading gives', async () => {
  const keys = { [OPEN]: await newKey(OPEN), [CLOSED]: await newKey(CLOSED) };
  const wrong = clientKeyOf(7);
  const sent = fc.record({
    api: fc.constantFrom(OPEN, CLOSED),
    client: fc.constantFrom(undefined, '', clientKey, wrong, 'junk'),
    tenantId: fc.constantFrom(undefined, 'tenant_acme', 'tenant_other', 'tenant_acme, tenant_other', 'junk'),
    binds: fc.boolean(),
    later: fc.constantFrom(0, 1000, 3000),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(sent, { maxLength: 15 }), async (sequence) => {
      const remembering = { [OPEN]: instance(OPEN), [CLOSED]: instance(CLOSED) };
      for (const { api, client, tenantId, binds, later } of sequence) {
        plane.clock += later;
        const request = {
          headers: { ...subscribed(keys[api] ?? '', client), 'x-tn': tenantId },
          ...{ method: 'GET', path: '/v1/a', sourceIp: '203.0.113.7', requestId: 'r' },
          tenantHeaderVisible: true,
          bindsSubscribers: binds,
        };
        const { decision } = (await remembering[api]?.authorize(request)) ?? {};
        const { decision: anew } = await instance(api).authorize(request);
        expect(decision).toEqual(anew);
      }
    }),
    { numRuns: 30 },
  );
  expect(reads()).toBeGreaterThan(0);
});
