import type { Idempotency } from '../ground/idempotency.ts';
import type { RateLimit } from '../keys/api-key.ts';
import type { Environment } from '../keys/key-format.ts';
import type { Digest } from '../keys/pepper.ts';
import type { RotationBinding } from '../keys/rotation-binding.ts';
import type { Plan } from './product.ts';

export const SUBSCRIPTION_STATES = ['pending', 'active', 'suspended', 'cancelled', 'rejected'] as const;
export type SubscriptionState = (typeof SUBSCRIPTION_STATES)[number];

/** A subscription has two keys, so that one can be replaced while the other is in use. */
export const SLOTS = ['primary', 'secondary'] as const;
export type Slot = (typeof SLOTS)[number];

/** Which attribute holds a slot's text. Each stands alone, so that one can be written without the other. */
export const SEALED_IN = { primary: 'sealedPrimary', secondary: 'sealedSecondary' } as const satisfies Record<
  Slot,
  keyof Subscription
>;

export interface SubscriptionSlot {
  readonly createdAt: string;
  /** When strangers were first seen to have it. */
  readonly leakedAt?: string;
  /** The key's last four characters. */
  readonly hint: string;
  /** True from when a rotation registered it until it was handed to those who use it. */
  readonly registered?: true;
}

/** A slot's new key, as much of it as is stored. */
export interface NewSlotKey {
  readonly digest: Digest;
  readonly hint: string;
  /** Its text, sealed; absent for one that can't be shown. */
  readonly sealed?: string;
  /** True for one that was issued elsewhere. */
  readonly imported?: true;
}

/** Who last changed its state, when, and why. */
export interface StateChange {
  /** ISO 8601 UTC. */
  readonly at: string;
  readonly by: string;
  /** The e-mail address at that time, where it was known. */
  readonly byName?: string;
  readonly reason?: string;
  /** True of a request that was taken back before anybody decided on it. */
  readonly withdrawn?: true;
}

/** Limits of a subscription's own, in place of its product's: what is absent is the plan's. */
export interface OwnLimits {
  readonly rateLimits?: readonly RateLimit[] | undefined;
  /** null for any number. */
  readonly quota?: Plan['quota'] | null;
}

/** What a subscription may consume: its own limits, and where it has none its product's plan. */
export function planFor({ limits = {} }: Pick<Subscription, 'limits'>, plan: Plan): Plan {
  const quota = limits.quota === undefined ? plan.quota : limits.quota;
  return { rateLimits: limits.rateLimits ?? plan.rateLimits, ...(quota && { quota }) };
}

/** An HMAC is never empty, so no text verifies against it. */
const NOTHING = '';

/** The digest of a slot whose key is to be worth nothing until it is regenerated. */
export function endedDigest(digest: Digest): Digest {
  return { ...digest, hmac: NOTHING };
}

/** Whether a slot's key is worth nothing until it is regenerated. */
export function hasEnded({ digests }: Pick<Subscription, 'digests'>, slot: Slot): boolean {
  return digests[slot].hmac === NOTHING;
}

/** Whether a slot's key can be shown: those that were issued elsewhere can't, and those that have ended. */
export function isShowable(subscription: Subscription, slot: Slot): boolean {
  return subscription[SEALED_IN[slot]] !== undefined && !hasEnded(subscription, slot);
}

/** Whether it can't become active any more. */
export function isFinal({ state }: Pick<Subscription, 'state'>): boolean {
  return state === 'cancelled' || state === 'rejected';
}

/**
 * A tenant's subscription to a product, as it is stored: one item, both slots in it. `digests` stands
 * beside `slots` so that upkeep can be allowed to rewrite digests and nothing else.
 */
export interface Subscription {
  /** None, which tells it from an API key. */
  readonly type?: undefined;
  /** `sub_` + 12 base62; the 12 are also inside both keys. */
  readonly subscriptionId: string;
  readonly tenantId: string;
  readonly productId: string;
  readonly name: string;
  readonly environment: Environment;
  readonly state: SubscriptionState;
  readonly createdAt: string;
  readonly createdBy: string;
  /** The e-mail address of who asked for it, at that time and where it was known. */
  readonly createdByName?: string;
  /** What it is for, in the words of who asked for it. */
  readonly use?: string;
  /** The version of the product's terms that were accepted; absent where it had none. */
  readonly termsVersion?: string;
  /** The last decision on its state; absent while it is as it was made. */
  readonly decided?: StateChange;
  readonly limits?: OwnLimits;
  readonly slots: Readonly<Record<Slot, SubscriptionSlot>>;
  readonly digests: Readonly<Record<Slot, Digest>>;
  /** The slots' texts, sealed, for whoever may be shown them; absent for what can't be shown, and once it has ended. */
  readonly sealedPrimary?: string | undefined;
  readonly sealedSecondary?: string | undefined;
  /** When each slot's key that was issued elsewhere was first used here; null for not yet. */
  readonly imported?: Readonly<Partial<Record<Slot, string | null>>>;
  /** OAuth clients whose tokens may come with its keys; absent means any. */
  readonly oauthClientIds?: readonly string[];
  /** By whom its keys are rotated where a consumer's program keeps one. */
  readonly rotation?: Pick<RotationBinding, 'principalArn'>;
  /** Of keys that rotations ended, newest first, so that none comes back. */
  readonly formerDigests?: readonly Digest[];
  /** Value of the API Gateway key that its usage plans count it by; absent where it has none. */
  readonly usageIdentifierKey?: string;
  /** Approvals carried out on it, each with when its time is over: until then a repeat finds it done. */
  readonly approvalsUsed?: Readonly<Record<string, string>>;
  /** Claims of its keys that were answered, so that a repeat is told so; newest first. */
  readonly answered?: readonly Idempotency[];
  readonly revision: number;
}
