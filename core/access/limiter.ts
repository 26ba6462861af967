import {
  type LimitPolicy,
  type LimitState,
  limitRefusal,
  type Spending,
  type Window,
  windowAt,
} from '../domain/limit.ts';
import { BoundedMap } from './bounded-map.ts';

/** Where instances take allowance from, in blocks. */
export interface LimitStore {
  /**
   * Adds `units` to what is used of a window, unless that would exceed the limit.
   * @returns what is used now, and whether the units were granted
   * @throws Error when the store can't answer in time; the units may then be used, by nobody
   */
  lease(block: {
    readonly credentialId: string;
    readonly policy: LimitPolicy;
    readonly window: Window;
    readonly units: number;
  }): Promise<{ readonly granted: boolean; readonly used: number }>;
}

export interface LimiterOptions {
  readonly store: LimitStore;
  readonly now: () => number;
  /** How many credentials' allowances are remembered at most. */
  readonly entries: number;
  /** Hears of a store that did not answer. */
  readonly onWarning: (message: string, cause: unknown) => void;
}

/** A block is what its instance is expected to spend in this time. */
const HORIZON_MILLISECONDS = 1000;
/** How much larger than the last block the next may be, while the rate is still being learned. */
const GROWTH = 16;
/** Readings that one request may wait for, each of which others can have used up. */
const ATTEMPTS = 8;

const UNANSWERED: Spending = { admitted: false, code: 'authorizer_unavailable', cause: 'unavailable' };

/** What this instance holds and knows of one policy of one credential. */
interface Account {
  readonly policy: LimitPolicy;
  window: Window;
  /** Leased and not spent. */
  held: number;
  /** The most that the store can still grant in this window; the limit until it was asked. */
  left: number;
  /** Units of the last lease, and when it was asked for. */
  block: number;
  leasedAt: number;
  /** Units asked for since then. */
  asked: number;
  /** Units that requests wait for. */
  waiting: number;
  leasing: Promise<void> | undefined;
}

/**
 * Spends of credentials' limits, exactly: what all instances together admit in a window never exceeds the
 * limit, because each spends only what it leased from the store, which counts every lease before it is
 * used. A block is about what its key asks of this instance in a second, so a busy key costs few writes,
 * and an instance that stops takes no more than its last blocks with it.
 */
export class Limiter {
  readonly #options: LimiterOptions;
  readonly #accounts: BoundedMap<string, readonly Account[]>;

  constructor(options: LimiterOptions) {
    this.#options = options;
    this.#accounts = new BoundedMap(options.entries);
  }

  /**
   * Spends `cost` units of every policy, or of none. Answers at once where enough is held, or nothing is
   * left; otherwise after a lease. Never rejects.
   * @param cost whole units, from 0; 0 tells what this instance knows
   * @throws RangeError for any other cost, before anything is counted or asked
   */
  spend(credentialId: string, policies: readonly LimitPolicy[], cost = 1): Spending | Promise<Spending> {
    if (!Number.isSafeInteger(cost) || cost < 0) {
      throw new RangeError(`a request costs whole units from 0, but this one ${String(cost)}`);
    }
    if (policies.length === 0) return { admitted: true, states: [] };
    const accounts = this.#accountsOf(credentialId, policies);
    for (const account of accounts) account.asked += cost;
    return this.#decide(credentialId, accounts, cost) ?? this.#lease(credentialId, accounts, cost);
  }

  /** What is left of every policy, as the store knows it now; nothing is spent. Never rejects. */
  async look(credentialId: string, policies: readonly LimitPolicy[]): Promise<Spending> {
    const { store, now, onWarning } = this.#options;
    const accounts = this.#accountsOf(credentialId, policies);
    for (const account of accounts) turn(account, credentialId, now());
    try {
      await Promise.all(
        accounts.map(async (account) => {
          const { policy, window } = account;
          const { used } = await store.lease({ credentialId, policy, window, units: 0 });
          if (account.window === window) account.left = Math.min(account.left, remainder(policy, used));
        }),
      );
    } catch (cause) {
      onWarning('limits could not be read', cause);
      return UNANSWERED;
    }
    return { admitted: true, states: accounts.map(stateOf) };
  }

