import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { AuditEvent, EventType } from '../../core/contract/events.ts';
import { auditLog } from '../support/audit.ts';
import { startDynamoDb, type TestDynamoDb } from '../support/dynamodb.ts';
import { ADMIN, TestManagement } from '../support/management.ts';

let dynamodb: TestDynamoDb;
let management: TestManagement;
const NOW = new Date('2026-11-22T12:00:00.000Z');
const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/** A few months of records: every seven hours one, by turns of two tenants and of none. */
const RECORDS: AuditEvent[] = Array.from({ length: 300 }, (_, index) => {
  const types: EventType[] = ['apiKey.created', 'apiKey.rotated', 'api.updated'];
  const [type = 'api.updated'] = types.slice(index % 3);
  const tenantId = ['tenant_acme', 'tenant_beta', null][index % 3] ?? null;
  return {
    id: `018f0000-0000-7000-8000-${String(index).padStart(12, '0')}`,
    version: 1,
    type,
    time: new Date(NOW.getTime() - index * 7 * HOUR).toISOString(),
    tenantId,
    actor: {
      type: 'admin',
      id: index % 2 === 0 ? 'person-a' : 'person-b',
      ...(index % 4 === 0 && { ip: '192.0.2.1' }),
    },
    subject: { type: tenantId === null ? 'api' : 'apiKey', id: `subject-${index % 5}` },
    data: { index },
    requestId: `request-${index}`,
  };
});

beforeAll(async () => {
  dynamodb = await startDynamoDb();
  const log = auditLog(dynamodb.audit);
  for (const tenantId of ['tenant_acme', 'tenant_beta', null])
    await log.append(
      tenantId,
      RECORDS.filter((record) => record.tenantId === tenantId),
    );
});
afterAll(() => dynamodb.close());
beforeEach(() => {
  management = new TestManagement(dynamodb);
});

type Query = Record<string, string>;
const audit = (query: Query = {}, claims = ADMIN) => management.call('GET /v1/audit', { query, claims });
const ids = (records: readonly { id: string }[]) => records.map(({ id }) => id);

async function everyPage(query: Query, claims = ADMIN): Promise<AuditEvent[]> {
  const items: AuditEvent[] = [];
  let cursor: string | null = null;
  do {
    const { status, body } = await audit({ ...query, ...(cursor !== null && { cursor }) }, claims);
    expect(status).toBe(200);
    items.push(...body.items);
    cursor = body.nextCursor;
  } while (cursor !== null);
  return items;
}

function expected(
  matches: (record: AuditEvent) => boolean,
  from = new Date(NOW.getTime() - 30 * DAY + 1),
  to = new Date(NOW.getTime() + 1),
): string[] {
  const inRange = RECORDS.filter(({ time }) => time >= from.toISOString() && time < to.toISOString());
  return ids(inRange.filter(matches));
}

describe('what is found', () => {
  test.each([
    [{}, () => true],
    [{ tenantId: 'tenant_acme' }, ({ tenantId }) => tenantId === 'tenant_acme'],
    [{ type: 'apiKey.rotated' }, ({ type }) => type === 'apiKey.rotated'],
    [{ actor: 'person-b' }, ({ actor }) => actor.id === 'person-b'],
    [{ subject: 'subject-3' }, ({ subject }) => subject.id === 'subject-3'],
    [
      { tenantId: 'tenant_beta', actor: 'person-a', subject: 'subject-1' },
      ({ tenantId, actor, subject }) =>
        tenantId === 'tenant_beta' && actor.id === 'person-a' && subject.id === 'subject-1',
    ],
    [{ tenantId: 'tenant_missing' }, () => false],
    [{ actor: 'nobody' }, () => false],
  ] as [Query, (record: AuditEvent) => boolean][])(
    '%j: of the last 30 days, newest first, in pages',
    async (query, matches) => {
      for (const limit of ['7', '100']) {
        expect(ids(await everyPage({ ...query, limit }))).toEqual(expected(matches));
      }
    },
  );

  test('from is inclusive, to exclusive, and both may be long ago', async () => {
    const [newer, older] = [RECORDS[200], RECORDS[220]] as [AuditEvent, AuditEvent];
    const found = await everyPage({ from: older.time, to: newer.time, limit: '4' });
    expect(ids(found)).toEqual(ids(RECORDS.slice(201, 221)));
  });

  test('one tenant’s of many years', async () => {
    const found = await everyPage({ tenantId: 'tenant_acme', from: '2000-01-01T00:00:00Z', limit: '100' });
    expect(ids(found)).toEqual(ids(RECORDS.filter(({ tenantId }) => tenantId === 'tenant_acme')));
  });

  test('all tenants’ of a year', async () => {
    const found = await everyPage({ from: '2025-11-22T00:00:00Z', limit: '100' });
    expect(ids(found)).toEqual(ids(RECORDS));
  });

  test('a record is shown as the contract says, without an address as null', async () => {
    const { body } = await audit({ limit: '2' });
    expect(body.items[0]).toEqual(RECORDS[0]);
    expect(body.items[1]).toEqual({ ...RECORDS[1], actor: { ...RECORDS[1]?.actor, ip: null } });
  });

  test('what has just happened', async () => {
    expect((await audit({ limit: '1' })).body.items[0].time).toBe(NOW.toISOString());
  });
});

