import type { AuditEvent } from '../../contract/events.ts';
import type { LastUse } from '../keys/last-use.ts';
import type { AccessRecord, LogBatch, RefusalRecord } from './access-record.ts';

/** What is kept of a credential that was ended or stopped, and of the calls around that; times are ISO 8601 UTC. */
export interface Receipt {
  /** `key_…` or `sub_…`. */
  readonly keyId: string;
  /** Since when it is refused, by the event that says so. */
  readonly endedAt: string;
  /** When it was let in again; undefined while it is not. */
  readonly restoredAt?: string | undefined;
  /** Of the calls that logs told of since it was known to have ended. */
  readonly lastAdmittedAt?: string | undefined;
  readonly firstRefusedAt?: string | undefined;
}

/** Calls of one credential in a batch, in milliseconds since 1970; undefined for none. */
export interface SeenCalls {
  readonly lastAdmitted: number | undefined;
  /** Of calls that were refused because it has ended, oldest first. */
  readonly refused: readonly number[];
}

const ENDS: readonly string[] = [
  'apiKey.disabled',
  'apiKey.revoked',
  'subscription.suspended',
  'subscription.cancelled',
];
const RESTORES: readonly string[] = ['apiKey.enabled', 'subscription.resumed'];
const CAUSES: readonly string[] = [
  'key_disabled',
  'key_revoked',
  'subscription_suspended',
  'subscription_cancelled',
];
/** By how much the clock of who refused may be behind the clock of who ended it. */
const CLOCKS_APART_MILLISECONDS = 2000;

/** What an event means for its credential's calls; undefined where nothing. */
export function endingOf({ type, subject, time }: AuditEvent) {
  const kind = ENDS.includes(type) ? 'ended' : RESTORES.includes(type) ? 'restored' : undefined;
  return kind && ({ kind, keyId: subject.id, at: time } as const);
}

/** The calls in a batch by credential: admitted by the authorizer, whatever the API answered, and refused as ended. */
export function seenCallsOf({ accesses, refusals }: LogBatch): ReadonlyMap<string, SeenCalls> {
  const seen = new Map<string, { lastAdmitted: number | undefined; refused: number[] }>();
  const of = (keyId: string) => {
    const known = seen.get(keyId) ?? { lastAdmitted: undefined, refused: [] };
    seen.set(keyId, known);
    return known;
  };
  for (const { caller, time } of accesses.filter(isAdmitted)) {
    if (caller === undefined) continue;
    const known = of(caller.keyId);
    known.lastAdmitted = Math.max(known.lastAdmitted ?? time, time);
  }
  for (const { keyId, time } of refusals.filter(isOfEnded))
    if (keyId !== undefined) of(keyId).refused.push(time);
  for (const { refused } of seen.values()) refused.sort((a, b) => a - b);
  return seen;
}

function isAdmitted({ refusedWith }: AccessRecord): boolean {
  return refusedWith === undefined;
}

/** Anybody can name a key: only where its secret was presented it says something of its callers. */
function isOfEnded({ cause, owner }: RefusalRecord): boolean {
  return owner !== undefined && CAUSES.includes(cause);
}

/** What calls add to a receipt, in milliseconds since 1970; undefined for what they don't. */
export function additionsTo(
  { endedAt, restoredAt, lastAdmittedAt, firstRefusedAt }: Receipt,
  { lastAdmitted, refused }: SeenCalls,
): { readonly lastAdmitted: number | undefined; readonly firstRefused: number | undefined } {
  const until = restoredAt === undefined ? Number.POSITIVE_INFINITY : Date.parse(restoredAt);
  const from = Date.parse(endedAt) - CLOCKS_APART_MILLISECONDS;
  const isLater = lastAdmitted !== undefined && lastAdmitted < until && lastAdmitted > timeOf(lastAdmittedAt);
  const first = refused.find((time) => time >= from && time < until);
  const isEarlier = firstRefusedAt === undefined || (first ?? 0) < Date.parse(firstRefusedAt);
  return {
    lastAdmitted: isLater ? lastAdmitted : undefined,
    firstRefused: first !== undefined && isEarlier ? first : undefined,
  };
}

function timeOf(time: string | undefined): number {
  return time === undefined ? Number.NEGATIVE_INFINITY : Date.parse(time);
}

/**
 * The last admitted call as far as it is known. Calls that were counted before it was known that the key has ended are
 * noted to the minute alone.
 */
export function lastAdmittedOf(
  { lastAdmittedAt }: Pick<Receipt, 'lastAdmittedAt'>,
  lastUse: LastUse | undefined,
): { readonly at: string; readonly isExact: boolean } | null {
  if (lastAdmittedAt !== undefined && (lastUse === undefined || lastUse.at <= lastAdmittedAt))
    return { at: lastAdmittedAt, isExact: true };
  return lastUse === undefined ? null : { at: lastUse.at, isExact: false };
}