  /** The answer, where what is held and known suffices for one. */
  #decide(credentialId: string, accounts: readonly Account[], cost: number): Spending | undefined {
    const now = this.#options.now();
    for (const account of accounts) turn(account, credentialId, now);
    const refusing = accounts.filter(({ held, left }) => held + left < cost);
    if (refusing.length > 0) return limitRefusal(refusing.map(stateOf), accounts.map(stateOf), now);
    if (accounts.some(({ held }) => held < cost)) return undefined;
    for (const account of accounts) account.held -= cost;
    return { admitted: true, states: accounts.map(stateOf) };
  }

  async #lease(credentialId: string, accounts: readonly Account[], cost: number): Promise<Spending> {
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      const lacking = accounts.filter(({ held }) => held < cost);
      for (const account of lacking) account.waiting += cost;
      const leases = lacking.map((account) => this.#leaseOnce(credentialId, account, cost));
      const results = await Promise.allSettled(leases);
      for (const account of lacking) account.waiting -= cost;
      const failure = results.find((result) => result.status === 'rejected');
      if (failure !== undefined) {
        this.#options.onWarning('a limit could not be checked', failure.reason);
        return UNANSWERED;
      }
      const decided = this.#decide(credentialId, accounts, cost);
      if (decided !== undefined) return decided;
    }
    this.#options.onWarning('a limit could not be checked', new Error('leases were used up while waiting'));
    return UNANSWERED;
  }

  /** Many requests at once share one lease. */
  #leaseOnce(credentialId: string, account: Account, cost: number): Promise<void> {
    account.leasing ??= this.#takeBlock(credentialId, account, cost).finally(() => {
      account.leasing = undefined;
    });
    return account.leasing;
  }

  async #takeBlock(credentialId: string, account: Account, cost: number): Promise<void> {
    const { store, now } = this.#options;
    // Those who begin to wait in this turn are to find enough.
    await Promise.resolve();
    const { policy, window } = account;
    const at = now();
    const least = Math.max(1, cost - account.held);
    let units = Math.min(blockFor(account, least, at), account.left);
    account.leasedAt = at;
    account.asked = 0;
    account.block = units;
    while (account.window === window && units >= least) {
      const { granted, used } = await store.lease({ credentialId, policy, window, units });
      // Whatever comes for a window that is over is lost with it.
      if (account.window !== window) return;
      account.left = remainder(policy, used);
      if (granted) {
        account.held += units;
        return;
      }
      // Others were first: exactly what they left.
      units = Math.min(units, account.left);
    }
  }

  #accountsOf(credentialId: string, policies: readonly LimitPolicy[]): readonly Account[] {
    const known = this.#accounts.get(credentialId);
    if (known?.length === policies.length && policies.every((policy, i) => same(policy, known[i]?.policy))) {
      return known;
    }
    const now = this.#options.now();
    const accounts = policies.map(
      (policy) => known?.find((account) => same(account.policy, policy)) ?? open(credentialId, policy, now),
    );
    this.#accounts.set(credentialId, accounts);
    return accounts;
  }
}

function open(credentialId: string, policy: LimitPolicy, now: number): Account {
  return {
    policy,
    window: windowAt(credentialId, policy.period, now),
    held: 0,
    left: policy.limit,
    block: 0,
    leasedAt: now,
    asked: 0,
    waiting: 0,
    leasing: undefined,
  };
}

/** Begins a window when its time has come, also when the clock was put back: the store knows what is used. */
function turn(account: Account, credentialId: string, now: number): void {
  if (now >= account.window.start && now < account.window.end) return;
  account.window = windowAt(credentialId, account.policy.period, now);
  account.held = 0;
  account.left = account.policy.limit;
}

/**
 * How much to lease: what waits for it, or what this instance is expected to need within the horizon, of
 * that at most half of what may be left, so that the last units are not all held by one.
 */
function blockFor(
  { asked, block, leasedAt, left, waiting, window }: Account,
  least: number,
  now: number,
): number {
  const horizon = Math.min(HORIZON_MILLISECONDS, window.end - now);
  const expected = (asked / Math.max(1, now - leasedAt)) * horizon;
  const demand = Math.min(expected, GROWTH * Math.max(1, block), left / 2);
  return Math.max(least, waiting, Math.ceil(demand));
}

function remainder({ limit }: LimitPolicy, used: number): number {
  return Math.max(0, limit - used);
}

function stateOf({ policy, window, held, left }: Account): LimitState {
  return { policy, window, remaining: held + left };
}

function same(a: LimitPolicy, b: LimitPolicy | undefined): boolean {
  return a.limit === b?.limit && a.period === b.period;
}