describe('the export', () => {
  async function everyLine(query: Query, claims = ADMIN): Promise<AuditEvent[]> {
    const lines: AuditEvent[] = [];
    let next: Query | undefined = query;
    while (next !== undefined) {
      const { status, headers, body } = await management.call('GET /v1/audit/export', {
        query: next,
        claims,
      });
      expect([status, headers['content-type']]).toEqual([200, 'application/x-ndjson']);
      lines.push(...body);
      const [, target] = /^<(.+)>; rel="next"$/.exec(String(headers.link ?? '')) ?? [];
      next =
        target === undefined
          ? undefined
          : Object.fromEntries(new URL(target, 'http://localhost').searchParams);
    }
    return lines;
  }

  test.each<Query>([
    {},
    { tenantId: 'tenant_acme' },
    { actor: 'person-b', type: 'apiKey.rotated' },
    { tenantId: 'tenant_missing' },
  ])('%j holds what the list holds, a line each', async (query) => {
    expect(await everyLine(query)).toEqual(await everyPage(query));
  });

  test('is cut where an answer would become too long, and the link leads to the rest', async () => {
    const log = auditLog(dynamodb.audit);
    const long: AuditEvent[] = Array.from({ length: 14 }, (_, index) => ({
      ...(RECORDS[0] as AuditEvent),
      id: `018f0000-0000-7000-8000-9${String(index).padStart(11, '0')}`,
      tenantId: 'tenant_long',
      data: { text: 'x'.repeat(350_000) },
    }));
    expect(await log.append('tenant_long', long)).toMatchObject({ head: { seq: 14 } });
    const query = { tenantId: 'tenant_long' };
    const first = await management.call('GET /v1/audit/export', { query });
    expect(first.body.length).toBeLessThan(14);
    expect(first.text.length).toBeLessThan(4.2 * 1024 * 1024);
    management.clock = new Date(NOW.getTime() + 40 * DAY);
    expect(
      ids(
        await everyLine({ ...query, from: NOW.toISOString(), to: new Date(NOW.getTime() + 1).toISOString() }),
      ),
    ).toEqual(ids(long).reverse());
    const rest = new URL(/^<(.+)>/.exec(String(first.headers.link))?.[1] ?? '', 'http://localhost')
      .searchParams;
    expect(ids(await everyLine(Object.fromEntries(rest)))).toHaveLength(14 - first.body.length);
  });

  test('shows each what he may see', async () => {
    const claims = { ...ADMIN, 'keywright:role': 'auditor', 'keywright:tenants': '[tenant_acme]' };
    for (const { tenantId } of await everyLine({}, claims)) expect(tenantId).toBe('tenant_acme');
    const query = { tenantId: 'tenant_beta' };
    expect(await management.call('GET /v1/audit/export', { query, claims })).toMatchObject({ status: 404 });
  });
});

describe('who sees what', () => {
  const auditorOf = (tenants: string) => ({
    ...ADMIN,
    'keywright:role': 'auditor',
    'keywright:tenants': tenants,
  });

  test('a person with a list sees the records of its tenants, merged, and none of no tenant', async () => {
    const claims = auditorOf('[tenant_beta tenant_acme tenant_missing]');
    const mine = ({ tenantId }: AuditEvent) => tenantId !== null;
    for (const limit of ['3', '100']) {
      expect(ids(await everyPage({ limit }, claims))).toEqual(expected(mine));
    }
    const acme = auditorOf('[tenant_acme]');
    expect(ids(await everyPage({}, acme))).toEqual(expected(({ tenantId }) => tenantId === 'tenant_acme'));
    expect(await everyPage({}, auditorOf('[]'))).toEqual([]);
  });

  test('another tenant’s cursor shows nothing more', async () => {
    const { nextCursor } = (await audit({ limit: '1' })).body;
    const seen = await audit({ cursor: nextCursor }, auditorOf('[tenant_acme]'));
    for (const { tenantId } of seen.body.items) expect(tenantId).toBe('tenant_acme');
    const other = await audit({ cursor: nextCursor, tenantId: 'tenant_acme' });
    expect(other).toMatchObject({ status: 400, body: { error: { param: 'cursor' } } });
  });

  test('a developer sees none of it', async () => {
    const developer = { ...ADMIN, 'keywright:role': 'developer' };
    expect((await audit({}, developer)).body.error.code).toBe('forbidden');
  });
});

test.each([
  [{ from: '2026-11-22T12:00:00Z', to: '2026-11-22T12:00:00Z' }, 'from'],
  [{ from: '2026-11-23T00:00:00Z' }, 'from'],
  [{ from: '2025-09-01T00:00:00Z', to: '2026-11-02T00:00:01Z' }, 'from'],
  [{ from: 'yesterday' }, 'from'],
  [{ to: '2026-11-22' }, 'to'],
  [{ type: 'apiKey.eaten' }, 'type'],
  [{ tenantId: 'acme' }, 'tenantId'],
  [{ limit: '1000' }, 'limit'],
  [{ colour: 'red' }, 'colour'],
] as [Query, string][])('%j is a 400 that names %s', async (query, param) => {
  expect(await audit(query)).toMatchObject({ status: 400, body: { error: { param } } });
});
