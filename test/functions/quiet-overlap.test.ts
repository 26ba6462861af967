import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { ApiKey } from '../../core/domain/keys/api-key.ts';
import { CredentialStore } from '../../core/store/credential-store.ts';
import { DueStore } from '../../core/store/due-store.ts';
import { credentialIdOf, itemKey } from '../../core/store/item-keys.ts';
import { UsageStore } from '../../core/store/usage-store.ts';
import { type DeadLetters, hasLostLines as lostLinesIn, silenceOf } from '../../functions/sweep/silence.ts';
import { sweep } from '../../functions/sweep/sweep.ts';
import { startDynamoDb, type TestDynamoDb } from '../support/dynamodb.ts';
import { TestManagement } from '../support/management.ts';
import { accessLine, consumerOver, delivery, type Line, NOON } from '../support/usage.ts';

const MINUTE = 60_000;
const KEYS = '/v1/tenants/tenant_acme/keys';
const LOG = '/aws/vendedlogs/orders';
const OVERLAP = { overlap: { untilQuietSeconds: 3600, atMostSeconds: 86_400 } };

let dynamodb: TestDynamoDb;
let management: TestManagement;
let consume: ReturnType<typeof consumerOver>;
let hasLostLines: boolean;
let lines = 0;

beforeAll(async () => {
  dynamodb = await startDynamoDb();
  await new TestManagement(dynamodb).call('POST /v1/tenants', {
    body: { tenantId: 'tenant_acme', name: 'A' },
  });
});
afterAll(() => dynamodb.close());
beforeEach(() => {
  management = new TestManagement(dynamodb);
  hasLostLines = false;
  consume = consumerIn('eu-central-1');
});

const consumerIn = (region: string) =>
  consumerOver(dynamodb.usage, { lastUses: management.lastUses, region, now: () => management.clock });

const at = (minutes: number) => {
  management.clock = new Date(NOON + minutes * MINUTE);
};
async function rotated(body: object = OVERLAP): Promise<{ keyId: string; old: string; newer: string }> {
  const created = { name: 'Key', type: 'secret', environment: 'live', role: 'writer' };
  const { keyId } = (await management.call(`POST ${KEYS}`, { body: created })).body.key;
  expect((await management.call(`POST ${KEYS}/${keyId}/rotate`, { body })).status).toBe(200);
  const [newer, old] = (await keyOf(keyId)).secrets;
  return { keyId, old: old?.id ?? '', newer: newer?.id ?? '' };
}
const keyOf = async (keyId: string) => (await management.keys.get('tenant_acme', keyId)) as ApiKey;
const eventOf = (keyId: string) => dynamodb.lastEvent(itemKey.credential(credentialIdOf(keyId)));
async function called(
  keyId: string,
  secretId: string,
  minutes: number,
  line: Partial<Line> = {},
  consumer = consume,
) {
  const id = `quiet-${lines++}`;
  const text = accessLine({ id, keyId, secretId, time: NOON + minutes * MINUTE, ...line });
  await consumer(delivery([text], 'DATA_MESSAGE', LOG));
  dynamodb.settle();
}
async function swept(minutes: number, before = async () => {}): Promise<number> {
  at(minutes);
  dynamodb.settle();
  const { lastUses, tenants, keys, approvals } = management;
  const evidence = {
    lastUses,
    tenants,
    usage: new UsageStore(dynamodb.usage),
    hasLostLines: async () => hasLostLines,
  };
  const failures: unknown[] = [];
  const report = await sweep(
    {
      due: new DueStore(dynamodb.main),
      credentials: new CredentialStore(dynamodb.main),
      keys,
      approvals,
      lastUses,
      silenceOf: async (key, now) => {
        const silence = await silenceOf(key, now, evidence);
        await before();
        return silence;
      },
      now: () => management.clock,
      randomBytes,
    },
    { requestId: 'sweep-1', hasTime: () => true, onFailure: (...failure) => void failures.push(failure) },
  );
  expect(failures).toEqual([]);
  return report.events;
}

test('it ends once logs show that the old secret was silent for so long, and the event says who was last', async () => {
  const { keyId, old, newer } = await rotated();
  expect(await eventOf(keyId)).toMatchObject({
    type: 'apiKey.rotated',
    data: { overlapSeconds: 86_400, untilQuietSeconds: 3600 },
  });
  await called(keyId, old, 10, { sourceIp: '198.51.100.7', route: '/v1/old' });
  await called(keyId, newer, 40);
  expect(await swept(30)).toBe(0);
  // An hour later, but its log is heard of only to the fortieth minute.
  expect(await swept(90)).toBe(0);
  await called(keyId, newer, 88);
  hasLostLines = true;
  expect(await swept(100)).toBe(0);
  hasLostLines = false;
  expect(await swept(110)).toBe(1);
  expect(await eventOf(keyId)).toMatchObject({
    type: 'apiKey.overlapEnded',
    actor: { type: 'system', id: 'keywright' },
    data: {
      by: 'quiet',
      lastUsedAt: new Date(NOON + 10 * MINUTE).toISOString(),
      lastUsedFrom: ['198.51.100.0/24'],
      lastUsedFor: ['GET /v1/old'],
    },
  });
  expect((await keyOf(keyId)).secrets.map(({ id }) => id)).toEqual([newer]);
  expect(await swept(200)).toBe(0);
});

