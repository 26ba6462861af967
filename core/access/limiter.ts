import { costFault, type LimitPolicy, limitRefusal, type Spending } from '../domain/decision/limit.ts';
import { Allowance, type Ask, type WindowUse } from './allowance.ts';
import { BoundedMap } from './bounded-map.ts';
import { type Clock, clockOf } from './clock.ts';

/** Where instances take allowance from. */
export interface LimitStore {
  /**
   * Adds each window's units to what is used of it, or none of them where one would exceed its limit.
   * @param asks at least one, of different windows
   * @returns what is used now, in the order of `asks`, and whether the units were granted
   * @throws Error when the store can't answer in time; the units may then be used, by nobody
   */
  lease(
    credentialId: string,
    asks: readonly Ask[],
  ): Promise<{ readonly granted: boolean; readonly windows: readonly WindowUse[] }>;
}

export interface LimiterOptions {
  readonly store: LimitStore;
  /** A `Clock`, or a wall clock alone. */
  readonly now: () => number;
  /** How many credentials' allowances are remembered at most; forgetting one costs others nothing. */
  readonly entries: number;
  /**
   * Whether what is held is added to before it is used up, because the store is far away: a request then rarely waits
   * for it. Default: no, since what nobody spends is refused to others.
   */
  readonly leasesAhead?: boolean;
  /** Hears of a store that did not answer. */
  readonly onWarning: (message: string, cause: unknown) => void;
}

/** Leases that one request may wait for, each of which others can have used up. */
const ATTEMPTS = 8;

const UNANSWERED: Spending = { admitted: false, code: 'authorizer_unavailable', cause: 'unavailable' };

/** A request that waits for a lease. */
interface Waiting {
  readonly cost: number;
  readonly resolve: (spending: Spending) => void;
}

/** One credential's limits on this instance, and who waits for them, first come first served. */
interface Ledger {
  readonly credentialId: string;
  readonly allowances: readonly Allowance[];
  readonly waiting: Waiting[];
  /** Whether a lease ahead of need is under way. */
  isAhead: boolean;
}

/**
 * Spends of credentials' limits, exactly: what all instances together admit in a window never exceeds the
 * limit, because each spends only what it leased from the store, which counts every lease before it is
 * used; and nobody is refused while noticeably less than the limit was admitted, because what is leased
 * beyond the requests at hand is a small part of the limit, and short-lived (`allowance.ts`).
 */
export class Limiter {
  readonly #options: LimiterOptions;
  readonly #clock: Clock;
  readonly #ledgers: BoundedMap<string, Ledger>;

  constructor(options: LimiterOptions) {
    this.#options = options;
    this.#clock = clockOf(options.now);
    this.#ledgers = new BoundedMap(options.entries);
  }

