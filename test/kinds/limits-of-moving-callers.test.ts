import { expect, test } from '@jest/globals';
import { seeded } from '../../bench/scale/random.ts';
import { Limiter } from '../../core/access/limiter.ts';
import { windowAt } from '../../core/domain/decision/limit.ts';
import { LimitCounts } from '../support/limit-counts.ts';

const ID = 'Credential00';

/** Requests of one credential for a time, each on any of the first so many instances; or all at one moment. */
type Phase =
  | { readonly perSecond: number; readonly seconds: number; readonly instances: number }
  | { readonly atOnce: number; readonly instances: number };

/** What one window of `phases` admitted before anybody was refused, as a share of its limit. */
async function play(limit: number, phases: readonly Phase[], windows: number): Promise<number[]> {
  const random = seeded(20_261_128);
  const counts = new LimitCounts();
  const time = { now: windowAt(ID, 60, Date.parse('2026-11-22T12:00:00Z')).start };
  const fail = (_: string, cause: unknown) => {
    throw cause;
  };
  const fleet = Array.from(
    { length: 80 },
    () => new Limiter({ store: counts, now: () => time.now, entries: 10, onWarning: fail }),
  );
  const shares: number[] = [];
  for (let i = 0; i < windows; i++) {
    const { end } = windowAt(ID, 60, time.now);
    let admitted = 0;
    let before: number | undefined;
    const ask = async (instances: number) => {
      const answer = await fleet[Math.floor(random() * instances)]?.spend(ID, [{ limit, period: 60 }]);
      if (answer?.admitted) admitted += 1;
      else before ??= admitted;
    };
    for (const phase of phases) {
      if ('atOnce' in phase) {
        await Promise.all(Array.from({ length: phase.atOnce }, () => ask(phase.instances)));
        continue;
      }
      const until = Math.min(end, time.now + phase.seconds * 1000);
      for (; time.now < until; time.now += 1000 / phase.perSecond) await ask(phase.instances);
    }
    shares.push((before ?? admitted) / limit);
    time.now = end;
  }
  return shares;
}

test.each<[string, number, Phase[]]>([
  ['a flood on twenty instances', 1000, [{ perSecond: 1000, seconds: 60, instances: 20 }]],
  ['a busy key on eighty', 6000, [{ perSecond: 200, seconds: 60, instances: 80 }]],
  ['a busy key on four', 1000, [{ perSecond: 20, seconds: 60, instances: 4 }]],
  [
    'a burst, and then one caller',
    1000,
    [
      { atOnce: 500, instances: 20 },
      { perSecond: 20, seconds: 60, instances: 1 },
    ],
  ],
  [
    'a busy key that moves to one instance',
    6000,
    [
      { perSecond: 200, seconds: 20, instances: 80 },
      { perSecond: 120, seconds: 40, instances: 1 },
    ],
  ],
])('%s: 95 %% of a limit are admitted before anybody is refused', async (_, limit, phases) => {
  for (const share of await play(limit, phases, 3)) {
    expect(share).toBeGreaterThanOrEqual(0.95);
    expect(share).toBeLessThanOrEqual(1);
  }
});
