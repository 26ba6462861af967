import { setImmediate as settled } from 'node:timers/promises';
import { Limiter, type LimitStore } from '../../core/access/limiter.ts';
import type { LimitPolicy, Spending } from '../../core/domain/decision/limit.ts';
import { LimitCounts } from '../../test/support/limit-counts.ts';
import { exponential, seeded } from '../scale/random.ts';

const CREDENTIAL = 'RegionsLimit';

/** One key that is asked for in several Regions, whose limit is counted in the first. Times in milliseconds. */
export interface SpendScenario {
  readonly regions: number;
  readonly instancesPerRegion: number;
  readonly policy: LimitPolicy;
  readonly requestsPerSecond: number;
  readonly seconds: number;
  /** Of a lease in the first Region, and from another. */
  readonly latency: { readonly near: number; readonly far: number };
  readonly leasesAhead: boolean;
  /** From when on the first Region answers nobody. Default: never. */
  readonly awayAfterSeconds?: number;
}

export interface SpendOutcome {
  /** Admitted in the fullest and in the emptiest window that was seen whole, as shares of the limit. */
  readonly fullest: number;
  readonly emptiest: number;
  /** Share of the requests admitted in other Regions that waited for the first. */
  readonly waited: number;
  /** Leases for each admitted request. */
  readonly leases: number;
  /** What requests came to after the first Region went away. */
  readonly away: Readonly<Record<'admitted' | 'limited' | 'unavailable', number>>;
}

/** Work to be done at simulated times. */
class Agenda {
  now = Date.parse('2026-11-28T12:00:00Z');
  readonly #work: { at: number; run: () => void }[] = [];

  at(time: number, run: () => void): void {
    let index = this.#work.length;
    while (index > 0 && (this.#work[index - 1]?.at ?? 0) > time) index -= 1;
    this.#work.splice(index, 0, { at: time, run });
  }

  wait(milliseconds: number): Promise<void> {
    return new Promise((resolve) => this.at(this.now + milliseconds, resolve));
  }

  async until(end: number): Promise<void> {
    for (let next = this.#work[0]; next !== undefined && next.at <= end; next = this.#work[0]) {
      this.#work.shift();
      this.now = next.at;
      next.run();
      await settled();
    }
    this.now = end;
  }
}

/** Plays the scenario with the limiter that is deployed. */
export async function spendAcross(scenario: SpendScenario, seed: number): Promise<SpendOutcome> {
  const { policy, regions, instancesPerRegion: each, awayAfterSeconds = Number.POSITIVE_INFINITY } = scenario;
  const random = seeded(seed);
  const agenda = new Agenda();
  const start = agenda.now;
  const awayFrom = start + awayAfterSeconds * 1000;
  const counts = new LimitCounts();
  const limiters = Array.from({ length: regions * each }, (_, i) => {
    const latency = i < each ? scenario.latency.near : scenario.latency.far;
    const lease: LimitStore['lease'] = async (...asked) => {
      await agenda.wait(latency / 2);
      if (agenda.now >= awayFrom) throw new Error('the Region does not answer');
      const answer = await counts.lease(...asked);
      await agenda.wait(latency / 2);
      return answer;
    };
    return new Limiter({
      store: { lease },
      now: () => Math.floor(agenda.now),
      entries: 10,
      leasesAhead: scenario.leasesAhead && i >= each,
      onWarning: () => undefined,
    });
  });
  const tally = new SpendTally(policy, awayFrom);
  const untilNext = exponential(scenario.requestsPerSecond / 1000, random);
  const end = start + scenario.seconds * 1000;
  const arrive = () => {
    const index = Math.floor(random() * limiters.length);
    const spending = limiters[index]?.spend(CREDENTIAL, [policy]);
    if (spending !== undefined) tally.add(spending, { isFar: index >= each, at: agenda.now });
    const next = agenda.now + untilNext();
    if (next < end) agenda.at(next, arrive);
  };
  agenda.at(start, arrive);
  await agenda.until(end + 5000);
  return tally.outcome(counts.leases);
}

class SpendTally {
  readonly #policy: LimitPolicy;
  readonly #awayFrom: number;
  readonly #admittedIn = new Map<number, number>();
  readonly #far = { admitted: 0, waited: 0 };
  readonly #away = { admitted: 0, limited: 0, unavailable: 0 };

  constructor(policy: LimitPolicy, awayFrom: number) {
    this.#policy = policy;
    this.#awayFrom = awayFrom;
  }

  add(spending: Spending | Promise<Spending>, { isFar, at }: { isFar: boolean; at: number }): void {
    const hasWaited = spending instanceof Promise;
    void Promise.resolve(spending).then((result) => {
      const outcome = result.admitted
        ? 'admitted'
        : result.code === 'authorizer_unavailable'
          ? 'unavailable'
          : 'limited';
      if (at >= this.#awayFrom) this.#away[outcome] += 1;
      if (!result.admitted) return;
      const index = result.states[0]?.window.index ?? 0;
      this.#admittedIn.set(index, (this.#admittedIn.get(index) ?? 0) + 1);
      this.#far.admitted += Number(isFar);
      this.#far.waited += Number(isFar && hasWaited);
    });
  }

  outcome(leases: number): SpendOutcome {
    const windows = [...this.#admittedIn].sort(([a], [b]) => a - b).map(([, admitted]) => admitted);
    const whole = windows.slice(1, -1);
    const admitted = windows.reduce((sum, each) => sum + each, 0);
    return {
      fullest: Math.max(...windows) / this.#policy.limit,
      emptiest: Math.min(...whole) / this.#policy.limit,
      waited: this.#far.waited / this.#far.admitted,
      leases: leases / admitted,
      away: this.#away,
    };
  }
}
