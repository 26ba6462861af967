import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { mergeInOrder, takePage } from '../../core/store/listing.ts';

test('pages together hold every match once and in order, whatever a page may hold and examine', async () => {
  const list = fc.record({
    matching: fc.array(fc.boolean(), { maxLength: 60 }),
    limit: fc.integer({ min: 1, max: 10 }),
    mostExamined: fc.integer({ min: 1, max: 20 }),
  });
  await fc.assert(
    fc.asyncProperty(list, async ({ matching, limit, mostExamined }) => {
      const items = matching.map((matches, index) => ({ index, matches }));
      const seen: number[] = [];
      let next: string | null = '-1';
      while (next !== null) {
        const rest = items.slice(Number(next) + 1);
        const options = {
          limit,
          mostExamined,
          matches: ({ matches }: { matches: boolean }) => matches,
          positionOf: ({ index }: { index: number }) => String(index),
        };
        const page: { items: readonly { index: number }[]; next: string | null } = await takePage(
          rest,
          options,
        );
        expect(page.items.length).toBeLessThanOrEqual(limit);
        seen.push(...page.items.map(({ index }) => index));
        next = page.next;
      }
      expect(seen).toEqual(items.filter(({ matches }) => matches).map(({ index }) => index));
    }),
  );
});

test('a full page looks no further than the next match', async () => {
  let examined = 0;
  function* counted() {
    for (; examined < 100; examined++) yield examined;
  }
  const options = { limit: 3, mostExamined: 50, matches: () => true, positionOf: String };
  expect(await takePage(counted(), options)).toEqual({ items: [0, 1, 2], next: '2' });
  expect(examined).toBe(3);
});

test('several lists are one in order, and what stands in two of them comes once', async () => {
  const lists = fc.array(fc.uniqueArray(fc.integer({ min: 100, max: 160 }), { maxLength: 12 }), {
    maxLength: 5,
  });
  async function* newestFirst(positions: readonly number[]) {
    for (const position of [...positions].sort((a, b) => b - a)) yield String(position);
  }
  await fc.assert(
    fc.asyncProperty(lists, async (positions) => {
      const merged: string[] = [];
      for await (const item of mergeInOrder(positions.map(newestFirst), (position) => position)) {
        merged.push(item);
      }
      const all = [...new Set(positions.flat())].sort((a, b) => b - a);
      expect(merged).toEqual(all.map(String));
    }),
  );
});
