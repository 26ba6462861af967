import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { startDynamoDb, type TestDynamoDb } from '../support/dynamodb.ts';
import { ADMIN, TestManagement } from '../support/management.ts';
import { accessLine, consumerOver, delivery, NOON } from '../support/usage.ts';

const HOUR_MILLISECONDS = 3_600_000;
const DAY = { from: '2026-11-22T00:00:00.000Z', to: '2026-11-23T00:00:00.000Z' };
const DEVELOPER = {
  ...ADMIN,
  sub: 'person-developer',
  'keywright:role': 'developer',
  'keywright:tenants': '[tenant_acme]',
};

let dynamodb: TestDynamoDb;
let management: TestManagement;
let keyId: string;
let otherKeyId: string;

beforeAll(async () => {
  dynamodb = await startDynamoDb();
  management = new TestManagement(dynamodb);
  const keyOf = async (tenantId: string): Promise<string> => {
    await management.call('POST /v1/tenants', { body: { tenantId, name: 'Some' } });
    const body = { name: 'Key', type: 'secret', environment: 'live', role: 'writer' };
    return (await management.call(`POST /v1/tenants/${tenantId}/keys`, { body })).body.key.keyId;
  };
  keyId = await keyOf('tenant_acme');
  otherKeyId = await keyOf('tenant_other');
  const consume = consumerOver(dynamodb.usage, {
    countryOf: (address) => (address === '8.8.8.8' ? 'US' : 'DE'),
  });
  const later = NOON + HOUR_MILLISECONDS;
  await consume(
    delivery([
      accessLine({ id: '1', keyId, latency: 10 }),
      accessLine({ id: '2', keyId, status: 404, route: '/v1/orders/{id}', latency: 10 }),
      accessLine({ id: '3', keyId, status: 500, sourceIp: '9.9.9.9', time: later, latency: 1000 }),
      accessLine({ id: '4', keyId: 'key_sandbox00001', environment: 'sandbox', keyType: 'publishable' }),
      accessLine({ id: '5', keyId: otherKeyId, tenantId: 'tenant_other' }),
    ]),
  );
});
afterAll(() => dynamodb.close());

const usage = (query: Readonly<Record<string, string>>, claims = ADMIN) =>
  management.call('GET /v1/usage', { claims, query: { tenantId: 'tenant_acme', ...query } });

async function requests(query: Readonly<Record<string, string>>): Promise<Record<string, number>> {
  const { status, body } = await usage({ ...DAY, ...query });
  expect(status).toBe(200);
  const groups: { group: string; requests: number }[] = body.groups;
  return Object.fromEntries(groups.map((each) => [each.group, each.requests]));
}

test.each([
  ['day', { '2026-11-22T00:00:00.000Z': 3 }],
  ['hour', { '2026-11-22T12:00:00.000Z': 2, '2026-11-22T13:00:00.000Z': 1 }],
  ['status', { 200: 1, 404: 1, 500: 1 }],
  ['route', { 'GET /v1/orders': 2, 'GET /v1/orders/{id}': 1 }],
  ['country', { US: 2, DE: 1 }],
  ['network', { '8.8.8.0/24': 2, '9.9.9.0/24': 1 }],
])('a key’s requests by %s', async (groupBy, expected) => {
  expect(await requests({ keyId, groupBy })).toEqual(expected);
});

test('a tenant’s requests, environments and types of key apart, another tenant’s not among them', async () => {
  const { body } = await usage(DAY);
  expect(body.groups).toHaveLength(2);
  expect(body.groups).toEqual(
    expect.arrayContaining([
      expect.objectContaining({ environment: 'sandbox', keyType: 'publishable', requests: 1 }),
      expect.objectContaining({
        environment: 'live',
        keyType: 'secret',
        requests: 3,
        clientErrors: 1,
        serverErrors: 1,
      }),
    ]),
  );
});

