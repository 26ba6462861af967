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

  /** @returns the value that was forgotten for it, of another key; undefined where there was room */
  set(key: K, value: V): V | undefined {
    this.#entries ??= new Map();
    const entries = this.#entries;
    let forgotten: V | undefined;
    // Written anew, an entry counts as the youngest.
    if (!entries.delete(key) && entries.size >= this.#bound) {
      const oldest = entries.entries().next();
      if (!oldest.done) {
        entries.delete(oldest.value[0]);
        forgotten = oldest.value[1];
      }
    }
    entries.set(key, value);
    return forgotten;
  }

  delete(key: K): void {
    this.#entries?.delete(key);
  }
}