  /**
   * Spends `cost` units of every policy, or of none. Answers at once where enough is held, or nothing is
   * left; otherwise after a lease. A cost above a limit is a fault of the request, told before anything is
   * counted. Never rejects.
   * @param cost whole units, from 0; 0 tells what this instance knows
   * @throws RangeError for anything else, before anything is counted
   */
  spend(credentialId: string, policies: readonly LimitPolicy[], cost = 1): Spending | Promise<Spending> {
    requireCost(cost);
    if (policies.length === 0) return { admitted: true, states: [] };
    const fault = costFault(policies, cost);
    if (fault !== undefined) return { admitted: false, ...fault };
    const now = this.#clock();
    const steady = this.#clock.steady();
    const ledger = this.#ledgerOf(credentialId, policies, now);
    for (const allowance of ledger.allowances) {
      allowance.turn(now, steady);
      allowance.count(cost, now);
    }
    // Nobody overtakes those who wait.
    const decided = ledger.waiting.length > 0 ? undefined : decide(ledger, cost, now);
    if (this.#options.leasesAhead && decided?.admitted) void this.#leaseAhead(ledger, now);
    if (decided !== undefined) return decided;
    return new Promise((resolve) => {
      ledger.waiting.push({ cost, resolve });
      if (ledger.waiting.length === 1) void this.#serve(ledger);
    });
  }

  /** What is left of every policy, as the store knows it now; nothing is spent. Never rejects. */
  async look(credentialId: string, policies: readonly LimitPolicy[]): Promise<Spending> {
    if (policies.length === 0) return { admitted: true, states: [] };
    const now = this.#clock();
    const { allowances } = this.#ledgerOf(credentialId, policies, now);
    for (const allowance of allowances) allowance.turn(now, this.#clock.steady());
    try {
      await this.#lease(
        credentialId,
        allowances.map((allowance) => ({ allowance, ask: allowance.look() })),
      );
    } catch (cause) {
      this.#options.onWarning('limits could not be read', cause);
      return UNANSWERED;
    }
    return { admitted: true, states: allowances.map((allowance) => allowance.state()) };
  }

  /** Leases for all who wait until each has an answer. */
  async #serve(ledger: Ledger): Promise<void> {
    // Those who begin to wait in this turn are to be leased for together.
    await Promise.resolve();
    const { waiting } = ledger;
    for (let attempt = 0; waiting.length > 0; attempt++) {
      let cause: unknown = new Error('leases were used up while waiting');
      try {
        if (attempt < ATTEMPTS) {
          await this.#leaseFor(ledger);
          cause = undefined;
        }
      } catch (error) {
        cause = error;
      }
      if (cause !== undefined) {
        this.#options.onWarning('a limit could not be checked', cause);
        for (const { resolve } of waiting.splice(0)) resolve(UNANSWERED);
        return;
      }
      if (answerWaiting(ledger, this.#clock) > 0) attempt = -1;
    }
  }

  /** One lease for those who wait, of every limit that has not enough in hand. */
  async #leaseFor({ credentialId, allowances, waiting }: Ledger): Promise<void> {
    const now = this.#clock();
    for (const allowance of allowances) allowance.turn(now, this.#clock.steady());
    // More than the scarcest limit can grant is of no use from the others.
    const most = Math.min(...allowances.map(({ within }) => within));
    let units = 0;
    for (const { cost } of waiting) {
      if (units + cost <= most) units += cost;
    }
    const leases = allowances.flatMap((allowance) => {
      const ask = allowance.ask(units, now);
      return ask === undefined ? [] : [{ allowance, ask }];
    });
    if (leases.length > 0) await this.#lease(credentialId, leases);
  }

  /** Nobody waits for it, so nobody hears of its failure: who needs the store next asks it. */
  async #leaseAhead(ledger: Ledger, now: number): Promise<void> {
    if (ledger.isAhead) return;
    const leases = ledger.allowances.flatMap((allowance) => {
      const ask = allowance.askAhead(now);
      return ask === undefined ? [] : [{ allowance, ask }];
    });
    if (leases.length === 0) return;
    ledger.isAhead = true;
    await this.#lease(ledger.credentialId, leases).catch(() => undefined);
    ledger.isAhead = false;
  }

  async #lease(credentialId: string, leases: readonly { allowance: Allowance; ask: Ask }[]): Promise<void> {
    const { granted, windows } = await this.#options.store.lease(
      credentialId,
      leases.map(({ ask }) => ask),
    );
    for (const [index, { allowance, ask }] of leases.entries()) {
      const use = windows[index];
      if (use !== undefined) allowance.settle(ask, use, granted, this.#clock(), this.#clock.steady());
    }
  }

  #ledgerOf(credentialId: string, policies: readonly LimitPolicy[], now: number): Ledger {
    const known = this.#ledgers.get(credentialId);
    const isSame =
      known?.allowances.length === policies.length &&
      policies.every((policy, i) => same(policy, known.allowances[i]?.policy));
    const ledger = isSame && known !== undefined ? known : opened(credentialId, policies, known, now);
    // Set anew it counts as the youngest: what is in use is not forgotten.
    this.#ledgers.set(credentialId, ledger);
    return ledger;
  }
}

/** What the limits that stay hold and know is kept. */
function opened(
  credentialId: string,
  policies: readonly LimitPolicy[],
  known: Ledger | undefined,
  now: number,
): Ledger {
  const allowances = policies.map(
    (policy) =>
      known?.allowances.find((allowance) => same(policy, allowance.policy)) ??
      new Allowance(credentialId, policy, now),
  );
  return { credentialId, allowances, waiting: [], isAhead: false };
}

/** The answer, where what is held and known suffices for one. */
function decide({ allowances }: Ledger, cost: number, now: number): Spending | undefined {
  const refusing = allowances.filter(({ within }) => within < cost);
  const states = () => allowances.map((allowance) => allowance.state());
  if (refusing.length > 0) {
    return limitRefusal(
      refusing.map((allowance) => allowance.state()),
      states(),
      now,
    );
  }
  if (allowances.some(({ held }) => held < cost)) return undefined;
  for (const allowance of allowances) allowance.spend(cost);
  return { admitted: true, states: states() };
}

/** Answers those who wait, in order, as far as that can be done; returns how many. */
function answerWaiting(ledger: Ledger, clock: Clock): number {
  const now = clock();
  for (const allowance of ledger.allowances) allowance.turn(now, clock.steady());
  let answered = 0;
  for (;;) {
    const [first] = ledger.waiting;
    const decided = first && decide(ledger, first.cost, now);
    if (decided === undefined) return answered;
    ledger.waiting.shift();
    first?.resolve(decided);
    answered += 1;
  }
}

/** @throws RangeError */
function requireCost(cost: number): void {
  if (Number.isSafeInteger(cost) && cost >= 0) return;
  throw new RangeError(`a request costs ${cost}; expected a whole number from 0`);
}

function same(a: LimitPolicy, b: LimitPolicy | undefined): boolean {
  return a.limit === b?.limit && a.period === b.period;
}
