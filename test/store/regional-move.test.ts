import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { promisify } from 'node:util';
import { PutCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import type { Table } from '../../core/aws/document-client.ts';
import { type LimitPolicy, windowAt } from '../../core/domain/decision/limit.ts';
import { eventId } from '../../core/domain/ground/event-id.ts';
import { readItem } from '../../core/store/item.ts';
import { credentialIdOf, type ItemKey, itemKey } from '../../core/store/item-keys.ts';
import { moveToRegional, type RegionalMove } from '../../core/store/regional-move.ts';
import { CREDENTIALS } from '../support/credentials.ts';
import { startDynamoDb, type TestDynamoDb } from '../support/dynamodb.ts';
import { TestManagement } from '../support/management.ts';
import { TENANT_ID } from '../support/subscriptions.ts';

const REGION = 'eu-central-1';
const MONTH: LimitPolicy = { limit: 100, period: 'month' };
const NOW = new Date();
const SECONDS = Math.floor(NOW.getTime() / 1000);
const DAY = 24 * 3600;

let dynamodb: TestDynamoDb;
let management: TestManagement;
let move: RegionalMove;
let id: string;
beforeAll(async () => {
  dynamodb = await startDynamoDb();
  management = new TestManagement(dynamodb);
  await management.call('POST /v1/tenants', { body: { tenantId: TENANT_ID, name: 'Acme' } });
  const { main, regional } = dynamodb;
  move = { main, regional, region: REGION, now: () => NOW };
});
afterAll(() => dynamodb.close());
beforeEach(async () => {
  const body = { name: 'k', type: 'secret', environment: 'sandbox', role: 'reader' };
  const created = await management.call(`POST /v1/tenants/${TENANT_ID}/keys`, { body });
  id = credentialIdOf(created.body.key.keyId);
  dynamodb.settle();
});

const put = ({ client, name }: Table, key: ItemKey, item: object) =>
  client.send(new PutCommand({ TableName: name, Item: { ...key, ...item } }));
const window = () => windowAt(id, MONTH.period, NOW.getTime());
/** As functions that count in the main table, or in the regional one, leave it. */
const counted = (table: Table, used: number, further: object = {}) => {
  const { id: windowId, index } = window();
  const names = { 'used#month': index, [`used#${windowId}`]: used };
  return put(table, itemKey.limits(id, REGION), { ...names, ttl: SECONDS + DAY, ...further });
};
const sighted = (network: string) => ({
  ...{ id: eventId(NOW, randomBytes), version: 1, type: 'apiKey.usedFromNewIp', time: NOW.toISOString() },
  ...{ tenantId: TENANT_ID, requestId: 'r', data: { network, ip: '192.0.2.1' } },
  actor: { type: 'apiKey', id: `key_${id}`, ip: '192.0.2.1' },
  subject: { type: 'apiKey', id: `key_${id}` },
});
const usedInRegion = async () =>
  (await readItem(dynamodb.regional, itemKey.limits(id, REGION)))?.[`used#${window().id}`];

test('a network is known in the regional table for as long as in the main one, and brings no second event', async () => {
  const before = await dynamodb.emitted();
  const until = (network: string) =>
    dynamodb.item(itemKey.seenNetwork(id, network)).then((item) => item?.ttl);
  const networks = { '192.0.2.0/24': 80, '2001:db8::/48': 10, '198.51.100.0/24': -1 };
  for (const [network, days] of Object.entries(networks)) {
    const lastEvent = sighted(network);
    await put(dynamodb.main, itemKey.seenNetwork(id, network), { ttl: SECONDS + days * DAY, lastEvent });
  }
  await put(dynamodb.regional, itemKey.seenNetwork(id, '2001:db8::/48'), { ttl: SECONDS + 90 * DAY });
  expect(await moveToRegional(move)).toEqual({ networks: 1, limits: 0 });
  expect(await Promise.all(Object.keys(networks).map(until))).toEqual([
    SECONDS + 80 * DAY,
    SECONDS + 90 * DAY,
    undefined,
  ]);
  expect(await moveToRegional(move)).toEqual({ networks: 0, limits: 0 });
  const told = (await dynamodb.emitted()).slice(before.length).filter(({ data }) => 'network' in data);
  expect(told).toHaveLength(Object.keys(networks).length);
});

test('what is used of a quota is counted once, whoever counts where meanwhile and however often it is brought', async () => {
  await counted(dynamodb.main, 40);
  expect(
    (await Promise.all([moveToRegional(move), moveToRegional(move)])).map(({ limits }) => limits).sort(),
  ).toEqual([0, 1]);
  expect(await usedInRegion()).toBe(40);
  const own = await readItem(dynamodb.regional, itemKey.limits(id, REGION));
  // The new functions count here, the old ones still there.
  const moved = `moved#used#${window().id}`;
  await counted(dynamodb.regional, 45, { [moved]: own?.[moved] });
  await counted(dynamodb.main, 43);
  expect(await moveToRegional(move)).toMatchObject({ limits: 1 });
  expect(await usedInRegion()).toBe(48);
  expect(await moveToRegional(move)).toMatchObject({ limits: 0 });
  expect(await usedInRegion()).toBe(48);
});

test('a window that is over is left where it is', async () => {
  const { index } = window();
  const names = { 'used#month': index - 1, [`used#month#${index - 1}`]: 99 };
  await put(dynamodb.main, itemKey.limits(id, REGION), names);
  expect(await moveToRegional(move)).toEqual({ networks: 0, limits: 0 });
});

test('the command says what it brought', async () => {
  await counted(dynamodb.main, 1);
  const { stdout } = await promisify(execFile)(process.execPath, ['bin/move-regional.ts'], {
    env: {
      ...process.env,
      ...{ AWS_ENDPOINT_URL: dynamodb.endpoint, AWS_REGION: REGION },
      ...{ AWS_ACCESS_KEY_ID: CREDENTIALS.accessKeyId, AWS_SECRET_ACCESS_KEY: CREDENTIALS.secretAccessKey },
    },
  });
  expect(stdout).toBe('0 networks and the limits of 1 credentials were brought into keywright-regional.\n');
});
