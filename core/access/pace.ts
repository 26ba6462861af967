/** Over how long a rate is averaged, in milliseconds. */
const AVERAGED_MILLISECONDS = 5000;
/** What a run counts as at least, since a burst is no rate. */
const LEAST_MILLISECONDS = 1000;
/** A silence that ends a run. */
const SILENCE_MILLISECONDS = 4000;

/** How fast requests come to one instance, and for how long they have come without a silence. */
export class Pace {
  #average = 0;
  #since = 0;
  #at = Number.NEGATIVE_INFINITY;

  /**
   * Counts what is asked for, whether it will be admitted or not. After a clock that was set back nothing is
   * known.
   * @param now milliseconds since 1970
   */
  count(cost: number, now: number): void {
    const silence = now - this.#at;
    if (!(silence >= 0 && silence < SILENCE_MILLISECONDS)) {
      this.#average = 0;
      this.#since = now;
    }
    this.#average = this.#averageAt(now) + cost / AVERAGED_MILLISECONDS;
    this.#at = now;
  }

  /** Units a millisecond. */
  rate(now: number): number {
    return (
      this.#averageAt(now) /
      (1 - Math.exp(-Math.max(this.run(now), LEAST_MILLISECONDS) / AVERAGED_MILLISECONDS))
    );
  }

  /** The average, as if there had been nothing before the run. */
  #averageAt(now: number): number {
    return this.#average * Math.exp((this.#at - now) / AVERAGED_MILLISECONDS);
  }

  /** For how long requests have come, in milliseconds. */
  run(now: number): number {
    return now - this.#since;
  }
}
