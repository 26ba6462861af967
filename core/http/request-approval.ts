import type { ApiKey } from '../domain/api-key.ts';
import { type ApprovableOperation, requestApproval as decide } from '../domain/approval.ts';
import type { Change, Occasion } from '../domain/audit-event.ts';
import type { RandomBytes } from '../domain/base62.ts';
import { type Idempotency, newItemId } from '../domain/idempotency.ts';
import type { Tenant } from '../domain/tenant.ts';
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
  change: Change<ApiKey | Tenant>,
  occasion: Occasion,
  { approvals, randomBytes }: ApprovalRequests,
  idempotency?: Idempotency,
): Promise<Answer> {
  const approvalId = `apr_${newItemId(idempotency, randomBytes)}`;
  const { state, replayed } = await approvals.create(decide(approvalId, what, change, occasion), idempotency);
  return {
    status: 202,
    ...(replayed && { headers: REPLAYED }),
    body: { approval: presentApproval(state, occasion.now) },
  };
}
