import { randomBytes } from 'node:crypto';
import { DeleteCommand, PutCommand, QueryCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { AuditEvent } from '../../core/contract/events.ts';
import { hashOf } from '../../core/domain/audit-chain.ts';
import { eventId } from '../../core/domain/event-id.ts';
import { itemKey } from '../../core/store/item-keys.ts';
import { auditLog } from '../support/audit.ts';
import { startDynamoDb, type TestDynamoDb } from '../support/dynamodb.ts';
import { ADMIN, TestManagement } from '../support/management.ts';

const START = Date.parse('2026-11-22T12:00:00.000Z');
const DAY_MILLISECONDS = 86_400_000;
let dynamodb: TestDynamoDb;
let management: TestManagement;
let tenants = 0;
let tenantId: string;

beforeAll(async () => {
  dynamodb = await startDynamoDb();
});
afterAll(() => dynamodb.close());
beforeEach(() => {
  management = new TestManagement(dynamodb);
  tenants += 1;
  tenantId = `tenant_chain${tenants}`;
});

function eventAt(index: number, tenant: string | null = tenantId): AuditEvent {
  const time = new Date(START + index);
  return {
    id: eventId(time, randomBytes),
    version: 1,
    type: 'apiKey.revoked',
    time: time.toISOString(),
    tenantId: tenant,
    actor: { type: 'admin', id: 'person-admin', ip: '198.51.100.7' },
    subject: { type: 'apiKey', id: 'key_0123456789AB' },
    data: { reason: `lost ${index} times, 0.1 + 0.2 = ${0.1 + 0.2}`, share: 0.1 + 0.2, 10: 'a', 9: 'b' },
    requestId: `request-${index}`,
  };
}

/** A chain of `count` events. */
async function chainOf(count: number, options: Parameters<typeof auditLog>[1] = {}): Promise<AuditEvent[]> {
  const events = Array.from({ length: count }, (_, index) => eventAt(index));
  expect(await auditLog(dynamodb.audit, options).append(tenantId, events)).toMatchObject({
    head: { seq: count },
  });
  return events;
}

interface Verification {
  checked: number;
  tampering: { kind: string; seq: number | null; eventId: string | null; message: string }[];
  head: { seq: number; hash: string } | null;
}

/** Verifies to the end, as the command does. */
async function verify(query: Record<string, string> = { tenantId }): Promise<Verification> {
  const whole: Verification = { checked: 0, tampering: [], head: null };
  let cursor: string | null = null;
  do {
    const part = { ...query, ...(cursor !== null && { cursor }) };
    const { status, body } = await management.call('GET /v1/audit/verify', { query: part });
    expect([status, body.error]).toEqual([200, undefined]);
    whole.checked += body.checked;
    whole.tampering.push(...body.tampering);
    whole.head = body.head;
    cursor = body.nextCursor;
  } while (cursor !== null);
  return whole;
}

const found = async (query?: Record<string, string>) =>
  (await verify(query)).tampering.map(({ kind, seq, eventId }) => [kind, seq, eventId]);

/** What somebody does to the table who gets round its policy. */
const byHand = {
  async item(key: { pk: string; sk: string }): Promise<Record<string, unknown>> {
    const { client, name } = dynamodb.audit;
    const { Items = [] } = await client.send(
      new QueryCommand({
        TableName: name,
        KeyConditionExpression: 'pk = :pk AND sk = :sk',
        ExpressionAttributeValues: { ':pk': key.pk, ':sk': key.sk },
      }),
    );
    return Items[0] ?? {};
  },
  put: (Item: Record<string, unknown>) =>
    dynamodb.audit.client.send(new PutCommand({ TableName: dynamodb.audit.name, Item })),
  remove: ({ pk, sk }: { pk: string; sk: string }) =>
    dynamodb.audit.client.send(new DeleteCommand({ TableName: dynamodb.audit.name, Key: { pk, sk } })),
  set: ({ pk, sk }: { pk: string; sk: string }, attribute: string, value: unknown) =>
    dynamodb.audit.client.send(
      new UpdateCommand({
        TableName: dynamodb.audit.name,
        Key: { pk, sk },
        UpdateExpression: 'SET #attribute = :value',
        ExpressionAttributeNames: { '#attribute': attribute },
        ExpressionAttributeValues: { ':value': value },
      }),
    ),
};
const recordKey = (event: AuditEvent | undefined) => itemKey.audit(event as AuditEvent);
const linkKey = (seq: number) => itemKey.auditLink(tenantId, seq);

test('a chain as it was written is sound, longer than three parts and of no tenant too', async () => {
  const events = await chainOf(63);
  const whole = await verify();
  expect(whole).toMatchObject({ checked: 63, tampering: [], head: { seq: 63 } });
  const head = `${whole.head?.seq}:${whole.head?.hash}`;
  await auditLog(dynamodb.audit).append(tenantId, [...events.slice(-2), eventAt(5000)]);
  expect(await verify({ tenantId, head })).toMatchObject({ tampering: [], head: { seq: 64 } });

  await auditLog(dynamodb.audit).append(null, [eventAt(1, null), eventAt(2, null)]);
  expect(await verify({})).toMatchObject({ checked: 2, tampering: [], head: { seq: 2 } });
});

test('nothing is sound too', async () => {
  expect(await verify()).toEqual({ checked: 0, tampering: [], head: null });
});

describe('verification names', () => {
  test.each<[string, (event: AuditEvent) => Promise<unknown>]>([
    ['data', (event) => byHand.set(recordKey(event), 'data', { reason: 'none' })],
    ['the actor', (event) => byHand.set(recordKey(event), 'actor', { type: 'admin', id: 'somebody-else' })],
    ['a further attribute', (event) => byHand.set(recordKey(event), 'note', 'x')],
    ['the hash of the one before', (event) => byHand.set(recordKey(event), 'previous', 'f'.repeat(64))],
    ['the link', () => byHand.set(linkKey(4), 'hash', 'f'.repeat(64))],
  ])('a record of which %s was changed', async (_, change) => {
    const events = await chainOf(7);
    await change(events[3] as AuditEvent);
    expect(await found()).toContainEqual(['changed', 4, events[3]?.id]);
  });

  test('a record changed with its hash and link, by the one sealed on it', async () => {
    const events = await chainOf(7);
    const twin = { ...(events[3] as AuditEvent), data: { reason: 'none' } };
    // Sealed anew, as who has the code can do.
    const before = (await byHand.item(linkKey(3))) as { hash: string };
    const place = { seq: 4, previous: before.hash, previousExpires: null };
    const hash = hashOf(twin, place);
    await byHand.set(recordKey(twin), 'data', twin.data);
    await byHand.set(recordKey(twin), 'hash', hash);
    await byHand.set(linkKey(4), 'hash', hash);
    expect(await found()).toEqual([['changed', 4, events[3]?.id]]);
  });

  test('a record that was removed, with its link and without', async () => {
    const events = await chainOf(7);
    await byHand.remove(recordKey(events[3]));
    expect(await found()).toEqual([['missing', 4, events[3]?.id]]);
    await byHand.remove(linkKey(4));
    expect(await found()).toEqual([['missing', 4, null]]);
  });

  test('records that were removed at the beginning', async () => {
    const events = await chainOf(4);
    for (const seq of [1, 2]) {
      await byHand.remove(recordKey(events[seq - 1]));
      await byHand.remove(linkKey(seq));
    }
    expect(await verify()).toMatchObject({
      tampering: [{ kind: 'missing', seq: 1, message: 'records 1 to 2 and their links were removed' }],
    });
  });

  test('a record that was put in, and one whose link was taken out', async () => {
    const events = await chainOf(3);
    const forged = eventAt(2);
    await byHand.put({ ...(await byHand.item(recordKey(events[2]))), ...recordKey(forged), id: forged.id });
    expect(await found()).toEqual([['inserted', 3, forged.id]]);
    await byHand.remove(linkKey(2));
    expect(await found()).toContainEqual(['inserted', 2, events[1]?.id]);
  });

  test('records whose order was changed', async () => {
    const events = await chainOf(4);
    const [second, third] = [await byHand.item(linkKey(2)), await byHand.item(linkKey(3))];
    await byHand.put({ ...second, ...linkKey(3) });
    await byHand.put({ ...third, ...linkKey(2) });
    expect(await found()).toEqual(
      expect.arrayContaining([
        ['reordered', 2, events[2]?.id],
        ['reordered', 3, events[1]?.id],
      ]),
    );
  });

  test('what was cut off since an earlier head, or replaced up to it', async () => {
    const events = await chainOf(5);
    const { head } = await verify();
    const earlier = `${head?.seq}:${head?.hash}`;
    for (const seq of [4, 5]) {
      await byHand.remove(recordKey(events[seq - 1]));
      await byHand.remove(linkKey(seq));
    }
    expect(await found()).toEqual([]);
    expect(await verify({ tenantId, head: earlier })).toMatchObject({
      tampering: [{ kind: 'cutOff', seq: 4, message: 'the chain ends at 3: records 4 to 5 were cut off' }],
    });
    await auditLog(dynamodb.audit).append(tenantId, [eventAt(100), eventAt(101)]);
    expect(await found()).toEqual([]);
    expect(await found({ tenantId, head: earlier })).toMatchObject([['changed', 5, expect.any(String)]]);
  });
});

describe('with a retention', () => {
  const now = () => new Date();
  const at = (days: number) => () => new Date(now().getTime() - days * DAY_MILLISECONDS);

  test('what has expired may be gone in any order, and what has not may not', async () => {
    const old = await chainOf(4, { retentionDays: 30, now: at(31) });
    const kept = [eventAt(100), eventAt(101), eventAt(102)];
    await auditLog(dynamodb.audit, { retentionDays: 30, now }).append(tenantId, kept);
    management.clock = now();
    expect(await verify()).toMatchObject({ checked: 3, tampering: [], head: { seq: 7 } });
    for (const seq of [1, 3]) await byHand.remove(linkKey(seq));
    for (const index of [0, 3]) await byHand.remove(recordKey(old[index]));
    expect(await verify()).toMatchObject({ checked: 3, tampering: [] });

    await byHand.remove(linkKey(5));
    await byHand.remove(recordKey(kept[0]));
    expect(await verify()).toMatchObject({ tampering: [{ kind: 'missing', seq: 5 }] });
  });

  test('nothing expires before what it follows, even when the retention is shortened', async () => {
    await chainOf(2, { retentionDays: 365, now });
    await auditLog(dynamodb.audit, { retentionDays: 1, now }).append(tenantId, [eventAt(50)]);
    const [second, third] = [await byHand.item(linkKey(2)), await byHand.item(linkKey(3))];
    expect(third.ttl).toBe(second.ttl);
  });

  test('a head older than what is kept is refused', async () => {
    const events = await chainOf(3, { retentionDays: 1, now });
    const { hash } = await byHand.item(linkKey(1));
    await byHand.remove(linkKey(1));
    await byHand.remove(recordKey(events[0]));
    const query = { tenantId, head: `1:${hash}` };
    expect(await management.call('GET /v1/audit/verify', { query })).toMatchObject({
      status: 400,
      body: { error: { param: 'head' } },
    });
  });
});

describe('who may verify', () => {
  const auditorOf = (list: string) => ({
    ...ADMIN,
    'keywright:role': 'auditor',
    'keywright:tenants': list,
  });
  const status = async (query: Record<string, string>, claims: Record<string, string>) =>
    (await management.call('GET /v1/audit/verify', { query, claims })).status;

  test('whoever acts for the tenant; what belongs to none, whoever acts for all', async () => {
    await chainOf(1);
    expect(await status({ tenantId }, auditorOf(`[${tenantId}]`))).toBe(200);
    expect(await status({ tenantId }, auditorOf('[tenant_other]'))).toBe(404);
    expect(await status({}, auditorOf(`[${tenantId}]`))).toBe(404);
    expect(await status({}, auditorOf('[*]'))).toBe(200);
  });

  test('a cursor is good for the verification that gave it alone', async () => {
    await chainOf(2);
    const { body } = await management.call('GET /v1/audit/verify', { query: { tenantId } });
    const cursor = body.nextCursor;
    const other = await management.call('GET /v1/audit/verify', {
      query: { tenantId: 'tenant_other', cursor },
    });
    expect(other).toMatchObject({ status: 400, body: { error: { param: 'cursor' } } });
    for (const bad of ['nonsense', Buffer.from('{}').toString('base64url')])
      expect(await status({ tenantId, cursor: bad }, ADMIN)).toBe(400);
    expect(await status({ tenantId, head: 'x' }, ADMIN)).toBe(400);
  });
});
