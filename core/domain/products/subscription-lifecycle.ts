import type { EventType } from '../../contract/events.ts';
import { auditEvent, type Change, type ChangeContext, changedFields } from '../audit/audit-event.ts';
import { DomainError } from '../ground/domain-error.ts';
import type { ShowableKey } from '../keys/showable-key.ts';
import { requireActive, requireEnvironment, type Tenant } from '../tenants/tenant.ts';
import type { Product } from './product.ts';
import {
  isFinal,
  isShowable,
  type NewSlotKey,
  type OwnLimits,
  SEALED_IN,
  SLOTS,
  type Slot,
  type Subscription,
  type SubscriptionState,
} from './subscription.ts';

/** What a new subscription is to be; values are normalised and within bounds. */
export interface NewSubscription {
  readonly subscriptionId: string;
  readonly name: string;
  readonly oauthClientIds?: readonly string[] | null | undefined;
  /** What it is for. */
  readonly use?: string | undefined;
  readonly termsVersion?: string | undefined;
  /** Who asked for it, where that is not who does it. */
  readonly requestedBy?: string;
  readonly requestedByName?: string | undefined;
}

export interface SubscriptionUpdate {
  readonly name?: string | undefined;
  /** null for its product's. */
  readonly limits?: OwnLimits | null | undefined;
  readonly reason?: string | undefined;
}

type SubscriptionChange = Change<Subscription>;

/**
 * A new subscription with both its keys: active, or pending where the product asks for approval and its keys
 * are not in use elsewhere already.
 * @throws DomainError `invalid_state` while the tenant is suspended, `forbidden` for a live product where the tenant
 *   is for the sandbox alone
 */
export function createSubscription(
  tenant: Tenant,
  product: Product,
  input: NewSubscription,
  keys: Readonly<Record<Slot, NewSlotKey>>,
  context: ChangeContext,
): SubscriptionChange {
  requireActive(tenant);
  requireEnvironment(tenant, product.environment);
  const imported = SLOTS.filter((slot) => keys[slot].imported);
  const { primary, secondary } = keys;
  const { subscriptionId, name, oauthClientIds, use, termsVersion } = input;
  const createdByName = input.requestedBy === undefined ? context.actor.name : input.requestedByName;
  const createdAt = context.now.toISOString();
  const state: Subscription = {
    subscriptionId,
    tenantId: tenant.tenantId,
    productId: product.productId,
    name,
    environment: product.environment,
    state: product.requiresApproval && imported.length === 0 ? 'pending' : 'active',
    createdAt,
    createdBy: input.requestedBy ?? context.actor.id,
    ...(createdByName !== undefined && { createdByName }),
    ...(use !== undefined && { use }),
    ...(termsVersion !== undefined && { termsVersion }),
    slots: {
      primary: { createdAt, hint: primary.hint },
      secondary: { createdAt, hint: secondary.hint },
    },
    digests: { primary: primary.digest, secondary: secondary.digest },
    ...sealedTexts(keys),
    ...(imported.length > 0 && { imported: Object.fromEntries(imported.map((slot) => [slot, null])) }),
    ...(oauthClientIds && { oauthClientIds }),
    revision: 1,
  };
  return change('subscription.requested', state, context, {
    productId: state.productId,
    name,
    environment: state.environment,
    state: state.state,
    oauthClientIds: oauthClientIds ?? null,
    use: use ?? null,
    termsVersion: termsVersion ?? null,
    ...(imported.length > 0 && { imported: true }),
  });
}

/** @throws DomainError `invalid_state` unless the subscription is pending and its tenant active */
export function approveSubscription(
  subscription: Subscription,
  tenant: Tenant,
  reason: string | undefined,
  context: ChangeContext,
): SubscriptionChange {
  requireState(subscription, ['pending'], 'approved');
  requireActive(tenant);
  return decided('subscription.approved', subscription, 'active', reason, context);
}

/** Refuses a request for good. @throws DomainError `invalid_state` unless the subscription is pending */
export function rejectSubscription(
  subscription: Subscription,
  reason: string | undefined,
  context: ChangeContext,
): SubscriptionChange {
  requireState(subscription, ['pending'], 'rejected');
  return decided('subscription.rejected', subscription, 'rejected', reason, context);
}

/** @throws DomainError `invalid_state` unless the subscription is active */
export function suspendSubscription(
  subscription: Subscription,
  reason: string | undefined,
  context: ChangeContext,
): SubscriptionChange {
  requireState(subscription, ['active'], 'suspended');
  return decided('subscription.suspended', subscription, 'suspended', reason, context);
}

/** @throws DomainError `invalid_state` unless the subscription is suspended and its tenant active */
export function resumeSubscription(
  subscription: Subscription,
  tenant: Tenant,
  reason: string | undefined,
  context: ChangeContext,
): SubscriptionChange {
  requireState(subscription, ['suspended'], 'resumed');
  requireActive(tenant);
  return decided('subscription.resumed', subscription, 'active', reason, context);
}

/**
 * Ends a subscription for good. A request that is pending can be taken back by whoever made it.
 * @throws DomainError `invalid_state` unless the subscription is active, suspended, or one's own request
 */
export function cancelSubscription(
  subscription: Subscription,
  reason: string | undefined,
  context: ChangeContext,
): SubscriptionChange {
  const own = subscription.createdBy === context.actor.id;
  requireState(subscription, own ? ['pending', 'active', 'suspended'] : ['active', 'suspended'], 'cancelled');
  return decided('subscription.cancelled', subscription, 'cancelled', reason, context);
}

/**
 * Takes one's own request back.
 * @throws DomainError `invalid_state` unless the subscription is pending; `forbidden` for another's request
 */
