import {
  type Approval,
  claim,
  requireRequester,
  type SecretOperation,
  showsSecret,
  unfit,
} from '../../core/domain/approvals/approval.ts';
import type { ChangeContext } from '../../core/domain/audit/audit-event.ts';
import { DomainError } from '../../core/domain/ground/domain-error.ts';
import { type Idempotency, wasAnswered } from '../../core/domain/ground/idempotency.ts';
import { answerRepeatOfKey } from '../../core/management/key-plan.ts';
import type { Answer, OperationRequest } from '../../core/management/operation.ts';
import { repeated } from '../../core/management/plan.ts';
import { idempotencyOfRequest, onceOnly } from '../../core/management/replay.ts';
import type { approvalSchemas } from '../../core/management/schemas/approval-schemas.ts';
import { answerRepeatOfSubscription, factsFor } from '../../core/management/subscription-plan.ts';
import { decideUntilWritten } from '../../core/store/conflict.ts';
import { executionOf } from './carry-out.ts';
import type { ApprovalDependencies } from './dependencies.ts';
import { noteCarriedOut } from './finish-approval.ts';
import { readApproval } from './read-approval.ts';

/**
 * Makes the secret that was approved and shows it, once, to who requested it. Like an approval these are
 * two writes; the second one, of the credential, decides whose secret it is, and a second call after it is
 * refused, or with the first one's `Idempotency-Key` answered without the secret.
 */
export async function claimApproval(
  request: OperationRequest<typeof approvalSchemas.claimApproval>,
  dependencies: ApprovalDependencies,
): Promise<Answer> {
  const { context } = request;
  const before = await readApproval(request, dependencies);
  requireRequester(before, context);
  if (!showsSecret(before)) {
    throw new DomainError('invalid_state', 'There is no secret to claim: the approval carries this out');
  }
  const idempotency = idempotencyOfRequest('claimApproval', request, before.approvalId);
  return onceOnly(
    async () => idempotency && repeatOfClaim(before, idempotency, context, dependencies),
    () => claimNow(before, context, dependencies, idempotency),
  );
}

async function claimNow(
  before: Approval & SecretOperation,
  context: ChangeContext,
  dependencies: ApprovalDependencies,
  idempotency: Idempotency | undefined,
): Promise<Answer> {
  const claimed = claim(before, context)?.state ?? before;
  const execute = await executionOf(claimed, context, dependencies, idempotency);
  if (execute === undefined) {
    await noteCarriedOut(claimed, dependencies);
    throw unfit('claimed');
  }
  await decideUntilWritten(
    before,
    context,
    async (approval, own) => {
      const change = claim(approval, own);
      if (change !== undefined) await dependencies.approvals.update(approval, change);
    },
    dependencies,
  );
  const answer = await execute();
  await noteCarriedOut(claimed, dependencies);
  return { ...answer, status: 200 };
}

/** The answer to a claim that was answered before; undefined for one that was not. */
async function repeatOfClaim(
  { tenantId, subject }: Approval,
  idempotency: Idempotency,
  context: ChangeContext,
  dependencies: ApprovalDependencies,
): Promise<Answer | undefined> {
  const { keys, tenants, subscriptions, lastUses } = dependencies;
  // A token is in the answer that showed it, and nowhere else.
  if (subject.type === 'invitation') return undefined;
  if (subject.type === 'subscription') {
    const subscription = await subscriptions.get(subject.id);
    if (subscription === undefined || !wasAnswered(subscription, idempotency)) return undefined;
    return repeated(answerRepeatOfSubscription(subscription, await factsFor([subscription], dependencies)));
  }
  const key = await keys.get(tenantId, subject.id);
  if (key === undefined || !wasAnswered(key, idempotency)) return undefined;
  const tenant = await tenants.get(key.tenantId);
  return repeated(answerRepeatOfKey(key, context, await lastUses.lastUseOf(subject.id), tenant));
}
