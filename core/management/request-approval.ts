import {
  type ApprovableOperation,
  type Approval,
  requestApproval as decide,
} from '../domain/approvals/approval.ts';
import type { Guarded } from '../domain/approvals/four-eyes.ts';
import type { Change, ChangeContext } from '../domain/audit/audit-event.ts';
import type { RandomBytes } from '../domain/ground/base62.ts';
import { type Idempotency, newItemId } from '../domain/ground/idempotency.ts';
import type { ApprovalStore } from '../store/approval-store.ts';
import type { Answer } from './operation.ts';
import { REPLAYED } from './replay.ts';
import { presentApproval } from './schemas/approval-shape.ts';

/** What asking a second admin needs. */
export interface ApprovalRequests {
  readonly approvals: ApprovalStore;
  readonly randomBytes: RandomBytes;
}

/** Lets `what`, which would do `change`, wait for a second admin. Nothing else is written. */
export async function requestApproval(
  what: ApprovableOperation,
  change: Change<Guarded>,
  context: ChangeContext,
  { approvals, randomBytes }: ApprovalRequests,
  idempotency?: Idempotency,
): Promise<Answer> {
  const approvalId = approvalIdOf(idempotency, randomBytes);
  const { state, replayed } = await approvals.create(decide(approvalId, what, change, context), idempotency);
  return waitingAnswer(state, context, replayed);
}

/** The answer to a repeat of a request that had to wait; undefined for one that is not known to. */
export async function repeatOfWaiting(
  idempotency: Idempotency | undefined,
  context: ChangeContext,
  { approvals, randomBytes }: ApprovalRequests,
): Promise<Answer | undefined> {
  if (idempotency === undefined) return undefined;
  const approval = await approvals.made(approvalIdOf(idempotency, randomBytes), idempotency);
  return approval && waitingAnswer(approval, context, true);
}

function approvalIdOf(idempotency: Idempotency | undefined, randomBytes: RandomBytes): string {
  return `apr_${newItemId(idempotency, randomBytes)}`;
}

function waitingAnswer(approval: Approval, { now }: ChangeContext, replayed: boolean): Answer {
  return {
    status: 202,
    ...(replayed && { headers: REPLAYED }),
    body: { approval: presentApproval(approval, now) },
  };
}
