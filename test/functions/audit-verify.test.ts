import { randomBytes } from 'node:crypto';
import { DeleteCommand, PutCommand, QueryCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { AuditEvent } from '../../core/contract/events.ts';
import {
  type ChainEntry,
  type Checked,
  checkChain,
  digestedTexts,
  firstFormatText,
  sealEvent,
  type Tampering,
} from '../../core/domain/audit/audit-chain.ts';
import { eventId } from '../../core/domain/ground/event-id.ts';
import { sha256 } from '../../core/domain/ground/sha256.ts';
import { linkItem } from '../../core/store/audit-item.ts';
import { itemKey } from '../../core/store/item-keys.ts';
import { auditLog } from '../support/audit.ts';
import { startDynamoDb, type TestDynamoDb } from '../support/dynamodb.ts';
import { ADMIN, TestManagement } from '../support/management.ts';

const START = Date.parse('2026-11-22T12:00:00.000Z');
const DAY_MILLISECONDS = 86_400_000;
/** In seconds since 1970. */
const [PAST, FUTURE] = [START / 1000 - 86_400, START / 1000 + 86_400];
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
  anchors?: { state: string; count: number; newest: object | null };
  unproven?: number | null;
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
    whole.anchors = body.anchors;
    if (body.unproven !== null) whole.unproven = body.unproven;
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
        ConsistentRead: true,
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
  const anchors = { place: 'memory', state: 'none', reason: null, count: 0, newest: null };
  expect(await verify()).toEqual({ checked: 0, tampering: [], unproven: 0, head: null, anchors });
});

