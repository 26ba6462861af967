import { type Clock, clockOf } from '../../core/access/clock.ts';

/** What goes by for a process and its two clocks, as the test says. */
export class SimulatedTime {
  /** Milliseconds that really went by. */
  truth = 0;
  #wall = Date.parse('2026-06-01T12:00:00Z');
  #monotonic = 0;
  readonly clock: Clock = clockOf(
    () => Math.floor(this.#wall),
    () => this.#monotonic,
  );

  /** The process runs. @param drift by how much its wall clock is faster, as a share */
  advance(milliseconds: number, drift = 0): void {
    this.truth += milliseconds;
    this.#wall += milliseconds * (1 + drift);
    this.#monotonic += milliseconds;
  }

  /** The process stands still, and its monotonic clock with it. */
  freeze(milliseconds: number): void {
    this.truth += milliseconds;
    this.#wall += milliseconds;
  }

  /** Somebody sets the wall clock. */
  step(milliseconds: number): void {
    this.#wall += milliseconds;
  }

  get wall(): number {
    return Math.floor(this.#wall);
  }

  get monotonic(): number {
    return this.#monotonic;
  }
}
