import { QueryCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Table } from '../../core/aws/document-client.ts';
import { emptyCount, type Tally, type UsageSubject } from '../../core/domain/usage/usage-tally.ts';
import { SHARDS, shardOf } from '../../core/store/fresh-counts.ts';
import { FreshStore } from '../../core/store/fresh-store.ts';
import { itemKey } from '../../core/store/item-keys.ts';
import { ProfileStore } from '../../core/store/profile-store.ts';
import { Settling } from '../../core/store/settling.ts';
import { UsageStore } from '../../core/store/usage-store.ts';
import { AwsFixture } from '../support/local-aws.ts';
import { intercepted, NOON, usageTable } from '../support/usage.ts';

const fixture = new AwsFixture();
let table: Table;
beforeAll(async () => {
  table = await usageTable(fixture);
});
afterAll(() => fixture.close());

const HOUR = '2026-11-22T12';
const DAY = '2026-11-22';
let runs = 0;
let looks = 0;
/** What readers between writes saw and should not have. */
const wrong: unknown[] = [];
/** Each run's clock goes on where the one before it ended, since all of them settle the same lists. */
let clock = NOON;
const writing = {
  retention: { hourDays: 35, dayDays: 400 },
  now: () => new Date(clock),
  random: Math.random,
};

const keyOf = (run: number, key: number): UsageSubject => ({
  kind: 'credential',
  keyId: `key_run${String(run).padStart(4, '0')}x${String(key).padStart(4, '0')}`,
});

/** A file as lists of keys: one request of each. */
function talliesOf(run: number, keys: readonly number[]): Tally[] {
  return [...new Set(keys)].flatMap((key) => {
    const requests = keys.filter((each) => each === key).length;
    const count = { ...emptyCount(), requests, statuses: { 200: requests } };
    return [HOUR, DAY].map((period) => ({ subject: keyOf(run, key), period, count }));
  });
}

const sumOf = (files: Iterable<readonly number[]>, key: number) =>
  [...files].flat().filter((each) => each === key).length;

/** An hour later everything is due, and whoever was at it is given up on; eight lists at a time. */
async function settleAll(on: Table): Promise<void> {
  clock += 3_600_000;
  for (let lists = 0; lists < SHARDS; lists += 8) expect(await new Settling(on).settle(writing)).toEqual([]);
}

async function read(on: Table, subject: UsageSubject): Promise<readonly number[]> {
  const store = new UsageStore(on);
  const { requests, statuses } = await store.count(subject, HOUR);
  const days = await store.counts(subject, DAY, DAY);
  const watched = await new ProfileStore(on, new FreshStore(on)).read([], [{ subject, hour: HOUR }]);
  const day = days[0]?.count.requests ?? 0;
  return [requests, statuses['200'] ?? 0, day, watched.count({ subject, hour: HOUR }).requests];
}

/** What stands of a subject with nothing that is fresh. */
async function settled(subject: UsageSubject): Promise<number> {
  const { pk, sk } = itemKey.usage(subject, HOUR);
  const { Items = [] } = await table.client.send(
    new QueryCommand({
      TableName: table.name,
      KeyConditionExpression: 'pk = :pk AND sk = :sk',
      ExpressionAttributeValues: { ':pk': pk, ':sk': sk },
    }),
  );
  return Number(Items[0]?.n ?? 0);
}

/** What readers would still add. Who was cut off before deleting leaves what nobody reads to the next that settles. */
async function freshItems(): Promise<number> {
  let items = 0;
  const fresh = new FreshStore(table);
  for (let shard = 0; shard < SHARDS; shard++) {
    const settledSets = (await fresh.head(shard))?.settled ?? 0;
    for await (const { tallies } of fresh.items(shard, settledSets)) items += tallies.length;
  }
  return items;
}

/** The table of a process that ends at its `step`-th write, before it is made or unanswered; `look` goes before each. */
function dying(step: number | undefined, when: 'before' | 'after', look: () => Promise<void>): Table {
  let writes = 0;
  return intercepted(table, async (operation, request) => {
    if (/^(Get|Query)/.test(operation)) return request();
    // What the writer would take for a failure of its own is kept.
    await look().catch((error: unknown) => wrong.push(error));
    writes += 1;
    if (step === undefined || writes < step) return request();
    if (writes === step && when === 'after') await request();
    throw new Error('this process has ended');
  });
}

