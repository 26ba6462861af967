/** A map of bounded size that forgets what was written longest ago. It takes no memory before its first entry. */
export class BoundedMap<K, V> {
  #entries: Map<K, V> | undefined;
  readonly #bound: number;

  /** @param bound the most entries it ever holds */
  constructor(bound: number) {
    this.#bound = bound;
  }

  get size(): number {
    return this.#entries?.size ?? 0;
  }

  get(key: K): V | undefined {
    return this.#entries?.get(key);
  }

  set(key: K, value: V): void {
    this.#entries ??= new Map();
    const entries = this.#entries;
    // Written anew, an entry counts as the youngest.
    if (!entries.delete(key) && entries.size >= this.#bound) {
      const oldest = entries.keys().next();
      if (!oldest.done) entries.delete(oldest.value);
    }
    entries.set(key, value);
  }

  delete(key: K): void {
    this.#entries?.delete(key);
  }
}
