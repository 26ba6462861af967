import { expect, test } from '@jest/globals';
import { faultCells, wrongAdmissions } from '../../bench/faults.ts';

test('whatever is broken, known keys are admitted, no other key is, and nobody waits past the deadline', async () => {
  const cells = await faultCells(3600);
  expect(cells).toHaveLength(36);
  expect(wrongAdmissions(cells)).toBe(0);
  for (const { kind, answers, longestMilliseconds } of cells) {
    expect(Object.keys(answers)).toEqual(
      kind === 'known' ? ['admitted'] : expect.not.arrayContaining(['admitted']),
    );
    // The deadline is 3,500 ms; Lambda's is 5,000.
    expect(longestMilliseconds).toBeLessThan(5000);
  }
}, 120_000);
