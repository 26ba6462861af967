import {
  type Approval,
  approve,
  isOver,
  requireSecondPerson,
  showsSecret,
  unfit,
} from '../../core/domain/approval.ts';
import type { Occasion } from '../../core/domain/audit-event.ts';
import { eventId } from '../../core/domain/event-id.ts';
import { carryOut, decideOnKey, decideOnTenant, isCarriedOut } from '../../core/domain/four-eyes.ts';
import { found } from '../../core/domain/not-found.ts';
import type { Answer, OperationRequest } from '../../core/http/operation.ts';
import type { approvalSchemas } from '../../core/http/schemas/approval-schemas.ts';
import { presentApproval } from '../../core/http/schemas/approval-shape.ts';
import type { ApprovalDependencies } from './dependencies.ts';
import { readApproval } from './read-approval.ts';

/**
 * Approves an operation and carries it out, unless it shows a secret: then its requester claims it. These are
 * writes of two items, the approval's first. Cut off between them, a second call carries out what was
 * approved: the item that it changes tells whether that had been done.
 */
export async function approveApproval(
  request: OperationRequest<typeof approvalSchemas.approveApproval>,
  dependencies: ApprovalDependencies,
): Promise<Answer> {
  const { occasion } = request;
  const before = await readApproval(request, dependencies);
  const cutOff = before.state === 'approved' && !showsSecret(before) && !isOver(before, occasion.now);
  if (cutOff) requireSecondPerson(before, occasion);
  const change = cutOff ? undefined : approve(before, occasion);
  const approved = change?.state ?? before;
  const write = await plan(approved, occasion, dependencies);
  if (change !== undefined) await dependencies.approvals.update(before, change);
  await write();
  return { status: 200, body: presentApproval(approved, occasion.now) };
}

/**
 * Decides, by what is stored now, what an approval comes to, and gives the write of it.
 * @throws DomainError `invalid_state` when it does not fit any more or was carried out before
 */
async function plan(
  approval: Approval,
  occasion: Occasion,
  { keys, tenants, randomBytes }: ApprovalDependencies,
): Promise<() => Promise<void>> {
  if (showsSecret(approval)) return async () => {};
  const own = { ...occasion, eventId: eventId(occasion.now, randomBytes) };
  const tenant = found(await tenants.get(approval.tenantId));
  switch (approval.operation) {
    case 'updateTenant':
    case 'putRole':
    case 'deleteRole': {
      if (isCarriedOut(tenant, approval)) throw unfit('approved');
      const change = carryOut(approval, own, () => decideOnTenant(approval, tenant, own));
      return () => tenants.update(tenant, change);
    }
    default: {
      const key = found(await keys.get(approval.tenantId, approval.subject.id));
      if (isCarriedOut(key, approval)) throw unfit('approved');
      const change = carryOut(approval, own, () => decideOnKey(approval, key, tenant, own));
      return () => keys.update(key, change);
    }
  }
}
