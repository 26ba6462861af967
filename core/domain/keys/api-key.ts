import type { ChangeContext } from '../audit/audit-event.ts';
import type { Idempotency } from '../ground/idempotency.ts';
import type { Environment } from './key-format.ts';
import type { Digest } from './pepper.ts';
import type { RotationBinding } from './rotation-binding.ts';

export type ApiKeyType = 'publishable' | 'secret';

/** At most this many requests in any `windowSeconds`. */
export interface RateLimit {
  readonly limit: number;
  readonly windowSeconds: number;
}

/** One of a key's at most two secrets. Times are ISO 8601 UTC; `expiresAt` is the end of its overlap. */
export interface KeySecret {
  /** Names the secret's digest; unique within the key. */
  readonly id: string;
  readonly createdAt: string;
  readonly expiresAt?: string;
  /** Of the older one: how long it has to be silent for its overlap to end before `expiresAt`. */
  readonly untilQuietSeconds?: number;
  /** When strangers were first seen to have it, where that did not end it. */
  readonly leakedAt?: string;
  /** The key's last four characters. */
  readonly hint: string;
  /** True from when a rotation registered it until it was handed to those who use it. */
  readonly registered?: true;
  /** When that was; absent for one that people were handed as it was made. */
  readonly handedOutAt?: string;
}

/**
 * An API key as it is stored: one item. `digests` maps a secret's id to its digest and stands beside
 * `secrets` so that upkeep can be allowed to rewrite digests and nothing else.
 */
export interface ApiKey {
  /** `key_` + 12 base62; the 12 are also inside the key's text. */
  readonly keyId: string;
  readonly tenantId: string;
  readonly name: string;
  readonly type: ApiKeyType;
  readonly environment: Environment;
  readonly role: string;
  /** Narrows the role's permissions; absent means all of the role's. */
  readonly permissions?: readonly string[];
  readonly status: 'active' | 'disabled' | 'revoked';
  readonly createdAt: string;
  readonly createdBy: string;
  /** The e-mail address at that time, where the token told it. */
  readonly createdByName?: string;
  /** When somebody last changed it; absent also of what older versions changed. */
  readonly updatedAt?: string;
  readonly expiresAt?: string;
  /** How it was ended for good; absent also of what older versions revoked. */
  readonly revocation?: Stop;
  /** How it was disabled; absent once it is enabled, and of what older versions disabled. */
  readonly disabling?: Stop;
  /** Networks that the key may be used from; empty means any. */
  readonly allowedCidrs: readonly string[];
  /** Browser origins that the key may be used from; empty means any. */
  readonly allowedOrigins: readonly string[];
  readonly rateLimits: readonly RateLimit[];
  readonly metadata: Readonly<Record<string, string>>;
  /** Newest first. */
  readonly secrets: readonly KeySecret[];
  readonly digests: Readonly<Record<string, Digest>>;
  /** When each secret that was issued elsewhere was first used here, by its id; null for not yet. */
  readonly imported?: Readonly<Record<string, string | null>>;
  /** By whom, and how, it is rotated where a consumer's program keeps it. */
  readonly rotation?: RotationBinding;
  /** Of secrets that rotations ended, newest first, so that none comes back. */
  readonly formerDigests?: readonly Digest[];
  /** Value of the API Gateway key that its usage plans count it by; absent where it has none. */
  readonly usageIdentifierKey?: string;
  /** Approvals carried out on it, each with when its time is over: until then a repeat finds it done. */
  readonly approvalsUsed?: Readonly<Record<string, string>>;
  /** Rotations and claims whose answer showed a secret, so that a repeat is told so; newest first. */
  readonly answered?: readonly Idempotency[];
  /** What a sweep is to look at it for; absent when nothing will happen to it by itself. */
  readonly reminders?: Reminders;
  /** Counts the changes; a write is conditional on the revision that it was decided on. */
  readonly revision: number;
}

/** `at` is ISO 8601 UTC; `reason` in words, where one was given. */
export interface Stop {
  readonly at: string;
  /** Id of the actor, as in the event. */
  readonly by: string;
  /** The e-mail address at that time, of a person whose token told it. */
  readonly byName?: string;
  readonly reason?: string;
}

/** Times are ISO 8601 UTC. */
export interface Reminders {
  /** When to look whether the old secret of an overlap is quiet by now; since when silence counts. */
  readonly overlap?: { readonly since: string; readonly checkAt: string };
  /** The next mark on the way to its expiry, which is the last one. */
  readonly expiryAt?: string;
  /** The end of an overlap. */
  readonly overlapAt?: string;
  /** Whether it is idle is looked at again at `checkAt`; `noticed` when that was told since `since`. */
  readonly idle?: { readonly since: string; readonly checkAt: string; readonly noticed: boolean };
}

type Moment = Pick<ChangeContext, 'now' | 'actor'>;

/** What ending a key for good makes of it. */
export function revoked(reason: string | undefined, moment: Moment): Pick<ApiKey, 'status' | 'revocation'> {
  return { status: 'revoked', revocation: stopped(reason, moment) };
}

/** What stopping a key for the time being makes of it. */
export function disabled(reason: string | undefined, moment: Moment): Pick<ApiKey, 'status' | 'disabling'> {
  return { status: 'disabled', disabling: stopped(reason, moment) };
}

function stopped(reason: string | undefined, { now, actor }: Moment): Stop {
  return {
    at: now.toISOString(),
    by: actor.id,
    ...(actor.name !== undefined && { byName: actor.name }),
    ...(reason !== undefined && { reason }),
  };
}

/** What people see of `status`: a key past its `expiresAt` is expired unless it was revoked before. */
export type ApiKeyStatus = ApiKey['status'] | 'expired';

export function statusOf(key: Pick<ApiKey, 'status' | 'expiresAt'>, now: Date): ApiKeyStatus {
  if (key.status === 'revoked') return 'revoked';
  if (key.expiresAt !== undefined && Date.parse(key.expiresAt) <= now.getTime()) return 'expired';
  return key.status;
}

/** A secret about to be added to a key: all of it that is stored. */
export interface NewSecret {
  readonly id: string;
  readonly hint: string;
  readonly digest: Digest;
  /** True for one that was issued elsewhere. */
  readonly imported?: true;
}

/** The secrets that still work, as far as they themselves go; newest first. */
export function liveSecrets(key: Pick<ApiKey, 'secrets'>, now: Date): readonly KeySecret[] {
  return key.secrets.filter(
    ({ expiresAt }) => expiresAt === undefined || Date.parse(expiresAt) > now.getTime(),
  );
}

/** Whether it is being rotated: an older secret works beside the newest. */
export function isInOverlap(key: Pick<ApiKey, 'status' | 'expiresAt' | 'secrets'>, now: Date): boolean {
  const status = statusOf(key, now);
  return status !== 'revoked' && status !== 'expired' && liveSecrets(key, now).length > 1;
}