const file = fc.array(fc.integer({ min: 0, max: 2 }), { minLength: 1, maxLength: 6 });
const step = fc.record({
  does: fc.constantFrom('count' as const, 'count' as const, 'settle' as const),
  file: fc.nat(),
  dies: fc.option(fc.integer({ min: 1, max: 14 }), { nil: undefined }),
  when: fc.constantFrom('before' as const, 'after' as const),
});

test('readers see what files told of, never twice, never less and never less than before, wherever who counts or settles is cut off', async () => {
  const story = fc.record({
    files: fc.array(file, { minLength: 1, maxLength: 4 }),
    steps: fc.array(step, { minLength: 2, maxLength: 6 }),
  });
  await fc.assert(
    fc.asyncProperty(story, async ({ files, steps }) => {
      const run = ++runs;
      const keys = [...new Set(files.flat())];
      const [done, begun] = [new Set<readonly number[]>(), new Set<readonly number[]>()];
      const seen = new Map<number, readonly number[]>();
      const look = async (some: readonly number[]) => {
        for (const key of some) {
          const numbers = await read(table, keyOf(run, key));
          looks += 1;
          for (const [i, number] of numbers.entries()) {
            const least = Math.max(sumOf(done, key), seen.get(key)?.[i] ?? 0);
            expect(number).toBeGreaterThanOrEqual(least);
            expect(number).toBeLessThanOrEqual(sumOf(begun, key));
          }
          seen.set(key, numbers);
        }
      };
      for (const { does, file: index, dies, when } of steps) {
        // Before each write a reader of one key, and after each step of all.
        const on = dying(dies, when, () => look([keys[looks % keys.length] ?? 0]));
        const counted = files[index % files.length] ?? [];
        if (does === 'count') {
          begun.add(counted);
          const tallies = talliesOf(run, counted);
          const uncounted = await new FreshStore(on).add(
            `run-${run}-${files.indexOf(counted)}`,
            tallies,
            writing,
          );
          if (uncounted.length === 0) done.add(counted);
        } else {
          clock += 3_600_000;
          await new Settling(on).settle(writing).catch(() => undefined);
        }
        await look(keys);
        expect(wrong).toEqual([]);
      }
      for (const [i, counted] of [...files, ...files].entries()) {
        const tallies = talliesOf(run, counted);
        expect(await new FreshStore(table).add(`run-${run}-${i % files.length}`, tallies, writing)).toEqual(
          [],
        );
      }
      const expected = keys.map((key) => Array(4).fill(sumOf(files, key)));
      const everything = () => Promise.all(keys.map((key) => read(table, keyOf(run, key))));
      expect(await everything()).toEqual(expected);
      await settleAll(table);
      expect(await everything()).toEqual(expected);
      expect(await Promise.all(keys.map((key) => settled(keyOf(run, key))))).toEqual(
        keys.map((key) => sumOf(files, key)),
      );
      expect(await freshItems()).toBe(0);
    }),
    { numRuns: 5, endOnFailure: true },
  );
  expect(looks).toBeGreaterThan(20);
});

test('several that count and settle at once, and readers meanwhile, come to the same', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(file, { minLength: 2, maxLength: 6 }),
      fc.infiniteStream(fc.nat({ max: 3 })),
      async (files, order) => {
        const run = ++runs;
        const keys = [...new Set(files.flat())];
        const turns = order[Symbol.iterator]();
        // Each request waits for some others, so that they meet anywhere.
        const on = intercepted(table, async (_, request) => {
          for (let i = Number(turns.next().value); i > 0; i--) await new Promise(setImmediate);
          return request();
        });
        let isOver = false;
        const watch = async (key: number) => {
          let before: readonly number[] = [];
          while (!isOver) {
            const numbers = await read(on, keyOf(run, key));
            for (const [i, number] of numbers.entries()) {
              expect(number).toBeGreaterThanOrEqual(before[i] ?? 0);
              expect(number).toBeLessThanOrEqual(sumOf(files, key));
            }
            before = numbers;
          }
        };
        const count = async (mine: readonly (readonly number[])[]) => {
          for (const counted of mine) {
            const id = `run-${run}-${files.indexOf(counted as number[])}`;
            expect(await new FreshStore(on).add(id, talliesOf(run, counted), writing)).toEqual([]);
          }
        };
        const settle = async () => {
          for (let i = 0; i < 6; i++) {
            clock += 3_600_000;
            expect(await new Settling(on).settle(writing)).toEqual([]);
          }
        };
        const work = Promise.all([count(files), count(files.toReversed()), settle(), settle()]).finally(
          () => {
            isOver = true;
          },
        );
        await Promise.all([work, ...keys.map(watch)]);
        const expected = keys.map((key) => Array(4).fill(sumOf(files, key)));
        expect(await Promise.all(keys.map((key) => read(table, keyOf(run, key))))).toEqual(expected);
        await settleAll(table);
        expect(await Promise.all(keys.map((key) => read(table, keyOf(run, key))))).toEqual(expected);
      },
    ),
    { numRuns: 4, endOnFailure: true },
  );
});

