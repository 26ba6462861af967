import { DeleteCommand, GetCommand, PutCommand, TransactWriteCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Table } from '../../core/aws/document-client.ts';
import type { AuditEvent } from '../../core/contract/events.ts';
import { checkChain, strayRecord } from '../../core/domain/audit/audit-chain.ts';
import { revisionOf } from '../../core/domain/audit/item-revision.ts';
import { sha256 } from '../../core/domain/ground/sha256.ts';
import { AuditChainReader } from '../../core/store/audit-chain-reader.ts';
import { itemKey } from '../../core/store/item-keys.ts';
import { auditLog } from '../support/audit.ts';
import { startDynamoDb, type TestDynamoDb } from '../support/dynamodb.ts';
import { eventFor } from '../support/publisher.ts';

/** A copy of the audit table in another Region comes item by item, and may end anywhere in a transaction. */
let dynamodb: TestDynamoDb;
beforeAll(async () => {
  dynamodb = await startDynamoDb();
});
afterAll(() => dynamodb.close());

/** What the network says. */
const lost = () => Object.assign(new Error('the Region is lost'), { code: 'ECONNRESET' });

/** The table, of whose next transaction the first items come and nothing else. */
function cutOff(table: Table, after: number): Table {
  const send = async (command: unknown) => {
    if (!(command instanceof TransactWriteCommand)) return table.client.send(command as never);
    for (const { Put } of (command.input.TransactItems ?? []).slice(0, after))
      await table.client.send(new PutCommand(Put as never));
    throw lost();
  };
  return { name: table.name, client: { send } as never };
}

let tenants = 0;
function eventsOf(count: number): { tenantId: string; events: AuditEvent[] } {
  tenants += 1;
  const tenantId = `tenant_cut_off_${tenants}`;
  const events = Array.from({ length: count }, (_, i) => ({ ...eventFor(tenantId), revision: i + 1 }));
  return { tenantId, events };
}

async function chainOf(tenantId: string) {
  const reader = new AuditChainReader(dynamodb.audit);
  const { items: links } = await reader.links(tenantId, null);
  const { items: records } = await reader.records(tenantId, null);
  const stray = records.flatMap(({ position, seq, link }) => strayRecord(position, seq, link) ?? []);
  const { tampering } = checkChain(links, undefined, new Date(), sha256);
  return { findings: [...tampering, ...stray], ids: links.map(({ record }) => record?.event.id) };
}

async function hasMark(event: AuditEvent): Promise<boolean> {
  const Key = itemKey.recorded(revisionOf(event) ?? { item: '', revision: 0 });
  const get = new GetCommand({ TableName: dynamodb.audit.name, Key, ConsistentRead: true });
  return (await dynamodb.audit.client.send(get)).Item !== undefined;
}

const COUNT = 5;
/** After how many events, and then after how many items: of each event a record, a link and a mark. */
const CUTS = [0, 2].flatMap((first) =>
  Array.from({ length: 3 * (COUNT - first) + 1 }, (_, after) => [first, after] as const),
);

test.each(CUTS)(
  'after %i events, cut off after %i items of a transaction, the log is whole once its events are delivered again',
  async (first, after) => {
    const { tenantId, events } = eventsOf(COUNT);
    const log = auditLog(dynamodb.audit);
    if (first > 0) await log.append(tenantId, events.slice(0, first));
    const { failure } = await auditLog(cutOff(dynamodb.audit, after)).append(tenantId, events.slice(first));
    expect(failure?.cause).toMatchObject({ message: 'the Region is lost' });
    // From the stream's beginning, and with one that came later.
    const late = { ...eventFor(tenantId), revision: COUNT + 1 };
    expect(await log.append(tenantId, [...events, late])).toMatchObject({ head: { seq: COUNT + 1 } });
    expect(await chainOf(tenantId)).toEqual({
      findings: [],
      ids: [...events, late].map(({ id }) => id),
    });
    expect(await Promise.all([...events, late].map(hasMark))).toEqual(Array(COUNT + 1).fill(true));
  },
);

