import { type Change, type ChangeContext, changedFields } from '../audit/audit-event.ts';
import { DomainError } from '../ground/domain-error.ts';
import type { LastUse } from '../keys/last-use.ts';
import type { Digest, Pepper } from '../keys/pepper.ts';
import {
  hadBefore,
  MOST_FORMER,
  type Registration,
  type UsedSecret,
  usedLately,
  wasHad,
} from '../keys/rotation-binding.ts';
import type { ShowableKey } from '../keys/showable-key.ts';
import { requireActive, type Tenant } from '../tenants/tenant.ts';
import { SLOTS, type Slot, type Subscription } from './subscription.ts';
import { change, NOT_FINAL, next, regenerateKey, requireState } from './subscription-lifecycle.ts';

/**
 * Lets a principal rotate the subscription's key where it is stored, or nobody any more; undefined when that is so
 * already.
 * @throws DomainError `invalid_state` for a subscription that has ended
 */
export function bindSubscription(
  subscription: Subscription,
  rotation: Subscription['rotation'],
  context: ChangeContext,
): Change<Subscription> | undefined {
  requireState(subscription, NOT_FINAL, 'changed');
  const { rotation: _, ...rest } = subscription;
  const state = next({ ...rest, ...(rotation && { rotation }) }, {});
  const data = changedFields(subscription, state, ['rotation']);
  return data && change('subscription.updated', state, context, { ...data, reason: null });
}

/**
 * The slot that registering a key fills, which is the one that its consumers are not handed now; undefined where the
 * subscription has the key already.
 * @throws DomainError `invalid_state` for a key that the subscription had before, where neither slot has the current
 *   one, and for a subscription that has ended
 */
export function slotToFill(
  subscription: Subscription,
  { text, current }: Registration,
  pepper: Pepper,
): Slot | undefined {
  requireState(subscription, NOT_FINAL, 'given another key');
  if (slotOf(text, subscription, pepper) !== undefined) return undefined;
  if (wasHad(text, subscription.formerDigests, pepper)) throw hadBefore();
  return otherSlot(subscription, current, pepper);
}

/**
 * Registers the key that a program has drawn and stored, in the slot that `slotToFill` named; the other one stays as
 * it is.
 * @throws DomainError `invalid_state` for a subscription that has ended, and while the tenant is suspended
 */
export function registerSlotKey(
  subscription: Subscription,
  tenant: Tenant,
  { slot, key }: { readonly slot: Slot; readonly key: ShowableKey },
  context: ChangeContext,
): Change<Subscription> {
  const { state, event } = regenerateKey(subscription, tenant, { slot, key }, context);
  const former: readonly Digest[] = [subscription.digests[slot], ...(subscription.formerDigests ?? [])];
  return {
    event,
    state: {
      ...state,
      slots: { ...state.slots, [slot]: { ...state.slots[slot], registered: true } },
      formerDigests: former.slice(0, MOST_FORMER),
    },
  };
}

/**
 * A key that the subscription has is handed out from now on, where it is said to be the current one; undefined where
 * that is known, and where it is not.
 * @throws DomainError `invalid_state` for a subscription that has ended, and while the tenant is suspended
 */
export function handOutSlotKey(
  subscription: Subscription,
  tenant: Tenant,
  { text, current }: Registration,
  pepper: Pepper,
  context: ChangeContext,
): Change<Subscription> | undefined {
  requireState(subscription, NOT_FINAL, 'given another key');
  requireActive(tenant);
  const slot = text === current ? slotOf(text, subscription, pepper) : undefined;
  if (slot === undefined) return undefined;
  const { registered, ...handedOut } = subscription.slots[slot];
  if (!registered) return undefined;
  const state = next(subscription, { slots: { ...subscription.slots, [slot]: handedOut } });
  const data = { from: { current: null }, to: { current: slot }, reason: null };
  return change('subscription.updated', state, context, data);
}

/** The slot's key that registering another would end although it was used within a day; undefined for none. */
export function usedSlotEndedBy(
  subscription: Subscription,
  { text, current }: Registration,
  lastUse: LastUse | undefined,
  pepper: Pepper,
  now: Date,
): UsedSecret | undefined {
  if (slotOf(text, subscription, pepper) !== undefined) return undefined;
  const slot = otherSlot(subscription, current, pepper);
  const kept = subscription.slots[otherThan(slot)];
  return usedLately({ ...subscription.slots[slot], id: slot }, kept, lastUse, now);
}

function slotOf(text: string, { digests }: Subscription, pepper: Pepper): Slot | undefined {
  return SLOTS.find((slot) => pepper.verifies(text, digests[slot]));
}

/** @throws DomainError `invalid_state` */
function otherSlot(subscription: Subscription, current: string | undefined, pepper: Pepper): Slot {
  const slot = current === undefined ? undefined : slotOf(current, subscription, pepper);
  if (slot !== undefined) return otherThan(slot);
  throw new DomainError(
    'invalid_state',
    'current is neither of the subscription’s keys, so that nobody knows which one to leave alone: store one of them, and rotate then',
    { param: 'current' },
  );
}

function otherThan(slot: Slot): Slot {
  return slot === 'primary' ? 'secondary' : 'primary';
}
