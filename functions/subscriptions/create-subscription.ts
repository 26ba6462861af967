import { newItemId } from '../../core/domain/ground/idempotency.ts';
import { notFound } from '../../core/domain/ground/not-found.ts';
import { actsFor, roleIn } from '../../core/domain/people/person.ts';
import type { Subscription } from '../../core/domain/products/subscription.ts';
import type { Answer, OperationRequest } from '../../core/management/operation.ts';
import { doOrWait, repeated } from '../../core/management/plan.ts';
import { idempotencyOfRequest } from '../../core/management/replay.ts';
import { repeatOfWaiting } from '../../core/management/request-approval.ts';
import type { subscriptionSchemas } from '../../core/management/schemas/subscription-schemas.ts';
import { answerOfSubscription, factsFor, planSubscription } from '../../core/management/subscription-plan.ts';
import type { SubscriptionDependencies } from './dependencies.ts';

/**
 * Subscribes a tenant to a product, or lets that wait; a repeat with the same `Idempotency-Key` does neither.
 * What developers have open is bounded: each is two keys, and something for an admin to decide on.
 */
export async function createSubscription(
  request: OperationRequest<typeof subscriptionSchemas.createSubscription>,
  dependencies: SubscriptionDependencies,
): Promise<Answer> {
  const { body, context, person } = request;
  const { subscriptions, randomBytes } = dependencies;
  if (!actsFor(person, body.tenantId)) throw notFound();
  const idempotency = idempotencyOfRequest('createSubscription', request);
  const subscriptionId = `sub_${newItemId(idempotency, randomBytes)}`;
  const made = idempotency && (await subscriptions.made(subscriptionId, idempotency));
  if (made !== undefined) {
    return repeated(answerOfSubscription(200, made, await factsFor([made], dependencies)));
  }
  const waiting = await repeatOfWaiting(idempotency, context, dependencies);
  if (waiting !== undefined) return waiting;
  const what = { operation: 'createSubscription', body } as const;
  const requester = {
    ...{ subscriptionId, requestedBy: person.sub, requestedByName: context.actor.name },
    isOperators: person.tenants === '*',
  };
  const plan = await planSubscription(what, requester, dependencies);
  if (roleIn(person, body.tenantId) === 'developer') {
    // What can't be made takes nobody's room.
    plan.decide(plan.before as Subscription, context);
    const { tenantId, productId } = body;
    const requestedAt = context.now.toISOString();
    await subscriptions.count(tenantId, person.sub, { subscriptionId, productId, requestedAt });
  }
  return doOrWait(what, plan, context, dependencies, idempotency);
}
