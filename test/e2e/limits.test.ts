import { expect, test } from '@jest/globals';
import { admit } from '../../bench/limits.ts';

test('ten instances on one DynamoDB admit a limit exactly, and write seldom', async () => {
  const outcomes = await admit({
    instances: 10,
    requestsPerSecond: 2000,
    policy: { limit: 500, period: 60 },
    seconds: 1,
    windows: 3,
  });
  expect(outcomes).toHaveLength(3);
  for (const [window, { asked, admitted, writes }] of outcomes.entries()) {
    expect(asked).toBeGreaterThanOrEqual(2000);
    expect(admitted).toBeLessThanOrEqual(500);
    expect(admitted).toBeGreaterThanOrEqual(475);
    // Instances that have just started know no rate, and lease what is asked and no more.
    if (window > 0) expect(writes).toBeLessThanOrEqual(100);
  }
});

test('each request that costs more is counted as more', async () => {
  const [outcome] = await admit({
    instances: 3,
    requestsPerSecond: 500,
    policy: { limit: 90, period: 60 },
    cost: 7,
    seconds: 1,
    windows: 1,
  });
  expect(outcome?.admitted).toBeLessThanOrEqual(12);
  expect(outcome?.admitted).toBeGreaterThanOrEqual(8);
});
