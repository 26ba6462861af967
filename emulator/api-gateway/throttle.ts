/** Limits as a stage's settings give them: requests per second, and how many at once. */
export interface ThrottleLimits {
  readonly ratePerSecond: number;
  readonly burst: number;
}

/** A token bucket that starts full, as API Gateway's throttling is described. */
export class TokenBucket {
  readonly #limits: ThrottleLimits;
  readonly #now: () => Date;
  #tokens: number;
  #filledAt: number;

  constructor(limits: ThrottleLimits, now: () => Date) {
    this.#limits = limits;
    this.#now = now;
    this.#tokens = limits.burst;
    this.#filledAt = now().getTime();
  }

  /** Takes one token if there is one. */
  take(): boolean {
    const now = this.#now().getTime();
    const earned = (Math.max(0, now - this.#filledAt) / 1000) * this.#limits.ratePerSecond;
    this.#tokens = Math.min(this.#limits.burst, this.#tokens + earned);
    this.#filledAt = now;
    if (this.#tokens < 1) return false;
    this.#tokens -= 1;
    return true;
  }
}

/** The account's own limits, which hold where a stage sets only one of the two. */
const ACCOUNT_LIMITS: ThrottleLimits = { ratePerSecond: 10_000, burst: 5_000 };

/**
 * One bucket for each method or route of a stage that has limits, the stage's defaults included ("applied at the
 * API method level for a stage"); the others are never throttled. What is counted is "request submissions": a
 * stage asks this before it asks who sends the request. The account's limit over all its APIs is left out.
 */
export class Throttle {
  readonly #buckets = new Map<string, TokenBucket>();
  readonly #limitsOf: (key: string) => Partial<ThrottleLimits> | undefined;
  readonly #now: () => Date;

  constructor(limitsOf: (key: string) => Partial<ThrottleLimits> | undefined, now: () => Date) {
    this.#limitsOf = limitsOf;
    this.#now = now;
  }

  admits(key: string): boolean {
    const limits = this.#limitsOf(key);
    if (limits?.burst === undefined && limits?.ratePerSecond === undefined) return true;
    let bucket = this.#buckets.get(key);
    if (bucket === undefined) {
      bucket = new TokenBucket({ ...ACCOUNT_LIMITS, ...limits }, this.#now);
      this.#buckets.set(key, bucket);
    }
    return bucket.take();
  }
}
