import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Table } from '../../core/aws/document-client.ts';
import { emptyCount, MOST_NAMES, type UsageSubject } from '../../core/domain/usage/usage-tally.ts';
import { UsageStore } from '../../core/store/usage-store.ts';
import { AwsFixture } from '../support/local-aws.ts';
import { NOON, usageTable } from '../support/usage.ts';

const HOUR = '2026-11-22T12';
const SUBJECT: UsageSubject = { kind: 'credential', keyId: 'key_manyroutes01' };
const fixture = new AwsFixture();
let table: Table;
beforeAll(async () => {
  table = await usageTable(fixture);
});
afterAll(() => fixture.close());

const add = (id: string, lists: Partial<ReturnType<typeof emptyCount>>) => {
  const writing = {
    retention: { hourDays: 35, dayDays: 400 },
    now: () => new Date(NOON),
    random: Math.random,
  };
  const count = { ...emptyCount(), requests: 1, ...lists };
  return new UsageStore(table).add(id, [{ subject: SUBJECT, period: HOUR, count }], writing);
};

test('a list that is full takes no new name, and the others go on taking them', async () => {
  const routes = Object.fromEntries(Array.from({ length: MOST_NAMES }, (_, i) => [`GET /${i}`, 1]));
  expect(await add('full', { routes, networks: { '198.51.100.0/24': 1 } })).toEqual([]);
  expect(await add('new', { routes: { 'GET /new': 1 }, networks: { '203.0.113.0/24': 1 } })).toEqual([]);
  const count = await new UsageStore(table).count(SUBJECT, HOUR);
  expect(count.routes).toEqual({ ...routes, other: 1 });
  expect(count.networks).toEqual({ '198.51.100.0/24': 1, '203.0.113.0/24': 1 });
});
