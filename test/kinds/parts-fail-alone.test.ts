import { randomBytes } from 'node:crypto';
import { PutCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { Table } from '../../core/aws/document-client.ts';
import { AlertStore } from '../../core/store/alert-store.ts';
import { ApprovalStore } from '../../core/store/approval-store.ts';
import { CredentialStore } from '../../core/store/credential-store.ts';
import { DueStore } from '../../core/store/due-store.ts';
import { itemKey } from '../../core/store/item-keys.ts';
import { KeyStore } from '../../core/store/key-store.ts';
import { tenantOfKey } from '../../core/store/key-tenant.ts';
import { LastUseStore } from '../../core/store/last-use-store.ts';
import { ProfileStore } from '../../core/store/profile-store.ts';
import { UsageStore } from '../../core/store/usage-store.ts';
import { sweep } from '../../functions/sweep/sweep.ts';
import { Watch } from '../../functions/usage-consumer/watch.ts';
import { startDynamoDb, type TestDynamoDb } from '../support/dynamodb.ts';
import { quietLogger } from '../support/publisher.ts';
import { neverAsked } from '../support/silence.ts';
import { accessLine, consumerOver, delivery, intercepted, NOON, refusalLine } from '../support/usage.ts';

/**
 * Functions that are handed several things at once. The publisher's records have a file of their own
 * (poison-records), and so have the search for gaps (missed-events) and batches over HTTP (one-rows-fault-*).
 */

const HOUR = 3_600_000;
const NOWHERE = '-';

let dynamodb: TestDynamoDb;
let logged: string[];
let keys = 0;
beforeAll(async () => {
  dynamodb = await startDynamoDb();
});
afterAll(() => dynamodb.close());
beforeEach(() => {
  logged = [];
});

function newKey(): string {
  keys += 1;
  return `key_${String(keys).padStart(12, '0')}`;
}

/** A consumer of logs whose requests to the usage table go by `intercept`. */
function consumer(
  table: Table = dynamodb.usage,
  changes: Partial<ConstructorParameters<typeof Watch>[0]> = {},
) {
  const now = () => new Date(NOON + HOUR);
  const usage = new UsageStore(table);
  const watch = new Watch({
    usage,
    profiles: new ProfileStore(table),
    alerts: new AlertStore(dynamodb.main),
    tenantOf: (id) => tenantOfKey(dynamodb.main, id),
    countryOf: () => NOWHERE,
    now,
    randomBytes,
    ...changes,
  });
  const own = { usage, countryOf: () => NOWHERE, now, random: () => 0, watch };
  return consumerOver(
    table,
    own,
    quietLogger((line) => void logged.push(line)),
  );
}

/** Three hundred refused requests of a key: enough for a finding. */
const burst = (keyId: string) =>
  Array.from({ length: 300 }, () =>
    accessLine({ id: randomBytes(8).toString('hex'), keyId, status: 403, secretId: 's1' }),
  );

async function findingsOf(keyId: string): Promise<number> {
  const events = await dynamodb.emitted();
  return events.filter(({ subject, type }) => subject.id === keyId && type === 'usage.clientErrors').length;
}

async function countOf(keyId: string): Promise<number> {
  const count = await new UsageStore(dynamodb.usage).count({ kind: 'credential', keyId }, '2026-11-22T12');
  return count.requests;
}

/** Requests that name this key's item are answered by a failure. */
function failing(keyId: string, operations: readonly string[], failure: () => Error): Table {
  const { client, name } = dynamodb.usage;
  const send = (command: { input: unknown; constructor: { name: string } }) =>
    operations.includes(command.constructor.name) && JSON.stringify(command.input).includes(keyId.slice(-12))
      ? Promise.reject(failure())
      : client.send(command as never);
  return { name, client: Object.assign(Object.create(Object.getPrototypeOf(client)), client, { send }) };
}

describe('a batch of log lines', () => {
  const sick: Record<string, (bad: string) => Promise<Table> | Table> = {
    'its profile can’t be written': (bad) => failing(bad, ['PutCommand'], () => new Error('contended')),
    'its last use can’t be noted': (bad) => failing(bad, ['UpdateCommand'], () => new Error('too large')),
    'its profile is damaged': async (bad) => {
      const Item = { ...itemKey.profile(bad), keyId: bad, days: 5, countries: null, day: '2026-11-20' };
      await dynamodb.usage.client.send(new PutCommand({ TableName: dynamodb.usage.name, Item }));
      return dynamodb.usage;
    },
    'its count is full to the brim': async (bad) => {
      for (const period of ['2026-11-22T12', '2026-11-22']) {
        const key = itemKey.usage({ kind: 'credential', keyId: bad }, period);
        const Item = { ...key, padding: 'x'.repeat(409_480) };
        await dynamodb.usage.client.send(new PutCommand({ TableName: dynamodb.usage.name, Item }));
      }
      return dynamodb.usage;
    },
    'its count is no number': async (bad) => {
      const key = itemKey.usage({ kind: 'credential', keyId: bad }, '2026-11-22T12');
      const Item = { ...key, n: 'many' };
      await dynamodb.usage.client.send(new PutCommand({ TableName: dynamodb.usage.name, Item }));
      return dynamodb.usage;
    },
  };

  test.each(Object.keys(sick))('of one key %s: all others are counted, noted and looked at', async (what) => {
    const [first, bad, last] = [newKey(), newKey(), newKey()];
    const table = await sick[what]?.(bad);
    const lines = delivery([...burst(bad), ...burst(first), ...burst(last)]);
    for (let attempt = 0; attempt < 3; attempt += 1)
      await expect(consumer(table)(lines)).rejects.toThrow(new RegExp(bad));
    expect(logged.join('')).toContain('a part of a batch failed');
    for (const keyId of [first, last]) {
      expect([keyId, await findingsOf(keyId), await countOf(keyId)]).toEqual([keyId, 1, 300]);
      dynamodb.settle();
      const lastUse = await new LastUseStore(dynamodb.usage).lastUseOf(keyId);
      expect(Object.keys(lastUse?.bySecret ?? {})).toEqual(['s1']);
    }
  });

  test('what could not be counted is counted once it can be, alone and once', async () => {
    const [good, bad] = [newKey(), newKey()];
    const places = ['2026-11-22T12', '2026-11-22'].map((period) =>
      itemKey.usage({ kind: 'credential', keyId: bad }, period),
    );
    const { client, name: TableName } = dynamodb.usage;
    for (const key of places)
      await client.send(new PutCommand({ TableName, Item: { ...key, padding: 'x'.repeat(409_480) } }));
    const lines = delivery([...burst(good), ...burst(bad)]);
    await expect(consumer()(lines)).rejects.toThrow(bad);
    for (const Key of places)
      await client.send(new UpdateCommand({ TableName, Key, UpdateExpression: 'REMOVE padding' }));
    await consumer()(lines);
    await consumer()(lines);
    expect([await countOf(good), await countOf(bad)]).toEqual([300, 300]);
    expect([await findingsOf(good), await findingsOf(bad)]).toEqual([1, 1]);
  });

  test('a caller whose refusals can’t be looked at stops no other', async () => {
    const bad = newKey();
    const lines = Array.from({ length: 200 }, (_, i) =>
      refusalLine({ id: `r-${bad}-${i}`, cause: 'wrong_secret', keyId: bad, sourceIp: '198.51.100.9' }),
    );
    const good = newKey();
    const watching = consumer(dynamodb.usage, { tenantOf: () => Promise.reject(new Error('unreadable')) });
    await expect(watching(delivery([...lines, ...burst(good)]))).rejects.toThrow('namedKey');
    expect(await findingsOf(good)).toBe(1);
    const events = await dynamodb.emitted();
    expect(events.some(({ subject }) => subject.id === '198.51.100.0/24')).toBe(true);
  });

  test('while the table is away the batch fails as a whole, and counts once it is back', async () => {
    const keyId = newKey();
    const lines = delivery(burst(keyId));
    const away = intercepted(dynamodb.usage, () => Promise.reject(new Error('away')));
    await expect(consumer(away)(lines)).rejects.toThrow();
    await consumer()(lines);
    expect([await countOf(keyId), await findingsOf(keyId)]).toEqual([300, 1]);
  });
});

test('a sweep passes over what it can’t deal with, whatever it is, and tells each', async () => {
  const { client, name: TableName } = dynamodb.main;
  const due = { duePk: 'DUE#3', dueAt: '2026-11-01T00:00:00.000Z' };
  const approval = (id: string) => ({
    ...itemKey.approval(id),
    approvalId: id,
    tenantId: 'tenant_swept',
    operation: 'updateKey',
    subject: { type: 'apiKey', id: 'key_000000000001' },
    requestedBy: 'person-1',
    state: 'pending',
    expiresAt: '2026-11-01T00:00:00.000Z',
    revision: 1,
  });
  const items = [
    { pk: 'STRANGE#1', sk: 'STRANGE' },
    { ...itemKey.credential('broken000000'), keyId: 'key_broken000000', secrets: 7, reminders: 'x' },
    approval('apr_000000000002'),
  ];
  for (const item of items) await client.send(new PutCommand({ TableName, Item: { ...item, ...due } }));
  const failures: string[] = [];
  dynamodb.settle();
  const report = await sweep(
    {
      due: new DueStore(dynamodb.main),
      credentials: new CredentialStore(dynamodb.main),
      keys: new KeyStore(dynamodb.main),
      approvals: new ApprovalStore(dynamodb.main),
      lastUses: new LastUseStore(dynamodb.usage),
      silenceOf: neverAsked,
      now: () => new Date(NOON),
      randomBytes,
    },
    { requestId: 'run', hasTime: () => true, onFailure: (what) => void failures.push(what) },
  );
  expect(failures).toContain('STRANGE#1');
  expect(report.examined).toBe(items.length);
  expect(await dynamodb.item(itemKey.approval('apr_000000000002'))).toMatchObject({ state: 'lapsed' });
});
