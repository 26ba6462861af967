import { describe, expect, test } from '@jest/globals';
import { Limiter } from '../../core/access/limiter.ts';
import { type LimitPolicy, type Period, windowAt } from '../../core/domain/decision/limit.ts';
import { LimitCounts } from '../support/limit-counts.ts';

const ID = 'Credential00';
const LIMITS = [5, 10, 20, 50, 100, 1000];
const PERIODS: readonly Period[] = [60, 3600, 'day', 'month'];
const INSTANCES = [1, 4, 20, 80];
/** Requests that an instance serves before another takes its place. */
const LIFETIMES = [3, 10, 1000];
/** How callers ask: one after another, spread over the window; ten a second; or all at once. */
const PACES = ['slowly', 'ten a second', 'at once'] as const;

interface Fleet {
  readonly policy: LimitPolicy;
  readonly instances: number;
  readonly lifetime: number;
  /** As where the store is in another Region. Default: false. */
  readonly leasesAhead?: boolean;
}

/** Requests of one credential on instances that take turns, come and go, each with a clock of its own. */
class Traffic {
  readonly counts = new LimitCounts();
  readonly #fleet: Fleet;
  readonly #limiters: { limiter: Limiter; served: number }[];
  clock: number;
  #next = 0;

  constructor(fleet: Fleet) {
    this.#fleet = fleet;
    this.clock = windowAt(ID, fleet.policy.period, Date.parse('2026-11-22T12:00:00Z')).start;
    this.#limiters = Array.from({ length: fleet.instances }, () => this.#started());
  }

