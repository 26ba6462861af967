import { describe, expect, test } from '@jest/globals';
import { type SpendScenario, spendAcross } from '../../bench/regions/limits.ts';
import { lastAdmissions, type Scenario, STEP_MILLISECONDS } from '../../bench/regions/revocation.ts';

const RECORD_MILLISECONDS = 3000;

test.each([
  ['at once', 2, 0, 0],
  ['a second later', 3, 1000, 0],
  ['after a partition', 2, 1000, 8000],
])(
  'what takes access away holds in each Region within a record’s life of its arrival, %s',
  async (_, regions, delay, partition) => {
    const scenario = { regions, instancesPerRegion: 1, keys: 8, delay, partition };
    const longest = Math.max(...(await lastAdmissions(scenario, 1)).lasts);
    expect(longest).toBeLessThanOrEqual(RECORD_MILLISECONDS + delay + partition + STEP_MILLISECONDS);
    // Other Regions go on by what they have, so replication is felt.
    expect(longest).toBeGreaterThan(delay + partition / 2);
  },
);

describe('with strong consistency', () => {
  const play = (scenario: Partial<Scenario>) =>
    lastAdmissions({ regions: 3, instancesPerRegion: 1, keys: 10, delay: 0, partition: 0, ...scenario }, 1);
  const within = RECORD_MILLISECONDS + STEP_MILLISECONDS;

  test.each([
    ['another', 3],
    ['another', 2],
    ['main', 3],
    ['main', 2],
  ] as const)(
    'what takes access away holds everywhere within a record’s life of its acknowledgement while %s of %i Regions is cut off',
    async (cutOff, regions) => {
      const { lasts, unavailable } = await play({ regions, partition: 8000, strong: { cutOff } });
      expect(lasts).toHaveLength(10);
      expect(Math.max(...lasts)).toBeLessThanOrEqual(within);
      // Where nothing was in memory it would hold by itself.
      expect(Math.max(...lasts)).toBeGreaterThan(0);
      expect(unavailable).toBe(0);
    },
  );

  test('a Region that takes too long to ask leaves changes unacknowledged and callers refused, and nobody admitted', async () => {
    const slow = await play({ delay: 1000, strong: { cutOff: 'main' } });
    expect(slow.lasts).toHaveLength(10);
    expect(Math.max(...slow.lasts)).toBeLessThanOrEqual(within);
    expect(slow.unavailable).toBeGreaterThan(0.5);
    const slower = await play({ delay: 3000, strong: { cutOff: 'main' } });
    expect(slower.lasts).toEqual([]);
  });
});

describe('a limit of all Regions together', () => {
  const flood: SpendScenario = {
    ...{ regions: 3, instancesPerRegion: 3, policy: { limit: 200, period: 10 } },
    ...{ requestsPerSecond: 100, seconds: 50, latency: { near: 5, far: 100 }, leasesAhead: true },
  };

  test.each([1, 2, 3])(
    'is never exceeded, and nearly used up, with leases ahead of need (%d)',
    async (seed) => {
      const { fullest, emptiest } = await spendAcross(flood, seed);
      expect(fullest).toBeLessThanOrEqual(1);
      expect(emptiest).toBeGreaterThanOrEqual(0.9);
    },
  );

  test('is asked for ahead of need, so that fewer requests wait for the main Region', async () => {
    const below = { ...flood, policy: { limit: 3000, period: 60 }, requestsPerSecond: 40 };
    const [ahead, onDemand] = [
      await spendAcross(below, 1),
      await spendAcross({ ...below, leasesAhead: false }, 1),
    ];
    expect(ahead.waited).toBeLessThan(onDemand.waited / 1.5);
    expect(ahead.fullest).toBeLessThanOrEqual(1);
  });

  test('while the main Region is away what was leased is spent, and then callers are answered 503', async () => {
    const { fullest, away } = await spendAcross({ ...flood, awayAfterSeconds: 25 }, 1);
    expect(fullest).toBeLessThanOrEqual(1);
    expect(away.unavailable).toBeGreaterThan(0);
    expect(away.admitted).toBeLessThan(0.2 * away.unavailable);
  });
});
