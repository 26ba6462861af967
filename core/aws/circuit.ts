import { BEFORE_ALL } from '../access/clock.ts';

/** Failures in a row after which a dependency counts as down. */
const FAILURES_TO_OPEN = 5;
/** How long it is left alone before one call may try it again. Short, so that recovery is seen at once. */
const OPEN_MILLISECONDS = 1000;
/** What was heard so long ago says nothing of now. */
const FORGOTTEN_MILLISECONDS = 60_000;

/**
 * Knows whether a dependency is worth asking. Failures in a row open it. After a second one caller may try, and
 * what that came to closes it or keeps it open for another second. A minute in which nobody failed closes it too,
 * and so does a clock that is set back.
 */
export class Circuit {
  readonly #steady: () => number;
  #failures = 0;
  #failedAt = BEFORE_ALL;
  /** When one caller may try again; undefined while it is closed. */
  #probeAt: number | undefined;

  /** @param steady `Clock.steady` */
  constructor(steady: () => number) {
    this.#steady = steady;
  }

  /** Whether the last that was heard of the dependency was that it is down. */
  get isOpen(): boolean {
    return this.#probeAt !== undefined;
  }

  /** Whether the caller may ask the dependency; it then says what came of it. */
  mayAsk(): boolean {
    const now = this.#steady();
    if (now >= this.#failedAt + FORGOTTEN_MILLISECONDS) this.answered();
    if (this.#probeAt === undefined) return true;
    if (now < this.#probeAt) return false;
    this.#probeAt = now + OPEN_MILLISECONDS;
    return true;
  }

  answered(): void {
    this.#failures = 0;
    this.#probeAt = undefined;
  }

  failed(): void {
    this.#failures += 1;
    this.#failedAt = this.#steady();
    if (this.#failures >= FAILURES_TO_OPEN) this.#probeAt = this.#failedAt + OPEN_MILLISECONDS;
  }
}
