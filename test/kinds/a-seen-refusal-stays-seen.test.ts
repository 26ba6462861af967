import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { KnownRecords } from '../../core/access/known-records.ts';
import type { AwsCall } from '../../core/aws/aws-call.ts';
import type { Headers } from '../../core/domain/decision/credentials.ts';
import { Pepper } from '../../core/domain/keys/pepper.ts';
import { itemKey } from '../../core/store/item-keys.ts';
import { type RequestPlane, startRequestPlane } from '../support/request-plane.ts';

const pepper = Pepper.parse(JSON.stringify({ current: 'v1', v1: '1'.repeat(64) }));
const MINUTE = 60_000;

let plane: RequestPlane;
beforeAll(async () => {
  plane = await startRequestPlane();
});
afterAll(() => plane.close());
beforeEach(() => {
  plane.lines.length = 0;
});

interface Request {
  readonly headers: Headers;
  readonly method?: string;
  readonly apiId?: string;
}

/** A process: authorizers of several APIs on one DynamoDB that is up or down, as the test says. */
function newProcess(cacheEntries = 100) {
  const world = { isDown: false };
  const known = new KnownRecords(cacheEntries);
  const dynamodb =
    (call: AwsCall): AwsCall =>
    (operation, input) =>
      world.isDown ? Promise.reject(new Error('connect ECONNREFUSED')) : call(operation, input);
  const authorizers = new Map<string, ReturnType<RequestPlane['authorizer']>>();
  const ask = async ({ headers, method = 'POST', apiId = 'api_OrdersSndbox' }: Request) => {
    const tokens = { verify: async () => undefined };
    const made = authorizers.get(apiId) ?? plane.authorizer({ apiId, dynamodb, known, tokens, cacheEntries });
    authorizers.set(apiId, made);
    const request = { headers, method, path: '/v1/orders/7', sourceIp: '203.0.113.7', requestId: 'r' };
    const { decision } = await made.authorize({ ...request, tenantHeaderVisible: true });
    return decision.allowed ? 'admitted' : decision.cause;
  };
  return Object.assign(world, { ask });
}

const tenantKey = (key: string, tenantId = 'tenant_acme'): Request => ({
  headers: { 'x-api-key': key, 'x-tn': tenantId },
});
const textOf = ({ headers }: Request) =>
  String(headers['x-api-key'] ?? headers['ocp-apim-subscription-key'] ?? '');
const newId = () => randomBytes(6).toString('hex');

/** A key in overlap, by its older and its newer secret. */
async function overlapping(change = {}): Promise<{ older: Request; newer: Request }> {
  const older = await plane.putKey(change);
  const id = plane.format.parse(older)?.id ?? '';
  const newer = plane.format.mint('sk', 'sandbox', id, randomBytes);
  const secret = (name: string, text: string) => ({ id: name, createdAt: 'x', hint: text.slice(-4) });
  await plane.changeKey(older, {
    secrets: [secret('s2', newer), secret('s1', older)],
    digests: { s1: pepper.digest(older), s2: pepper.digest(newer) },
  });
  return { older: tenantKey(older), newer: tenantKey(newer) };
}

async function subscription(apiId: string, productId: string) {
  const { primary, secondary } = await plane.putSubscription({ productId });
  const of = (key: string): Request => ({ headers: { 'ocp-apim-subscription-key': key }, apiId });
  return { primary: of(primary), secondary: of(secondary) };
}

/** An API of the subscription scheme, its product, and two requests by keys of that. */
async function subscribed(isOneSubscription: boolean) {
  const [apiId, productId] = [`api_${newId()}`, `prod_${newId()}`];
  await plane.putSubscriptionApi(apiId);
  await plane.putProduct(productId, [apiId]);
  const [one, two] = [await subscription(apiId, productId), await subscription(apiId, productId)];
  return { apiId, productId, seen: one.primary, other: isOneSubscription ? one.secondary : two.primary };
}