test.each(CUTS)(
  'after %i events, cut off after %i items, a log that was a copy is whole though nobody delivers its events again',
  async (first, after) => {
    const { tenantId, events } = eventsOf(COUNT);
    if (first > 0) await auditLog(dynamodb.audit).append(tenantId, events.slice(0, first));
    await auditLog(cutOff(dynamodb.audit, after)).append(tenantId, events.slice(first));
    const late = { ...eventFor(tenantId), revision: COUNT + 1 };
    const log = auditLog(dynamodb.audit, { wasCopy: true });
    const kept = first + Math.min(Math.ceil(after / 2), COUNT - first);
    expect(await log.append(tenantId, [late])).toMatchObject({ head: { seq: kept + 1 } });
    const ids = [...events.slice(0, kept), late].map(({ id }) => id);
    expect(await chainOf(tenantId)).toEqual({ findings: [], ids });
    expect(await hasMark(late)).toBe(true);
  },
);

test('more records than a transaction takes are linked, in the order of their numbers, by two publishers at once', async () => {
  const { tenantId, events } = eventsOf(70);
  const log = auditLog(dynamodb.audit);
  await log.append(tenantId, events);
  for (let seq = 2; seq <= 70; seq += 1)
    await dynamodb.audit.client.send(
      new DeleteCommand({ TableName: dynamodb.audit.name, Key: itemKey.auditLink(tenantId, seq) }),
    );
  const late = [71, 72].map((revision) => ({ ...eventFor(tenantId), revision }));
  await Promise.all(
    late.map((event) => auditLog(dynamodb.audit, { wasCopy: true }).append(tenantId, [event])),
  );
  const { findings, ids } = await chainOf(tenantId);
  expect(findings).toEqual([]);
  expect(ids.slice(0, 70)).toEqual(events.map(({ id }) => id));
  expect(new Set(ids.slice(70))).toEqual(new Set(late.map(({ id }) => id)));
});

test('a record at the end of what was a copy that can be no record of ours holds nothing back, and is named', async () => {
  const { tenantId, events } = eventsOf(3);
  const [first, put, next] = events as [AuditEvent, AuditEvent, AuditEvent];
  await auditLog(dynamodb.audit).append(tenantId, [first]);
  const Item = { ...itemKey.audit(put), seq: 2, revision: 2 };
  await dynamodb.audit.client.send(new PutCommand({ TableName: dynamodb.audit.name, Item }));
  const log = auditLog(dynamodb.audit, { wasCopy: true });
  expect(await log.append(tenantId, [next])).not.toHaveProperty('failure');
  const { findings } = await chainOf(tenantId);
  expect(findings.map(({ eventId }) => eventId)).toContain(put.id);
});

test('where the log never was a copy, a record that no transaction wrote is given no link, and named', async () => {
  const { tenantId, events } = eventsOf(2);
  const [put, next] = events as [AuditEvent, AuditEvent];
  await auditLog(cutOff(dynamodb.audit, 1)).append(tenantId, [put]);
  await auditLog(dynamodb.audit).append(tenantId, [next]);
  expect(await chainOf(tenantId)).toEqual({
    findings: [expect.objectContaining({ kind: 'inserted', eventId: put.id })],
    ids: [next.id],
  });
});

test('a record that has another number than the next is given no link, and named', async () => {
  const { tenantId, events } = eventsOf(3);
  const [first, second, third] = events as [AuditEvent, AuditEvent, AuditEvent];
  const log = auditLog(dynamodb.audit);
  await log.append(tenantId, [first]);
  // The record of the third came, and the second's has not.
  const late: Record<string, unknown>[] = [];
  const keeping = {
    name: dynamodb.audit.name,
    client: {
      send: async (command: unknown) => {
        if (!(command instanceof TransactWriteCommand)) return dynamodb.audit.client.send(command as never);
        late.push(...(command.input.TransactItems ?? []).flatMap(({ Put }) => Put?.Item ?? []));
        throw lost();
      },
    } as never,
  };
  await auditLog(keeping).append(tenantId, [second, third]);
  const record = late.find(({ id }) => id === third.id);
  await dynamodb.audit.client.send(new PutCommand({ TableName: dynamodb.audit.name, Item: record }));
  await log.append(tenantId, [third]);
  const { findings, ids } = await chainOf(tenantId);
  expect(ids).toEqual([first.id]);
  expect(findings).toEqual([expect.objectContaining({ eventId: third.id })]);
});
