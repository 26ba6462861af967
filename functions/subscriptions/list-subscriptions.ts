import { found, notFound } from '../../core/domain/ground/not-found.ts';
import { actsFor } from '../../core/domain/people/person.ts';
import { decodeCursor, encodeCursor } from '../../core/management/cursor.ts';
import type { Answer, OperationRequest } from '../../core/management/operation.ts';
import {
  presentSubscription,
  type subscriptionSchemas,
} from '../../core/management/schemas/subscription-schemas.ts';
import { factsFor } from '../../core/management/subscription-plan.ts';
import type { SubscriptionDependencies } from './dependencies.ts';

/** The subscriptions of the tenants that a person acts for, newest first, as far as they pass the filters. */
export async function listSubscriptions(
  { person, query }: OperationRequest<typeof subscriptionSchemas.listSubscriptions>,
  dependencies: SubscriptionDependencies,
): Promise<Answer> {
  const { subscriptions, tenants } = dependencies;
  const { tenantId, productId, state, limit, cursor } = query;
  const list = `subscriptions ${tenantId ?? '*'}`;
  const before = decodeCursor(list, cursor);
  if (tenantId !== undefined) {
    if (!actsFor(person, tenantId)) throw notFound();
    found(await tenants.get(tenantId));
  }
  const whose = tenantId === undefined ? person.tenants : [tenantId];
  const page = await subscriptions.list(whose, { limit, before, productId, state });
  const facts = await factsFor(page.items, dependencies);
  const items = page.items.map((each) => presentSubscription(each, facts));
  return {
    status: 200,
    body: { items, nextCursor: encodeCursor(list, page.next) },
  };
}