test('a range is widened to whole hours, and its end left out', async () => {
  const range = { from: '2026-11-22T12:10:00.000Z', to: '2026-11-22T13:00:00.000Z' };
  const { body } = await usage({ ...range, keyId, groupBy: 'hour' });
  expect(body).toMatchObject({ from: '2026-11-22T12:00:00.000Z', to: range.to, resolution: 'hour' });
  expect(await requests({ ...range, keyId, groupBy: 'hour' })).toEqual({ '2026-11-22T12:00:00.000Z': 2 });
  expect(await requests({ from: DAY.to, to: '2026-11-24T00:00:00.000Z', keyId })).toEqual({});
});

test.each([
  ['an end before its beginning', { from: DAY.to, to: DAY.from }, 400],
  ['nothing', { from: DAY.to, to: DAY.to }, 400],
  ['hours of seven days', { from: '2026-11-15T00:00:00.000Z', to: DAY.from, groupBy: 'hour' }, 200],
  ['hours of nine days', { from: '2026-11-13T00:00:00.000Z', to: DAY.from, groupBy: 'hour' }, 400],
  ['400 days', { from: '2025-10-18T00:00:00.000Z', to: DAY.from }, 200],
  ['402 days', { from: '2025-10-16T00:00:00.000Z', to: DAY.from }, 400],
])('a range of %s is answered %#', async (_, query, status) => {
  const answer = await usage(query);
  expect(answer.status).toBe(status);
  if (status === 400) expect(answer.body.error).toMatchObject({ code: 'invalid_request', param: 'from' });
});

test('another tenant’s key, and one that nobody has, is not found', async () => {
  expect((await usage({ keyId: otherKeyId })).status).toBe(404);
  expect((await usage({ keyId: 'key_nobodyhasit0' })).status).toBe(404);
  expect((await usage({ keyId: 'sub_nobodyhasit0' })).status).toBe(404);
});

test('a key’s id is enough, and shows nothing of a tenant that the caller doesn’t act for', async () => {
  const of = (query: Readonly<Record<string, string>>, claims = ADMIN) =>
    management.call('GET /v1/usage', { claims, query });
  expect((await of({ ...DAY, keyId, groupBy: 'status' }, DEVELOPER)).body).toEqual(
    (await usage({ ...DAY, keyId, groupBy: 'status' })).body,
  );
  expect((await of({ keyId: otherKeyId }, DEVELOPER)).status).toBe(404);
  expect((await of({ keyId: 'key_nobodyhasit0' })).status).toBe(404);
});

test('a tenant’s requests by key, by day and status, of one environment, with a total and errors by route', async () => {
  const live = { ...DAY, environment: 'live' };
  expect(await requests({ ...live, groupBy: 'key' })).toEqual({ [keyId]: 3 });
  const { body } = await usage({ ...live, groupBy: 'day,status' });
  expect(body.total).toEqual({ requests: 3, clientErrors: 1, serverErrors: 1 });
  expect(
    body.groups.map(({ group, subgroup, requests: n }: Record<string, unknown>) => [group, subgroup, n]),
  ).toEqual(['200', '404', '500'].map((status) => [DAY.from, status, 1]));
  const routes = (await usage({ ...live, groupBy: 'route' })).body.groups;
  expect(routes).toEqual([
    expect.objectContaining({ group: 'GET /v1/orders', clientErrors: 0, serverErrors: 1 }),
    expect.objectContaining({ group: 'GET /v1/orders/{id}', clientErrors: 1, serverErrors: 0 }),
  ]);
  expect(await requests({ ...DAY, environment: 'sandbox', keyId })).toEqual({});
});

test.each([
  [{ groupBy: 'secret' }, 'groupBy'],
  [{ groupBy: 'day,network' }, 'groupBy'],
  [{ groupBy: 'key', keyId: 'key_000000000000' }, 'groupBy'],
  [{ groupBy: 'status,day' }, 'groupBy'],
  [{ keyId: 'key_000000000000', subscriptionId: 'sub_000000000000' }, 'subscriptionId'],
  [{ environment: 'test' }, 'environment'],
])('%j is a 400 that names %s', async (query, param) => {
  expect(await usage(query as never)).toMatchObject({ status: 400, body: { error: { param } } });
});