/** Two keys of one tenant of their own. */
async function neighbours() {
  const tenantId = `tenant_${newId()}`;
  const put = (change: object) =>
    plane.putTenant({
      tenantId,
      status: 'active',
      roles: { writer: { permissions: ['*:*'], description: '' } },
      ...change,
    });
  await put({});
  const [one, two] = [await plane.putKey({ tenantId }), await plane.putKey({ tenantId })];
  return { put, seen: tenantKey(one, tenantId), other: tenantKey(two, tenantId) };
}

/** Two keys of the same tenant, at an API of their own. */
async function atOneApi() {
  const apiId = `api_${newId()}`;
  await plane.putApi(apiId, 'sandbox');
  const [one, two] = [await plane.putKey(), await plane.putKey()];
  return { apiId, seen: { ...tenantKey(one), apiId }, other: { ...tenantKey(two), apiId } };
}

interface Case {
  /** Who sees it, and who has not seen it. */
  readonly seen: Request;
  readonly other: Request;
  readonly end: () => Promise<unknown>;
}

const ENDS: Readonly<Record<string, () => Promise<Case>>> = {
  'a revoked key, seen by its newer secret': async () => {
    const { older, newer } = await overlapping();
    return { seen: newer, other: older, end: () => plane.changeKey(textOf(older), { status: 'revoked' }) };
  },
  'a disabled key, seen by its older secret': async () => {
    const { older, newer } = await overlapping();
    return { seen: older, other: newer, end: () => plane.changeKey(textOf(older), { status: 'disabled' }) };
  },
  'a key’s narrowed permissions, seen by its newer secret': async () => {
    const { older, newer } = await overlapping();
    const end = () => plane.changeKey(textOf(older), { permissions: ['orders:read'] });
    return { seen: newer, other: older, end };
  },
  'a key’s networks, seen by its newer secret': async () => {
    const { older, newer } = await overlapping();
    const end = () => plane.changeKey(textOf(older), { allowedCidrs: ['198.51.100.0/24'] });
    return { seen: newer, other: older, end };
  },
  'a suspended tenant, seen by another key': async () => {
    const { put, ...requests } = await neighbours();
    return { ...requests, end: () => put({ status: 'suspended' }) };
  },
  'a narrowed role, seen by another key': async () => {
    const { put, ...requests } = await neighbours();
    const roles = { writer: { permissions: ['*:read'], description: '' } };
    return { ...requests, end: () => put({ roles }) };
  },
  'a deleted role, seen by another key': async () => {
    const { put, ...requests } = await neighbours();
    return { ...requests, end: () => put({ roles: {} }) };
  },
  'a cancelled subscription, seen by its other slot': async () => {
    const { seen, other } = await subscribed(true);
    return { seen, other, end: () => plane.changeKey(textOf(seen), { state: 'cancelled' }) };
  },
  'a product without the API, seen by another subscription': async () => {
    const { seen, other, productId } = await subscribed(false);
    return { seen, other, end: () => plane.putProduct(productId, []) };
  },
  'a client key that is asked for, seen by another subscription': async () => {
    const { seen, other, apiId } = await subscribed(false);
    return { seen, other, end: () => plane.putSubscriptionApi(apiId, { clientKeyRequired: true }) };
  },
  'a token that is asked for, seen by another subscription': async () => {
    const { seen, other, apiId } = await subscribed(false);
    const oauth = { issuer: 'https://i.example', audience: 'a', requiredScopes: [], requiredRoles: [] };
    return { seen, other, end: () => plane.putSubscriptionApi(apiId, { oauth }) };
  },
  'an API’s other scheme, seen by another subscription': async () => {
    const { seen, other, apiId } = await subscribed(false);
    return { seen, other, end: () => plane.putSubscriptionApi(apiId, { scheme: 'tenant' }) };
  },
  'an API’s other environment, seen by another key': async () => {
    const { apiId, ...requests } = await atOneApi();
    return { ...requests, end: () => plane.putApi(apiId, 'live') };
  },
  'a route that asks for more, seen by another key': async () => {
    const { apiId, seen, other } = await atOneApi();
    const [one, two] = [seen, other].map(textOf) as [string, string];
    for (const key of [one, two]) await plane.changeKey(key, { permissions: ['orders:write'] });
    const route = { method: 'POST', path: '/v1/orders/{id}', permission: 'admin:write', public: false };
    return { seen, other, end: () => plane.putApi(apiId, 'sandbox', [route]) };
  },
};

