import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { AccessRequest } from '../../core/access/authorizer.ts';
import type { AwsCall } from '../../core/aws/aws-call.ts';
import { type RequestPlane, startRequestPlane } from '../support/request-plane.ts';

const PAYMENTS = 'api_Payments0000';
const OTHER = 'api_OtherSubs000';
let plane: RequestPlane;
let clientKey: string;
beforeAll(async () => {
  plane = await startRequestPlane();
  clientKey = await plane.putSubscriptionApi(PAYMENTS, { clientKeyRequired: true });
  await plane.putSubscriptionApi(OTHER);
  await plane.putProduct('prod_Payments0000', [PAYMENTS]);
  await plane.putProduct('prod_Others000000', [OTHER]);
  await plane.putTenant({ tenantId: 'tenant_asleep', status: 'suspended', roles: {} });
});
afterAll(() => plane.close());

interface Read {
  readonly RequestItems: Record<string, { readonly Keys: readonly object[] }>;
}

/** Counts what an instance reads to decide on each of several requests: how many items in each round trip. */
function meter(apiId: string, acceptsImported: boolean) {
  const reads: number[] = [];
  const dynamodb =
    (call: AwsCall): AwsCall =>
    async (operation, input) => {
      if (operation !== 'BatchGetItem') return call(operation, input);
      reads.push(Object.values((input as Read).RequestItems).flatMap(({ Keys }) => Keys).length);
      return call(operation, input);
    };
  const authorizer = plane.authorizer({ apiId, acceptsImported, dynamodb });
  return async (request: Partial<AccessRequest>) => {
    reads.length = 0;
    const { decision } = await authorizer.authorize({
      headers: {},
      method: 'GET',
      path: '/v1/orders',
      sourceIp: '203.0.113.7',
      requestId: 'r',
      tenantHeaderVisible: true,
      ...request,
    });
    return { cause: decision.allowed ? 'admitted' : decision.cause, reads: [...reads] };
  };
}

const mint = (kind: 'sk' | 'pk' | 'sub', id = randomBytes(6).toString('hex')) =>
  plane.format.mint(kind, 'sandbox', id, randomBytes);
const idOf = (key: string) => plane.format.parse(key)?.id ?? '';
const foreign = () => `legacy.${randomBytes(15).toString('base64url')}`;

/** Keys of one scheme in every state, by what becomes of them. */
async function subscriptionKeys(): Promise<Record<string, string>> {
  const key = async (change: Parameters<RequestPlane['putSubscription']>[0] = {}) =>
    (await plane.putSubscription(change)).primary;
  const known = await key();
  return {
    admitted: known,
    unknown: mint('sub'),
    'wrong secret': mint('sub', idOf(known)),
    suspended: await key({ state: 'suspended' }),
    pending: await key({ state: 'pending' }),
    cancelled: await key({ state: 'cancelled' }),
    'of another product': await key({ productId: 'prod_Others000000' }),
    'of a product that is gone': await key({ productId: 'prod_Gone00000000' }),
    'of a suspended tenant': await key({ tenantId: 'tenant_asleep' }),
    'of a tenant that is gone': await key({ tenantId: 'tenant_gone' }),
  };
}

async function apiKeys(): Promise<Record<string, string>> {
  const known = await plane.putKey();
  return {
    admitted: known,
    unknown: mint('sk'),
    'wrong secret': mint('sk', idOf(known)),
    revoked: await plane.putKey({ status: 'revoked' }),
    disabled: await plane.putKey({ status: 'disabled' }),
    expired: await plane.putKey({ expiresAt: '2026-05-01T00:00:00.000Z' }),
    'of another tenant': await plane.putKey({ tenantId: 'tenant_other' }),
    'of a suspended tenant': await plane.putKey({ tenantId: 'tenant_asleep' }),
    'with a digest that is gone': await plane.putKey({ secrets: [], digests: {} }),
  };
}

