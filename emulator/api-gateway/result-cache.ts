/** Keeps authorizer results for a number of seconds. Bounded: the oldest entry goes first. */
export class ResultCache<T> {
  readonly #entries = new Map<string, { value: T; expiresAt: number }>();
  readonly #now: () => Date;
  readonly #maxEntries: number;

  constructor(now: () => Date, maxEntries = 10_000) {
    this.#now = now;
    this.#maxEntries = maxEntries;
  }

  get(key: string): T | undefined {
    const entry = this.#entries.get(key);
    if (entry === undefined) return undefined;
    if (entry.expiresAt > this.#now().getTime()) return entry.value;
    this.#entries.delete(key);
    return undefined;
  }

  set(key: string, value: T, ttlSeconds: number): void {
    this.#entries.delete(key);
    this.#entries.set(key, { value, expiresAt: this.#now().getTime() + ttlSeconds * 1000 });
    const [oldest] = this.#entries.keys();
    if (this.#entries.size > this.#maxEntries && oldest !== undefined) this.#entries.delete(oldest);
  }
}
