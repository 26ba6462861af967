import { beforeEach, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { Limiter } from '../../core/access/limiter.ts';
import { type LimitPolicy, type Spending, windowAt } from '../../core/domain/decision/limit.ts';
import { LimitCounts } from '../support/limit-counts.ts';

const PER_MINUTE: LimitPolicy = { limit: 10, period: 60 };
const PER_SECOND: LimitPolicy = { limit: 4, period: 1 };
const PER_MONTH: LimitPolicy = { limit: 100, period: 'month' };
const ID = 'Credential00';

let store: LimitCounts;
let clock: number;
let warnings: string[];
beforeEach(() => {
  store = new LimitCounts();
  clock = windowAt(ID, 60, Date.parse('2026-11-22T12:00:00Z')).start;
  warnings = [];
});
const instance = (now = () => clock, entries = 100) =>
  new Limiter({ store, now, entries, onWarning: (message, cause) => warnings.push(`${message}: ${cause}`) });

async function admittedOf(limiter: Limiter, count: number, policies = [PER_MINUTE], cost = 1) {
  let admitted = 0;
  for (let i = 0; i < count; i++) {
    admitted += Number((await limiter.spend(ID, policies, cost)).admitted);
  }
  return admitted;
}

describe('one instance', () => {
  test('admits the limit in a window and not one more, and the limit again in the next', async () => {
    const limiter = instance();
    expect(await admittedOf(limiter, 30)).toBe(10);
    clock += 60_000;
    expect(await admittedOf(limiter, 30)).toBe(10);
  });

  test.each([
    -5,
    -1,
    -0.5,
    0.5,
    1.5,
    Number.NaN,
    Number.POSITIVE_INFINITY,
    Number.NEGATIVE_INFINITY,
    2 ** 53,
  ])('takes no cost of %d: nothing is counted, asked or given back', async (cost) => {
    const limiter = instance();
    await limiter.spend(ID, [PER_MINUTE]);
    const { leases } = store;
    for (const policies of [[PER_MINUTE], [PER_MINUTE, PER_MONTH], []]) {
      expect(() => limiter.spend(ID, policies, cost)).toThrow(RangeError);
    }
    expect(store.leases).toBe(leases);
    expect(await admittedOf(limiter, 30)).toBe(9);
  });

  test.each(['1', null, {}, true, 1n])('takes no cost that is no number: %p', (cost) => {
    expect(() => instance().spend(ID, [PER_MINUTE], cost as number)).toThrow(RangeError);
  });

  test('a cost of 0 is admitted, and more than the limit never', async () => {
    const limiter = instance();
    expect(await admittedOf(limiter, 3, [PER_MINUTE], 0)).toBe(3);
    expect(await admittedOf(limiter, 3, [PER_MINUTE], 11)).toBe(0);
    expect(await admittedOf(limiter, 3, [PER_MINUTE], 10)).toBe(1);
  });

  test('writes nothing while a limit is used up', async () => {
    const limiter = instance();
    await admittedOf(limiter, 10);
    const { leases } = store;
    expect(await admittedOf(limiter, 1000)).toBe(0);
    expect(store.leases).toBe(leases);
  });

  test('answers at once from what it holds, once its rate was measured', async () => {
    const limiter = instance();
    const policies = [{ limit: 1000, period: 60 }];
    for (let i = 0; i < 300; i++) {
      await limiter.spend(ID, policies);
      clock += 100;
    }
    const { leases } = store;
    const answers = Array.from({ length: 10 }, () => limiter.spend(ID, policies));
    expect(answers.some((answer) => !(answer instanceof Promise))).toBe(true);
    await Promise.all(answers);
    expect(store.leases - leases).toBeLessThanOrEqual(2);
  });

  test('requests at once share one lease', async () => {
    const limiter = instance();
    const all = await Promise.all(Array.from({ length: 30 }, () => limiter.spend(ID, [PER_MINUTE])));
    expect(all.filter(({ admitted }) => admitted)).toHaveLength(10);
    expect(store.leases).toBeLessThanOrEqual(3);
  });

  test('no policies, no limit, and no write', async () => {
    expect(instance().spend(ID, [])).toEqual({ admitted: true, states: [] });
    expect(store.leases).toBe(0);
  });

  test('a cost of 0 tells the state and spends nothing', async () => {
    const limiter = instance();
    await limiter.spend(ID, [PER_MINUTE], 3);
    expect(limiter.spend(ID, [PER_MINUTE], 0)).toMatchObject({ admitted: true, states: [{ remaining: 7 }] });
    expect(limiter.spend(ID, [PER_MINUTE], 0)).toMatchObject({ admitted: true, states: [{ remaining: 7 }] });
  });

  test('a cost beyond what is left spends nothing; what fits is admitted afterwards', async () => {
    const limiter = instance();
    await limiter.spend(ID, [PER_MINUTE], 8);
    expect(await limiter.spend(ID, [PER_MINUTE], 3)).toMatchObject({ admitted: false });
    expect(await limiter.spend(ID, [PER_MINUTE], 2)).toMatchObject({ admitted: true });
  });

  test('a limit that is lowered holds for what is left of the window', async () => {
    const limiter = instance();
    expect(await admittedOf(limiter, 6)).toBe(6);
    const used = [...store.used.values()][0] ?? 0;
    expect(await admittedOf(limiter, 20, [{ limit: 8, period: 60 }])).toBeLessThanOrEqual(8 - 6);
    expect(used).toBeLessThanOrEqual(10);
    expect([...store.used.values()][0]).toBeLessThanOrEqual(10);
  });

  test('a clock that is put back admits nothing twice', async () => {
    const limiter = instance();
    expect(await admittedOf(limiter, 30)).toBe(10);
    clock += 60_000;
    await admittedOf(limiter, 1);
    clock -= 60_000;
    expect(await admittedOf(limiter, 30)).toBe(0);
  });

  test('a forgotten credential costs its lease and never more than the limit', async () => {
    const limiter = instance(() => clock, 1);
    let admitted = 0;
    for (let i = 0; i < 30; i++) {
      admitted += Number((await limiter.spend(ID, [PER_MINUTE])).admitted);
      await limiter.spend('Another00000', [PER_MINUTE]);
    }
    expect(admitted).toBeLessThanOrEqual(10);
  });
});

describe('several policies', () => {
  test('a request refused by one consumes nothing of the others', async () => {
    const limiter = instance();
    const policies = [PER_SECOND, PER_MONTH];
    expect(await admittedOf(limiter, 50, policies)).toBe(4);
    const month = limiter.spend(ID, policies, 0) as Spending & { admitted: true };
    expect(month.states[1]?.remaining).toBe(96);
  });

  test('the refusal names the one that lasts longest, and when it ends', async () => {
    const limiter = instance();
    const month: LimitPolicy = { limit: 2, period: 'month' };
    expect(await admittedOf(limiter, 2, [PER_SECOND, month])).toBe(2);
    const refused = await limiter.spend(ID, [PER_SECOND, month]);
    const { end } = windowAt(ID, 'month', clock);
    const retryAfterSeconds = Math.ceil((end - clock) / 1000);
    expect(refused).toMatchObject({ admitted: false, code: 'quota_exceeded', retryAfterSeconds });
    const scarce = [{ limit: 1, period: 60 }, PER_MONTH];
    const other = instance();
    await other.spend(ID, scarce);
    const rate = await other.spend(ID, scarce);
    expect(rate).toMatchObject({ code: 'rate_limit_exceeded', retryAfterSeconds: 60 });
  });
});

describe('a store that fails', () => {
  test('what is held is spent, then requests are answered with unavailable, then all is well again', async () => {
    const limiter = instance();
    const policies = [{ limit: 1000, period: 60 }];
    await limiter.spend(ID, policies);
    clock += 100;
    await limiter.spend(ID, policies, 10);
    const held = store.used.get(`${ID} ${windowAt(ID, 60, clock).id}`) ?? 0;
    store.failure = new Error('no answer');
    expect(await admittedOf(limiter, 30, policies)).toBe(held - 11);
    expect(await limiter.spend(ID, policies)).toEqual({
      admitted: false,
      code: 'authorizer_unavailable',
      cause: 'unavailable',
    });
    expect(warnings.at(-1)).toContain('no answer');
    store.failure = undefined;
    expect(await limiter.spend(ID, policies)).toMatchObject({ admitted: true });
  });

  test('a lease that arrives after its window is not spent in the next', async () => {
    const limiter = instance();
    const { promise, resolve } = Promise.withResolvers<void>();
    store.gate = () => promise;
    const waiting = Array.from({ length: 8 }, () => limiter.spend(ID, [PER_MINUTE]));
    await Promise.resolve();
    clock += 60_000;
    store.gate = async () => undefined;
    resolve();
    await Promise.all(waiting);
    const next = store.used.get(`${ID} ${windowAt(ID, 60, clock).id}`) ?? 0;
    expect(next).toBeGreaterThanOrEqual(8);
    expect(next).toBeLessThanOrEqual(10);
  });
});

describe('many instances', () => {
  const policy = fc.oneof(
    fc.record({ limit: fc.integer({ min: 1, max: 60 }), period: fc.constantFrom(1, 10, 60, 3600) }),
    fc.record({
      limit: fc.integer({ min: 1, max: 60 }),
      period: fc.constantFrom('day' as const, 'month' as const),
    }),
  );
  const step = fc.record({
    instance: fc.nat({ max: 4 }),
    cost: fc.integer({ min: 1, max: 6 }),
    pause: fc.constantFrom(0, 0, 0, 1, 20, 400, 1500, 30_000),
    /** Whether what has happened so far may reach its end before the next request. */
    settle: fc.boolean(),
    fails: fc.boolean(),
  });

  test('never admit more than the limit in any window, whatever comes in which order', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(policy, { minLength: 1, maxLength: 3, selector: ({ period }) => period }),
        fc.array(step, { maxLength: 120 }),
        fc.array(fc.integer({ min: -3000, max: 3000 }), { minLength: 5, maxLength: 5 }),
        fc.boolean(),
        async (policies, steps, skews, failing) => {
          store = new LimitCounts();
          let waiting: (() => void)[] = [];
          store.gate = () => new Promise((resolve) => waiting.push(resolve));
          const limiters = skews.map((skew) => instance(() => clock + skew));
          const admitted = new Map<string, number>();
          const pending: Promise<void>[] = [];
          const drain = async () => {
            for (let i = 0; i < 40; i++) {
              for (const go of waiting.splice(0)) go();
              await Promise.resolve();
            }
          };
          for (const { instance: index, cost, pause, settle, fails } of steps) {
            clock += pause;
            store.failure = failing && fails ? new Error('lost') : undefined;
            const spending = limiters[index]?.spend(ID, policies, cost) ?? { admitted: true, states: [] };
            pending.push(
              Promise.resolve(spending).then((result) => {
                if (!result.admitted) return;
                for (const { window } of result.states) {
                  admitted.set(window.id, (admitted.get(window.id) ?? 0) + cost);
                }
              }),
            );
            if (settle) await drain();
          }
          store.failure = undefined;
          store.gate = async () => undefined;
          await drain();
          waiting = [];
          await Promise.all(pending);
          for (const { period, limit } of policies) {
            for (const [id, units] of admitted) {
              if (id.startsWith(`${period}#`)) expect([id, units <= limit]).toEqual([id, true]);
            }
          }
        },
      ),
      { numRuns: 200 },
    );
  });

  test('20 instances that each stop after a moment lose no more than their last block each', async () => {
    const policies: LimitPolicy[] = [{ limit: 10_000, period: 60 }];
    let admitted = 0;
    for (let i = 0; i < 20; i++) {
      const limiter = instance();
      for (let k = 0; k < 50; k++) {
        clock += 4;
        admitted += Number((await limiter.spend(ID, policies)).admitted);
      }
    }
    const used = store.used.get(`${ID} ${windowAt(ID, 60, clock).id}`) ?? 0;
    expect(admitted).toBe(20 * 50);
    // One second of an instance's traffic is 250.
    expect(used - admitted).toBeLessThanOrEqual(20 * 250);
  });
});
