import type { Chance } from './chance.ts';

interface Event {
  readonly time: number;
  readonly tie: number;
  readonly action: () => void;
  cancelled: boolean;
}

/** Something that will happen, unless it is called off. */
export interface Scheduled {
  cancel(): void;
}

/**
 * Simulated time: what happens, happens one thing after the other in an order that the seed draws, and each
 * goes on until nothing is left to do before the next. Nothing ever really waits.
 */
export class Scheduler {
  /** True time in milliseconds since 1970. */
  now: number;
  #steps = 0;
  readonly #ties: Chance;
  readonly #heap: Event[] = [];

  constructor(start: number, ties: Chance) {
    this.now = start;
    this.#ties = ties;
  }

  get steps(): number {
    return this.#steps;
  }

  after(milliseconds: number, action: () => void): Scheduled {
    return this.at(this.now + Math.max(0, milliseconds), action);
  }

  at(time: number, action: () => void): Scheduled {
    const event = { time: Math.max(time, this.now), tie: this.#ties.unit(), action, cancelled: false };
    this.#push(event);
    return {
      cancel: () => {
        event.cancelled = true;
      },
    };
  }

  wait(milliseconds: number): Promise<void> {
    return new Promise((resolve) => this.after(milliseconds, resolve));
  }

  /** Lets everything happen until `isOver`, or nothing is left to happen. @throws Error for a run without end */
  async run(isOver: () => boolean, mostSteps = 200_000): Promise<void> {
    await settled();
    while (!isOver()) {
      const event = this.#pop();
      if (event === undefined) return;
      if (event.cancelled) continue;
      this.now = event.time;
      this.#steps += 1;
      if (this.#steps > mostSteps) throw new Error(`the run did not end within ${mostSteps} steps`);
      event.action();
      await settled();
    }
  }

  #push(event: Event): void {
    const heap = this.#heap;
    let at = heap.push(event) - 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!isBefore(event, heap[parent] as Event)) break;
      heap[at] = heap[parent] as Event;
      at = parent;
    }
    heap[at] = event;
  }

  #pop(): Event | undefined {
    const heap = this.#heap;
    const first = heap[0];
    const last = heap.pop();
    if (first === undefined || last === undefined || heap.length === 0) return first;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && isBefore(heap[child + 1] as Event, heap[child] as Event)) child += 1;
      if (!isBefore(heap[child] as Event, last)) break;
      heap[at] = heap[child] as Event;
      at = child;
    }
    heap[at] = last;
    return first;
  }
}

function isBefore(one: Event, other: Event): boolean {
  return one.time < other.time || (one.time === other.time && one.tie < other.tie);
}

/** Until all promises that can go on have gone on: the real event loop turns once. */
function settled(): Promise<void> {
  return new Promise((resolve) => globalThis.setImmediate(resolve));
}
