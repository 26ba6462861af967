import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Table } from '../../core/aws/document-client.ts';
import type { UsageSubject } from '../../core/domain/usage/usage-tally.ts';
import { LastUseStore } from '../../core/store/last-use-store.ts';
import { UsageStore } from '../../core/store/usage-store.ts';
import { AwsFixture } from '../support/local-aws.ts';
import {
  accessLine,
  consumerOver,
  delivery,
  intercepted,
  NOON,
  refusalLine,
  usageTable,
} from '../support/usage.ts';

const fixture = new AwsFixture();
let table: Table;
beforeAll(async () => {
  table = await usageTable(fixture);
});
afterAll(() => fixture.close());

const HOUR = '2026-11-22T12';
const DAY = '2026-11-22';
const retention = { hourDays: 35, dayDays: 400 };

function consumer(on: Table) {
  return consumerOver(on, { countryOf: (address) => (address === '8.8.8.8' ? 'US' : '-'), retention });
}

const credential = (keyId: string): UsageSubject => ({ kind: 'credential', keyId });
const countOf = (keyId: string, period = HOUR) => new UsageStore(table).count(credential(keyId), period);

test('counts requests by status, route, country, network, secret and latency, for the hour and the day', async () => {
  const keyId = 'key_counted00001';
  await consumer(table)(
    delivery([
      accessLine({ id: 'a1', keyId, secretId: 'old', latency: 10 }),
      accessLine({ id: 'a2', keyId, secretId: 'new', latency: 1000, status: 404, route: '/v1/orders/{id}' }),
      accessLine({ id: 'a3', keyId, secretId: 'new', sourceIp: '10.0.0.1', time: NOON + 3_600_000 }),
    ]),
  );
  expect(await countOf(keyId)).toEqual({
    requests: 2,
    apis: {},
    statuses: { 200: 1, 404: 1 },
    routes: { 'GET /v1/orders': 1, 'GET /v1/orders/{id}': 1 },
    countries: { US: 2 },
    networks: { '8.8.8.0/24': 2 },
    secrets: { old: 1, new: 1 },
    uses: { 'old 8.8.8.0/24 GET /v1/orders': 1, 'new 8.8.8.0/24 GET /v1/orders/{id}': 1 },
    steps: { 'old 00': 1, 'new 00': 1 },
    latencies: { 13: 1, 38: 1 },
    routeErrors: { '4 GET /v1/orders/{id}': 1 },
    keys: {},
    causes: {},
    keyIds: {},
  });
  expect(await countOf(keyId, DAY)).toMatchObject({
    requests: 3,
    countries: { US: 2, '-': 1 },
    networks: { '8.8.8.0/24': 2, '10.0.0.0/24': 1 },
    secrets: { old: 1, new: 2 },
    uses: expect.objectContaining({ 'new 10.0.0.0/24 GET /v1/orders': 1 }),
    steps: {},
  });
  expect(await new LastUseStore(table).lastUseOf(keyId)).toEqual({
    at: '2026-11-22T13:00:00.000Z',
    bySecret: { old: '2026-11-22T12:00:00.000Z', new: '2026-11-22T13:00:00.000Z' },
  });
});

test('keeps a tenant’s sandbox and live, publishable and secret keys apart', async () => {
  const tenantId = 'tenant_apart';
  const kinds = [
    ['live', 'secret'],
    ['live', 'publishable'],
    ['sandbox', 'secret'],
  ] as const;
  const lines = kinds.flatMap(([environment, keyType], i) =>
    Array.from({ length: i + 1 }, (_, n) =>
      accessLine({ id: `p${i}${n}`, keyId: `key_apart000000${i}`, tenantId, environment, keyType }),
    ),
  );
  await consumer(table)(delivery(lines));
  const store = new UsageStore(table);
  for (const [i, [environment, keyType]] of kinds.entries()) {
    const { requests } = await store.count({ kind: 'tenant', tenantId, environment, keyType }, DAY);
    expect(requests).toBe(i + 1);
  }
});

