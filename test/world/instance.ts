import { AsyncLocalStorage } from 'node:async_hooks';
import type { Chance } from './chance.ts';
import type { Scheduled, Scheduler } from './scheduler.ts';

const running = new AsyncLocalStorage<Instance>();

/** The instance whose code is running; undefined for the world's own. */
export function currentInstance(): Instance | undefined {
  return running.getStore();
}

/** Which clock stands still while a process is frozen, and is put right afterwards. */
export type StoppedClock = 'wall' | 'monotonic' | 'none';

/**
 * A process: a Lambda instance with clocks of its own. Timers and answers that fall into a time in which it is
 * frozen come afterwards, in their order; those of one that is lost never come.
 */
export class Instance {
  readonly name: string;
  readonly chance: Chance;
  readonly startedAt: number;
  readonly #scheduler: Scheduler;
  readonly #drift: number;
  #wallOffset: number;
  #monotonicOffset = 0;
  #frozenUntil = 0;
  #lostAt: number | undefined;
  /** Requests that it is busy with. */
  busy = 0;
  /** When somebody last meddled with its clocks. */
  disturbedAt = Number.NEGATIVE_INFINITY;

  /** @param wallOffset how far its wall clock is ahead, in milliseconds */
  constructor(name: string, scheduler: Scheduler, chance: Chance, wallOffset = 0) {
    this.name = name;
    this.chance = chance;
    this.#scheduler = scheduler;
    this.startedAt = scheduler.now;
    this.#wallOffset = wallOffset;
    this.#drift = chance.between(-50e-6, 50e-6);
  }

  /** Milliseconds since 1970, as this instance has it. */
  get wall(): number {
    const { now } = this.#scheduler;
    return Math.floor(now + (now - this.startedAt) * this.#drift + this.#wallOffset);
  }

  /** Milliseconds since it started, as this instance has it. */
  get monotonic(): number {
    return (this.#scheduler.now - this.startedAt) * (1 + this.#drift) + this.#monotonicOffset;
  }

  get wallOffset(): number {
    return this.#wallOffset;
  }

  get isFrozen(): boolean {
    return this.#frozenUntil > this.#scheduler.now;
  }

  get isLost(): boolean {
    return this.#lostAt !== undefined;
  }

  stepClock(milliseconds: number): void {
    this.#wallOffset += milliseconds;
    this.disturbedAt = this.#scheduler.now;
  }

  /** Freezes it for a while. At most one of its clocks stands still meanwhile. */
  freeze(milliseconds: number, stopped: StoppedClock): void {
    this.#frozenUntil = Math.max(this.#frozenUntil, this.#scheduler.now + milliseconds);
    if (stopped === 'wall') this.#wallOffset -= milliseconds;
    if (stopped === 'monotonic') this.#monotonicOffset -= milliseconds;
    this.disturbedAt = this.#scheduler.now;
  }

  lose(): void {
    this.#lostAt = this.#scheduler.now;
  }

  /** Runs code as this instance's. */
  run<Result>(code: () => Result): Result {
    return running.run(this, code);
  }

  /** Lets something reach this instance after a while. */
  after(milliseconds: number, action: () => void): Scheduled {
    let scheduled: Scheduled;
    const reach = () => {
      if (this.isLost) return;
      if (this.isFrozen) scheduled = this.#scheduler.at(this.#frozenUntil, reach);
      else this.run(action);
    };
    scheduled = this.#scheduler.after(milliseconds, reach);
    return { cancel: () => scheduled.cancel() };
  }
}