  #started() {
    const fail = (_: string, cause: unknown) => {
      throw cause;
    };
    const { leasesAhead = false } = this.#fleet;
    const limiter = new Limiter({
      store: this.counts,
      now: () => this.clock,
      entries: 10,
      leasesAhead,
      onWarning: fail,
    });
    return { limiter, served: 0 };
  }

  request() {
    const index = this.#next++ % this.#limiters.length;
    const instance = this.#limiters[index] ?? this.#started();
    instance.served += 1;
    if (instance.served >= this.#fleet.lifetime) this.#limiters[index] = this.#started();
    return instance.limiter.spend(ID, [this.#fleet.policy]);
  }
}

/** What became of `count` requests at a pace, within one window. */
async function ask(traffic: Traffic, count: number, pace: (typeof PACES)[number], end: number) {
  const pause = pace === 'slowly' ? (end - traffic.clock) / (count + 1) : 100;
  let admitted = 0;
  let admittedBeforeRefusal: number | undefined;
  let notBefore = 0;
  if (pace === 'at once') {
    const answers = await Promise.all(Array.from({ length: count }, () => traffic.request()));
    admitted = answers.filter((answer) => answer.admitted).length;
    return { admitted, admittedBeforeRefusal: admitted, early: 0 };
  }
  let early = 0;
  for (let i = 0; i < count && traffic.clock < end - 1; i++) {
    const answer = await traffic.request();
    if (answer.admitted) {
      admitted += 1;
      if (traffic.clock < notBefore) early += 1;
    } else {
      admittedBeforeRefusal ??= admitted;
      if ('retryAfterSeconds' in answer) {
        notBefore = Math.max(notBefore, traffic.clock + (answer.retryAfterSeconds - 1) * 1000);
      }
    }
    traffic.clock += pause;
  }
  return { admitted, admittedBeforeRefusal: admittedBeforeRefusal ?? admitted, early };
}

const rows = LIMITS.flatMap((limit) =>
  PERIODS.flatMap((period) =>
    INSTANCES.flatMap((instances) =>
      LIFETIMES.flatMap((lifetime) =>
        PACES.map((pace) => ({ fleet: { policy: { limit, period }, instances, lifetime }, pace })),
      ),
    ),
  ),
);

describe('a limit is a bound on both sides', () => {
  test.each([...LIMITS.map((limit) => [limit, false] as const), [20, true], [1000, true]] as const)(
    'of %d: nobody below it is refused, nothing above it is admitted, leased ahead of need: %s',
    async (limit, leasesAhead) => {
      for (const { fleet, pace } of rows.filter((row) => row.fleet.policy.limit === limit)) {
        const name = JSON.stringify({ ...fleet, pace });
        const traffic = new Traffic({ ...fleet, leasesAhead });
        const { end } = windowAt(ID, fleet.policy.period, traffic.clock);
        // Two windows: in the second one instances know their rates.
        for (const windowEnd of [end, windowAt(ID, fleet.policy.period, end).end]) {
          const asked =
            pace === 'ten a second'
              ? Math.min(limit, Math.floor((windowEnd - traffic.clock) / 100) - 1)
              : limit;
          const below = await ask(traffic, asked, pace, windowEnd);
          const least = pace === 'ten a second' ? 0.95 : 1;
          expect([name, below.admittedBeforeRefusal / asked >= least]).toEqual([name, true]);
          // Whoever asked slowly asks once too often; the others all at once as much again.
          const above = await ask(traffic, pace === 'slowly' ? 1 : limit, 'at once', windowEnd);
          expect([name, below.admitted + above.admitted <= limit]).toEqual([name, true]);
          expect([name, below.early + above.early]).toEqual([name, 0]);
          traffic.clock = windowEnd;
        }
      }
    },
  );

  test('a quota of 1,000 a month lasts for 1,000 requests, each on an instance of its own', async () => {
    const traffic = new Traffic({ policy: { limit: 1000, period: 'month' }, instances: 1, lifetime: 1 });
    const { end } = windowAt(ID, 'month', traffic.clock);
    expect((await ask(traffic, 1000, 'slowly', end)).admitted).toBe(1000);
    expect(await traffic.request()).toMatchObject({ admitted: false, code: 'quota_exceeded' });
  });

  test('one caller in turn on four instances has all ten of a day, and is told what is left', async () => {
    const traffic = new Traffic({ policy: { limit: 10, period: 'day' }, instances: 4, lifetime: 1000 });
    const left: number[] = [];
    for (let i = 0; i < 12; i++) {
      const answer = await traffic.request();
      left.push(answer.admitted ? (answer.states[0]?.remaining ?? -1) : -1);
    }
    expect(left).toEqual([9, 8, 7, 6, 5, 4, 3, 2, 1, 0, -1, -1]);
  });

  test('ninety calls at once on a quota of twenty are twenty admissions', async () => {
    const traffic = new Traffic({ policy: { limit: 20, period: 'day' }, instances: 3, lifetime: 1000 });
    const { end } = windowAt(ID, 'day', traffic.clock);
    expect((await ask(traffic, 90, 'at once', end)).admitted).toBe(20);
  });

  test('more credentials than are remembered cost nobody a limit', async () => {
    const counts = new LimitCounts();
    const limiter = new Limiter({ store: counts, now: () => 0, entries: 5, onWarning: () => undefined });
    let admitted = 0;
    for (let round = 0; round < 15; round++) {
      for (let i = 0; i < 20; i++) {
        const answer = await limiter.spend(`Credential${i}`, [{ limit: 15, period: 60 }]);
        admitted += Number(answer.admitted);
      }
    }
    expect(admitted).toBe(300);
  });

  test('what a fast instance leased and lost with its end is less than a twentieth of what it spent', async () => {
    const policy = { limit: 100_000, period: 'day' as const };
    const traffic = new Traffic({ policy, instances: 20, lifetime: 1000 });
    for (let i = 0; i < 60_000; i++) {
      await traffic.request();
      if (i % 10 === 0) traffic.clock += 5;
    }
    const used = [...traffic.counts.used.values()][0] ?? 0;
    expect(used - 60_000).toBeLessThanOrEqual(60_000 / 20);
    expect(traffic.counts.leases / 60_000).toBeLessThan(0.5);
  });
});