test('a reader in the middle of whose reading everything is settled sees each request once', async () => {
  const subject = keyOf(++runs, 1);
  for (let at = 1; at <= 8; at++) {
    const tallies = talliesOf(runs, [1]);
    expect(await new FreshStore(table).add(`run-${runs}-${at}`, tallies, writing)).toEqual([]);
    let requests = 0;
    const on = intercepted(table, async (_, request) => {
      requests += 1;
      if (requests === at) await settleAll(table);
      return request();
    });
    expect([at, await read(on, subject)]).toEqual([at, [at, at, at, at]]);
  }
});

test('of counts that stand in one item each reader gets its own subject’s alone', async () => {
  const subjects: UsageSubject[] = Array.from({ length: 2_000 }, (_, i) => ({
    ...({ kind: 'tenant', environment: 'live', keyType: 'secret' } as const),
    tenantId: `tenant_${runs}_${i}`,
  }));
  const [mine] = subjects;
  if (mine === undefined) throw new Error('there is none');
  const others = subjects.filter((each) => each !== mine && shardOf(each) === shardOf(mine));
  const tally = (subject: UsageSubject, route: string) => ({
    subject,
    period: HOUR,
    count: { ...emptyCount(), requests: 1, routes: { [route]: 1 } },
  });
  expect(others.length).toBeGreaterThan(20);
  const tallies = [tally(mine, 'GET /mine'), ...others.map((each) => tally(each, 'GET /others'))];
  expect(await new FreshStore(table).add('tenants', tallies, writing)).toEqual([]);
  const [count] = await new UsageStore(table).counts(mine, HOUR, HOUR);
  expect([count?.count.requests, { ...count?.count.routes }]).toEqual([1, { 'GET /mine': 1 }]);
  const fresh = await new FreshStore(table).of([mine]);
  for (const other of others) expect([...fresh.places(itemKey.usage(other, HOUR))]).toEqual([]);
});
test('a set that several parts begin is settled with the next hour and not before, and so is a later one', async () => {
  const run = ++runs;
  const all = Array.from({ length: 40_000 }, (_, key) => keyOf(run, key));
  const subjects = all.filter((subject) => shardOf(subject) === 0).slice(0, 1_100);
  const fresh = new FreshStore(table);
  for (const name of ['first', 'second']) {
    const begun = clock;
    const tallies = subjects.map((subject) => ({
      subject,
      period: HOUR,
      count: { ...emptyCount(), requests: 1 },
    }));
    expect(await fresh.add(`run-${run}-${name}`, tallies, writing)).toEqual([]);
    const head = await fresh.head(0);
    expect(head).toMatchObject({ parts: 3, files: 1, since: begun });
    expect(await new Settling(table).settle(writing)).toEqual([]);
    expect((await fresh.head(0))?.set).toBe(head?.set);
    await settleAll(table);
    expect((await fresh.head(0))?.set).toBe((head?.set ?? 0) + 1);
  }
});

test('who was cut off while settling is given up on after a quarter of an hour and not before', async () => {
  const subject = keyOf(++runs, 1);
  await settleAll(table);
  expect(await new FreshStore(table).add(`run-${runs}`, talliesOf(runs, [1]), writing)).toEqual([]);
  clock += 3_600_000;
  // Its set is closed, and nothing of it is counted.
  await new Settling(dying(2, 'before', async () => {})).settle(writing);
  const tryAgain = async (milliseconds: number) => {
    clock += milliseconds;
    expect(await new Settling(table).settle(writing)).toEqual([]);
    return settled(subject);
  };
  expect(await tryAgain(0)).toBe(0);
  expect(await tryAgain(900_000)).toBe(0);
  expect(await tryAgain(1)).toBe(1);
});
