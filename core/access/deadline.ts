import type { Clock } from './clock.ts';

/** @throws Error when the work takes longer, which it may go on doing; the work's own error before that */
export async function within<T>(milliseconds: number, work: Promise<T>): Promise<T> {
  const { promise: late, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new Error(`not done within ${milliseconds} ms`)), milliseconds);
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** How long what was read may be answered by. */
export class AnswerTime {
  readonly #clock: Clock;
  readonly #milliseconds: number;

  /** @param milliseconds from when a reading began until when somebody may be admitted by it */
  constructor(clock: Clock, milliseconds: number) {
    this.#clock = clock;
    this.#milliseconds = milliseconds;
  }

  /**
   * What is left of it, in milliseconds; none once it is 0 or less.
   * @param readAt when the reading began, by `Clock.steady`
   */
  left(readAt: number): number {
    return readAt + this.#milliseconds - this.#clock.steady();
  }
}
