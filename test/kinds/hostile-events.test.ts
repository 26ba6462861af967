import { expect, test } from '@jest/globals';
import { hostileRun, OUTCOMES } from '../../bench/hostile/run.ts';

test.each([1, 2])(
  'hostile events are answered as an independent oracle of the contract answers them, and no line holds a secret (seed %i)',
  async (seed) => {
    const { difference, outcomes } = await hostileRun({ seed, events: 10_000 });
    expect(difference).toBeUndefined();
    expect(OUTCOMES.filter((code) => !outcomes[code])).toEqual([]);
  },
);

test('an authorizer that remembers for longer than revocation may take is found out', async () => {
  const { difference } = await hostileRun({ seed: 1, events: 20_000, cacheMilliseconds: 6000 });
  expect(difference).toBeDefined();
});
