import { randomBytes } from 'node:crypto';
import { QueryCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { TABLE_INDEX } from '../../core/contract/deployment.ts';
import { CredentialStore } from '../../core/store/credential-store.ts';
import { DueStore } from '../../core/store/due-store.ts';
import { credentialIdOf, duePartitions, itemKey } from '../../core/store/item-keys.ts';
import { type SweepRun, sweep } from '../../functions/sweep/sweep.ts';
import { startDynamoDb, type TestDynamoDb } from '../support/dynamodb.ts';
import { FourEyes } from '../support/four-eyes.ts';
import { TestManagement } from '../support/management.ts';
import { neverAsked } from '../support/silence.ts';

const DAY_MILLISECONDS = 86_400_000;
const TENANT_ID = 'tenant_acme';
const KEYS = `/v1/tenants/${TENANT_ID}/keys`;

let dynamodb: TestDynamoDb;
let management: TestManagement;
let start: Date;
let failures: string[];

beforeAll(async () => {
  dynamodb = await startDynamoDb();
  await new TestManagement(dynamodb).call('POST /v1/tenants', {
    body: { tenantId: TENANT_ID, name: 'Acme' },
  });
});
afterAll(() => dynamodb.close());
beforeEach(() => {
  management = new TestManagement(dynamodb);
  start = management.clock;
  failures = [];
});

const inDays = (days: number) => new Date(start.getTime() + days * DAY_MILLISECONDS);

async function create(expiresInDays?: number): Promise<string> {
  const expiresAt = expiresInDays === undefined ? null : inDays(expiresInDays).toISOString();
  const body = { name: 'Key', type: 'secret', environment: 'live', role: 'writer', expiresAt };
  return (await management.call(`POST ${KEYS}`, { body })).body.key.keyId;
}

function run(days: number, options: Partial<SweepRun> = {}) {
  const dependencies = {
    due: new DueStore(dynamodb.main),
    credentials: new CredentialStore(dynamodb.main),
    keys: management.keys,
    approvals: management.approvals,
    lastUses: management.lastUses,
    silenceOf: neverAsked,
    now: () => inDays(days),
    randomBytes,
  };
  dynamodb.settle();
  return sweep(dependencies, {
    requestId: 'sweep-1',
    hasTime: () => true,
    onFailure: (what, cause) => void failures.push(`${what}: ${cause}`),
    ...options,
  });
}

const keyOf = async (keyId: string) => await management.keys.get(TENANT_ID, keyId);
const eventOf = (keyId: string) => dynamodb.lastEvent(itemKey.credential(credentialIdOf(keyId)));

/** What is still in the index, by primary key. */
async function indexed(): Promise<string[]> {
  dynamodb.settle();
  const { client, name } = dynamodb.main;
  const pages = await Promise.all(
    duePartitions.map((partition) =>
      client.send(
        new QueryCommand({
          TableName: name,
          IndexName: TABLE_INDEX.due,
          KeyConditionExpression: 'duePk = :partition',
          ExpressionAttributeValues: { ':partition': partition },
        }),
      ),
    ),
  );
  return pages.flatMap(({ Items = [] }) => Items.map(({ pk }) => String(pk)));
}
const isIndexed = async (keyId: string) => (await indexed()).includes(`CRED#${credentialIdOf(keyId)}`);

describe('a sweep', () => {
  test('tells of what is due, by the system, and leaves everything else alone', async () => {
    const [ending, resting] = [await create(20), await create()];
    const { examined, events, failed, lagSeconds } = await run(6.5);
    expect({ examined, events, failed, lagSeconds }).toEqual({
      examined: 1,
      events: 1,
      failed: 0,
      lagSeconds: 43_200,
    });
    expect(await eventOf(ending)).toMatchObject({
      type: 'apiKey.expiring',
      time: inDays(6.5).toISOString(),
      tenantId: TENANT_ID,
      actor: { type: 'system', id: 'keywright' },
      subject: { type: 'apiKey', id: ending },
      data: { name: 'Key', expiresAt: inDays(20).toISOString(), daysLeft: 14 },
      requestId: 'sweep-1',
    });
    expect((await keyOf(resting))?.revision).toBe(1);
    expect(await run(6.5)).toMatchObject({ examined: 0, events: 0, lagSeconds: 0 });
    await run(400);
    expect(await eventOf(ending)).toMatchObject({ type: 'apiKey.expired' });
    expect(await isIndexed(ending)).toBe(false);
  });

  test('asks for the last use of a key before it calls it unused', async () => {
    const [used, unused] = [await create(), await create()];
    await management.lastUses.note({ keyId: used, secretId: 'any', at: inDays(30).getTime() });
    await run(91);
    expect(await eventOf(unused)).toMatchObject({
      type: 'apiKey.unused',
      data: { unusedSince: start.toISOString(), lastUsedAt: null },
    });
    expect(await keyOf(used)).toMatchObject({
      revision: 1,
      reminders: { idle: { since: inDays(30).toISOString() } },
    });
    await run(120.1);
    expect(await eventOf(used)).toMatchObject({ type: 'apiKey.unused' });
  });

  test('finds no key that was revoked, and again one whose end was set anew', async () => {
    const [revoked, moved] = [await create(20), await create(20)];
    await management.call(`POST ${KEYS}/${revoked}/revoke`, { body: {} });
    expect(await isIndexed(revoked)).toBe(false);
    await management.call(`PATCH ${KEYS}/${moved}`, { body: { expiresAt: inDays(40).toISOString() } });
    await run(10);
    expect((await keyOf(moved))?.revision).toBe(2);
    await run(26);
    expect(await eventOf(moved)).toMatchObject({ type: 'apiKey.expiring', data: { daysLeft: 14 } });
  });

  test('lapses an approval that nobody decided on, and only then', async () => {
    const eyes = await FourEyes.start(dynamodb);
    await eyes.requireApproval();
    const body = { name: 'Key', type: 'secret', environment: 'live', role: 'writer' };
    const { approval } = (await eyes.management.call(`POST ${eyes.path('/keys')}`, { body })).body;
    await run(0.9);
    expect((await management.approvals.get(approval.approvalId))?.state).toBe('pending');
    await run(1);
    expect((await management.approvals.get(approval.approvalId))?.state).toBe('lapsed');
    expect(await dynamodb.lastEvent(itemKey.approval(approval.approvalId))).toMatchObject({
      type: 'approval.lapsed',
      actor: { type: 'system' },
    });
    expect(await indexed()).not.toContain(`APPROVAL#${approval.approvalId}`);
  });

  test('that runs beside others makes each event once', async () => {
    const keyIds = await Promise.all(Array.from({ length: 12 }, () => create(20)));
    const reports = await Promise.all([run(6), run(6), run(6)]);
    expect(failures).toEqual([]);
    expect(reports.reduce((sum, { events }) => sum + events, 0)).toBe(12);
    for (const keyId of keyIds) {
      expect(await keyOf(keyId)).toMatchObject({ revision: 2 });
      expect(await eventOf(keyId)).toMatchObject({ type: 'apiKey.expiring' });
    }
  });

  test('that must come to its end leaves the rest to the next', async () => {
    const keyIds = await Promise.all(Array.from({ length: 12 }, () => create(20)));
    let left = 4;
    const cut = await run(6, { hasTime: () => left-- > 0 });
    expect(cut.events).toBeLessThan(12);
    const rest = await run(6);
    expect(cut.events + rest.events).toBe(12);
    for (const keyId of keyIds) expect(await keyOf(keyId)).toMatchObject({ revision: 2 });
  });

  test('goes on past an item that can not be dealt with, and tells of it', async () => {
    const keyIds = await Promise.all(Array.from({ length: 5 }, () => create(20)));
    const [bad] = keyIds;
    const update = management.keys.update.bind(management.keys);
    management.keys.update = (before, change) =>
      before.keyId === bad ? Promise.reject(new Error('out of order')) : update(before, change);
    const report = await run(6);
    expect(report).toMatchObject({ events: 4, failed: 1 });
    expect(failures).toEqual([`${credentialIdOf(bad ?? '')}: Error: out of order`]);
  });
});
