import { setTimeout as sleep } from 'node:timers/promises';

/** A program that calls again and again while people do something else. */
export class Traffic {
  /** The statuses of its answers, in their order. */
  readonly statuses: number[] = [];
  readonly #pause: number;
  #call: () => Promise<number>;
  #isOver = false;
  readonly #ended: Promise<void>;

  /** @param call one request; the status of its answer */
  constructor(perSecond: number, call: () => Promise<number>) {
    this.#pause = 1000 / perSecond;
    this.#call = call;
    this.#ended = this.#run();
  }

  /** From now on it calls otherwise, as a program does that was given another key. */
  switchTo(call: () => Promise<number>): void {
    this.#call = call;
  }

  /** Waits until so many more have been answered. */
  async more(requests: number): Promise<void> {
    const enough = this.statuses.length + requests;
    while (this.statuses.length < enough) await sleep(20);
  }

  /** Ends it; the statuses that were not 200. */
  async end(): Promise<number[]> {
    this.#isOver = true;
    await this.#ended;
    return this.statuses.filter((status) => status !== 200);
  }

  async #run(): Promise<void> {
    const underway: Promise<unknown>[] = [];
    while (!this.#isOver) {
      underway.push(
        this.#call().then(
          (status) => this.statuses.push(status),
          () => this.statuses.push(0),
        ),
      );
      await sleep(this.#pause);
    }
    await Promise.all(underway);
  }
}
