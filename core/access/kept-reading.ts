import { BEFORE_ALL, type Clock, clockOf } from './clock.ts';

/** How a thing is read, and how often. */
export interface ReadingOptions<Value> {
  /** @param last what the reading before brought; undefined where there was none */
  read(last: Value | undefined): Promise<Value>;
  readonly now: Clock | (() => number);
  /** How long it is used before it is read again in passing. */
  readonly refreshMilliseconds: number;
  /** Readings that somebody misses something in begin no closer together. */
  readonly pauseMilliseconds: number;
  /** The same as long as there is nothing at all. */
  readonly firstPauseMilliseconds: number;
}

/**
 * Something of another service that is read once for many and kept. One reading runs at a time, and whoever needs
 * it waits for the same one. While it can't be read, the last one serves.
 */
export class KeptReading<Value extends object> {
  readonly #options: ReadingOptions<Value>;
  readonly #steady: () => number;
  #last: Value | undefined;
  #failure: unknown;
  #beganAt = BEFORE_ALL;
  #reading: Promise<void> | undefined;

  constructor(options: ReadingOptions<Value>) {
    this.#options = options;
    this.#steady = clockOf(options.now).steady;
  }

  /** What the last reading failed with; undefined where it did not. */
  get failure(): unknown {
    return this.#failure;
  }

  /** As it was last read. @throws what the last reading failed with, where none ever brought anything */
  async current(): Promise<Value> {
    const isYoung = this.#steady() - this.#beganAt < this.#options.refreshMilliseconds;
    return this.#last !== undefined && isYoung ? this.#last : this.anew();
  }

  /**
   * Read again, unless that was done a moment ago: then what that brought. Every reading that succeeds brings
   * another object.
   * @throws what the last reading failed with, where none ever brought anything
   */
  async anew(): Promise<Value> {
    const { firstPauseMilliseconds, pauseMilliseconds } = this.#options;
    const pause = this.#last === undefined ? firstPauseMilliseconds : pauseMilliseconds;
    if (this.#steady() - this.#beganAt >= pause) this.#reading ??= this.#read();
    await this.#reading;
    if (this.#last === undefined) throw this.#failure;
    return this.#last;
  }

  async #read(): Promise<void> {
    this.#beganAt = this.#steady();
    try {
      this.#last = await this.#options.read(this.#last);
      this.#failure = undefined;
    } catch (failure) {
      this.#failure = failure;
    } finally {
      this.#reading = undefined;
    }
  }
}
