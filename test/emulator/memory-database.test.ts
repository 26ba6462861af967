import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type Database, memoryDatabase, openDatabase } from '../../emulator/aws/database.ts';

let folder: string;
let onDisk: Database;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'keywright-database-'));
  onDisk = await openDatabase(folder, 'eu-central-1');
});
afterAll(async () => {
  await onDisk.close();
  rmSync(folder, { recursive: true });
});

const key = fc
  .tuple(fc.constantFrom('item-a~', 'item-b~', 'index-global~a~list~'), fc.nat(30))
  .map(([prefix, number]) => `${prefix}${number.toString(16)}`);
const operation = fc.oneof(
  fc.record({ type: fc.constant('put' as const), key, value: fc.record({ item: fc.jsonValue() }) }),
  fc.record({ type: fc.constant('del' as const), key }),
);
const bound = fc.option(fc.oneof(key, fc.constantFrom('item-a~', 'item-a~\xff')), { nil: undefined });
const range = fc
  .record({
    from: bound,
    isFrom: fc.boolean(),
    to: bound,
    isTo: fc.boolean(),
    limit: fc.integer({ min: -1, max: 9 }),
    reverse: fc.boolean(),
  })
  .map(({ from, isFrom, to, isTo, limit, reverse }) => ({
    ...(from !== undefined && { [isFrom ? 'gte' : 'gt']: from }),
    ...(to !== undefined && { [isTo ? 'lte' : 'lt']: to }),
    ...{ limit, reverse },
  }));

async function all<T>(values: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = [];
  for await (const value of values) found.push(value);
  return found;
}

/** What is found by each way of asking. */
async function answersOf({ store, keys, values, get }: Database, asked: object, one: string) {
  return {
    keys: await all(keys(asked)),
    values: await all(values(asked)),
    streamed: await all(store.db.createValueStream(asked) as unknown as AsyncIterable<unknown>),
    one: get(one),
  };
}

test('whatever is written, and whatever range is asked for, it answers as the one on disk', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.array(operation, { maxLength: 6 }), { maxLength: 12 }),
      fc.array(range, { minLength: 1, maxLength: 4 }),
      key,
      async (batches, ranges, one) => {
        const inMemory = memoryDatabase('eu-central-1');
        const old = await all(onDisk.keys({}));
        await onDisk.commit(old.map((name) => ({ type: 'del', key: name })));
        for (const database of [onDisk, inMemory]) await Promise.all(batches.map(database.commit));
        for (const asked of [{}, ...ranges])
          expect(await answersOf(inMemory, asked, one)).toEqual(await answersOf(onDisk, asked, one));
        await inMemory.close();
      },
    ),
    { numRuns: 100 },
  );
});

test('a range is answered as it was when it was asked for, and what is answered is nobody else’s', async () => {
  const database = memoryDatabase('eu-central-1');
  const put = (name: string) => ({ type: 'put' as const, key: name, value: { name } });
  await database.commit([put('a'), put('c')]);
  const asked = database.values({});
  await database.commit([put('b'), { type: 'del', key: 'c' }]);
  const before = await all(asked);
  expect(before).toEqual([{ name: 'a' }, { name: 'c' }]);
  (before[0] as { name: string }).name = 'changed';
  expect(await all(database.values({}))).toEqual([{ name: 'a' }, { name: 'b' }]);
  await database.close();
});

test('a batch is not seen before its later turn, and then whole', async () => {
  const database = memoryDatabase('eu-central-1');
  const written = database.commit(['a', 'b'].map((name) => ({ type: 'put', key: name, value: 1 })));
  expect([database.get('a'), database.get('b')]).toEqual([undefined, undefined]);
  await written;
  expect([database.get('a'), database.get('b')]).toEqual([1, 1]);
  await database.close();
});
