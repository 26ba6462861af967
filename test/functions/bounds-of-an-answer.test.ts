import { describe, expect, test } from '@jest/globals';
import { KeyFormat } from '../../core/domain/keys/key-format.ts';
import { emptyCount } from '../../core/domain/usage/usage-tally.ts';
import { endLeaked } from '../../functions/leaks/end-leaked.ts';
import { getUsage } from '../../functions/usage/get-usage.ts';
import { AtOnce } from '../support/at-once.ts';

/** What one answer takes on at most: each bound met, and crossed by one. */

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const NOW = new Date('2026-06-10T12:30:00.000Z');
const ago = (milliseconds: number) => new Date(NOW.getTime() - milliseconds).toISOString();
const numbers = (count: number) => Array.from({ length: count }, (_, i) => i);

describe('usage', () => {
  const asked: string[][] = [];
  const get = async (query: object, counts: readonly object[] = []) => {
    asked.length = 0;
    const dependencies = {
      usage: {
        fresh: async () => undefined,
        counts: async ({ kind }: { kind: string }, first: string, last: string) => {
          asked.push([kind, first, last]);
          return asked.length === 1 ? counts : [];
        },
      },
      tenants: { get: async () => ({}) },
    };
    const person = { tenants: ['tenant_a'] };
    const answer = await getUsage(
      { person, query: { tenantId: 'tenant_a', ...query }, context: { now: NOW } } as never,
      dependencies as never,
    );
    return answer.body as { from: string; to: string; resolution: string; groups: unknown[] };
  };
  const count = (change: object) => ({ period: '2026-06-10T11', count: { ...emptyCount(), ...change } });

  test.each([
    [{ groupBy: 'hour' }, 'hour', '2026-06-09T12', '2026-06-10T12'],
    [{ groupBy: 'day' }, 'day', '2026-05-11', '2026-06-10'],
    [{ groupBy: 'route' }, 'hour', '2026-06-09T12', '2026-06-10T12'],
    [{ groupBy: 'route', from: ago(7 * DAY - HOUR / 2) }, 'hour', '2026-06-03T13', '2026-06-10T12'],
    [{ groupBy: 'route', from: ago(7 * DAY) }, 'day', '2026-06-03', '2026-06-10'],
    [{ groupBy: 'hour', from: ago(7 * DAY) }, 'hour', '2026-06-03T12', '2026-06-10T12'],
    [{ groupBy: 'day', from: ago(400 * DAY) }, 'day', '2025-05-06', '2026-06-10'],
  ])('%j: is read by the %s, from %s to %s', async (query, resolution, first, last) => {
    const body = await get(query);
    expect(body.resolution).toBe(resolution);
    expect(new Set(asked.map((each) => each.join(' ')))).toEqual(new Set([`tenant ${first} ${last}`]));
  });

  test.each([
    { groupBy: 'hour', from: ago(7 * DAY + HOUR) },
    { groupBy: 'day', from: ago(401 * DAY) },
    { groupBy: 'route', from: ago(401 * DAY) },
  ])('of a range that is an hour or a day too long is refused: %j', async (query) => {
    await expect(get(query)).rejects.toMatchObject({ code: 'invalid_request' });
  });

  test('has the thousand most frequent names, those alike by name', async () => {
    const routes = Object.fromEntries(
      numbers(1001).map((i) => [`r${String(i).padStart(4, '0')}`, i === 1000 ? 2 : 1]),
    );
    const { groups } = await get({ groupBy: 'route' }, [count({ routes })]);
    expect(groups).toHaveLength(1000);
    expect(groups.slice(0, 2)).toEqual(
      [
        ['r1000', 2],
        ['r0000', 1],
      ].map(([group, requests]) => ({
        ...{ group, environment: 'sandbox', keyType: expect.any(String), requests },
        ...{ clientErrors: 0, serverErrors: 0, p50Milliseconds: null, p99Milliseconds: null },
      })),
    );
  });

  test('counts errors by class of status, and what is no status in neither', async () => {
    const statuses = { 200: 8, 400: 1, 499: 2, 500: 4, 599: 3, 4000: 9, 54: 9 };
    const { groups } = await get({ groupBy: 'hour' }, [
      count({ requests: 18, statuses, latencies: {} }),
      count({ causes: { no_key: 3 } }),
    ]);
    expect(groups).toEqual([
      {
        ...{ group: '2026-06-10T11:00:00.000Z', environment: 'sandbox', keyType: expect.any(String) },
        ...{ requests: 18, clientErrors: 3, serverErrors: 7, p50Milliseconds: null, p99Milliseconds: null },
      },
    ]);
    const byStatus = await get({ groupBy: 'status' }, [count({ statuses }), count({ statuses: { 400: 5 } })]);
    const errors = byStatus.groups
      .map((each) => Object(each))
      .map((each) => [each.group, each.clientErrors, each.serverErrors]);
    expect(errors).toEqual([
      ['4000', 0, 0],
      ['54', 0, 0],
      ['200', 0, 0],
      ['400', 6, 0],
      ['500', 0, 4],
      ['599', 0, 3],
      ['499', 2, 0],
    ]);
    const { groups: causes } = await get({ groupBy: 'cause' }, [count({ causes: { no_key: 3 } })]);
    expect(causes).toMatchObject([{ group: 'no_key', requests: 3, clientErrors: 3, serverErrors: 0 }]);
  });
});

describe('leaked keys', () => {
  const imported = (i: number) => ({ text: `legacy-key-number-${i}`, source: { by: 'report' } });
  const end = async (count: number, find: (i: number) => unknown) => {
    const looking = new AtOnce();
    const errors: unknown[] = [];
    let asked = 0;
    const dependencies = {
      aliases: { find: () => looking.of(() => [find(asked++)]) },
      pepper: async () => ({ digests: () => [] }),
      keyFormat: new KeyFormat(),
      logger: { error: (_: string, { error }: { error: unknown }) => void errors.push(error) },
    };
    const leaks = numbers(count).map(imported);
    const outcomes = await endLeaked(
      [...leaks, ...leaks] as never,
      { requestId: 'r', sourceIp: undefined },
      dependencies as never,
    );
    return { outcomes, asked, most: looking.most, errors };
  };
  const down = () => Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' });

  test('are looked at twenty at once, each once', async () => {
    const { outcomes, asked, most } = await end(41, () => undefined);
    expect([new Set(outcomes), outcomes.length, asked, most]).toEqual([new Set(['unknown']), 82, 41, 20]);
  });

  test('that one fault of their own stops are told as failed and logged', async () => {
    const fault = new Error('damaged');
    const { outcomes, errors } = await end(2, (i) => {
      if (i === 0) throw fault;
      return undefined;
    });
    expect([outcomes, errors]).toEqual([['failed', 'unknown', 'failed', 'unknown'], [fault]]);
  });

  test('of which the store answers for none are no answer at all', async () => {
    const cause = down();
    const none = end(3, () => {
      throw cause;
    });
    await expect(none).rejects.toBe(cause);
  });
});
