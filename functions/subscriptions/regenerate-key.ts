import { found } from '../../core/domain/not-found.ts';
import { mintShowable, neededFor } from '../../core/domain/showable-key.ts';
import { regenerateKey as decide } from '../../core/domain/subscription-lifecycle.ts';
import type { Answer, OperationRequest } from '../../core/http/operation.ts';
import type { subscriptionSchemas } from '../../core/http/schemas/subscription-schemas.ts';
import type { SubscriptionDependencies } from './dependencies.ts';
import { readSubscription } from './read-subscription.ts';

/**
 * Replaces one slot's key. The new text is kept beside the old ones first; the write of its digest then
 * makes it the slot's key, so that an end in between changes nothing.
 */
export async function regenerateKey(
  request: OperationRequest<typeof subscriptionSchemas.regenerateSubscriptionKey>,
  dependencies: SubscriptionDependencies,
): Promise<Answer> {
  const { subscriptions, subscriptionKeys, tenants, keyFormat, randomBytes } = dependencies;
  const { occasion, path } = request;
  const before = await readSubscription(request, dependencies);
  const tenant = found(await tenants.get(before.tenantId));
  const { subscriptionId, environment } = before;
  const digests = Object.values(before.digests);
  const pepper = await dependencies.pepper(digests.map((digest) => digest.pepper));
  const key = mintShowable('sub', subscriptionId, environment, { keyFormat, randomBytes, pepper });
  const change = decide(before, tenant, { slot: path.slot, key }, occasion);
  const isNeeded = neededFor(digests, pepper);
  await subscriptionKeys.add(subscriptionId, [key.text], { now: occasion.now, isNeeded });
  await subscriptions.update(before, change);
  return { status: 200, body: { key: key.text } };
}
