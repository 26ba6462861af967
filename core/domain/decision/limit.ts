import { crc32 } from 'node:zlib';
import type { RateLimit } from '../keys/api-key.ts';
import type { Environment } from '../keys/key-format.ts';
import type { Plan } from '../products/product.ts';

/** How long one window of a limit is: seconds, or a calendar day or month in UTC. */
export type Period = number | 'day' | 'month';

/** At most `limit` units in each window of `period`. */
export interface LimitPolicy {
  readonly limit: number;
  readonly period: Period;
}

/** One window of a policy. Times are milliseconds since 1970; `end` is the first moment after it. */
export interface Window {
  /** Tells the policy's windows apart: `60#29671200` or `month#682`. */
  readonly id: string;
  /** The window's number: that of the next one is one more. */
  readonly index: number;
  readonly start: number;
  readonly end: number;
}

const DAY_MILLISECONDS = 86_400_000;
const CALENDAR: ReadonlySet<unknown> = new Set<Period>(['day', 'month']);
/** `1000/60`, `100000/month`. */
const POLICY = /^([1-9][0-9]{0,12})\/([1-9][0-9]{0,6}|day|month)$/;

/**
 * The policies of a credential, one per length of window: of two for the same window only the lower can
 * ever matter. Shortest first, the calendar's last.
 */
export function policiesOf(rateLimits: readonly RateLimit[], quota?: Plan['quota']): readonly LimitPolicy[] {
  const lowest = new Map<Period, number>();
  const all = rateLimits.map(({ limit, windowSeconds }): LimitPolicy => ({ limit, period: windowSeconds }));
  for (const { limit, period } of quota === undefined ? all : [...all, quota]) {
    lowest.set(period, Math.min(limit, lowest.get(period) ?? limit));
  }
  return [...lowest]
    .map(([period, limit]) => ({ limit, period }))
    .sort((a, b) => secondsOf(a.period) - secondsOf(b.period));
}

/** As an authorizer's context and an environment variable hold them: `10/1 1000/60 100000/month`. */
export function formatPolicies(policies: readonly LimitPolicy[]): string {
  return policies.map(({ limit, period }) => `${limit}/${period}`).join(' ');
}

/** @throws TypeError for a text that `formatPolicies` did not make */
export function parsePolicies(text: string): readonly LimitPolicy[] {
  if (text === '') return [];
  return text.split(' ').map((part) => {
    const [, limit, period] = POLICY.exec(part) ?? [];
    if (limit === undefined || period === undefined) {
      throw new TypeError('limits are written as 10/1 1000/60 100000/month');
    }
    return { limit: Number(limit), period: period === 'day' || period === 'month' ? period : Number(period) };
  });
}

/** The limits of callers that have none of their own, by environment. */
export type DefaultLimits = Readonly<Record<Environment, readonly LimitPolicy[]>>;

/**
 * As an environment variable holds them; none where it is not set.
 * @throws TypeError or SyntaxError for another text
 */
export function readDefaultLimits(text: string | undefined): DefaultLimits {
  const { sandbox = '', live = '' } = JSON.parse(text ?? '{}') as Partial<Record<Environment, string>>;
  return { sandbox: parsePolicies(sandbox), live: parsePolicies(live) };
}

/** The limits that hold for a caller: its own, or where it has none the default ones. */
export function limitsOf(
  { limits, environment }: { readonly limits: readonly LimitPolicy[]; readonly environment: Environment },
  defaults: DefaultLimits,
): readonly LimitPolicy[] {
  return limits.length > 0 ? limits : defaults[environment];
}

/** Whether it is a quota, whose windows are the calendar's, and not a rate. */
function isQuota({ period }: LimitPolicy): boolean {
  return CALENDAR.has(period);
}

/**
 * The window that a moment falls into. Windows counted in seconds are shifted by a share of their length
 * that follows from the credential, so that those of many credentials don't all turn at once.
 * @param now milliseconds since 1970
 */
export function windowAt(credentialId: string, period: Period, now: number): Window {
  return windowOf(credentialId, period, indexAt(credentialId, period, now));
}

