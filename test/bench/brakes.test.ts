import { expect, test } from '@jest/globals';
import { pullBrakes } from '../../bench/brakes.ts';
import { percentile } from '../../bench/harness.ts';
import { BRAKES } from '../support/brakes.ts';

test('every kind of brake holds, pulled beside four editors in loops', async () => {
  const kinds = Object.keys(BRAKES).length;
  const { milliseconds, failed, edits } = await pullBrakes(kinds);
  expect(failed).toEqual([]);
  // The bench promises it of each; here a machine that does other things may hold one back.
  expect(percentile(milliseconds, 50)).toBeLessThan(1000);
  // Otherwise nobody was in the way.
  expect(edits).toBeGreaterThan(2 * kinds);
});
