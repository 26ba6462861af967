import { notFound } from '../../core/domain/ground/not-found.ts';
import { actsFor, type Person } from '../../core/domain/people/person.ts';
import type { Subscription } from '../../core/domain/products/subscription.ts';
import type { SubscriptionDependencies } from './dependencies.ts';

/** @throws DomainError `not_found` also for one of a tenant that the person does not act for */
export async function readSubscription(
  { path, person }: { readonly path: { readonly subscriptionId: string }; readonly person: Person },
  { subscriptions }: Pick<SubscriptionDependencies, 'subscriptions'>,
): Promise<Subscription> {
  const subscription = await subscriptions.get(path.subscriptionId);
  if (subscription === undefined || !actsFor(person, subscription.tenantId)) throw notFound();
  return subscription;
}
