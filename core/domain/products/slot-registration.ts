import { type Change, type ChangeContext, changedFields } from '../audit/audit-event.ts';
import { DomainError } from '../ground/domain-error.ts';
import { hintOf } from '../keys/key-format.ts';
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
 * Registers the key that a program has drawn and stored, in the slot that its consumers are not handed now; the
 * other one stays as it is. Undefined when all is so already, so that it may be repeated.
 * @throws DomainError `invalid_state` for a key that the subscription had before, where neither slot has the current
 *   one, for a subscription that has ended, and while the tenant is suspended
 */
export function registerSlotKey(
  subscription: Subscription,
  tenant: Tenant,
  registration: Registration,
  pepper: Pepper,
  context: ChangeContext,
): Change<Subscription> | undefined {
  const { text, current } = registration;
  requireState(subscription, NOT_FINAL, 'given another key');
  requireActive(tenant);
  const held = slotOf(text, subscription, pepper);
  if (held !== undefined) return text === current ? handOut(subscription, held, context) : undefined;
  if (wasHad(text, subscription.formerDigests, pepper)) throw hadBefore();
  const slot = otherSlot(subscription, current, pepper);
  const key = { text, digest: pepper.digest(text), hint: hintOf(text) };
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

/** The slot's key is handed out from now on; undefined where that is known. */
function handOut(
  subscription: Subscription,
  slot: Slot,
  context: ChangeContext,
): Change<Subscription> | undefined {
  const { registered, ...handedOut } = subscription.slots[slot];
  if (!registered) return undefined;
  const state = next(subscription, { slots: { ...subscription.slots, [slot]: handedOut } });
  const data = { from: { current: null }, to: { current: slot }, reason: null };
  return change('subscription.updated', state, context, data);
}