describe('verification names', () => {
  test.each<[string, (event: AuditEvent) => Promise<unknown>]>([
    ['data', (event) => byHand.set(recordKey(event), 'data', { reason: 'none' })],
    ['the actor', (event) => byHand.set(recordKey(event), 'actor', { type: 'admin', id: 'somebody-else' })],
    ['a further attribute', (event) => byHand.set(recordKey(event), 'note', 'x')],
    ['the day', (event) => byHand.set(recordKey(event), 'day', '2026-11-21')],
    ['the end, to come', (event) => byHand.set(recordKey(event), 'ttl', FUTURE)],
    ['the end, passed', (event) => byHand.set(recordKey(event), 'ttl', PAST)],
    ['a text, to a set of it', (event) => byHand.set(recordKey(event), 'requestId', new Set(['request-3']))],
    ['a map, to a set', (event) => byHand.set(recordKey(event), 'data', new Set(['x']))],
    ['a name that JavaScript knows', (event) => byHand.set(recordKey(event), '__proto__', { a: 1 })],
    ['the hash of the one before', () => byHand.set(linkKey(4), 'previous', 'f'.repeat(64))],
    ['the link', () => byHand.set(linkKey(4), 'hash', 'f'.repeat(64))],
    ['the link’s end', () => byHand.set(linkKey(4), 'expires', PAST)],
    ['the link’s digest', () => byHand.set(linkKey(4), 'event', 'f'.repeat(64))],
  ])('a record of which %s was changed', async (_, change) => {
    const events = await chainOf(7);
    await change(events[3] as AuditEvent);
    expect(await found()).toContainEqual(['changed', 4, events[3]?.id]);
  });

  test('a link that was given an end, or anything else', async () => {
    await chainOf(7);
    await byHand.set(linkKey(4), 'ttl', PAST);
    await byHand.set(linkKey(5), 'record', new Set(['x']));
    const kinds = (await verify()).tampering.map(({ kind, seq }) => [kind, seq]);
    expect(kinds).toEqual(
      expect.arrayContaining([
        ['changed', 4],
        ['changed', 5],
      ]),
    );
  });

  test('what was put among the links under no number, whatever its name is', async () => {
    await chainOf(3);
    const { pk } = linkKey(1);
    for (const sk of ['!', '0', 'x'.repeat(1000), '9'.repeat(16)]) await byHand.put({ pk, sk });
    await byHand.put({ ...recordKey(eventAt(1)), sk: '\u0001'.repeat(1000) });
    const { tampering, head } = await verify();
    expect(tampering.filter(({ kind }) => kind === 'inserted')).toHaveLength(5);
    expect(head).toMatchObject({ seq: 3 });
  });

  test('a record changed with its hash and link, by the one sealed on it', async () => {
    const events = await chainOf(7);
    const twin = { ...(events[3] as AuditEvent), data: { reason: 'none' } };
    // Sealed anew, as who has the code can do.
    const { hash } = (await byHand.item(linkKey(3))) as { hash: string };
    await byHand.set(recordKey(twin), 'data', twin.data);
    await byHand.put({ ...linkItem(tenantId, sealEvent(twin, null, { seq: 3, hash }, sha256)) });
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

  test('records that have expired may be gone in any order, and others may not', async () => {
    const old = await chainOf(4, { retentionDays: 30, now: at(31) });
    const kept = [eventAt(100), eventAt(101), eventAt(102)];
    await auditLog(dynamodb.audit, { retentionDays: 30, now }).append(tenantId, kept);
    management.clock = now();
    expect(await verify()).toMatchObject({ checked: 7, tampering: [], head: { seq: 7 } });
    for (const index of [0, 3]) await byHand.remove(recordKey(old[index]));
    expect(await verify()).toMatchObject({ checked: 7, tampering: [] });

    await byHand.remove(recordKey(kept[0]));
    expect(await verify()).toMatchObject({ tampering: [{ kind: 'missing', seq: 5 }] });
  });

  test('a record that has expired and is still there must be as it was', async () => {
    const old = await chainOf(4, { retentionDays: 30, now: at(31) });
    management.clock = now();
    await byHand.remove(recordKey(old[2]));
    await byHand.set(recordKey(old[1]), 'data', { reason: 'none' });
    expect(await found()).toEqual([['changed', 2, old[1]?.id]]);
  });

  test('a record that was rewritten is not hidden by an end in the past, nor is its removal', async () => {
    const events = await chainOf(5, { retentionDays: 30, now });
    management.clock = now();
    for (const key of [recordKey(events[1]), linkKey(2)]) await byHand.set(key, 'ttl', PAST);
    await byHand.set(recordKey(events[1]), 'data', { reason: 'none' });
    await byHand.set(linkKey(4), 'ttl', PAST);
    await byHand.set(linkKey(4), 'expires', PAST);
    await byHand.remove(recordKey(events[3]));
    const seqs = (await verify()).tampering.map(({ seq }) => seq);
    expect(new Set(seqs)).toEqual(new Set([2, 4]));
  });

  test('nothing expires before what it follows, even when the retention is shortened', async () => {
    await chainOf(2, { retentionDays: 365, now });
    await auditLog(dynamodb.audit, { retentionDays: 1, now }).append(tenantId, [eventAt(50)]);
    const [second, third] = [await byHand.item(linkKey(2)), await byHand.item(linkKey(3))];
    expect(third.expires).toBe(second.expires);
  });

  test('after a quiet retention, with every record gone, the chain goes on where it was', async () => {
    const old = await chainOf(3, { retentionDays: 30, now: at(31) });
    const { head } = await verify();
    for (const event of old) await byHand.remove(recordKey(event));
    await auditLog(dynamodb.audit, { retentionDays: 30, now }).append(tenantId, [eventAt(100)]);
    management.clock = now();
    const query = { tenantId, head: `3:${head?.hash}` };
    expect(await verify(query)).toMatchObject({ tampering: [], head: { seq: 4 } });
  });
});

describe('signed heads', () => {
  const anchor = async (head: { seq: number; hash: string } | null) => {
    management.anchors.now = () => management.clock;
    return management.anchors.write(tenantId, head ?? { seq: 0, hash: '' });
  };

  test('are found by themselves: what was cut off since is named, and which head was used', async () => {
    const events = await chainOf(5);
    const { head } = await verify();
    await anchor(head);
    expect(await verify()).toMatchObject({
      tampering: [],
      anchors: {
        state: 'read',
        count: 1,
        newest: { ...head, signedAt: management.clock.toISOString() },
      },
    });
    const late = eventAt(50);
    await auditLog(dynamodb.audit).append(tenantId, [late]);
    expect(await verify()).toMatchObject({ tampering: [], unproven: 1 });
    await byHand.remove(recordKey(late));
    await byHand.remove(linkKey(6));
    for (const seq of [4, 5]) {
      await byHand.remove(recordKey(events[seq - 1]));
      await byHand.remove(linkKey(seq));
    }
    expect(await found()).toEqual([['cutOff', 4, null]]);
    await auditLog(dynamodb.audit).append(tenantId, [eventAt(100), eventAt(101), eventAt(102)]);
    await anchor((await verify()).head);
    expect(await found()).toMatchObject([['changed', 5, expect.any(String)]]);
  });

  test('that are signed by nobody who may, or are another chain’s, are tampering', async () => {
    await chainOf(2);
    const line = await anchor((await verify()).head);
    const cameAt = management.clock.getTime();
    const signed = JSON.parse(line);
    const forgeries = [
      'audit chain head',
      '{}',
      JSON.stringify({ ...signed, seq: 1 }),
      JSON.stringify({ ...signed, signature: undefined }),
      JSON.stringify({ ...signed, signature: '' }),
      JSON.stringify({ ...signed, tenantId: null }),
    ];
    for (const message of forgeries) {
      management.anchors.lines.clear();
      management.anchors.put(tenantId, { message, cameAt });
      expect([message, await found()]).toEqual([message, [['forgedHead', null, null]]]);
    }
    management.anchors.lines.clear();
    management.anchors.put(null, { message: line, cameAt });
    expect(await found({})).toEqual([['forgedHead', null, null]]);
  });

  test('that are put there again, later, do not pass for new ones', async () => {
    await chainOf(2);
    const line = await anchor((await verify()).head);
    management.anchors.lines.clear();
    management.anchors.put(tenantId, { message: line, cameAt: management.clock.getTime() + 3_600_000 });
    expect(await found()).toEqual([['forgedHead', 2, null]]);
  });

  test('that can’t be read are said to be unread, and the rest is checked', async () => {
    const events = await chainOf(3);
    management.anchors.failure = new Error('CloudWatch Logs is away');
    expect(await verify()).toMatchObject({ tampering: [], anchors: { state: 'unreadable' } });
    await byHand.remove(recordKey(events[0]));
    expect(await found()).toEqual([['missing', 1, events[0]?.id]]);
  });
});

describe('a chain of the first format', () => {
  /** As it was written, with the seal in the record and nothing but its hash in the link. */
  async function firstFormat(count: number, ttl?: number): Promise<AuditEvent[]> {
    const events = Array.from({ length: count }, (_, index) => eventAt(index));
    let previous: string | null = null;
    for (const [index, event] of events.entries()) {
      const seq = index + 1;
      const hash: string = sha256(firstFormatText(event, { seq, previous }));
      const end = ttl === undefined ? {} : { ttl };
      const day = event.time.slice(0, 10);
      const seal = { seq, previous, previousExpires: null, hash };
      await byHand.put({ ...recordKey(event), day, ...seal, ...end, ...event });
      await byHand.put({ ...linkKey(seq), hash, record: recordKey(event).sk, ...end });
      previous = hash;
    }
    return events;
  }

  test('is sound, is gone on with, and shows its records as before', async () => {
    const events = await firstFormat(3);
    await auditLog(dynamodb.audit).append(tenantId, [...events, eventAt(9)]);
    expect(await verify()).toMatchObject({ checked: 4, tampering: [], head: { seq: 4 } });
    management.clock = new Date(START + DAY_MILLISECONDS);
    const { body } = await management.call('GET /v1/audit', { query: { tenantId } });
    expect(body.items.toReversed()).toEqual(
      [...events, eventAt(9)].map((e) => ({ ...e, id: expect.any(String) })),
    );
  });

  test.each<[string, (event: AuditEvent) => Promise<unknown>]>([
    ['changed', (event) => byHand.set(recordKey(event), 'data', { reason: 'none' })],
    ['changed in its end', (event) => byHand.set(recordKey(event), 'ttl', PAST)],
    ['removed', (event) => byHand.remove(recordKey(event))],
  ])('names a record that was %s', async (_, change) => {
    const events = await firstFormat(4);
    await auditLog(dynamodb.audit).append(tenantId, [eventAt(9)]);
    await change(events[1] as AuditEvent);
    expect((await found()).map(([, seq]) => seq)).toContain(2);
  });

  test('had no ends: any is tampering', async () => {
    await firstFormat(2, PAST);
    expect((await verify()).tampering.length).toBeGreaterThan(0);
  });
});

/** Verifies to the end by what the API hands out alone, as a browser does. */
async function verifyAlone() {
  const tampering: Tampering[] = [];
  let last: Checked | undefined;
  let after: string | undefined;
  do {
    const query: Record<string, string> = { tenantId, ...(after !== undefined && { after }) };
    const { status, body } = await management.call('GET /v1/audit/chain', { query });
    expect(status).toBe(200);
    expect(body.items.length).toBeLessThanOrEqual(20);
    const items = body.items.map((item: ChainEntry) => ({
      ...{ seq: item.seq, link: item.link ?? undefined, record: item.record ?? undefined },
    }));
    // What is asked for while it is checked is known before: a browser makes digests while it waits.
    const digests = new Map(digestedTexts(items).map((text) => [text, sha256(text)]));
    const part = checkChain(items, last, new Date(START), (text) => digests.get(text) ?? 'not made');
    tampering.push(...part.tampering);
    last = part.last;
    after = body.next === null ? undefined : String(body.next);
  } while (after !== undefined);
  return { tampering, head: last && { seq: last.seq, hash: last.hash } };
}

describe('whoever reads the chain and checks it alone', () => {
  test('comes to the same as this program, part by part', async () => {
    const events = await chainOf(45);
    const { head } = await verify();
    expect(await verifyAlone()).toEqual({ tampering: [], head });
    await byHand.set(itemKey.audit(events[2] as AuditEvent), 'data', { reason: 'never lost' });
    const { tampering } = await verify();
    expect(tampering.map(({ kind, seq }) => [kind, seq])).toEqual([['changed', 3]]);
    expect((await verifyAlone()).tampering).toEqual(tampering);
    await byHand.remove(itemKey.auditLink(tenantId, 21));
    await byHand.put({ ...itemKey.auditLink(tenantId, 0), sk: 'beside' });
    const kinds = (await verifyAlone()).tampering.map(({ kind, seq }) => [kind, seq]);
    expect(kinds).toContainEqual(['missing', 21]);
    expect(kinds).toContainEqual(['inserted', null]);
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
    const chain = async (query: Record<string, string>, claims: Record<string, string>) =>
      (await management.call('GET /v1/audit/chain', { query, claims })).status;
    expect(await chain({ tenantId }, auditorOf(`[${tenantId}]`))).toBe(200);
    expect(await chain({ tenantId }, auditorOf('[tenant_other]'))).toBe(404);
    expect(await chain({}, auditorOf(`[${tenantId}]`))).toBe(404);
    expect(await chain({ tenantId, after: '1e3' }, auditorOf('[*]'))).toBe(400);
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
