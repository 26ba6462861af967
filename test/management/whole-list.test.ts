import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { pageAsked } from '../../core/management/whole-list.ts';

const names = fc.uniqueArray(fc.string({ minLength: 1, maxLength: 12 }), { maxLength: 30 });

test('pages of a list that is read whole have each item once that is there all the time, in order', () => {
  fc.assert(
    fc.property(
      names,
      names,
      fc.integer({ min: 1, max: 7 }),
      fc.boolean(),
      (kept, passing, limit, isDescending) => {
        const order = { placeOf: (item: string) => item, isDescending };
        const seen: string[] = [];
        let cursor: string | undefined;
        for (let page = 0; ; page++) {
          // What comes and goes is there for every second page.
          const items = page % 2 === 0 ? kept : [...new Set([...passing, ...kept])];
          const { items: some, nextCursor } = pageAsked('names', { limit, cursor })(items, order);
          expect(some.length).toBeLessThanOrEqual(limit);
          seen.push(...some);
          if (nextCursor === null) break;
          cursor = nextCursor;
        }
        const wanted = new Set(kept);
        const ascending = [...kept].sort((a, b) => (a < b ? -1 : 1));
        const sorted = isDescending ? ascending.reverse() : ascending;
        expect(seen.filter((item) => wanted.has(item))).toEqual(sorted);
        expect(new Set(seen).size).toBe(seen.length);
      },
    ),
  );
});

test('without a limit all of it is one page, and a cursor of another list is refused', () => {
  const items = Array.from({ length: 200 }, (_, i) => `${i}`);
  const order = { placeOf: (item: string) => item };
  const all = pageAsked('names', { cursor: undefined })(items, order);
  expect([all.items.length, all.nextCursor]).toEqual([200, null]);
  const { nextCursor } = pageAsked('others', { limit: 1, cursor: undefined })(items, order);
  expect(() => pageAsked('names', { cursor: String(nextCursor) })(items, order)).toThrow(
    /this list gave out/,
  );
});