test('counts refusals by network and by the key that was named, unless anybody could have made it up', async () => {
  const sourceIp = '200.160.2.3';
  await consumer(table)(
    delivery([
      refusalLine({ id: 'r1', cause: 'no_key', sourceIp }),
      refusalLine({ id: 'r2', cause: 'unknown_key', keyId: 'key_madeup000001', sourceIp }),
      refusalLine({ id: 'r3', cause: 'wrong_secret', keyId: 'key_guessed00001', sourceIp }),
      refusalLine({ id: 'r4', cause: 'permission_missing', keyId: 'key_guessed00001', sourceIp }),
      refusalLine({ id: 'r5', cause: 'rate_limit_exceeded', keyId: 'key_guessed00001', sourceIp }),
    ]),
  );
  const store = new UsageStore(table);
  expect(await store.count({ kind: 'network', network: '200.160.2.0/24' }, HOUR)).toMatchObject({
    requests: 3,
    causes: { no_key: 1, unknown_key: 1, wrong_secret: 1 },
    keyIds: { key_madeup000001: 1, key_guessed00001: 1 },
  });
  expect(await store.count({ kind: 'namedKey', keyId: 'key_guessed00001' }, HOUR)).toMatchObject({
    requests: 1,
    causes: { wrong_secret: 1 },
    networks: { '200.160.2.0/24': 1 },
  });
  expect(await store.count({ kind: 'namedKey', keyId: 'key_madeup000001' }, HOUR)).toMatchObject({
    requests: 0,
  });
  expect((await countOf('key_guessed00001')).requests).toBe(0);
});

test('passes over lines that it can’t read, and the messages by which a destination is tried out', async () => {
  const keyId = 'key_unreadable01';
  const broken = { id: 'u2', timestamp: NOON, message: '{"requestId":"a' };
  await consumer(table)(delivery([broken, accessLine({ id: 'u1', keyId })]));
  await consumer(table)(delivery([accessLine({ id: 'u3', keyId })], 'CONTROL_MESSAGE'));
  expect((await countOf(keyId)).requests).toBe(1);
});

test('a caller who comes from everywhere can’t make a count grow without end', async () => {
  const keyId = 'key_everywhere01';
  const consume = consumer(table);
  for (let batch = 0; batch < 4; batch++) {
    await consume(
      delivery(
        Array.from({ length: 100 }, (_, i) =>
          accessLine({
            id: `e${batch}-${i}`,
            keyId,
            sourceIp: i < 50 ? `11.${batch}.${i}.1` : '8.8.8.8',
            route: i % 2 === 0 ? '/v1/orders' : `/v1/made-up-${batch}-${i}`,
          }),
        ),
      ),
    );
  }
  const count = await countOf(keyId);
  const sum = (counts: Readonly<Record<string, number>>) =>
    Object.values(counts).reduce((total, each) => total + each, 0);
  expect(count.requests).toBe(400);
  for (const list of [count.networks, count.routes, count.countries]) {
    expect(sum(list)).toBe(400);
    expect(Object.keys(list).length).toBeLessThan(81);
  }
  // What was known before the count was full goes on being counted under its name.
  expect(count.networks['8.8.8.0/24']).toBe(200);
  expect(count.routes['GET /v1/orders']).toBe(200);
});

test('writes a last use once a minute, however many batches it comes in', async () => {
  const operations: string[] = [];
  const watched = consumer(
    intercepted(table, (operation, request) => {
      operations.push(operation);
      return request();
    }),
  );
  for (let i = 0; i < 10; i++) {
    const line = { id: `m${i}`, keyId: 'key_minute000001', secretId: 'one', time: NOON + i * 10_000 };
    await watched(delivery([accessLine(line)]));
  }
  expect(operations.filter((operation) => operation === 'UpdateCommand')).toHaveLength(2);
});
