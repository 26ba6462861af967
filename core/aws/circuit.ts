/** Failures in a row after which a dependency counts as down. */
const FAILURES_TO_OPEN = 5;
/** How long it is left alone before one call may try it again. Short, so that recovery is seen at once. */
const OPEN_MILLISECONDS = 1000;

/**
 * Knows whether a dependency is worth asking. Failures in a row open it: everyone is then told no at once.
 * After a second one caller may try, and what that came to closes it or keeps it open for another second.
 */
export class Circuit {
  readonly #now: () => number;
  #failures = 0;
  /** When one caller may try again; undefined while it is closed. */
  #probeAt: number | undefined;

  constructor(now: () => number) {
    this.#now = now;
  }

  /** Whether the last that was heard of the dependency was that it is down. */
  get isOpen(): boolean {
    return this.#probeAt !== undefined;
  }

  /** Whether the caller may ask the dependency; it then says what came of it. */
  mayAsk(): boolean {
    if (this.#probeAt === undefined) return true;
    if (this.#now() < this.#probeAt) return false;
    this.#probeAt = this.#now() + OPEN_MILLISECONDS;
    return true;
  }

  answered(): void {
    this.#failures = 0;
    this.#probeAt = undefined;
  }

  failed(): void {
    this.#failures += 1;
    if (this.#failures >= FAILURES_TO_OPEN) this.#probeAt = this.#now() + OPEN_MILLISECONDS;
  }
}
