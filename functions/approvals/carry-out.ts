import { carryOut, isCarriedOut } from '../../core/domain/approvable.ts';
import { type Approval, unfit } from '../../core/domain/approval.ts';
import type { Occasion } from '../../core/domain/audit-event.ts';
import { eventId } from '../../core/domain/event-id.ts';
import type { Guarded } from '../../core/domain/four-eyes.ts';
import type { Idempotency } from '../../core/domain/idempotency.ts';
import { found } from '../../core/domain/not-found.ts';
import { planOnKey } from '../../core/http/key-plan.ts';
import type { Answer } from '../../core/http/operation.ts';
import { type Plan, same } from '../../core/http/plan.ts';
import {
  planOnSubscription,
  planSecretOfSubscription,
  planSubscription,
} from '../../core/http/subscription-plan.ts';
import { planOnTenant } from '../../core/http/tenant-plan.ts';
import type { ApprovalDependencies } from './dependencies.ts';

/** What is left to do: one write; it gives what the operation answers. */
export type Execution = () => Promise<Answer>;

/**
 * Decides, by what is stored now, what an approval comes to, and prepares it. It is the same plan that would
 * be done at once where nobody asks for a second admin.
 * @param answered what the item remembers of a claim
 * @throws DomainError `invalid_state` when it does not fit any more or was carried out before
 */
export async function executionOf(
  approval: Approval,
  occasion: Occasion,
  dependencies: ApprovalDependencies,
  answered?: Idempotency,
): Promise<Execution> {
  const { keys, subscriptions, randomBytes } = dependencies;
  const { tenantId, subject, requestedBy } = approval;
  const own = { ...occasion, eventId: eventId(occasion.now, randomBytes) };
  switch (approval.operation) {
    case 'updateTenant':
    case 'putRole':
    case 'deleteRole':
      return execution(await planOnTenant(approval, tenantId, own, dependencies), approval, own);
    case 'createSubscription': {
      if ((await subscriptions.get(subject.id)) !== undefined) throw unfit('approved');
      const requester = { subscriptionId: subject.id, requestedBy };
      return execution(await planSubscription(approval, requester, own, dependencies), approval, own);
    }
    case 'approveSubscription':
    case 'rejectSubscription':
    case 'suspendSubscription':
    case 'resumeSubscription':
    case 'cancelSubscription': {
      const before = found(await subscriptions.get(subject.id));
      return execution(await planOnSubscription(approval, before, own, dependencies), approval, own);
    }
    case 'revealSubscriptionKeys':
    case 'regenerateSubscriptionKey': {
      const before = found(await subscriptions.get(subject.id));
      const plan = await planSecretOfSubscription(approval, before, own, dependencies, answered);
      return execution(plan, approval, own);
    }
    case 'createKey':
      if ((await keys.get(tenantId, subject.id)) !== undefined) throw unfit('claimed');
  }
  const place = { tenantId, keyId: subject.id };
  return execution(await planOnKey(approval, place, own, dependencies, answered), approval, own);
}

async function execution<State extends Guarded>(
  { before, decide, prepare = same, write, answer }: Plan<State>,
  approval: Approval,
  occasion: Occasion,
): Promise<Execution> {
  if (before !== undefined && isCarriedOut(before, approval)) throw unfit(approval.state);
  const change = await prepare(carryOut(approval, occasion, decide));
  return async () => answer((await write(change, undefined)).state);
}