export function withdrawSubscription(
  subscription: Subscription,
  reason: string | undefined,
  context: ChangeContext,
): SubscriptionChange {
  requireState(subscription, ['pending'], 'withdrawn');
  if (subscription.createdBy !== context.actor.id) {
    throw new DomainError('forbidden', 'Somebody else asked for this: an admin can reject it');
  }
  return decided('subscription.cancelled', subscription, 'cancelled', reason, context);
}

/**
 * Renames a subscription, or puts it above or below its product's plan; undefined when nothing would change.
 * Requests follow within seconds: what it may consume is in the same item.
 * @throws DomainError `invalid_state` for a subscription that has ended
 */
export function updateSubscription(
  subscription: Subscription,
  { name, limits, reason }: SubscriptionUpdate,
  context: ChangeContext,
): SubscriptionChange | undefined {
  requireState(subscription, NOT_FINAL, 'changed');
  const { limits: before, ...rest } = subscription;
  const own = limits === undefined ? before : limits;
  const state = next(rest, { name: name ?? subscription.name, ...(own && { limits: own }) });
  const data = changedFields(subscription, state, ['name', 'limits']);
  if (data === undefined) return undefined;
  return change('subscription.updated', state, context, { ...data, reason: reason ?? null });
}

/** What is shown of a subscription: keys of its own, and client keys of its product's APIs. */
export interface Showing {
  readonly slots: readonly Slot[];
  readonly clientKeys: readonly { readonly apiId: string; readonly hint: string }[];
}

/** Notes which keys are shown, of those that were asked for. @throws DomainError `invalid_state` for a subscription that has ended */
export function revealKeys(
  subscription: Subscription,
  { slots, clientKeys }: Showing,
  context: ChangeContext,
): SubscriptionChange {
  requireState(subscription, NOT_FINAL, 'asked for its keys');
  const shown = slots.filter((slot) => isShowable(subscription, slot));
  const hints = shown.map((slot) => [`${slot}Hint`, subscription.slots[slot].hint]);
  const data = { slots: shown, ...Object.fromEntries(hints), clientKeys };
  return change('subscription.keysRevealed', next(subscription, {}), context, data);
}

/**
 * Whether whoever asks for a subscription's keys is shown its APIs' client keys too. A request that nobody has
 * decided on opens none of them.
 */
export function opensApis({ state }: Pick<Subscription, 'state'>): boolean {
  return state === 'active' || state === 'suspended';
}

/**
 * Replaces one slot's key, and leaves the other's as it is.
 * @throws DomainError `invalid_state` for a subscription that has ended and while the tenant is suspended
 */
export function regenerateKey(
  subscription: Subscription,
  tenant: Tenant,
  { slot, key }: { slot: Slot; key: ShowableKey },
  context: ChangeContext,
): SubscriptionChange {
  requireState(subscription, NOT_FINAL, 'given another key');
  requireActive(tenant);
  const { hint, digest, sealed } = key;
  const createdAt = context.now.toISOString();
  const state = next(subscription, {
    slots: { ...subscription.slots, [slot]: { createdAt, hint } },
    digests: { ...subscription.digests, [slot]: digest },
    [SEALED_IN[slot]]: sealed,
    ...(subscription.imported && { imported: withoutUnused(subscription.imported, slot) }),
  });
  return change('subscription.keyRegenerated', state, context, { slot, hint });
}

/** By attribute. */
function sealedTexts(keys: Readonly<Record<Slot, NewSlotKey>>): Partial<Subscription> {
  return Object.fromEntries(
    SLOTS.flatMap((slot) => (keys[slot].sealed === undefined ? [] : [[SEALED_IN[slot], keys[slot].sealed]])),
  );
}

/** The key that the slot has now was not imported: its first use is nobody's concern. */
function withoutUnused(imported: NonNullable<Subscription['imported']>, slot: Slot) {
  return Object.fromEntries(Object.entries(imported).filter(([id, use]) => id !== slot || use !== null));
}

export const NOT_FINAL: readonly SubscriptionState[] = ['pending', 'active', 'suspended'];

export function requireState(
  { state }: Subscription,
  allowed: readonly SubscriptionState[],
  participle: string,
): void {
  if (allowed.includes(state)) return;
  const expected = allowed.join(' or ');
  throw new DomainError(
    'invalid_state',
    `The subscription is ${state}; only one that is ${expected} can be ${participle}`,
  );
}

export function next(subscription: Subscription, changes: Partial<Subscription>): Subscription {
  return { ...subscription, ...changes, revision: subscription.revision + 1 };
}

/** A decision on the state, which stays readable until the next one. What has ended shows no key, and keeps no text. */
function decided(
  type: EventType & `subscription.${string}`,
  subscription: Subscription,
  state: SubscriptionState,
  reason: string | undefined,
  context: ChangeContext,
): SubscriptionChange {
  const { id: by, name: byName } = context.actor;
  const decided = {
    at: context.now.toISOString(),
    by,
    ...(byName !== undefined && { byName }),
    ...(reason !== undefined && { reason }),
    ...(state === 'cancelled' && subscription.state === 'pending' && { withdrawn: true as const }),
  };
  const texts = isFinal({ state }) ? { sealedPrimary: undefined, sealedSecondary: undefined } : {};
  return change(type, next(subscription, { state, decided, ...texts }), context, { reason: reason ?? null });
}

export function change(
  type: EventType & `subscription.${string}`,
  state: Subscription,
  context: ChangeContext,
  data: Record<string, unknown>,
): SubscriptionChange {
  const { tenantId, subscriptionId } = state;
  const subject = { type: 'subscription', id: subscriptionId } as const;
  return { state, event: auditEvent(context, { type, tenantId, subject, data }) };
}