describe.each(Object.entries(ENDS))('%s', (_, make) => {
  test('is not admitted while nothing can be read, by whatever else leads to it', async () => {
    const { seen, other, end } = await make();
    const one = newProcess();
    expect([await one.ask(seen), await one.ask(other)]).toEqual(['admitted', 'admitted']);
    await end();
    plane.clock += 4000;
    expect(await one.ask(seen)).not.toBe('admitted');
    one.isDown = true;
    for (let asked = 0; asked < 4; asked++) {
      expect(await one.ask(other)).not.toBe('admitted');
      plane.clock += 15_000;
    }
  });

  test('is not admitted by a young record either, once it was seen', async () => {
    const { seen, other, end } = await make();
    const one = newProcess();
    expect(await one.ask(other)).toBe('admitted');
    await end();
    // The records that keys share are a second old.
    plane.clock += 1000;
    expect(await one.ask(seen)).not.toBe('admitted');
    expect(await one.ask(other)).not.toBe('admitted');
  });

  test('goes on while nothing can be read where nobody has seen it', async () => {
    const { other, end } = await make();
    const one = newProcess();
    expect(await one.ask(other)).toBe('admitted');
    await end();
    one.isDown = true;
    plane.clock += MINUTE - 1;
    expect(await one.ask(other)).toBe('admitted');
    plane.clock += 1;
    expect(await one.ask(other)).toBe('unavailable');
  });
});

test('a regenerated slot, seen by the other one, ends the key that it had', async () => {
  const { seen, other } = await subscribed(true);
  const id = plane.format.parse(textOf(other))?.id ?? '';
  const one = newProcess();
  expect([await one.ask(seen), await one.ask(other)]).toEqual(['admitted', 'admitted']);
  const regenerated = plane.format.mint('sub', 'sandbox', id, randomBytes);
  const digests = { primary: pepper.digest(textOf(seen)), secondary: pepper.digest(regenerated) };
  await plane.changeKey(textOf(other), { digests });
  plane.clock += 4000;
  expect(await one.ask(seen)).toBe('admitted');
  one.isDown = true;
  expect(await one.ask(other)).toBe('unavailable');
  expect(await one.ask(seen)).toBe('admitted');
});

test('what was seen at one API holds at the others of the process', async () => {
  const { put, seen, other } = await neighbours();
  const [first, second] = [`api_${newId()}`, `api_${newId()}`];
  for (const apiId of [first, second]) await plane.putApi(apiId, 'sandbox');
  const one = newProcess();
  expect(await one.ask({ ...seen, apiId: first })).toBe('admitted');
  expect(await one.ask({ ...other, apiId: second })).toBe('admitted');
  await put({ status: 'suspended' });
  plane.clock += 4000;
  expect(await one.ask({ ...seen, apiId: first })).toBe('tenant_suspended');
  one.isDown = true;
  expect(await one.ask({ ...other, apiId: second })).toBe('unavailable');
});

