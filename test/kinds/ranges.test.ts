import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { ROUTES } from '../../core/contract/routes.ts';
import { encodeCursor } from '../../core/management/cursor.ts';
import { SCHEMAS } from '../../functions/openapi/document.ts';
import { auditLog } from '../support/audit.ts';
import { startDynamoDb, type TestDynamoDb } from '../support/dynamodb.ts';
import { TestManagement } from '../support/management.ts';
import { eventFor } from '../support/publisher.ts';

type Query = Record<string, string>;

/** Every route that takes a range, whoever adds one. */
const RANGED = ROUTES.filter(({ operation }) => {
  const query = SCHEMAS[operation].query;
  return query !== undefined && ['from', 'to'].some((name) => name in query.shape);
}).map(({ key }) => key);
const TENANT = 'tenant_ranges';
/** The first and the last moment of a day. */
const EARLY = ['2026-01-10T00:00:00.000Z', '2026-01-10T23:59:59.999Z'];
/** How many requests of DynamoDB one page may cost. */
const MOST_QUERIES = 40;

let dynamodb: TestDynamoDb;
let management: TestManagement;
let queries = 0;

beforeAll(async () => {
  dynamodb = await startDynamoDb();
  management = new TestManagement(dynamodb);
  const { body } = await management.call('POST /v1/tenants', { body: { tenantId: TENANT, name: 'Ranges' } });
  expect(body.tenantId).toBe(TENANT);
  await auditLog(dynamodb.audit).append(TENANT, [eventFor(TENANT)]);
  const early = EARLY.map((time) => ({ ...eventFor('tenant_early'), time }));
  await auditLog(dynamodb.audit).append('tenant_early', early);
  dynamodb.main.client.middlewareStack.add(
    (next) => async (parameters) => {
      queries += 1;
      return next(parameters);
    },
    { step: 'build', name: 'counted' },
  );
});
afterAll(() => dynamodb.close());
beforeEach(() => {
  queries = 0;
});

const ask = async (route: string, query: Query) => {
  const { status, body, headers } = await management.call(route, { query: { tenantId: TENANT, ...query } });
  return { status, param: body?.error?.param, next: nextOf(body, headers) };
};
/** Of everybody, where a route can be asked so. */
const askOfAll = async (route: string, query: Query) => {
  const { status, body, headers } = await management.call(route, { query });
  return { status, items: body?.items, next: nextOf(body, headers) };
};

function nextOf(
  body: { nextCursor?: string | null } | undefined,
  headers: Readonly<Record<string, unknown>>,
) {
  const link = /^<([^>]+)>/.exec(String(headers.link ?? ''))?.[1];
  const linked = link === undefined ? null : new URL(link, 'http://localhost').searchParams.get('cursor');
  return body?.nextCursor ?? linked;
}

test('the lists that take a range', () => {
  expect([...RANGED].sort()).toEqual([
    'GET /v1/alerts',
    'GET /v1/audit',
    'GET /v1/audit/export',
    'GET /v1/usage',
  ]);
});

