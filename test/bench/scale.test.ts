import { expect, test } from '@jest/globals';
import { type Scenario, simulate } from '../../bench/scale/fleet.ts';
import { loseLeases } from '../../bench/scale/leases.ts';
import { seeded, zipf } from '../../bench/scale/random.ts';

const SCENARIO: Scenario = {
  keys: 1000,
  exponent: 1.1,
  requestsPerSecond: 2000,
  regions: [{ share: 1, instances: 8 }],
  cacheSeconds: 3,
  sharedSeconds: 1,
  cacheEntries: 10_000,
  replication: { median: 0.7, p99: 2 },
  seconds: 12,
  revocations: 50,
};

test.each([0.8, 1, 1.1])('ranks fall with the exponent %p as Zipf says', (exponent) => {
  const rankOf = zipf(1000, exponent, seeded(7));
  const counts = new Map<number, number>();
  for (let i = 0; i < 200_000; i++) {
    const rank = rankOf();
    counts.set(rank, (counts.get(rank) ?? 0) + 1);
  }
  const [first = 0, second = 0, tenth = 0] = [1, 2, 10].map((rank) => counts.get(rank));
  expect(first / second / 2 ** exponent).toBeCloseTo(1, 1);
  expect(first / tenth / 10 ** exponent).toBeCloseTo(1, 0);
  expect(Math.max(...counts.keys())).toBeLessThanOrEqual(1000);
});

test('within one Region no request is let in longer than a record lives', () => {
  const { revocationSeconds } = simulate(SCENARIO, 1);
  expect(Math.max(...revocationSeconds)).toBeGreaterThan(1);
  expect(Math.max(...revocationSeconds)).toBeLessThanOrEqual(SCENARIO.cacheSeconds);
});

test('between Regions it is let in for as long as the write takes to get there, besides', () => {
  const far = { share: 0.5, instances: 8 };
  const slow = { ...SCENARIO, regions: [far, far], replication: { median: 2, p99: 2.001 } };
  const { revocationSeconds } = simulate(slow, 1);
  expect(Math.max(...revocationSeconds)).toBeGreaterThan(4);
  expect(Math.max(...revocationSeconds)).toBeLessThanOrEqual(5.1);
});

test('without memory every decision is a read, and shared records are read by each instance once in their time', () => {
  const { decisions, reads, sharedPerSecond } = simulate({ ...SCENARIO, cacheSeconds: 0 }, 1);
  expect(reads).toBe(decisions);
  expect(sharedPerSecond).toBeCloseTo(8, 0);
});

test('instances that come and go lose less than a twentieth of what they lease, and no window admits more for it', async () => {
  const loss = await loseLeases(
    {
      policies: [
        { limit: 30, period: 1 },
        { limit: 1000, period: 60 },
      ],
      requestsPerSecond: 50,
      instances: 5,
      lifeSeconds: 10,
      seconds: 120,
    },
    1,
  );
  expect(loss.instancesLost).toBeGreaterThan(30);
  expect(loss.lostShare).toBeGreaterThan(0);
  expect(loss.lostShare).toBeLessThanOrEqual(0.05);
  expect(loss.fullestWindow).toBeGreaterThan(0.9);
  expect(loss.fullestWindow).toBeLessThanOrEqual(1);
});