test('what is not forbidden goes on: neither a harmless change nor a neighbour’s end takes anybody’s minute', async () => {
  const { put, seen, other } = await neighbours();
  const one = newProcess();
  expect([await one.ask(seen), await one.ask(other)]).toEqual(['admitted', 'admitted']);
  const writer = { permissions: ['orders:*'], description: 'narrower, but not for these requests' };
  await put({ roles: { writer, another: { permissions: [], description: '' } } });
  await plane.changeKey(textOf(seen), { status: 'revoked' });
  plane.clock += 4000;
  expect(await one.ask(seen)).toBe('key_revoked');
  one.isDown = true;
  expect(await one.ask(other)).toBe('admitted');
  expect(await one.ask({ ...other, method: 'DELETE' })).toBe('admitted');
});

test('a newer reading that says otherwise is believed', async () => {
  const { older, newer } = await overlapping();
  const one = newProcess();
  expect([await one.ask(older), await one.ask(newer)]).toEqual(['admitted', 'admitted']);
  await plane.changeKey(textOf(older), { status: 'disabled' });
  plane.clock += 4000;
  expect(await one.ask(newer)).toBe('key_disabled');
  await plane.changeKey(textOf(older), { status: 'active' });
  plane.clock += 4000;
  expect(await one.ask(newer)).toBe('admitted');
  one.isDown = true;
  expect(await one.ask(older)).toBe('admitted');
});

test('an API that was seen to be gone lets nobody in', async () => {
  const { apiId, seen, other } = await atOneApi();
  const gone = { isGone: false };
  const dynamodb =
    (call: AwsCall): AwsCall =>
    async (operation, input) => {
      const answer = await call(operation, input);
      const { Responses: { keywright = [] } = {} } = answer as { Responses?: { keywright?: object[] } };
      const isApi = (item: object) => JSON.stringify(item).includes(itemKey.api(apiId).pk);
      const left = keywright.filter((item) => !gone.isGone || !isApi(item));
      return { ...answer, Responses: { keywright: left } };
    };
  const authorizer = plane.authorizer({ apiId, dynamodb });
  const ask = async ({ headers }: Request) => {
    const request = { headers, method: 'GET', path: '/v1/orders', sourceIp: undefined, requestId: 'r' };
    const { decision } = await authorizer.authorize({ ...request, tenantHeaderVisible: true });
    return decision.allowed ? 'admitted' : decision.cause;
  };
  expect([await ask(seen), await ask(other)]).toEqual(['admitted', 'admitted']);
  gone.isGone = true;
  plane.clock += 4000;
  expect([await ask(seen), await ask(other)]).toEqual(['unknown_api', 'unknown_api']);
});

describe('whoever fills the memory', () => {
  test('brings nobody’s refusal to be forgotten: what has no room is read again, or refused', async () => {
    const one = newProcess(4);
    const { older, newer } = await overlapping();
    expect(await one.ask(older)).toBe('admitted');
    await plane.changeKey(textOf(older), { status: 'revoked' });
    plane.clock += 4000;
    expect(await one.ask(newer)).toBe('key_revoked');
    for (let n = 0; n < 40; n++) {
      const { put, seen } = await neighbours();
      if (n % 2 === 0) await put({ status: 'suspended' });
      await one.ask(seen);
    }
    one.isDown = true;
    expect(await one.ask(older)).toBe('unavailable');
  });

  test('needs keys that exist: neither guesses nor others’ tenants’ names push anything out', async () => {
    const one = newProcess(4);
    const { put, seen, other } = await neighbours();
    expect([await one.ask(seen), await one.ask(other)]).toEqual(['admitted', 'admitted']);
    const strange = await plane.putKey();
    for (let n = 0; n < 40; n++) {
      const named = `tenant_${newId()}`;
      await plane.putTenant({ tenantId: named, status: 'active', roles: {} });
      await one.ask(tenantKey(strange, named));
      const known = await plane.putKey();
      const guess = plane.format.mint('sk', 'sandbox', plane.format.parse(known)?.id ?? '', randomBytes);
      expect(await one.ask(tenantKey(guess))).toBe('wrong_secret');
    }
    await put({ status: 'suspended' });
    plane.clock += 4000;
    expect(await one.ask(seen)).toBe('tenant_suspended');
    one.isDown = true;
    expect(await one.ask(other)).toBe('unavailable');
  });
});

