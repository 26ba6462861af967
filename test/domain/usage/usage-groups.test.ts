import { expect, test } from '@jest/globals';
import {
  byProduct,
  groupsByBoth,
  groupsByList,
  groupsByPeriod,
  ofApi,
  ofCredential,
  sumsByPeriod,
  totalOf,
} from '../../../core/domain/usage/usage-groups.ts';
import { emptyCount } from '../../../core/domain/usage/usage-tally.ts';

const count = (changes: object) => ({ ...emptyCount(), ...changes });
const ONE = count({
  ...{ requests: 4, statuses: { 200: 1, 404: 2, 503: 1 }, routes: { 'GET /a': 3, 'GET /b': 1 } },
  ...{ routeErrors: { '4 GET /a': 2, '5 GET /b': 1 }, keys: { key_1: 4 }, causes: { wrong_secret: 2 } },
});
const OTHER = count({ requests: 1, statuses: { 200: 1 }, routes: { 'GET /b': 1 }, keys: { key_2: 1 } });
const PERIODS = [
  { period: '2026-11-22', count: ONE },
  { period: '2026-11-23', count: OTHER },
  { period: '2026-11-24', count: count({ causes: { wrong_secret: 1 } }) },
];
const NO_LATENCY = { p50Milliseconds: null, p99Milliseconds: null };

test('the total is of all, with errors by their class', () => {
  expect(totalOf([ONE, OTHER])).toEqual({ requests: 5, clientErrors: 2, serverErrors: 1 });
  expect(totalOf([])).toEqual({ requests: 0, clientErrors: 0, serverErrors: 0 });
});

test('periods without requests are none, and each says its beginning', () => {
  expect(groupsByPeriod(PERIODS)).toEqual([
    { group: '2026-11-22T00:00:00.000Z', requests: 4, clientErrors: 2, serverErrors: 1, ...NO_LATENCY },
    { group: '2026-11-23T00:00:00.000Z', requests: 1, clientErrors: 0, serverErrors: 0, ...NO_LATENCY },
  ]);
  expect(groupsByPeriod([{ period: '2026-11-22T07', count: ONE }])[0]?.group).toBe(
    '2026-11-22T07:00:00.000Z',
  );
});

test('routes have their errors, other lists what is known of them; the most frequent first, and no more than asked', () => {
  const counts = PERIODS.map((each) => each.count);
  expect(groupsByList(counts, 'route', 9)).toEqual([
    { group: 'GET /a', requests: 3, clientErrors: 2, serverErrors: 0, ...NO_LATENCY },
    { group: 'GET /b', requests: 2, clientErrors: 0, serverErrors: 1, ...NO_LATENCY },
  ]);
  expect(groupsByList(counts, 'key', 1)).toEqual([
    { group: 'key_1', requests: 4, clientErrors: null, serverErrors: null, ...NO_LATENCY },
  ]);
  const errors = (name: 'status' | 'cause') =>
    groupsByList(counts, name, 9).map(({ group, clientErrors, serverErrors }) => [
      group,
      clientErrors,
      serverErrors,
    ]);
  expect(errors('status')).toEqual([
    ['200', 0, 0],
    ['404', 2, 0],
    ['503', 0, 1],
  ]);
  expect(errors('cause')).toEqual([['wrong_secret', 3, 0]]);
});

test('by both, each period has its own names, and all together are no more than asked', () => {
  const pairs = (most: number) =>
    groupsByBoth(PERIODS, 'route', most).map(({ group, subgroup, requests }) => [
      group.slice(8, 10),
      subgroup,
      requests,
    ]);
  expect(pairs(9)).toEqual([
    ['22', 'GET /a', 3],
    ['22', 'GET /b', 1],
    ['23', 'GET /b', 1],
  ]);
  expect(pairs(2)).toHaveLength(2);
});

test('counts of one period are one, whatever is in them, and none is lost', () => {
  const sums = sumsByPeriod([...PERIODS.toReversed(), { period: '2026-11-22', count: OTHER }]);
  expect(sums.map(({ period }) => period)).toEqual(['2026-11-22', '2026-11-23', '2026-11-24']);
  expect(sums[0]?.count).toMatchObject({
    requests: 5,
    statuses: { 200: 2, 404: 2 },
    keys: { key_1: 4, key_2: 1 },
  });
  expect(totalOf(sums.map((each) => each.count))).toEqual({ requests: 6, clientErrors: 2, serverErrors: 1 });
});

test('subscriptions are told apart by their products, and what has none is other', () => {
  const own = count({ requests: 7, keys: { sub_1: 4, sub_2: 2, sub_3: 1 } });
  const products = new Map([
    ['sub_1', 'prod_1'],
    ['sub_2', 'prod_1'],
  ]);
  expect(byProduct(own, products).keys).toEqual({ prod_1: 6, other: 1 });
  expect(ofCredential(own, 'sub_9').keys).toEqual({ sub_9: 7 });
});

test('of one API it is known how many requests there were, and nothing else', () => {
  const both = count({ requests: 5, statuses: { 200: 5 }, apis: { api_1: 3, api_2: 2 } });
  expect(ofApi(both, 'api_1')).toEqual(count({ requests: 3, apis: { api_1: 3 } }));
  expect(ofApi(both, 'api_3')).toEqual(emptyCount());
});
