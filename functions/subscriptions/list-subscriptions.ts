import { found, notFound } from '../../core/domain/ground/not-found.ts';
import { actsFor } from '../../core/domain/people/person.ts';
import { decodeCursor, encodeCursor } from '../../core/management/cursor.ts';
import type { Answer, OperationRequest } from '../../core/management/operation.ts';
import {
  presentSubscription,
  type subscriptionSchemas,
} from '../../core/management/schemas/subscription-schemas.ts';
import type { SubscriptionDependencies } from './dependencies.ts';

/** The subscriptions of the tenants that a person acts for, newest first, as far as they pass the filters. */
export async function listSubscriptions(
  { person, query }: OperationRequest<typeof subscriptionSchemas.listSubscriptions>,
  { subscriptions, tenants, lastUses }: SubscriptionDependencies,
): Promise<Answer> {
  const { tenantId, productId, state, limit, cursor } = query;
  const list = `subscriptions ${tenantId ?? '*'}`;
  const before = decodeCursor(list, cursor);
  if (tenantId !== undefined) {
    if (!actsFor(person, tenantId)) throw notFound();
    found(await tenants.get(tenantId));
  }
  const whose = tenantId === undefined ? person.tenants : [tenantId];
  const page = await subscriptions.list(whose, { limit, before, productId, state });
  const uses = await lastUses.lastUsed(page.items.map(({ subscriptionId }) => subscriptionId));
  const items = page.items.map((each) => presentSubscription(each, uses.get(each.subscriptionId)));
  return {
    status: 200,
    body: { items, nextCursor: encodeCursor(list, page.next) },
  };
}
