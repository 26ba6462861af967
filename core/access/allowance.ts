import { type LimitPolicy, type LimitState, type Window, windowAt } from '../domain/decision/limit.ts';
import { Pace } from './pace.ts';

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

/** How long a lease's rest may be spent; it should last half as long. The same for all, as the last one told is. */
const HOLD_MILLISECONDS = 20_000;
/** For how long a rest is to last at most, as a share of how long requests have come already: what came goes on. */
const OF_RUN = 1 / 20;
/** It is for what its window still sees, or for this long: what is left when a window ends is nobody's loss. */
const LAST_MILLISECONDS = 1000;
/** All instances' rests together are at most this share of what is left, so that they are spent before it is. */
const OF_LEFT = 2 / 3;
/** And of the limit; being spent, they are half of it: what callers who move or stop can leave unspent. */
const OF_LIMIT = 1 / 10;
/** Who comes more seldom waits: what is leased ahead would lapse before it is asked for. */
const AHEAD_WITHIN_MILLISECONDS = 1000;
/** Or what comes in this time, since nobody moves so fast. */
const AT_ONCE_MILLISECONDS = 100;

/**
 * What one instance holds and knows of one policy of one credential. It leases what its requests need and,
 * once their rate was measured, a rest for those to come: its share, by what it leased of all that was
 * used, of what all instances may hold together. So instances which stop, and callers who fall silent or go
 * elsewhere, keep no noticeable part of the limit from others.
 */
export class Allowance {
  readonly policy: LimitPolicy;
  readonly #credentialId: string;
  readonly #pace = new Pace();
  #window: Window;
  #held = 0;
  /** By `Clock.steady`: a rest that lived on because the wall clock was set back would be spent in another window. */
  #heldUntil = 0;
  /** The most that the store can still grant in this window; the limit until it was asked. */
  #left: number;
  #othersHoldUntil = 0;
  /** Units leased by this instance: in all, and by its last lease. */
  #leased = 0;
  #last = 0;
  /** Of the window before, if it was this one's neighbour. */
  #before = { leased: 0, used: 0 };
  /** Rests of this window that were not spent in time. */
  #lost = 0;

  constructor(credentialId: string, policy: LimitPolicy, now: number) {
    this.policy = policy;
    this.#credentialId = credentialId;
    this.#window = windowAt(credentialId, policy.period, now);
    this.#left = policy.limit;
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
      this.#before =
        window.start === end ? { leased: this.#leased, used: this.#used } : { leased: 0, used: 0 };
      this.#window = window;
      this.#held = 0;
      this.#left = this.policy.limit;
      this.#othersHoldUntil = 0;
      this.#leased = 0;
      this.#last = 0;
      this.#lost = 0;
    } else if (this.#held > 0 && steady >= this.#heldUntil) {
      this.#lost += this.#held;
      this.#held = 0;
    }
  }

  /** Counts what is asked for, whether it will be admitted or not. */
  count(cost: number, now: number): void {
    this.#pace.count(cost, now);
  }

  /** What all instances leased, as far as is known. */
  get #used(): number {
    return this.policy.limit - this.#left;
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
  }

  /** What to lease for requests that need `units` in all; undefined where enough is held. */
  ask(units: number, now: number): Ask | undefined {
    const need = Math.min(units, this.within) - this.#held;
    if (need <= 0) return undefined;
    const rest = this.#restFor(need, now);
    const heldUntil = rest > 0 ? Math.min(now + HOLD_MILLISECONDS, this.#window.end) : undefined;
    return { policy: this.policy, window: this.#window, units: need + rest, heldUntil };
  }

  /** What to lease while half of the last lease is still held; undefined where more is, or none would be added. */
  askAhead(now: number): Ask | undefined {
    if (this.#held > this.#last / 2 || this.#pace.rate(now) * AHEAD_WITHIN_MILLISECONDS < 1) return undefined;
    const units = Math.min(this.#restFor(0, now) - this.#held, this.#left);
    if (units <= 0) return undefined;
    const heldUntil = Math.min(now + HOLD_MILLISECONDS, this.#window.end);
    return { policy: this.policy, window: this.#window, units, heldUntil };
  }

  #restFor(need: number, now: number): number {
    const rate = this.#pace.rate(now);
    const ahead = Math.min(
      HOLD_MILLISECONDS / 2,
      this.#pace.run(now) * OF_RUN,
      Math.max(LAST_MILLISECONDS, this.#window.end - now),
    );
    const expected = rate * ahead;
    const used = this.#used + this.#before.used;
    const share = used > 0 ? (this.#leased + this.#before.leased) / used : 0;
    // While this instance spent its last lease, the others are to have leased in proportion.
    const left = share * (this.#left - need) - (1 - share) * this.#last;
    const fair = Math.min(
      left * OF_LEFT,
      Math.max(share * OF_LIMIT * this.policy.limit, rate * AT_ONCE_MILLISECONDS),
    );
    return Math.max(0, Math.floor(Math.min(expected, fair - this.#lost)));
  }

  /**
   * Takes up the store's answer. What was granted of a window that is over meanwhile is lost with it.
   * @param now by the wall clock
   * @param steady by `Clock.steady`
   */
  settle(ask: Ask, { used, heldUntil }: WindowUse, granted: boolean, now: number, steady: number): void {
    if (ask.window !== this.#window) return;
    this.#left = Math.max(0, this.policy.limit - used);
    this.#othersHoldUntil = heldUntil;
    if (!granted) return;
    this.#held += ask.units;
    this.#leased += ask.units;
    this.#last = ask.units;
    // Until what others were told, however long the store took to answer.
    const hold = ask.heldUntil === undefined ? HOLD_MILLISECONDS : ask.heldUntil - now;
    this.#heldUntil = steady + Math.min(hold, HOLD_MILLISECONDS);
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
