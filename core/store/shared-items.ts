import { BoundedMap } from '../access/bounded-map.ts';

type Item = Readonly<Record<string, unknown>>;

/** An item, and when the reading that brought it began, in milliseconds since 1970. */
export interface ReadItem {
  readonly item: Item;
  readonly readAt: number;
}

const MOST_ITEMS = 1000;

/**
 * Items that many keys share, as this instance last read them. Every key's first sight needs its API and
 * tenant; were they read each time, a busy API's item would be read more often per second than DynamoDB
 * lets one item be.
 */
export class SharedItems {
  readonly #now: () => number;
  readonly #milliseconds: number;
  readonly #items = new BoundedMap<string, ReadItem>(MOST_ITEMS);

  /** @param milliseconds for how long an item is used after its reading began; 0 for never */
  constructor(now: () => number, milliseconds: number) {
    this.#now = now;
    this.#milliseconds = milliseconds;
  }

  /** The item, unless it was never read or is too old. */
  get(pk: string): ReadItem | undefined {
    const known = this.#items.get(pk);
    return known !== undefined && known.readAt + this.#milliseconds > this.#now() ? known : undefined;
  }

  keep(pk: string, read: ReadItem): void {
    if (this.#milliseconds > 0) this.#items.set(pk, read);
  }
}