describe('what is known of one thing', () => {
  const names = { credential: 'a', tenant: undefined, product: undefined, api: undefined };
  type Record = { status: string; revision?: number } | undefined;
  const reading = (record: Record, began: number, answered: number, id = 'a') => ({
    names: { ...names, credential: id },
    records: { credential: record, tenant: undefined, product: undefined, api: undefined } as never,
    span: { began, answered },
  });
  const statusOf = (taken: ReturnType<KnownRecords['take']>) =>
    (taken?.records.credential as Record)?.status ?? taken?.records.credential;
  const knowing = (record: Record, began: number, answered: number, keys = 1) => {
    const known = new KnownRecords(keys);
    const taken = known.take(reading(record, began, answered));
    known.keep(taken?.grounds.facts ?? [], true);
    return { known, grounds: taken?.grounds ?? { facts: [], stoodAt: -1 } };
  };
  const [active, revoked] = [{ status: 'active' }, { status: 'revoked' }];

  test.each([
    ['began after the other was answered: it is newer, whatever its revision', 5, 6, 1, 'revoked'],
    ['was answered before the other began: it is older, whatever its revision', 1, 2, 9, 'active'],
    ['overlaps, with a higher revision: it is newer', 3, 6, 9, 'revoked'],
    ['overlaps, with a lower revision: it is older', 1, 6, 1, 'active'],
    ['overlaps, with the same revision and other contents: it can’t be told', 1, 6, 5, undefined],
    ['overlaps, with no revision: it can’t be told', 1, 6, undefined, undefined],
  ])('a reading %s', (_, began, answered, revision, status) => {
    const { known } = knowing({ ...active, revision: 5 }, 3, 4);
    const record = { ...revoked, ...(revision !== undefined && { revision }) };
    expect(statusOf(known.take(reading(record, began, answered)))).toBe(status);
  });

  test('stands until something else is read, and not where that can’t be told', () => {
    const { known, grounds } = knowing(active, 3, 4);
    known.take(reading({ ...active }, 1, 6));
    expect(known.stand(grounds)).toBe(true);
    expect(known.take(reading(revoked, 5, 7))).toBeUndefined();
    expect(known.stand(grounds)).toBe(false);
    expect(known.newest(grounds)).toBeUndefined();
    expect(known.take(reading(active, 5, 8))).toBeUndefined();
    expect(statusOf(known.take(reading(active, 9, 10)))).toBe('active');
  });

  test('is nothing where the thing is gone', () => {
    const { known, grounds } = knowing(active, 3, 4);
    expect(statusOf(known.take(reading(undefined, 5, 6)))).toBeUndefined();
    expect(known.stand(grounds)).toBe(false);
  });

  test('once forgotten stands no more, and no reading from before that is believed', () => {
    const { known, grounds } = knowing(active, 3, 4);
    for (let n = 0; n < 2; n++) {
      const taken = known.take(reading(active, 10 + n, 10 + n, `other ${n}`));
      known.keep(taken?.grounds.facts ?? [], true);
    }
    expect(known.stand(grounds)).toBe(false);
    expect(known.newest(grounds)).toBeUndefined();
    expect(known.take(reading(active, 2, 20))).toBeUndefined();
    const again = known.take(reading(revoked, 21, 22));
    known.keep(again?.grounds.facts ?? [], false);
    // What is known anew is not what the old decision rested on.
    expect(known.newest(grounds)).toBeUndefined();
  });

  test('is not pushed out by what nobody was admitted by', () => {
    const { known, grounds } = knowing(active, 3, 4);
    for (let n = 0; n < 40; n++) {
      const taken = known.take(reading(revoked, 10 + n, 10 + n, `refused ${n}`));
      known.keep(taken?.grounds.facts ?? [], false);
    }
    expect(known.stand(grounds)).toBe(true);
  });
});