test('who accepts CSV gets a file in which nothing is a formula', async () => {
  const consume = consumerOver(dynamodb.usage, { countryOf: () => 'DE' });
  const tenantId = 'tenant_csv';
  await management.call('POST /v1/tenants', { body: { tenantId, name: 'CSV' } });
  await consume(
    delivery([accessLine({ id: 'csv', tenantId, keyId: 'key_csv000000000', method: 'GET', status: 200 })]),
  );
  const headers = { accept: 'text/csv' };
  const query = { ...DAY, tenantId, groupBy: 'status' };
  const answer = await management.call('GET /v1/usage', { query, headers });
  expect(answer).toMatchObject({
    status: 200,
    headers: { 'content-type': 'text/csv; charset=utf-8; header=present' },
  });
  expect(answer.text).toBe(
    'group,subgroup,environment,keyType,requests,clientErrors,serverErrors,p50Milliseconds,p99Milliseconds\r\n' +
      '200,,live,secret,1,0,0,,\r\n',
  );
  const json = await management.call('GET /v1/usage', {
    query,
    headers: { accept: 'application/json, text/csv' },
  });
  expect(json.body.groups).toHaveLength(1);
});

test('a developer reads the usage of their own tenants alone', async () => {
  expect((await usage({ keyId }, DEVELOPER)).status).toBe(200);
  expect((await usage({ tenantId: 'tenant_other' }, DEVELOPER)).status).toBe(404);
  expect((await usage({ tenantId: 'tenant_other', keyId: otherKeyId }, DEVELOPER)).status).toBe(404);
});

