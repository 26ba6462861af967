import type { EventType } from '../../contract/events.ts';
import { auditEvent, type Change, type ChangeContext } from '../audit/audit-event.ts';
import { DomainError } from '../ground/domain-error.ts';
import type { ShowableKey } from '../keys/showable-key.ts';
import { requireActive, type Tenant } from '../tenants/tenant.ts';
import type { Product } from './product.ts';
import {
  type NewSlotKey,
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
  /** Who asked for it, where that is not who does it. */
  readonly requestedBy?: string;
}

type SubscriptionChange = Change<Subscription>;

/**
 * A new subscription with both its keys: active, or pending where the product asks for approval and its keys
 * are not in use elsewhere already.
 * @throws DomainError `invalid_state` while the tenant is suspended
 */
export function createSubscription(
  tenant: Tenant,
  product: Product,
  input: NewSubscription,
  keys: Readonly<Record<Slot, NewSlotKey>>,
  context: ChangeContext,
): SubscriptionChange {
  requireActive(tenant);
  const imported = SLOTS.filter((slot) => keys[slot].imported);
  const { primary, secondary } = keys;
  const { subscriptionId, name, oauthClientIds } = input;
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
    slots: {
      primary: { createdAt, hint: primary.hint },
      secondary: { createdAt, hint: secondary.hint },
    },
    digests: { primary: primary.digest, secondary: secondary.digest },
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
    ...(imported.length > 0 && { imported: true }),
  });
}

/** @throws DomainError `invalid_state` unless the subscription is pending and its tenant active */
export function approveSubscription(
  subscription: Subscription,
  tenant: Tenant,
  context: ChangeContext,
): SubscriptionChange {
  requireState(subscription, ['pending'], 'approved');
  requireActive(tenant);
  return change('subscription.approved', next(subscription, { state: 'active' }), context, {});
}

/** Refuses a request for good. @throws DomainError `invalid_state` unless the subscription is pending */
export function rejectSubscription(
  subscription: Subscription,
  reason: string | undefined,
  context: ChangeContext,
): SubscriptionChange {
  requireState(subscription, ['pending'], 'rejected');
  const data = { reason: reason ?? null };
  return change('subscription.rejected', next(subscription, { state: 'rejected' }), context, data);
}

/** @throws DomainError `invalid_state` unless the subscription is active */
export function suspendSubscription(
  subscription: Subscription,
  reason: string | undefined,
  context: ChangeContext,
): SubscriptionChange {
  requireState(subscription, ['active'], 'suspended');
  const data = { reason: reason ?? null };
  return change('subscription.suspended', next(subscription, { state: 'suspended' }), context, data);
}

/** @throws DomainError `invalid_state` unless the subscription is suspended and its tenant active */
export function resumeSubscription(
  subscription: Subscription,
  tenant: Tenant,
  context: ChangeContext,
): SubscriptionChange {
  requireState(subscription, ['suspended'], 'resumed');
  requireActive(tenant);
  return change('subscription.resumed', next(subscription, { state: 'active' }), context, {});
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
  const data = { reason: reason ?? null };
  return change('subscription.cancelled', next(subscription, { state: 'cancelled' }), context, data);
}

/** Notes that both keys are shown. @throws DomainError `invalid_state` for a subscription that has ended */
export function revealKeys(subscription: Subscription, context: ChangeContext): SubscriptionChange {
  requireState(subscription, NOT_FINAL, 'asked for its keys');
  const { primary, secondary } = subscription.slots;
  const data = { primaryHint: primary.hint, secondaryHint: secondary.hint };
  return change('subscription.keysRevealed', next(subscription, {}), context, data);
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
  const { hint, digest } = key;
  const createdAt = context.now.toISOString();
  const state = next(subscription, {
    slots: { ...subscription.slots, [slot]: { createdAt, hint } },
    digests: { ...subscription.digests, [slot]: digest },
    ...(subscription.imported && { imported: withoutUnused(subscription.imported, slot) }),
  });
  return change('subscription.keyRegenerated', state, context, { slot, hint });
}

/** The key that the slot has now was not imported: its first use is nobody's concern. */
function withoutUnused(imported: NonNullable<Subscription['imported']>, slot: Slot) {
  return Object.fromEntries(Object.entries(imported).filter(([id, use]) => id !== slot || use !== null));
}

const NOT_FINAL: readonly SubscriptionState[] = ['pending', 'active', 'suspended'];

function requireState(
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

function next(subscription: Subscription, changes: Partial<Subscription>): Subscription {
  return { ...subscription, ...changes, revision: subscription.revision + 1 };
}

function change(
  type: EventType & `subscription.${string}`,
  state: Subscription,
  context: ChangeContext,
  data: Record<string, unknown>,
): SubscriptionChange {
  const { tenantId, subscriptionId } = state;
  const subject = { type: 'subscription', id: subscriptionId } as const;
  return { state, event: auditEvent(context, { type, tenantId, subject, data }) };
}
