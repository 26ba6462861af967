import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { TTL_ATTRIBUTE } from '../../core/contract/deployment.ts';
import { newProfile } from '../../core/domain/security/key-profile.ts';
import { emptyCount, type Tally, type UsageSubject } from '../../core/domain/usage/usage-tally.ts';
import { accessStore } from '../../core/store/access-store.ts';
import { type AttributeMap, fromAttributes } from '../../core/store/attribute-value.ts';
import { shardOf } from '../../core/store/fresh-counts.ts';
import { FreshStore } from '../../core/store/fresh-store.ts';
import { type ItemKey, itemKey } from '../../core/store/item-keys.ts';
import { limitStore } from '../../core/store/limit-store.ts';
import { ProfileStore } from '../../core/store/profile-store.ts';
import { UsageStore } from '../../core/store/usage-store.ts';
import { startDynamoDb, type TestDynamoDb } from '../support/dynamodb.ts';
import { findingOf, raiseAlert } from '../support/finding.ts';

const NOW = new Date('2026-11-22T12:30:00.250Z');
const SECONDS = Math.floor(NOW.getTime() / 1000);
const DAY = 86_400;
const KEY_ID = 'key_0123456789AB';

let dynamodb: TestDynamoDb;
beforeAll(async () => {
  dynamodb = await startDynamoDb();
});
afterAll(() => dynamodb.close());

/** Until when an item of the usage table is kept, in seconds since 1970. */
async function keptUntil({ pk, sk }: ItemKey): Promise<unknown> {
  const items = await dynamodb.everything();
  return items.find((item) => item.pk === pk && item.sk === sk)?.[TTL_ATTRIBUTE];
}

/** What an adapter asked DynamoDB to write, as plain values. */
function capturing() {
  const inputs: Record<string, never>[] = [];
  const call = async (_: string, input: object) => {
    inputs.push(input as Record<string, never>);
    return { Attributes: {} };
  };
  return { inputs, call };
}

test('a count of an hour is kept by its hour’s end for 35 days, one of a day for 400, a stranger’s for two', async () => {
  const usage = new UsageStore(dynamodb.usage);
  const retention = { hourDays: 35, dayDays: 400 };
  const noon = Date.parse('2026-11-22T12:00:00Z') / 1000;
  const midnight = Date.parse('2026-11-22T00:00:00Z') / 1000;
  const credential: UsageSubject = { kind: 'credential', keyId: KEY_ID };
  const cases: [UsageSubject, string, number][] = [
    [credential, '2026-11-22T12', noon + 35 * DAY],
    [credential, '2026-11-22', midnight + 400 * DAY],
    [{ kind: 'network', network: '192.0.2.0/24' }, '2026-11-22T12', noon + 2 * DAY],
    [{ kind: 'namedKey', keyId: KEY_ID }, '2026-11-22T12', noon + 2 * DAY],
  ];
  const count = (await usage.count(credential, '2026-11-20')) as Tally['count'];
  const tallies = cases.map(([subject, period]) => ({ subject, period, count: { ...count, requests: 1 } }));
  await usage.add('batch-1', tallies, { retention, now: () => NOW, random: () => 0 });
  for (const [subject, period, until] of cases)
    expect([period, await keptUntil(itemKey.usage(subject, period))]).toEqual([period, until]);
  expect(await keptUntil(itemKey.usageBatch('batch-1', 0))).toBe(SECONDS + 30 * DAY);
});

test('what files told of is kept for 400 days where nobody takes it in, and that they did for 30', async () => {
  const subject: UsageSubject = { kind: 'credential', keyId: KEY_ID };
  const tallies = [{ subject, period: '2026-11-22', count: { ...emptyCount(), requests: 1 } }];
  const retention = { hourDays: 35, dayDays: 400 };
  await new FreshStore(dynamodb.usage).add('file-1', tallies, { retention, now: () => NOW, random: () => 0 });
  const shard = shardOf(subject);
  const place = itemKey.fresh({ shard, set: 0 }, { batchId: 'file-1', part: shard, piece: 0 });
  expect(await keptUntil(place)).toBe(SECONDS + 400 * DAY);
  expect(await keptUntil(itemKey.usageBatch('file-1', shard))).toBe(SECONDS + 30 * DAY);
});

test('what is remembered of a credential is kept for 400 days after its last day', async () => {
  const profile = newProfile(KEY_ID, NOW.getTime());
  expect(await new ProfileStore(dynamodb.usage).write(undefined, profile)).toBe(true);
  const day = Date.parse('2026-11-22T00:00:00Z') / 1000;
  expect(await keptUntil(itemKey.profile(KEY_ID))).toBe(day + 400 * DAY);
});

test('an alert is kept for 400 days after it was found', async () => {
  const { alertId } = await raiseAlert(dynamodb.main, findingOf(), NOW);
  const item = await dynamodb.item(itemKey.alert(alertId));
  expect(item?.[TTL_ATTRIBUTE]).toBe(SECONDS + 400 * DAY);
});

test('a network that was seen is known for 90 days', async () => {
  const { inputs, call } = capturing();
  const store = accessStore({
    dynamodb: call,
    table: 'keywright',
    regionalTable: 'keywright-regional',
    apiId: undefined,
    sharedMilliseconds: 0,
    now: () => NOW.getTime(),
    newEventId: () => 'event-1',
  });
  const sighting = {
    credentialId: '0123456789AB',
    keyId: KEY_ID,
    tenantId: 'tenant_acme',
    network: '192.0.2.0/24',
    sourceIp: '192.0.2.1',
    requestId: 'request-1',
  };
  for (const knownUntil of [undefined, SECONDS + 1]) await store.noteNetwork({ ...sighting, knownUntil });
  const items = inputs.map(({ Item }) => fromAttributes(Item as unknown as AttributeMap)[TTL_ATTRIBUTE]);
  expect(items).toEqual([SECONDS + 90 * DAY, SECONDS + 90 * DAY]);
});

test('what is used of a limit is kept for 120 days, longer than any of its windows', async () => {
  const { inputs, call } = capturing();
  const store = limitStore({
    dynamodb: call,
    table: 'keywright-regional',
    region: 'eu-central-1',
    now: () => NOW.getTime(),
  });
  await store.lease('0123456789AB', []);
  expect(inputs[0]?.ExpressionAttributeValues).toMatchObject({ ':ttl': { N: `${SECONDS + 1 + 120 * DAY}` } });
});
