import { currentInstance, type Instance } from './instance.ts';
import type { Scheduler } from './scheduler.ts';

export type Service = 'dynamodb' | 'secretsmanager' | 'kms' | 'lambda' | 'issuer' | 'bus';

/**
 * What can be wrong with a service: it can't be reached; it takes seconds; it has too much to do; its answers
 * get lost, and some requests; it answers a part of what was asked.
 */
export type Trouble = 'down' | 'slow' | 'throttled' | 'lost' | 'partial';

/** A trouble, whom it concerns, and for how long. Times are true milliseconds since 1970. */
export interface Outage {
  readonly service: Service;
  readonly trouble: Trouble;
  readonly from: number;
  until: number;
  readonly concerns: (instance: Instance) => boolean;
}

/** A request that went unanswered for too long; named as the SDK names it. */
export class TimeoutError extends Error {
  override readonly name = 'TimeoutError';
}

/** A service's refusal for the moment, as the SDK and the wire both can say it. */
export class ThrottlingError extends Error {
  override readonly name = 'ThrottlingException';
  readonly $fault = 'client';
}

/** Everything that instances call, and how long it takes. */
export class Network {
  readonly outages: Outage[] = [];
  readonly #scheduler: Scheduler;
  /** Calls that reached their service. */
  calls = 0;

  constructor(scheduler: Scheduler) {
    this.#scheduler = scheduler;
  }

  /** By the services' clocks, which are right. */
  get now(): number {
    return this.#scheduler.now;
  }

  troubleOf(service: Service, instance: Instance): Trouble | undefined {
    const { now } = this.#scheduler;
    return this.outages.find(
      (outage) => outage.service === service && outage.until > now && outage.concerns(instance),
    )?.trouble;
  }

  /** Whether anything that an instance depends on was in trouble since then. */
  wasTroubled(instance: Instance, since: number, ...services: readonly Service[]): boolean {
    return this.outages.some(
      ({ service, until, concerns }) => services.includes(service) && until >= since && concerns(instance),
    );
  }

  wasTroubledAnywhere(since: number, service: Service): boolean {
    return this.outages.some((outage) => outage.service === service && outage.until >= since);
  }

  heal(): void {
    for (const outage of this.outages) outage.until = Math.min(outage.until, this.#scheduler.now);
  }

  /**
   * Calls a service from the instance whose code is running: `effect` happens there, once, or not at all.
   * @throws what `effect` throws; TimeoutError, which says nothing about whether it happened
   */
  call<Result>(
    service: Service,
    timeoutMilliseconds: number,
    effect: (trouble: Trouble | undefined) => Result,
  ): Promise<Result> {
    const instance = currentInstance();
    if (instance === undefined) throw new Error(`${service} was called by nobody`);
    const { chance } = instance;
    const trouble = this.troubleOf(service, instance);
    return new Promise((resolve, reject) => {
      const timer = instance.after(timeoutMilliseconds, () =>
        reject(new TimeoutError(`${service} did not answer within ${timeoutMilliseconds} ms`)),
      );
      const answer = (milliseconds: number, settle: () => void) =>
        instance.after(milliseconds, () => {
          timer.cancel();
          settle();
        });
      const refusal = chance.unit();
      if (trouble === 'down') {
        if (refusal < 0.7) answer(chance.between(0.2, 3), () => reject(unreachable(service)));
        return;
      }
      const isSlow = trouble === 'slow';
      const there = isSlow ? chance.between(1, 250) : chance.between(0.3, 6);
      const back = isSlow ? chance.between(50, refusal < 0.5 ? 400 : 2500) : chance.between(0.3, 6);
      if (trouble === 'throttled' && refusal < 0.85) {
        answer(there + back, () => reject(new ThrottlingError('Rate exceeded')));
        return;
      }
      if (trouble === 'lost' && refusal < 0.3) return;
      this.#scheduler.after(there, () => {
        this.calls += 1;
        const settle = outcomeOf(() => effect(trouble), resolve, reject);
        if (trouble !== 'lost' || refusal > 0.7) answer(back, settle);
      });
    });
  }
}

function outcomeOf<Result>(
  effect: () => Result,
  resolve: (result: Result) => void,
  reject: (error: unknown) => void,
): () => void {
  try {
    const result = effect();
    return () => resolve(result);
  } catch (error) {
    return () => reject(error);
  }
}

function unreachable(service: Service): Error {
  return Object.assign(new Error(`${service} refuses connections`), { code: 'ECONNREFUSED' });
}