describe('of all tenants, by product and by API', () => {
  const API = 'api_OrdersSndbox';
  const ids: Record<string, string> = {};
  const of = (query: Readonly<Record<string, string>>, claims = ADMIN) =>
    management.call('GET /v1/usage', { claims, query: { ...DAY, environment: 'sandbox', ...query } });
  const sums = async (query: Readonly<Record<string, string>>, claims = ADMIN) => {
    const { body } = await of(query, claims);
    const groups: { group: string; requests: number }[] = body.groups;
    return Object.fromEntries(groups.map(({ group, requests: n }) => [group, n]));
  };

  beforeAll(async () => {
    const api = { apiId: API, name: 'orders', environment: 'sandbox', scheme: 'subscription' };
    await management.call('POST /v1/apis', { body: api });
    for (const name of ['big', 'small']) {
      const body = { name, apiIds: [API], requiresApproval: false };
      ids[name] = (await management.call('POST /v1/products', { body })).body.productId;
    }
    const lines: ReturnType<typeof accessLine>[] = [];
    const call = async (tenantId: string, product: string, times: number, more: object = { apiId: API }) => {
      const body = { tenantId, productId: ids[product], name: 'Mine' };
      const { subscriptionId } = (await management.call('POST /v1/subscriptions', { body })).body;
      const line = { tenantId, keyId: subscriptionId, environment: 'sandbox', keyType: 'subscription' };
      for (let i = 0; i < times; i++)
        lines.push(
          accessLine({ id: `${subscriptionId} ${i}`, ...line, ...more, status: i === 0 ? 404 : 200 }),
        );
      return subscriptionId;
    };
    ids.mine = await call('tenant_acme', 'big', 4);
    await call('tenant_acme', 'small', 1);
    await call('tenant_other', 'big', 3, { apiId: 'no API' });
    const consume = consumerOver(dynamodb.usage, { countryOf: () => 'DE' });
    await consume(delivery(lines));
  });

  test('who acts for all tenants gets what they all made, who acts for one gets its own, and for several has to name one', async () => {
    const { body } = await of({ groupBy: 'day' });
    expect(body).toMatchObject({ tenantId: null, keyId: null, nextCursor: null });
    expect(body.total).toEqual({ requests: 9, clientErrors: 3, serverErrors: 0 });
    expect(await sums({ groupBy: 'product' })).toMatchObject({
      [ids.big as string]: 7,
      [ids.small as string]: 1,
    });
    const several = { ...DEVELOPER, 'keywright:tenants': '[tenant_acme tenant_other]' };
    for (const query of [{}, { productId: ids.big as string }, { apiId: API }]) {
      const own = await of({ ...query, tenantId: 'tenant_acme' }, DEVELOPER);
      expect([own.status, (await of(query, DEVELOPER)).body]).toEqual([200, own.body]);
      expect(await of(query, several)).toMatchObject({ status: 400, body: { error: { param: 'tenantId' } } });
    }
  });

  test('a product’s are its subscriptions’, of one tenant or of all, however they are told apart', async () => {
    const [big = '', mine = ''] = [ids.big, ids.mine];
    expect(await sums({ productId: big, groupBy: 'status' })).toEqual({ 200: 5, 404: 2 });
    const own = { productId: big, tenantId: 'tenant_acme' };
    expect(await sums({ ...own, groupBy: 'key' }, DEVELOPER)).toEqual({ [mine]: 4 });
    expect(await sums({ ...own, groupBy: 'product' }, DEVELOPER)).toEqual({ [big]: 4 });
    expect((await of({ ...own, tenantId: 'tenant_other' }, DEVELOPER)).status).toBe(404);
    expect(await sums({ productId: 'prod_000000000000', groupBy: 'day' })).toEqual({});
  });

  test('an API’s are those of lines that name it; how they went is not counted by API', async () => {
    expect(await sums({ groupBy: 'api' })).toEqual({ [API]: 5 });
    const { body } = await of({ apiId: API, groupBy: 'day', tenantId: 'tenant_acme' }, DEVELOPER);
    expect(body.total).toEqual({ requests: 5, clientErrors: null, serverErrors: null });
    expect(body.groups).toMatchObject([{ requests: 5, clientErrors: null, serverErrors: null }]);
  });

  test('what is more than an answer reads is left to the next, and all parts are the whole', async () => {
    // Of 401 days of six kinds of key, two tenants are as much as one answer reads.
    const year = { from: '2025-10-20T00:00:00.000Z', to: '2026-11-24T00:00:00.000Z', groupBy: 'day' };
    for (const tenantId of ['tenant_some', 'tenant_more', 'tenant_last'])
      await management.call('POST /v1/tenants', { body: { tenantId, name: tenantId } });
    const parts: number[] = [];
    for (let cursor: string | null = ''; cursor !== null; ) {
      const { body } = await of({ ...year, ...(cursor && { cursor }) });
      parts.push(body.total.requests);
      cursor = body.nextCursor;
    }
    expect(parts.length).toBeGreaterThan(2);
    expect(parts.reduce((all, part) => all + part, 0)).toBe(9);
    const { nextCursor } = (await of(year)).body;
    expect((await of({ ...year, productId: ids.big as string, cursor: nextCursor })).status).toBe(400);
  });

  test.each([
    [{ keyId: 'key_000000000000', groupBy: 'product' }, 'groupBy'],
    [{ keyId: 'key_000000000000', productId: 'prod_000000000000' }, 'productId'],
    [{ apiId: API, productId: 'prod_000000000000', groupBy: 'day' }, 'apiId'],
    [{ apiId: API, groupBy: 'status' }, 'groupBy'],
    [{ productId: 'prod_000000000000', groupBy: 'network' }, 'groupBy'],
    [{ productId: 'prod_1' }, 'productId'],
  ])('%j is a 400', async (query, param) => {
    expect(await of(query)).toMatchObject({ status: 400, body: { error: { param } } });
  });
});
