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
  #freeze: { readonly since: number; readonly stopped: StoppedClock } | undefined;
  /** What came while it was frozen. */
  #waiting: (() => void)[] = [];
  #lostAt: number | undefined;
  /** When its wall clock was set last, in true time. */
  steppedAt = Number.NEGATIVE_INFINITY;
  /** Requests that it is busy with. */
  busy = 0;

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

  get isLost(): boolean {
    return this.#lostAt !== undefined;
  }

  stepClock(milliseconds: number): void {
    this.#wallOffset += milliseconds;
    this.steppedAt = this.#scheduler.now;
  }

  /** Freezes it for a while, or until it is thawed. At most one of its clocks stands still meanwhile. */
  freeze(milliseconds: number, stopped: StoppedClock): void {
    this.thaw();
    const freeze = { since: this.#scheduler.now, stopped };
    this.#freeze = freeze;
    this.#scheduler.after(milliseconds, () => {
      if (this.#freeze === freeze) this.thaw();
    });
  }

  /** Lets it go on, as a request does that it is to serve. */
  thaw(): void {
    if (this.#freeze === undefined) return;
    const { since, stopped } = this.#freeze;
    const elapsed = this.#scheduler.now - since;
    if (stopped === 'wall') this.#wallOffset -= elapsed;
    if (stopped === 'monotonic') this.#monotonicOffset -= elapsed;
    this.#freeze = undefined;
    for (const reach of this.#waiting.splice(0)) this.#scheduler.after(0, reach);
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
    let isOff = false;
    const reach = () => {
      if (this.isLost || isOff) return;
      if (this.#freeze === undefined) this.run(action);
      else this.#waiting.push(reach);
    };
    const scheduled = this.#scheduler.after(milliseconds, reach);
    return {
      cancel: () => {
        isOff = true;
        scheduled.cancel();
      },
    };
  }
}