test('what is heard of a log says nothing of another Region’s log by the same name', async () => {
  const { keyId, old, newer } = await rotated();
  const elsewhere = consumerIn('eu-west-1');
  await called(keyId, old, 10, {}, elsewhere);
  await called(keyId, newer, 88);
  expect(await swept(110)).toBe(0);
  await called(keyId, newer, 89, {}, elsewhere);
  expect(await swept(170)).toBe(1);
  expect((await eventOf(keyId))?.data).toMatchObject({ by: 'quiet' });
});

describe('lines are lost', () => {
  const queue = (...counts: readonly (number | Error)[]): DeadLetters => ({
    queueUrl: 'https://queue.example',
    sqs: async () => {
      const failure = counts.find((count) => count instanceof Error);
      if (failure !== undefined) throw failure;
      const [visible, hidden = 0, delayed = 0] = counts.map(String);
      return {
        Attributes: {
          ApproximateNumberOfMessages: visible,
          ApproximateNumberOfMessagesNotVisible: String(hidden),
          ApproximateNumberOfMessagesDelayed: String(delayed),
        },
      };
    },
  });
  const away = () => queue(new Error('no answer'));

  test.each([
    ['nowhere while every queue is empty', queue(0), [queue(0), queue(0)], false],
    ['with one Region, by its own queue', queue(0), [], false],
    ['where they lie in this Region', queue(1), [queue(0)], true],
    ['where somebody is looking at them', queue(0, 1), [], true],
    ['where they are delayed', queue(0, 0, 1), [], true],
    ['where they lie in another Region', queue(0), [queue(0), queue(1)], true],
    ['as far as is known, where another Region does not answer', queue(0), [queue(0), away()], true],
  ])('%s', async (_, here, elsewhere, lost) => {
    expect(await lostLinesIn(here, elsewhere)).toBe(lost);
  });

  test('nobody knows where this Region does not answer, and the sweep says so', async () => {
    await expect(lostLinesIn(away(), [queue(0)])).rejects.toThrow('no answer');
  });
});

test('a use that becomes known begins it anew, and at its end it is told whoever was last', async () => {
  const { keyId, old, newer } = await rotated();
  for (let minutes = 5; minutes <= 1435; minutes += 55) {
    await called(keyId, old, minutes - 2);
    await called(keyId, newer, minutes - 1);
    expect(await swept(minutes)).toBe(0);
  }
  expect(await swept(1440)).toBe(1);
  expect((await eventOf(keyId))?.data).toMatchObject({ by: 'limit', lastUsedFrom: ['8.8.8.0/24'] });
});

test.each([
  ['ended by hand', 'end-overlap', {}, 'apiKey.overlapEnded'],
  ['rotated again', 'rotate', {}, 'apiKey.rotated'],
  ['disabled', 'disable', {}, 'apiKey.disabled'],
  ['revoked', 'revoke', {}, 'apiKey.revoked'],
])('a key that is %s at that very moment is what that made of it', async (_, operation, body, type) => {
  const { keyId, newer } = await rotated();
  await called(keyId, newer, 95);
  let meanwhile = 0;
  const events = await swept(100, async () => {
    if (meanwhile++ > 0) return;
    expect((await management.call(`POST ${KEYS}/${keyId}/${operation}`, { body })).status).toBe(200);
  });
  expect(events).toBe(0);
  expect(await eventOf(keyId)).toMatchObject({ type });
  const key = await keyOf(keyId);
  // What is disabled is looked at on; what has no second secret is not.
  const isOn = operation === 'rotate' || operation === 'disable';
  expect(key.reminders?.overlap !== undefined).toBe(isOn);
  // The older secret of a second rotation keeps its end, and waits for the newest to be used.
  if (operation === 'rotate') expect(key.secrets[1]).toMatchObject({ untilQuietSeconds: 3600 });
});

test('a key that is enabled again has all of its time', async () => {
  const { keyId, newer } = await rotated();
  await called(keyId, newer, 5);
  await management.call(`POST ${KEYS}/${keyId}/disable`, { body: {} });
  at(300);
  await management.call(`POST ${KEYS}/${keyId}/enable`, { body: {} });
  await called(keyId, newer, 310);
  expect(await swept(312)).toBe(0);
  await called(keyId, newer, 374);
  expect(await swept(374)).toBe(0);
  await called(keyId, newer, 400);
  expect(await swept(400)).toBe(1);
});

test.each([
  ['both kinds', { overlapSeconds: 60, ...OVERLAP }],
  ['a silence longer than its end', { overlap: { untilQuietSeconds: 7200, atMostSeconds: 3600 } }],
  ['a silence too short to be known', { overlap: { untilQuietSeconds: 299, atMostSeconds: 3600 } }],
  ['no end', { overlap: { untilQuietSeconds: 3600 } }],
  ['an end too far', { overlap: { untilQuietSeconds: 3600, atMostSeconds: 2_592_001 } }],
])('an overlap of %s is a 400 that changes nothing', async (_, body) => {
  const created = { name: 'Key', type: 'secret', environment: 'live', role: 'writer' };
  const { keyId } = (await management.call(`POST ${KEYS}`, { body: created })).body.key;
  expect((await management.call(`POST ${KEYS}/${keyId}/rotate`, { body })).status).toBe(400);
  expect((await keyOf(keyId)).revision).toBe(1);
});
