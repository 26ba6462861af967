import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import type { DynamoDBStreamEvent } from 'aws-lambda';
import { signedClient } from '../../core/aws/signed-client.ts';
import type { AuditEvent } from '../../core/contract/events.ts';
import { eventId } from '../../core/domain/ground/event-id.ts';
import { accessStore } from '../../core/store/access-store.ts';
import { type AttributeMap, toAttributes } from '../../core/store/attribute-value.ts';
import { itemKey } from '../../core/store/item-keys.ts';
import { SightingStore } from '../../core/store/sighting-store.ts';
import { relayHandler } from '../../functions/sighting-relay/relay-handler.ts';
import { CREDENTIALS } from '../support/credentials.ts';
import { startDynamoDb, type TestDynamoDb } from '../support/dynamodb.ts';
import { silentLogger } from '../support/silent-logger.ts';

const DAY = 24 * 3600;
const NETWORK = '192.0.2.0/24';
const START = Date.parse('2026-11-28T12:00:00Z');

let home: TestDynamoDb;
let clock = START;
let id: string;
let count = 0;
beforeAll(async () => {
  home = await startDynamoDb();
});
afterAll(() => home.close());
beforeEach(() => {
  clock = START;
  count += 1;
  id = `Relayed${String(count).padStart(5, '0')}`;
});

/** What a Region’s authorizers write of a network: as its own table takes it, or in the main Region's table. */
function authorizers(write?: (item: AttributeMap) => void) {
  const dynamodb = signedClient({
    service: 'dynamodb',
    region: 'eu-central-1',
    endpoint: home.endpoint,
    credentials: () => ({ ...CREDENTIALS, sessionToken: undefined }),
    attemptMilliseconds: 5000,
    deadlineMilliseconds: 10_000,
    now: Date.now,
    random: Math.random,
  });
  const store = accessStore({
    dynamodb: async (operation, input) => {
      if (write === undefined) return dynamodb(operation, input);
      write((input as { Item: AttributeMap }).Item);
      return {};
    },
    table: home.main.name,
    regionalTable: home.regional.name,
    apiId: undefined,
    sharedMilliseconds: 0,
    now: () => clock,
    newEventId: (time) => eventId(time, randomBytes),
  });
  return (knownUntil?: number) =>
    store.noteNetwork({
      ...{ credentialId: id, keyId: `key_${id}`, tenantId: 'tenant_acme', network: NETWORK },
      ...{ sourceIp: '192.0.2.1', requestId: 'r', knownUntil },
    });
}

/** A Region beside the main one, whose stream has what it wrote. */
function region() {
  const items: AttributeMap[] = [];
  const note = authorizers((item) => items.push(item));
  const handler = relayHandler(new SightingStore(home.regional, () => new Date(clock)), silentLogger);
  return {
    note,
    relay: () =>
      handler({
        Records: items.map((item, i) => ({
          eventName: 'INSERT',
          dynamodb: { Keys: { pk: item.pk, sk: item.sk }, NewImage: item, SequenceNumber: String(i) },
        })),
      } as unknown as DynamoDBStreamEvent),
  };
}

const told = async (): Promise<readonly AuditEvent[]> =>
  (await home.emitted()).filter(({ subject }) => subject.id === `key_${id}`);
const knownUntil = async () => (await home.item(itemKey.seenNetwork(id, NETWORK)))?.ttl;

test('a network that two Regions and the main one see brings one event, whoever is first and however often it is told', async () => {
  const [ireland, oregon] = [region(), region()];
  await ireland.note();
  await oregon.note();
  expect(await Promise.all([ireland.relay(), oregon.relay(), ireland.relay()])).toEqual(
    Array.from({ length: 3 }, () => ({ batchItemFailures: [] })),
  );
  await authorizers()();
  await oregon.relay();
  expect((await told()).map(({ type }) => type)).toEqual(['apiKey.usedFromNewIp']);
});

test('what the main Region knows is known there for as long as in the Region that saw it last', async () => {
  await authorizers()();
  const ireland = region();
  clock += 10 * DAY * 1000;
  await ireland.note();
  await ireland.relay();
  expect(await told()).toHaveLength(1);
  expect(await knownUntil()).toBe(START / 1000 + 100 * DAY);
  clock += 80 * DAY * 1000;
  const later = region();
  await later.note(clock / 1000 + DAY);
  await later.relay();
  expect(await told()).toHaveLength(1);
  expect(await knownUntil()).toBe(START / 1000 + 180 * DAY);
});

test('one that was not seen for 90 days anywhere is told of again', async () => {
  const ireland = region();
  await ireland.note();
  await ireland.relay();
  clock += 91 * DAY * 1000;
  const again = region();
  await again.note();
  await again.relay();
  expect(await told()).toHaveLength(2);
});

test('a main Region that does not answer is asked again from the first network that it did not take', async () => {
  const table = { ...home.regional, name: 'no-such-table' };
  const handler = relayHandler(new SightingStore(table, () => new Date(clock)), silentLogger);
  const image = toAttributes({ ...itemKey.seenNetwork(id, NETWORK), ttl: 1, lastEvent: { id: 'x' } });
  const other = toAttributes({ ...itemKey.limits(id, 'r'), ttl: 1 });
  const records = [other, image].map((NewImage, i) => ({
    dynamodb: { Keys: { pk: NewImage.pk, sk: NewImage.sk }, NewImage, SequenceNumber: String(i) },
  }));
  expect(await handler({ Records: records } as unknown as DynamoDBStreamEvent)).toEqual({
    batchItemFailures: [{ itemIdentifier: '1' }],
  });
});
