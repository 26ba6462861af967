import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { inGroups } from '../../core/aws/in-groups.ts';

test('each is asked for once, in order, never more at once than a group has, and answers are in that order', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.integer({ min: 1, max: 3 }), { maxLength: 20 }),
      fc.integer({ min: 1, max: 6 }),
      async (turns, size) => {
        let [underWay, most] = [0, 0];
        const begun: number[] = [];
        const all = turns.map((wait, i) => ({ wait, i }));
        const results = await inGroups(all, size, async ({ wait, i }) => {
          begun.push(i);
          underWay += 1;
          most = Math.max(most, underWay);
          for (let turn = 0; turn < wait; turn++) await Promise.resolve();
          underWay -= 1;
          return i;
        });
        expect(begun).toEqual(turns.map((_, i) => i));
        expect(results).toEqual(begun);
        expect(most).toBe(Math.min(size, turns.length));
      },
    ),
  );
});

test('one that fails ends it with its group: the next one is not begun', async () => {
  const begun: number[] = [];
  const work = async (i: number) => {
    begun.push(i);
    if (i === 1) throw new Error('no');
  };
  await expect(inGroups([0, 1, 2, 3, 4, 5], 3, work)).rejects.toThrow('no');
  expect(begun).toEqual([0, 1, 2]);
});
