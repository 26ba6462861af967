import type { Change } from '../../core/domain/audit-event.ts';
import { found } from '../../core/domain/not-found.ts';
import type { Subscription } from '../../core/domain/subscription.ts';
import type { Tenant } from '../../core/domain/tenant.ts';
import type { Answer } from '../../core/http/operation.ts';
import { presentSubscription } from '../../core/http/schemas/subscription-schemas.ts';
import type { SubscriptionDependencies } from './dependencies.ts';
import { readSubscription } from './read-subscription.ts';

/** Reads a subscription, decides on its change, writes it and answers with the subscription as it is then. */
export async function changeSubscription(
  request: Parameters<typeof readSubscription>[0],
  dependencies: SubscriptionDependencies,
  decide: (subscription: Subscription, tenant: Tenant) => Change<Subscription>,
): Promise<Answer> {
  const { subscriptions, tenants, lastUses } = dependencies;
  const before = await readSubscription(request, dependencies);
  const change = decide(before, found(await tenants.get(before.tenantId)));
  await subscriptions.update(before, change);
  const lastUse = await lastUses.lastUseOf(before.subscriptionId);
  return { status: 200, body: presentSubscription(change.state, lastUse) };
}
