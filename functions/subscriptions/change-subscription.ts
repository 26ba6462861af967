import type {
  SubscriptionOperation,
  SubscriptionSecretOperation,
} from '../../core/domain/approvals/approval.ts';
import type { ChangeContext } from '../../core/domain/audit/audit-event.ts';
import type { Answer } from '../../core/management/operation.ts';
import { doOrWait } from '../../core/management/plan.ts';
import { planOnSubscription, planSecretOfSubscription } from '../../core/management/subscription-plan.ts';
import type { SubscriptionDependencies } from './dependencies.ts';
import { readSubscription } from './read-subscription.ts';

type SubscriptionChangeRequest = Parameters<typeof readSubscription>[0] & { readonly context: ChangeContext };

/** Does an operation that shows no key, and answers with the subscription as it is then; or lets it wait. */
export async function changeSubscription(
  what: SubscriptionOperation,
  request: SubscriptionChangeRequest,
  dependencies: SubscriptionDependencies,
): Promise<Answer> {
  const { context } = request;
  const before = await readSubscription(request, dependencies);
  const plan = await planOnSubscription(what, before, dependencies);
  return doOrWait(what, plan, context, dependencies);
}

/** Shows keys of a subscription or replaces one, or lets that wait. */
export async function showKeys(
  what: SubscriptionSecretOperation,
  request: SubscriptionChangeRequest,
  dependencies: SubscriptionDependencies,
): Promise<Answer> {
  const { context } = request;
  const before = await readSubscription(request, dependencies);
  const plan = await planSecretOfSubscription(what, before, dependencies);
  return doOrWait(what, plan, context, dependencies);
}