function indexAt(credentialId: string, period: Period, now: number): number {
  if (period === 'month') return (new Date(now).getUTCFullYear() - 1970) * 12 + new Date(now).getUTCMonth();
  if (period === 'day') return Math.floor(now / DAY_MILLISECONDS);
  return Math.floor((now - shiftOf(credentialId, period)) / (period * 1000));
}

/** A policy's window by its number. */
export function windowOf(credentialId: string, period: Period, index: number): Window {
  const startOf = (number: number) => {
    if (period === 'month') return Date.UTC(1970, number);
    if (period === 'day') return number * DAY_MILLISECONDS;
    return number * period * 1000 + shiftOf(credentialId, period);
  };
  return { id: `${period}#${index}`, index, start: startOf(index), end: startOf(index + 1) };
}

function shiftOf(credentialId: string, seconds: number): number {
  return crc32(`${credentialId} ${seconds}`) % (seconds * 1000);
}

/** What is known of one policy's current window after a request. */
export interface LimitState {
  readonly policy: LimitPolicy;
  readonly window: Window;
  /** The most that can be left; other instances may have spent some of it meanwhile. */
  readonly remaining: number;
  /** Until when others may spend what they leased and have not spent, in milliseconds since 1970; 0 for never. */
  readonly heldUntil: number;
}

/** What a request that spends of a credential's limits came to. */
export type Spending =
  | { readonly admitted: true; readonly states: readonly LimitState[] }
  | {
      readonly admitted: false;
      readonly code: 'rate_limit_exceeded' | 'quota_exceeded';
      readonly cause: 'rate_limit_exceeded' | 'quota_exceeded';
      readonly states: readonly LimitState[];
      /** When what refused can admit again, the last of it: whole seconds, at least 1. */
      readonly retryAfterSeconds: number;
    }
  | { readonly admitted: false; readonly code: 'authorizer_unavailable'; readonly cause: 'unavailable' }
  | (CostFault & { readonly admitted: false });

/** What is wrong with a request that costs more than one of its limits has in a whole window: no wait mends it. */
export interface CostFault {
  readonly code: 'invalid_request';
  readonly param: 'cost';
  readonly message: string;
}

/** The fault of a cost that no window could ever admit; undefined for one that fits into each. */
export function costFault(policies: readonly LimitPolicy[], cost: number): CostFault | undefined {
  const [lowest] = policies.filter(({ limit }) => limit < cost).sort((a, b) => a.limit - b.limit);
  if (lowest === undefined) return undefined;
  const { limit, period } = lowest;
  const each = typeof period === 'number' ? `${period} seconds` : period;
  const message = `cost: ${cost} is above the limit of ${limit} for each ${each}, so it is never admitted; send at most ${limit} at once`;
  return { code: 'invalid_request', param: 'cost', message };
}

/** Seconds until a window has ended, at least 1: whoever waits as long finds the next one. */
export function secondsLeft({ end }: Window, now: number): number {
  return secondsUntil(end, now);
}

function secondsUntil(time: number, now: number): number {
  return Math.max(1, Math.ceil((time - now) / 1000));
}

/** The first moment at which a request may be admitted that was refused now. */
function opensAt({ window, heldUntil }: LimitState, now: number): number {
  return heldUntil > now ? Math.min(heldUntil, window.end) : window.end;
}

/**
 * The refusal of a request by `refusing`, at least one of its limits; the one that lasts longest names it.
 * While others may still spend of a window, it is worth asking again before its end.
 */
export function limitRefusal(
  refusing: readonly LimitState[],
  states: readonly LimitState[],
  now: number,
): Spending {
  const last = refusing.reduce((a, b) => (b.window.end > a.window.end ? b : a));
  const code = isQuota(last.policy) ? 'quota_exceeded' : 'rate_limit_exceeded';
  return {
    admitted: false,
    code,
    cause: code,
    states,
    retryAfterSeconds: Math.max(...refusing.map((state) => secondsUntil(opensAt(state, now), now))),
  };
}

function secondsOf(period: Period): number {
  if (typeof period === 'number') return period;
  // Behind every window that is counted in seconds, as no request can bring those together.
  return period === 'day' ? 1e9 : 2e9;
}
