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
      ...(index % 2 === 0 && { name: 'Ada@example.com' }),
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
    [{ type: 'apiKey.*,api.updated' }, () => true],
    [{ type: 'apiKey.created,api.*' }, ({ type }) => type !== 'apiKey.rotated'],
    [{ actor: 'ada@Example.com' }, ({ actor }) => actor.id === 'person-a'],
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

describe('a tail', () => {
  /** Follows it until it has nothing more, and gives what it had and where it goes on. */
  async function follow(query: Query, claims = ADMIN): Promise<{ seen: string[]; next: string }> {
    const seen: string[] = [];
    let next = query.after ?? '';
    for (let isOver = false; !isOver; ) {
      const { status, body } = await audit({ ...query, after: next }, claims);
      expect(status).toBe(200);
      ({ nextCursor: next, upToDate: isOver } = body);
      seen.push(...ids(body.items));
    }
    return { seen, next };
  }

  test.each([{}, { tenantId: 'tenant_acme' }, { type: 'apiKey.*', limit: '3' }])(
    '%j: everything from a time on, oldest first',
    async (query: Query) => {
      const from = new Date(NOW.getTime() - 20 * DAY);
      const { seen } = await follow({ limit: '7', ...query, after: from.toISOString() });
      const wanted = expected(
        ({ tenantId, type }) =>
          (query.tenantId === undefined || tenantId === query.tenantId) &&
          (query.type === undefined || type.startsWith('apiKey.')),
        from,
      );
      expect([...new Set(seen)]).toEqual(wanted.reverse());
    },
  );

  test('has what is written later, also what came late and has an earlier time', async () => {
    const tenantId = 'tenant_tail';
    const log = auditLog(dynamodb.audit);
    const at = (index: number, milliseconds: number): AuditEvent => ({
      ...(RECORDS[0] as AuditEvent),
      ...{ id: `018f0000-0000-7000-8000-e${String(index).padStart(11, '0')}`, tenantId },
      time: new Date(NOW.getTime() + milliseconds).toISOString(),
    });
    const came = async (...events: AuditEvent[]) => {
      await log.append(tenantId, events);
      dynamodb.settle();
    };
    const start = { tenantId, after: NOW.toISOString() };
    await came(at(1, 1000), at(2, 50_000));
    management.clock = new Date(NOW.getTime() + 55_000);
    const first = await follow(start);
    expect(first.seen).toEqual(ids([at(1, 1000), at(2, 50_000)]));
    await came(at(3, 49_000), at(4, 70_000));
    management.clock = new Date(NOW.getTime() + 75_000);
    const second = await follow({ tenantId, after: first.next });
    expect(second.seen).toEqual(expect.arrayContaining(ids([at(3, 49_000), at(4, 70_000)])));
    management.clock = new Date(NOW.getTime() + DAY);
    const third = await follow({ tenantId, after: second.next });
    expect((await follow({ tenantId, after: third.next })).seen).toEqual([]);
  });

  test('of another list is refused, and a long silence ends its pages early', async () => {
    const { nextCursor } = (await audit({ after: NOW.toISOString() })).body;
    const other = await audit({ after: nextCursor, tenantId: 'tenant_acme' });
    expect(other).toMatchObject({ status: 400, body: { error: { param: 'after' } } });
    const { body } = await audit({ after: '2020-01-01T00:00:00Z' });
    expect(body.items).toEqual([]);
    const [, position] = JSON.parse(Buffer.from(body.nextCursor, 'base64url').toString());
    expect(position).toBe('2020-02-02T00:00:00.000Z#-');
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
    { actor: 'person-b', type: 'apiKey.rotated,api.*' },
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

  test('has a thousand records at most', async () => {
    const log = auditLog(dynamodb.audit);
    const many: AuditEvent[] = Array.from({ length: 1001 }, (_, index) => ({
      ...(RECORDS[0] as AuditEvent),
      id: `018f0000-0000-7000-8000-8${String(index).padStart(11, '0')}`,
      tenantId: 'tenant_many',
    }));
    for (let i = 0; i < many.length; i += 25) await log.append('tenant_many', many.slice(i, i + 25));
    const range = { from: NOW.toISOString(), to: new Date(NOW.getTime() + 1).toISOString() };
    const query = { tenantId: 'tenant_many', ...range };
    const { body } = await management.call('GET /v1/audit/export', { query });
    expect(body).toHaveLength(1000);
    expect(await everyLine(query)).toHaveLength(1001);
  });

  test('shows each what they may see', async () => {
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

  test('a developer reads what became of subscriptions and members, and not from where others act', async () => {
    const sub = 'person-dev';
    const claims = { ...ADMIN, sub, 'keywright:role': 'developer', 'keywright:tenants': '[tenant_dev]' };
    const [template] = RECORDS as [AuditEvent];
    const made = (index: number, type: EventType, subject: AuditEvent['subject']['type'], actor: string) => ({
      ...{ ...template, id: `018f0000-0000-7000-8000-d${String(index).padStart(11, '0')}` },
      ...{ tenantId: 'tenant_dev', type, subject: { type: subject, id: 'x' } },
      actor: { type: 'admin' as const, id: actor, ip: '192.0.2.1' },
    });
    const events = [
      made(0, 'subscription.approved', 'subscription', 'person-a'),
      made(1, 'member.joined', 'member', sub),
      made(2, 'member.invited', 'invitation', 'person-a'),
      ...[made(3, 'apiKey.created', 'apiKey', 'person-a'), made(4, 'role.changed', 'role', 'person-a')],
      made(5, 'approval.requested', 'approval', 'person-a'),
    ];
    await auditLog(dynamodb.audit).append('tenant_dev', events);
    dynamodb.settle();
    const records = (await audit({}, claims)).body.items as AuditEvent[];
    expect(records.map(({ type, actor }) => [type, actor.ip])).toEqual([
      ...[
        ['member.invited', null],
        ['member.joined', '192.0.2.1'],
        ['subscription.approved', null],
      ],
    ]);
    const lines = await management.call('GET /v1/audit/export', { claims });
    expect(lines.body).toEqual(records);
    expect((await audit({ tenantId: 'tenant_acme' }, claims)).status).toBe(404);
    expect((await management.call('GET /v1/audit/verify', { claims })).body.error.code).toBe('forbidden');
    const ofNone = { ...claims, 'keywright:tenants': '*' };
    for (const { tenantId } of await everyPage({}, ofNone)) expect(tenantId).not.toBeNull();
  });
});

test.each([
  [{ from: '2026-11-22T12:00:00Z', to: '2026-11-22T12:00:00Z' }, 'from'],
  [{ from: '2026-11-23T00:00:00Z' }, 'from'],
  [{ from: '2025-09-01T00:00:00Z', to: '2026-11-02T00:00:01Z' }, 'from'],
  [{ from: 'yesterday' }, 'from'],
  [{ to: '2026-11-22' }, 'to'],
  [{ type: 'apiKey.eaten' }, 'type'],
  [{ type: 'apiKey.created,' }, 'type'],
  [{ type: '*' }, 'type'],
  [{ type: 'apikey.*' }, 'type'],
  [{ type: Array(21).fill('apiKey.*').join(',') }, 'type'],
  [{ after: 'yesterday' }, 'after'],
  [{ after: '2026-11-22T12:00:00Z', from: '2026-11-21T12:00:00Z' }, 'after'],
  [{ after: '2026-11-22T12:00:00Z', cursor: 'a' }, 'after'],
  [{ tenantId: 'acme' }, 'tenantId'],
  [{ limit: '1000' }, 'limit'],
  [{ colour: 'red' }, 'colour'],
] as [Query, string][])('%j is a 400 that names %s', async (query, param) => {
  expect(await audit(query)).toMatchObject({ status: 400, body: { error: { param } } });
});