async function importedKeys(): Promise<Record<string, string>> {
  const texts = Object.fromEntries(
    ['admitted', 'unknown', 'revoked', 'replaced', 'of a suspended tenant'].map((name) => [name, foreign()]),
  );
  const text = (name: string) => texts[name] ?? '';
  await plane.putImportedKey(text('admitted'));
  await plane.putImportedKey(text('revoked'), { status: 'revoked' });
  await plane.putImportedKey(text('replaced'), { secrets: [], digests: {} });
  await plane.putImportedKey(text('of a suspended tenant'), { tenantId: 'tenant_asleep' });
  return texts;
}

const WAYS = {
  'a subscription key': {
    apiId: PAYMENTS,
    keys: subscriptionKeys,
    request: (key: string) => ({ headers: { 'ocp-apim-subscription-key': key, 'client-key': clientKey } }),
  },
  'a subscription key, and no address': {
    apiId: PAYMENTS,
    keys: subscriptionKeys,
    request: (key: string) => ({
      headers: { 'ocp-apim-subscription-key': key, 'client-key': clientKey },
      sourceIp: undefined,
    }),
  },
  'an API key': {
    apiId: 'api_OrdersSndbox',
    keys: apiKeys,
    request: (key: string) => ({ headers: { 'x-api-key': key, 'x-tn': 'tenant_acme' } }),
  },
  'an API key at a TOKEN authorizer': {
    apiId: 'api_OrdersSndbox',
    keys: apiKeys,
    request: (key: string) => ({
      headers: { authorization: key },
      tenantHeaderVisible: false,
      sourceIp: undefined,
    }),
  },
  'an imported key': {
    apiId: 'api_OrdersSndbox',
    keys: importedKeys,
    request: (key: string) => ({ headers: { 'x-api-key': key, 'x-tn': 'tenant_acme' } }),
  },
} as const;

describe.each(Object.entries(WAYS))('%s', (_, { apiId, keys, request }) => {
  test('costs as many readings of as many items on a new instance, whatever there is to be found', async () => {
    const found = new Set<string>();
    const works = new Map<string, string>();
    for (const [name, key] of Object.entries(await keys())) {
      const { cause, reads } = await meter(apiId, true)(request(key));
      found.add(cause);
      works.set(name, reads.join(' + '));
    }
    // The table tells different stories, or nothing was shown.
    expect(found.size).toBeGreaterThan(3);
    expect([...works]).toEqual([...works].map(([name]) => [name, works.get('admitted')]));
  });

  test('costs the same on an instance that remembers its tenant, product and API', async () => {
    const all = await keys();
    const works = new Map<string, string>();
    for (const [name, key] of Object.entries(all)) {
      const ask = meter(apiId, true);
      const other = (await keys()).admitted ?? '';
      await ask(request(other));
      works.set(name, (await ask(request(key))).reads.join(' + '));
    }
    expect([...works]).toEqual([...works].map(([name]) => [name, works.get('admitted')]));
  });
});

test('what is read in place of nothing is another item for each key, so that guesses heat no one partition', async () => {
  const partitions: string[] = [];
  const dynamodb =
    (call: AwsCall): AwsCall =>
    async (operation, input) => {
      const { Keys = [] } = Object.values((input as Read).RequestItems ?? {})[0] ?? {};
      for (const { pk } of Keys as { pk: { S: string } }[]) partitions.push(pk.S);
      return call(operation, input);
    };
  const authorizer = plane.authorizer({ apiId: PAYMENTS, dynamodb, acceptsImported: true });
  const ask = (headers: Record<string, string>) =>
    authorizer.authorize({ ...request, headers, tenantHeaderVisible: true });
  const request = { method: 'GET', path: '/', sourceIp: '203.0.113.7', requestId: 'r' };
  for (let i = 0; i < 20; i++) {
    await ask({ 'ocp-apim-subscription-key': mint('sub'), 'client-key': clientKey });
    await ask({ 'ocp-apim-subscription-key': foreign(), 'client-key': clientKey });
  }
  const counts = Map.groupBy(partitions, (pk) => pk);
  counts.delete(`API#${PAYMENTS}`);
  expect(Math.max(...[...counts.values()].map((each) => each.length))).toBe(1);
});
