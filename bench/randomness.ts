import { seeded } from './scale/random.ts';

/** Draws of several kinds, the same ones for the same seed. */
export class Randomness {
  /** From 0 up to 1. */
  readonly fraction: () => number;

  constructor(seed: number) {
    this.fraction = seeded(seed);
  }

  /** A whole number from 0 up to `end`. */
  below(end: number): number {
    return Math.floor(this.fraction() * end);
  }

  /** @throws Error for an empty list */
  pick<Item>(items: readonly Item[]): Item {
    const item = items[this.below(items.length)];
    if (item === undefined) throw new Error('there is nothing to choose from');
    return item;
  }

  /** As many different items, or all where there are fewer. */
  some<Item>(items: readonly Item[], count: number): Item[] {
    const rest = [...items];
    return Array.from(
      { length: Math.min(count, items.length) },
      () => rest.splice(this.below(rest.length), 1)[0] as Item,
    );
  }

  /** How often something happens that is expected so often; by normal approximation where that is good. */
  poisson(expected: number): number {
    if (expected > 50) return Math.max(0, Math.round(expected + Math.sqrt(expected) * this.#normal()));
    const limit = Math.exp(-expected);
    let count = 0;
    for (let product = this.fraction(); product > limit; product *= this.fraction()) count += 1;
    return count;
  }

  #normal(): number {
    return Math.sqrt(-2 * Math.log(1 - this.fraction())) * Math.cos(2 * Math.PI * this.fraction());
  }
}
