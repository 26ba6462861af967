import { textOf } from '../../core/domain/showable-key.ts';
import { revealKeys as decide } from '../../core/domain/subscription-lifecycle.ts';
import type { Answer, OperationRequest } from '../../core/http/operation.ts';
import type { subscriptionSchemas } from '../../core/http/schemas/subscription-schemas.ts';
import type { SubscriptionDependencies } from './dependencies.ts';
import { readSubscription } from './read-subscription.ts';

/** Shows both keys of a subscription, once the showing is on record. */
export async function revealKeys(
  request: OperationRequest<typeof subscriptionSchemas.revealSubscriptionKeys>,
  dependencies: SubscriptionDependencies,
): Promise<Answer> {
  const { subscriptions, subscriptionKeys } = dependencies;
  const before = await readSubscription(request, dependencies);
  const change = decide(before, request.occasion);
  const { primary, secondary } = before.digests;
  const pepper = await dependencies.pepper([primary.pepper, secondary.pepper]);
  const texts = await subscriptionKeys.texts(before.subscriptionId);
  await subscriptions.update(before, change);
  return {
    status: 200,
    body: {
      primaryKey: textOf(primary, texts, pepper) ?? null,
      secondaryKey: textOf(secondary, texts, pepper) ?? null,
    },
  };
}
