import { type LimitPolicy, type LimitState, type Window, windowAt } from '../domain/decision/limit.ts';

/** What an instance asks of one window. */
export interface Ask {
  readonly policy: LimitPolicy;
  readonly window: Window;
  /** Whole units, from 0; 0 only looks. */
  readonly units: number;
  /** Until when those units may be spent that nobody waits for; undefined where there are none. */
  readonly heldUntil: number | undefined;
}

/** What is stored of one window. Times are milliseconds since 1970. */
export interface WindowUse {
  /** Units that instances have leased. */
  readonly used: number;
  /** Until when some of them may still be spent by whoever leased them; 0 for never. */
  readonly heldUntil: number;
}

/** How long a lease's rest may be spent. */
const HOLD_MILLISECONDS = 1000;
/** A rest is at most this share of what this instance spent in this window and the one before. */
const OF_SPENT = 1 / 4;
/** And of what the window has left, so that its end, and small limits, are leased one by one. */
const OF_LEFT = 1 / 20;
/** And of what a second asks, while that is less than this share of the time that it has lived. */
const OF_LIFE = 1 / 20;

/**
 * What one instance holds and knows of one policy of one credential. It leases what its requests need and,
 * once their rate was measured, a small rest for those to come: never so much that instances which stop, or
 * callers who fall silent, keep a noticeable part of the limit from others.
 */
export class Allowance {
  readonly policy: LimitPolicy;
  readonly #credentialId: string;
  readonly #bornAt: number;
  #window: Window;
  #held = 0;
  /** By `Clock.steady`: a rest that lived on because the wall clock was set back would be spent in another window. */
  #heldUntil = 0;
  /** The most that the store can still grant in this window; the limit until it was asked. */
  #left: number;
  #othersHoldUntil = 0;
  #spent = 0;
  #spentBefore = 0;
  /** Rests of this window that were not spent in time. */
  #lost = 0;
  /** Units asked for in the second at hand, and in each of the two before in which there were any. */
  #second: number;
  #asked = 0;
  #askedBefore: readonly [number, number] = [0, 0];

  constructor(credentialId: string, policy: LimitPolicy, now: number) {
    this.policy = policy;
    this.#credentialId = credentialId;
    this.#bornAt = now;
    this.#window = windowAt(credentialId, policy.period, now);
    this.#left = policy.limit;
    this.#second = Math.floor(now / 1000);
  }

  /**
   * Brings it to a moment: begins a window when its time has come, and gives up a rest when its has passed.
   * @param now by the wall clock, which all instances' windows go by
   * @param steady by `Clock.steady`
   */
  turn(now: number, steady: number): void {
    const { start, end } = this.#window;
    if (now < start || now >= end) {
      const window = windowAt(this.#credentialId, this.policy.period, now);
      this.#spentBefore = window.start === end ? this.#spent : 0;
      this.#window = window;
      this.#held = 0;
      this.#left = this.policy.limit;
      this.#othersHoldUntil = 0;
      this.#spent = 0;
      this.#lost = 0;
    } else if (this.#held > 0 && steady >= this.#heldUntil) {
      this.#lost += this.#held;
      this.#held = 0;
    }
  }

  /** Counts what is asked for, whether it will be admitted or not. */
  count(cost: number, now: number): void {
    const second = Math.floor(now / 1000);
    if (second !== this.#second) {
      this.#askedBefore = [this.#asked, this.#askedBefore[0]];
      this.#asked = 0;
      this.#second = second;
    }
    this.#asked += cost;
  }

  /** Units that can be spent at once. */
  get held(): number {
    return this.#held;
  }

  /** Units that can be spent at once or be leased, as far as is known. */
  get within(): number {
    return this.#held + this.#left;
  }

  spend(cost: number): void {
    this.#held -= cost;
    this.#spent += cost;
  }

  /** What to lease for requests that need `units` in all; undefined where enough is held. */
  ask(units: number, now: number): Ask | undefined {
    const need = Math.min(units, this.within) - this.#held;
    if (need <= 0) return undefined;
    const rest = this.#restFor(need, now);
    const heldUntil = rest > 0 ? Math.min(now + HOLD_MILLISECONDS, this.#window.end) : undefined;
    return { policy: this.policy, window: this.#window, units: need + rest, heldUntil };
  }

  #restFor(need: number, now: number): number {
    // One second's burst says nothing of what comes, and one request a second no more; of half a second's
    // traffic nothing is left when the rest's time is over.
    const rate = (Math.min(...this.#askedBefore) - 1) / 1000;
    const lived = (now - this.#bornAt) * OF_LIFE;
    const expected = rate * Math.min(HOLD_MILLISECONDS / 2, lived);
    const affordable = (this.#spent + this.#spentBefore) * OF_SPENT - this.#lost;
    return Math.max(0, Math.floor(Math.min(expected, affordable, (this.#left - need) * OF_LEFT)));
  }

  /**
   * Takes up the store's answer. What was granted of a window that is over meanwhile is lost with it.
   * @param steady by `Clock.steady`
   */
  settle({ window, units }: Ask, { used, heldUntil }: WindowUse, granted: boolean, steady: number): void {
    if (window !== this.#window) return;
    this.#left = Math.max(0, this.policy.limit - used);
    this.#othersHoldUntil = heldUntil;
    if (!granted) return;
    this.#held += units;
    this.#heldUntil = steady + HOLD_MILLISECONDS;
  }

  /** A look at the window as it is stored. */
  look(): Ask {
    return { policy: this.policy, window: this.#window, units: 0, heldUntil: undefined };
  }

  state(): LimitState {
    return {
      policy: this.policy,
      window: this.#window,
      remaining: this.within,
      heldUntil: this.#othersHoldUntil,
    };
  }
}
