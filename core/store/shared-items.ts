import { BoundedMap } from '../access/bounded-map.ts';
import type { Clock } from '../access/clock.ts';
import type { ReadSpan } from '../access/ports.ts';

type Item = Readonly<Record<string, unknown>>;

/** An item, and when the reading was that brought it. */
export interface ReadItem {
  readonly item: Item;
  /** When it began, by `Clock.steady`. */
  readonly readAt: number;
  readonly span: ReadSpan;
}

const MOST_ITEMS = 1000;

/**
 * Items that many keys share, as this instance last read them. Every key's first sight needs its API and
 * tenant; were they read each time, a busy API's item would be read more often per second than DynamoDB
 * lets one item be.
 */
export class SharedItems {
  readonly #steady: () => number;
  readonly #milliseconds: number;
  readonly #items = new BoundedMap<string, ReadItem>(MOST_ITEMS);

  /** @param milliseconds for how long an item is used after its reading began; 0 for never */
  constructor({ steady }: Clock, milliseconds: number) {
    this.#steady = steady;
    this.#milliseconds = milliseconds;
  }

  /** The item, unless it was never read or is too old. */
  get(pk: string): ReadItem | undefined {
    const known = this.#items.get(pk);
    return known !== undefined && known.readAt + this.#milliseconds > this.#steady() ? known : undefined;
  }

  keep(pk: string, read: ReadItem): void {
    const isLate = read.span.began < (this.#items.get(pk)?.span.began ?? 0);
    if (this.#milliseconds > 0 && !isLate) this.#items.set(pk, read);
  }
}
