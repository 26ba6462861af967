import { DomainError } from '../ground/domain-error.ts';
import { isFinal, type SubscriptionState } from './subscription.ts';

/** A subscription that a developer asked for, as it is counted. */
export interface OpenRequest {
  readonly subscriptionId: string;
  readonly productId: string;
  /** ISO 8601 UTC. */
  readonly requestedAt: string;
}

/** What one developer may have open in a tenant: pending, active or suspended, or waiting for a second admin. */
export const MOST_OPEN = { ofProduct: 50, inAll: 100 } as const;

/** What waits for a second admin, or was cut off, is made within two days or never. */
const LONGEST_WAIT_MILLISECONDS = 48 * 3_600_000;

/** Which bound one more would be above; undefined while there is room. */
export function boundReached(open: readonly OpenRequest[], productId: string): string | undefined {
  const ofProduct = open.filter((request) => request.productId === productId).length;
  if (ofProduct >= MOST_OPEN.ofProduct) return `${MOST_OPEN.ofProduct} subscriptions to one product`;
  return open.length >= MOST_OPEN.inAll ? `${MOST_OPEN.inAll} subscriptions` : undefined;
}

/** @throws DomainError `invalid_state` when there is no room for one more */
export function requireRoom(open: readonly OpenRequest[], productId: string): void {
  const bound = boundReached(open, productId);
  if (bound === undefined) return;
  throw new DomainError(
    'invalid_state',
    `A developer may have ${bound} open at once in a tenant; cancel one that is not needed, or ask an admin to make this one`,
  );
}

/** Those that still take room. @param stateOf undefined for one that is not there (yet) */
export function stillOpen(
  requests: readonly OpenRequest[],
  stateOf: (subscriptionId: string) => SubscriptionState | undefined,
  now: Date,
): readonly OpenRequest[] {
  return requests.filter(({ subscriptionId, requestedAt }) => {
    const state = stateOf(subscriptionId);
    if (state !== undefined) return !isFinal({ state });
    return Date.parse(requestedAt) > now.getTime() - LONGEST_WAIT_MILLISECONDS;
  });
}
