import { expect, test } from '@jest/globals';
import { hostileRun, OUTCOMES } from '../../bench/hostile/run.ts';

// Of the events that `npm run bench -- hostile` sends, the first.
test('hostile events are answered as an independent oracle of the contract answers them, and no line holds a secret', async () => {
  const { difference, outcomes } = await hostileRun({ seed: 1, events: 10_000 });
  expect(difference).toBeUndefined();
  expect(OUTCOMES.filter((code) => !outcomes[code])).toEqual([]);
});

test('an authorizer that remembers for longer than revocation may take is found out', async () => {
  const { difference } = await hostileRun({ seed: 1, events: 20_000, cacheMilliseconds: 6000 });
  expect(difference).toBeDefined();
});
