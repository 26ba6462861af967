import type { Subscription } from '../../shared/show/subscription-state.tsx';

export const SUBSCRIPTION = '/v1/subscriptions/{subscriptionId}';

/** Readings that a change of a subscription makes stale. */
export const STALE_WITH_SUBSCRIPTION = [
  '/v1/subscriptions',
  SUBSCRIPTION,
  '/v1/products',
  '/v1/approvals',
] as const;

export type Slot = 'primary' | 'secondary';
export const SLOTS: readonly Slot[] = ['primary', 'secondary'];
export const SLOT_NAMES: Readonly<Record<Slot, string>> = {
  primary: 'Primary key',
  secondary: 'Secondary key',
};

export function otherSlot(slot: Slot): Slot {
  return slot === 'primary' ? 'secondary' : 'primary';
}

/** The parameters of each operation on one subscription. */
export function paramsOf({ subscriptionId }: Pick<Subscription, 'subscriptionId'>) {
  return { params: { path: { subscriptionId } } };
}

/** Whether its keys can still come to anything. */
export function isOver({ state }: Pick<Subscription, 'state'>): boolean {
  return state === 'rejected' || state === 'cancelled';
}

/** Keys as they are shown; kept in a component's state and nowhere else. */
export interface ShownKeys {
  readonly primaryKey?: string | null | undefined;
  readonly secondaryKey?: string | null | undefined;
  readonly clientKeys: readonly { readonly apiId: string; readonly clientKey: string | null }[];
}
