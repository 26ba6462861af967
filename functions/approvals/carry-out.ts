import { carryOut, isCarriedOut } from '../../core/domain/approvals/approvable.ts';
import { type Approval, showsSecret, unfit } from '../../core/domain/approvals/approval.ts';
import type { Guarded } from '../../core/domain/approvals/four-eyes.ts';
import type { ChangeContext } from '../../core/domain/audit/audit-event.ts';
import { eventId } from '../../core/domain/ground/event-id.ts';
import type { Idempotency } from '../../core/domain/ground/idempotency.ts';
import { found } from '../../core/domain/ground/not-found.ts';
import { planOnKey } from '../../core/management/key-plan.ts';
import { planInvitation, planMemberUpdate } from '../../core/management/member-plan.ts';
import type { Answer } from '../../core/management/operation.ts';
import { type Plan, same } from '../../core/management/plan.ts';
import {
  planOnSubscription,
  planSecretOfSubscription,
  planSubscription,
} from '../../core/management/subscription-plan.ts';
import { planOnTenant } from '../../core/management/tenant-plan.ts';
import { decideUntilWritten } from '../../core/store/conflict.ts';
import type { ApprovalDependencies } from './dependencies.ts';

/** What is left to do: one write, whoever else changes the item meanwhile; it gives what the operation answers. */
export type Execution = () => Promise<Answer>;

/**
 * Decides, by what is stored now, what an approval comes to, and prepares it. It is the same plan that would
 * be done at once where nobody asks for a second admin. Undefined when it was carried out before.
 * @param answered what the item remembers of a claim
 * @throws DomainError `invalid_state` when it does not fit any more
 */
export async function executionOf(
  approval: Approval,
  context: ChangeContext,
  dependencies: ApprovalDependencies,
  answered?: Idempotency,
): Promise<Execution | undefined> {
  const { keys, subscriptions, randomBytes } = dependencies;
  const { tenantId, subject, requestedBy, requestedByName } = approval;
  // The request's If-Match was of the approval.
  const own = { ...context, eventId: eventId(context.now, randomBytes), ifMatch: undefined };
  const execution = <State extends Guarded>(plan: Plan<State>) => prepared(plan, approval, own, dependencies);
  switch (approval.operation) {
    case 'updateTenant':
    case 'putRole':
    case 'deleteRole':
      return execution(await planOnTenant(approval, tenantId, dependencies));
    case 'createInvitation':
      return execution(await planInvitation(approval, { tenantId, invitationId: subject.id }, dependencies));
    case 'updateMember':
      return execution(await planMemberUpdate(approval, tenantId, dependencies));
    case 'createSubscription': {
      if ((await subscriptions.get(subject.id)) !== undefined) return undefined;
      // Who asked saw the product.
      const requester = { subscriptionId: subject.id, requestedBy, requestedByName, isOperators: true };
      return execution(await planSubscription(approval, requester, dependencies));
    }
    case 'approveSubscription':
    case 'rejectSubscription':
    case 'suspendSubscription':
    case 'resumeSubscription':
    case 'cancelSubscription':
    case 'withdrawSubscription':
    case 'updateSubscription':
    case 'putSubscriptionRotation':
    case 'deleteSubscriptionRotation': {
      const before = found(await subscriptions.get(subject.id));
      return execution(await planOnSubscription(approval, before, dependencies));
    }
    case 'revealSubscriptionKeys':
    case 'regenerateSubscriptionKey': {
      const before = found(await subscriptions.get(subject.id));
      return execution(await planSecretOfSubscription(approval, before, dependencies, answered));
    }
    case 'createKey':
      if ((await keys.get(tenantId, subject.id)) !== undefined) return undefined;
  }
  const place = { tenantId, keyId: subject.id };
  return execution(await planOnKey(approval, place, own, dependencies, answered));
}

/** Two people stand for it, so it is decided again whatever others change meanwhile, as long as it fits. */
async function prepared<State extends Guarded>(
  { before: read, decide, prepare = same, write, answer }: Plan<State>,
  approval: Approval,
  context: ChangeContext,
  dependencies: ApprovalDependencies,
): Promise<Execution | undefined> {
  if (read !== undefined && isCarriedOut(read, approval)) return undefined;
  const change = (before: State, own: ChangeContext) =>
    prepare(carryOut(approval, own, () => decide(before, own)));
  const first = await change(read as State, context);
  const attempt = async (before: State, own: ChangeContext) => {
    if (before === read || before === undefined) return answer((await write(before, first, undefined)).state);
    if (!isCarriedOut(before, approval)) {
      return answer((await write(before, await change(before, own), undefined)).state);
    }
    // Another call got there first. A secret is shown by the one that made it.
    if (showsSecret(approval)) throw unfit(approval.state);
    return answer(before);
  };
  return () => decideUntilWritten(read as State, context, attempt, dependencies, { always: true });
}
