import { expect, test } from '@jest/globals';
import type { Table } from '../../core/aws/document-client.ts';
import { itemsByKey } from '../../core/store/item-batches.ts';

/** A table that gives of each batch what the test says; `asked` has the size of each. */
function tableOf(given: (batch: number) => number): { table: Table; asked: number[] } {
  const asked: number[] = [];
  const send = async ({ input }: { input: { RequestItems: { things: { Keys: object[] } } } }) => {
    const { Keys } = input.RequestItems.things;
    const some = Math.min(given(asked.length), Keys.length);
    asked.push(Keys.length);
    const left = Keys.slice(some);
    return {
      Responses: { things: Keys.slice(0, some) },
      UnprocessedKeys: left.length === 0 ? {} : { things: { Keys: left } },
    };
  };
  return { table: { name: 'things', client: { send } } as unknown as Table, asked };
}

async function all(items: AsyncIterable<unknown>): Promise<unknown[]> {
  const found = [];
  for await (const item of items) found.push(item);
  return found;
}

const keys = Array.from({ length: 250 }, (_, i) => ({ pk: `P${i}`, sk: '-' }));

test('items are asked for in batches of a hundred', async () => {
  const { table, asked } = tableOf(() => 100);
  expect(await all(itemsByKey(table, keys))).toEqual(keys);
  expect(asked).toEqual([100, 100, 50]);
});

test('what is left out of a batch is asked for again, nothing twice', async () => {
  const { table } = tableOf((batch) => [1, 0, 60, 99, 0][batch % 5] ?? 100);
  const found = await all(itemsByKey(table, keys));
  expect(new Set(found)).toEqual(new Set(keys));
  expect(found).toHaveLength(keys.length);
});

test('a table that gives nothing, nine times in a row, is an error and no endless loop', async () => {
  const { table, asked } = tableOf((batch) => (batch === 0 ? 5 : 0));
  await expect(all(itemsByKey(table, keys))).rejects.toMatchObject({ code: 'dependency_unavailable' });
  expect(asked).toHaveLength(10);
});

test('no key is no request', async () => {
  const { table, asked } = tableOf(() => 100);
  expect(await all(itemsByKey(table, []))).toEqual([]);
  expect(asked).toEqual([]);
});
