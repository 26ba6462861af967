import { DomainError } from '../../core/domain/domain-error.ts';
import { newItemId } from '../../core/domain/idempotency.ts';
import { found, notFound } from '../../core/domain/not-found.ts';
import { actsFor } from '../../core/domain/person.ts';
import { mintShowable } from '../../core/domain/showable-key.ts';
import { createSubscription as decide } from '../../core/domain/subscription-lifecycle.ts';
import { withUsagePlanKey } from '../../core/domain/usage-plan.ts';
import type { Answer, OperationRequest } from '../../core/http/operation.ts';
import { idempotencyOfRequest, REPLAYED } from '../../core/http/replay.ts';
import {
  presentSubscription,
  type subscriptionSchemas,
} from '../../core/http/schemas/subscription-schemas.ts';
import type { SubscriptionDependencies } from './dependencies.ts';

/** Subscribes a tenant to a product. Both keys' texts are kept before the subscription exists. */
export async function createSubscription(
  request: OperationRequest<typeof subscriptionSchemas.createSubscription>,
  { subscriptions, subscriptionKeys, products, tenants, lastUses, ...dependencies }: SubscriptionDependencies,
): Promise<Answer> {
  const { body, occasion, person } = request;
  const { keyFormat, randomBytes, usagePlanKeys } = dependencies;
  if (!actsFor(person, body.tenantId)) throw notFound();
  const tenant = found(await tenants.get(body.tenantId));
  const product = await products.get(body.productId);
  if (product === undefined) {
    throw new DomainError('invalid_request', 'productId names no product; GET /v1/products lists them', {
      param: 'productId',
    });
  }
  const idempotency = idempotencyOfRequest('createSubscription', request);
  const subscriptionId = `sub_${newItemId(idempotency, randomBytes)}`;
  const pepper = await dependencies.pepper();
  const mint = { keyFormat, randomBytes, pepper };
  const key = () => mintShowable('sub', subscriptionId, product.environment, mint);
  const keys = { primary: key(), secondary: key() };
  let change = decide(tenant, product, { ...body, subscriptionId }, keys, occasion);
  // Where there is one already, the insertion says what that means, and no keys are kept for nothing.
  if ((await subscriptions.get(subscriptionId)) === undefined) {
    change = await withUsagePlanKey(change, usagePlanKeys, pepper);
    const texts = [keys.primary.text, keys.secondary.text];
    await subscriptionKeys.add(subscriptionId, texts, { now: occasion.now, isNeeded: () => true });
  }
  const { state, replayed } = await subscriptions.create(change, idempotency);
  const subscription = presentSubscription(
    state,
    replayed ? await lastUses.lastUseOf(subscriptionId) : undefined,
  );
  return replayed
    ? { status: 200, headers: REPLAYED, body: subscription }
    : { status: 201, body: subscription };
}