describe.each(RANGED)('%s', (route) => {
  test.each<[string, Query]>([
    ['from after to', { from: '2026-11-22T00:00:00Z', to: '2026-11-21T00:00:00Z' }],
    ['from as late as to', { from: '2026-11-22T00:00:00Z', to: '2026-11-22T00:00:00Z' }],
    ['from after to, by their offsets', { from: '2026-11-22T00:00:00-02:00', to: '2026-11-22T01:00:00Z' }],
    ['from in the year 10000, in UTC', { from: '9999-12-31T23:00:00-08:00' }],
    ['no time', { from: 'yesterday' }],
    ['a date', { from: '2026-11-22' }],
    ['a time of a day that there is not', { from: '2026-02-30T00:00:00Z' }],
    ['two times in one', { from: '2026-11-22T00:00:00Z,2026-11-23T00:00:00Z' }],
    ['nothing', { from: '' }],
  ])('a range with %s is a 400 that names from', async (_, query) => {
    expect(await ask(route, query)).toMatchObject({ status: 400, param: 'from' });
    expect(queries).toBeLessThanOrEqual(2);
  });

  test.each<[string, Query]>([
    ['to in the year 10000, in UTC', { to: '9999-12-31T23:00:00-08:00' }],
    ['to before 1970, in UTC', { to: '1970-01-01T00:00:00+08:00' }],
    ['to that is no time', { to: '1732233600' }],
  ])('a range with %s is a 400 that names to', async (_, query) => {
    expect(await ask(route, query)).toMatchObject({ status: 400, param: 'to' });
  });

  test('the earliest and the latest times are times like others', async () => {
    for (const query of [
      { from: '9999-12-31T00:00:00Z', to: '9999-12-31T23:59:59.999Z' },
      { from: '1970-01-01T00:00:00Z', to: '1970-01-02T00:00:00Z' },
    ])
      expect([query, (await ask(route, query)).status]).toEqual([query, 200]);
  });

  test('no range, and no cursor of another range, is ever a 500 or costs more than a page may', async () => {
    const year = 365.25 * 86_400_000;
    const time = fc.oneof(
      fc.date({ min: new Date('2026-10-01'), max: new Date('2026-12-31'), noInvalidDate: true }),
      fc.date({ min: new Date(-1970 * year), max: new Date(8029 * year), noInvalidDate: true }),
    );
    const text = time.map((date) => date.toISOString());
    const part = fc.option(text, { nil: undefined });
    await fc.assert(
      fc.asyncProperty(part, part, part, fc.boolean(), async (from, to, position, isOfAll) => {
        const list = `${/(alerts|audit)/.exec(route)?.[0]} ${isOfAll ? '*' : TENANT}`;
        const cursor = position && encodeCursor(list, `${position}#a`);
        const canGoOn = route !== 'GET /v1/usage';
        const query = { ...(from && { from }), ...(to && { to }), ...(canGoOn && cursor && { cursor }) };
        queries = 0;
        const { status } = await (isOfAll && canGoOn ? askOfAll : ask)(route, query);
        expect([200, 400]).toContain(status);
        expect(queries).toBeLessThanOrEqual(MOST_QUERIES);
      }),
      { numRuns: 60 },
    );
  });
});

describe.each(['GET /v1/audit', 'GET /v1/audit/export'])('%s of everybody', (route) => {
  test('with a long range and nothing in it ends each page early, and comes to its end', async () => {
    const query = { from: '2024-01-01T00:00:00Z', to: '2025-01-31T00:00:00Z' };
    let pages = 0;
    let cursor: string | null = null;
    do {
      queries = 0;
      const page = await askOfAll(route, { ...query, ...(cursor !== null && { cursor }) });
      expect(page.status).toBe(200);
      if (page.items !== undefined) expect(page.items).toEqual([]);
      expect(queries).toBeLessThanOrEqual(MOST_QUERIES);
      cursor = page.next;
      pages += 1;
    } while (cursor !== null && pages < 100);
    expect(cursor).toBeNull();
    expect(pages).toBeGreaterThan(10);
  });

  test('finds what lies beyond the days of one page, and nothing twice', async () => {
    for (const day of ['2026-02-10', '2026-02-11', '2026-02-12', '2026-03-31']) {
      const found: string[] = [];
      let cursor: string | null = null;
      do {
        const query = {
          from: '2026-01-01T00:00:00Z',
          to: `${day}T12:00:00Z`,
          ...(cursor !== null && { cursor }),
        };
        const { body, headers } = await management.call(route, { query });
        found.push(...(body.items ?? body).map(({ time }: { time: string }) => time));
        cursor = nextOf(body, headers);
      } while (cursor !== null);
      expect([day, found]).toEqual([day, EARLY.toReversed()]);
    }
  });
});
